"""What an offer may state, how each fact is written onto the row, and what the address says about the place."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.common.errors import Fault
from crm.common.validators import normalise_postcode
from crm.estate.models import Area, Building, Unit, Vacancy, VacancyPart

PRICE_FACTS = (
    "rent_per_m2_year",
    "rent_on_request",
    "rent_checked",
    "service_costs_per_m2_year",
    "vat_option",
    "parking_price_per_year",
)
SIZE_FACTS = ("area_m2", "area_kind", "area_certified", "divisible_from_m2")
DATE_FACTS = ("available_from", "available_until", "temporary_until")
ADDRESS_FACTS = ("street", "house_number", "house_number_addition", "postcode", "city", "bag_object_id")
PLACE_FACTS = ("area", "building", "unit")
LINE_FACTS = (
    "reference",
    "title_nl",
    "title_en",
    "street",
    "house_number_addition",
    "postcode",
    "city",
    "bag_object_id",
    "energy_label_exemption",
    "contact_name",
    "contact_email",
    "url",
)
TEXT_FACTS = ("description_nl", "description_en")
CODE_FACTS = (
    "space_type",
    "area_kind",
    "vat_option",
    "delivery_level",
    "energy_label",
    "lab_level",
    "vibration_class",
    "environmental_category",
)
OTHER_FACTS = (
    "minimum_term_months",
    "notice_months",
    "power_kva",
    "contracted_power_kw",
    "floor_load_kn_m2",
    "clear_height_m",
    "fume_hoods",
    "parking_places",
    "cleanroom_iso_class",
    "has_gases",
    "has_extraction",
    "has_loading_dock",
    "has_goods_lift",
    "has_247_access",
    "has_cold_storage",
    "has_shared_facilities",
    "co_brokers",
    "contact_phone",
)
FACTS = tuple(
    dict.fromkeys(
        LINE_FACTS
        + TEXT_FACTS
        + ADDRESS_FACTS
        + PLACE_FACTS
        + CODE_FACTS
        + SIZE_FACTS
        + PRICE_FACTS
        + DATE_FACTS
        + OTHER_FACTS
    )
)
# A broker's change to these goes live at once, also where the office is not trusted; `parts` is one of them.
LIVE_FACTS = frozenset({*PRICE_FACTS, *SIZE_FACTS, *DATE_FACTS, "parts"})
E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
SPACES = re.compile(r"\s+")


def state_facts(vacancy: Vacancy, facts: Mapping[str, Any]) -> list[Fault]:
    """Write the facts onto the row in their normal form (nothing is stored) and return what could not be written."""
    faults = []
    for name, value in facts.items():
        if name == "area_code":
            faults += _state_area_code(vacancy, value)
        elif name not in FACTS:
            faults.append(Fault("unknown_field", _("A vacancy has no field of this name."), name))
        else:
            faults += _state(vacancy, name, value)
    return faults


def _state(vacancy: Vacancy, name: str, value: Any) -> list[Fault]:
    if name in LINE_FACTS and isinstance(value, str):
        value = SPACES.sub(" ", value).strip()
    elif name in TEXT_FACTS and isinstance(value, str):
        value = value.replace("\r\n", "\n").strip()
    elif name == "contact_phone" and isinstance(value, str) and value and not E164.fullmatch(value):
        return [
            Fault("phone", _("Write a phone number internationally, without spaces: +31534890000."), name)
        ]
    if name == "postcode" and value:
        try:
            value = normalise_postcode(value)
        except ValidationError:
            return [Fault("postcode", _("A Dutch postcode looks like 7522 NB."), name)]
    setattr(vacancy, name, _empty(name) if value is None else value)
    return []


def _empty(name: str) -> Any:
    """What stands for "unknown" in this column."""
    field: Any = Vacancy._meta.get_field(name)
    return field.get_default() if field.has_default() else None if field.null else ""


def _state_area_code(vacancy: Vacancy, code: str | None) -> list[Fault]:
    vacancy.area = Area.objects.filter(code=code).first() if code else None
    if code and vacancy.area is None:
        codes = ", ".join(Area.objects.values_list("code", flat=True))
        return [
            Fault(
                "unknown_area",
                _("There is no such area. Choose one of: %(codes)s.") % {"codes": codes},
                "area_code",
            )
        ]
    return []


def make_parts(parts: Iterable[Mapping[str, Any]]) -> list[VacancyPart]:
    """Rows of a mixed space's parts, not stored yet."""
    return [
        VacancyPart(  # type: ignore[misc]  # an area that is missing or unreadable is a fault of its own
            space_type=part.get("space_type") or "",
            area_m2=part.get("area_m2"),
            rent_per_m2_year=part.get("rent_per_m2_year"),
        )
        for part in parts
    ]


def address_of(vacancy: Vacancy) -> tuple[str, ...]:
    """The address as it is written, to see whether a change moves the listing."""
    return tuple(str(getattr(vacancy, name) or "") for name in ADDRESS_FACTS)


def place(vacancy: Vacancy, stated: set[str], *, has_moved: bool) -> list[Fault]:
    """Find the building and the area that the BAG object or the address belong to, where we know them.

    `stated` are the facts of this call: an area that is stated must agree with what is found, one that is not follows it.
    A unit or building that staff linked stays while the address stays.
    """
    vacancy.unit, vacancy.building, area = _find(vacancy, stated, has_moved=has_moved)
    if area is None:
        return []
    name = "area_code" if "area_code" in stated else "area"
    if name in stated and vacancy.area is not None and vacancy.area != area:
        return [
            Fault(
                "area_contradicts",
                _("This address lies in the area %(code)s. Leave the area out, or mend the address.")
                % {"code": area.code},
                name,
            )
        ]
    vacancy.area = area
    return []


def _find(
    vacancy: Vacancy, stated: set[str], *, has_moved: bool
) -> tuple[Unit | None, Building | None, Area | None]:
    if vacancy.unit and ("unit" in stated or not has_moved):
        return vacancy.unit, vacancy.unit.building, vacancy.unit.building.area
    if vacancy.building and ("building" in stated or not has_moved):
        return None, vacancy.building, vacancy.building.area
    if vacancy.bag_object_id:
        unit = (
            Unit.objects.filter(bag_object_id=vacancy.bag_object_id)
            .select_related("building__area")
            .order_by("pk")
            .first()
        )
        if unit:
            return unit, unit.building, unit.building.area
    return None, *_find_by_address(vacancy)


def _find_by_address(vacancy: Vacancy) -> tuple[Building | None, Area | None]:
    if not (vacancy.postcode and vacancy.house_number):
        return None, None
    buildings = list(
        Building.objects.filter(postcode=vacancy.postcode, house_number=vacancy.house_number)
        .select_related("area")
        .order_by("pk")
    )
    addition = vacancy.house_number_addition.casefold()
    exact = [
        building for building in buildings if building.house_number_addition.casefold() == addition
    ] or buildings
    areas = {building.area for building in exact}
    return exact[0] if len(exact) == 1 else None, areas.pop() if len(areas) == 1 else None
