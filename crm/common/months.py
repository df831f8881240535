"""Days, moments and months as the park reckons them: in Europe/Amsterdam."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


def amsterdam_day(moment: datetime) -> date:
    """The calendar day in Amsterdam at an aware moment."""
    return moment.astimezone(AMSTERDAM).date()


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (or earlier), or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def position_in_time(day: date) -> float:
    """A day as a decimal year, the day included: 2027-03-31 is 2027.2466 (`year + day of year / days in the year`)."""
    days = 366 if calendar.isleap(day.year) else 365
    return day.year + day.timetuple().tm_yday / days


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month as a value."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1900 <= self.year <= 9998):
            raise ValueError(f"{self.year}-{self.month} is no month")

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read `YYYY-MM`; raises ValueError for anything else."""
        match = MONTH.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} is not a month of the form YYYY-MM")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return self.next().first_day - timedelta(days=1)

    @property
    def end(self) -> datetime:
        """The first moment after the month, in Amsterdam."""
        return datetime.combine(self.next().first_day, time(), tzinfo=AMSTERDAM)

    def next(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
