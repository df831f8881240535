"""What happened to each demo lead, day by day: pure data, drawn before anything is written."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from crm.acquisition.choices import Answer, Confidentiality, LeadStatus, Reason, Stage, Track
from crm.acquisition.stages import REASONS
from crm.backoffice.demo.clock import DEMO_DAY, FIRST_DAY, between, workday
from crm.backoffice.demo.names import TRADES, Namer

STAGES = list(Stage)
# Open leads per stage from identified to committed, as of the demo's day.
OPEN = {
    Track.RD_BRANCH: (6, 5, 4, 3, 2, 2, 1),
    Track.KNOWLEDGE_INTENSIVE: (9, 7, 5, 4, 3, 2, 1),
    Track.STARTUP: (11, 9, 7, 5, 4, 3, 3),
}
# Longest a demo lead has stood in its stage: around the norms, so that some have stalled.
LONGEST = (90, 150, 190, 150, 190, 150, 300)
# Startups that settled per month of 2026, January to October.
STARTUPS_2026 = (1, 2, 1, 1, 2, 1, 1, 1, 2, 3)
ENDINGS = {LeadStatus.LOST: 58, LeadStatus.REFERRED: 8, LeadStatus.WITHDRAWN: 5, LeadStatus.PARKED: 8}
IN_OCTOBER = {LeadStatus.LOST: 5, LeadStatus.REFERRED: 1, LeadStatus.WITHDRAWN: 1, LeadStatus.PARKED: 1}
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
SPIN_OFFS_2026 = 7


@dataclass
class Story:
    """One lead: its steps in order, how it ended, and the facts that its stages ask for."""

    track: str
    application_area: str
    name: str
    steps: list[tuple[str, date]]
    outcome: str
    ended_on: date | None = None
    reason: str = ""
    settled_on: date | None = None
    is_spin_off: bool = False
    confidentiality: str = Confidentiality.CONFIDENTIAL
    spin_off_expected: str = Answer.UNKNOWN
    area_m2: int = 0
    jobs: int = 0
    back_to: tuple[str, date] | None = None
    reopened_on: date | None = None
    confirm_later: bool = field(default=False)

    @property
    def begun_on(self) -> date:
        return self.steps[0][1]


def _steps(rng: random.Random, furthest: int, last: date) -> list[tuple[str, date]]:
    """Days on which a lead entered each stage up to `furthest`, walking back from `last` and never before the demo begins."""
    days = [last]
    for _stage in range(furthest):
        days.append(workday(days[-1] - timedelta(days=rng.randrange(14, 70))))
    if days[-1] < FIRST_DAY:  # squeeze a long story into the two years
        span, room = (last - days[-1]).days, (last - FIRST_DAY).days
        days = [workday(last - timedelta(days=(last - day).days * room // span)) for day in days]
        days = [max(day, FIRST_DAY) for day in days]
    return list(zip(STAGES[: furthest + 1], reversed(days), strict=True))


class Storyteller:
    """Draws the stories of the whole pipeline."""

    def __init__(self, rng: random.Random, namer: Namer) -> None:
        self.rng, self.namer = rng, namer

    def _story(self, track: str, furthest: int, last: date, outcome: str, **facts) -> Story:
        area = self.rng.choice(list(TRADES))
        is_branch = track == Track.RD_BRANCH
        size = {
            Track.RD_BRANCH: (250, 1200),
            Track.KNOWLEDGE_INTENSIVE: (120, 700),
            Track.STARTUP: (40, 220),
        }[track]
        area_m2 = self.rng.randrange(*size, 10)
        return Story(
            track=track,
            application_area=area,
            name=self.namer.foreign_company(area) if is_branch else self.namer.company(area),
            steps=_steps(self.rng, furthest, last),
            outcome=outcome,
            area_m2=area_m2,
            jobs=max(3, area_m2 // self.rng.randrange(14, 26)),
            confidentiality=self._confidentiality(track),
            spin_off_expected=self.rng.choice(list(Answer)) if track == Track.STARTUP else Answer.UNKNOWN,
            **facts,
        )

    def _confidentiality(self, track: str) -> str:
        weights = (20, 60, 20) if track == Track.RD_BRANCH else (45, 50, 5)
        return self.rng.choices(list(Confidentiality), weights)[0]

    def _settled(self, track: str, settled_on: date, **facts) -> Story:
        committed_on = workday(settled_on - timedelta(days=self.rng.randrange(20, 120)))
        committed_on = max(committed_on, FIRST_DAY)
        return self._story(
            track,
            STAGES.index(Stage.COMMITTED),
            committed_on,
            LeadStatus.ESTABLISHED,
            settled_on=settled_on,
            **facts,
        )

    def settled(self) -> list[Story]:
        stories = []
        startups = [
            between(self.rng, date(2026, month, 1), date(2026, month, 27))
            for month, count in enumerate(STARTUPS_2026, start=1)
            for _number in range(count)
        ]
        for number, day in enumerate(startups):
            spin_off = number % 2 == 0 and number < 2 * SPIN_OFFS_2026
            stories.append(self._settled(Track.STARTUP, day, is_spin_off=spin_off))
        # A September arrival that a second person confirmed only after October's report was closed.
        stories[sum(STARTUPS_2026[:8])].confirm_later = True
        for year, track, count in (
            (2025, Track.STARTUP, 16),
            (2025, Track.KNOWLEDGE_INTENSIVE, 5),
            (2026, Track.KNOWLEDGE_INTENSIVE, 5),
        ):
            last = date(year, 12, 20) if year < DEMO_DAY.year else date(2026, 9, 28)
            for number in range(count):
                day = between(self.rng, date(year, 2, 20), last)
                stories.append(
                    self._settled(track, day, is_spin_off=track == Track.STARTUP and number % 2 == 1)
                )
        stories.append(self._settled(Track.KNOWLEDGE_INTENSIVE, date(2026, 10, 15)))
        stories.append(self._settled(Track.RD_BRANCH, date(2026, 5, 18)))
        return stories

    def open(self) -> list[Story]:
        stories = []
        for track, counts in OPEN.items():
            for furthest, count in enumerate(counts):
                for number in range(count):
                    since = workday(DEMO_DAY - timedelta(days=self.rng.randrange(4, LONGEST[furthest])))
                    story = self._story(track, furthest, since, LeadStatus.OPEN)
                    if (
                        furthest == STAGES.index(Stage.QUALIFIED)
                        and number == 0
                        and track == Track.KNOWLEDGE_INTENSIVE
                    ):
                        # Went back from proposal when its plans changed.
                        story.steps = _steps(self.rng, STAGES.index(Stage.PROPOSAL), date(2026, 9, 9))
                        story.back_to = (Stage.QUALIFIED, date(2026, 10, 14))
                    if furthest == STAGES.index(Stage.SITE_VISIT) and number == 0 and track == Track.STARTUP:
                        story.steps = _steps(self.rng, furthest, date(2026, 4, 9))
                        story.ended_on, story.reopened_on = date(2026, 6, 11), date(2026, 10, 12)
                    stories.append(story)
        return stories

    def ended(self) -> list[Story]:
        stories = []
        for outcome, count in ENDINGS.items():
            for number in range(count):
                in_october = number < IN_OCTOBER[outcome]
                first, last = OCTOBER if in_october else (date(2025, 1, 20), date(2026, 9, 29))
                if outcome == LeadStatus.PARKED and not in_october:
                    first = date(2026, 3, 1)
                ended_on = between(self.rng, first, last)
                track = self.rng.choices(list(Track), (20, 30, 50))[0]
                furthest = self.rng.choices(range(6), (30, 28, 16, 10, 9, 7))[0]
                entered = max(FIRST_DAY, workday(ended_on - timedelta(days=self.rng.randrange(7, 90))))
                reasons = sorted(REASONS.get(outcome, {Reason.TIMING}))
                stories.append(
                    self._story(
                        track, furthest, entered, outcome, ended_on=ended_on, reason=self.rng.choice(reasons)
                    )
                )
        return stories

    def all(self) -> list[Story]:
        """Every story, the earliest lead first."""
        return sorted(
            [*self.settled(), *self.open(), *self.ended()], key=lambda story: (story.begun_on, story.name)
        )
