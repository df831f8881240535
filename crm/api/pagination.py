"""Pages by a cursor: each page begins after the last row of the one before, so nothing is skipped and nothing counted."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.request import Request

from crm.api.fields import Schema, Text, UnreadableError, Whole
from crm.api.parsing import UNSTORABLE
from crm.api.problems import ProblemError, absolute
from crm.api.query import FIRST_YEAR, LAST_YEAR
from crm.common.errors import Fault

DEFAULT_LIMIT, MOST_LIMIT = 50, 100


@dataclass(frozen=True)
class Place:
    """Where a page begins: after the row with this sort value and public id."""

    sort: str
    value: str
    public_id: UUID


@dataclass(frozen=True, kw_only=True)
class Limit(Whole):
    name: str = "limit"
    about: Any = ""
    example: Any = DEFAULT_LIMIT
    least: int = 1
    most: int = MOST_LIMIT

    def read(self, value: Any) -> int:
        number = super().read(value)
        if not self.least <= number <= self.most:
            raise UnreadableError(
                "out_of_range", _("A page holds 1 to %(most)d items.") % {"most": self.most}
            )
        return number

    def input_schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most, "default": DEFAULT_LIMIT}


@dataclass(frozen=True, kw_only=True)
class Cursor(Text):
    name: str = "cursor"
    about: Any = ""
    example: Any = None
    most: int = 400

    def read(self, value: Any) -> Place:
        try:
            sort, sort_value, public_id = json.loads(base64.urlsafe_b64decode(value.encode("ascii")))
            if not (isinstance(sort, str) and isinstance(sort_value, str)) or UNSTORABLE.search(sort_value):
                raise TypeError(value)
            return Place(sort, sort_value, UUID(public_id))
        except (UnicodeError, binascii.Error, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise UnreadableError(
                "cursor", _("Take the cursor from the `next` of an earlier answer.")
            ) from error

    def input_schema(self) -> Schema:
        return {"type": "string", "maxLength": self.most}


def page_of(
    rows: "models.QuerySet[Any]", *, sort: str, limit: int, after: Place | None
) -> tuple[list[Any], str | None]:
    """One page in the order of `sort` (a column, with a minus for descending), and the cursor of the next."""
    column, is_descending = sort.removeprefix("-"), sort.startswith("-")
    sign, comparison = ("-", "lt") if is_descending else ("", "gt")
    if after is not None:
        value = _sort_value(rows.model, column, sort, after)
        rows = rows.filter(
            Q(**{f"{column}__{comparison}": value})
            | Q(**{column: value, f"public_id__{comparison}": after.public_id})
        )
    found = list(rows.order_by(f"{sign}{column}", f"{sign}public_id")[: limit + 1])
    page = found[:limit]
    return page, _cursor_of(page[-1], column, sort) if len(found) > limit else None


def _sort_value(model: type[models.Model], column: str, sort: str, after: Place) -> Any:
    try:
        if after.sort != sort:
            raise ValueError(sort)
        if isinstance(model._meta.get_field(column), models.DateTimeField):
            moment = datetime.fromisoformat(after.value)
            if moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
                raise ValueError(after.value)
            return moment
    except ValueError as error:
        fault = Fault("cursor", _("This cursor belongs to another order of the list."), "?cursor")
        raise ProblemError("invalid-input", faults=[fault]) from error
    return after.value


def _cursor_of(row: Any, column: str, sort: str) -> str:
    value = getattr(row, column)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return base64.urlsafe_b64encode(json.dumps([sort, text, str(row.public_id)]).encode()).decode()


def next_address(request: Request, cursor: str) -> str:
    """The address of the next page: this one's with the cursor set."""
    query = request.query_params.copy()
    query["cursor"] = cursor
    return absolute(request._request, f"{request.path}?{query.urlencode()}")
