"""Readers of the values in a case: each takes a JSON value and returns it typed, or raises `RuleError`.

A fault's `field` is the path within the value (`[0]`, or empty for the value itself); whoever reads the value puts its
own path before it.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.common.errors import Fault, RuleError, refuse
from crm.common.validators import (
    validate_bag_object,
    validate_plain_text,
    validate_postcode,
    validate_reference,
)
from crm.estate.choices import (
    AreaKind,
    DeliveryLevel,
    EnergyLabel,
    SpaceType,
    VacancyStatus,
    VatOption,
)
from crm.matching.case_json import NoNumber, shown
from crm.matching.criteria import (
    CRITERIA,
    ENVIRONMENTAL_CATEGORIES,
    LAB_LEVELS,
    VIBRATION_CLASSES,
    Comparison,
    Criterion,
    Unit,
)
from crm.matching.facts import Span, Value

Reader = Callable[[Any], Any]

LARGEST = Decimal(10) ** 12
MOST_DECIMALS = 12
NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_TERM = 300
CLEANEST, DIRTIEST = 1, 9
SPAN_ENDS = 2


def wrong(code: str, message: str, **values: Any) -> RuleError:
    """A fault about the value that is being read."""
    return RuleError(Fault(code, message % values if values else message))


def number(raw: Any) -> Decimal:
    """A JSON number, or a text that holds one."""
    written = NUMBER.fullmatch(raw) if isinstance(raw, str) else isinstance(raw, int | Decimal)
    if isinstance(raw, bool) or not written:
        comma = isinstance(raw, str) and NUMBER.fullmatch(raw.replace(",", "."))
        hint = _("%(value)s is not a number: write the decimals after a point")
        raise wrong("not_a_number", hint if comma else _("%(value)s is not a number"), value=shown(raw))
    value = Decimal(raw)
    if abs(value) >= LARGEST:
        raise wrong("too_large", _("%(value)s is too large"), value=shown(raw))
    if int(value.as_tuple().exponent) < -MOST_DECIMALS:
        raise wrong("too_many_decimals", _("%(value)s has too many decimals"), value=shown(raw))
    return value


def above_zero(raw: Any) -> Decimal:
    value = number(raw)
    if value <= 0:
        raise wrong("not_above_zero", _("%(value)s is not above 0"), value=shown(raw))
    return value


def not_negative(raw: Any) -> Decimal:
    value = number(raw)
    if value < 0:
        raise wrong("negative", _("%(value)s is below 0"), value=shown(raw))
    return value


def whole(*, least: int = 0, most: int | None = None) -> Reader:
    """A whole number of at least and at most so much."""

    def read(raw: Any) -> int:
        value = number(raw)
        if value != value.to_integral_value():
            raise wrong("not_whole", _("%(value)s is not a whole number"), value=shown(raw))
        if value < least:
            raise wrong("too_small", _("%(value)s is below %(least)d"), value=shown(raw), least=least)
        if most is not None and value > most:
            raise wrong("too_large", _("%(value)s is more than %(most)d"), value=shown(raw), most=most)
        return int(value)

    return read


def day(raw: Any) -> date:
    if isinstance(raw, str) and DAY.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError as error:
            raise wrong("not_a_day", _("%(value)s is not a day of the calendar"), value=shown(raw)) from error
    raise wrong("not_a_day", _("%(value)s is not a date of the form 2027-02-01"), value=shown(raw))


def flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise wrong("not_a_boolean", _("%(value)s is neither true nor false"), value=shown(raw))
    return raw


def only_true(raw: Any) -> bool:
    if raw is not True:
        raise wrong(
            "not_true",
            _("%(value)s is not true: a need asks for a feature or leaves it out"),
            value=shown(raw),
        )
    return True


def text(longest: int, *validators: Callable[[str], None]) -> Reader:
    """A text of at most so many characters, without control characters, that passes the validators."""

    def read(raw: Any) -> str:
        if not isinstance(raw, str):
            raise wrong("not_a_text", _("%(value)s is not a text"), value=shown(raw))
        if len(raw) > longest:
            raise wrong("too_long", _("the text is longer than %(longest)d characters"), longest=longest)
        for validate in (validate_plain_text, *validators):
            try:
                validate(raw)
            except ValidationError as error:
                sentence = " ".join(str(message) for message in error.messages)
                raise RuleError(Fault(str(error.code), f"{shown(raw)}: {sentence}")) from error
        return raw

    return read


def one_of(options: Collection[str]) -> Reader:
    def read(raw: Any) -> str:
        if not isinstance(raw, str) or raw not in options:
            known = ", ".join(options)
            raise wrong("not_in_list", _("%(value)s is not one of %(known)s"), value=shown(raw), known=known)
        return raw

    return read


def some_of(options: Collection[str]) -> Reader:
    """A list with at least one of the options."""
    read_one = one_of(options)

    def read(raw: Any) -> tuple[str, ...]:
        if not isinstance(raw, list):
            raise wrong("not_a_list", _("%(value)s is not a list"), value=shown(raw))
        if not raw:
            raise wrong("empty", _("the list is empty"))
        return tuple(_each(raw, [read_one] * len(raw)))

    return read


def span(raw: Any) -> Span:
    """`[from, to]`; one of the two may be null (or from 0, which asks nothing)."""
    if not isinstance(raw, list) or len(raw) != SPAN_ENDS:
        raise wrong("not_a_span", _("%(value)s is not of the form [from, to]"), value=shown(raw))
    low, high = _each(raw, (_or_null(not_negative), _or_null(above_zero)))
    if low is None and high is None:
        raise wrong("empty", _("[from, to] needs at least one bound"))
    if low is not None and high is not None and low > high:
        raise wrong(
            "from_above_to", _("from %(low)s is more than to %(high)s"), low=shown(raw[0]), high=shown(raw[1])
        )
    return Span(low, high)


def _or_null(read: Reader) -> Reader:
    return lambda raw: None if raw is None else read(raw)


def listing(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise wrong("not_a_list", _("%(value)s is not a list"), value=shown(raw))
    return raw


def anything(raw: Any) -> Any:
    """A value that plays no part in matching; only what JSON does not know is refused."""
    if isinstance(raw, NoNumber):
        raise wrong("not_a_number", _("%(value)s is not a number"), value=shown(raw))
    return raw


def _each(raw: list[Any], readers: Sequence[Reader]) -> list[Any]:
    """Every item read by its reader; raises all faults with the item's place."""
    values, faults = [], []
    for place, (item, read) in enumerate(zip(raw, readers, strict=True)):
        try:
            values.append(read(item))
        except RuleError as error:
            faults += [Fault(fault.code, fault.message, f"[{place}]{fault.field}") for fault in error.faults]
    refuse(faults)
    return values


