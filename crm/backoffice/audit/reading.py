"""A page of the audit view: the latest rows of every log that this person may read, merged by their moments.

Paged by key: each log is asked for the few rows that come after the last one shown, by the index on its moment, so that
a page costs the same at a thousand rows and at a million.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from crm.acquisition.choices import Confidentiality
from crm.acquisition.models import Lead
from crm.backoffice.audit.sources import SOURCES, Source
from crm.backoffice.audit.words import LONGEST
from crm.backoffice.lead_edits import edit_lines
from crm.common.errors import RuleError
from crm.common.moments import parse_moment
from crm.common.months import AMSTERDAM
from crm.desk.models import Snooze

REFERENCE = re.compile(r"L-?0*([0-9]{1,15})", re.IGNORECASE)
MOST_FOUND = 200
SIGNATURE = re.compile(r"([^~]{10,40})~([0-9]{1,3})~([0-9]{1,18})")


@dataclass(frozen=True)
class Asked:
    """What the view is narrowed to."""

    kind: str = ""
    person: int | None = None
    subject: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Cursor:
    """The last row shown: its moment, its log's place among the logs, and its number."""

    at: datetime
    place: int
    pk: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat().replace('+00:00', 'Z')}~{self.place}~{self.pk}"


def read_cursor(text: str) -> Cursor | None:
    """The cursor of a link; None for what is none: then the page begins at the latest."""
    match = SIGNATURE.fullmatch(text)
    if match is None:
        return None
    moment, place, pk = match.groups()
    try:
        return Cursor(parse_moment(moment), int(place), int(pk))
    except RuleError:
        return None


@dataclass(frozen=True)
class Entry:
    """One row as this person may read it; `is_hidden` where the lead's name, and all that was typed, is not shown."""

    source: Source
    pk: int
    at: datetime
    by: str
    subject: str
    url: str
    what: str
    typed: str
    lead: int | None = None
    is_strict: bool = False
    is_hidden: bool = False


def sources_for(user: User, kind: str = "") -> list[tuple[int, Source]]:
    """The logs that this person may read, each with its place."""
    return [
        (place, source)
        for place, source in enumerate(SOURCES)
        if user.has_perm(source.permission) and kind in ("", source.kind)
    ]


def page(user: User, asked: Asked, cursor: Cursor | None, size: int) -> tuple[list[Entry], Cursor | None]:
    """`size` entries after the cursor, and the cursor of the next page, None at the end."""
    found: list[tuple[datetime, int, int, Source, Any]] = []
    leads = _leads_meant(user, asked.subject) if asked.subject else []
    for place, source in sources_for(user, asked.kind):
        rows = _rows(source, user, asked, leads)
        if rows is None:
            continue
        if cursor is not None:
            rows = rows.filter(_after(cursor, place, source.at))
        found.extend((getattr(row, source.at), place, row.pk, source, row) for row in rows[: size + 1])
    found.sort(key=lambda one: (one[1], -one[2]))
    found.sort(key=lambda one: one[0], reverse=True)
    entries = drawn(user, [(source, row) for _at, _place, _pk, source, row in found[:size]])
    if len(found) <= size:
        return entries, None
    last = found[size - 1]
    return entries, Cursor(last[0], last[1], last[2])


def all_entries(user: User, asked: Asked, most: int, at_once: int = 1000) -> Iterator[Entry]:
    """Every entry that is asked for, at most one more than `most`."""
    cursor, count = None, 0
    while count <= most:
        entries, cursor = page(user, asked, cursor, at_once)
        count += len(entries)
        yield from entries
        if cursor is None:
            return


def one_entry(user: User, source: Source, pk: int, *, is_opened: bool = False) -> Entry | None:
    """One row; `is_opened` where it was logged just now that this person looks at what is hidden."""
    rows = source.model._default_manager.filter(source.only, pk=pk).select_related(source.by, *source.related)
    row = rows.first()
    return drawn(user, [(source, row)], is_opened=is_opened)[0] if row is not None else None


def _begin(day: date) -> datetime:
    """When a day begins in Amsterdam."""
    return datetime.combine(day, time.min, AMSTERDAM)


def _after(cursor: Cursor, place: int, at: str) -> Q:
    earlier = Q(**{f"{at}__lt": cursor.at})
    if place < cursor.place:
        return earlier
    same = Q(**{at: cursor.at})
    return earlier | (same if place > cursor.place else same & Q(pk__lt=cursor.pk))


