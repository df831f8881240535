"""When a repeated task comes again, and at which moment an hour of the day lies. Pure: no database, no clock.

An hour is one of the wall clock in Amsterdam. The hour that is skipped in spring does not exist and is refused where it
is typed; of the hour that comes twice in autumn the first one is meant.
"""

from datetime import UTC, date, datetime, time, timedelta

from crm.acquisition.choices import Repeat, TaskKind
from crm.common.months import AMSTERDAM, add_months

WEEKS = {Repeat.WEEKLY: 1, Repeat.FORTNIGHTLY: 2}
MONTHS = {Repeat.MONTHLY: 1, Repeat.QUARTERLY: 3, Repeat.HALF_YEARLY: 6, Repeat.YEARLY: 12}
# How long something with an hour lasts in a calendar: nobody is asked for an end.
LENGTHS = {
    TaskKind.TASK: timedelta(minutes=30),
    TaskKind.CALL: timedelta(minutes=30),
    TaskKind.VISIT: timedelta(hours=1),
}


def next_due(repeat: str, counted_from: date, after: date) -> date | None:
    """The first day later than `after`, counted in whole steps from `counted_from`; None for what does not repeat.

    Counted from one fixed day, so that the 31st stays the last of the month: 31 January, 28 February, 31 March.
    """
    if repeat in WEEKS:
        step = 7 * WEEKS[Repeat(repeat)]
        passed = max((after - counted_from).days, 0) // step
        return counted_from + timedelta(days=step * (passed + 1))
    if repeat not in MONTHS:
        return None
    step = MONTHS[Repeat(repeat)]
    months = (after.year - counted_from.year) * 12 + after.month - counted_from.month
    number = max(months // step, 1)
    while (day := add_months(counted_from, step * number)) <= after:
        number += 1
    return day


def start_of(day: date, hour: time) -> datetime | None:
    """The moment at which the clock in Amsterdam shows this hour, or None where it never does."""
    local = datetime.combine(day, hour, tzinfo=AMSTERDAM)
    return (
        local
        if local.astimezone(UTC).astimezone(AMSTERDAM).replace(tzinfo=None) == local.replace(tzinfo=None)
        else None
    )
