"""Progress toward the six targets for a pair of days: what had happened by `as_of`, as known at `known_at`.

Nothing is stored as a total: every figure is read from the ledger and the observations, so the same pair gives the same
answer for ever.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crm.common.errors import Fault, RuleError
from crm.targets import counting
from crm.targets.choices import RULE_VERSION, Curve, EventKind, TargetCode, TargetKind
from crm.targets.counting import Entry
from crm.targets.figures import Plan, Window, tenth
from crm.targets.models import CountEvent, Observation, Target


@dataclass(frozen=True, kw_only=True)
class CumulativeProgress:
    """A flow over the whole window; `years_left` has one decimal."""

    kind: ClassVar[str] = "cumulative"

    counted: int
    goal: int
    by: date
    pending: int
    by_takeover: int
    years_left: Decimal

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "counted": self.counted,
            "goal": self.goal,
            "by": self.by.isoformat(),
            "pending": self.pending,
            "by_takeover": self.by_takeover,
        }


@dataclass(frozen=True, kw_only=True)
class YearlyProgress:
    """A flow per calendar year: this year's count, and the window's `to_date` with the rates that follow from it."""

    kind: ClassVar[str] = "yearly"

    year: int
    counted: int
    goal: int
    to_date: int
    average_per_year: Decimal | None
    required_per_year: Decimal | None
    departed: int
    pending: int

    @property
    def net(self) -> int:
        return self.counted - self.departed

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "year": self.year,
            "counted": self.counted,
            "goal": self.goal,
            "to_date": self.to_date,
            "average_per_year": _number(self.average_per_year),
            "required_per_year": _number(self.required_per_year),
            "departed": self.departed,
            "net": self.net,
            "pending": self.pending,
        }


@dataclass(frozen=True, kw_only=True)
class StockProgress:
    """A stock as measured last, beside its plan on the day and the ledger's own net change since the measurement."""

    kind: ClassVar[str] = "stock"

    observed: int | None
    observed_on: date | None
    source: str | None
    boundary_version: str | None
    goal: int
    plan: Decimal
    net_since: int | None

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "observed": self.observed,
            "observed_on": self.observed_on.isoformat() if self.observed_on else None,
            "source": self.source,
            "goal": self.goal,
            "plan": _number(self.plan),
            "net_since": self.net_since,
        }


FLOW_RULES: Mapping[str, counting.FlowRule] = {
    TargetCode.RD_BRANCHES: counting.RD_BRANCHES,
    TargetCode.STARTUPS: counting.STARTUPS,
    TargetCode.SPIN_OFFS: counting.SPIN_OFFS,
}
# Count events carry no jobs: of them the ledger tells no change.
NET_CHANGES: Mapping[str, Callable[[Iterable[Entry], date], int]] = {
    TargetCode.KNOWLEDGE_INTENSIVE_COMPANIES: counting.net_knowledge_intensive,
    TargetCode.COMPANIES: counting.net_companies,
}

TargetProgress = CumulativeProgress | YearlyProgress | StockProgress


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The six targets by their codes, in the order of the strategy."""

    as_of: date
    known_at: datetime
    rule_version: int
    targets: Mapping[str, TargetProgress]

    def as_json(self) -> dict[str, Any]:
        """Plain values, ready for `json.dumps`; the moment in UTC."""
        return {
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "rule_version": self.rule_version,
            "targets": {code: target.as_json() for code, target in self.targets.items()},
        }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


@dataclass(frozen=True)
class Ledger:
    """What the figures of one pair of days are read from."""

    standing: list[Entry]
    pending: list[Entry]


def ledger(as_of: date, known_at: datetime) -> Ledger:
    """The standing events of the pair, and the arrivals that waited for confirmation."""
    waiting = CountEvent.objects.pending(known_at).filter(kind=EventKind.ARRIVAL, occurred_on__lte=as_of)
    return Ledger(_entries(CountEvent.objects.standing(as_of, known_at)), _entries(waiting))


def _entries(events: "QuerySet[CountEvent]") -> list[Entry]:
    rows = events.order_by("pk").values_list(
        "pk",
        "kind",
        "organisation_id",
        Coalesce("group_id", "organisation_id"),
        "category",
        "spin_off_origin",
        "is_knowledge_intensive",
        "occurred_on",
        "recorded_at",
        "area__counts_from",
    )
    return [Entry(*row) for row in rows]


def window_of(target: Target) -> Window:
    """The years in which a flow's events count; raises ValueError for a stock."""
    if target.window_from is None:
        raise ValueError(f"{target.code} is no flow: it has no window")
    return Window(target.window_from, target.goal_on)


