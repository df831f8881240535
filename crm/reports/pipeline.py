"""Page 2 from the stories of the leads: movement, conversion per stage, and the leads that are named.

Strictly confidential leads are counted in totals; no list names them and no number of fewer than three shows them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from statistics import median

from django.db.models import Min, Q

from crm.acquisition.choices import LeadStatus, Stage, Track
from crm.acquisition.models import Lead, Task
from crm.acquisition.stages import ENDINGS, rank
from crm.reports import movement, rates
from crm.reports.formats import rounded
from crm.reports.logbook import Story
from crm.reports.monthly import LONGEST_LIST, Conversion, LeadLists, LostLead, MovedLead, StalledLead
from crm.reports.movement import OPEN_STAGES, TRACKS, StageMovement, TrackSplit
from crm.rules.norms import Norms

FEWEST = 3  # cases in a breakdown that holds a strictly confidential lead
DAYS_A_MONTH = 30.4375
BATCH = 5000


@dataclass(frozen=True)
class LeadCard:
    """What a partner may read of a lead."""

    reference: str
    code_name: str
    area_m2: int | None
    jobs: int | None


def cards(leads: Iterable[int]) -> dict[int, LeadCard]:
    """The cards of these leads, in few queries. No real name is read."""
    fields = ("pk", "code_name", "area_from_m2", "area_to_m2", "jobs_expected", "jobs_promised")
    return {
        lead.pk: LeadCard(
            reference=lead.reference,
            code_name=lead.code_name or "",
            area_m2=lead.area_from_m2 if lead.area_to_m2 is None else lead.area_to_m2,
            jobs=lead.jobs_expected if lead.jobs_promised is None else lead.jobs_promised,
        )
        for keys in _batches(sorted(leads))
        for lead in Lead.objects.filter(pk__in=keys).only(*fields)
    }


def _batches(keys: list[int]) -> Iterator[list[int]]:
    """Databases take only so many values in one query."""
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def next_tasks(leads: Iterable[int], known_at: datetime) -> dict[int, date]:
    """The day of each lead's first task that was open at that moment; one query."""
    open_then = Q(done_at__isnull=True) | Q(done_at__gt=known_at)
    stood_then = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=known_at)
    rows = Task.every.filter(open_then, stood_then, lead__in=list(leads), created_at__lte=known_at).order_by()
    return dict(rows.values_list("lead_id").annotate(first=Min("due_on")))


@dataclass(frozen=True)
class Pipeline:
    """The pipeline of one month: the stories of all leads, where the month began and ended, and the norms of its end."""

    stories: Sequence[Story]
    first_day: date
    as_of: date
    strict: frozenset[int]
    norms: Norms

    def movement(self) -> tuple[StageMovement, ...]:
        """The movement table; raises `UnbalancedMovementError` naming stages and leads."""
        months = [story.month(self.first_day, f"L-{story.lead:04d}") for story in self.stories]
        return movement.tabulate(months)

    def moved_back(self) -> int:
        """How many of the moves between open stages went backward."""
        changes = (change for story in self.stories for change in story.since(self.first_day))
        return sum(change.was_open and change.is_open and not change.is_forward for change in changes)

    def strict_open(self) -> Counter[tuple[str, str]]:
        """Open strictly confidential leads by stage and track."""
        return Counter(
            (story.last.to_stage, story.track)
            for story in self.stories
            if story.last.is_open and story.lead in self.strict
        )

    def got_further(self) -> list[Story]:
        """Leads that stand further than when the month (or they) began, the furthest first."""
        found = []
        for story in self.stories:
            before = story.before(self.first_day)
            start = (before or story.changes[0]).to_stage
            is_here = story.last.to_status in (LeadStatus.OPEN, LeadStatus.ESTABLISHED)
            if is_here and story.since(self.first_day) and rank(story.last.to_stage) > rank(start):
                found.append(story)
        return found

    def stalled(self) -> list[tuple[Story, int]]:
        """Open leads that stand longer in their stage than its norm, with the days over it."""
        found = []
        for story in self.stories:
            norm = self.norms.stage_days(story.last.to_stage)
            if norm is not None and story.last.is_open:
                over = (self.as_of - story.stage_since).days - norm
                if over > 0:
                    found.append((story, over))
        return found

    def dropped_out(self) -> list[Story]:
        """Leads that ended this month and were not taken up again."""
        return [
            story
            for story in self.stories
            if story.last.to_status in ENDINGS and story.last.occurred_on >= self.first_day
        ]

    def conversion(self, since: date) -> tuple[Conversion, ...]:
        """Per stage, of the leads that left it since a day: how many, how many forward, and their median stay."""
        left: Counter[str] = Counter()
        forward: Counter[str] = Counter()
        months: defaultdict[str, list[float]] = defaultdict(list)
        for story in self.stories:
            for change, entered in story.stays():
                if change.occurred_on >= since:
                    left[change.from_stage] += 1
                    forward[change.from_stage] += change.is_forward
                    months[change.from_stage].append((change.occurred_on - entered).days / DAYS_A_MONTH)
        return tuple(_conversion(stage, left[stage], forward[stage], months[stage]) for stage in OPEN_STAGES)


