"""Days and moments as people type them on a command or write them in a file, and as they are told."""

import re
from datetime import UTC, date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.common.errors import Fault, RuleError
from crm.common.months import AMSTERDAM

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def parse_day(text: str) -> date:
    """Read `YYYY-MM-DD` and nothing else; raises `RuleError` with a sentence that says how to write it."""
    try:
        if not DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        message = _("“%(value)s” is not a date: write year-month-day, as in 2027-03-31.")
        raise RuleError(Fault("not_a_day", message % {"value": text})) from error


def parse_moment(text: str) -> datetime:
    """Read an ISO date and time with its offset as a moment in UTC; raises `RuleError` as `parse_day` does.

    Without an offset nobody can say which moment is meant, so that is refused as well.
    """
    match = MOMENT.fullmatch(text)
    try:
        if not match:
            raise ValueError(text)
        day, time, offset = match.groups()
        moment = datetime.fromisoformat(f"{day}T{time}{offset or '+00:00'}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = _(
            "“%(value)s” is not a moment: write date, time and offset, as in 2027-04-07T10:00:00+02:00."
        )
        raise RuleError(Fault("not_a_moment", message % {"value": text})) from error
    if offset is None:
        message = _("“%(value)s” has no offset: add Z for UTC, or +01:00 or +02:00 for Amsterdam.")
        raise RuleError(Fault("no_offset", message % {"value": text}))
    return moment


def spoken_moment(moment: datetime, today: date) -> str:
    """When it was, in the reader's language and in Amsterdam: “at 10:42”, with the day where that is another one."""
    local = moment.astimezone(AMSTERDAM)
    time = f"{local:%H:%M}"
    if local.date() == today:
        return _("at %(time)s") % {"time": time}
    return _("on %(day)s at %(time)s") % {"day": date_format(local.date(), "j F Y"), "time": time}
