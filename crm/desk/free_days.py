"""What a public holiday is called, and where a week begins. Which days are worked says `crm.common.workdays`."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=32)
def _named_days(year: int, language: str) -> Mapping[date, str]:
    free = holidays.country_holidays("NL", years=year, language="nl" if language == "nl" else "en_US")
    return dict(free)


def holiday_name(day: date, language: str) -> str:
    """The public holiday's name in the reader's language, or nothing."""
    return _named_days(day.year, language).get(day, "")


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
