"""Verbs that take back what was just done by mistake: contact, a promise, and the last thing that became of a task."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import ActivityKind, Repeat, TaskAct
from crm.acquisition.models import Activity, Task, TaskChange
from crm.common.errors import Fault, RuleError, StaleError
from crm.common.locks import lock_row
from crm.common.moments import spoken_moment
from crm.common.months import amsterdam_day

TAKEN_BACK_ONES = (TaskAct.RESCHEDULED, TaskAct.HANDED_OVER, TaskAct.DONE)


@transaction.atomic
def withdraw_activity(*, activity: Activity, by: User, at: datetime) -> Activity:
    """Contact that was written down by mistake counts for nothing from now on; the log keeps it, with who and when.

    A proposal belongs to a space that was proposed, and ends with that.
    """
    fresh = lock_row(Activity.every.all(), activity.pk)
    if fresh.withdrawn_at is not None:
        message = _("%(who)s took this back already.") % {"who": fresh.withdrawn_by}
        raise RuleError(Fault("withdrawn_already", message))
    if fresh.kind == ActivityKind.PROPOSAL:
        raise RuleError(Fault("is_a_proposal", _("A proposal ends with the space that was proposed.")))
    fresh.withdrawn_at, fresh.withdrawn_by = at, by
    fresh.changed_by, fresh.changed_at, fresh.version = by, at, fresh.version + 1
    fresh.save()
    return fresh


@transaction.atomic
def withdraw_task(*, task: Task, by: User, at: datetime, version: int | None = None) -> Task:
    """A promise that was recorded by mistake: nobody made it. One that is done, or was moved since, stays."""
    fresh = _lock(task, version, at)
    if fresh.done_at is not None:
        raise RuleError(Fault("done_already", _("This task was done already.")))
    _withdraw(fresh, by, at)
    return fresh


@transaction.atomic
def take_back_task_change(*, task: Task, by: User, at: datetime, version: int | None = None) -> Task:
    """Undo the last thing that became of a task: another day, another owner, or its being done.

    A repeated task's next turn goes with it, where nobody touched that one yet. Raises `StaleError` when somebody changed
    the task since `version` was read.
    """
    fresh = _lock(task, version, at)
    change = fresh.changes.order_by("-at", "-pk").first()
    if change is None or change.act not in TAKEN_BACK_ONES:
        raise RuleError(Fault("nothing_to_take_back", _("There is nothing of this task to take back.")))
    if change.act == TaskAct.DONE:
        _withdraw_next_turn(fresh, by, at)
        fresh.done_at = fresh.done_by = None
    elif change.act == TaskAct.HANDED_OVER:
        fresh.owner = User.objects.get(pk=int(change.old))
    else:
        _put_back_day(fresh, change)
    _save(fresh, change.new, change.old, by, at)
    return fresh


def _put_back_day(task: Task, change: TaskChange) -> None:
    day, _separator, hour = change.old.partition("T")
    old = date.fromisoformat(day)
    if task.repeat != Repeat.NONE and old != task.due_on:
        task.counted_from = _counted_from_before(task, change, old)
    task.due_on, task.start_time = old, time.fromisoformat(hour) if hour else None


def _counted_from_before(task: Task, change: TaskChange, old: date) -> date:
    """From which day a repeated task was reckoned: that of the turn before it, unless it was moved earlier already."""
    moved_before = task.changes.filter(act=TaskAct.RESCHEDULED, pk__lt=change.pk).exists()
    before = None
    if task.series_id and not moved_before:
        series = Task.objects.filter(series=task.series_id) | Task.objects.filter(pk=task.series_id)
        before = series.filter(pk__lt=task.pk).order_by("-pk").first()
    return before.counted_from if before is not None and before.counted_from else old


def _withdraw_next_turn(task: Task, by: User, at: datetime) -> None:
    turns = Task.objects.filter(series=task.series_id or task.pk, pk__gt=task.pk).order_by("pk")
    following = turns.first()
    if following is None:
        return
    following = lock_row(Task.objects.all(), following.pk)
    if following.version != 1:
        message = _("Its next turn was changed already: this one stays done.")
        raise RuleError(Fault("next_turn_changed", message))
    _withdraw(following, by, at)


def _withdraw(task: Task, by: User, at: datetime) -> None:
    task.withdrawn_at, task.withdrawn_by = at, by
    _save(task, "", "", by, at)


def _save(task: Task, old: str, new: str, by: User, at: datetime) -> None:
    task.changed_by, task.changed_at, task.version = by, at, task.version + 1
    task.save()
    TaskChange.objects.create(task=task, act=TaskAct.TAKEN_BACK, old=old, new=new, by=by, at=at)


def _lock(task: Task, version: int | None, at: datetime) -> Task:
    """The task, locked and fresh, done or not; raises where it was changed since that version was read."""
    fresh = lock_row(Task.every.all(), task.pk)
    if fresh.withdrawn_at is not None:
        message = _("%(who)s took this back already.") % {"who": fresh.withdrawn_by}
        raise RuleError(Fault("withdrawn_already", message))
    if version is not None and version != fresh.version:
        values = {"who": fresh.changed_by, "when": spoken_moment(fresh.changed_at, amsterdam_day(at))}
        message = _("%(who)s changed this task %(when)s. Nothing was taken back: look again.")
        raise StaleError(Fault("stale", message % values, "version"))
    return fresh