def _conversion(stage: str, left: int, advanced: int, months: list[float]) -> Conversion:
    low, high = rates.jeffreys(advanced, left)
    return Conversion(
        stage=stage,
        left=left,
        advanced=advanced,
        chance=rates.chance(advanced, left),
        low=low,
        high=high,
        median_months=float(rounded(median(months), 1)) if months else None,
    )


Strict = Mapping[tuple[str, str], int]  # open strictly confidential leads by stage and track


def withhold(rows: tuple[StageMovement, ...], strict: Strict) -> tuple[tuple[StageMovement, ...], TrackSplit]:
    """The rows without the tracks that would give a strict lead away, and the tracks' totals.

    A stage's tracks are withheld when one of its numbers is below three and holds a strict lead. The totals would then
    give the missing numbers by subtraction, so further stages are withheld, the smallest first, until what is missing
    is three or more together. Where even the totals are too small, no track is shown at all.
    """
    hidden = [row for row in rows if _gives_away([row], strict)]
    for row in sorted(rows, key=lambda row: row.end):
        if hidden and row not in hidden and _gives_away(hidden, strict):
            hidden.append(row)
    if hidden and _gives_away(hidden, strict):
        nothing = TrackSplit(startup=None, knowledge_intensive=None, rd_branch=None)
        return tuple(_without_tracks(row) for row in rows), nothing
    shown = tuple(_without_tracks(row) if row in hidden else row for row in rows)
    return shown, movement.split_of(rows)


def _gives_away(rows: Sequence[StageMovement], strict: Strict) -> bool:
    """Whether a track's number in these stages together is below three and holds a strict lead."""
    return any(
        sum(getattr(row, track) for row in rows) < FEWEST
        and any(strict.get((row.stage, track)) for row in rows)
        for track in TRACKS
    )


def _without_tracks(row: StageMovement) -> StageMovement:
    return replace(row, startup=None, knowledge_intensive=None, rd_branch=None)


def committed_startups(rows: Sequence[StageMovement], strict: Strict) -> int | None:
    """Startups that have committed; None where the number would give a strict lead away."""
    number = rows[-1].startup or 0
    is_known = number >= FEWEST or not strict.get((Stage.COMMITTED, Track.STARTUP))
    return number if is_known else None


def lists(pipeline: Pipeline, known_at: datetime) -> LeadLists:
    """The leads that are named, at most eight a list; the totals count all."""
    moved, stalled, lost = pipeline.got_further(), pipeline.stalled(), pipeline.dropped_out()
    stalled.sort(key=lambda found: (-found[1], found[0].lead))
    shown_stalled = [found for found in stalled if found[0].lead not in pipeline.strict][:LONGEST_LIST]
    card = cards({story.lead for story in (*moved, *lost)} | {story.lead for story, _over in shown_stalled})

    def by_size(story: Story) -> tuple[int, int, int]:
        return -rank(story.last.to_stage), -(card[story.lead].area_m2 or 0), story.lead

    def shown(found: list[Story]) -> list[Story]:
        named = [story for story in found if story.lead not in pipeline.strict]
        return sorted(named, key=by_size)[:LONGEST_LIST]

    tasks = next_tasks((story.lead for story, _over in shown_stalled), known_at)
    is_hidden = any(story.lead in pipeline.strict for story in lost)
    return LeadLists(
        moved=tuple(_moved(story, card[story.lead]) for story in shown(moved)),
        moved_total=len(moved),
        stalled=tuple(
            _stalled(story, over, card[story.lead], tasks.get(story.lead)) for story, over in shown_stalled
        ),
        stalled_total=len(stalled),
        lost=tuple(_lost(story, card[story.lead]) for story in shown(lost)),
        lost_total=len(lost),
        lost_area_m2=None if is_hidden else sum(card[story.lead].area_m2 or 0 for story in lost),
        lost_jobs=None if is_hidden else sum(card[story.lead].jobs or 0 for story in lost),
    )


def _moved(story: Story, card: LeadCard) -> MovedLead:
    return MovedLead(
        lead=card.reference,
        code_name=card.code_name,
        track=story.track,
        stage=story.last.to_stage,
        area_m2=card.area_m2,
        jobs=card.jobs,
    )


def _stalled(story: Story, over: int, card: LeadCard, next_on: date | None) -> StalledLead:
    return StalledLead(
        lead=card.reference,
        code_name=card.code_name,
        stage=story.last.to_stage,
        days_over=over,
        next_on=next_on,
    )


def _lost(story: Story, card: LeadCard) -> LostLead:
    return LostLead(
        lead=card.reference,
        code_name=card.code_name,
        stage=story.last.to_stage,
        status=story.last.to_status,
        reason=story.last.reason,
        area_m2=card.area_m2,
        jobs=card.jobs,
    )
