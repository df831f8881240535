"""Reading the query: a closed set of keys, each at most once, every fault named at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.api.fields import Field, Schema, Text, UnreadableError
from crm.api.problems import ProblemError
from crm.common.errors import Fault

MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+ -][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
# Outside these years a moment has no counterpart in every time zone, and databases differ.
FIRST_YEAR, LAST_YEAR = 1970, 2200
MOST_CODES, LONGEST_VALUE, LONGEST_NAME_SHOWN = 100, 2000, 100


@dataclass(frozen=True, kw_only=True)
class Moment(Field):
    """A moment with its offset; a plus sign that arrived as a space is understood."""

    def read(self, value: Any) -> datetime:
        if not MOMENT.fullmatch(value):
            raise UnreadableError("date_time", _("Write a moment with its offset, as 2026-11-01T09:00:00Z."))
        try:
            moment = datetime.fromisoformat(value.upper().replace(" ", "+").replace("Z", "+00:00"))
        except ValueError as error:
            raise UnreadableError("date_time", _("This moment does not exist.")) from error
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise UnreadableError("out_of_range", _("A moment lies between the years 1970 and 2200."))
        return moment

    def input_schema(self) -> Schema:
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True, kw_only=True)
class ShortText(Text):
    """A text to look for; longer than it can be stored, it is a mistake."""

    def read(self, value: Any) -> str:
        if len(value) > self.most:
            raise UnreadableError("max_length", _("At most %(most)d characters.") % {"most": self.most})
        return super().read(value)


@dataclass(frozen=True, kw_only=True)
class Codes(Field):
    """One or more codes of a closed list, with commas between them."""

    codes: Sequence[str]
    is_single: bool = False

    def read(self, value: Any) -> list[str]:
        codes = [value] if self.is_single else value.split(",")
        if len(codes) > MOST_CODES:
            raise UnreadableError("too_many", _("At most %(most)d of these.") % {"most": MOST_CODES})
        if not set(codes) <= set(self.codes):
            raise UnreadableError(
                "invalid_choice", _("Choose one of: %(codes)s.") % {"codes": ", ".join(self.codes)}
            )
        return codes

    def input_schema(self) -> Schema:
        one = {"type": "string", "enum": list(self.codes)}
        return (
            one if self.is_single else {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_CODES}
        )


def read_query(
    params: QueryDict, fields: Sequence[Field], aliases: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The values of the query by the fields' names; raises ProblemError with every fault."""
    known = {field.key: field for field in fields}
    facts: dict[str, Any] = {}
    faults: list[Fault] = []
    for sent, values in params.lists():
        field = known.get((aliases or {}).get(sent, sent))
        place = f"?{sent[:LONGEST_NAME_SHOWN]}"
        if field is None:
            faults.append(Fault("unknown_query_key", _about_unknown(known), place))
        elif len(values) > 1 or field.name in facts:
            faults.append(Fault("repeated", _("Give this query key once."), place))
        elif len(values[0]) > LONGEST_VALUE or "\x00" in values[0]:
            faults.append(Fault("out_of_range", _("This value is too long or holds a NUL character."), place))
        else:
            try:
                facts[field.name] = field.read(values[0])
            except UnreadableError as error:
                faults.append(Fault(error.code, error.message, place))
    if faults:
        raise ProblemError("invalid-input", faults=faults)
    return facts


def _about_unknown(known: Mapping[str, Field]) -> str:
    if not known:
        return _("This resource has no query keys.")
    return _("There is no such query key. Known here: %(names)s.") % {"names": ", ".join(known)}
