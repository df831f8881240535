"""How a cell is read as people write it, and written so that the same reader takes it back without a difference."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from crm.common.names import folded
from crm.desk.sheets.opening import Cell

# A spreadsheet program runs what begins like this (OWASP: CSV injection): an export puts an apostrophe in front.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ERRORS = re.compile(
    r"#(N/A|N/B|NV|VALUE!|WAARDE!|WERT!|REF!|VERW!|BEZUG!|DIV/0!|DEEL/0!|NAME\?|NAAM\?|NULL!|LEEG!|NUM!|GETAL!)"
)
EMPTY_MARKS = frozenset({"-", "–", "—"})
EXCEL_START, EXCEL_DAYS = date(1899, 12, 30), range(20_000, 80_000)
FIRST_YEAR, LAST_YEAR = 1500, 2200
CENTURY = 50
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "januari", "january"),
            ("feb", "februari", "february"),
            ("mrt", "maart", "mar", "march"),
            ("apr", "april"),
            ("mei", "may"),
            ("jun", "juni", "june"),
            ("jul", "juli", "july"),
            ("aug", "augustus", "august"),
            ("sep", "sept", "september"),
            ("okt", "oktober", "oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
NUMERIC_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[ T]0{1,2}:00(?::00)?)?", re.ASCII)
ISO_DAY = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII
)
WORDED_DAY = re.compile(r"(\d{1,2})[-. ]+([a-z]+)\.?[-. ]+(\d{4}|\d{2})", re.ASCII)
MONEY = re.compile(
    r"€|\beuro?s?\b|\beur\b|m²|m2|\bfte\b|\bexcl\.? btw\b|/m²/jr|,[-–—]$|\.[-–—]$", re.IGNORECASE
)
GROUPED = re.compile(r"[+-]?\d{1,3}(?:[. '\u2019]\d{3})+", re.ASCII)
PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
YES = frozenset({"ja", "j", "yes", "y", "x", "1", "true", "waar", "wahr", "oui", "✓", "✔"})
NO = frozenset({"nee", "n", "no", "neen", "0", "false", "onwaar", "falsch", "non"})


class Unreadable(ValueError):
    """The cell's content is no value of its field; the message says what is."""


@dataclass
class Reading:
    """One cell's reading: what it may look up, the value that stands now, and what should be said of it."""

    lookups: Any
    current: Any = None
    remarks: list[str] = field(default_factory=list)

    def say(self, remark: str) -> None:
        self.remarks.append(remark)


@dataclass(frozen=True)
class Kind:
    """One kind of value: how a cell is read, how the value is shown to people, and the cell of an export."""

    read: Callable[[Cell, Reading], Any]
    show: Callable[[Any, Any], str]
    cell: Callable[[Any, Any], Any]
    example: str = ""


