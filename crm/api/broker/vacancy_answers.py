"""A vacancy as the API answers it."""

from collections.abc import Sequence
from typing import Any

from crm.api.broker.vacancy_fields import CO_BROKER_FIELDS, PART_FIELDS, VACANCY_FIELDS
from crm.api.fields import Items
from crm.api.naming import to_camel
from crm.estate.choices import VacancyStatus
from crm.estate.freshness import confirm_before
from crm.estate.models import Vacancy, VacancyPart
from crm.estate.vacancy_quality import quality_of

MISSING_NAMES = {"area_id": "area_code"}


def vacancy_answer(vacancy: Vacancy) -> dict[str, Any]:
    """Every field, null where unknown, named as in the code: the renderer writes them in camelCase."""
    parts = list(vacancy.parts.all())
    values: dict[str, Any] = {"id": vacancy.public_id}
    for field in VACANCY_FIELDS:
        if field.name == "area_code":
            values["area_code"] = vacancy.area.code if vacancy.area else None
        elif not isinstance(field, Items):
            values[field.name] = field.answer(getattr(vacancy, field.name))
    values["parts"] = [
        {field.name: field.answer(getattr(part, field.name)) for field in PART_FIELDS} for part in parts
    ]
    values["co_brokers"] = [
        {field.name: entry.get(field.name) or None for field in CO_BROKER_FIELDS}
        for entry in vacancy.co_brokers
    ]
    return values | _state(vacancy, parts)


def _state(vacancy: Vacancy, parts: Sequence[VacancyPart]) -> dict[str, Any]:
    quality = quality_of(vacancy, parts)
    return {
        "status": vacancy.status,
        "status_note": vacancy.status_note or None,
        "open_questions": int(vacancy.status == VacancyStatus.QUESTION),
        "submitted_at": vacancy.submitted_at,
        "published_at": vacancy.published_at,
        "confirmed_at": vacancy.confirmed_at,
        "confirm_before": confirm_before(vacancy),
        "updated_at": vacancy.changed_at,
        "quality": {
            "score": quality.score,
            "missing": [to_camel(MISSING_NAMES.get(name, name)) for name in quality.missing],
        },
        "version": vacancy.version,
    }
