"""Verbs on tasks: promise, do, move to another day, hand over, stop repeating. Each leaves a row that says who and when."""

from collections.abc import Callable
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DESK_ROLES
from crm.acquisition.choices import Repeat, TaskAct, TaskKind
from crm.acquisition.models import Lead, Task, TaskChange
from crm.acquisition.repeats import next_due, start_of
from crm.common.errors import Fault, RuleError, StaleError, refuse
from crm.common.locks import lock_row
from crm.common.moments import spoken_moment
from crm.common.months import add_months, amsterdam_day
from crm.common.validation import field_faults
from crm.contacts.models import Organisation

MOST_MONTHS_AHEAD = 120


@transaction.atomic
def add_task(
    *,
    title: str,
    due_on: date,
    owner: User,
    by: User,
    at: datetime,
    lead: Lead | None = None,
    organisation: Organisation | None = None,
    kind: str = TaskKind.TASK,
    start_time: time | None = None,
    repeat: str = Repeat.NONE,
) -> Task:
    """Promise something, with a day and an owner; perhaps at an hour, perhaps again and again."""
    task = Task(
        title=title.strip(),
        kind=kind,
        due_on=due_on,
        start_time=start_time,
        repeat=repeat,
        counted_from=None if repeat == Repeat.NONE else due_on,
        owner=owner,
        lead=lead,
        organisation=organisation,
        created_by=by,
        created_at=at,
        changed_by=by,
        changed_at=at,
    )
    faults = [*field_faults(task), *_hour_faults(due_on, start_time)]
    if repeat != Repeat.NONE:
        faults += _too_far(due_on, at)
    refuse(faults)
    task.save()
    return task


@transaction.atomic
def finish_task(*, task: Task, by: User, at: datetime) -> Task:
    """Tick a task off, once. A repeated one comes back on the first of its days after today, and after this one's day."""
    fresh = _lock(task, None, at)
    fresh.done_by, fresh.done_at = by, at
    _save(fresh, TaskAct.DONE, "", "", by, at)
    due = None
    if fresh.counted_from is not None:
        due = next_due(fresh.repeat, fresh.counted_from, max(amsterdam_day(at), fresh.due_on))
    if due is not None:
        _follow_up(fresh, due, by, at)
    return fresh


def _follow_up(done: Task, due: date, by: User, at: datetime) -> Task:
    """The next turn of a repeated task. Where its hour is skipped that day, by the change to summer time, it has none."""
    hour = done.start_time
    turn: Task = Task.objects.create(
        title=done.title,
        kind=done.kind,
        due_on=due,
        start_time=hour if hour and start_of(due, hour) else None,
        repeat=done.repeat,
        series_id=done.series_id or done.pk,
        counted_from=done.counted_from,
        owner=done.owner,
        lead=done.lead,
        organisation=done.organisation,
        created_by=by,
        created_at=at,
        changed_by=by,
        changed_at=at,
    )
    return turn


@transaction.atomic
def reschedule_task(
    *,
    task: Task,
    due_on: date,
    by: User,
    at: datetime,
    start_time: time | None = None,
    version: int | None = None,
) -> Task:
    """Move an open task to another day or hour, today at the earliest. A repeated one is counted from its new day on."""
    fresh = _lock(task, version, at)
    faults = [*_hour_faults(due_on, start_time), *day_faults(due_on, at)]
    if (due_on, start_time) == (fresh.due_on, fresh.start_time):
        faults.append(Fault("same_day", _("The task stands on this day already."), "due_on"))
    refuse(faults)
    old = _written(fresh.due_on, fresh.start_time)
    if fresh.repeat != Repeat.NONE and due_on != fresh.due_on:
        fresh.counted_from = due_on
    fresh.due_on, fresh.start_time = due_on, start_time
    _save(fresh, TaskAct.RESCHEDULED, old, _written(due_on, start_time), by, at)
    return fresh


@transaction.atomic
def hand_over_task(*, task: Task, owner: User, by: User, at: datetime, version: int | None = None) -> Task:
    """Give an open task to somebody else of the desk, who can read what it is about."""
    fresh = _lock(task, version, at)
    refuse(new_owner_faults(owner, fresh.owner_id, fresh.lead_id))
    old, fresh.owner = str(fresh.owner_id), owner
    _save(fresh, TaskAct.HANDED_OVER, old, str(owner.pk), by, at)
    return fresh


