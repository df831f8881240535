"""Who counts: the definitions of the targets over plain rows of the ledger (docs/counting.md).

Pure: no clock, no database. The rows handed in are standing (or, where it says so, pending) for the pair of
days asked about; what stands is decided in one place, `CountEventQuerySet`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from crm.targets.choices import Category, EventKind, SpinOffOrigin
from crm.targets.figures import Window

LEAVING = frozenset({EventKind.DEPARTURE, EventKind.CLOSURE})
Order = tuple[date, datetime, int]


class Entry(NamedTuple):
    """One event of the ledger as far as counting reads it; `group` is the organisation itself where it has none."""

    pk: int
    kind: str
    organisation: int
    group: int
    category: str
    spin_off_origin: str
    is_knowledge_intensive: bool | None
    occurred_on: date
    recorded_at: datetime
    counts_from: date | None

    @property
    def is_in_counting_area(self) -> bool:
        """Whether its area counted on its own day."""
        return self.counts_from is not None and self.counts_from <= self.occurred_on

    @property
    def order(self) -> Order:
        """Earlier first; of one day, the earlier recorded."""
        return self.occurred_on, self.recorded_at, self.pk


@dataclass(frozen=True)
class FlowRule:
    """What a flow counts: one arrival per `owner`, the first of those that `enter`, where it `counts`."""

    owner: Callable[[Entry], int]
    enters: Callable[[Entry], bool]
    counts: Callable[[Entry], bool]


def _enterprise(entry: Entry) -> int:
    return entry.organisation


def _group(entry: Entry) -> int:
    return entry.group


def _any(_entry: Entry) -> bool:
    return True


def _is_rd_branch(entry: Entry) -> bool:
    return entry.category == Category.RD_BRANCH


def _is_startup(entry: Entry) -> bool:
    return entry.category == Category.STARTUP


def _is_spin_off(entry: Entry) -> bool:
    """Every origin but `student`: such a company rests on no research results."""
    return entry.spin_off_origin not in ("", SpinOffOrigin.STUDENT)


RD_BRANCHES = FlowRule(_group, enters=_is_rd_branch, counts=_any)
STARTUPS = FlowRule(_enterprise, enters=_any, counts=_is_startup)
SPIN_OFFS = FlowRule(_enterprise, enters=_any, counts=_is_spin_off)


def first_arrivals(standing: Iterable[Entry], rule: FlowRule) -> dict[int, Entry]:
    """The one arrival of each owner that may count: the earliest in a counting area, of any year."""
    firsts: dict[int, Entry] = {}
    for entry in standing:
        if entry.kind == EventKind.ARRIVAL and entry.is_in_counting_area and rule.enters(entry):
            owner = rule.owner(entry)
            if owner not in firsts or entry.order < firsts[owner].order:
                firsts[owner] = entry
    return firsts


def counted(firsts: Mapping[int, Entry], rule: FlowRule, window: Window, year: int | None = None) -> set[int]:
    """The owners that count in the window, or in one year of it."""
    return {owner for owner, entry in firsts.items() if _counts(entry, rule, window, year)}


def _counts(entry: Entry, rule: FlowRule, window: Window, year: int | None) -> bool:
    day = entry.occurred_on
    return day in window and (year is None or day.year == year) and rule.counts(entry)


def waiting(
    pending: Iterable[Entry],
    firsts: Mapping[int, Entry],
    rule: FlowRule,
    window: Window,
    year: int | None = None,
) -> set[int]:
    """The owners with a pending arrival that would by itself add to the count if somebody confirmed it."""
    already = counted(firsts, rule, window, year)
    return {
        owner
        for owner, entry in ((rule.owner(entry), entry) for entry in pending)
        if owner not in already
        and entry.kind == EventKind.ARRIVAL
        and entry.is_in_counting_area
        and rule.enters(entry)
        and _counts(entry, rule, window, year)
        and (owner not in firsts or entry.order < firsts[owner].order)
    }


def departed(standing: Iterable[Entry], enterprises: set[int], year: int) -> set[int]:
    """Those of the enterprises that left or closed in the year."""
    return {
        entry.organisation
        for entry in standing
        if entry.kind in LEAVING and entry.occurred_on.year == year and entry.organisation in enterprises
    }


def takeovers(standing: Iterable[Entry]) -> int:
    """Companies already here that became an R&D branch: shown beside, never counted."""
    return sum(entry.kind == EventKind.RECLASSIFICATION and _is_rd_branch(entry) for entry in standing)


def net_companies(standing: Iterable[Entry], since: date) -> int:
    """Arrivals minus departures and closures in counting areas after the day."""
    net = 0
    for entry in standing:
        if entry.occurred_on > since and entry.is_in_counting_area:
            net += (entry.kind == EventKind.ARRIVAL) - (entry.kind in LEAVING)
    return net


def net_knowledge_intensive(standing: Iterable[Entry], since: date) -> int:
    """As `net_companies`, of companies that passed the profile test, and with those whose outcome changed.

    Who leaves takes along the company's latest outcome on that day; who came before the ledger has none.
    """
    by_company: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry in standing:
        by_company[entry.organisation].append(entry)
    return sum(
        _weight(entry, company)
        for company in by_company.values()
        for entry in company
        if entry.occurred_on > since and entry.is_in_counting_area
    )


def _weight(entry: Entry, company: list[Entry]) -> int:
    if entry.kind == EventKind.ARRIVAL:
        return int(bool(entry.is_knowledge_intensive))
    if entry.kind in LEAVING:
        known = [other for other in _outcomes(company) if other.occurred_on <= entry.occurred_on]
        return -int(bool(max(known, key=_order, default=entry).is_knowledge_intensive))
    if entry.kind == EventKind.RECLASSIFICATION:
        before = max(
            (other for other in _outcomes(company) if other.order < entry.order), key=_order, default=None
        )
        if before is None or before.is_knowledge_intensive != entry.is_knowledge_intensive:
            return 1 if entry.is_knowledge_intensive else -1
    return 0


def _outcomes(company: Iterable[Entry]) -> Iterable[Entry]:
    """The events that carry an outcome of the profile test."""
    return (entry for entry in company if entry.kind in (EventKind.ARRIVAL, EventKind.RECLASSIFICATION))


def _order(entry: Entry) -> Order:
    return entry.order
