"""What is done with many leads alike, and its rule. The preview and the deed itself ask the same rule.

A deed says why a lead cannot be changed (`faults`) from facts that are read for all leads together; `carry_out` locks one
lead, asks that once more and then does it by the verbs that a single change uses, so that it leaves the same rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import LeadStatus, TaskKind
from crm.acquisition.models import Lead, LeadTag, StageChange, Task
from crm.acquisition.services.leads import change_lead
from crm.acquisition.services.logbook import lock_lead
from crm.acquisition.services.moves import park_lead, step_from
from crm.acquisition.services.tasks import add_task, day_faults, hand_over_task, owner_faults
from crm.acquisition.stages import ENDINGS, Standing, step_faults
from crm.common.errors import Fault, refuse
from crm.common.months import amsterdam_day
from crm.common.validation import text_faults


@dataclass(frozen=True, kw_only=True)
class LeadState:
    """One lead with what the rules ask beside its own row."""

    lead: Lead
    changed_on: date | None  # the day of its last standing change
    tags: frozenset[int]
    readers: frozenset[int]  # who of those asked about, beside its owner, may read its name


class Deed(Protocol):
    """Something that can be done with many leads."""

    def people(self) -> list[User]:
        """Whose right to read a lead's name the rule asks for."""

    def faults(self, state: LeadState, by: User, at: datetime) -> list[Fault]:
        """Every reason why this lead cannot be changed so."""

    def do(self, lead: Lead, by: User, at: datetime, version: int) -> None:
        """Change it, by the verbs of a single change."""


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """Another owner, with or without what the present one promised there."""

    owner: User
    with_tasks: bool = True

    def people(self) -> list[User]:
        return [self.owner]

    def faults(self, state: LeadState, by: User, at: datetime) -> list[Fault]:
        return owner_faults(self.owner, state.lead.owner_id, lambda: self.owner.pk in state.readers)

    def do(self, lead: Lead, by: User, at: datetime, version: int) -> None:
        before = lead.owner_id
        change_lead(lead=lead, owner=self.owner, by=by, at=at, version=version)
        if self.with_tasks and before is not None:
            for task in Task.objects.open().filter(lead=lead, owner=before).order_by("pk"):
                hand_over_task(task=task, owner=self.owner, by=by, at=at)


@dataclass(frozen=True, kw_only=True)
class Park:
    """Set aside until a day, for a reason; on that day somebody is asked whether to take it up again."""

    until: date
    reason: str

    def people(self) -> list[User]:
        return []

    def faults(self, state: LeadState, by: User, at: datetime) -> list[Fault]:
        today = amsterdam_day(at)
        step = step_from(lead=state.lead, on=today, at=at, to_status=LeadStatus.PARKED)
        stands = None
        if state.changed_on is not None:
            stands = Standing(state.lead.stage, state.lead.status, state.changed_on)
        return [*step_faults(step, stands), *self._faults_for_all(today, at)]

    def _faults_for_all(self, today: date, at: datetime) -> list[Fault]:
        faults = [*text_faults(self.reason, "reason"), *day_faults(self.until, at, "until")]
        if not self.reason.strip():
            faults.append(Fault("reason_needed", _("Say why it is parked."), "reason"))
        if self.until == today:
            faults.append(Fault("not_ahead", _("Choose a day to come."), "until"))
        return faults

    def do(self, lead: Lead, by: User, at: datetime, version: int) -> None:
        park_lead(lead=lead, on=amsterdam_day(at), by=by, at=at, note=self.reason, version=version)
        owner = lead.owner if lead.owner is not None and lead.owner.is_active else by
        title = _("Parked until today: take it up again?")
        add_task(title=title, due_on=self.until, owner=owner, lead=lead, by=by, at=at)


@dataclass(frozen=True, kw_only=True)
class AddTag:
    """One tag more."""

    tag: LeadTag

    def people(self) -> list[User]:
        return []

    def faults(self, state: LeadState, by: User, at: datetime) -> list[Fault]:
        if self.tag.pk not in state.tags:
            return []
        return [Fault("has_tag", _("It carries “%(tag)s” already.") % {"tag": self.tag}, "tag")]

    def do(self, lead: Lead, by: User, at: datetime, version: int) -> None:
        change_lead(lead=lead, tags=[*lead.tags.all(), self.tag], by=by, at=at, version=version)


