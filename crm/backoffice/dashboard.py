"""The home page's figures: where the targets stand, what waits for somebody, the pipeline, this year's arrivals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from crm.acquisition.choices import Stage, Track
from crm.acquisition.models import Lead, Task
from crm.backoffice.month import MonthMovement, month_movement
from crm.backoffice.quiet_forms import DrawnRow
from crm.backoffice.quiet_page import QuietDesk
from crm.backoffice.templatetags.desk import grouped
from crm.common.months import amsterdam_day
from crm.desk.quiet import quiet_page
from crm.estate.models import Vacancy
from crm.targets.choices import EventKind, TargetCode
from crm.targets.figures import part_of_year, tenth
from crm.targets.models import CountEvent, Target
from crm.targets.progress import CumulativeProgress, YearlyProgress, progress, window_of

OPEN_STAGES = [stage for stage in Stage if stage != Stage.ESTABLISHED]
TRACKS = [Track.RD_BRANCH, Track.KNOWLEDGE_INTENSIVE, Track.STARTUP]
TRACK_WORDS = {
    Track.RD_BRANCH: gettext_lazy("R&D branch"),
    Track.KNOWLEDGE_INTENSIVE: gettext_lazy("Knowledge-intensive"),
    Track.STARTUP: gettext_lazy("Startup"),
}
ARRIVALS_SHOWN = 6
WAITING_SHOWN = 10


def per_cent(value: float) -> str:
    """A place on a chart, as SVG writes it whatever the language."""
    return f"{min(max(value, 0), 100):.2f}%"


@dataclass(frozen=True)
class Bullet:
    """One target: what is counted (solid), the goal (a line), today's pace (a triangle)."""

    title: str
    counted: int
    goal: int
    pace: str
    is_on_pace: bool
    words: str
    url: str
    link: str
    bar: str
    goal_at: str
    pace_at: str
    pace_anchor: str
    scale_end: str
    reading: str


@dataclass
class Cell:
    leads: int = 0
    area: int = 0
    jobs: int = 0
    url: str = ""

    def add(self, other: "Cell") -> None:
        self.leads += other.leads
        self.area += other.area
        self.jobs += other.jobs


@dataclass
class PipelineRow:
    label: str
    url: str
    cells: list[Cell]
    total: Cell = field(default_factory=Cell)


@dataclass(frozen=True)
class Desk:
    """Everything on the home page."""

    today: date
    targets: list[Bullet]
    waiting: list[DrawnRow]
    waiting_total: int
    waiting_more: list[tuple[str, str]]
    tracks: list[str]
    pipeline: list[PipelineRow]
    pipeline_sum: PipelineRow
    arrivals: list[Any]
    arrivals_count: int
    arrivals_pending: int
    arrivals_url: str
    movement: MonthMovement


def dashboard(user: User, now: datetime) -> Desk:
    """The home page as this person sees it at this moment."""
    today = amsterdam_day(now)
    rows, total = _pipeline()
    arrivals = _arrivals(today.year, now)
    waiting, waiting_total = _waiting(user, now)
    return Desk(
        today=today,
        targets=_targets(today, now),
        waiting=waiting,
        waiting_total=waiting_total,
        waiting_more=_waiting_elsewhere(user),
        tracks=[str(TRACK_WORDS[track]) for track in TRACKS],
        pipeline=rows,
        pipeline_sum=total,
        arrivals=list(arrivals[:ARRIVALS_SHOWN]),
        arrivals_count=arrivals.count(),
        arrivals_pending=arrivals.filter(confirmed_at__isnull=True).count(),
        arrivals_url=_ledger_url(f"kind__exact=arrival&counts=standing&occurred_on__year={today.year}"),
        movement=month_movement(TRACKS, today, now),
    )


def _ledger_url(query: str) -> str:
    return f"{reverse('admin:targets_countevent_changelist')}?{query}"


# ── targets ─────────────────────────────────────────────────────────────────
def _targets(today: date, now: datetime) -> list[Bullet]:
    figures = progress(today, now).targets
    targets = Target.objects.in_bulk(field_name="code")
    bullets = []
    for code in (TargetCode.RD_BRANCHES, TargetCode.STARTUPS, TargetCode.SPIN_OFFS):
        figure = figures[code]
        if isinstance(figure, CumulativeProgress):
            bullets.append(_cumulative_bullet(targets[code], figure, today))
        elif isinstance(figure, YearlyProgress):
            bullets.append(_yearly_bullet(targets[code], figure, today))
    return bullets


def _cumulative_bullet(target: Target, figure: CumulativeProgress, today: date) -> Bullet:
    window = window_of(target)
    pace = target.goal * window.elapsed(today) / window.years
    title = _("%(target)s up to and including %(year)d") % {"target": target.name, "year": figure.by.year}
    query = f"counts={target.code}"
    words = _pending_words(figure.pending)
    if figure.by_takeover:
        words.append(
            ngettext(
                "%(count)d by takeover, not counted", "%(count)d by takeover, not counted", figure.by_takeover
            )
            % {"count": figure.by_takeover}
        )
    return _bullet(title, figure.counted, figure.goal, pace, words, _ledger_url(query))


