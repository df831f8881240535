"""Numbers, days and moments as Dutch and English readers write them; used on paper and on the screen.

No locale of the machine is read, so that two machines print the same characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from crm.common.months import AMSTERDAM, Month

MINUS = "−"
MONTHS = {
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
SHORT_MONTHS = {
    "nl": ("jan.", "feb.", "mrt.", "apr.", "mei", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
SPELLED = {
    "nl": ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"),
    "en": (
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ),
}  # fmt: skip
SEPARATORS = {"nl": (".", ","), "en": (",", ".")}
AND = {"nl": "en", "en": "and"}


def rounded(value: float | Decimal, decimals: int = 0) -> Decimal:
    """`value` rounded half up, as people do it (2.5 is 3, −2.5 is −3)."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Formats:
    """How one language writes; `language` is `nl` or `en`, a region after it is ignored (`nl-nl`)."""

    language: str

    def __post_init__(self) -> None:
        base = self.language.lower().replace("_", "-").split("-")[0]
        if base not in SEPARATORS:
            raise ValueError(f"no formats for language {self.language!r}: nl and en are known")
        object.__setattr__(self, "language", base)

    def number(self, value: float | Decimal, decimals: int = 0, *, signed: bool = False) -> str:
        """12730 is `12.730` in Dutch and `12,730` in English; `signed` puts a plus before what is above zero."""
        amount = rounded(value, decimals)
        thousands, point = SEPARATORS[self.language]
        digits = f"{abs(amount):,.{decimals}f}".translate({ord(","): thousands, ord("."): point})
        if amount < 0:
            return MINUS + digits
        return f"+{digits}" if signed and amount > 0 else digits

    def percent(self, share: float | Decimal, decimals: int = 0) -> str:
        """A share of one: 0.373 with one decimal is `37,3%`."""
        return self.number(Decimal(str(share)) * 100, decimals) + "%"

    def spelled(self, count: int) -> str:
        """Whole numbers to twelve as a word, larger ones in digits."""
        words = SPELLED[self.language]
        return words[count] if 0 <= count < len(words) else self.number(count)

    def day(self, day: date) -> str:
        """`31 oktober 2026`."""
        return f"{day.day} {MONTHS[self.language][day.month - 1]} {day.year}"

    def day_and_month(self, day: date) -> str:
        """`31 oktober`."""
        return f"{day.day} {MONTHS[self.language][day.month - 1]}"

    def short_day(self, day: date) -> str:
        """`31 okt.`, for narrow columns."""
        return f"{day.day} {SHORT_MONTHS[self.language][day.month - 1]}"

    def short_day_and_year(self, day: date) -> str:
        """`1 jan. 2026`."""
        return f"{self.short_day(day)} {day.year}"

    def month(self, month: Month) -> str:
        """`oktober 2026`."""
        return f"{self.month_name(month)} {month.year}"

    def month_name(self, month: Month) -> str:
        """`oktober`."""
        return MONTHS[self.language][month.month - 1]

    def moment(self, moment: datetime) -> str:
        """An aware moment on Amsterdam's clock: `6 november 2026, 12.00 uur`."""
        local = moment.astimezone(AMSTERDAM)
        clock = f"{local:%H.%M} uur" if self.language == "nl" else f"{local:%H:%M}"
        return f"{self.day(local.date())}, {clock}"

    def listed(self, words: Sequence[str]) -> str:
        """`a, b en c`."""
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {AND[self.language]} {words[-1]}"


def sentence(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]
