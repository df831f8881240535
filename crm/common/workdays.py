"""Working days in the Netherlands: Monday to Friday without the public holidays.

The holidays are those that the library `holidays` calls public for NL: New Year's Day, Good Friday, Easter, King's Day
(on the Saturday where 27 April is a Sunday), Ascension Day, Whitsun and both days of Christmas. Liberation Day is a day
off once in five years (2025, 2030), as in most collective agreements. Good Friday is on the list of the Dutch General
Time Limits Act, and so it is skipped here too.
"""

from datetime import date, timedelta
from functools import lru_cache

import holidays

DAYS_A_WEEK = 7
WORKDAYS_A_WEEK = 5


@lru_cache(maxsize=64)
def holidays_in(year: int) -> tuple[date, ...]:
    """The year's public holidays that fall on Monday to Friday, in order."""
    found = holidays.country_holidays("NL", years=year)
    return tuple(sorted(day for day in found if day.weekday() < WORKDAYS_A_WEEK))


def is_workday(day: date) -> bool:
    return day.weekday() < WORKDAYS_A_WEEK and day not in holidays_in(day.year)


@lru_cache(maxsize=16_384)
def workdays_between(first: date, last: date) -> int:
    """How many working days come after `first`, up to and including `last`; 0 where `last` is not later."""
    if last <= first:
        return 0
    weeks, rest = divmod((last - first).days, DAYS_A_WEEK)
    days = weeks * WORKDAYS_A_WEEK
    days += sum((last - timedelta(days=back)).weekday() < WORKDAYS_A_WEEK for back in range(rest))
    return days - sum(
        first < holiday <= last for year in range(first.year, last.year + 1) for holiday in holidays_in(year)
    )


@lru_cache(maxsize=16_384)
def add_workdays(day: date, count: int) -> date:
    """The day on which `count` working days after `day` have passed."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day
