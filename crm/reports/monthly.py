"""The monthly report as plain figures: everything its pages print, in no language and free of models.

An edition keeps these figures as canonical JSON; both languages are printed from the same bytes.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.common.errors import Fault, RuleError
from crm.common.months import Month
from crm.reports import movement, payload
from crm.reports.movement import StageMovement, TrackSplit, UnbalancedMovementError

PAYLOAD_VERSION = 1
LONGEST_LIST = 8


@dataclass(frozen=True)
class Wording:
    """A text that people typed, in both languages; the other one stands in for an empty one."""

    nl: str
    en: str

    def into(self, language: str) -> str:
        first, second = (self.nl, self.en) if language == "nl" else (self.en, self.nl)
        return first or second


@dataclass(frozen=True, kw_only=True)
class FlowTarget:
    """What is counted from the ledger against a goal: per year, or over the whole window."""

    code: str
    kind: str  # yearly | cumulative
    counted: int
    goal: int
    by: date
    pace: float  # goal × the part of the year or window that has gone by, one decimal
    pending: int
    departed: int | None = None
    net: int | None = None
    to_date: int | None = None
    average_per_year: float | None = None
    required_per_year: float | None = None
    by_takeover: int | None = None


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What was measured outside, on the reference date."""

    reference_date: date
    value: int
    source: str
    boundary_version: str = ""


@dataclass(frozen=True)
class PlanPoint:
    """The plan's value at a position in time (2027.0 is the start of 2027)."""

    position: float
    value: float


@dataclass(frozen=True, kw_only=True)
class StockTarget:
    """A stock measured once a year from outside, beside its plan and our own net change since."""

    code: str
    observations: tuple[Observation, ...]
    goal: int
    by: date
    plan: float
    plan_line: tuple[PlanPoint, ...]
    net_since: int | None = None

    @property
    def latest(self) -> Observation | None:
        return self.observations[-1] if self.observations else None

    @property
    def now(self) -> int | None:
        """The latest measurement and our own net change since, where events can tell it."""
        return self.latest.value + (self.net_since or 0) if self.latest else None


@dataclass(frozen=True, kw_only=True)
class PartnerAction:
    """What a partner was asked to do, and what became of it by the report's day."""

    action: Wording
    partner: str
    lead: str = ""
    code_name: str = ""
    due_on: date
    status: str = "open"  # open | done | dropped
    closed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """How many leads left a stage, how many of them forward, and the chance to go on that follows."""

    stage: str
    left: int
    advanced: int
    chance: float
    low: float
    high: float
    median_months: float | None = None


@dataclass(frozen=True, kw_only=True)
class MovedLead:
    """A lead that got further this month, by code name."""

    lead: str
    code_name: str
    track: str
    stage: str
    area_m2: int | None = None
    jobs: int | None = None


@dataclass(frozen=True, kw_only=True)
class StalledLead:
    """A lead that stands longer in its stage than the norm, by code name; `next_on` is its next task's day."""

    lead: str
    code_name: str
    stage: str
    days_over: int
    next_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class LostLead:
    """A lead that went off this month: the furthest stage it reached, how it ended and the reason's code."""

    lead: str
    code_name: str
    stage: str
    status: str
    reason: str
    area_m2: int | None = None
    jobs: int | None = None


@dataclass(frozen=True, kw_only=True)
class LeadLists:
    """Leads named on page 2. The totals count every lead, those that are not named included."""

    moved: tuple[MovedLead, ...] = ()
    moved_total: int = 0
    stalled: tuple[StalledLead, ...] = ()
    stalled_total: int = 0
    lost: tuple[LostLead, ...] = ()
    lost_total: int = 0
    lost_area_m2: int | None = 0  # None where the sum would give a lead away
    lost_jobs: int | None = 0


