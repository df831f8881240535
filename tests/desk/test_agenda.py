"""A week holds every task once, late ones apart; what leaves the house speaks of code names."""

from datetime import date, time, timedelta

import pytest

from crm.acquisition.services import finish_task
from crm.desk.agenda import calendar_of, week_of
from crm.desk.free_days import holiday_name, monday_of
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 22)
MONDAY = date(2026, 10, 19)


def the_week(owner, monday=MONDAY, reader=None):
    return week_of(owner=owner, reader=reader or owner, monday=monday, today=TODAY)


def test_every_task_of_the_week_stands_in_it_once_and_no_other(staff, now):
    wanted = [TaskFactory(owner=staff, due_on=MONDAY + timedelta(days=number)) for number in range(7)]
    old = TaskFactory(owner=staff, due_on=date(2026, 1, 12))
    finish_task(task=wanted[0], by=staff, at=now)
    finish_task(task=TaskFactory(owner=staff, due_on=date(2026, 1, 12)), by=staff, at=now)
    TaskFactory(owner=staff, due_on=MONDAY + timedelta(days=7))
    TaskFactory(due_on=TODAY)
    week = the_week(staff)
    shown = [entry.task.pk for entry in week.entries]
    assert sorted(shown) == sorted([old.pk, *(task.pk for task in wanted)])
    assert [entry.task for entry in week.late] == [old, wanted[1], wanted[2]]
    assert [entry.task for entry in week.days[0][1]] == [wanted[0]]


def test_another_week_has_only_its_own_late_ones(staff):
    TaskFactory(owner=staff, due_on=date(2026, 1, 12))
    then = TaskFactory(owner=staff, due_on=date(2026, 10, 13))
    assert [entry.task for entry in the_week(staff, date(2026, 10, 12)).entries] == [then]
    assert the_week(staff, date(2026, 10, 26)).entries == []


def test_a_day_runs_from_what_has_no_hour_through_the_clock(staff):
    late, early, whole = (
        TaskFactory(owner=staff, due_on=TODAY, start_time=hour) for hour in (time(15), time(9), None)
    )
    assert [entry.task for entry in the_week(staff).days[3][1]] == [whole, early, late]


def test_a_strict_lead_is_read_at_the_desk_by_its_own_people_and_managers_alone(staff, manager):
    lead = LeadFactory(strict=True, organisation=OrganisationFactory(name="Geheim BV"))
    TaskFactory(owner=staff, lead=lead, title="Bel Geheim BV", due_on=TODAY, kind="call")

    def seen_by(reader):
        [entry] = the_week(staff, reader=reader).entries
        return entry.title, entry.about

    hidden = seen_by(staff)
    assert hidden[1] == lead.code_name
    assert "Geheim" not in hidden[0]
    assert seen_by(manager) == ("Bel Geheim BV", "Geheim BV")
    lead.team.add(staff)
    assert seen_by(staff) == ("Bel Geheim BV", "Geheim BV")


def test_what_leaves_the_house_tells_of_a_strict_lead_its_code_name_even_to_its_owner(staff):
    lead = LeadFactory(strict=True, owner=staff, organisation=OrganisationFactory(name="Geheim BV"))
    TaskFactory(owner=staff, lead=lead, title="Bel Geheim BV", due_on=TODAY)
    plain = TaskFactory(owner=staff, lead=LeadFactory(), title="Bel", due_on=TODAY)
    entries = calendar_of(user=staff, today=TODAY)
    assert [entry.about for entry in entries] == [lead.code_name, plain.lead.identity.organisation.name]
    assert "Geheim" not in repr([(entry.title, entry.about) for entry in entries])


def test_the_calendar_keeps_visits_of_ninety_days_and_drops_what_is_done(staff, now):
    kept, gone, old = (
        TaskFactory(owner=staff, due_on=day, kind=kind)
        for day, kind in ((TODAY, "visit"), (TODAY, "task"), (TODAY - timedelta(days=91), "visit"))
    )
    for task in (kept, gone, old):
        finish_task(task=task, by=staff, at=now)
    waiting = TaskFactory(owner=staff, due_on=date(2026, 1, 12))
    TaskFactory(owner=UserFactory(), due_on=TODAY)
    assert [entry.task for entry in calendar_of(user=staff, today=TODAY)] == [waiting, kept]


def test_holidays_are_named_in_the_readers_language():
    assert holiday_name(date(2026, 12, 25), "nl") == "Eerste kerstdag"
    assert holiday_name(date(2026, 4, 27), "en") == "King's Day"
    assert holiday_name(TODAY, "nl") == ""
    assert monday_of(TODAY) == MONDAY


@pytest.mark.parametrize("number", [3, 30])
def test_a_week_costs_the_same_for_few_and_many_tasks(staff, number, django_assert_num_queries):
    for _turn in range(number):
        TaskFactory(owner=staff, due_on=TODAY, lead=LeadFactory())
    with django_assert_num_queries(2):
        assert len(the_week(staff).entries) == number
