"""Days as people say them — “gisteren”, “2 nov”, “vrijdag”, “last Friday”, 31-12-2026 — and the form field that reads them.

What can mean two days is refused with both, never guessed: whoever typed it is the only one who knows.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any, Literal

from dateparser.date import DateDataParser
from django import forms
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Side = Literal["past", "future"]

WEEK = timedelta(days=7)
HALF_A_YEAR = 183
LONGEST = 60
FIRST_YEAR, LAST_YEAR = 1990, 2100
NEAR_DAYS = {
    -2: ("eergisteren", "day before yesterday", "the day before yesterday"),
    -1: ("gisteren", "gister", "yesterday", "gisteravond", "gistermiddag", "gisterochtend"),
    0: ("vandaag", "today", "nu", "now", "vanochtend", "vanmorgen", "vanmiddag", "this morning"),
    1: ("morgen", "tomorrow"),
    2: ("overmorgen", "day after tomorrow", "the day after tomorrow"),
}
NEAR = {word: distance for distance, words in NEAR_DAYS.items() for word in words}
WEEKDAY_NAMES = (
    ("maandag", "ma", "monday", "mon"),
    ("dinsdag", "di", "tuesday", "tue", "tues"),
    ("woensdag", "wo", "wednesday", "wed"),
    ("donderdag", "do", "thursday", "thu", "thurs"),
    ("vrijdag", "vr", "friday", "fri"),
    ("zaterdag", "za", "saturday", "sat"),
    ("zondag", "zo", "sunday", "sun"),
)
WEEKDAYS = {name: number for number, names in enumerate(WEEKDAY_NAMES) for name in names}
# Said of a weekday: the nearest one on that side; and those that some mean so, and others a week further.
NEAREST: dict[str, Side] = {
    "afgelopen": "past",
    "past": "past",
    "this past": "past",
    "komende": "future",
    "aanstaande": "future",
    "a.s.": "future",
    "coming": "future",
    "this coming": "future",
}
DISPUTED: dict[str, Side] = {"vorige": "past", "last": "past", "volgende": "future", "next": "future"}
THIS_WEEK = ("deze", "this")

ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
NUMBERS = re.compile(r"([0-9]{1,2})([-./])([0-9]{1,2})(?:\2([0-9]{4}))?")
SHORT_YEAR = re.compile(r"[0-9]{1,2}[-./][0-9]{1,2}[-./'’]?[0-9]{2}")
WITH_MONTH = re.compile(
    r"(?:[0-9]{1,2}(?:e|de|ste|st|nd|rd|th)? (?:of )?[^\W\d_]{3,}\.?|[^\W\d_]{3,}\.? [0-9]{1,2}(?:st|nd|rd|th)?,?)"
    r"(?P<year> [0-9]{4})?"
)
COUNTED = re.compile(
    r"(?:(?:over|in) )?(?:[0-9]{1,3}|een|één|a|an|one|twee|two|drie|three) "
    r"(?:dag|dagen|day|days|week|weken|weeks|maand|maanden|month|months)(?: (?:geleden|ago))?"
)


class NotADayError(ValueError):
    """The text names no day, or more than one; the message is a sentence for whoever typed it."""


def in_full(day: date) -> str:
    """The day as it was understood, beyond doubt: “wednesday 21 October 2026” in the reader's language."""
    return format_date(day, "l j F Y")


def read_day(text: str, today: date, prefer: Side) -> date:
    """The one day that the text names, seen from `today`; where only the side is open, the preferred one.

    Days are written in the Dutch order (2-11 is 2 November); with slashes, which are read in both orders, only where
    one order is possible. Without a year it is the nearest such day on the preferred side, at most half a year away.
    Raises `NotADayError` for everything else.
    """
    words = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    words = re.sub(r"\A(?:op|on) ", "", words)
    if len(words) > LONGEST:
        raise NotADayError(_not_understood(text))
    found = (
        _near(words, today)
        or _numbers(words, today, prefer)
        or _weekday(words, text, today, prefer)
        or _written_out(words, text, today, prefer)
    )
    if found is None:
        raise NotADayError(_not_understood(text))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = _("“%(text)s” lies outside %(first)d–%(last)d: look at the year.")
        raise NotADayError(message % {"text": text.strip(), "first": FIRST_YEAR, "last": LAST_YEAR})
    return found


def _not_understood(text: str) -> str:
    message = _("“%(text)s” names no day. Write it as: yesterday, Friday, 2 Nov, or 31-12-2026.")
    return message % {"text": text.strip()[:LONGEST]}


def _two_days(text: str, first: date, second: date) -> NotADayError:
    message = _("“%(text)s” may be %(first)s or %(second)s: write the date.")
    return NotADayError(message % {"text": text.strip(), "first": in_full(first), "second": in_full(second)})


def _near(words: str, today: date) -> date | None:
    return today + timedelta(days=NEAR[words]) if words in NEAR else None


def _numbers(words: str, today: date, prefer: Side) -> date | None:
    if match := ISO.fullmatch(words):
        return _date(int(match[1]), int(match[2]), int(match[3]), words)
    if match := NUMBERS.fullmatch(words):
        day, month = int(match[1]), int(match[3])
        year = int(match[4]) if match[4] else None
        if match[2] == "/" and month > 12:
            day, month = month, day
        elif match[2] == "/" and day <= 12 and day != month:
            about = year or today.year
            raise _two_days(words, _date(about, month, day, words), _date(about, day, month, words))
        if year is not None:
            return _date(year, month, day, words)
        return _without_year(month, day, words, today, prefer)
    if SHORT_YEAR.fullmatch(words):
        raise NotADayError(_("“%(text)s”: write the year in four digits.") % {"text": words})
    return None


