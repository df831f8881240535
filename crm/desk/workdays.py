"""Which days are worked in the Netherlands, and what the others are called."""

from datetime import date, timedelta
from functools import cache

import holidays

SATURDAY = 5


@cache
def _free_days(year: int, language: str) -> holidays.HolidayBase:
    return holidays.country_holidays("NL", years=year, language="nl" if language == "nl" else "en_US")


def holiday_name(day: date, language: str) -> str:
    """The public holiday's name in the reader's language, or nothing."""
    return str(_free_days(day.year, language).get(day, ""))


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and not holiday_name(day, "nl")


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