def plan_of(target: Target) -> Plan:
    """The line of a stock from its baseline to its goal; raises ValueError for a flow."""
    if target.baseline is None or target.baseline_on is None:
        raise ValueError(f"{target.code} is no stock: it has no baseline")
    return Plan(
        target.baseline,
        target.goal,
        target.baseline_on.year,
        target.goal_on.year,
        is_geometric=target.curve == Curve.GEOMETRIC,
    )


def progress(as_of: date, known_at: datetime) -> Progress:
    """Every target's figures for the pair; raises `RuleError` where the targets were never laid down."""
    targets = Target.objects.in_bulk(field_name="code")
    missing = [code for code in TargetCode.values if code not in targets]
    if missing:
        message = _("The database holds no target %(codes)s: run “manage.py migrate”.")
        raise RuleError(Fault("no_targets", message % {"codes": ", ".join(missing)}))
    events = ledger(as_of, known_at)
    observed: dict[int, Observation] = {}
    for observation in Observation.objects.known(as_of, known_at):
        observed.setdefault(observation.target_id, observation)
    return Progress(
        as_of=as_of,
        known_at=known_at,
        rule_version=RULE_VERSION,
        targets={
            code: _figures(targets[code], events, observed.get(targets[code].pk), as_of)
            for code in TargetCode.values
        },
    )


def counted_events(code: str, as_of: date, known_at: datetime) -> set[int]:
    """The arrivals that a flow counts in its whole window, for the pair: the rows behind its number."""
    target, rule = Target.objects.get(code=code), FLOW_RULES[code]
    firsts = counting.first_arrivals(ledger(as_of, known_at).standing, rule)
    return {firsts[owner].pk for owner in counting.counted(firsts, rule, window_of(target))}


def _figures(target: Target, events: Ledger, observation: Observation | None, as_of: date) -> TargetProgress:
    if target.kind == TargetKind.CUMULATIVE:
        return _cumulative(target, events, as_of)
    if target.kind == TargetKind.YEARLY:
        return _yearly(target, events, as_of)
    return _stock(target, events, observation, as_of)


def _cumulative(target: Target, events: Ledger, as_of: date) -> CumulativeProgress:
    window, rule = window_of(target), FLOW_RULES[target.code]
    firsts = counting.first_arrivals(events.standing, rule)
    return CumulativeProgress(
        counted=len(counting.counted(firsts, rule, window)),
        goal=target.goal,
        by=target.goal_on,
        pending=len(counting.waiting(events.pending, firsts, rule, window)),
        by_takeover=counting.takeovers(events.standing),
        years_left=tenth(window.left(as_of)),
    )


def _yearly(target: Target, events: Ledger, as_of: date) -> YearlyProgress:
    window, rule, year = window_of(target), FLOW_RULES[target.code], as_of.year
    firsts = counting.first_arrivals(events.standing, rule)
    enterprises = counting.counted(firsts, rule, window)
    to_date = len(enterprises)
    return YearlyProgress(
        year=year,
        counted=len(counting.counted(firsts, rule, window, year)),
        goal=target.goal,
        to_date=to_date,
        average_per_year=window.average_per_year(to_date, as_of),
        required_per_year=window.required_per_year(to_date, target.goal, as_of),
        departed=len(counting.departed(events.standing, enterprises, year)),
        pending=len(counting.waiting(events.pending, firsts, rule, window, year)),
    )


def _stock(target: Target, events: Ledger, observation: Observation | None, as_of: date) -> StockProgress:
    plan = plan_of(target).at(as_of)
    if observation is None:
        return StockProgress(
            observed=None,
            observed_on=None,
            source=None,
            boundary_version=None,
            goal=target.goal,
            plan=plan,
            net_since=None,
        )
    net_change = NET_CHANGES.get(target.code)
    return StockProgress(
        observed=observation.value,
        observed_on=observation.reference_date,
        source=observation.source,
        boundary_version=observation.boundary_version,
        goal=target.goal,
        plan=plan,
        net_since=net_change(events.standing, observation.reference_date) if net_change else None,
    )