def new_owner_faults(owner: User, present: int | None, lead: int | None) -> list[Fault]:
    """Why this person cannot take over work; `lead`: whom it is about, where the name must be readable."""
    return owner_faults(owner, present, lambda: lead is None or _may_read(owner, lead))


def owner_faults(owner: User, present: int | None, may_read: Callable[[], bool]) -> list[Fault]:
    """The same, where whoever asks already knows whether the name may be read."""
    values = {"who": owner}
    if owner.pk == present:
        return [Fault("same_owner", _("%(who)s has this already.") % values, "owner")]
    if not owner.is_active or owner.role not in DESK_ROLES:
        message = _("%(who)s does not work at the desk and cannot take this over.")
        return [Fault("not_of_the_desk", message % values, "owner")]
    if not may_read():
        message = _("%(who)s may not read whom this lead is about: put %(who)s in the lead's team first.")
        return [Fault("may_not_read", message % values, "owner")]
    return []


@transaction.atomic
def end_repeat(*, task: Task, by: User, at: datetime, version: int | None = None) -> Task:
    """Let a repeated task be done for the last time."""
    fresh = _lock(task, version, at)
    if fresh.repeat == Repeat.NONE:
        raise RuleError(Fault("not_repeated", _("This task is not repeated."), "repeat"))
    old, fresh.repeat, fresh.counted_from = fresh.repeat, Repeat.NONE, None
    _save(fresh, TaskAct.REPEAT_ENDED, old, Repeat.NONE, by, at)
    return fresh


def _lock(task: Task, version: int | None, at: datetime) -> Task:
    """The open task, locked and fresh; raises where it is done or was changed since that version was read."""
    fresh: Task = lock_row(Task.objects.all(), task.pk)
    if fresh.done_at is not None:
        raise RuleError(Fault("done_already", _("This task was done already.")))
    if version is not None and version != fresh.version:
        values = {"who": fresh.changed_by, "when": spoken_moment(fresh.changed_at, amsterdam_day(at))}
        message = _("%(who)s changed this task %(when)s. Nothing of yours was stored: look again.")
        raise StaleError(Fault("stale", message % values, "version"))
    return fresh


def _save(task: Task, act: TaskAct, old: str, new: str, by: User, at: datetime) -> None:
    task.changed_by, task.changed_at, task.version = by, at, task.version + 1
    task.save()
    TaskChange.objects.create(task=task, act=act, old=old, new=new, by=by, at=at)


def _written(day: date, hour: time | None) -> str:
    return f"{day.isoformat()}T{hour:%H:%M}" if hour else day.isoformat()


def _hour_faults(day: date, hour: time | None) -> list[Fault]:
    if hour is None or start_of(day, hour) is not None:
        return []
    message = _("The clock skips %(hour)s on %(day)s, when summer time begins. Choose another hour.")
    return [Fault("skipped_hour", message % {"hour": f"{hour:%H:%M}", "day": day.isoformat()}, "start_time")]


def day_faults(day: date, at: datetime, field: str = "due_on") -> list[Fault]:
    """Why nothing can be planned anew on this day: it has passed, or it is too far ahead."""
    faults = [Fault(fault.code, fault.message, field) for fault in _too_far(day, at)]
    if day < amsterdam_day(at):
        message = _("A task moves to today or later: %(day)s has passed.")
        faults.append(Fault("in_the_past", message % {"day": day.isoformat()}, field))
    return faults


def _too_far(day: date, at: datetime) -> list[Fault]:
    last = add_months(amsterdam_day(at), MOST_MONTHS_AHEAD)
    if day <= last:
        return []
    message = _("Plan no further than ten years ahead, to %(day)s.")
    return [Fault("too_far", message % {"day": last.isoformat()}, "due_on")]


def _may_read(user: User, lead_id: int) -> bool:
    return Lead.objects.with_readable_name(user).filter(pk=lead_id, is_name_readable=True).exists()
