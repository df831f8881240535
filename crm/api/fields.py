"""How one JSON value is read into a value of the domain, and how both directions are described in OpenAPI.

Reading only looks at the form (a number, a date, a text); whether the value is allowed is a rule of the room.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.api.naming import key_pointer, to_camel
from crm.common.errors import Fault

NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
NUMBER_WITH_COMMA = re.compile(r"-?[0-9.]{1,20},[0-9]{1,20}", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
MOST_DIGITS = 28
LARGEST_WHOLE = 10**9
GUESSED_NAMES, LONGEST_GUESSED_NAME, LONGEST_NAME_SHOWN = 20, 64, 100
Schema = dict[str, Any]


class UnreadableError(Exception):
    """The value has not the form that the field needs."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


def wrong_type(wanted: str) -> UnreadableError:
    return UnreadableError("wrong_type", wanted)


@dataclass(frozen=True, kw_only=True)
class Field:
    """A member of a JSON object. `about` says for people what it holds, with its unit."""

    name: str
    about: str | Promise
    example: Any
    required: bool = False

    @property
    def key(self) -> str:
        return to_camel(self.name)

    def read(self, value: Any) -> Any:
        raise NotImplementedError  # each kind of field reads its own values

    def answer(self, value: Any) -> Any:
        return None if value == "" else value

    def input_schema(self) -> Schema:
        raise NotImplementedError  # each kind of field describes its own values

    def answer_schema(self) -> Schema:
        return self.input_schema()


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    most: int
    pattern: str = ""
    format: str = ""
    shortest: int = 0

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise wrong_type(_("Send a text."))
        return value

    def input_schema(self) -> Schema:
        schema: Schema = {"type": ["string", "null"], "maxLength": self.most}
        if self.shortest:
            schema |= {"minLength": self.shortest}
        if self.pattern:
            schema["pattern"] = self.pattern
        if self.format:
            schema["format"] = self.format
        return schema


@dataclass(frozen=True, kw_only=True)
class Phone(Text):
    most: int = 16

    def answer(self, value: Any) -> str | None:
        return value.as_e164 if value else None


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number with at most two decimals, sent as a number or as a text, answered as a text."""

    above_zero: bool = False
    below: int = 1_000_000

    def read(self, value: Any) -> Decimal:
        if isinstance(value, str):
            if NUMBER_WITH_COMMA.fullmatch(value):
                raise UnreadableError(
                    "decimal_comma", _("Write the number with a decimal point: 145.50, not 145,50.")
                )
            if not NUMBER.fullmatch(value):
                raise wrong_type(_("Send a number, such as 145.50."))
            value = Decimal(value)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise wrong_type(_("Send a number, such as 145.50."))
        return _trimmed(Decimal(value))

    def answer(self, value: Any) -> str | None:
        return None if value is None else f"{value:.2f}"

    def input_schema(self) -> Schema:
        bound = {"exclusiveMinimum": 0} if self.above_zero else {"minimum": 0}
        return {
            "type": ["number", "string", "null"],
            **bound,
            "exclusiveMaximum": self.below,
            "pattern": r"^[0-9]{1,20}(\.[0-9]{1,20})?$",
        }

    def answer_schema(self) -> Schema:
        return {"type": ["string", "null"], "pattern": r"^[0-9]+\.[0-9]{2}$"}


def _trimmed(value: Decimal) -> Decimal:
    """The number without needless zeros; refused where it is so long that no column could hold it."""
    sign_digits_exponent = value.as_tuple()
    exponent = sign_digits_exponent.exponent
    if (
        not isinstance(exponent, int)
        or len(sign_digits_exponent.digits) > MOST_DIGITS
        or abs(exponent) > MOST_DIGITS
    ):
        raise UnreadableError("out_of_range", _("This number is too long."))
    value = value.normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


@dataclass(frozen=True, kw_only=True)
class Whole(Field):
    """A whole number, sent as a number or as a text, answered as a number."""

    least: int = 0
    most: int

    def read(self, value: Any) -> int:
        if isinstance(value, str) and NUMBER.fullmatch(value):
            value = Decimal(value)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise wrong_type(_("Send a whole number."))
        if abs(value) > LARGEST_WHOLE:
            raise UnreadableError("out_of_range", _("This number is too long."))
        if value != int(value):
            raise wrong_type(_("Send a whole number."))
        return int(value)

    def input_schema(self) -> Schema:
        return {
            "type": ["integer", "string", "null"],
            "minimum": self.least,
            "maximum": self.most,
            "pattern": "^[0-9]{1,9}$",
        }

    def answer_schema(self) -> Schema:
        return {"type": ["integer", "null"]}


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    """Yes or no; null is unknown where `is_nullable`, and no otherwise."""

    is_nullable: bool = True

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise wrong_type(_("Send true, false or null."))
        return value

    def input_schema(self) -> Schema:
        return {"type": ["boolean", "null"]}

    def answer_schema(self) -> Schema:
        return {"type": ["boolean", "null"] if self.is_nullable else "boolean"}


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    def read(self, value: Any) -> date:
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise UnreadableError("date", _("Write a date as 2026-11-01."))
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise UnreadableError("date", _("This day does not exist.")) from error

    def input_schema(self) -> Schema:
        return {"type": ["string", "null"], "format": "date"}


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One code of a closed list; the room knows the list."""

    codes: Sequence[str]

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise wrong_type(_("Send a text."))
        return value

    def input_schema(self) -> Schema:
        return {"type": ["string", "null"], "enum": [*self.codes, None]}