@dataclass(frozen=True, kw_only=True)
class MonthlyReport:
    """One edition's figures. Raises `RuleError` with every fault: what does not add up is not printed."""

    month: Month
    as_of: date
    known_at: datetime
    rule_version: int
    window_from: date
    flows: tuple[FlowTarget, ...]
    stocks: tuple[StockTarget, ...]
    asked: tuple[PartnerAction, ...]
    asked_before: tuple[PartnerAction, ...]
    movement: tuple[StageMovement, ...]
    open_by_track: TrackSplit
    committed_startups: int | None  # None where the number would give a lead away
    moved_back: int
    conversion: tuple[Conversion, ...]
    conversion_since: date
    leads: LeadLists
    payload_version: int = PAYLOAD_VERSION

    def __post_init__(self) -> None:
        unbalanced = movement.faults_of(self.movement)
        faults = unbalanced + self._faults()
        if faults:
            raise UnbalancedMovementError(faults) if unbalanced else RuleError(faults)

    def _faults(self) -> list[Fault]:
        faults = []
        if Month.of(self.as_of) != self.month:
            faults.append(Fault("as_of", _("The report's day must lie in its month."), field="as_of"))
        if self.known_at.tzinfo is None:
            faults.append(Fault("known_at", _("The moment of knowing needs a time zone."), field="known_at"))
        if tuple(flow.code for flow in self.flows) != ("startups", "spin_offs", "rd_branches"):
            faults.append(
                Fault("flows", _("The report needs startups, spin-offs and R&D branches."), field="flows")
            )
        elif self.flow("spin_offs").counted > self.flow("startups").counted:
            message = _("There are more spin-offs than startups, and every spin-off is a startup.")
            faults.append(Fault("spin_offs", message, field="spin_offs"))
        for track in movement.TRACKS:
            parts, whole = [getattr(row, track) for row in self.movement], getattr(self.open_by_track, track)
            if None not in (*parts, whole) and sum(parts) != whole:
                message = _("The stages of track %(track)s add up to %(sum)s, not %(total)s.")
                values = {"track": track, "sum": sum(parts), "total": whole}
                faults.append(Fault("tracks", message % values, field=track))
        for name in ("moved", "stalled", "lost"):
            rows, number = getattr(self.leads, name), getattr(self.leads, f"{name}_total")
            if len(rows) > min(number, LONGEST_LIST):
                message = _("The list %(list)s has %(rows)s rows for %(total)s leads; %(longest)s at most.")
                values = {"list": name, "rows": len(rows), "total": number, "longest": LONGEST_LIST}
                faults.append(Fault("list", message % values, field=name))
        return faults

    def flow(self, code: str) -> FlowTarget:
        return next(flow for flow in self.flows if flow.code == code)

    @property
    def total(self) -> StageMovement:
        """The movement of all stages together, with the tracks' own totals."""
        split = {track: getattr(self.open_by_track, track) for track in movement.TRACKS}
        return replace(movement.total(self.movement), **split)

    @property
    def is_empty(self) -> bool:
        """Nothing was counted and no lead was open or moved: a valid report that says so."""
        whole = self.total
        moved = whole.start or whole.end or whole.new or whole.reopened
        return not (moved or any(flow.counted for flow in self.flows))

    def to_plain(self) -> dict[str, Any]:
        """The figures as dictionaries, lists, texts and numbers, as an edition stores them."""
        return payload.to_plain(self)

    @classmethod
    def from_plain(cls, plain: Any) -> "MonthlyReport":
        """Read what `to_plain` gave; raises `PayloadError` for another form, `RuleError` for figures that are off."""
        return payload.from_plain(cls, plain)

    def to_payload(self) -> bytes:
        """The figures as canonical JSON: the same report is the same bytes."""
        return payload.canonical_json(self.to_plain())

    @classmethod
    def from_payload(cls, data: bytes) -> "MonthlyReport":
        """Read what `to_payload` wrote; raises as `from_plain` does."""
        return cls.from_plain(payload.read_json(data))

    @property
    def sha256(self) -> str:
        """SHA-256 over the payload, which is also attached to every PDF."""
        return payload.digest(self.to_payload())