@dataclass(frozen=True, kw_only=True)
class RemoveTag:
    """One tag less."""

    tag: LeadTag

    def people(self) -> list[User]:
        return []

    def faults(self, state: LeadState, by: User, at: datetime) -> list[Fault]:
        if self.tag.pk in state.tags:
            return []
        return [Fault("no_tag", _("It does not carry “%(tag)s”.") % {"tag": self.tag}, "tag")]

    def do(self, lead: Lead, by: User, at: datetime, version: int) -> None:
        rest = [tag for tag in lead.tags.all() if tag.pk != self.tag.pk]
        change_lead(lead=lead, tags=rest, by=by, at=at, version=version)


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """A task with each lead, for one person or (None) for each lead's own owner."""

    title: str
    due_on: date
    owner: User | None = None
    kind: str = TaskKind.TASK

    def people(self) -> list[User]:
        return [self.owner] if self.owner else []

    def faults(self, state: LeadState, by: User, at: datetime) -> list[Fault]:
        lead, faults = state.lead, day_faults(self.due_on, at)
        if lead.status in ENDINGS:
            message = _("The lead has ended (%(status)s): there is no next step.")
            faults.append(Fault("ended", message % {"status": lead.get_status_display()}))
        owner = self.owner or lead.owner
        if owner is None:
            message = _("Nobody owns this lead: choose who does it.")
            return [*faults, Fault("no_owner", message, "owner")]
        is_reader = owner.pk == lead.owner_id or owner.pk in state.readers
        return [*faults, *owner_faults(owner, None, lambda: is_reader)]

    def do(self, lead: Lead, by: User, at: datetime, version: int) -> None:
        owner = self.owner or lead.owner
        assert owner is not None  # noqa: S101 the rule refused it
        add_task(title=self.title, kind=self.kind, due_on=self.due_on, owner=owner, lead=lead, by=by, at=at)


@dataclass(frozen=True)
class Judged:
    """A lead as the rule sees it at this moment."""

    lead: Lead
    faults: tuple[Fault, ...]


def judge(*, deed: Deed, leads: Sequence[Lead], by: User, at: datetime) -> list[Judged]:
    """What the deed's rule says of each lead, in their order and in a fixed number of queries. Nothing is written."""
    return [Judged(state.lead, tuple(deed.faults(state, by, at))) for state in _states(leads, deed.people())]


@transaction.atomic
def carry_out(*, deed: Deed, lead: Lead, by: User, at: datetime, version: int) -> Lead:
    """Do it with one lead. Raises `StaleError` when somebody saved since `version`, and `RuleError` with every fault."""
    fresh = lock_lead(lead, version, at)
    (state,) = _states([fresh], deed.people())
    refuse(deed.faults(state, by, at))
    deed.do(fresh, by, at, version)
    return fresh


def _states(leads: Sequence[Lead], people: Iterable[User]) -> list[LeadState]:
    pks = [lead.pk for lead in leads]
    standing = StageChange.objects.filter(lead__in=pks, reverses__isnull=True, reversed_by__isnull=True)
    last = standing.order_by().values("lead").annotate(last=Max("pk")).values("last")
    changed_on = dict(StageChange.objects.filter(pk__in=last).values_list("lead", "occurred_on"))
    tags: dict[int, set[int]] = {}
    for lead, tag in Lead.tags.through.objects.filter(lead__in=pks).values_list("lead", "leadtag"):
        tags.setdefault(lead, set()).add(tag)
    readers: dict[int, set[int]] = {}
    for person in people:
        readable = Lead.objects.with_readable_name(person).filter(pk__in=pks, is_name_readable=True)
        for pk in readable.values_list("pk", flat=True):
            readers.setdefault(pk, set()).add(person.pk)
    return [
        LeadState(
            lead=lead,
            changed_on=changed_on.get(lead.pk),
            tags=frozenset(tags.get(lead.pk, ())),
            readers=frozenset(readers.get(lead.pk, ())),
        )
        for lead in leads
    ]
