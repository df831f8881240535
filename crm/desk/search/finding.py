"""Asks the sources, judges what comes back, and puts the best first."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast

from accounts.models import User
from crm.common.names import folded
from crm.desk.search.expressions import Like, Likeness, Resembles, SearchText, holds, is_whole
from crm.desk.search.hits import Group, Hit, Kind, Reason, Tier
from crm.desk.search.query import Query, literal_tier, read_query, typing_errors
from crm.desk.search.sources import (
    BY_KIND,
    NAMES,
    NOTES,
    NUMBERS,
    PHONES,
    REFERENCES,
    Source,
)

MOST = 60  # rows taken from one source before they are ranked
FEW = 5  # names; with fewer, texts with typing errors are looked for too
LIKE_ENOUGH = "0.4"  # word similarity from which PostgreSQL hands a text over for judging
SNIPPET = 90


def find(*, text: str, user: User, kinds: Collection[Kind], per_kind: int = 6) -> list[Group]:
    """Records of these kinds that fit the text and that this user may read, the best kind and the best record first."""
    query = read_query(text)
    if query.is_empty:
        return []
    best: dict[tuple[Kind, int], Hit] = {}
    for hit in _all_hits(query, user, kinds):
        known = best.get((hit.kind, hit.pk))
        if known is None or hit.rank < known.rank:
            best[hit.kind, hit.pk] = hit
    return _grouped(best.values(), per_kind)


def name_records(*, user: User, records: Iterable[tuple[Kind, int]], kinds: Collection[Kind]) -> list[Hit]:
    """These records by the name this user reads now, in the order given; what is gone or hidden is left out."""
    wanted = [(kind, pk) for kind, pk in records if kind in kinds and kind in BY_KIND]
    found: dict[tuple[Kind, int], Hit] = {}
    for kind in sorted({kind for kind, _pk in wanted}):
        source = BY_KIND[kind]
        keys = [pk for own, pk in wanted if own == kind]
        for row in _rows(source, source.within(user).filter(pk__in=keys)):
            found[kind, row["key"]] = _hit(source, row, (Tier.WHOLE, 0, 0))
    return [found[record] for record in wanted if record in found]


def _all_hits(query: Query, user: User, kinds: Collection[Kind]) -> Iterator[Hit]:
    """Numbers, then names; typing errors where few names were found; then notes."""
    numbers = list(_by_number(query, user, kinds))
    yield from numbers
    sources = [source for source in NAMES if source.kind in kinds]
    names = [hit for source in sources for hit in _literal(source, query, user)]
    yield from names
    if any(hit.reason == Reason.REFERENCE for hit in numbers):
        return  # it names one record: nobody types it to find a word
    if len(names) < FEW and query.allows_typing_errors:
        yield from _near(sources, query, user)
    if NOTES.kind in kinds:
        yield from _literal(NOTES, query, user)


def _by_number(query: Query, user: User, kinds: Collection[Kind]) -> Iterator[Hit]:
    """By reference, KvK number or telephone number, whatever of these the text may be."""
    if query.reference:
        letter, number = query.reference
        yield from _by_key(REFERENCES[letter], number, user, kinds)
    if query.is_kvk:
        for source in NUMBERS:
            yield from _by_digits(source, query.digits, user, kinds, starts=True)
    if query.phone:
        for source in PHONES:
            yield from _by_digits(source, query.phone, user, kinds, starts=False)


def _by_key(source: Source, key: int, user: User, kinds: Collection[Kind]) -> Iterator[Hit]:
    if source.kind in kinds:
        for row in _rows(source, source.within(user).filter(pk=key)):
            yield _hit(source, row, (Tier.NUMBER, 0, 0), Reason.REFERENCE)


def _by_digits(
    source: Source, digits: str, user: User, kinds: Collection[Kind], *, starts: bool
) -> Iterator[Hit]:
    """Numbers that begin with the digits (KvK) or hold them (telephone)."""
    if source.kind not in kinds:
        return
    fact = source.facts[0]
    pattern = f"{digits}%" if starts else f"%{digits}%"
    queryset = source.within(user).filter(Like(Cast(F(fact.path), TextField()), Value(pattern)))
    for row in _rows(source, queryset[:MOST]):
        number = str(row[fact.path])
        is_whole_number = number.endswith(digits) and (not starts or number == digits)
        tier = Tier.NUMBER if is_whole_number else Tier.PREFIX
        yield _hit(source, row, (tier, 0, len(number)), fact.reason, number)


def _literal(source: Source, query: Query, user: User) -> Iterator[Hit]:
    """Rows that hold every word in one fact. Where there are more than are taken, the whole names are asked for too."""
    vendor = connection.vendor
    condition, whole = Q(), Q()
    for fact in source.facts:
        condition |= holds(fact.path, query.words, vendor)
        whole |= is_whole(fact.path, query.phrase, vendor)
    queryset = source.within(user).filter(condition)
    count = 0
    for row in _judged(source, queryset, query):
        yield row
        count += 1
    if count >= MOST and source is not NOTES:
        yield from _judged(source, source.within(user).filter(whole), query)


def _judged(source: Source, queryset: Any, query: Query) -> Iterator[Hit]:
    """The rows that really fit: SQLite hands over more, so it is read on until enough fit."""
    rows = _rows(source, queryset[:MOST] if connection.vendor == "postgresql" else queryset)
    count = 0
    for row in rows:
        hit = _best_fact(source, row, query)
        if hit is not None:
            yield hit
            count += 1
            if count >= MOST:
                return


def _best_fact(source: Source, row: dict[str, Any], query: Query) -> Hit | None:
    best: Hit | None = None
    for place, fact in enumerate(source.facts):
        value = str(row[fact.path] or "")
        tier = literal_tier(query, value) if value else None
        if tier is None:
            continue
        if fact.reason in (Reason.EMAIL, Reason.REFERENCE) and tier == Tier.WHOLE:
            tier = Tier.NUMBER
        if source is NOTES:
            rank = (Tier.PARTS, 0, -row["occurred_on"].toordinal())
        else:
            rank = (tier, place, len(value))
        if best is None or rank < best.rank:
            best = _hit(source, row, rank, fact.reason, value)
    if best is not None and source is NOTES:
        return replace(best, context=snippet(best.found, query.words[0]), found="")
    return best


def _near(sources: list[Source], query: Query, user: User) -> Iterator[Hit]:
    """Names with a few typing errors. PostgreSQL hands over the likeliest by trigrams; SQLite all names there are."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [LIKE_ENOUGH]
                )
        for source in sources:
            for place, fact in enumerate(source.facts):
                if fact.forgives:
                    yield from _near_in(source, place, query, user)


