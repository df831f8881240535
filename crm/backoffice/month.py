"""This month's movement of open leads by track: what came, what went, and whether the sum agrees with the list.

Every lead's standing changes form a chain, each beginning where the one before ended. So the open leads of a day are
those that ever became open minus those that ever stopped being open: one pass over the changes of status gives the
month's beginning and its movement, where asking each lead for its last change would read the log lead by lead.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.functional import Promise
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
# The terms of the sum, by the name that a list of their rows is asked by.
MOVES: dict[str, str | Promise] = {
    "new": gettext_lazy("New"),
    "reopened": gettext_lazy("Reopened"),
    **{status.value: status.label for status in LOSSES},
}
# Column heads beside one another on a narrow page.
TRACK_WORDS = {
    Track.RD_BRANCH: gettext_lazy("R&D"),
    Track.KNOWLEDGE_INTENSIVE: gettext_lazy("Knowledge"),
    Track.STARTUP: gettext_lazy("Startup"),
}


@dataclass(frozen=True)
class MovementCell:
    """A number as it is written, and the list of the rows behind it."""

    text: str
    number: int
    url: str


@dataclass(frozen=True)
class MovementRow:
    label: str
    numbers: list[int]
    total: int
    urls: list[str]
    is_sum: bool = False

    @property
    def cells(self) -> list[MovementCell]:
        """Signed for what came and went, plain for where the month began and stands; a dash for nothing."""
        numbers = [*self.numbers, self.total]
        return [
            MovementCell(self._written(number), abs(number), url)
            for number, url in zip(numbers, self.urls, strict=True)
        ]

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
    start, moved = start_and_moves(first, today, now)
    end = Counter(dict(Lead.objects.open().order_by().values_list("track").annotate(Count("pk"))))
    rows = [_row(_("Start"), start, tracks, _changes_urls("start", tracks), is_sum=True)]
    rows += [_row(str(MOVES[name]), moved[name], tracks, _changes_urls(name, tracks)) for name in GAINS]
    for status in LOSSES:
        losses = Counter({track: -number for track, number in moved[status].items()})
        if status in (LeadStatus.ESTABLISHED, LeadStatus.LOST, LeadStatus.PARKED) or losses:
            rows.append(_row(str(status.label), losses, tracks, _changes_urls(status.value, tracks)))
    reckoned = [sum(row.numbers[place] for row in rows) for place in range(len(tracks))]
    standing = _row(_("Now"), end, tracks, _lead_urls(tracks), is_sum=True)
    return MonthMovement(
        first_day=first,
        tracks=[str(TRACK_WORDS[track]) for track in tracks],
        rows=[*rows, standing],
        is_balanced=reckoned == standing.numbers,
    )


def _row(
    label: str, counts: Mapping[str, int], tracks: list[Track], urls: list[str], *, is_sum: bool = False
) -> MovementRow:
    numbers = [counts.get(track.value, 0) for track in tracks]
    return MovementRow(label, numbers, sum(numbers), urls, is_sum)


def _changes_urls(name: str, tracks: Sequence[Track]) -> list[str]:
    url = f"{reverse('admin:acquisition_stagechange_changelist')}?movement={name}"
    return [*(f"{url}&lead__track__exact={track.value}" for track in tracks), url]


def _lead_urls(tracks: Sequence[Track]) -> list[str]:
    url = f"{reverse('admin:acquisition_lead_changelist')}?status__exact=open"
    return [*(f"{url}&track__exact={track.value}" for track in tracks), url]


def _term() -> Case:
    """What a change of status does to the number of open leads: a gain, a loss by its status, or nothing."""
    return Case(
        When(Q(to_status=LeadStatus.OPEN, from_stage=""), then=Value("new")),
        When(Q(to_status=LeadStatus.OPEN), then=Value("reopened")),
        When(Q(from_status=LeadStatus.OPEN), then=F("to_status")),
        default=Value(""),
        output_field=CharField(),
    )


def _moves(today: date, now: datetime) -> "QuerySet[StageChange]":
    """The standing changes up to today by which a lead became open or stopped being open, each with its `term`."""
    changes = StageChange.objects.standing(today, now).exclude(from_status=F("to_status"))
    return changes.annotate(term=_term()).exclude(term="").order_by()


def start_and_moves(first: date, today: date, now: datetime) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Open leads per track before the month, and how many came (new, reopened) and went (by status) in it."""
    start: Counter[str] = Counter()
    moved: dict[str, Counter[str]] = {name: Counter() for name in MOVES}
    counts = (
        _moves(today, now)
        .annotate(is_of_month=Case(When(occurred_on__gte=first, then=Value(1)), default=Value(0)))
        .values_list("lead__track", "is_of_month", "term")
        .annotate(number=Count("pk"))
    )
    for track, is_of_month, term, number in counts:
        if is_of_month:
            moved[term][track] += number
        else:
            start[track] += number if term in GAINS else -number
    return start, moved


def changes_behind(name: str, today: date, now: datetime) -> "QuerySet[StageChange]":
    """The rows of the log behind one number of the month: `start`, or a term of `MOVES`."""
    first = Month.of(today).first_day
    if name == "start":
        return open_at(Month.of(today).previous().last_day, now)
    return _moves(today, now).filter(occurred_on__gte=first, term=name)


def open_at(day: date, now: datetime) -> "QuerySet[StageChange]":
    """The change that made each lead stand open at the end of a day, asked lead by lead."""
    return StageChange.objects.last_per_lead(day, now).filter(to_status=LeadStatus.OPEN).order_by()
