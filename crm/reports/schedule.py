"""When an edition is due: noon in Amsterdam on the fifth working day after its month."""

from datetime import date, datetime, time, timedelta

import holidays

from crm.common.months import AMSTERDAM, Month

WORKING_DAYS = 5
NOON = time(12)


def default_known_at(month: Month) -> datetime:
    """The moment whose knowledge a month's edition holds unless another is asked for."""
    free = holidays.country_holidays("NL")
    day, passed = month.last_day, 0
    while passed < WORKING_DAYS:
        day += timedelta(days=1)
        passed += _is_working_day(day, free)
    return datetime.combine(day, NOON, tzinfo=AMSTERDAM)


def _is_working_day(day: date, free: holidays.HolidayBase) -> bool:
    return day.weekday() < 5 and day not in free
