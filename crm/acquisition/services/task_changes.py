"""Verbs on a promise that stands: another day, another hand."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DESK_ROLES
from crm.acquisition.models import Lead, Task
from crm.common.errors import Fault, RuleError, StaleError, refuse
from crm.common.locks import lock_row
from crm.common.moments import spoken_moment
from crm.common.months import amsterdam_day


@transaction.atomic
def reschedule_task(*, task: Task, due_on: date, by: User, at: datetime, version: int | None = None) -> Task:
    """Move an open task to another day, today at the earliest."""
    fresh = _lock(task, version, at)
    today = amsterdam_day(at)
    if due_on < today:
        message = _("A task is planned for today (%(day)s) or later.")
        raise RuleError(Fault("in_the_past", message % {"day": today.isoformat()}, "due_on"))
    fresh.due_on = due_on
    return _save(fresh, by, at)


@transaction.atomic
def hand_over_task(*, task: Task, owner: User, by: User, at: datetime, version: int | None = None) -> Task:
    """Give an open task to somebody else of the desk, who can read what it is about."""
    fresh = _lock(task, version, at)
    refuse(new_owner_faults(owner, fresh.owner_id, fresh.lead_id))
    fresh.owner = owner
    return _save(fresh, by, at)


def new_owner_faults(owner: User, present: int | None, lead: int | None) -> list[Fault]:
    """Why this person cannot take over work; `lead`: whom it is about, where the name must be readable."""
    values = {"who": owner}
    if owner.pk == present:
        return [Fault("same_owner", _("%(who)s has this already.") % values, "owner")]
    if not owner.is_active or owner.role not in DESK_ROLES:
        message = _("%(who)s does not work at the desk and cannot take this over.")
        return [Fault("not_of_the_desk", message % values, "owner")]
    if lead is not None and not _may_read(owner, lead):
        message = _("%(who)s may not read whom this lead is about: put %(who)s in the lead's team first.")
        return [Fault("may_not_read", message % values, "owner")]
    return []


def _may_read(user: User, lead: int) -> bool:
    return Lead.objects.with_readable_name(user).filter(pk=lead, is_name_readable=True).exists()


def _lock(task: Task, version: int | None, at: datetime) -> Task:
    """The open task, locked and fresh; raises where it is done, or was changed since that version was read."""
    fresh = lock_row(Task.objects.all(), task.pk)
    if fresh.done_at is not None:
        raise RuleError(Fault("done_already", _("This task was done already.")))
    if version is not None and version != fresh.version:
        values = {"who": fresh.changed_by, "when": spoken_moment(fresh.changed_at, amsterdam_day(at))}
        message = _("%(who)s changed this task %(when)s. Nothing of yours was stored: look again.")
        raise StaleError(Fault("stale", message % values, "version"))
    return fresh


def _save(task: Task, by: User, at: datetime) -> Task:
    task.changed_by, task.changed_at, task.version = by, at, task.version + 1
    task.save()
    return task
