"""Somebody's calendar as an iCalendar file (RFC 5545), for calendar programs that fetch it every so often.

Tasks are events as well: most calendar programs pass over VTODO. What has no hour is an all-day event that leaves the
day free. The same entries give the same bytes, so that a program that asks again learns that nothing changed.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from crm.common.months import AMSTERDAM
from crm.desk.agenda import Entry
from crm.messages.services import MAIL_DOMAIN

TZID = "Europe/Amsterdam"
REFRESH = timedelta(minutes=30)
ROWS_OF_A_TITLE = str.maketrans({"\r": " ", "\n": " ", "\t": " ", "\x85": " ", "\u2028": " ", "\u2029": " "})


def calendar_file(entries: Iterable[Entry], language: str) -> bytes:
    """The file in the reader's language, which the caller activated."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Kennispark Twente//CRM//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", _("Kennispark: my tasks and visits"))
    calendar.add("x-wr-timezone", TZID)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    calendar.add_component(_timezone())
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _timezone() -> Timezone:
    """Amsterdam by the rule that holds since 1996, without end: a list of years would run out."""
    zone = Timezone()
    zone.add("tzid", TZID)
    for part, month, hour, offsets, name in (
        (TimezoneDaylight(), 3, 2, (1, 2), "CEST"),
        (TimezoneStandard(), 10, 3, (2, 1), "CET"),
    ):
        before, after = offsets
        first = datetime(1996, month, 31 if month == 3 else 27, hour)  # noqa: DTZ001 the zone's own definition
        part.add("dtstart", first)
        part.add("rrule", vRecur({"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"}))
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("tzname", name)
        zone.add_component(part)
    return zone


def _event(entry: Entry) -> Event:
    task = entry.task
    event = Event()
    event.add("uid", f"task-{task.pk}@{MAIL_DOMAIN}")
    # Without a METHOD it is the moment of the last change, the same each time the file is fetched.
    event.add("dtstamp", task.changed_at.astimezone(UTC))
    event.add("created", task.created_at.astimezone(UTC))
    event.add("last-modified", task.changed_at.astimezone(UTC))
    event.add("sequence", task.version - 1)
    event.add("summary", summary(entry))
    if entry.starts and entry.ends:
        event.add("dtstart", entry.starts.astimezone(AMSTERDAM))
        event.add("dtend", entry.ends.astimezone(AMSTERDAM))
    else:
        event.add("dtstart", task.due_on)
        event.add("dtend", task.due_on + timedelta(days=1))
    event.add("transp", "OPAQUE" if entry.starts else "TRANSPARENT")
    event.add("class", "PRIVATE")
    event.add("status", "CONFIRMED")
    event.add("categories", [str(task.get_kind_display())])
    url = settings.CRM_PUBLIC_URL.rstrip("/") + reverse("admin:acquisition_task_change", args=[task.pk])
    event.add("url", url)
    event.add("description", url)
    return event


def summary(entry: Entry) -> str:
    """`Bel terug · Hamerlo Sensing`; what is done has a tick."""
    parts = [part for part in (entry.title, entry.about) if part]
    text = " · ".join(parts).translate(ROWS_OF_A_TITLE)
    return f"✓ {text}" if entry.is_done else text