def _near_in(source: Source, place: int, query: Query, user: User) -> Iterator[Hit]:
    fact = source.facts[place]
    queryset = source.within(user)
    if connection.vendor == "postgresql":
        text, phrase = SearchText(F(fact.path)), Value(query.phrase)
        queryset = queryset.filter(Resembles(phrase, text)).order_by(Likeness(phrase, text).desc())[:MOST]
    for row in _rows(source, queryset):
        value = str(row[fact.path] or "")
        errors = typing_errors(query, value) if value else None
        if errors is not None:
            yield _hit(source, row, (Tier.NEAR, errors, len(value)), fact.reason, value)


def _rows(source: Source, queryset: Any) -> Iterator[dict[str, Any]]:
    paths = dict.fromkeys((source.pk, *source.shown, *source.more, *(fact.path for fact in source.facts)))
    rows = queryset.values(*paths)
    # SQLite reads on until enough rows fit; on PostgreSQL all are few, and a cursor on the server is three round trips.
    for row in rows if connection.vendor == "postgresql" else rows.iterator(chunk_size=2000):
        yield {**row, "key": row[source.pk]}


def _hit(
    source: Source,
    row: dict[str, Any],
    rank: tuple[int, int, int],
    reason: Reason = Reason.NAME,
    found: str = "",
) -> Hit:
    title, line = (str(row[path] or "") for path in source.shown)
    if source.kind == Kind.LEAD:
        line = f"L-{row['key']:04d}" + (f" · {line}" if line and line != title else "")
    elif source.kind == Kind.NEED:
        line = f"H-{row['key']:04d}"
    return Hit(
        kind=source.kind,
        pk=row["key"],
        title=title,
        context=line,
        reason=reason,
        found=found,
        on=row.get("occurred_on"),
        lead_id=row.get("lead_id"),
        rank=rank,
    )


def snippet(text: str, word: str) -> str:
    """A line of a note around the first place of a word."""
    flat = " ".join(text.split())
    start = max(0, folded(flat).find(word) - SNIPPET // 3)
    piece = flat[start : start + SNIPPET]
    return ("…" if start else "") + piece + ("…" if start + SNIPPET < len(flat) else "")


def _grouped(hits: Iterable[Hit], per_kind: int) -> list[Group]:
    """By kind, the kind with the best hit first; at most `per_kind` of each."""
    ordered = sorted(hits, key=lambda hit: (hit.kind, hit.rank, hit.title.lower(), hit.pk))
    groups = []
    for kind, own in groupby(ordered, key=lambda hit: hit.kind):
        listed = list(own)
        groups.append(Group(kind, listed[:per_kind], has_more=len(listed) > per_kind))
    order = list(Kind)
    return sorted(groups, key=lambda group: (group.hits[0].rank[0], order.index(group.kind)))
