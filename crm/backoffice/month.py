"""This month's movement of open leads by track: what came, what went, and whether the sum agrees with the list."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.acquisition.choices import LeadStatus, Track
from crm.acquisition.models import Lead, StageChange
from crm.common.months import Month

GAINS = ("new", "reopened")
LOSSES = (
    LeadStatus.ESTABLISHED,
    LeadStatus.LOST,
    LeadStatus.REFERRED,
    LeadStatus.WITHDRAWN,
    LeadStatus.PARKED,
)
# Column heads beside one another on a narrow page.
TRACK_WORDS = {
    Track.RD_BRANCH: gettext_lazy("R&D"),
    Track.KNOWLEDGE_INTENSIVE: gettext_lazy("Knowledge"),
    Track.STARTUP: gettext_lazy("Startup"),
}


@dataclass(frozen=True)
class MovementRow:
    label: str
    numbers: list[int]
    total: int
    is_sum: bool = False

    @property
    def cells(self) -> list[str]:
        """Signed for what came and went, plain for where the month began and stands; a dash for nothing."""
        return [self._written(number) for number in [*self.numbers, self.total]]

    def _written(self, number: int) -> str:
        if self.is_sum:
            return str(number)
        if not number:
            return "–"
        return f"+{number}" if number > 0 else f"−{-number}"


@dataclass(frozen=True)
class MonthMovement:
    first_day: date
    tracks: list[str]
    rows: list[MovementRow]
    is_balanced: bool


def month_movement(tracks: list[Track], today: date, now: datetime) -> MonthMovement:
    """From the first of the month to today, read from the log; the end is counted from the leads themselves."""
    first = Month.of(today).first_day
    start = _open_at(Month.of(today).previous().last_day, now)
    moved = _moved(first, today, now)
    end = Counter(dict(Lead.objects.open().order_by().values_list("track").annotate(Count("pk"))))
    rows = [_row(_("Start"), start, tracks, is_sum=True)]
    words = {"new": _("New"), "reopened": _("Reopened")}
    rows += [_row(words[name], moved[name], tracks) for name in GAINS]
    for status in LOSSES:
        losses = Counter({track: -number for track, number in moved[status].items()})
        if status in (LeadStatus.ESTABLISHED, LeadStatus.LOST, LeadStatus.PARKED) or losses:
            rows.append(_row(str(status.label), losses, tracks))
    reckoned = [sum(row.numbers[place] for row in rows) for place in range(len(tracks))]
    standing = _row(_("Now"), end, tracks, is_sum=True)
    return MonthMovement(
        first_day=first,
        tracks=[str(TRACK_WORDS[track]) for track in tracks],
        rows=[*rows, standing],
        is_balanced=reckoned == standing.numbers,
    )


def _row(label: str, counts: Mapping[str, int], tracks: list[Track], *, is_sum: bool = False) -> MovementRow:
    numbers = [counts.get(track.value, 0) for track in tracks]
    return MovementRow(label, numbers, sum(numbers), is_sum)


def _open_at(day: date, now: datetime) -> Counter[str]:
    """Open leads at the end of a day by track, as the log knows them now."""
    last = StageChange.objects.last_per_lead(day, now).filter(to_status=LeadStatus.OPEN).order_by()
    return Counter(dict(last.values_list("lead__track").annotate(Count("pk"))))


def _moved(first: date, today: date, now: datetime) -> dict[str, Counter[str]]:
    """How many leads came (new, reopened) and went (by the status they went to), per track."""
    moved: dict[str, Counter[str]] = {name: Counter() for name in (*GAINS, *LOSSES)}
    changes = (
        StageChange.objects.standing(today, now)
        .filter(occurred_on__gte=first)
        .exclude(from_status=F("to_status"))
        .order_by()
        .values("lead__track", "from_stage", "from_status", "to_status")
        .annotate(number=Count("pk"))
    )
    for change in changes:
        name = ""
        if change["to_status"] == LeadStatus.OPEN:
            name = "reopened" if change["from_stage"] else "new"
        elif change["from_status"] == LeadStatus.OPEN:
            name = change["to_status"]
        if name:
            moved[name][change["lead__track"]] += change["number"]
    return moved
