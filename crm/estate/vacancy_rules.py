"""The rules of a listing, each a small function over the row as it would be stored; together they name every fault."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from crm.common.errors import Fault
from crm.estate.choices import SpaceType
from crm.estate.models import Vacancy, VacancyPart
from crm.estate.vacancy_columns import field_faults, negative, text_faults
from crm.estate.vacancy_facts import DATE_FACTS, E164

# Outside this range a rent per m² per year is asked about: it may be per month, or for the whole space.
LOWEST_RENT, HIGHEST_RENT = Decimal(20), Decimal(1000)
MOST_CO_BROKERS, MOST_FUME_HOODS = 5, 999
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
# Offices with a label worse than C may not be used as an office since 2023 without a ground for exemption.
LABELS_WORSE_THAN_C = frozenset({"D", "E", "F", "G"})
NOT_NEGATIVE = (
    "rent_per_m2_year",
    "service_costs_per_m2_year",
    "power_kva",
    "contracted_power_kw",
    "floor_load_kn_m2",
    "clear_height_m",
    "fume_hoods",
    "parking_places",
    "minimum_term_months",
    "notice_months",
    "parking_price_per_year",
)
CO_BROKER_FACTS = {"name": 120, "email": 254, "phone": 16}


@dataclass(frozen=True)
class Draft:
    """A listing as it would be stored, with the parts of a mixed space."""

    vacancy: Vacancy
    parts: Sequence[VacancyPart]


@dataclass(frozen=True)
class Rule:
    """A check that is only made where every field it reads could be read."""

    reads: tuple[str, ...]
    check: Callable[[Draft], Iterable[Fault]]


def faults_of(draft: Draft, unread: Iterable[str] = ()) -> list[Fault]:
    """Every fault of the listing at once; fields in `unread` are left out, for they are faulty already."""
    broken = {name.partition(".")[0] for name in unread}
    if "area_code" in broken:
        broken.add("area")
    faults = field_faults(draft.vacancy, draft.parts, broken)
    broken |= {fault.field.partition(".")[0] for fault in faults}
    for rule in RULES:
        if not broken.intersection(rule.reads):
            faults += rule.check(draft)
    return faults


def _title(draft: Draft) -> Iterator[Fault]:
    if not (draft.vacancy.title_nl or draft.vacancy.title_en):
        yield Fault("title_required", _("Give a title, in Dutch or in English."), "title_nl")


def _address(draft: Draft) -> Iterator[Fault]:
    """A house number with a postcode, or with street and city; land has no house number. Or the BAG object."""
    vacancy = draft.vacancy
    lies_somewhere = vacancy.postcode or (vacancy.street and vacancy.city)
    has_number = vacancy.house_number is not None or vacancy.space_type == SpaceType.LAND
    if not (vacancy.bag_object_id or vacancy.building or (lies_somewhere and has_number)):
        yield Fault(
            "address_required",
            _(
                "Give an address (postcode and house number, or street, house number and city) or the BAG object."
            ),
            "street",
        )


def _house_number(draft: Draft) -> Iterator[Fault]:
    if draft.vacancy.house_number == 0:
        yield Fault("min_value", _("A house number is 1 or higher."), "house_number")


def _fume_hoods(draft: Draft) -> Iterator[Fault]:
    if (draft.vacancy.fume_hoods or 0) > MOST_FUME_HOODS:
        yield Fault("max_value", _("At most %(most)d fume hoods.") % {"most": MOST_FUME_HOODS}, "fume_hoods")


def _areas(draft: Draft) -> Iterator[Fault]:
    if draft.vacancy.area_m2 <= 0:
        yield Fault("above_zero", _("An area is above 0 m²."), "area_m2")


def _divisible(draft: Draft) -> Iterator[Fault]:
    smallest = draft.vacancy.divisible_from_m2
    if smallest is None:
        return
    if smallest <= 0:
        yield Fault("above_zero", _("An area is above 0 m²."), "divisible_from_m2")
    elif smallest > draft.vacancy.area_m2:
        yield Fault(
            "divisible_above_area",
            _("The smallest part is larger than the whole space."),
            "divisible_from_m2",
        )


def _sum_of_parts(draft: Draft) -> Iterator[Fault]:
    total = sum((part.area_m2 for part in draft.parts), Decimal(0))
    if draft.parts and total > draft.vacancy.area_m2:
        yield Fault(
            "parts_above_area",
            _("Together the parts have %(total)s m², more than the whole space.") % {"total": total},
            "parts",
        )


def _rent(draft: Draft) -> Iterator[Fault]:
    vacancy = draft.vacancy
    rents = [vacancy.rent_per_m2_year, *(part.rent_per_m2_year for part in draft.parts)]
    in_parts = bool(draft.parts) and all(part.rent_per_m2_year is not None for part in draft.parts)
    if vacancy.rent_on_request and any(rent is not None for rent in rents):
        yield Fault(
            "rent_twice", _("Give a rent, or say that it is on request; not both."), "rent_on_request"
        )
    if not vacancy.rent_on_request and vacancy.rent_per_m2_year is None and not in_parts:
        yield Fault(
            "rent_required",
            _("Give the rent per m² per year, or say that it is on request."),
            "rent_per_m2_year",
        )


def _rent_of_whole(draft: Draft) -> Iterator[Fault]:
    if not draft.vacancy.rent_checked:
        yield from _unusual("rent_per_m2_year", draft.vacancy.rent_per_m2_year)


def _rents_of_parts(draft: Draft) -> Iterator[Fault]:
    if not draft.vacancy.rent_checked:
        for number, part in enumerate(draft.parts):
            yield from _unusual(f"parts.{number}.rent_per_m2_year", part.rent_per_m2_year)


def _unusual(name: str, rent: Decimal | None) -> Iterator[Fault]:
    if rent is not None and rent >= 0 and not LOWEST_RENT <= rent <= HIGHEST_RENT:
        yield Fault(
            "rent_unusual",
            _(
                "€ %(rent)s per m² per year: is that per month, or the rent of the whole space? "
                "Give it per m² per year; where it is right, say that the rent was checked (rentChecked)."
            )
            % {"rent": rent},
            name,
        )


def _not_negative(name: str) -> Rule:
    return Rule((name,), lambda draft: negative(getattr(draft.vacancy, name), name))


def _day(name: str) -> Rule:
    def check(draft: Draft) -> Iterator[Fault]:
        day = getattr(draft.vacancy, name)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            yield Fault("out_of_range", _("A date lies between 2000-01-01 and 2099-12-31."), name)

    return Rule((name,), check)


def _ends_after_start(name: str) -> Rule:
    def check(draft: Draft) -> Iterator[Fault]:
        start, end = draft.vacancy.available_from, getattr(draft.vacancy, name)
        if start is not None and end is not None and end <= start:
            yield Fault("until_before_from", _("This day must lie after the day it is available from."), name)

    return Rule(("available_from", name), check)


def _energy(draft: Draft) -> Iterator[Fault]:
    vacancy = draft.vacancy
    is_office = SpaceType.OFFICE in {vacancy.space_type, *(part.space_type for part in draft.parts)}
    if is_office and vacancy.energy_label in LABELS_WORSE_THAN_C and not vacancy.energy_label_exemption:
        yield Fault(
            "exemption_required",
            _(
                "An office with a label worse than C may not be used as an office; state the ground for exemption."
            ),
            "energy_label_exemption",
        )


def _co_brokers(draft: Draft) -> Iterator[Fault]:
    entries = draft.vacancy.co_brokers
    if not isinstance(entries, list) or len(entries) > MOST_CO_BROKERS:
        yield Fault(
            "too_many", _("A list of at most %(most)d co-brokers.") % {"most": MOST_CO_BROKERS}, "co_brokers"
        )
        return
    for number, entry in enumerate(entries):
        prefix = f"co_brokers.{number}"
        if not _is_co_broker(entry):
            yield Fault(
                "co_broker", _("A co-broker has a name, and may have an e-mail address and a phone."), prefix
            )
            continue
        for name, most in CO_BROKER_FACTS.items():
            yield from text_faults(f"{prefix}.{name}", entry.get(name) or "", most)
        yield from _co_broker_reach(prefix, entry)


def _is_co_broker(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and set(entry) <= set(CO_BROKER_FACTS)
        and all(value is None or isinstance(value, str) for value in entry.values())
        and bool(entry.get("name"))
    )


def _co_broker_reach(prefix: str, entry: dict[str, Any]) -> Iterator[Fault]:
    if entry.get("email"):
        try:
            validate_email(entry["email"])
        except ValidationError:
            yield Fault("invalid", _("This is no e-mail address."), f"{prefix}.email")
    if entry.get("phone") and not E164.fullmatch(entry["phone"]):
        yield Fault(
            "phone",
            _("Write a phone number internationally, without spaces: +31534890000."),
            f"{prefix}.phone",
        )


RULES: tuple[Rule, ...] = (
    Rule(("title_nl", "title_en"), _title),
    Rule(("street", "house_number", "postcode", "city", "bag_object_id", "building"), _address),
    Rule(("house_number",), _house_number),
    Rule(("fume_hoods",), _fume_hoods),
    Rule(("area_m2",), _areas),
    Rule(("area_m2", "divisible_from_m2"), _divisible),
    Rule(("area_m2", "parts"), _sum_of_parts),
    Rule(("rent_per_m2_year", "rent_on_request", "parts"), _rent),
    Rule(("rent_per_m2_year", "rent_checked"), _rent_of_whole),
    Rule(("parts", "rent_checked"), _rents_of_parts),
    *(_not_negative(name) for name in NOT_NEGATIVE),
    *(_day(name) for name in DATE_FACTS),
    *(_ends_after_start(name) for name in ("available_until", "temporary_until")),
    Rule(("space_type", "parts", "energy_label", "energy_label_exemption"), _energy),
    Rule(("co_brokers",), _co_brokers),
)
