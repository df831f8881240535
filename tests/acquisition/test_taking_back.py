"""What was written down by mistake is taken back once, and what cannot be says why."""

from datetime import date, timedelta

import pytest

from crm.acquisition.models import Task
from crm.acquisition.services import (
    add_task,
    finish_task,
    record_proposal,
    reschedule_task,
    take_back_task_change,
    withdraw_activity,
    withdraw_task,
)
from crm.common.errors import RuleError, StaleError
from tests.factories.acquisition import ActivityFactory, LeadFactory, TaskFactory

pytestmark = pytest.mark.django_db
DUE = date(2026, 10, 26)


def codes(refused) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def test_contact_is_taken_back_once(staff, now):
    activity = ActivityFactory(lead=LeadFactory())
    taken = withdraw_activity(activity=activity, by=staff, at=now)
    assert (taken.withdrawn_by, taken.version) == (staff, 2)
    with pytest.raises(RuleError) as refused:
        withdraw_activity(activity=activity, by=staff, at=now)
    assert codes(refused) == ["withdrawn_already"]


def test_a_proposal_ends_with_its_space_and_not_by_itself(staff, now):
    proposal = record_proposal(lead=LeadFactory(), reference="V-1", on=now.date(), by=staff, at=now)
    with pytest.raises(RuleError) as refused:
        withdraw_activity(activity=proposal, by=staff, at=now)
    assert codes(refused) == ["is_a_proposal"]


def test_a_promise_is_withdrawn_once_and_not_after_it_was_kept(staff, now):
    mistaken, kept = TaskFactory(lead=LeadFactory()), TaskFactory(lead=LeadFactory())
    withdraw_task(task=mistaken, by=staff, at=now)
    assert list(Task.objects.all()) == [kept]
    finish_task(task=kept, by=staff, at=now)
    for task, code in ((mistaken, "withdrawn_already"), (kept, "done_already")):
        with pytest.raises(RuleError) as refused:
            withdraw_task(task=task, by=staff, at=now)
        assert codes(refused) == [code]


def test_a_task_of_which_nothing_became_yet_has_nothing_to_take_back(staff, now):
    task = TaskFactory(lead=LeadFactory())
    with pytest.raises(RuleError) as refused:
        take_back_task_change(task=task, by=staff, at=now)
    assert codes(refused) == ["nothing_to_take_back"]


def test_a_task_that_was_changed_since_is_not_taken_back(staff, now):
    task = TaskFactory(lead=LeadFactory(), due_on=DUE)
    reschedule_task(task=task, due_on=DUE + timedelta(days=1), by=staff, at=now)
    with pytest.raises(StaleError):
        take_back_task_change(task=task, version=1, by=staff, at=now)


@pytest.mark.parametrize("moves", [1, 2], ids=["moved once", "moved twice"])
def test_a_turn_that_was_moved_comes_back_and_is_counted_as_before(staff, now, moves):
    """Monthly from 31 October: the turn of 30 November, moved by hand and put back, is still followed by a 31st."""
    first = add_task(
        title="Rapport",
        due_on=date(2026, 10, 31),
        owner=staff,
        lead=LeadFactory(),
        repeat="monthly",
        by=staff,
        at=now,
    )
    finish_task(task=first, by=staff, at=now)
    turn = Task.objects.get(series=first.pk, done_at__isnull=True)
    reckoned, before = turn.counted_from, turn.due_on
    days = [before, *(before + timedelta(days=3 * step) for step in range(1, moves + 1))]
    for day in days[1:]:
        turn = reschedule_task(task=turn, due_on=day, by=staff, at=now)
    back = take_back_task_change(task=turn, by=staff, at=now)
    assert back.due_on == days[-2]
    assert back.counted_from == (reckoned if moves == 1 else days[-2])
