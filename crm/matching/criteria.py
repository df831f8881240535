"""The criteria a housing need can name, as plain data: what is compared, in which unit, and what still counts as near.

Free of Django, because the judge is; `choices.py` adds the texts. The figures are the defaults of an administrator's
table, so the judge takes them from its `Rules` and never from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType


class Criterion(StrEnum):
    """What a need may ask of a space; the values are also the names of the vacancy's fields."""

    SPACE_TYPE = "space_type"
    AREA_M2 = "area_m2"
    AVAILABLE_FROM = "available_from"
    RENT_PER_M2_YEAR = "rent_per_m2_year"
    TOTAL_PER_MONTH = "total_per_month"
    MINIMUM_TERM_MONTHS = "minimum_term_months"
    AREA_CODE = "area_code"
    FLOOR_LOAD_KN_M2 = "floor_load_kn_m2"
    CLEAR_HEIGHT_M = "clear_height_m"
    POWER_KVA = "power_kva"
    FUME_HOODS = "fume_hoods"
    PARKING_PLACES = "parking_places"
    LAB_LEVEL = "lab_level"
    CLEANROOM_ISO_CLASS = "cleanroom_iso_class"
    VIBRATION_CLASS = "vibration_class"
    ENVIRONMENTAL_CATEGORY = "environmental_category"
    HAS_GASES = "has_gases"
    HAS_EXTRACTION = "has_extraction"
    HAS_LOADING_DOCK = "has_loading_dock"
    HAS_GOODS_LIFT = "has_goods_lift"
    HAS_247_ACCESS = "has_247_access"
    HAS_COLD_STORAGE = "has_cold_storage"
    HAS_SHARED_FACILITIES = "has_shared_facilities"


class Strictness(StrEnum):
    """A must decides the verdict, a should (with its weight) decides the score."""

    MUST = "must"
    SHOULD = "should"


class Outcome(StrEnum):
    """How one criterion comes out."""

    MEETS = "meets"
    NEAR = "near"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """How a need and a space go together, best first."""

    FITS = "fits"
    ASK = "ask"
    NEAR_MISS = "near_miss"
    NO = "no"


class Comparison(StrEnum):
    """How asked and offered are compared; bounds are inclusive."""

    SAME_TYPE = "same_type"
    SHARED_POINT = "shared_point"
    ON_OR_BEFORE = "on_or_before"
    AT_MOST = "at_most"
    MONTHLY_TOTAL = "monthly_total"
    ONE_OF = "one_of"
    AT_LEAST = "at_least"
    LEVEL = "level"
    PRESENT = "present"


class Unit(StrEnum):
    """The unit of asked, offered and difference."""

    NONE = ""
    M2 = "m2"
    DAYS = "days"
    MONTHS = "months"
    EUR_PER_M2_YEAR = "eur_per_m2_year"
    EUR_PER_MONTH = "eur_per_month"
    KN_PER_M2 = "kn_per_m2"
    METRES = "m"
    KVA = "kva"
    PIECES = "pieces"
    STEPS = "steps"


class Margin(StrEnum):
    """What a tolerance is a number of; a substitute or another counting area needs no number."""

    NONE = "none"
    SHARE = "share"
    MONTHS = "months"
    STEPS = "steps"
    SUBSTITUTE = "substitute"
    COUNTING_AREA = "counting_area"


LAB_LEVELS = ("ML-I", "ML-II", "ML-III")
CLEANROOM_ISO_CLASSES = (9, 8, 7, 6, 5, 4, 3, 2, 1)
VIBRATION_CLASSES = ("VC-A", "VC-B", "VC-C", "VC-D", "VC-E", "VC-F", "VC-G")
ENVIRONMENTAL_CATEGORIES = ("1", "2", "3.1", "3.2", "4.1", "4.2", "5.1", "5.2", "5.3", "6")


@dataclass(frozen=True)
class CriterionDefinition:
    """One line of the criteria table. `levels` run from the least to the most demanding."""

    criterion: Criterion
    comparison: Comparison
    unit: Unit = Unit.NONE
    margin: Margin = Margin.NONE
    tolerance: Decimal = Decimal(0)
    levels: tuple[str | int, ...] = ()


