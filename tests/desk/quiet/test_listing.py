"""The list as a person gets it: whose rows, one per subject, by weight, and never a hidden name."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.acquisition.services import add_task, change_lead, finish_task
from crm.common.months import amsterdam_day
from crm.desk.quiet import quiet_list, quiet_page
from crm.desk.services import snooze
from tests.backoffice.crowd import Crowd
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory, LeadFactory, TaskFactory
from tests.factories.contacts import PersonFactory
from tests.factories.matching import MatchFactory, NeedFactory
from tests.factories.quiet import asked_vacancy, ending_tenancy, moment, unconfirmed_vacancy
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 22)


@pytest.fixture
def listed(now):
    def rows(user):
        return quiet_list(user=user, today=amsterdam_day(now), now=now)

    return rows


def codes(rows) -> dict[tuple[str, int], list[str]]:
    return {(row.kind.value, row.pk): [reason.code for reason in row.reasons] for row in rows}


def test_an_empty_park_asks_for_nothing(listed, staff):
    assert listed(staff) == []


def test_a_lead_has_one_row_with_its_heaviest_reason_first(listed, staff):
    lead = LeadFactory(stage="contacted", owner=staff)
    task = TaskFactory(lead=lead, owner=staff, due_on=date(2026, 10, 20), title="Bel terug")
    (row,) = listed(staff)
    assert [reason.code for reason in row.reasons] == ["promise_due", "stalled", "silence"]
    assert (row.weight, row.owner, row.promise.task) == (110, staff, task.pk)
    assert "Bel terug" in row.reason.sentence
    assert row.reference == lead.reference


def test_rows_are_the_owners_or_the_teams(listed, staff):
    own, teams = LeadFactory(owner=staff), LeadFactory()
    LeadFactory(owner=UserFactory())
    assert [(row.pk, row.owner) for row in listed(staff)] == [(own.pk, staff), (teams.pk, None)]


def test_a_promise_belongs_to_who_made_it(listed, staff):
    colleague = UserFactory(staff=True)
    lead = LeadFactory(owner=colleague)
    TaskFactory(lead=lead, owner=staff, due_on=TODAY)
    assert codes(listed(staff)) == {("lead", lead.pk): ["promise_due"]}
    assert listed(colleague) == []  # a task is a next step, whoever has it


def test_a_promise_about_no_lead_is_a_row_of_its_own(listed, staff):
    task = TaskFactory(owner=staff, title="Presentatie maken", due_on=TODAY)
    (row,) = listed(staff)
    assert (row.kind, row.pk, row.title) == ("task", task.pk, "Presentatie maken")


def test_closed_and_parked_leads_ask_for_promises_alone(listed, staff):
    LeadFactory(lost=True, owner=staff)
    parked = LeadFactory(parked=True, owner=staff)
    TaskFactory(lead=parked, owner=staff, due_on=TODAY)
    assert codes(listed(staff)) == {("lead", parked.pk): ["promise_due"]}


def test_a_planned_viewing_is_a_next_step(listed, staff, now):
    lead = LeadFactory(owner=staff)
    match = MatchFactory(need=NeedFactory(lead=lead, owner=staff))
    type(match).objects.update(status="viewing", viewing_on=date(2026, 11, 3))
    assert listed(staff) == []


def test_contact_ends_silence_only_where_they_answered(listed, staff):
    lead = LeadFactory(stage="contacted", owner=staff, at=moment(8, 1), on=date(2026, 8, 1))
    TaskFactory(lead=lead, owner=staff, due_on=date(2026, 12, 1))
    ActivityFactory(lead=lead, kind="call", is_two_way=False, occurred_on=TODAY, at=moment(10, 22))
    ActivityFactory(lead=lead, kind="note", occurred_on=TODAY, at=moment(10, 22))
    assert codes(listed(staff)) == {("lead", lead.pk): ["silence"]}
    ActivityFactory(lead=lead, kind="call", person=PersonFactory(), occurred_on=TODAY, at=moment(10, 22))
    assert listed(staff) == []


def test_a_recorded_arrival_is_no_longer_missed(listed, staff):
    lead = LeadFactory(stage="committed", complete=True, owner=staff)
    TaskFactory(lead=lead, owner=staff, due_on=date(2026, 12, 1))
    assert "arrival_not_recorded" in codes(listed(staff))[("lead", lead.pk)]
    EventFactory(pending=True, lead=lead, on=date(2026, 10, 1))
    assert "arrival_not_recorded" not in codes(listed(staff)).get(("lead", lead.pk), [])


def test_needs_vacancies_tenancies_and_events_are_named(listed, manager):
    need = NeedFactory(at=moment(9, 1))
    offered = MatchFactory(on=date(2026, 10, 1), at=moment(10, 1)).need
    unconfirmed, asked, tenancy = unconfirmed_vacancy(), asked_vacancy(), ending_tenancy()
    event = EventFactory(pending=True, on=date(2026, 10, 1))
    assert codes(listed(manager)) == {
        ("count_event", event.pk): ["waiting_for_second"],
        ("need", offered.pk): ["answer_due"],
        ("vacancy", unconfirmed.pk): ["broker_unconfirmed"],
        ("vacancy", asked.pk): ["broker_unanswered"],
        ("need", need.pk): ["need_without_candidates"],
        ("tenancy", tenancy.pk): ["lease_ends"],
    }


def test_only_a_second_person_is_asked_to_confirm(listed, manager, staff):
    EventFactory(pending=True, by=manager, on=date(2026, 10, 1))
    assert listed(manager) == []
    assert listed(staff) == []
    assert len(listed(UserFactory(manager=True))) == 1


def test_a_need_without_owner_is_that_of_the_leads_owner(listed, staff):
    need = NeedFactory(lead=LeadFactory(parked=True, owner=staff), at=moment(9, 1))
    assert codes(listed(staff)) == {("need", need.pk): ["need_without_candidates"]}
    assert listed(UserFactory(staff=True)) == []


def test_a_hidden_name_is_nowhere_in_a_row(listed, staff):
    secret = LeadFactory(
        strict=True, working_name="Zeer Geheim", organisation=None, owner=UserFactory(staff=True)
    )
    TaskFactory(lead=secret, owner=staff, due_on=TODAY, title="Bel Zeer Geheim")
    NeedFactory(lead=secret, title="Lab voor Zeer Geheim", at=moment(9, 1), owner=staff)
    (row,) = listed(staff)
    assert (row.title, row.is_readable) == (secret.code_name, False)
    assert "Geheim" not in repr(row)


def test_equal_weights_come_older_first_whatever_the_name(listed, staff):
    later = LeadFactory(
        owner=staff, at=moment(9, 2), on=date(2026, 9, 2), working_name="A", organisation=None
    )
    older = LeadFactory(
        owner=staff, at=moment(9, 1), on=date(2026, 9, 1), working_name="Z", organisation=None
    )
    assert [row.pk for row in listed(staff)] == [older.pk, later.pk]


def test_a_snooze_silences_all_but_promises_and_returns_by_itself(listed, staff, now):
    lead = LeadFactory(stage="contacted", owner=staff)
    snooze(subject=lead, until=date(2026, 10, 30), reason="Is op reis", by=staff, at=now)
    assert listed(staff) == []
    TaskFactory(lead=lead, owner=staff, due_on=TODAY)
    assert codes(listed(staff)) == {("lead", lead.pk): ["promise_due"]}
    back = quiet_list(user=staff, today=date(2026, 10, 30), now=now)
    assert "stalled" in codes(back)[("lead", lead.pk)]


def test_a_part_of_the_list_tells_how_long_the_whole_is(staff, now):
    leads = [LeadFactory(owner=staff) for _number in range(5)]
    rows, total = quiet_page(user=staff, today=TODAY, now=now, start=2, size=2)
    assert ([row.pk for row in rows], total) == ([lead.pk for lead in leads[2:4]], 5)


def test_a_task_done_and_a_lead_changed_leave_the_list(listed, staff, now):
    lead = LeadFactory(owner=staff)
    task = add_task(lead=lead, title="Bellen", due_on=TODAY, owner=staff, by=staff, at=now)
    finish_task(task=task, by=staff, at=now)
    assert codes(listed(staff)) == {("lead", lead.pk): ["no_next_step"]}
    change_lead(lead=lead, owner=UserFactory(), by=staff, at=now, version=lead.version)
    assert listed(staff) == []


def test_the_list_asks_equally_often_for_any_number_of_rows(now):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            rows = quiet_list(user=crowd.by, today=TODAY, now=now)
        assert len({row.kind for row in rows}) == 5
        return len(captured)

    crowd = Crowd(10)
    EventFactory(pending=True, on=date(2026, 1, 5))
    ending_tenancy()
    unconfirmed_vacancy()
    few = queries()
    Crowd(200, first=10)
    assert queries() == few <= 14
