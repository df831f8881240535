"""Builders of database constraints, so that one rule has one form in every room."""

from django.db import models
from django.db.models import F, Q


def one_of(
    field: str, choices: "type[models.TextChoices]", name: str, *, blank: bool = False
) -> models.CheckConstraint:
    """The field holds one of the choices' values (or nothing, where `blank`)."""
    values = [*choices.values, ""] if blank else list(choices.values)
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


def both_or_neither(first: str, second: str, name: str) -> models.CheckConstraint:
    """Two nullable fields are filled together: a moment never stands without its person."""
    return models.CheckConstraint(
        condition=Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=name,
    )


def after(later: str, earlier: str, name: str) -> models.CheckConstraint:
    """`later` lies after `earlier` where both are known."""
    return models.CheckConstraint(
        condition=Q(**{f"{later}__isnull": True})
        | Q(**{f"{earlier}__isnull": True})
        | Q(**{f"{later}__gt": F(earlier)}),
        name=name,
    )


def at_most(field: str, bound: str, name: str) -> models.CheckConstraint:
    """`field` is no more than `bound` where both are known."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True})
        | Q(**{f"{bound}__isnull": True})
        | Q(**{f"{field}__lte": F(bound)}),
        name=name,
    )


def not_negative(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0}), name=name
    )


def above_zero(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gt": 0}), name=name
    )


def not_empty(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=~Q(**{field: ""}), name=name)
