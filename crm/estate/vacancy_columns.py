"""Faults of single fields: what is required, closed lists, lengths, plain text, and what a column can hold."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from crm.common.errors import Fault
from crm.common.validators import validate_plain_text
from crm.estate.models import Vacancy, VacancyPart
from crm.estate.vacancy_facts import CODE_FACTS, FACTS, LINE_FACTS, PLACE_FACTS, TEXT_FACTS

MOST_PARTS = 20
REQUIRED = ("reference", "space_type", "area_m2", "area_kind")
MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--")


def field_faults(vacancy: Vacancy, parts: Sequence[VacancyPart], broken: set[str]) -> list[Fault]:
    """Faults of every field but those that are known to be broken."""
    faults = list(_text_faults(vacancy, broken))
    faults += _column_faults(vacancy, broken | {fault.field for fault in faults})
    return faults if "parts" in broken else [*faults, *_part_faults(parts)]


def text_faults(name: str, text: str, most: int | None) -> Iterator[Fault]:
    """Faults of one text: characters that cannot be stored, markup, and its length in characters."""
    if most is not None and len(text) > most:
        yield Fault(
            "max_length",
            _("At most %(most)d characters; this has %(count)d.") % {"most": most, "count": len(text)},
            name,
        )
        return
    try:
        validate_plain_text(text)
    except ValidationError:
        yield Fault("plain_text", _("The text holds a character that cannot be stored."), name)
        return
    if MARKUP.search(text):
        yield Fault("markup", _("Send plain text, without HTML tags."), name)


def _text_faults(vacancy: Vacancy, broken: set[str]) -> Iterator[Fault]:
    for name in (*LINE_FACTS, *TEXT_FACTS):
        if name not in broken:
            field: Any = Vacancy._meta.get_field(name)
            yield from text_faults(name, getattr(vacancy, name), field.max_length)


def _column_faults(vacancy: Vacancy, broken: set[str]) -> list[Fault]:
    """Required fields, closed lists, and what the columns themselves can hold."""
    missing = [name for name in REQUIRED if name not in broken and getattr(vacancy, name) in (None, "")]
    unknown = [
        name
        for name in CODE_FACTS
        if name not in broken and name not in missing and not _is_known(vacancy, name)
    ]
    faults = [Fault("required", _("This field is required."), name) for name in missing]
    faults += [choice_fault(Vacancy._meta.get_field(name), name) for name in unknown]
    left_out = {*broken, *missing, *unknown, *PLACE_FACTS, *TEXT_FACTS}
    return faults + _clean(vacancy, [name for name in FACTS if name not in left_out])


def _clean(row: models.Model, names: Iterable[str], prefix: str = "") -> list[Fault]:
    """Faults that the columns' own validation finds."""
    wanted = set(names)
    exclude = {field.name for field in row._meta.concrete_fields if field.name not in wanted}
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        return [
            Fault(str(problem.code or "invalid"), " ".join(problem.messages), f"{prefix}{name}")
            for name, problems in error.error_dict.items()
            for problem in problems
        ]
    return []


def _is_known(row: models.Model, name: str) -> bool:
    value: Any = getattr(row, name)
    field: Any = row._meta.get_field(name)
    return (value == "" and field.blank) or value in dict(field.flatchoices)


def choice_fault(field: Any, name: str) -> Fault:
    return Fault(
        "invalid_choice",
        _("Choose one of: %(codes)s.") % {"codes": ", ".join(code for code, _label in field.flatchoices)},
        name,
    )


def _part_faults(parts: Sequence[VacancyPart]) -> Iterator[Fault]:
    if len(parts) > MOST_PARTS:
        yield Fault("too_many", _("At most %(most)d parts.") % {"most": MOST_PARTS}, "parts")
        return
    for number, part in enumerate(parts):
        prefix = f"parts.{number}."
        cleaned = ["rent_per_m2_year"]
        if not part.space_type:
            yield Fault("required", _("This field is required."), f"{prefix}space_type")
        elif not _is_known(part, "space_type"):
            yield choice_fault(VacancyPart._meta.get_field("space_type"), f"{prefix}space_type")
        if part.area_m2 is None:
            yield Fault("required", _("This field is required."), f"{prefix}area_m2")
        else:
            cleaned.append("area_m2")
        faults = _clean(part, cleaned, prefix)
        yield from faults
        found = {fault.field for fault in faults}
        if part.area_m2 is not None and f"{prefix}area_m2" not in found and part.area_m2 <= 0:
            yield Fault("above_zero", _("An area is above 0 m²."), f"{prefix}area_m2")
        if part.rent_per_m2_year is not None and f"{prefix}rent_per_m2_year" not in found:
            yield from negative(part.rent_per_m2_year, f"{prefix}rent_per_m2_year")


def negative(value: Any, name: str) -> Iterator[Fault]:
    if value is not None and value < 0:
        yield Fault("not_negative", _("This cannot be below 0."), name)
