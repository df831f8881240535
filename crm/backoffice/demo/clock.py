"""The demo's own calendar: everything is dated around one fixed day."""

import random
from datetime import date, datetime, time, timedelta

from crm.common.months import AMSTERDAM

DEMO_DAY = date(2026, 11, 9)
FIRST_DAY = date(2024, 11, 1)
LAST_MOMENT = datetime.combine(DEMO_DAY, time(17), tzinfo=AMSTERDAM)


def moment(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of that day in Amsterdam."""
    return datetime.combine(day, time(hour, minute), tzinfo=AMSTERDAM)


def written_down(rng: random.Random, day: date) -> datetime:
    """When what happened on `day` was recorded: mostly the same day, sometimes days later, never after the demo's end."""
    delay = rng.choice((0, 0, 0, 0, 1, 1, 2, 4))
    recorded = moment(day + timedelta(days=delay), rng.randrange(8, 17), rng.randrange(60))
    return min(recorded, LAST_MOMENT)


def workday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def between(rng: random.Random, first: date, last: date) -> date:
    return workday(first + timedelta(days=rng.randrange((last - first).days + 1)))
