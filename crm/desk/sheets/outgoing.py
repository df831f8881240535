"""The columns of an export that come back as an import without a difference."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from crm.desk.sheets.kinds.all import KIND_OF_LIST, KINDS
from crm.desk.sheets.kinds.base import Field


class Outgoing:
    """One list on its way out: the fields an import of it knows, and each record's cells."""

    def __init__(self, list_name: str, by: User, at: datetime) -> None:
        self.kind = KINDS[KIND_OF_LIST[list_name]](by, at)

    @property
    def fields(self) -> list[Field]:
        """What an export tells: not what only goes with a change, such as its reason."""
        return [field for field in self.kind.fields if not field.is_told]

    def cells(self, pks: Sequence[int]) -> dict[int, dict[str, Any]]:
        """By record the cell of each field, in the same number of queries for any number of records."""
        rows = self.kind.current(pks)
        return {
            pk: {
                field.name: field.kind.cell(values.get(field.name), self.kind.lookups)
                for field in self.fields
                if values.get(field.name) is not None
            }
            for pk, values in rows.items()
        }


def is_importable(list_name: str) -> bool:
    return list_name in KIND_OF_LIST
