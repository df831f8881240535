"""Verbs on the rows of the quiet list: putting one off with a reason, and giving one to a colleague."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.models import Lead, Task
from crm.acquisition.services import change_lead, hand_over_task, take_back_task_change
from crm.acquisition.services.tasks import new_owner_faults
from crm.common.errors import Fault, RuleError, refuse
from crm.common.locks import lock_rows
from crm.common.months import amsterdam_day
from crm.common.validation import field_faults
from crm.desk.quiet.rows import SubjectKind
from crm.desk.snoozes import Snooze
from crm.estate.models import Tenancy, Vacancy
from crm.matching.models import HousingNeed
from crm.matching.services import change_need
from crm.targets.models import CountEvent

LONGEST_DAYS = 60
KINDS: dict[type[models.Model], SubjectKind] = {
    Lead: SubjectKind.LEAD,
    HousingNeed: SubjectKind.NEED,
    Vacancy: SubjectKind.VACANCY,
    Tenancy: SubjectKind.TENANCY,
    CountEvent: SubjectKind.COUNT_EVENT,
    Task: SubjectKind.TASK,
}


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """What changed hands, as it stood right afterwards: the record with who had it before, and the promises."""

    subject: Lead | HousingNeed | None = None
    owner_before: User | None = None
    tasks: tuple[Task, ...] = ()


Subject = Lead | HousingNeed | Vacancy | Tenancy | CountEvent | Task


@transaction.atomic
def snooze(*, subject: Subject, until: date, reason: str, by: User, at: datetime) -> Snooze:
    """Leave a subject out of the quiet list until a day, at most 60 days ahead; then it returns by itself.

    A promise that is due is kept or moved to another day, never put off: where `by` has one here, this is refused.
    """
    kind = KINDS[type(subject)]
    today = amsterdam_day(at)
    faults = _day_faults(until, today) + _promise_faults(subject, by, today)
    refuse(faults if kind == SubjectKind.TASK else [])
    row = Snooze(until=until, reason=reason.strip(), by=by, at=at, **{kind.value: subject})
    refuse([*faults, *field_faults(row, exclude=("ended_at",))])
    row.save()
    return row


@transaction.atomic
def end_snooze(*, snooze: Snooze, by: User, at: datetime) -> Snooze:
    """Let a subject return before its day, once; with it end other snoozes of the same subject."""
    kind, pk = snooze.subject_kind, snooze.subject_pk
    running = lock_rows(Snooze.objects.running_on(amsterdam_day(at)).filter(**{kind: pk}))
    own: Snooze | None = next((row for row in running if row.pk == snooze.pk), None)
    if own is None:
        raise RuleError(Fault("ended_already", _("This was back in the list already.")))
    for row in running:
        row.ended_at, row.ended_by = at, by
        row.save(update_fields=["ended_at", "ended_by"])
    return own


@transaction.atomic
def hand_over(
    *, subject: Subject, owner: User, by: User, at: datetime, version: int | None = None
) -> HandedOver:
    """Give a lead with what `by` promised there, a need or a task to a colleague of the desk, who may read its name.

    Of a lead that belongs to somebody else only the promises of `by` change hands.
    """
    if isinstance(subject, Task):
        return HandedOver(tasks=(hand_over_task(task=subject, owner=owner, by=by, at=at, version=version),))
    if isinstance(subject, Lead):
        return _hand_over_lead(subject, owner, by, at, version)
    if isinstance(subject, HousingNeed):
        refuse(new_owner_faults(owner, subject.owner_id, subject.lead_id))
        before = subject.owner
        need = change_need(need=subject, owner=owner, by=by, at=at, version=version)
        return HandedOver(subject=need, owner_before=before)
    message = _("This belongs to the whole team: there is nobody to take it over from.")
    raise RuleError(Fault("no_owner", message, "owner"))


@transaction.atomic
def take_back_hand_over(*, handed: HandedOver, by: User, at: datetime) -> None:
    """Who had it has it again, with every promise that went along. Raises `StaleError` where somebody changed one since."""
    given: dict[str, Any] = {"owner": handed.owner_before, "by": by, "at": at}
    if isinstance(handed.subject, Lead):
        change_lead(lead=handed.subject, version=handed.subject.version, **given)
    elif handed.subject is not None:
        change_need(need=handed.subject, version=handed.subject.version, **given)
    for task in handed.tasks:
        take_back_task_change(task=task, by=by, at=at, version=task.version)


def _hand_over_lead(lead: Lead, owner: User, by: User, at: datetime, version: int | None) -> HandedOver:
    is_own = lead.owner_id in (None, by.pk)
    # The new owner of a lead reads its name by being the owner; who only takes over a promise must read it already.
    refuse(new_owner_faults(owner, lead.owner_id if is_own else by.pk, None if is_own else lead.pk))
    before = lead.owner
    if is_own:
        version = lead.version if version is None else version
        lead = change_lead(lead=lead, owner=owner, by=by, at=at, version=version)
    promised = Task.objects.open().filter(lead=lead, owner=by).order_by("pk")
    tasks = tuple(hand_over_task(task=task, owner=owner, by=by, at=at) for task in promised)
    return HandedOver(subject=lead if is_own else None, owner_before=before, tasks=tasks)


def _day_faults(until: date, today: date) -> list[Fault]:
    if until <= today:
        return [Fault("not_ahead", _("Choose a day to come: it returns to the list on that day."), "until")]
    last = today + timedelta(days=LONGEST_DAYS)
    if until > last:
        message = _("At most 60 days ahead: until %(day)s.")
        return [Fault("too_far", message % {"day": last.isoformat()}, "until")]
    return []


def _promise_faults(subject: Any, by: User, today: date) -> list[Fault]:
    promised = Task.objects.promised(by, today)
    is_due = isinstance(subject, Task) or (
        isinstance(subject, Lead) and promised.filter(lead=subject).exists()
    )
    if not is_due:
        return []
    message = _("A promise is due here: keep it, or agree on another day. It cannot be put off in silence.")
    return [Fault("promise_due", message)]
