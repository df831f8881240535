"""Verbs on bulk work: judge it, begin it, go on with what is due, forget it.

Each lead is a transaction of its own that writes the lead's change and its outcome together: a worker that dies leaves
every lead either done and said so, or untouched and waiting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.models import Lead, LeadTag
from crm.acquisition.services import AddTag, Deed, HandOver, NextStep, Park, RemoveTag, carry_out
from crm.common.errors import Fault, RuleError
from crm.common.locks import lock_row
from crm.desk.bulk.models import BulkDeed, BulkItem, BulkJob, Outcome

AT_ONCE = 50  # so many leads are changed while somebody waits; more are left to the worker
MOST_LEADS = 5000
BATCH = 25  # so many leads are looked up together; each is a transaction of its own
A_ROUND = 500  # so many leads in one round of the worker; other due work has its turn then
LEASE = timedelta(minutes=5)
KEPT_DAYS = 90
RIGHT = "acquisition.change_lead"


@dataclass(frozen=True)
class Progress:
    """How far bulk work is."""

    total: int
    done: int
    refused: int

    @property
    def dealt(self) -> int:
        return self.done + self.refused

    @property
    def waiting(self) -> int:
        return self.total - self.dealt


def changeable_leads(user: User) -> QuerySet[Any]:
    """The leads that this person may change: whoever may not read the name does not meet the lead here at all."""
    readable = Lead.objects.with_readable_name(user).filter(is_name_readable=True)
    return readable if user.is_active and user.has_perm(RIGHT) else readable.none()


def deed_of(kind: str, values: Mapping[str, Any]) -> Deed:
    """The deed of a kind with its values as they are stored; raises `RuleError` where its person or tag is gone."""
    if kind == BulkDeed.HAND_OVER:
        return HandOver(owner=_found(User, values["owner"]), with_tasks=bool(values["with_tasks"]))
    if kind == BulkDeed.PARK:
        return Park(until=date.fromisoformat(values["until"]), reason=values["reason"])
    if kind == BulkDeed.ADD_TAG:
        return AddTag(tag=_found(LeadTag, values["tag"]))
    if kind == BulkDeed.REMOVE_TAG:
        return RemoveTag(tag=_found(LeadTag, values["tag"]))
    owner = values["owner"]
    return NextStep(
        title=values["title"],
        kind=values["kind"],
        due_on=date.fromisoformat(values["due_on"]),
        owner=_found(User, owner) if owner else None,
    )


def _found(model: Any, pk: int) -> Any:
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise RuleError(Fault("gone", _("What was chosen for it is not there any more.")))
    return row


def begin_bulk(
    *,
    deed: str,
    values: Mapping[str, Any],
    versions: Mapping[int, int],
    by: User,
    at: datetime,
    key: UUID | None = None,
) -> BulkJob:
    """Do it with these leads, each at the version that was seen: few at once, many by the worker.

    Leads that `by` may not change are left out without a word. The same `key` again answers with the same work, so that
    a yes that is pressed twice is one. Raises `RuleError` beyond 5,000 leads, or with none.
    """
    key = key or uuid4()
    known = BulkJob.objects.filter(key=key, by=by).first()
    if known is not None:
        return known
    deed_of(deed, values)
    if len(versions) > MOST_LEADS:
        message = _("At most %(most)d leads at once. Filter further.") % {"most": MOST_LEADS}
        raise RuleError(Fault("too_many", message))
    leads = list(changeable_leads(by).filter(pk__in=versions).order_by("pk").values_list("pk", flat=True))
    if not leads:
        raise RuleError(Fault("no_leads", _("No lead was chosen that you may change.")))
    with transaction.atomic():
        # A few leads are this request's own work: the worker takes them over only where it died.
        lease = at + LEASE if len(leads) <= AT_ONCE else None
        job = BulkJob.objects.create(deed=deed, values=dict(values), by=by, at=at, key=key, lease_until=lease)
        BulkItem.objects.bulk_create(
            (BulkItem(job=job, lead_id=pk, version=versions[pk]) for pk in leads), batch_size=500
        )
    if len(leads) <= AT_ONCE:
        _go_on(job, at, AT_ONCE)
        job.refresh_from_db()
    return job


def run_due_bulk(*, at: datetime, limit: int = A_ROUND) -> int:
    """Go on with bulk work that waits, the oldest first, up to so many leads; how many were dealt with.

    The claim is one `UPDATE … WHERE`, so that two workers never hold the same job.
    """
    dealt = 0
    for job in BulkJob.objects.due(at).order_by("at", "pk"):
        if dealt >= limit:
            break
        if BulkJob.objects.due(at).filter(pk=job.pk).update(lease_until=at + LEASE):
            with translation.override(job.by.language):
                dealt += _go_on(job, at, limit - dealt)
    return dealt


def _go_on(job: BulkJob, at: datetime, limit: int) -> int:
    """Deal with waiting leads in their order; the job is finished, or free again for the next round."""
    dealt = 0
    while dealt < limit:
        batch = _waiting(job)[: min(BATCH, limit - dealt)]
        pks = list(batch)
        if not pks:
            break
        for pk in pks:
            _deal_with(job, pk, at)
        dealt += len(pks)
    finished = None if _waiting(job).exists() else at
    BulkJob.objects.filter(pk=job.pk).update(lease_until=None, finished_at=finished)
    return dealt


def _waiting(job: BulkJob) -> QuerySet[Any, Any]:
    items = BulkItem.objects.filter(job=job, outcome=Outcome.WAITING).order_by("pk")
    return items.values_list("pk", flat=True)


@transaction.atomic
def _deal_with(job: BulkJob, pk: int, at: datetime) -> None:
    """Change one lead and write down what became of it, in one transaction, once."""
    item = lock_row(BulkItem.objects.all(), pk)
    if item.outcome != Outcome.WAITING:
        return
    try:
        with transaction.atomic():
            _change(job, item, at)
    except RuleError as error:
        item.outcome = Outcome.REFUSED
        item.reason = " ".join(str(fault.message) for fault in error.faults)
    except IntegrityError:
        item.outcome, item.reason = Outcome.REFUSED, _("Somebody recorded something else at that moment.")
    else:
        item.outcome = Outcome.DONE
    item.save(update_fields=["outcome", "reason"])


def _change(job: BulkJob, item: BulkItem, at: datetime) -> None:
    by = User.objects.get(pk=job.by_id)
    if not changeable_leads(by).filter(pk=item.lead_id).exists():
        message = _("%(who)s may not change this lead any more.") % {"who": by}
        raise RuleError(Fault("may_not_change", message))
    carry_out(deed=deed_of(job.deed, job.values), lead=item.lead, by=by, at=at, version=item.version)


def progress_of(job: BulkJob) -> Progress:
    done, refused = Q(outcome=Outcome.DONE), Q(outcome=Outcome.REFUSED)
    counts = BulkItem.objects.filter(job=job).aggregate(
        total=Count("pk"), done=Count("pk", filter=done), refused=Count("pk", filter=refused)
    )
    return Progress(**counts)


@transaction.atomic
def stop_bulk(*, job: BulkJob, by: User, at: datetime) -> BulkJob:
    """Leave the leads that still wait as they are; what was changed stays so. A finished job is not stopped."""
    fresh = lock_row(BulkJob.objects.all(), job.pk)
    if fresh.finished_at is not None:
        raise RuleError(Fault("finished", _("It was finished already.")))
    waiting = BulkItem.objects.filter(job=fresh, outcome=Outcome.WAITING)
    waiting.update(outcome=Outcome.REFUSED, reason=_("Stopped by %(who)s.") % {"who": by})
    fresh.finished_at, fresh.lease_until = at, None
    fresh.save(update_fields=["finished_at", "lease_until"])
    return fresh


def forget_bulk(*, at: datetime) -> int:
    """Drop bulk work that was finished 90 days ago: the leads keep their own log. How many leads' rows went."""
    old = BulkJob.objects.filter(finished_at__lt=at - timedelta(days=KEPT_DAYS))
    return int(old.delete()[0])
