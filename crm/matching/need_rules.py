"""What must hold of a need, its parts and its criteria; a fault's `field` is its path: `parts[0].area_to_m2`."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.common.errors import Fault, RuleError
from crm.common.validation import field_faults
from crm.matching.case_fields import asked_value
from crm.matching.case_json import shown
from crm.matching.choices import CRITERION_LABELS
from crm.matching.criteria import Criterion
from crm.matching.models import HousingNeed, NeedCriterion, NeedPart, Strictness

WEIGHTS = range(1, 6)
NOT_NEGATIVE = (
    "rent_per_m2_year",
    "total_per_month",
    "fte_now",
    "fte_in_12_months",
    "fte_in_24_months",
    "fte_in_36_months",
)


def need_faults(need: HousingNeed) -> list[Fault]:
    """What is wrong with the need itself; normalises its values."""
    faults = field_faults(need, exclude=("status", "status_reason"))
    wrong = {fault.field for fault in faults}
    if need.organisation is None and need.lead is None:
        message = _("Say which organisation or lead asks for the space.")
        faults.append(Fault("no_company", message, "organisation"))
    for name in NOT_NEGATIVE:
        value = getattr(need, name)
        if name not in wrong and value is not None and value < 0:
            faults.append(Fault("negative", _("%(value)s is below 0") % {"value": value}, name))
    if not wrong & {"from_on", "latest_on"} and _reversed(need.from_on, need.latest_on):
        faults.append(Fault("dates_reversed", _("A need starts before its latest date."), "latest_on"))
    return faults


def part_faults(parts: Sequence[NeedPart]) -> list[Fault]:
    """What is wrong with the kinds of space, each at its place."""
    return [
        Fault(fault.code, fault.message, f"parts[{place}].{fault.field}")
        for place, part in enumerate(parts)
        for fault in _faults_of_part(part)
    ]


def criterion_faults(criteria: Sequence[NeedCriterion], area_codes: Collection[str]) -> list[Fault]:
    """What is wrong with the criteria, each at its place; `area_codes` are the areas there are."""
    faults: list[Fault] = []
    seen: set[str] = set()
    for place, row in enumerate(criteria):
        own = _faults_of_criterion(row, area_codes)
        if row.criterion in seen and row.criterion in list(Criterion):
            own.append(Fault("twice", _("this need asks it twice"), "criterion"))
        seen.add(row.criterion)
        faults += [
            Fault(fault.code, f"{_name_of(row)}: {fault.message}", f"criteria[{place}].{fault.field}")
            for fault in own
        ]
    return faults


def stored_criterion(values: Mapping[str, Any]) -> NeedCriterion:
    """A criterion's row, its `asked` in the form that JSON keeps exactly: decimals as a whole number or as text."""
    return NeedCriterion(**{**values, "asked": _exact(values.get("asked"))})


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else format(value, "f")
    return [_exact(item) for item in value] if isinstance(value, list | tuple) else value


def _faults_of_part(part: NeedPart) -> list[Fault]:
    faults = field_faults(part)
    wrong = {fault.field for fault in faults}
    for name in ("area_from_m2", "area_to_m2"):
        value = getattr(part, name)
        if name not in wrong and value is not None and value <= 0:
            faults.append(Fault("not_above_zero", _("%(value)s is not above 0") % {"value": value}, name))
    if not wrong & {"area_from_m2", "area_to_m2"} and _reversed(part.area_from_m2, part.area_to_m2):
        message = _("The area runs from small to large: from ≤ to.")
        faults.append(Fault("area_reversed", message, "area_to_m2"))
    return faults


def _faults_of_criterion(row: NeedCriterion, area_codes: Collection[str]) -> list[Fault]:
    if row.criterion not in list(Criterion):
        known = ", ".join(Criterion)
        message = _("no such criterion; there are %(known)s") % {"known": known}
        return [Fault("unknown_criterion", message, "criterion")]
    faults = field_faults(row, exclude=("criterion", "asked"))
    wrong = {fault.field for fault in faults}
    if not wrong & {"strictness", "weight"}:
        faults += _weight_faults(row)
    try:
        asked_value(Criterion(row.criterion), row.asked, sorted(area_codes))
    except RuleError as error:
        faults += [Fault(fault.code, fault.message, f"asked{fault.field}") for fault in error.faults]
    return faults


def _weight_faults(row: NeedCriterion) -> list[Fault]:
    if row.strictness == Strictness.MUST and row.weight is not None:
        return [Fault("weight_not_asked", _("a must has no weight"), "weight")]
    if row.strictness == Strictness.SHOULD and row.weight not in WEIGHTS:
        return [Fault("weight_needed", _("a should has a weight of 1 to 5"), "weight")]
    return []


def _name_of(row: NeedCriterion) -> str:
    if row.criterion in list(Criterion):
        return str(CRITERION_LABELS[Criterion(row.criterion)])
    return shown(row.criterion)


def _reversed(low: Any, high: Any) -> bool:
    return low is not None and high is not None and low > high
