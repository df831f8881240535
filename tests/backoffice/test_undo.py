"""What was just done can be taken back by who did it: everything stands as before, and the log keeps both."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.acquisition.models import Activity, Lead, StageChange, Task, TaskChange
from crm.acquisition.services import add_task, finish_task, reschedule_task
from crm.backoffice.templatetags.desk import undo_token
from crm.common.months import amsterdam_day
from crm.desk.models import Snooze
from tests.backoffice.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="token" value="([^"]+)"')


@pytest.fixture
def lead(staff):
    return LeadFactory(startup=True, owner=staff, complete=True)


@pytest.fixture
def today():
    return amsterdam_day(timezone.now())


def lead_url(lead) -> str:
    return reverse("admin:acquisition_lead_change", args=[lead.pk])


def token_in(response) -> str:
    found = TOKEN.search(response.text)
    assert found, "no button that takes it back"
    return found[1]


def take_back(client, response):
    return client.post(
        reverse("admin:undo"), {"token": token_in(response), "next": "/admin/today/"}, follow=True
    )


def deal(client, subject: str, deal: str, **fields):
    prefix = f"{subject}-{deal}-"
    own = {"subject", "deal", "task", "version"}
    typed = {name if name in own else f"{prefix}{name}": value for name, value in fields.items()}
    return client.post(reverse("admin:today"), {"subject": subject, "deal": deal, **typed}, follow=True)


def test_contact_logged_by_mistake_goes_with_the_step_that_it_promised(as_staff, lead, today):
    before = Activity.objects.filter(lead=lead).count()
    said = as_staff.post(
        lead_url(lead),
        {
            "entry-kind": "call",
            "entry-text": "Verkeerde lead",
            "entry-occurred_on": "vandaag",
            "entry-next_step": "Offerte sturen",
            "entry-due_on": "morgen",
        },
        follow=True,
    )
    answer = take_back(as_staff, said)
    assert answer.status_code == 200
    assert Activity.objects.filter(lead=lead).count() == before
    assert not Task.objects.filter(lead=lead).exists()
    page = as_staff.get(lead_url(lead)).text
    assert "Verkeerde lead" in page
    assert "<s>" in page
    again = take_back(as_staff, said)
    assert "Not taken back" in again.text or "Niet teruggedraaid" in again.text
    assert Activity.every.get(text="Verkeerde lead").withdrawn_by.role == "staff"


def test_what_was_taken_back_counts_for_nothing(as_staff, lead, today):
    said = as_staff.post(
        lead_url(lead),
        {"entry-kind": "visit", "entry-text": "uniekwoord", "entry-occurred_on": "vandaag"},
        follow=True,
    )
    assert "uniekwoord" in as_staff.get("/admin/acquisition/activity/").text
    take_back(as_staff, said)
    assert "uniekwoord" not in as_staff.get("/admin/acquisition/activity/").text
    assert "option" not in as_staff.get("/admin/search/?part=list&q=uniekwoord").text


@pytest.mark.parametrize("repeat", ["none", "weekly"])
def test_a_task_ticked_off_by_mistake_is_open_again_and_its_next_turn_is_gone(
    as_staff, staff, lead, today, repeat
):
    due = today - timedelta(days=3)
    task = add_task(
        title="Bellen", due_on=due, owner=staff, lead=lead, by=staff, at=timezone.now(), repeat=repeat
    )
    said = as_staff.post(reverse("admin:acquisition_task_do", args=[task.pk, "finish"]), follow=True)
    take_back(as_staff, said)
    (stands,) = Task.objects.filter(lead=lead)
    assert (stands.pk, stands.done_at, stands.due_on) == (task.pk, None, due)
    acts = list(TaskChange.objects.filter(task=task).order_by("pk").values_list("act", flat=True))
    assert acts == ["done", "taken_back"]


def test_a_late_task_that_was_rescheduled_goes_back_to_its_day_in_the_past(as_staff, staff, lead, today):
    due = today - timedelta(days=3)
    task = add_task(title="Bellen", due_on=due, owner=staff, lead=lead, by=staff, at=timezone.now())
    said = deal(
        as_staff,
        f"lead-{lead.pk}",
        "reschedule",
        task=task.pk,
        version=1,
        due_on=str(today + timedelta(days=9)),
    )
    take_back(as_staff, said)
    task.refresh_from_db()
    assert (task.due_on, task.version) == (due, 3)


def test_a_lead_handed_over_comes_back_with_its_promises(as_staff, staff, lead, today):
    colleague = UserFactory(staff=True)
    task = add_task(title="Bellen", due_on=today, owner=staff, lead=lead, by=staff, at=timezone.now())
    said = deal(as_staff, f"lead-{lead.pk}", "hand_over", owner=colleague.pk, version=lead.version)
    task.refresh_from_db()
    assert task.owner == colleague
    take_back(as_staff, said)
    task.refresh_from_db()
    lead.refresh_from_db()
    assert (task.owner, lead.owner) == (staff, staff)


def test_a_snooze_is_taken_back(as_staff, lead, today):
    said = deal(
        as_staff, f"lead-{lead.pk}", "snooze", until=str(today + timedelta(days=9)), reason="Na de beurs"
    )
    take_back(as_staff, said)
    assert Snooze.objects.get().ended_at is not None


def test_a_stage_moved_on_the_leads_page_is_taken_back_in_the_log(as_staff, lead, today):
    url = reverse("admin:acquisition_lead_do", args=[lead.pk, "move"])
    said = as_staff.post(
        url, {"to_stage": "contacted", "on": str(today), "version": lead.version}, follow=True
    )
    take_back(as_staff, said)
    assert Lead.objects.get(pk=lead.pk).stage == "identified"
    assert StageChange.objects.filter(lead=lead, reverses__isnull=False).count() == 1


def test_what_somebody_else_changed_since_is_not_taken_back_and_says_why(
    as_staff, staff, manager, lead, today
):
    task = add_task(title="Bellen", due_on=today, owner=staff, lead=lead, by=staff, at=timezone.now())
    said = deal(
        as_staff,
        f"lead-{lead.pk}",
        "reschedule",
        task=task.pk,
        version=1,
        due_on=str(today + timedelta(days=9)),
    )
    reschedule_task(task=task, due_on=today + timedelta(days=4), by=manager, at=timezone.now())
    answer = take_back(as_staff, said)
    assert manager.full_name in answer.text
    task.refresh_from_db()
    assert task.due_on == today + timedelta(days=4)


def test_a_next_turn_that_somebody_touched_keeps_its_task_done(as_staff, staff, lead, today):
    task = add_task(
        title="Bellen", due_on=today, owner=staff, lead=lead, by=staff, at=timezone.now(), repeat="weekly"
    )
    said = as_staff.post(reverse("admin:acquisition_task_do", args=[task.pk, "finish"]), follow=True)
    turn = Task.objects.open().get(lead=lead)
    finish_task(task=turn, by=staff, at=timezone.now())
    take_back(as_staff, said)
    assert Task.objects.open().filter(lead=lead).count() == 1
    task.refresh_from_db()
    assert task.done_at is not None


def test_only_who_did_it_takes_it_back_and_only_while_the_role_lasts(as_staff, staff, lead, today):
    said = deal(
        as_staff, f"lead-{lead.pk}", "snooze", until=str(today + timedelta(days=9)), reason="Na de beurs"
    )
    token = token_in(said)
    other = logged_in(UserFactory(staff=True))
    assert other.post(reverse("admin:undo"), {"token": token}).status_code == 403
    for wrong in ("", "x", token[:-3], f"{token}x", "a:b:c"):
        answer = as_staff.post(reverse("admin:undo"), {"token": wrong, "next": "//evil.example/"})
        assert answer["Location"] == "/admin/today/"
    type(staff).objects.filter(pk=staff.pk).update(role="broker")
    assert as_staff.post(reverse("admin:undo"), {"token": token}).status_code == 403
    assert Snooze.objects.get().ended_at is None


def test_a_message_without_a_deed_has_no_button():
    assert undo_token("anything") == ""