def _yearly_bullet(target: Target, figure: YearlyProgress, today: date) -> Bullet:
    pace = target.goal * part_of_year(today)
    title = _("%(target)s in %(year)d") % {"target": target.name, "year": figure.year}
    query = f"counts={target.code}&occurred_on__year={figure.year}"
    words = _pending_words(figure.pending)
    if figure.departed:
        words.append(_("%(count)d left, net %(net)d") % {"count": figure.departed, "net": figure.net})
    return _bullet(title, figure.counted, figure.goal, pace, words, _ledger_url(query))


def _pending_words(pending: int) -> list[str]:
    if not pending:
        return []
    words = ngettext(
        "%(count)d more waits for a second person", "%(count)d more wait for a second person", pending
    )
    return [words % {"count": pending}]


def _bullet(title: str, counted: int, goal: int, pace: Fraction, words: Sequence[str], url: str) -> Bullet:
    end = max(counted, goal, float(pace), 1) * 1.2
    pace_text = grouped(tenth(pace), 1)
    distance = tenth(abs(counted - pace))
    if counted >= pace:
        standing = _("%(distance)s ahead of the pace") % {"distance": grouped(distance, 1)}
    else:
        standing = _("%(distance)s behind the pace") % {"distance": grouped(distance, 1)}
    pace_at = float(pace) / end * 100
    link = ngettext("See the one count", "See the %(count)d counts", counted) % {"count": counted}
    return Bullet(
        title=title,
        counted=counted,
        goal=goal,
        pace=pace_text,
        is_on_pace=counted >= pace,
        words=" · ".join([standing, *words]),
        url=url,
        link=link if counted else _("See the ledger"),
        bar=per_cent(counted / end * 100),
        goal_at=per_cent(goal / end * 100),
        pace_at=per_cent(pace_at),
        pace_anchor="start" if pace_at < 12 else "end" if pace_at > 88 else "middle",
        scale_end=grouped(round(end)),
        reading=_("%(title)s: %(counted)d of %(goal)d, pace today %(pace)s")
        % {"title": title, "counted": counted, "goal": goal, "pace": pace_text},
    )


# ── pipeline ────────────────────────────────────────────────────────────────
def _pipeline() -> tuple[list[PipelineRow], PipelineRow]:
    """Open leads per stage and track, with the m² they seek and the jobs they bring."""
    sums = (
        Lead.objects.open()
        .order_by()
        .values("stage", "track")
        .annotate(
            leads=Count("pk"),
            area=Sum(Coalesce(F("area_to_m2"), F("area_from_m2"))),
            jobs=Sum(Coalesce(F("jobs_promised"), F("jobs_expected"))),
        )
    )
    found = {(row["stage"], row["track"]): row for row in sums}
    base = reverse("admin:acquisition_lead_changelist")
    rows = []
    total = PipelineRow(_("Open leads"), f"{base}?status__exact=open", [Cell() for _track in TRACKS])
    for stage in OPEN_STAGES:
        url = f"{base}?status__exact=open&stage__exact={stage.value}"
        row = PipelineRow(str(stage.label), url, [])
        for place, track in enumerate(TRACKS):
            values = found.get((stage.value, track.value), {})
            cell = Cell(
                values.get("leads", 0),
                values.get("area") or 0,
                values.get("jobs") or 0,
                f"{url}&track__exact={track.value}",
            )
            row.cells.append(cell)
            row.total.add(cell)
            row.total.url = url
            total.cells[place].url = f"{total.url}&track__exact={track.value}"
            total.cells[place].add(cell)
        total.total.add(row.total)
        rows.append(row)
    total.total.url = total.url
    return rows, total


# ── arrivals ────────────────────────────────────────────────────────────────
def _arrivals(year: int, now: datetime) -> Any:
    return (
        CountEvent.objects.not_taken_back(now)
        .filter(kind=EventKind.ARRIVAL, occurred_on__year=year)
        .select_related("organisation", "recorded_by", "confirmed_by")
    )


# ── what waits ──────────────────────────────────────────────────────────────
def _waiting(user: User, now: datetime) -> tuple[list[DrawnRow], int]:
    """The first ten of the quiet list, and how many rows the whole has."""
    desk = QuietDesk(user, now)
    rows, total = quiet_page(user=user, today=desk.today, now=now, size=WAITING_SHOWN)
    return [desk.draw(row) for row in rows], total


def _waiting_elsewhere(user: User) -> list[tuple[str, str]]:
    """Lists of their own that wait; tasks about a lead whose name is hidden are not in the list of tasks either."""
    readable = Lead.objects.with_readable_name(user).filter(is_name_readable=True).values("pk")
    tasks = Task.objects.open().filter(Q(lead__isnull=True) | Q(lead__in=readable), owner=user)
    more = []
    for words, count, url in (
        (
            _("My tasks"),
            tasks.count(),
            f"{reverse('admin:acquisition_task_changelist')}?owner__id__exact={user.pk}&state=open",
        ),
        (
            _("Events for a second person"),
            CountEvent.objects.waiting_for_confirmation().count(),
            _ledger_url("confirmed=no"),
        ),
        (
            _("Submitted spaces"),
            Vacancy.objects.waiting_for_staff().count(),
            f"{reverse('admin:estate_vacancy_changelist')}?status__exact=submitted",
        ),
    ):
        if count:
            more.append((f"{words} · {count}", url))
    return more
