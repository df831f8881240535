"""The page of the quiet list: who sees it, what is done in place, and what it answers to bad input."""

from datetime import date, time

import pytest
import time_machine
from django.urls import reverse

from crm.acquisition.models import Activity, Lead, Task
from crm.acquisition.services import reschedule_task
from crm.backoffice.quiet_page import ROWS_A_PAGE
from crm.desk.models import Snooze
from crm.desk.services import snooze
from tests.backoffice.conftest import logged_in
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.matching import NeedFactory
from tests.factories.quiet import ending_tenancy, moment, unconfirmed_vacancy
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 22)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def page(client, **query):
    return client.get(reverse("admin:today"), query)


def deal(client, subject, name, **values):
    key = f"{subject.__class__.__name__.lower()}-{subject.pk}" if not isinstance(subject, str) else subject
    key = key.replace("housingneed", "need").replace("countevent", "count_event")
    plain = ("task", "version", "snooze", "next", "p")
    fields = {f if f in plain else f"{key}-{name}-{f}": value for f, value in values.items()}
    return client.post(reverse("admin:today"), {"subject": key, "deal": name, **fields})


def contact(**values):
    return {"kind": "call", "occurred_on": "2026-10-22", **values}


def test_an_empty_list_says_that_all_is_well(as_staff):
    response = page(as_staff)
    assert response.status_code == 200
    assert response.context["total"] == 0
    assert "<ol" not in response.text.split("<main")[1]


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_only_the_desk_comes_in(role):
    client = logged_in(UserFactory(**{role: True}))
    lead = LeadFactory()
    assert page(client).status_code in (302, 403)
    answer = deal(client, lead, "snooze", until="2026-11-02", reason="later")
    assert answer.status_code in (302, 403)
    assert Snooze.objects.count() == 0


def test_a_role_taken_away_writes_nothing(as_staff, staff):
    lead = LeadFactory(owner=staff)
    type(staff).objects.filter(pk=staff.pk).update(role="partner")
    assert deal(as_staff, lead, "contact", **contact()).status_code in (302, 403)
    assert Activity.objects.count() == 0


def test_rows_of_every_kind_are_drawn_with_their_sentences(as_manager, manager):
    LeadFactory(stage="contacted", owner=manager)
    NeedFactory(at=moment(9, 1))
    unconfirmed_vacancy()
    ending_tenancy()
    EventFactory(pending=True, on=date(2026, 10, 1))
    TaskFactory(owner=manager, due_on=TODAY)
    drawn = page(as_manager).context["quiet_rows"]
    assert {row.row.kind.value: [one.name for one in row.deals] for row in drawn} == {
        "task": ["reschedule", "hand_over"],
        "count_event": ["snooze"],
        "lead": ["contact", "hand_over", "snooze"],
        "need": ["contact", "hand_over", "snooze"],
        "vacancy": ["contact", "snooze"],
        "tenancy": ["contact", "snooze"],
    }
    for row in drawn:
        assert as_manager.get(row.url).status_code == 200, row.url


def test_contact_and_a_next_step_are_recorded_in_one_go(as_staff, staff):
    lead = LeadFactory(owner=staff)
    answer = deal(
        as_staff, lead, "contact", **contact(text="Wil langskomen", next_step="Bezoek", due_on="2026-11-02")
    )
    assert answer.status_code == 302
    assert (Activity.objects.get().text, Activity.objects.get().is_two_way) == ("Wil langskomen", True)
    assert (Task.objects.get().title, Task.objects.get().owner) == ("Bezoek", staff)
    assert page(as_staff).context["total"] == 0


def test_contact_about_space_is_kept_with_the_organisation(as_staff):
    tenancy, vacancy, need = ending_tenancy(), unconfirmed_vacancy(), NeedFactory(at=moment(9, 1))
    for subject in (tenancy, vacancy, need):
        assert deal(as_staff, subject, "contact", **contact()).status_code == 302
    found = set(Activity.objects.values_list("organisation", flat=True))
    assert found == {tenancy.tenant_id, vacancy.office_id, need.organisation_id}


def test_faults_come_back_in_the_row_with_all_that_was_typed(as_staff, staff):
    lead = LeadFactory(owner=staff)
    answer = deal(
        as_staff, lead, "contact", kind="call", occurred_on="2026-10-23", text="<script>‮🙈 Lang verhaal"
    )
    assert answer.status_code == 200
    assert "&lt;script&gt;‮🙈 Lang verhaal" in answer.text
    (drawn,) = answer.context["quiet_rows"]
    opened = [one for one in drawn.deals if one.is_open]
    assert [one.name for one in opened] == ["contact"]
    assert "occurred_on" in opened[0].form.errors
    assert Activity.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("contact", contact(next_step="Bezoek"), "due_on"),
        ("contact", contact(due_on="2026-11-02"), "next_step"),
        ("contact", contact(next_step="x" * 500, due_on="2026-11-02"), "next_step"),
        ("contact", {"kind": "dance", "occurred_on": "2026-10-22"}, "kind"),
        ("snooze", {"until": "2026-10-22", "reason": "later"}, "until"),
        ("snooze", {"until": "2027-10-22", "reason": "later"}, "until"),
        ("snooze", {"until": "2026-11-02", "reason": ""}, "reason"),
        ("snooze", {"until": "morgen", "reason": "x"}, "until"),
        ("hand_over", {"owner": "999999"}, "owner"),
        ("hand_over", {"owner": ""}, "owner"),
    ],
)
def test_bad_input_is_named_at_its_field_and_writes_nothing(as_staff, staff, name, values, field):
    lead = LeadFactory(owner=staff)
    answer = deal(as_staff, lead, name, **values)
    assert answer.status_code == 200
    (drawn,) = answer.context["quiet_rows"]
    (opened,) = [one for one in drawn.deals if one.is_open]
    assert field in opened.form.errors
    assert (Activity.objects.count(), Task.objects.count(), Snooze.objects.count()) == (0, 0, 0)


