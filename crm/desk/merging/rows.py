"""What hangs on a record, found by walking the models, and rows written down so that they can be put back exactly."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import Q

from crm.contacts.models import Affiliation, OrganisationKind
from crm.desk.rounds.models import RoundMember

# Rows that stay with the record they were written for: the ledger is append-only, and what this room says of a pair
# is about that pair.
STAYING = frozenset({"targets.countevent", "desk.merge", "desk.notthesame"})
# What this room itself writes when it merges or tells apart is no later work on a record.
OWN = frozenset({"desk.merge", "desk.notthesame"})


@dataclass(frozen=True)
class Relation:
    """A foreign key that points at the record; many-to-many tables come as the keys of their own rows."""

    model: type[models.Model]
    field: str

    @property
    def label(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"

    @property
    def moves(self) -> bool:
        return self.model._meta.label_lower not in STAYING

    @property
    def is_link(self) -> bool:
        """Whether a row says nothing but that the two belong together: a second one may go."""
        return bool(self.model._meta.auto_created) or self.model in (
            OrganisationKind,
            Affiliation,
            RoundMember,
        )

    def rows(self, *pks: int) -> "models.QuerySet[Any]":
        return self.model._base_manager.filter(**{f"{self.field}__in": pks}).order_by("pk")

    def colliding(self, keep: int, drop: int) -> set[int]:
        """Rows of the dropped record that would break a unique constraint beside those of the kept one."""
        found: set[int] = set()
        for fields, condition in self._unique_sets():
            others = [name for name in fields if name != self.field]
            taken = set(self.rows(keep).filter(condition).values_list(*others)) if others else set()
            if not others and self.rows(keep).filter(condition).exists():
                found |= set(self.rows(drop).filter(condition).values_list("pk", flat=True))
            for pk, *values in self.rows(drop).filter(condition).values_list("pk", *others) if others else ():
                if tuple(values) in taken and None not in values:
                    found.add(pk)
        return found

    def _unique_sets(self) -> Iterator[tuple[tuple[str, ...], Q]]:
        meta: Any = self.model._meta
        for constraint in meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and self.field in constraint.fields:
                yield tuple(constraint.fields), constraint.condition or Q()
        for together in meta.unique_together:
            if self.field in together:
                yield tuple(together), Q()
        if meta.get_field(self.field).unique:
            yield (self.field,), Q()


def relations_of(model: type[models.Model]) -> list[Relation]:
    """Every foreign key of every app that points at the model, hidden ones too, in a fixed order."""
    fields: list[Any] = model._meta.get_fields(include_hidden=True)
    found = [
        Relation(field.related_model, field.field.name)
        for field in fields
        if field.auto_created and not field.concrete and not field.many_to_many
    ]
    return sorted(found, key=lambda relation: relation.label)


def written(row: models.Model, columns: Iterable[str] | None = None) -> dict[str, Any]:
    """The row's columns as JSON that `read` turns back into the same values, microseconds included."""
    fields = row._meta.concrete_fields
    wanted = set(columns) if columns is not None else None
    return {
        field.attname: _as_json(field, row) for field in fields if wanted is None or field.attname in wanted
    }


def _as_json(field: Any, row: models.Model) -> Any:
    value = field.value_from_object(row)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()  # as the database hands it back
    return field.value_to_string(row)


def read(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    by_column = {field.attname: field for field in model._meta.concrete_fields}
    return {name: by_column[name].to_python(value) for name, value in values.items()}


def links(model: type[models.Model], pks: tuple[int, int]) -> dict[str, list[int]]:
    """Which rows hang on either of the two, by relation."""
    return {
        relation.label: list(relation.rows(*pks).values_list("pk", flat=True))
        for relation in relations_of(model)
        if relation.model._meta.label_lower not in OWN
    }
