"""The one way to lock rows: by primary key, in order, so that two writers never wait for each other in a circle."""

from typing import TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def lock_rows(queryset: "models.QuerySet[Row]") -> list[Row]:
    """Lock the rows (`FOR NO KEY UPDATE`, only their own table) in primary-key order and return them fresh.

    Must run in a transaction. SQLite has no row locks: there `transaction_mode = IMMEDIATE` lets one writer in at a time.
    """
    return list(_alone(queryset).order_by("pk").select_for_update(of=("self",), no_key=True))


def lock_row(queryset: "models.QuerySet[Row]", pk: int) -> Row:
    """Lock one row and return it fresh; raises the model's `DoesNotExist`."""
    return _alone(queryset).select_for_update(of=("self",), no_key=True).get(pk=pk)


def _alone(queryset: "models.QuerySet[Row]") -> "models.QuerySet[Row]":
    """Without joined rows: when another writer changed the key of a join while we waited, PostgreSQL finds no row at all."""
    return queryset.select_related(None)