_need_reference = text(64)


def need_reference(raw: Any) -> str:
    value: str = _need_reference(raw)
    if not value.strip():
        raise wrong("empty", _("the text is empty"))
    return value


def part_fields() -> Mapping[str, Reader]:
    """The fields of a part of a mixed space."""
    return {
        "space_type": one_of(SpaceType.values),
        "area_m2": above_zero,
        "rent_per_m2_year": not_negative,
    }


def vacancy_fields(area_codes: Collection[str]) -> Mapping[str, Reader]:
    """Every field of a vacancy by its name, as brokers know it in snake_case; parts are read on their own."""
    short, euro = text(200), not_negative
    months = whole(most=LONGEST_TERM)
    features = {
        line.criterion.value: flag for line in CRITERIA.values() if line.comparison is Comparison.PRESENT
    }
    return {
        "reference": text(64, validate_reference),
        "title_nl": text(120),
        "title_en": text(120),
        "description_nl": text(5000),
        "description_en": text(5000),
        "street": short,
        "house_number": whole(most=99_999),
        "house_number_addition": short,
        "postcode": text(7, validate_postcode),
        "city": short,
        "bag_object_id": text(16, validate_bag_object),
        "area_code": one_of(area_codes),
        "space_type": one_of(SpaceType.values),
        "parts": listing,
        "area_m2": above_zero,
        "area_kind": one_of(AreaKind.values),
        "area_certified": flag,
        "divisible_from_m2": above_zero,
        "rent_per_m2_year": euro,
        "rent_on_request": flag,
        "rent_checked": flag,
        "service_costs_per_m2_year": euro,
        "vat_option": one_of(VatOption.values),
        "available_from": day,
        "available_until": day,
        "temporary_until": day,
        "minimum_term_months": months,
        "notice_months": months,
        "delivery_level": one_of(DeliveryLevel.values),
        "energy_label": one_of(EnergyLabel.values),
        "energy_label_exemption": text(5000),
        "power_kva": not_negative,
        "contracted_power_kw": not_negative,
        "floor_load_kn_m2": not_negative,
        "clear_height_m": not_negative,
        "fume_hoods": whole(),
        "parking_places": whole(),
        "parking_price_per_year": euro,
        "lab_level": one_of(LAB_LEVELS),
        "cleanroom_iso_class": whole(least=CLEANEST, most=DIRTIEST),
        "vibration_class": one_of(VIBRATION_CLASSES),
        "environmental_category": one_of(ENVIRONMENTAL_CATEGORIES),
        **features,
        "co_brokers": anything,
        "contact_name": short,
        "contact_email": short,
        "contact_phone": short,
        "url": text(2000),
        "id": anything,
        "status": one_of(VacancyStatus.values),
        "submitted_at": anything,
        "published_at": anything,
        "confirmed_at": anything,
        "confirm_before": anything,
        "quality": anything,
        "open_questions": anything,
        "version": anything,
    }


def asked_value(criterion: Criterion, raw: Any, area_codes: Collection[str]) -> Value:
    """What a need asks by a criterion, typed; raises `RuleError` with every fault in it."""
    line = CRITERIA[criterion]
    readers: Mapping[Comparison, Reader] = {
        Comparison.SAME_TYPE: one_of(SpaceType.values),
        Comparison.SHARED_POINT: span,
        Comparison.ON_OR_BEFORE: day,
        Comparison.AT_MOST: whole() if line.unit is Unit.MONTHS else not_negative,
        Comparison.MONTHLY_TOTAL: not_negative,
        Comparison.ONE_OF: some_of(area_codes),
        Comparison.AT_LEAST: whole() if line.unit is Unit.PIECES else not_negative,
        Comparison.PRESENT: only_true,
        Comparison.LEVEL: whole(least=CLEANEST, most=DIRTIEST)
        if criterion is Criterion.CLEANROOM_ISO_CLASS
        else one_of([str(level) for level in line.levels]),
    }
    value: Value = readers[line.comparison](raw)
    return value
