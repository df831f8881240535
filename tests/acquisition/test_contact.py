"""Activities, proposals, tasks, and looking at a hidden name."""

from datetime import date, timedelta

import pytest
from django.db import connection

from crm.acquisition.facts import facts_of, facts_of_one
from crm.acquisition.models import Activity, NameReveal, Task
from crm.acquisition.services import add_task, finish_task, log_activity, record_proposal, reveal_name
from crm.common.errors import RuleError
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)


def faults(error) -> set[tuple[str, str]]:
    return {(fault.code, fault.field) for fault in error.value.faults}


def test_an_activity_keeps_who_spoke_with_whom_and_when(staff, now):
    lead, person = LeadFactory(), PersonFactory()
    log_activity(
        lead=lead, kind="meeting", occurred_on=TODAY, person=person, text=" Kennisgemaakt ", by=staff, at=now
    )
    activity = Activity.objects.get()
    assert (activity.lead, activity.person, activity.kind) == (lead, person, "meeting")
    assert (activity.text, activity.is_two_way, activity.created_by) == ("Kennisgemaakt", True, staff)


def test_an_activity_with_a_relation_needs_no_lead(staff, now):
    log_activity(organisation=OrganisationFactory(), kind="call", occurred_on=TODAY, by=staff, at=now)
    assert Activity.objects.get().lead is None


def test_every_fault_of_an_activity_is_named_at_once(staff, now):
    with pytest.raises(RuleError) as error:
        log_activity(kind="telepathy", occurred_on=TODAY + timedelta(days=1), text="\x00", by=staff, at=now)
    assert faults(error) == {
        ("invalid_choice", "kind"),
        ("plain_text", "text"),
        ("about_nobody", "lead"),
        ("in_the_future", "occurred_on"),
    }
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("kind", "facts", "counts"),
    [
        ("call", {}, True),
        ("visit", {}, True),
        ("call", {"is_two_way": False}, False),
        ("note", {}, False),
        ("call", {"person": None}, False),
    ],
)
def test_only_two_way_contact_with_a_person_is_contact(staff, now, kind, facts, counts):
    lead = LeadFactory()
    facts = {"person": PersonFactory()} | facts
    activity = log_activity(lead=lead, kind=kind, occurred_on=TODAY, by=staff, at=now, **facts)
    assert (facts_of_one(lead).contacted_on == TODAY) == counts
    assert (activity in Activity.objects.contact()) == counts


def test_the_facts_of_many_leads_take_two_queries(staff, now, django_assert_num_queries):
    leads = [LeadFactory() for _ in range(4)]
    record_proposal(lead=leads[0], reference="Match 1", on=TODAY - timedelta(days=1), by=staff, at=now)
    record_proposal(lead=leads[0], reference="Match 2", on=TODAY, by=staff, at=now)
    log_activity(lead=leads[1], kind="visit", occurred_on=TODAY, by=staff, at=now)
    with django_assert_num_queries(2):
        facts = facts_of(leads)
    assert facts[leads[0].pk].proposed_on == TODAY - timedelta(days=1)
    assert facts[leads[1].pk].visited_on == TODAY
    assert facts[leads[2].pk].visited_on is None
    assert all(lead_facts.has_name for lead_facts in facts.values())


def test_a_proposal_is_no_contact_yet(staff, now):
    lead = LeadFactory()
    record_proposal(lead=lead, reference="Match 1", on=TODAY, by=staff, at=now)
    activity = Activity.objects.get()
    assert (activity.kind, activity.reference, activity.is_two_way) == ("proposal", "Match 1", False)
    assert facts_of_one(lead).contacted_on is None


def test_a_task_is_promised_and_ticked_off_once(staff, manager, now):
    task = add_task(title=" Bel terug ", due_on=TODAY, owner=staff, lead=LeadFactory(), by=manager, at=now)
    assert task in Task.objects.open()
    finish_task(task=task, by=staff, at=now)
    stored = Task.objects.get()
    assert (stored.title, stored.done_by, stored.done_at, stored.version) == ("Bel terug", staff, now, 2)
    assert not Task.objects.open().exists()
    with pytest.raises(RuleError) as error:
        finish_task(task=task, by=manager, at=now)
    assert error.value.codes == ["done_already"]


def test_a_task_says_what(staff, now):
    with pytest.raises(RuleError) as error:
        add_task(title="  ", due_on=TODAY, owner=staff, by=staff, at=now)
    assert faults(error) == {("blank", "title")}
    assert TaskFactory().title


def test_revealing_a_name_keeps_who_and_why(administrator, now):
    lead = LeadFactory(strict=True)
    name = lead.identity.organisation.name
    assert reveal_name(lead=lead, reason=" Klacht over de lead ", by=administrator, at=now) == name
    reveal = NameReveal.objects.get()
    assert (reveal.lead, reveal.by, reveal.at, reveal.reason) == (
        lead,
        administrator,
        now,
        "Klacht over de lead",
    )


def test_a_name_is_not_revealed_without_a_reason(administrator, now):
    lead = LeadFactory(strict=True, organisation=None, working_name="Project")
    with pytest.raises(RuleError) as error:
        reveal_name(lead=lead, reason="  ", by=administrator, at=now)
    assert faults(error) == {("blank", "reason")}
    assert not NameReveal.objects.exists()
    assert reveal_name(lead=lead, reason="Klacht", by=administrator, at=now) == "Project"


def test_what_was_revealed_cannot_be_wiped_out(administrator, now):
    reveal_name(lead=LeadFactory(), reason="Klacht", by=administrator, at=now)
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM acquisition_namereveal")