def _date(year: int, month: int, day: int, words: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotADayError(_("“%(text)s” does not exist in the calendar.") % {"text": words}) from error


def _without_year(month: int, day: int, words: str, today: date, prefer: Side) -> date:
    """The nearest such day on the preferred side (today included); far away, the year was forgotten or the side is wrong."""
    candidates = []
    for year in range(today.year - 1, today.year + 2):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    if not candidates:
        _date(today.year, month, day, words)
    on_side = [found for found in candidates if (found <= today if prefer == "past" else found >= today)]
    nearest = min(on_side, key=lambda found: abs(found - today), default=None)
    if nearest is not None and abs(nearest - today).days <= HALF_A_YEAR:
        return nearest
    message = (
        _("“%(text)s” is still to come this year: if another year is meant, write it too.")
        if prefer == "past"
        else _("“%(text)s” is long past this year: if another year is meant, write it too.")
    )
    raise NotADayError(message % {"text": words})


def _weekday(words: str, text: str, today: date, prefer: Side) -> date | None:
    before, _space, name = words.rpartition(" ")
    if name.rstrip(".") not in WEEKDAYS:
        return None
    number = WEEKDAYS[name.rstrip(".")]
    earlier = today - timedelta(days=(today.weekday() - number) % 7 or 7)
    later = today + timedelta(days=(number - today.weekday()) % 7 or 7)
    if before in NEAREST:
        return earlier if NEAREST[before] == "past" else later
    monday = today - timedelta(days=today.weekday())
    if before in THIS_WEEK:
        return monday + timedelta(days=number)
    if before in DISPUTED:
        if DISPUTED[before] == "past":
            if earlier >= monday:
                raise _two_days(text, earlier, earlier - WEEK)
            return earlier
        if later < monday + WEEK:
            raise _two_days(text, later, later + WEEK)
        return later
    if before:
        return None
    nearest = earlier if prefer == "past" else later
    if number == today.weekday():
        raise _two_days(text, today, nearest)
    return nearest


def _written_out(words: str, text: str, today: date, prefer: Side) -> date | None:
    """With a month by name (a weekday before it must be right), or counted from today."""
    name, _space, rest = words.partition(" ")
    if name.rstrip(".,") in WEEKDAYS and rest:
        found = _numbers(rest, today, prefer) or _written_out(rest, text, today, prefer)
        if found is not None and found.weekday() != WEEKDAYS[name.rstrip(".,")]:
            message = _("“%(text)s” contradicts itself: that day is a %(day)s.")
            raise NotADayError(message % {"text": text.strip(), "day": format_date(found, "l")})
        return found
    if match := WITH_MONTH.fullmatch(words):
        year = match["year"]
        # In a leap year every day of every month exists; which year is meant is decided here, not by the library.
        # Read from two months: where the word names none (“5 minuten”) the library takes the month it stands in.
        plain = re.sub(r"\A([0-9]{1,2})(?:e|de|ste)\b", r"\1", words)
        read, again = (_parsed(plain, datetime(int(year or 2024), month, 1), "past") for month in (1, 6))  # noqa: DTZ001
        if read is None or again is None or read.month != again.month:
            return None
        return (
            _date(int(year), read.month, read.day, words)
            if year
            else _without_year(read.month, read.day, words, today, prefer)
        )
    if COUNTED.fullmatch(words):
        is_past = words.endswith(("geleden", "ago"))
        if is_past == words.startswith(("over ", "in ")):
            return None
        counted = re.sub(r"\b(?:een|één|a|an|one)\b", "1", words)
        counted = re.sub(r"\b(?:twee|two)\b", "2", re.sub(r"\b(?:drie|three)\b", "3", counted))
        return _parsed(counted, datetime(today.year, today.month, today.day, 12), prefer)  # noqa: DTZ001
    return None


def _parsed(words: str, base: datetime, prefer: Side) -> date | None:
    parser = DateDataParser(
        languages=["nl", "en"],
        settings={
            "RELATIVE_BASE": base,
            "PREFER_DATES_FROM": prefer,
            "DATE_ORDER": "DMY",
            "STRICT_PARSING": False,
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )
    found = parser.get_date_data(words).date_obj
    return found.date() if found else None


def say_understood(form: forms.BaseForm) -> None:
    """Show under each field which day was understood, where it was one."""
    for name, field in form.fields.items():
        day = form.cleaned_data.get(name)
        if isinstance(field, SpokenDayField) and day:
            form[name].help_text = _("Understood: %(day)s") % {"day": in_full(day)}


class SpokenDayField(forms.Field):
    """A day in words. The form gives it `today` (read at the door), and calls `say_understood` after."""

    widget = forms.TextInput
    today: date

    def __init__(self, *, prefer: Side, **kwargs: Any) -> None:
        self.prefer: Side = prefer
        super().__init__(**kwargs)
        self.widget.attrs |= {
            "placeholder": gettext_lazy("yesterday, 2 Nov")
            if prefer == "past"
            else gettext_lazy("Friday, 2 Nov"),
            "autocomplete": "off",
            "maxlength": str(LONGEST),
        }

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, date):
            return _("today") if value == self.today else value.isoformat()
        return value

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            return read_day(str(value), self.today, self.prefer)
        except NotADayError as error:
            raise forms.ValidationError(str(error), "not_a_day") from error
