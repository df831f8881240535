"""How a cell is read: what each kind of column takes, and how its value is written the one same way."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from crm.common.errors import RuleError
from crm.common.moments import parse_day, parse_moment
from crm.common.validators import validate_kvk_number

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
        return _in_reach(parse_day(text))
    except RuleError as error:
        raise CellError(str(error)) from error


def _in_reach(day: Day) -> Day:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = _("The year must lie between %(first)d and %(last)d.")
        raise CellError(message % {"first": FIRST_YEAR, "last": LAST_YEAR})
    return day


def _moment(text: str) -> datetime:
    try:
        return _in_reach(parse_moment(text))
    except RuleError as error:
        raise CellError(str(error)) from error


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
