"""The month's movement per stage: what came into a stage, what left it, and that the sum balances.

`start + new + reopened + moved in − moved out − established − lost − referred − withdrawn − parked = end`
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.common.errors import Fault, RuleError

OPEN_STAGES = ("identified", "contacted", "qualified", "site_visit", "proposal", "decision", "committed")
GAINS = ("new", "reopened", "moved_in")
LOSSES = ("moved_out", "established", "lost", "referred", "withdrawn", "parked")
TRACKS = ("startup", "knowledge_intensive", "rd_branch")


class UnbalancedMovementError(RuleError):
    """The movement table does not balance, so no report is made; the faults name stages and leads."""


@dataclass(frozen=True, kw_only=True)
class StageMovement:
    """One stage's month, in open leads; the tracks split `end`, None where a number would give a lead away."""

    stage: str
    start: int = 0
    new: int = 0
    reopened: int = 0
    moved_in: int = 0
    moved_out: int = 0
    established: int = 0
    lost: int = 0
    referred: int = 0
    withdrawn: int = 0
    parked: int = 0
    end: int = 0
    startup: int | None = 0
    knowledge_intensive: int | None = 0
    rd_branch: int | None = 0

    @property
    def sum(self) -> int:
        """What `end` must be."""
        gains = sum(getattr(self, term) for term in GAINS)
        return self.start + gains - sum(getattr(self, term) for term in LOSSES)


@dataclass(frozen=True)
class Term:
    """One lead's part in the sum: the term (`new`, `moved_out` …) and the stage it concerns."""

    name: str
    stage: str


@dataclass(frozen=True)
class LeadMonth:
    """One lead's month: the open stage it stood in at the start and the end (None: not open), and its terms."""

    lead: str
    track: str
    start: str | None
    terms: tuple[Term, ...]
    end: str | None


def tabulate(leads: Iterable[LeadMonth]) -> tuple[StageMovement, ...]:
    """The movement table of these leads; raises `UnbalancedMovementError` naming each stage and lead that is off."""
    counts: dict[str, Counter[str]] = {stage: Counter() for stage in OPEN_STAGES}
    faults = []
    for lead in leads:
        faults += [_imbalance(lead.lead, stage) for stage in _unbalanced_stages(lead)]
        if lead.start:
            counts[lead.start]["start"] += 1
        for term in lead.terms:
            counts[term.stage][term.name] += 1
        if lead.end:
            counts[lead.end]["end"] += 1
            counts[lead.end][lead.track] += 1
    if faults:
        raise UnbalancedMovementError(faults)
    return tuple(StageMovement(stage=stage, **counts[stage]) for stage in OPEN_STAGES)


def _unbalanced_stages(lead: LeadMonth) -> list[str]:
    balance: Counter[str] = Counter()
    if lead.start:
        balance[lead.start] += 1
    for term in lead.terms:
        balance[term.stage] += 1 if term.name in GAINS else -1
    if lead.end:
        balance[lead.end] -= 1
    return sorted(stage for stage, rest in balance.items() if rest)


def _imbalance(lead: str, stage: str) -> Fault:
    message = _("Lead %(lead)s does not balance in stage %(stage)s.") % {"lead": lead, "stage": stage}
    return Fault("unbalanced_movement", message, field=stage)


@dataclass(frozen=True, kw_only=True)
class TrackSplit:
    """Open leads of each track in all stages, None where the number would give a lead away."""

    startup: int | None
    knowledge_intensive: int | None
    rd_branch: int | None


def split_of(rows: Sequence[StageMovement]) -> TrackSplit:
    """The tracks' totals as the table's rows add up to; None where a row withholds its part."""
    whole = total(rows)
    return TrackSplit(
        startup=whole.startup, knowledge_intensive=whole.knowledge_intensive, rd_branch=whole.rd_branch
    )


def total(rows: Sequence[StageMovement]) -> StageMovement:
    """All stages together; a track's total is None where one of its stages is."""
    names = ("start", *GAINS, *LOSSES, "end")
    values: dict[str, Any] = {name: sum(getattr(row, name) for row in rows) for name in names}
    for track in TRACKS:
        parts = [getattr(row, track) for row in rows]
        values[track] = None if None in parts else sum(parts)
    return StageMovement(stage="", **values)


def faults_of(rows: Sequence[StageMovement]) -> list[Fault]:
    """Every reason why this table is no movement table of a month."""
    faults = []
    stages = tuple(row.stage for row in rows)
    if stages != OPEN_STAGES:
        message = _("The movement table must have the stages %(stages)s in this order.")
        faults.append(Fault("stages", message % {"stages": ", ".join(OPEN_STAGES)}, field="movement"))
    for row in rows:
        if row.sum != row.end:
            message = _("Stage %(stage)s does not balance: the sum is %(sum)s, the month ends with %(end)s.")
            values = {"stage": row.stage, "sum": row.sum, "end": row.end}
            faults.append(Fault("unbalanced_movement", message % values, field=row.stage))
        split = [getattr(row, track) for track in TRACKS]
        if None not in split and sum(split) != row.end:
            message = _("The tracks of stage %(stage)s add up to %(sum)s, not %(end)s.")
            values = {"stage": row.stage, "sum": sum(split), "end": row.end}
            faults.append(Fault("unbalanced_tracks", message % values, field=row.stage))
    whole = total(rows)
    if whole.moved_in != whole.moved_out:
        message = _(
            "%(moved_in)s leads moved into a stage and %(moved_out)s moved out of one: these must be equal."
        )
        values = {"moved_in": whole.moved_in, "moved_out": whole.moved_out}
        faults.append(Fault("unbalanced_moves", message % values, field="movement"))
    return faults
