"""The home page's figures: where the targets stand, what waits for somebody, the pipeline, this year's arrivals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from crm.acquisition.choices import Stage, Track
from crm.acquisition.models import Lead, Task
from crm.backoffice.month import MonthMovement, month_movement
from crm.backoffice.navigation import may_see
from crm.backoffice.templatetags.desk import grouped
from crm.common.months import amsterdam_day
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


@dataclass(frozen=True)
class Waiting:
    """Something that waits for this person or for the team."""

    shape: str
    tone: str
    title: str
    url: str
    what: str
    why: str
    day: date | None
    owner: Any
    action: str
    action_url: str


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
    waiting: list[Waiting]
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
    waiting, more = _waiting(user, today)
    return Desk(
        today=today,
        targets=_targets(today, now),
        waiting=waiting,
        waiting_more=more,
        tracks=[str(TRACK_WORDS[track]) for track in TRACKS],
        pipeline=rows,
        pipeline_sum=total,
        arrivals=list(arrivals[:ARRIVALS_SHOWN]),
        arrivals_count=arrivals.count(),
        arrivals_pending=arrivals.filter(confirmed_at__isnull=True).count(),
        arrivals_url=_ledger_url(f"kind__exact=arrival&occurred_on__year={today.year}"),
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
    query = f"kind__exact=arrival&category__exact=rd_branch&occurred_on__gte={window.first}&confirmed=yes"
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
    query = f"kind__exact=arrival&category__exact=startup&occurred_on__year={figure.year}&confirmed=yes"
    if target.code == TargetCode.SPIN_OFFS:
        query += "&spin_off=yes"
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
            total.cells[place].add(cell)
        total.total.add(row.total)
        rows.append(row)
    return rows, total


# ── arrivals ────────────────────────────────────────────────────────────────
def _arrivals(year: int, now: datetime) -> Any:
    return (
        CountEvent.objects.not_taken_back(now)
        .filter(kind=EventKind.ARRIVAL, occurred_on__year=year)
        .select_related("organisation", "recorded_by", "confirmed_by")
    )


# ── what waits ──────────────────────────────────────────────────────────────
def _waiting(user: User, today: date) -> tuple[list[Waiting], list[tuple[str, str]]]:
    """Own tasks due, events for a second person, and submitted spaces; the first ten, and where the rest is."""
    tasks = Task.objects.open().filter(owner=user, due_on__lte=today).select_related("organisation", "owner")
    events = CountEvent.objects.waiting_for_confirmation().select_related("organisation", "recorded_by")
    vacancies = Vacancy.objects.waiting_for_staff().select_related("office").order_by("submitted_at")
    shown = list(tasks[:WAITING_SHOWN])
    leads = Lead.objects.named_for(user).filter(pk__in=[task.lead_id for task in shown if task.lead_id])
    names = dict(leads.values_list("pk", "display_name"))
    rows = [_task_row(task, names, today) for task in shown]
    if may_see(user, "targets.countevent", "confirm"):
        mine = events.exclude(recorded_by=user).order_by("recorded_at")
        rows += [_event_row(event) for event in mine[:WAITING_SHOWN]]
    if may_see(user, "estate.vacancy", "change"):
        rows += [_vacancy_row(vacancy) for vacancy in vacancies[:WAITING_SHOWN]]
    more = []
    for words, count, url in (
        (
            _("My tasks"),
            tasks.count(),
            f"{reverse('admin:acquisition_task_changelist')}?owner__id__exact={user.pk}&state=open",
        ),
        (_("Events for a second person"), events.count(), _ledger_url("confirmed=no")),
        (
            _("Submitted spaces"),
            vacancies.count(),
            f"{reverse('admin:estate_vacancy_changelist')}?status__exact=submitted",
        ),
    ):
        if count:
            more.append((f"{words} · {count}", url))
    return rows[:WAITING_SHOWN], more


def _task_row(task: Task, names: dict[int, str], today: date) -> Waiting:
    late = (today - task.due_on).days
    if late:
        why = ngettext("Promise %(count)d day late", "Promise %(count)d days late", late) % {"count": late}
    else:
        why = _("Promised for today")
    if task.lead_id:
        url = reverse("admin:acquisition_lead_change", args=[task.lead_id])
    else:
        url = reverse("admin:acquisition_task_change", args=[task.pk])
    return Waiting(
        shape="triangle" if late else "diamond",
        tone="bad" if late else "warn",
        title=task.title,
        url=url,
        what=names.get(task.lead_id or 0) or str(task.organisation or ""),
        why=why,
        day=task.due_on,
        owner=task.owner,
        action=_("Done"),
        action_url=reverse("admin:acquisition_task_do", args=[task.pk, "finish"]),
    )


def _event_row(event: CountEvent) -> Waiting:
    return Waiting(
        shape="ring",
        tone="wait",
        title=str(event.organisation),
        url=reverse("admin:targets_countevent_change", args=[event.pk]),
        what=str(event.get_kind_display()),
        why=_("Waits for a second person"),
        day=amsterdam_day(event.recorded_at),
        owner=event.recorded_by,
        action=_("Look and confirm"),
        action_url=reverse("admin:targets_countevent_do", args=[event.pk, "confirm"]),
    )


def _vacancy_row(vacancy: Vacancy) -> Waiting:
    url = reverse("admin:estate_vacancy_change", args=[vacancy.pk])
    return Waiting(
        shape="diamond",
        tone="warn",
        title=vacancy.title,
        url=url,
        what=str(vacancy.office or ""),
        why=_("Submitted space"),
        day=amsterdam_day(vacancy.submitted_at),
        owner=None,
        action=_("Judge"),
        action_url=url,
    )
