"""A lead's page: where it stands, what is missing, what was said; and moving it through the services."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from crm.acquisition.models import Activity, Lead, StageChange, Task
from crm.acquisition.services import change_lead, move_stage
from tests.conftest import NOON
from tests.factories.acquisition import ActivityFactory, LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


def page(lead) -> str:
    return reverse("admin:acquisition_lead_change", args=[lead.pk])


def action(lead, name: str) -> str:
    return reverse("admin:acquisition_lead_do", args=[lead.pk, name])


def entry(**changes) -> dict:
    given = {"entry-kind": "call", "entry-text": "Wil langskomen", "entry-occurred_on": "2026-10-21"}
    return given | {f"entry-{name}": value for name, value in changes.items()}


def test_the_path_marks_where_the_lead_stands_and_since_when(as_staff):
    lead = LeadFactory(stage="qualified")
    steps = {step.label: step for step in as_staff.get(page(lead)).context["path"]}
    current = [step for step in steps.values() if step.is_current]
    assert [step.entered_on for step in current] == [date(2026, 1, 5)]
    assert [step.is_done for step in steps.values()] == [True, True, True, False, False, False, False, False]
    assert 'aria-current="step"' in as_staff.get(page(lead)).text


def test_a_step_that_was_taken_back_is_not_on_the_path(as_staff, staff, now):
    lead = LeadFactory(complete=True)
    move_stage(lead=lead, to_stage="contacted", on=date(2026, 10, 1), by=staff, at=now)
    as_staff.post(action(lead, "reverse"), {"note": "Verkeerde lead", "version": Lead.objects.get().version})
    steps = as_staff.get(page(lead)).context["path"]
    assert [step.entered_on for step in steps if step.is_done] == [date(2026, 1, 5)]


def test_what_the_next_stage_still_needs_is_named_with_its_fields(as_staff):
    lead = LeadFactory(stage="contacted")
    response = as_staff.get(page(lead))
    keys = [requirement.key for requirement in response.context["missing"]]
    assert {"technology", "rd", "space", "decision_date", "decision_maker"} <= set(keys)
    assert {"develops_technology", "decision_expected_on"} <= set(response.context["missing_form"].fields)


def test_filling_what_is_missing_changes_the_lead_from_its_own_page(as_staff):
    lead = LeadFactory(stage="contacted")
    given = {
        "save_missing": "yes",
        "version": lead.version,
        "missing-develops_technology": "true",
        "missing-has_rd_in_operations": "true",
        "missing-seeks_space": "false",
        "missing-decision_expected_on": "2027-03-01",
    }
    as_staff.post(page(lead), given)
    lead.refresh_from_db()
    assert (lead.develops_technology, lead.seeks_space) == (True, False)
    assert lead.decision_expected_on == date(2027, 3, 1)


def test_filling_what_is_missing_on_an_old_page_is_refused(as_staff, manager, now):
    lead = LeadFactory(stage="contacted")
    old = lead.version
    change_lead(lead=lead, by=manager, at=now, version=old, jobs_expected=5)
    given = {"save_missing": "yes", "version": old, "missing-develops_technology": "true"}
    response = as_staff.post(page(lead), given)
    assert manager.full_name in response.text
    assert Lead.objects.get(pk=lead.pk).develops_technology is None


def test_contact_is_recorded_with_the_next_step_in_one_go(as_staff, staff):
    organisation = OrganisationFactory()
    person = PersonFactory(organisation=organisation)
    lead = LeadFactory(organisation=organisation)
    given = entry(person=person.pk, next_step="Meetrapport opvragen", due_on="2026-10-26")
    response = as_staff.post(page(lead), given, follow=True)
    activity, task = Activity.objects.get(), Task.objects.get()
    assert (activity.kind, activity.person, activity.created_by) == ("call", person, staff)
    assert (task.title, task.owner, task.lead_id) == ("Meetrapport opvragen", staff, lead.pk)
    assert "Wil langskomen" in response.text
    assert "Meetrapport opvragen" in response.text


def test_an_entry_that_is_refused_keeps_the_text_and_stores_nothing(as_staff):
    lead = LeadFactory()
    for wrong in (
        {"occurred_on": "2026-12-31"},
        {"next_step": "Bellen"},
        {"kind": "zang"},
        {"person": "999"},
    ):
        response = as_staff.post(page(lead), entry(**wrong))
        assert response.status_code == 200
        assert "Wil langskomen" in response.text, wrong
        assert 'class="error"' in response.text, wrong
    assert Activity.objects.count() == Task.objects.count() == 0


def test_a_person_of_another_company_is_not_on_offer(as_staff):
    lead, stranger = LeadFactory(), PersonFactory(organisation=OrganisationFactory())
    response = as_staff.post(page(lead), entry(person=stranger.pk))
    assert "person" in response.context["entry"].errors


def test_moving_names_all_that_is_missing_and_moves_nothing(as_staff):
    lead = LeadFactory(stage="contacted")
    given = {"to_stage": "qualified", "on": "2026-10-20", "version": lead.version, "note": "Klaar"}
    response = as_staff.post(action(lead, "move"), given)
    assert len(response.context["form"].errors["to_stage"]) >= 5
    assert "Klaar" in response.text
    assert Lead.objects.get(pk=lead.pk).stage == "contacted"


def test_moving_leaves_one_row_in_the_log_and_goes_back_to_the_lead(as_staff, staff):
    lead = LeadFactory(stage="contacted", complete=True)
    before = StageChange.objects.count()
    given = {"to_stage": "qualified", "on": "2026-10-20", "version": lead.version, "note": "Besluit in juni"}
    response = as_staff.post(action(lead, "move"), given, follow=True)
    change = StageChange.objects.order_by("-pk").first()
    assert StageChange.objects.count() == before + 1
    assert (change.to_stage, change.occurred_on, change.by) == ("qualified", date(2026, 10, 20), staff)
    assert change.note.text == "Besluit in juni"
    assert "Besluit in juni" in response.text


def test_a_move_from_an_old_page_says_who_was_faster(as_staff, manager, now):
    lead = LeadFactory(stage="contacted", complete=True)
    old = lead.version
    move_stage(lead=lead, to_stage="qualified", on=date(2026, 10, 20), by=manager, at=now)
    given = {"to_stage": "site_visit", "on": "2026-10-21", "version": old, "note": ""}
    response = as_staff.post(action(lead, "move"), given)
    assert manager.full_name in response.text
    assert Lead.objects.get(pk=lead.pk).stage == "qualified"


def test_a_move_into_the_future_is_refused_at_the_day(as_staff):
    lead = LeadFactory(stage="contacted", complete=True)
    given = {"to_stage": "qualified", "on": "2026-10-23", "version": lead.version, "note": ""}
    assert "on" in as_staff.post(action(lead, "move"), given).context["form"].errors


def test_established_is_not_on_offer_as_a_stage(as_staff):
    lead = LeadFactory(stage="committed", complete=True)
    stages = [
        value
        for value, _label in as_staff.get(action(lead, "move")).context["form"].fields["to_stage"].choices
    ]
    assert "established" not in stages


def test_a_lead_is_parked_reopened_and_closed_with_a_reason(as_staff):
    lead = LeadFactory(stage="contacted")
    for name, given, status in (
        ("park", {}, "parked"),
        ("reopen", {}, "open"),
        ("close", {"ending": "lost:no_space"}, "lost"),
    ):
        version = Lead.objects.get(pk=lead.pk).version
        as_staff.post(action(lead, name), {"on": "2026-10-20", "version": version, "note": "", **given})
        assert Lead.objects.get(pk=lead.pk).status == status
    assert StageChange.objects.order_by("-pk").first().reason == "no_space"
    assert Lead.objects.get(pk=lead.pk).stage == "contacted"


def test_closing_without_a_reason_is_refused(as_staff):
    lead = LeadFactory()
    given = {"on": "2026-10-20", "version": lead.version, "note": "", "ending": ""}
    assert "ending" in as_staff.post(action(lead, "close"), given).context["form"].errors
    assert Lead.objects.get(pk=lead.pk).status == "open"


def test_the_last_step_is_taken_back_and_both_rows_stay(as_staff):
    lead = LeadFactory(stage="contacted")
    version = Lead.objects.get(pk=lead.pk).version
    as_staff.post(action(lead, "reverse"), {"note": "Vergissing", "version": version})
    assert Lead.objects.get(pk=lead.pk).stage == "identified"
    assert lead.stage_changes.count() == 3
    log = as_staff.get(page(lead)).context["log"]
    assert [line.is_taken_back for line in log] == [False, True, False]


def test_a_first_step_offers_no_taking_back(as_staff):
    lead = LeadFactory()
    names = [drawn["url"] for drawn in as_staff.get(page(lead)).context["record_actions"]]
    assert action(lead, "reverse") not in names
    response = as_staff.post(action(lead, "reverse"), {"note": "", "version": lead.version}, follow=True)
    assert lead.stage_changes.count() == 1
    assert response.redirect_chain


def test_an_action_that_the_state_does_not_allow_changes_nothing_and_says_so(as_staff):
    lead = LeadFactory(parked=True)
    before = lead.stage_changes.count()
    response = as_staff.post(
        action(lead, "park"), {"on": "2026-10-20", "version": lead.version, "note": ""}, follow=True
    )
    assert lead.stage_changes.count() == before
    assert 'class="message error"' in response.text


def test_an_action_that_does_not_exist_is_not_found(as_staff):
    assert as_staff.get(action(LeadFactory(), "teleport")).status_code == 404


def test_a_task_is_ticked_off_from_the_lead_and_brings_one_back(as_staff, staff):
    lead = LeadFactory()
    task = TaskFactory(lead=lead, owner=staff)
    url = reverse("admin:acquisition_task_do", args=[task.pk, "finish"])
    response = as_staff.post(f"{url}?next={page(lead)}")
    assert response["Location"] == page(lead)
    task.refresh_from_db()
    assert task.done_by == staff
    assert as_staff.post(f"{url}?next=https://elsewhere.example/")["Location"].startswith("/admin/")


def test_the_log_shows_what_is_asked_for(as_staff):
    lead = LeadFactory(stage="contacted")
    ActivityFactory(lead=lead, text="Een gesprek")
    assert "Een gesprek" in as_staff.get(page(lead)).text
    contact = as_staff.get(f"{page(lead)}?log=contact").context["log"]
    changes = as_staff.get(f"{page(lead)}?log=changes").context["log"]
    assert [line.text for line in contact] == ["Een gesprek"]
    assert len(changes) == 2


def test_a_long_log_shows_thirty_and_says_how_many_more(as_staff):
    lead = LeadFactory()
    for number in range(35):
        ActivityFactory(lead=lead, occurred_on=date(2025, 6, 1) + timedelta(days=number))
    response = as_staff.get(page(lead))
    assert (len(response.context["log"]), response.context["log_hidden"]) == (30, 6)
    assert len(as_staff.get(f"{page(lead)}?older=1").context["log"]) == 36


def test_the_full_form_saves_through_the_service_and_returns_to_the_page(as_staff):
    lead = LeadFactory()
    url = reverse("admin:acquisition_lead_edit", args=[lead.pk])
    given = {
        "organisation": lead.identity.organisation_id,
        "working_name": "",
        "track": "startup",
        "confidentiality": "open",
        "spin_off_expected": "yes",
        "area_from_m2": "300",
        "area_to_m2": "100",
        "record_version": lead.version,
    }
    refused = as_staff.post(url, given)
    assert refused.context["adminform"].form.errors
    assert Lead.objects.get(pk=lead.pk).track == "knowledge_intensive"
    response = as_staff.post(url, given | {"area_to_m2": "400"})
    assert response["Location"] == page(lead)
    lead.refresh_from_db()
    assert (lead.track, lead.area_to_m2, lead.version) == ("startup", 400, 2)


def test_a_new_lead_gets_its_first_row_and_code_name(as_staff, staff):
    given = {
        "organisation": OrganisationFactory().pk,
        "track": "startup",
        "confidentiality": "strict",
        "owner": staff.pk,
        "spin_off_expected": "unknown",
        "on": "2026-10-01",
    }
    response = as_staff.post(reverse("admin:acquisition_lead_add"), given)
    lead = Lead.objects.get()
    assert response["Location"] == page(lead)
    assert lead.code_name
    assert [change.occurred_on for change in lead.stage_changes.all()] == [date(2026, 10, 1)]


def test_a_lead_without_any_name_is_refused(as_staff):
    given = {
        "track": "startup",
        "confidentiality": "open",
        "spin_off_expected": "unknown",
        "on": "2026-10-01",
    }
    response = as_staff.post(reverse("admin:acquisition_lead_add"), given)
    assert "organisation" in response.context["adminform"].form.errors
    assert Lead.objects.count() == 0
