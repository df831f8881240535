"""The log of stages as known at a moment, read once, as one story per lead. Every figure on page 2 comes from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from crm.acquisition.choices import LeadStatus
from crm.acquisition.models import StageChange
from crm.acquisition.stages import ENDINGS, rank
from crm.reports.movement import LeadMonth, Term


class Change(NamedTuple):
    """One standing row of the log."""

    lead: int
    from_stage: str
    to_stage: str
    from_status: str
    to_status: str
    occurred_on: date
    reason: str

    @property
    def was_open(self) -> bool:
        return self.from_status == LeadStatus.OPEN

    @property
    def is_open(self) -> bool:
        return self.to_status == LeadStatus.OPEN

    @property
    def enters_stage(self) -> bool:
        """The days in the stage start anew: another stage, or the same one reopened."""
        return self.from_stage != self.to_stage or (self.is_open and not self.was_open)

    @property
    def leaves_stage(self) -> bool:
        """An open lead went on, went back or ended; one that is parked only waits."""
        gone = self.to_status in (LeadStatus.ESTABLISHED, *ENDINGS)
        return self.was_open and (gone or self.from_stage != self.to_stage)

    @property
    def is_forward(self) -> bool:
        return rank(self.to_stage) > rank(self.from_stage)


@dataclass(frozen=True)
class Story:
    """A lead's standing changes up to a day, in order; the track is the lead's own."""

    lead: int
    track: str
    changes: tuple[Change, ...]

    @property
    def last(self) -> Change:
        return self.changes[-1]

    @property
    def stage_since(self) -> date:
        """Since when the lead stands in its stage."""
        return next(change.occurred_on for change in reversed(self.changes) if change.enters_stage)

    def before(self, day: date) -> Change | None:
        """The change that says where the lead stood when the day began."""
        return next((change for change in reversed(self.changes) if change.occurred_on < day), None)

    def since(self, day: date) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.occurred_on >= day)

    def month(self, first_day: date, name: str) -> LeadMonth:
        """The lead's part in the movement table of the month that begins on `first_day`."""
        before = self.before(first_day)
        terms = tuple(term for change in self.since(first_day) for term in terms_of(change))
        return LeadMonth(
            lead=name,
            track=self.track,
            start=before.to_stage if before and before.is_open else None,
            terms=terms,
            end=self.last.to_stage if self.last.is_open else None,
        )

    def stays(self) -> Iterator[tuple[Change, date]]:
        """Each change by which the lead left a stage, with the day on which it had entered it."""
        entered = self.changes[0].occurred_on
        for change in self.changes:
            if change.leaves_stage:
                yield change, entered
            if change.enters_stage:
                entered = change.occurred_on


def terms_of(change: Change) -> Iterator[Term]:
    """What a change adds to the movement table; nothing where a lead that is not open stays so."""
    if not change.from_stage:
        if change.is_open:
            yield Term("new", change.to_stage)
    elif change.was_open and change.is_open:
        yield Term("moved_out", change.from_stage)
        yield Term("moved_in", change.to_stage)
    elif change.was_open:
        yield Term(change.to_status, change.from_stage)
    elif change.is_open:
        yield Term("reopened", change.to_stage)


def stories(as_of: date, known_at: datetime) -> list[Story]:
    """Every lead that had begun by `as_of`, as known at `known_at`; one query."""
    rows = (
        StageChange.objects.standing(as_of, known_at)
        .order_by("lead_id", "occurred_on", "pk")
        .values_list(
            "lead_id",
            "from_stage",
            "to_stage",
            "from_status",
            "to_status",
            "occurred_on",
            "reason",
            "lead__track",
        )
    )
    result = []
    for lead, group in groupby(rows.iterator(chunk_size=5000), key=lambda row: row[0]):
        entries = list(group)
        result.append(Story(lead, entries[0][-1], tuple(Change(*row[:-1]) for row in entries)))
    return result
