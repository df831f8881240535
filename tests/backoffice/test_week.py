"""The week page: weeks by name, whose week, tasks done and moved from it, bulk actions on the list, roles."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from crm.acquisition.models import Task, TaskChange
from crm.backoffice.week import monday_named, week_name
from tests.backoffice.conftest import logged_in
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db

WEEK = "/admin/week/"
TODAY = date(2026, 10, 22)


@pytest.fixture(autouse=True)
def on_a_thursday():
    with time_machine.travel(NOON, tick=False):
        yield


def test_weeks_are_named_as_iso_8601_does():
    assert monday_named("2026-W44") == date(2026, 10, 26)
    assert week_name(date(2027, 1, 1)) == "2026-W53"
    for wrong in ("2026-W54", "2025-W53", "0001-W01", "9999-W52", "2026W44", "-", "２０２６-W44"):
        assert monday_named(wrong) is None


def test_the_page_shows_the_week_asked_for_with_its_neighbours(as_staff, staff):
    TaskFactory(owner=staff, title="Kerstpost", due_on=date(2026, 12, 24))
    answer = as_staff.get(WEEK, {"week": "2026-W52"})
    assert "Kerstpost" in answer.text
    assert "Eerste kerstdag" in answer.text
    assert "?week=2026-W51" in answer.text
    assert "?week=2026-W53" in answer.text
    assert "Kerstpost" not in as_staff.get(WEEK).text


@pytest.mark.parametrize("week", ["2026-W99", "<script>", "x" * 500, "9999-W52"])
def test_what_is_no_week_is_said_and_the_present_one_is_shown(as_staff, week):
    answer = as_staff.get(WEEK, {"week": week})
    assert answer.status_code == 200
    assert answer.context["fault"]
    assert answer.context["asked"] == "2026-W43"
    assert "<script>”" not in answer.text


def test_only_a_manager_chooses_a_colleague(as_staff, as_manager, as_administrator, staff):
    colleague = UserFactory(staff=True)
    TaskFactory(owner=colleague, title="Van een ander", due_on=TODAY)
    assert "Van een ander" in as_manager.get(WEEK, {"who": colleague.pk}).text
    assert as_staff.get(WEEK, {"who": colleague.pk}).status_code == 403
    assert as_administrator.get(WEEK, {"who": colleague.pk}).status_code == 403
    assert as_staff.get(WEEK, {"who": staff.pk}).status_code == 200
    for nobody in ("0", "x", UserFactory(partner=True).pk):
        assert as_manager.get(WEEK, {"who": nobody}).status_code == 404


@pytest.mark.parametrize("role", ["partner", "broker"])
@pytest.mark.parametrize("page", [WEEK, "/admin/my/"])
def test_who_is_not_of_the_desk_gets_neither_page(role, page):
    answer = logged_in(UserFactory(role=role)).get(page, follow=True)
    assert answer.status_code in (403, 404) or answer.request["PATH_INFO"] != page


def test_a_strict_lead_that_one_may_not_read_shows_its_code_name_and_no_text(as_staff, staff):
    lead = LeadFactory(strict=True, organisation=OrganisationFactory(name="Geheim BV"))
    TaskFactory(owner=staff, lead=lead, title="Bel Geheim BV", due_on=TODAY)
    text = as_staff.get(WEEK).text
    assert "Geheim" not in text
    assert lead.code_name in text


def test_a_task_is_done_and_moved_from_the_week(as_staff, staff):
    task = TaskFactory(owner=staff, due_on=TODAY)
    back = f"{WEEK}?week=2026-W43"
    url = reverse("admin:acquisition_task_do", args=[task.pk, "reschedule"])
    given = {"due_on": "2026-10-23", "start_time": "10:30", "version": "1"}
    answer = as_staff.post(url, given, query_params={"next": back})
    assert answer["Location"] == back
    task.refresh_from_db()
    assert (task.due_on, task.start_time) == (date(2026, 10, 23), time(10, 30))
    again = as_staff.post(url, given | {"due_on": "2026-10-24"}, query_params={"next": back})
    assert again.status_code == 200
    assert staff.full_name in again.text
    done = reverse("admin:acquisition_task_do", args=[task.pk, "finish"])
    assert as_staff.post(done, query_params={"next": back})["Location"] == back
    task.refresh_from_db()
    assert task.done_by == staff


@pytest.mark.parametrize("given", [{"due_on": "2026-10-01"}, {"due_on": "gisteren"}, {"due_on": ""}])
def test_a_refused_day_is_said_on_the_form(as_staff, staff, given):
    task = TaskFactory(owner=staff, due_on=TODAY)
    answer = as_staff.post(reverse("admin:acquisition_task_do", args=[task.pk, "reschedule"]), given)
    assert "due_on" in answer.context["form"].errors
    assert not TaskChange.objects.exists()


def test_chosen_tasks_are_moved_together_and_who_is_refused_is_named(as_staff, staff):
    tasks = [TaskFactory(owner=staff, title=f"Taak {number}", due_on=TODAY) for number in range(2)]
    stands = TaskFactory(owner=staff, title="Staat er al", due_on=TODAY + timedelta(days=4))
    chosen = {
        "action": "reschedule_chosen",
        "_selected_action": [task.pk for task in [*tasks, stands]],
        "index": "0",
        "select_across": "0",
    }
    url = reverse("admin:acquisition_task_changelist")
    asked = as_staff.post(url, chosen)
    assert "Staat er al" in asked.text
    assert not TaskChange.objects.exists()
    answer = as_staff.post(url, chosen | {"do": "yes", "due_on": "2026-10-26"}, follow=True)
    assert TaskChange.objects.filter(new="2026-10-26").count() == 2
    assert "Staat er al: " in answer.text


def test_chosen_tasks_are_handed_over_and_done(as_staff, staff):
    tasks = [TaskFactory(owner=staff, due_on=TODAY) for _turn in range(2)]
    heir = UserFactory(staff=True)
    url = reverse("admin:acquisition_task_changelist")
    chosen = {"_selected_action": [task.pk for task in tasks], "index": "0", "select_across": "0"}
    as_staff.post(url, chosen | {"action": "hand_over_chosen", "do": "yes", "owner": heir.pk})
    assert Task.objects.filter(owner=heir).count() == 2
    as_staff.post(url, chosen | {"action": "finish_chosen"})
    assert Task.objects.open().count() == 0


def test_a_task_with_hour_and_repeat_is_made_by_the_form(as_staff, staff):
    given = {
        "title": "Rondgang",
        "kind": "visit",
        "due_on": "2026-10-29",
        "start_time": "14:00",
        "repeat": "monthly",
        "owner": staff.pk,
    }
    as_staff.post(reverse("admin:acquisition_task_add"), given)
    task = Task.objects.get()
    assert (task.kind, task.start_time, task.repeat) == ("visit", time(14), "monthly")


def test_the_week_asks_the_database_equally_often_for_few_and_many(
    as_staff, staff, django_assert_max_num_queries
):
    for number in range(30):
        TaskFactory(owner=staff, lead=LeadFactory(), due_on=TODAY + timedelta(days=number % 4))
    as_staff.get(WEEK)
    with django_assert_max_num_queries(10):
        as_staff.get(WEEK)