@dataclass(frozen=True, kw_only=True)
class Items(Field):
    """A list of objects."""

    members: Sequence[Field]
    most: int
    item_name: str

    def read(self, value: Any) -> list[dict[str, Any]]:
        raise NotImplementedError  # read_object descends by itself, for the faults carry their position

    def input_schema(self) -> Schema:
        return {
            "type": ["array", "null"],
            "maxItems": self.most,
            "items": {"$ref": f"#/components/schemas/{self.item_name}Input"},
        }

    def answer_schema(self) -> Schema:
        return {"type": "array", "items": {"$ref": f"#/components/schemas/{self.item_name}"}}


def read_object(
    fields: Iterable[Field],
    body: Mapping[str, Any],
    prefix: str = "",
    read_only: frozenset[str] = frozenset(),
) -> tuple[dict[str, Any], list[Fault]]:
    """Read what the body holds into facts named as in the code, and name every fault; null is kept as None."""
    known = {field.key: field for field in fields}
    facts: dict[str, Any] = {}
    faults = [
        Fault("read_only", _("This field is answered, never sent."), key_pointer(key))
        for key in body
        if key in read_only
    ]
    faults += _unknown_members([key for key in body if key not in read_only], known, prefix)
    for key, value in body.items():
        field = known.get(key)
        if field is None:
            continue
        if value is None:
            facts[field.name] = None
        elif isinstance(field, Items):
            facts[field.name] = _read_items(field, value, f"{prefix}{field.name}", faults)
        else:
            try:
                facts[field.name] = field.read(value)
            except UnreadableError as error:
                faults.append(Fault(error.code, error.message, f"{prefix}{field.name}"))
    return facts, faults


def missing_faults(fields: Iterable[Field], facts: Mapping[str, Any]) -> list[Fault]:
    """A fault for every required field that was not sent, or was sent empty."""
    return [
        Fault("required", _("This field is required."), field.name)
        for field in fields
        if field.required and str(facts.get(field.name) or "").strip() == ""
    ]


def _read_items(field: Items, value: Any, path: str, faults: list[Fault]) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        faults.append(Fault("wrong_type", _("Send a list."), path))
        return []
    if len(value) > field.most:
        faults.append(Fault("too_many", _("At most %(most)d of these.") % {"most": field.most}, path))
        return []
    read = []
    for number, item in enumerate(value):
        if not isinstance(item, dict):
            faults.append(Fault("wrong_type", _("Send an object."), f"{path}.{number}"))
            continue
        facts, found = read_object(field.members, item, f"{path}.{number}.")
        read.append(facts)
        faults += found
    return read


def _unknown_members(keys: Iterable[str], known: Mapping[str, Field], prefix: str) -> list[Fault]:
    unknown = [key for key in keys if key not in known]
    return [
        Fault("unknown_field", _about_unknown(key, known, number), _pointer(prefix, key))
        for number, key in enumerate(unknown)
    ]


def _pointer(prefix: str, key: str) -> str:
    start = "".join(f"/{to_camel(step)}" for step in prefix.split(".") if step)
    return start + key_pointer(key[:LONGEST_NAME_SHOWN])


def _about_unknown(key: str, known: Mapping[str, Field], number: int) -> str:
    if number < GUESSED_NAMES and len(key) <= LONGEST_GUESSED_NAME:
        near = [to_camel(key)] if to_camel(key) in known else get_close_matches(key, known, 1, 0.8)
        if near:
            return _("There is no such field. Is %(name)s meant?") % {"name": near[0]}
    return _("There is no such field.")
