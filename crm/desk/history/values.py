"""How a cell is read: what each kind of column takes, and how its value is written the one same way."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from crm.common.validators import validate_kvk_number

DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
WHOLE = re.compile(r"\d{1,10}", re.ASCII)
MOST = 2_147_483_647
FIRST_YEAR, LAST_YEAR = 1800, 2200
LONGEST_REF = 100
Day = TypeVar("Day", date, datetime)


class CellError(ValueError):
    """The cell's text is no value of its column; the message says what is."""


@dataclass(frozen=True)
class Kind:
    """One kind of value: how a text is read, and how a value is written so that equal values look equal."""

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


def _date(text: str) -> date:
    try:
        if DATE.fullmatch(text):
            return _in_reach(date.fromisoformat(text))
    except ValueError as error:
        raise CellError(_("This day does not exist.")) from error
    raise CellError(_("Write a date as YYYY-MM-DD, such as 2026-03-20."))


def _in_reach(day: Day) -> Day:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = _("The year must lie between %(first)d and %(last)d.")
        raise CellError(message % {"first": FIRST_YEAR, "last": LAST_YEAR})
    return day


def _moment(text: str) -> datetime:
    match = MOMENT.fullmatch(text)
    if not match:
        message = _("Write a moment as a date, a time and its offset, such as 2026-03-20T14:05:00+01:00.")
        raise CellError(message)
    if not match[3]:
        raise CellError(_("The offset is missing: end the moment with Z or +01:00."))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CellError(_("This moment does not exist.")) from error
    return _in_reach(moment).astimezone(UTC)


def _yes_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise CellError(_("Write yes or no."))
    return text == "yes"


def _whole(text: str) -> int:
    if not WHOLE.fullmatch(text) or int(text) > MOST:
        raise CellError(_("Write a whole number of 0 or more, digits only."))
    return int(text)


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise CellError(_("This is no e-mail address.")) from error
    return text.lower()


def _kvk(text: str) -> str:
    try:
        validate_kvk_number(text)
    except ValidationError as error:
        raise CellError(" ".join(error.messages)) from error
    return text


def text_of(longest: int) -> Kind:
    """Text of at most so many characters."""

    def read(text: str) -> str:
        if len(text) > longest:
            message = _("At most %(longest)d characters; this has %(length)d.")
            raise CellError(message % {"longest": longest, "length": len(text)})
        return text

    return Kind(read)


def one_of(values: Collection[str]) -> Kind:
    """One of a closed list of codes."""

    def read(text: str) -> str:
        if text not in values:
            raise CellError(_("Unknown. Choose one of: %(values)s.") % {"values": ", ".join(values)})
        return text

    return Kind(read)


REF = text_of(LONGEST_REF)
DAY = Kind(_date, date.isoformat)
MOMENT_KIND = Kind(_moment, datetime.isoformat)
YES_NO = Kind(_yes_no, lambda value: "yes" if value else "no")
WHOLE_NUMBER = Kind(_whole)
EMAIL = Kind(_email)
KVK = Kind(_kvk)