def text_in(cell: Cell) -> str:
    """The cell as text, without what surrounds it and without the apostrophe that guards against formulas."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    text = str(cell).replace("\r\n", "\n").replace("\xa0", " ").strip()
    if text.startswith("'") and text[1:].startswith(FORMULA_STARTS):
        text = text[1:]
    if ERRORS.fullmatch(text):
        raise Unreadable(_("The spreadsheet shows an error here (%(text)s).") % {"text": text})
    return text


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and (not cell.strip() or cell.strip() in EMPTY_MARKS))


# ── text ────────────────────────────────────────────────────────────────────
def plain_text(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _read_text(cell: Cell, reading: Reading) -> str:
    # What stands already is not touched by the guard's apostrophe.
    if isinstance(cell, str) and plain_text(cell) == reading.current:
        return plain_text(cell)
    return text_in(cell)


def _as_text(value: Any, _lookups: Any) -> str:
    return "" if value is None else str(value)


def _text_cell(value: Any, _lookups: Any) -> Any:
    return value or None


TEXT = Kind(_read_text, _as_text, _text_cell)


def _read_web(cell: Cell, reading: Reading) -> str:
    text = text_in(cell)
    if text.lower().startswith("http://"):
        reading.say(_("http:// was read as https://."))
        return f"https://{text[7:]}"
    if text and "://" not in text and "." in text:
        return f"https://{text}"
    return text


WEB = Kind(_read_web, _as_text, _text_cell)


def _read_email(cell: Cell, _reading: Reading) -> str:
    text = text_in(cell)
    return text[7:] if text.lower().startswith("mailto:") else text


EMAIL = Kind(_read_email, _as_text, _text_cell)


# ── numbers ─────────────────────────────────────────────────────────────────
def read_number(cell: Cell, reading: Reading) -> Decimal:
    """`12.500,50`, `12,500.50`, `€ 1.250,-`, `1 250`, `175`; a comma alone is a decimal comma, as in the Netherlands."""
    if isinstance(cell, bool | date):
        raise Unreadable(_("This is no number."))
    if isinstance(cell, int | Decimal):
        return Decimal(cell)
    if isinstance(cell, float):
        return Decimal(repr(cell))
    shown = text_in(cell)
    text = _plain_number(MONEY.sub("", shown).strip())
    if not PLAIN.fullmatch(text):
        raise Unreadable(_("“%(text)s” is no number.") % {"text": shown})
    if "." in shown and "," not in shown and "." not in text:
        reading.say(_("“%(text)s” was read as %(number)s.") % {"text": shown, "number": text})
    return Decimal(text)


def _plain_number(text: str) -> str:
    """The number with a point for its decimals and nothing between its thousands."""
    if "," in text and "." in text:
        decimal_mark = max(",", ".", key=text.rfind)
        text = text.replace("." if decimal_mark == "," else ",", "").replace(decimal_mark, ".")
    elif text.count(",") == 1:
        text = text.replace(",", ".")
    elif "," in text:
        text = text.replace(",", "")
    elif GROUPED.fullmatch(text) and not text.lstrip("+-").startswith("0"):
        text = re.sub(r"[^\d+-]", "", text)
    return text.replace(" ", "")


def _read_whole(cell: Cell, reading: Reading) -> int:
    number = read_number(cell, reading)
    if number != number.to_integral_value():
        raise Unreadable(_("Write a whole number; this is %(number)s.") % {"number": number_format(number)})
    if not 0 <= number < 2**31:
        raise Unreadable(_("Write a whole number of 0 or more."))
    return int(number)


def decimal_of(places: int) -> Kind:
    """A number with at most so many decimals; equal numbers are equal however they are written."""

    def read(cell: Cell, reading: Reading) -> Decimal:
        number = read_number(cell, reading)
        if isinstance(cell, float):
            number = number.quantize(Decimal(1).scaleb(-places)) if number.adjusted() < 20 else number
        if number.normalize().as_tuple().exponent < -places:  # type: ignore[operator]  # finite
            message = _("At most %(places)d decimals; this is %(number)s.")
            raise Unreadable(message % {"places": places, "number": number_format(number)})
        return number

    return Kind(read, lambda value, _lookups: "" if value is None else number_format(value), _same)


def _same(value: Any, _lookups: Any) -> Any:
    return value


WHOLE = Kind(
    _read_whole,
    lambda value, _lookups: "" if value is None else number_format(value, force_grouping=True),
    _same,
)


def _read_kvk(cell: Cell, reading: Reading) -> str:
    shown = text_in(cell)
    digits = re.sub(r"(?i)\bkvk\b|[\s.:-]", "", shown)
    if digits.isascii() and digits.isdigit() and len(digits) == 7:
        message = _(
            "%(short)s has seven digits: read as %(whole)s, with the leading zero that spreadsheets drop."
        )
        reading.say(message % {"short": digits, "whole": f"0{digits}"})
        return f"0{digits}"
    return digits


KVK = Kind(_read_kvk, _as_text, _text_cell)


# ── days ────────────────────────────────────────────────────────────────────
def _read_day(cell: Cell, reading: Reading) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_in(cell)
    if text.isascii() and text.isdigit() and int(text) in EXCEL_DAYS and len(text) == 5:
        day = EXCEL_START + timedelta(days=int(text))
        reading.say(_("%(number)s was read as the day %(day)s.") % {"number": text, "day": shown_day(day)})
        return day
    day = _written_day(folded(text), reading)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = _("The year must lie between %(first)d and %(last)d.")
        raise Unreadable(message % {"first": FIRST_YEAR, "last": LAST_YEAR})
    return day


def _written_day(text: str, reading: Reading) -> date:
    message = _("“%(text)s” is no date: write day-month-year, as in 31-12-2026.") % {"text": text}
    try:
        if match := ISO_DAY.fullmatch(text):
            year, month, day = match.groups()
            return date(int(year), int(month), int(day))
        if match := NUMERIC_DAY.fullmatch(text):
            day, month, year = match.groups()
            return date(_whole_year(year, reading), int(month), int(day))
        if (match := WORDED_DAY.fullmatch(text)) and match[2] in MONTHS:
            return date(_whole_year(match[3], reading), MONTHS[match[2]], int(match[1]))
    except ValueError as error:
        raise Unreadable(message) from error
    raise Unreadable(message)


def _whole_year(text: str, reading: Reading) -> int:
    if len(text) == 4:
        return int(text)
    year = int(text) + (1900 if int(text) >= CENTURY else 2000)
    reading.say(_("The year %(short)s was read as %(year)d.") % {"short": text, "year": year})
    return year


def shown_day(value: date | None) -> str:
    return "" if value is None else date_format(value, "j F Y")


DAY = Kind(_read_day, lambda value, _lookups: shown_day(value), _same)


# ── yes and no, lists ───────────────────────────────────────────────────────
def _read_yes_no(cell: Cell, _reading: Reading) -> bool:
    if isinstance(cell, bool):
        return cell
    text = folded(text_in(cell))
    if text in YES:
        return True
    if text in NO:
        return False
    raise Unreadable(_("“%(text)s” is neither yes nor no.") % {"text": text})


def _yes_no(value: Any, _lookups: Any) -> str:
    return "" if value is None else (_("yes") if value else _("no"))


YES_NO = Kind(_read_yes_no, _yes_no, lambda value, lookups: _yes_no(value, lookups) or None)


def words_for(choices: Any) -> Mapping[str, str]:
    """From all that somebody may write for a choice (its code, its label in each language) to its code."""
    words: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, label in choices:
                for text in (
                    str(label),
                    str(label).partition(" (")[0],
                    str(code),
                    str(code).replace("_", " "),
                ):
                    words.setdefault(folded(text), code)
    # A code always means itself, whatever another choice's label says.
    words |= {folded(str(code)): code for code, _label in choices}
    return words


def choice_of(choices: Any) -> Kind:
    """One of a closed list, by its code or by its label in any language."""
    choices = list(choices)
    labels = dict(choices)
    words: dict[str, str] = {}

    def code_in(text: str) -> str:
        if not words:
            words.update(words_for(choices))
        found = words.get(folded(text))
        if found is None:
            known = ", ".join(str(label) for _code, label in choices)
            raise Unreadable(
                _("“%(text)s” is not known. Choose one of: %(known)s.") % {"text": text, "known": known}
            )
        return found

    def read(cell: Cell, _reading: Reading) -> str:
        return code_in(text_in(cell))

    def show(value: Any, _lookups: Any) -> str:
        return str(labels.get(value, "")) if value else ""

    return Kind(read, show, lambda value, lookups: show(value, lookups) or None)


def several(one: Kind) -> Kind:
    """Several values in one cell, separated by semicolons (or commas); their order says nothing."""

    def read(cell: Cell, reading: Reading) -> tuple[Any, ...]:
        text = text_in(cell)
        if reading.current and text == show(reading.current, reading.lookups):
            return tuple(reading.current)
        pieces = [piece for piece in re.split(r"[;\n]", text) if piece.strip()]
        if len(pieces) == 1 and "," in text:
            try:
                return (one.read(text, replace(reading, current=None)),)
            except Unreadable:
                pieces = [piece for piece in text.split(",") if piece.strip()]
        return tuple(
            sorted({one.read(piece.strip(), replace(reading, current=None)) for piece in pieces}, key=str)
        )

    def show(value: Any, lookups: Any) -> str:
        return "; ".join(one.show(part, lookups) for part in value or ())

    return Kind(read, show, lambda value, lookups: show(value, lookups) or None)


def listed(one: Kind) -> Kind:
    """Values in their order, a place each: an empty place is None."""

    def read(cell: Cell, reading: Reading) -> tuple[Any, ...]:
        if not isinstance(cell, str):
            return (one.read(cell, replace(reading, current=None)),)
        text = text_in(cell)
        if reading.current and text == show(reading.current, reading.lookups):
            return tuple(reading.current)
        pieces = text.split(";")
        alone = replace(reading, current=None)
        return tuple(one.read(piece.strip(), alone) if not is_empty(piece) else None for piece in pieces)

    def show(value: Any, lookups: Any) -> str:
        return "; ".join(one.show(part, lookups) or "–" for part in value or ())

    def cell(value: Any, lookups: Any) -> Any:
        if len(value or ()) == 1:
            return one.cell(value[0], lookups)
        return show(value, lookups) or None

    return Kind(read, show, cell)
