"""The schemas of OpenAPI, made from the tables that the API reads and answers by."""

from collections.abc import Sequence
from typing import Any

from crm.api.broker.vacancy_fields import (
    CO_BROKER_FIELDS,
    PART_FIELDS,
    VACANCY_FIELDS,
    WITHDRAWAL_FIELDS,
)
from crm.api.broker.value_lists import VALUE_LISTS
from crm.api.describe import ref
from crm.api.fields import Field, Schema
from crm.estate.choices import VacancyStatus

MOMENT = {"type": "string", "format": "date-time"}
MOMENT_OR_NULL = {"type": ["string", "null"], "format": "date-time"}
TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": 0}
COUNT_OR_NULL = {"type": ["integer", "null"]}
NUMBER_OR_NULL = {"type": ["number", "null"]}


def closed(properties: dict[str, Any], required: Sequence[str] | None = None) -> Schema:
    """An object with these members and no other; all of them are there unless `required` says which."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    names = list(properties) if required is None else list(required)
    return schema | ({"required": names} if names else {})


def input_object(fields: Sequence[Field], *, is_partial: bool = False) -> Schema:
    properties = {field.key: {**field.input_schema(), "description": str(field.about)} for field in fields}
    return closed(properties, [] if is_partial else [field.key for field in fields if field.required])


def answer_object(fields: Sequence[Field]) -> dict[str, Any]:
    return {field.key: {**field.answer_schema(), "description": str(field.about)} for field in fields}


def components() -> dict[str, Schema]:
    """Every named schema, in the reader's language."""
    listed = {"code": TEXT, "nameNl": TEXT, "nameEn": TEXT}
    return {
        "Vacancy": closed(
            {
                "id": {"type": "string", "format": "uuid"},
                **answer_object(VACANCY_FIELDS),
                "status": {"type": "string", "enum": VacancyStatus.values},
                "statusNote": {"type": ["string", "null"]},
                "openQuestions": COUNT,
                "submittedAt": MOMENT,
                "publishedAt": MOMENT_OR_NULL,
                "confirmedAt": MOMENT_OR_NULL,
                "confirmBefore": {"type": ["string", "null"], "format": "date"},
                "updatedAt": MOMENT,
                "quality": closed(
                    {
                        "score": {"type": "integer", "minimum": 0, "maximum": 100},
                        "missing": {"type": "array", "items": TEXT},
                    }
                ),
                "version": {"type": "integer", "minimum": 1},
            }
        ),
        "VacancyPart": closed(answer_object(PART_FIELDS)),
        "CoBroker": closed(answer_object(CO_BROKER_FIELDS)),
        "VacancyPage": closed(
            {
                "items": {"type": "array", "items": ref("Vacancy")},
                "next": {"type": ["string", "null"], "format": "uri"},
            }
        ),
        "VacancyInput": input_object(VACANCY_FIELDS),
        "VacancyPatch": input_object(VACANCY_FIELDS, is_partial=True),
        "VacancyPartInput": input_object(PART_FIELDS),
        "CoBrokerInput": input_object(CO_BROKER_FIELDS),
        "WithdrawalInput": input_object(WITHDRAWAL_FIELDS),
        "ValueList": closed({"items": {"type": "array", "items": closed(listed)}}),
        "ValueListNames": closed(
            {
                "items": {
                    "type": "array",
                    "items": closed(
                        {
                            "name": {"type": "string", "enum": list(VALUE_LISTS)},
                            "url": {"type": "string", "format": "uri"},
                        }
                    ),
                }
            }
        ),
        "Me": _me(),
        "Progress": _progress(),
        "Problem": _problem(),
    }


def _me() -> Schema:
    return closed(
        {
            "user": closed({"name": TEXT, "role": TEXT}),
            "office": {"type": ["object", "null"], "properties": {"name": TEXT}, "required": ["name"]},
            "key": closed({"label": TEXT, "prefix": TEXT, "expiresAt": MOMENT}),
            "scopes": {"type": "array", "items": TEXT},
            "sandbox": {"type": "boolean"},
            "limits": closed({"requestsPerMinute": COUNT}),
        }
    )


def _progress() -> Schema:
    day = {"type": "string", "format": "date"}
    cumulative = closed(
        {
            "kind": {"const": "cumulative"},
            "counted": COUNT,
            "goal": COUNT,
            "by": day,
            "pending": COUNT,
            "by_takeover": COUNT,
        }
    )
    yearly = closed(
        {
            "kind": {"const": "yearly"},
            "year": {"type": "integer"},
            "counted": COUNT,
            "goal": COUNT,
            "to_date": COUNT,
            "average_per_year": NUMBER_OR_NULL,
            "required_per_year": NUMBER_OR_NULL,
            "departed": COUNT,
            "net": {"type": "integer"},
            "pending": COUNT,
        }
    )
    stock = closed(
        {
            "kind": {"const": "stock"},
            "observed": COUNT_OR_NULL,
            "observed_on": {"type": ["string", "null"], "format": "date"},
            "source": {"type": ["string", "null"]},
            "goal": COUNT,
            "plan": NUMBER_OR_NULL,
            "net_since": COUNT_OR_NULL,
        }
    )
    targets = {
        "rd_branches": cumulative,
        "startups": yearly,
        "spin_offs": yearly,
        "knowledge_intensive_companies": stock,
        "companies": stock,
        "jobs": stock,
    }
    return closed(
        {"as_of": day, "known_at": MOMENT, "rule_version": {"type": "integer"}, "targets": closed(targets)}
    )


def _problem() -> Schema:
    error = closed({"pointer": TEXT, "code": TEXT, "detail": TEXT})
    return closed(
        {
            "type": {"type": "string", "format": "uri"},
            "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": TEXT,
            "errors": {"type": "array", "items": error},
        },
        ["type", "title", "status", "detail"],
    )
