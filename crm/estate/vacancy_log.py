"""What changed in a listing, field by field, in a form that JSON holds."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from crm.estate.models import Vacancy, VacancyPart
from crm.estate.vacancy_facts import FACTS, PLACE_FACTS


def snapshot(vacancy: Vacancy, parts: Sequence[VacancyPart]) -> dict[str, Any]:
    """Every fact of the listing as the log writes it: equal content gives equal snapshots."""
    facts = {name: _plain(vacancy, name) for name in FACTS if name not in PLACE_FACTS}
    facts["area"] = vacancy.area.code if vacancy.area else None
    facts["building"] = vacancy.building_id
    facts["unit"] = vacancy.unit_id
    facts["parts"] = [
        {
            "space_type": part.space_type,
            "area_m2": f"{part.area_m2:.2f}",
            "rent_per_m2_year": None if part.rent_per_m2_year is None else f"{part.rent_per_m2_year:.2f}",
        }
        for part in parts
    ]
    return facts


def _plain(vacancy: Vacancy, name: str) -> Any:
    value = getattr(vacancy, name)
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date):
        return value.isoformat()
    if name == "contact_phone":
        return value.as_e164
    return value


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The facts that are not the same before and after, each with both values."""
    return {name: (before[name], after[name]) for name in after if before[name] != after[name]}