def _quantity(criterion: Criterion, comparison: Comparison, unit: Unit, share: str) -> CriterionDefinition:
    return CriterionDefinition(criterion, comparison, unit, Margin.SHARE, Decimal(share))


def _level(criterion: Criterion, levels: tuple[str | int, ...]) -> CriterionDefinition:
    return CriterionDefinition(criterion, Comparison.LEVEL, Unit.STEPS, Margin.STEPS, Decimal(1), levels)


def _feature(criterion: Criterion) -> CriterionDefinition:
    return CriterionDefinition(criterion, Comparison.PRESENT)


_LINES = (
    CriterionDefinition(Criterion.SPACE_TYPE, Comparison.SAME_TYPE, margin=Margin.SUBSTITUTE),
    _quantity(Criterion.AREA_M2, Comparison.SHARED_POINT, Unit.M2, "0.15"),
    CriterionDefinition(
        Criterion.AVAILABLE_FROM, Comparison.ON_OR_BEFORE, Unit.DAYS, Margin.MONTHS, tolerance=Decimal(3)
    ),
    _quantity(Criterion.RENT_PER_M2_YEAR, Comparison.AT_MOST, Unit.EUR_PER_M2_YEAR, "0.10"),
    _quantity(Criterion.TOTAL_PER_MONTH, Comparison.MONTHLY_TOTAL, Unit.EUR_PER_MONTH, "0.10"),
    CriterionDefinition(
        Criterion.MINIMUM_TERM_MONTHS, Comparison.AT_MOST, Unit.MONTHS, Margin.MONTHS, tolerance=Decimal(12)
    ),
    CriterionDefinition(Criterion.AREA_CODE, Comparison.ONE_OF, margin=Margin.COUNTING_AREA),
    _quantity(Criterion.FLOOR_LOAD_KN_M2, Comparison.AT_LEAST, Unit.KN_PER_M2, "0.10"),
    _quantity(Criterion.CLEAR_HEIGHT_M, Comparison.AT_LEAST, Unit.METRES, "0.10"),
    _quantity(Criterion.POWER_KVA, Comparison.AT_LEAST, Unit.KVA, "0.10"),
    _quantity(Criterion.FUME_HOODS, Comparison.AT_LEAST, Unit.PIECES, "0.10"),
    _quantity(Criterion.PARKING_PLACES, Comparison.AT_LEAST, Unit.PIECES, "0.10"),
    _level(Criterion.LAB_LEVEL, LAB_LEVELS),
    _level(Criterion.CLEANROOM_ISO_CLASS, CLEANROOM_ISO_CLASSES),
    _level(Criterion.VIBRATION_CLASS, VIBRATION_CLASSES),
    _level(Criterion.ENVIRONMENTAL_CATEGORY, ENVIRONMENTAL_CATEGORIES),
    _feature(Criterion.HAS_GASES),
    _feature(Criterion.HAS_EXTRACTION),
    _feature(Criterion.HAS_LOADING_DOCK),
    _feature(Criterion.HAS_GOODS_LIFT),
    _feature(Criterion.HAS_247_ACCESS),
    _feature(Criterion.HAS_COLD_STORAGE),
    _feature(Criterion.HAS_SHARED_FACILITIES),
)

CRITERIA: Mapping[Criterion, CriterionDefinition] = MappingProxyType(
    {line.criterion: line for line in _LINES}
)

DEFAULT_TOLERANCES: Mapping[Criterion, Decimal] = MappingProxyType(
    {line.criterion: line.tolerance for line in _LINES}
)

# Asked type -> types that are near; read in one direction only, and never an office for a laboratory.
DEFAULT_SUBSTITUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "office": ("dry_lab",),
        "dry_lab": ("wet_lab",),
        "workshop": ("production",),
        "production": ("workshop",),
        "storage": ("production", "workshop"),
        "meeting": ("office",),
    }
)

# Lettable (VVO) share of a gross area (BVO): at least and at most.
DEFAULT_LETTABLE_SHARE = (Decimal("0.80"), Decimal("0.85"))