def _leads_meant(user: User, text: str) -> list[int]:
    """Leads by their reference, or by the name that this person may read; a hidden name answers nothing."""
    match = REFERENCE.fullmatch(text)
    if match is not None:
        return [int(match.group(1))]
    leads = Lead.objects.named_for(user)
    return list(
        leads.filter(display_name__icontains=text).order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND]
    )


def _rows(source: Source, user: User, asked: Asked, leads: list[int]) -> Any | None:
    """The log's rows that are asked for, the latest first; None where none can be."""
    rows = source.model._default_manager.filter(source.only)
    if asked.person is not None:
        rows = rows.filter(**{f"{source.by}_id": asked.person})
    if asked.since is not None:
        rows = rows.filter(**{f"{source.at}__gte": _begin(asked.since)})
    if asked.until is not None:
        rows = rows.filter(**{f"{source.at}__lt": _begin(asked.until + timedelta(days=1))})
    if asked.subject:
        meant = Q()
        if source.lead and leads:
            meant |= Q(**{f"{source.lead.removesuffix('_id')}__in": leads})
        if source.found_by is not None:
            meant |= _found(source, user, asked.subject)
        if not meant:
            return None
        rows = rows.filter(meant)
    return rows.select_related(source.by, *source.related).order_by(f"-{source.at}", "-pk")


def _found(source: Source, user: User, text: str) -> Q:
    path, model, columns = source.found_by or ("", None, ())
    words = Q()
    for column in columns:
        words |= Q(**{f"{column}__icontains": text})
    keys = list(
        model._default_manager.filter(words).order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND]
    )
    found = Q(**{f"{path}__in": keys})
    if not source.lead:
        return found
    # Behind a hidden lead the organisation's name would answer what the lead's own name may not.
    lead = source.lead.removesuffix("_id")
    readable = Lead.objects.with_readable_name(user).filter(pk=OuterRef(lead), is_name_readable=True)
    return found & (Q(**{f"{lead}__isnull": True}) | Q(Exists(readable)))


def drawn(user: User, rows: list[tuple[Source, Any]], *, is_opened: bool = False) -> list[Entry]:
    """Rows as entries; the leads of all of them are looked up together."""
    keys = {row_lead(source, row) for source, row in rows} - {None}
    leads = {lead.pk: lead for lead in Lead.objects.named_for(user).filter(pk__in=keys)} if keys else {}
    edits = [row for source, row in rows if source.code == "fact"]
    lines = {edit.pk: line for edit, line in zip(edits, edit_lines(edits), strict=True)}
    entries = []
    for source, row in rows:
        typed = source.typed(row)
        if source.code == "fact":
            line = lines[row.pk]
            typed = f"{line.label}: {line.old[:LONGEST]} → {line.new[:LONGEST]}"
        lead = leads.get(row_lead(source, row))
        if lead is not None and is_opened:
            lead.is_name_readable = True
        entries.append(_entry(source, row, typed, lead))
    return entries


def row_lead(source: Source, row: Any) -> int | None:
    """The lead that the row is about, as its key."""
    if source.code == "form":
        _title, where = source.subject(row)
        kind, _colon, key = where.partition(":")
        return int(key) if kind == "acquisition.lead" and key.isdecimal() else None
    if source.model is Snooze and row.lead_id is None:
        behind = row.need or row.count_event
        return behind.lead_id if behind is not None else None
    value = row
    for step in source.lead.split("__") if source.lead else ():
        value = getattr(value, step) if value is not None else None
    return None if value is row else value


def _entry(source: Source, row: Any, typed: str, lead: Any) -> Entry:
    subject, where = source.subject(row)
    entry = Entry(
        source=source,
        pk=row.pk,
        at=getattr(row, source.at),
        by=str(getattr(row, source.by)),
        subject=subject,
        url=url_of(where),
        what=source.what(row),
        typed=typed,
    )
    if lead is None:
        return entry
    is_readable = bool(lead.is_name_readable)
    title = f"{lead.reference} {lead.display_name}"
    return replace(
        entry,
        subject=f"{title} · {subject}" if subject and is_readable and source.code != "form" else title,
        url=url_of(f"acquisition.lead:{lead.pk}"),
        typed=entry.typed if is_readable else "",
        lead=lead.pk,
        is_strict=lead.confidentiality == Confidentiality.STRICT,
        is_hidden=not is_readable,
    )


def url_of(where: str) -> str:
    """The page of `app.model:pk`; nothing where that kind of record has no page of its own."""
    kind, _colon, key = where.partition(":")
    if not key:
        return ""
    if kind == "norm":
        return reverse("admin:norm", args=[key])
    try:
        return reverse(f"admin:{kind.replace('.', '_')}_change", args=[key])
    except NoReverseMatch:
        return ""
