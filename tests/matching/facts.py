"""Needs and spaces as plain values, built around the known answers of the matching rules."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from crm.matching.criteria import Criterion, Strictness
from crm.matching.facts import NeedFacts, Rules, Span, VacancyFacts, Wish

ON = date(2027, 2, 1)
RULES = Rules(counting_areas=frozenset({"ut_campus", "bs_park", "twente_village"}))


def must(criterion: str, asked: Any) -> Wish:
    return Wish(Criterion(criterion), Strictness.MUST, asked)


def should(criterion: str, asked: Any, weight: int = 1) -> Wish:
    return Wish(Criterion(criterion), Strictness.SHOULD, asked, weight)


def need(*wishes: Wish, reference: str = "N1") -> NeedFacts:
    return NeedFacts(reference, wishes)


def span(low: str | int | None, high: str | int | None) -> Span:
    return Span(None if low is None else Decimal(low), None if high is None else Decimal(high))


def space(reference: str = "V1", **facts: Any) -> VacancyFacts:
    """A space about which only the given facts are known; numbers may be given as int or text."""
    exact = {name: Decimal(value) if name in DECIMALS else value for name, value in facts.items()}
    return VacancyFacts(reference, **exact)


DECIMALS = frozenset(
    {
        "area_m2",
        "divisible_from_m2",
        "rent_per_m2_year",
        "service_costs_per_m2_year",
        "floor_load_kn_m2",
        "clear_height_m",
        "power_kva",
    }
)

NEED = need(
    must("space_type", "dry_lab"),
    must("area_m2", span(200, 260)),
    must("available_from", date(2027, 6, 1)),
    must("power_kva", Decimal(60)),
    should("rent_per_m2_year", Decimal(180), 3),
    should("area_code", ("ut_campus",), 1),
    should("has_247_access", True, 2),
)

V1 = space(
    space_type="dry_lab",
    area_m2=240,
    area_kind="vvo",
    available_from=date(2027, 4, 1),
    power_kva=80,
    rent_per_m2_year=175,
    area_code="ut_campus",
    has_247_access=True,
)


def as_v1(reference: str, **facts: Any) -> VacancyFacts:
    exact = {
        name: Decimal(value) if name in DECIMALS and value is not None else value
        for name, value in facts.items()
    }
    return replace(V1, reference=reference, **exact)
