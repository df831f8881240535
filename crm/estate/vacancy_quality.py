"""How complete a listing is for those who look for space: a score of 0 to 100, and what would raise it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.estate.choices import SpaceType
from crm.estate.models import Vacancy, VacancyPart

LABS = frozenset({SpaceType.DRY_LAB, SpaceType.WET_LAB, SpaceType.CLEANROOM})
HEAVY = frozenset({SpaceType.WORKSHOP, SpaceType.PRODUCTION, SpaceType.STORAGE})
# Points for a fact that is known; what matching weighs most comes first.
POINTS = {
    "rent_per_m2_year": 5,
    "available_from": 5,
    "postcode": 4,
    "area_id": 3,
    "service_costs_per_m2_year": 3,
    "description_nl": 3,
    "description_en": 2,
    "title_nl": 1,
    "title_en": 1,
    "minimum_term_months": 2,
    "delivery_level": 2,
    "energy_label": 2,
    "power_kva": 2,
    "parking_places": 1,
    "contact_email": 1,
    "contact_phone": 1,
}
POINTS_OF_LABS = {"lab_level": 2, "has_gases": 2, "has_extraction": 2, "vibration_class": 1}
POINTS_OF_HEAVY = {
    "floor_load_kn_m2": 2,
    "clear_height_m": 2,
    "has_loading_dock": 2,
    "environmental_category": 2,
}


@dataclass(frozen=True)
class Quality:
    """The score in points of a hundred, and the facts that are missing, the heaviest first."""

    score: int
    missing: tuple[str, ...]


def quality_of(vacancy: Vacancy, parts: Sequence[VacancyPart] = ()) -> Quality:
    """Completeness alone: it does not change with the day, so a listing's answer changes only when the listing does."""
    points = dict(POINTS)
    if vacancy.space_type in LABS:
        points |= POINTS_OF_LABS
    if vacancy.space_type in HEAVY:
        points |= POINTS_OF_HEAVY
    missing = [name for name in points if getattr(vacancy, name) in (None, "")]
    if "rent_per_m2_year" in missing and parts and all(part.rent_per_m2_year is not None for part in parts):
        missing.remove("rent_per_m2_year")
    lost = sum(points[name] for name in missing)
    total = sum(points.values())
    return Quality(
        score=(100 * (total - lost)) // total,
        missing=tuple(sorted(missing, key=lambda name: -points[name])),
    )
