"""One merge under way: changes rows and writes down what each was and became."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from accounts.models import User
from crm.common.locks import lock_rows
from crm.common.models import Recorded
from crm.common.months import amsterdam_day
from crm.contacts.models import KvkNumber, Organisation
from crm.desk.merging.fields import BOTH, DROP, FIELDS, KEEP, KVK
from crm.desk.merging.rows import Relation, relations_of, written


@dataclass
class Moving:
    keep: Any
    drop: Any
    by: User
    at: datetime
    changed: list[dict[str, Any]] = field(default_factory=list)
    removed: list[dict[str, Any]] = field(default_factory=list)

    def take_fields(self, chosen: Mapping[str, str]) -> None:
        values = {}
        for name in FIELDS[type(self.keep)]:
            mine, other = getattr(self.keep, name), getattr(self.drop, name)
            if chosen[name] == DROP:
                values[name] = other
            elif chosen[name] == BOTH:
                values[name] = f"{mine}\n\n{other}" if mine and other else mine or other
        self._change(self.keep, values)

    def mark_dropped(self) -> None:
        self._change(self.drop, {"merged_into": self.keep})

    def move_relations(self, chosen: Mapping[str, str]) -> None:
        """Every row that hangs on the dropped record goes to the kept one; a second link of the same goes away."""
        if isinstance(self.keep, Organisation):
            self._end_other_number(chosen.get(KVK, KEEP))
        for relation in relations_of(type(self.keep)):
            if relation.moves:
                self._move(relation)

    def _move(self, relation: Relation) -> None:
        colliding = relation.colliding(self.keep.pk, self.drop.pk)
        for row in lock_rows(relation.rows(self.drop.pk)):
            if row.pk in colliding:
                self.removed.append({"model": row._meta.label_lower, "row": written(row)})
                row.delete()
            else:
                self._change(row, {relation.field: self.keep})

    def _end_other_number(self, whose: str) -> None:
        """One number is the present one: the other was theirs until this day."""
        present = KvkNumber.objects.filter(
            organisation__in=(self.keep, self.drop), valid_until__isnull=True
        ).order_by("pk")
        numbers = {row.organisation_id: row for row in lock_rows(present)}
        other = numbers.get(self.keep.pk if whose == DROP else self.drop.pk)
        if len(numbers) == 2 and other is not None:
            until = amsterdam_day(self.at)
            if other.valid_from is not None and other.valid_from >= until:
                until = other.valid_from + timedelta(days=1)
            self._change(other, {"valid_until": until})

    def _change(self, row: models.Model, values: dict[str, Any]) -> None:
        """Who has an older form of the row open is told so when saving: the version goes up."""
        if isinstance(row, Recorded):
            values = {**values, "changed_by": self.by, "changed_at": self.at, "version": row.version + 1}
        columns = [row._meta.get_field(name).attname for name in values]  # type: ignore[union-attr]
        before = written(row, columns)
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
        self.changed.append(
            {
                "model": row._meta.label_lower,
                "pk": row.pk,
                "before": before,
                "after": written(row, columns),
            }
        )
