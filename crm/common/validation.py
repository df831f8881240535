"""A row's own field rules as faults, without a query per field."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from crm.common.errors import Fault, RuleError
from crm.common.validators import validate_plain_text

RECORD_KEEPING = frozenset({"id", "created_at", "created_by", "changed_at", "changed_by", "version"})


def faults_of(error: ValidationError, field: str = "") -> list[Fault]:
    """Every message of a validation error as a fault, each with the field it concerns."""
    if hasattr(error, "error_dict"):
        return [
            fault
            for name, problems in error.error_dict.items()
            for problem in problems
            for fault in faults_of(problem, "" if name == "__all__" else name)
        ]
    return [
        Fault(str(problem.code or "invalid"), message, field)
        for problem in error.error_list
        for message in problem.messages
    ]


def text_faults(text: str, field: str) -> list[Fault]:
    """Characters that cannot be stored."""
    try:
        validate_plain_text(text)
    except ValidationError as error:
        return faults_of(error, field)
    return []


def field_faults(row: models.Model, exclude: Collection[str] = ()) -> list[Fault]:
    """What is wrong with the row's fields one by one: type, length, choice, characters. Normalises their values.

    Keys to other rows and constraints over several fields are left to the service and the database: each would cost
    a query here.
    """
    relations = {field.name for field in row._meta.fields if field.is_relation}
    try:
        row.clean_fields(exclude={*RECORD_KEEPING, *relations, *exclude})
    except ValidationError as error:
        faults = faults_of(error)
    else:
        faults = []
    named = {fault.field for fault in faults}
    for field in row._meta.fields:
        value: Any = getattr(row, field.attname)
        if isinstance(value, str) and field.name not in named and field.name not in exclude:
            faults += text_faults(value, field.name)
    return faults


def validated(row: models.Model, exclude: Collection[str] = ()) -> None:
    """Run the model's whole validation, keys and constraints included, and raise every fault at once as a `RuleError`."""
    try:
        row.full_clean(exclude={*RECORD_KEEPING, *exclude})
    except ValidationError as error:
        raise RuleError(faults_of(error)) from error
