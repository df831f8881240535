"""What the judge weighs, typed: a need, a space, and the administrator's rules. Plain values, free of Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from crm.matching.criteria import (
    DEFAULT_LETTABLE_SHARE,
    DEFAULT_SUBSTITUTES,
    DEFAULT_TOLERANCES,
    Criterion,
    Strictness,
)


@dataclass(frozen=True)
class Span:
    """A closed range; None is an open end."""

    low: Decimal | None
    high: Decimal | None


Value = str | int | bool | date | Decimal | Span | tuple[str, ...] | None


@dataclass(frozen=True)
class Wish:
    """One criterion of a need: what is asked, and whether it is a must or a should with a weight of 1 to 5."""

    criterion: Criterion
    strictness: Strictness
    asked: Value
    weight: int = 1


@dataclass(frozen=True)
class NeedFacts:
    """A need as the judge sees it; each criterion at most once, in the order in which it was asked."""

    reference: str
    criteria: tuple[Wish, ...]


@dataclass(frozen=True)
class PartFacts:
    """A part of a mixed space. Without a rent of its own the rent of the whole holds for its m²."""

    space_type: str
    area_m2: Decimal | None = None
    rent_per_m2_year: Decimal | None = None


@dataclass(frozen=True)
class VacancyFacts:
    """A space as the judge sees it; None is unknown, which is neither yes nor no.

    Without `divisible_from_m2` the space is let as a whole. The rent and the service costs are EUR a year, excluding
    VAT, per m² of the area's own kind.
    """

    reference: str
    space_type: str | None = None
    parts: tuple[PartFacts, ...] = ()
    area_m2: Decimal | None = None
    area_kind: str | None = None
    divisible_from_m2: Decimal | None = None
    rent_per_m2_year: Decimal | None = None
    service_costs_per_m2_year: Decimal | None = None
    available_from: date | None = None
    minimum_term_months: int | None = None
    area_code: str | None = None
    floor_load_kn_m2: Decimal | None = None
    clear_height_m: Decimal | None = None
    power_kva: Decimal | None = None
    fume_hoods: int | None = None
    parking_places: int | None = None
    lab_level: str | None = None
    cleanroom_iso_class: int | None = None
    vibration_class: str | None = None
    environmental_category: str | None = None
    has_gases: bool | None = None
    has_extraction: bool | None = None
    has_loading_dock: bool | None = None
    has_goods_lift: bool | None = None
    has_247_access: bool | None = None
    has_cold_storage: bool | None = None
    has_shared_facilities: bool | None = None


@dataclass(frozen=True)
class Rules:
    """The administrator's data as it stands on the day: what is near, and which areas count.

    `lettable_shares` holds, per space type, the least and the greatest VVO in a m² of BVO; types that are absent take
    `lettable_share`.
    """

    counting_areas: frozenset[str]
    tolerances: Mapping[Criterion, Decimal] = field(default_factory=lambda: DEFAULT_TOLERANCES)
    substitutes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: DEFAULT_SUBSTITUTES)
    lettable_share: tuple[Decimal, Decimal] = DEFAULT_LETTABLE_SHARE
    lettable_shares: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