def test_a_fault_is_shown_where_its_row_stands_even_on_a_later_page(as_staff, staff):
    leads = [LeadFactory(owner=staff) for _number in range(ROWS_A_PAGE + 2)]
    answer = deal(as_staff, leads[-1], "snooze", until="", reason="later")
    assert answer.context["page"] == 2
    assert leads[-1].pk in [drawn.row.pk for drawn in answer.context["quiet_rows"]]
    assert page(as_staff, p="2").context["quiet_rows"]
    assert page(as_staff, p="99").context["page"] == 2
    assert page(as_staff, p="x").context["page"] == 1


def test_a_promise_is_moved_done_or_handed_over(as_staff, staff):
    colleague = UserFactory(staff=True)
    lead = LeadFactory(owner=staff)
    tasks = [TaskFactory(lead=lead, owner=staff, due_on=TODAY) for _number in range(2)]
    deal(as_staff, lead, "reschedule", task=tasks[0].pk, version=1, due_on="2026-11-02")
    assert Task.objects.get(pk=tasks[0].pk).due_on == date(2026, 11, 2)
    deal(as_staff, lead, "finish", task=tasks[1].pk)
    assert Task.objects.get(pk=tasks[1].pk).done_by == staff
    deal(as_staff, lead, "hand_over", owner=colleague.pk, version=lead.version)
    assert Lead.objects.get().owner == colleague
    assert Task.objects.get(pk=tasks[0].pk).owner == colleague
    assert page(as_staff).context["total"] == 0


def test_somebody_who_saved_in_between_is_named(as_staff, staff, now):
    lead = LeadFactory(owner=staff)
    task = TaskFactory(lead=lead, owner=staff, due_on=TODAY)
    colleague = UserFactory(full_name="Noor de Vries")
    reschedule_task(task=task, due_on=TODAY, start_time=time(15), by=colleague, at=now)
    answer = deal(as_staff, lead, "reschedule", task=task.pk, version=1, due_on="2026-11-02")
    assert answer.status_code == 200
    assert "Noor de Vries" in answer.text
    assert "2026-11-02" in answer.text
    assert Task.objects.get().due_on == TODAY


def test_another_persons_task_is_neither_moved_nor_done(as_staff, staff):
    lead = LeadFactory(owner=staff)
    task = TaskFactory(lead=lead, owner=UserFactory(staff=True), due_on=TODAY)
    deal(as_staff, lead, "reschedule", task=task.pk, due_on="2026-11-02")
    deal(as_staff, lead, "finish", task=task.pk)
    task.refresh_from_db()
    assert (task.due_on, task.done_at) == (TODAY, None)
    assert deal(as_staff, f"task-{task.pk}", "finish", task=task.pk).status_code == 404


def test_a_hidden_lead_is_never_worked_on_nor_named(as_staff, staff, now):
    owner = UserFactory(manager=True)
    secret = LeadFactory(strict=True, working_name="Zeer Geheim", organisation=None, owner=owner)
    teams = LeadFactory(strict=True, working_name="Ook Geheim", organisation=None)
    need = NeedFactory(lead=secret, title="Lab voor Geheim")
    snooze(subject=secret, until=date(2026, 11, 2), reason="Geheim op reis", by=owner, at=now)
    assert "Geheim" not in page(as_staff).text
    assert deal(as_staff, secret, "contact", **contact()).status_code == 403
    assert deal(as_staff, teams, "hand_over", owner=owner.pk).status_code == 403
    assert deal(as_staff, need, "snooze", until="2026-11-02", reason="x").status_code == 404
    assert Activity.objects.count() == 0


def test_a_snoozed_row_is_listed_below_and_comes_back(as_staff, staff):
    lead = LeadFactory(owner=staff)
    deal(as_staff, lead, "snooze", until="2026-11-02", reason="Na hun beurs")
    response = page(as_staff)
    assert response.context["total"] == 0
    (row,) = response.context["snoozes"]
    assert "Na hun beurs" in response.text
    as_staff.post(reverse("admin:today"), {"deal": "wake", "snooze": row.pk})
    assert page(as_staff).context["total"] == 1
    other = logged_in(UserFactory(staff=True))
    assert other.post(reverse("admin:today"), {"deal": "wake", "snooze": row.pk}).status_code == 404


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"deal": "snooze"},
        {"deal": "snooze", "subject": "lead-"},
        {"deal": "snooze", "subject": "user-1"},
        {"deal": "snooze", "subject": "lead-99999999999999999999"},
        {"deal": "dance", "subject": "lead-1"},
        {"deal": "wake", "snooze": "x"},
    ],
)
def test_a_made_up_form_finds_nothing(as_staff, posted):
    assert as_staff.post(reverse("admin:today"), posted).status_code == 404


def test_it_goes_back_to_where_the_row_stood_and_nowhere_else(as_staff, staff):
    lead = LeadFactory(owner=staff)
    given = {"until": "2026-11-02", "reason": "later"}
    assert deal(as_staff, lead, "snooze", next="/admin/", **given).url == "/admin/"
    assert deal(as_staff, lead, "snooze", next="https://elsewhere.example/", **given).url == reverse(
        "admin:today"
    )
