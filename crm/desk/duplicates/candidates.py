"""Likely duplicates from the database: a fixed number of queries, and pairs only within blocks that share a key."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from crm.acquisition.models import Lead
from crm.contacts.models import KvkNumber, Organisation, Person
from crm.desk.duplicates.scoring import Likeness, Traits, block_keys, domain_of, likeness
from crm.desk.merging.models import NotTheSame

ORGANISATION, PERSON = "organisation", "person"
# A block of more says nothing: half the park has an address in one building's domain.
LARGEST_BLOCK = 40
MOST_LOOKED_AT = 200


@dataclass(frozen=True)
class Known:
    """A record as far as it is compared."""

    pk: int
    traits: Traits


@dataclass(frozen=True)
class LikelyPair:
    first: Known
    second: Known
    likeness: Likeness


def readable(kind: str, user: User) -> QuerySet[Any]:
    """The standing records that this user may be told about: never who stands behind a lead whose name is hidden."""
    if kind == PERSON:
        return Person.objects.standing().filter(erased_at__isnull=True)
    return Organisation.objects.standing().exclude(pk__in=hidden_organisations(user))


def hidden_organisations(user: User) -> QuerySet[Any]:
    """Who stands behind a lead whose name this user may not read."""
    hidden = Lead.objects.with_readable_name(user).filter(
        is_name_readable=False, identity__organisation__isnull=False
    )
    return hidden.values("identity__organisation")


def known(kind: str, rows: QuerySet[Any]) -> list[Known]:
    """The rows' traits in one query."""
    if kind == PERSON:
        people = rows.order_by("pk").values_list("pk", "full_name", "email", "phone")
        return [
            Known(pk, Traits(name=name, email=email.lower(), phone=str(phone or "")))
            for pk, name, email, phone in people
        ]
    present = KvkNumber.objects.filter(organisation=OuterRef("pk"), valid_until__isnull=True)
    organisations = (
        rows.order_by("pk")
        .annotate(kvk=Subquery(present.values("number")[:1]))
        .values_list("pk", "name", "website", "email", "phone", "kvk")
    )
    return [
        Known(pk, Traits(name, domain_of(website, email), "", str(phone or ""), kvk or ""))
        for pk, name, website, email, phone, kvk in organisations
    ]


def likely_pairs(kind: str, user: User) -> list[LikelyPair]:
    """All likely pairs that nobody told apart, the likeliest first."""
    records = {record.pk: record for record in known(kind, readable(kind, user))}
    told_apart = set(NotTheSame.objects.values_list(f"first_{kind}", f"second_{kind}"))
    found = []
    for first, second in _pairs_of_blocks(records.values()) - told_apart:
        alike = likeness(records[first].traits, records[second].traits)
        if alike.is_likely:
            found.append(LikelyPair(records[first], records[second], alike))
    return sorted(found, key=lambda pair: (-pair.likeness.score, pair.first.pk, pair.second.pk))


def _pairs_of_blocks(records: Iterable[Known]) -> set[tuple[int, int]]:
    blocks: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for record in records:
        for key in block_keys(record.traits):
            blocks[key].append(record.pk)
    return {
        pair
        for members in blocks.values()
        if 1 < len(members) <= LARGEST_BLOCK
        for pair in combinations(sorted(members), 2)
    }


def alike_to(
    kind: str, typed: Traits, user: User, *, except_pk: int | None = None, most: int = 3
) -> list[tuple[Known, Likeness]]:
    """The standing records that look like what was typed, the likeliest first."""
    rows = readable(kind, user).exclude(pk=except_pk) if except_pk else readable(kind, user)
    close = _close(kind, typed)
    if close is None:
        return []
    wanted = rows.filter(pk__in=rows.filter(close).order_by("pk").values("pk")[:MOST_LOOKED_AT])
    scored = [(record, likeness(typed, record.traits)) for record in known(kind, wanted)]
    likely = [(record, alike) for record, alike in scored if alike.is_likely]
    return sorted(likely, key=lambda pair: (-pair[1].score, pair[0].pk))[:most]


def traits_of(row: Organisation | Person) -> Traits:
    """A record's traits, as those of the others are read."""
    return known(_kind(row), type(row)._default_manager.filter(pk=row.pk))[0].traits


def _kind(row: Organisation | Person) -> str:
    return PERSON if isinstance(row, Person) else ORGANISATION


def _close(kind: str, typed: Traits) -> Q | None:
    """Which rows the database hands over for a closer look; pieces of the name, since any letter may have an accent."""
    name = "full_name" if kind == PERSON else "name"
    pieces = {text for text in (typed.name.strip()[:4], _longest(typed.compared_name)[:4]) if len(text) >= 2}
    pieces |= {text for text in (_longest(typed.compared_name)[-4:],) if len(text) >= 3}
    conditions = [Q(**{f"{name}__icontains": piece}) for piece in sorted(pieces)]
    if typed.kvk and kind == ORGANISATION:
        conditions.append(Q(kvk_numbers__number=typed.kvk, kvk_numbers__valid_until__isnull=True))
    if typed.domain and kind == ORGANISATION:
        conditions += [Q(website__icontains=typed.domain), Q(email__iendswith=f"@{typed.domain}")]
    if typed.phone:
        conditions.append(Q(phone=typed.phone))
    if typed.email and kind == PERSON:
        conditions.append(Q(email__iexact=typed.email))
    close = None
    for condition in conditions:
        close = condition if close is None else close | condition
    return close


def _longest(text: str) -> str:
    return max(text.split(), key=len, default="")
