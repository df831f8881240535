"""Small marks of the desk: icons, shapes, days in words, amounts. Words come before colour, and shapes before words."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.common.months import amsterdam_day

register = template.Library()

WEEK = 7


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A line icon of the sprite; it says nothing to a screen reader, so a word must stand beside it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {size}" if size else "",
        static("backoffice/icons.svg"),
        name,
    )


@register.simple_tag
def shape(name: str, tone: str = "") -> SafeString:
    """A status mark: triangle late, diamond look at this, ring waiting, disc good."""
    return format_html(
        '<svg class="shape{}" aria-hidden="true"><use href="{}#s-{}"/></svg>',
        f" {tone}" if tone else "",
        static("backoffice/icons.svg"),
        name,
    )


def badge(text: Any, name: str, tone: str = "") -> SafeString:
    """A shape with its word."""
    return format_html('<span class="badge {}">{}{}</span>', tone, shape(name), text)


register.simple_tag(badge, name="badge")


@register.simple_tag
def undo_token(message: Any) -> str:
    """What takes back the deed that a message tells of; empty where it cannot be taken back (see `undo`)."""
    kind, _space, token = str(getattr(message, "extra_tags", "") or "").partition(" ")
    return token if kind == "undo" else ""


@register.simple_tag
def steps(done: int) -> SafeString:
    """Seven marks, `done` of them filled: how far a lead got."""
    return format_html(
        '<svg class="steps" aria-hidden="true"><use href="{}#steps-{}"/></svg>',
        static("backoffice/icons.svg"),
        max(1, min(done, 7)),
    )


def day_in_words(day: date, today: date) -> str:
    """Today, yesterday, tomorrow, the weekday within a week, else `2 Nov`, with the year where it is another."""
    distance = (day - today).days
    near = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}
    if distance in near:
        return near[distance]
    if abs(distance) < WEEK:
        return format_date(day, "l").lower() if (get_language() or "nl") == "nl" else format_date(day, "l")
    short = f"{day.day} {format_date(day, 'M').lower().rstrip('.') if (get_language() or 'nl') == 'nl' else format_date(day, 'M')}"
    return short if day.year == today.year else f"{short} {day.year}"


@register.simple_tag
def day(value: date | datetime | None, empty: str = "–") -> SafeString | str:
    """A day in words with the exact date on hover and for machines."""
    if value is None:
        return empty
    today = amsterdam_day(timezone.now())
    exact = amsterdam_day(value) if isinstance(value, datetime) else value
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        exact.isoformat(),
        format_date(exact, "l j F Y"),
        day_in_words(exact, today),
    )


@register.simple_tag
def moment(value: datetime | None, empty: str = "–") -> SafeString | str:
    """A moment: the day in words and the time of day in Amsterdam."""
    if value is None:
        return empty
    local = timezone.localtime(value)
    clock = f"{local:%H.%M}" if (get_language() or "nl") == "nl" else f"{local:%H:%M}"
    return format_html(
        '<time datetime="{}" title="{}">{} {}</time>',
        value.isoformat(timespec="seconds"),
        f"{format_date(local, 'l j F Y')}, {clock}",
        day_in_words(local.date(), amsterdam_day(timezone.now())),
        clock,
    )


def month_in_words(first_day: date) -> str:
    """`Oktober 2026` at the head of a line."""
    words = format_date(first_day, "F Y")
    return words[0].upper() + words[1:]


def grouped(value: int | float | Decimal, places: int = 0) -> str:
    """A number with the language's separators: 9.460 in Dutch, 9,460 in English."""
    text = f"{value:,.{places}f}"
    if (get_language() or "nl") == "nl":
        text = text.replace(",", "\0").replace(".", ",").replace("\0", ".")
    return text.replace("-", "−")


@register.filter
def number(value: Any) -> str:
    """A whole number (or one with the decimals it has) in the language's way; a dash for nothing."""
    if value is None or value == "":
        return "–"
    whole = Decimal(str(value))
    places = 0 if whole == whole.to_integral_value() else 2
    return grouped(whole, places)


@register.filter
def square_metres(value: Any) -> str:
    return "–" if value is None or value == "" else f"{number(value)} m²"


@register.filter
def rent(value: Any) -> str:
    """Rent per m² and year: `€ 175 /m²/jr`."""
    if value is None or value == "":
        return "–"
    return _("€ %(amount)s /m²/yr") % {"amount": number(value)}


BOOLEAN = re.compile(r'<img src="[^"]*icon-(?:yes|no|unknown)[^"]*\.svg" alt="(True|False|None)">')


@register.filter
def yes_or_no(html: Any) -> SafeString:
    """Django's coloured pictures for true and false as words."""
    words = {"True": _("Yes"), "False": _("No"), "None": _("Unknown")}
    plain = BOOLEAN.sub(lambda found: words[found[1]], conditional_escape(html))
    return mark_safe(plain)  # noqa: S308 escaped above; the words are ours


@register.simple_tag
def avatar(user: Any) -> SafeString | str:
    """Somebody's initials in a ring, the name on hover and for screen readers."""
    if user is None:
        return "–"
    return format_html('<abbr class="avatar" title="{}">{}</abbr>', user.full_name, user.initials)
