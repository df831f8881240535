"""Frozen dataclasses to canonical JSON and back, so that the same figures are the same bytes on any machine."""

import hashlib
import json
import types
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from crm.common.months import Month

Record = TypeVar("Record")


class PayloadError(ValueError):
    """The stored figures do not have the form that this version reads; the message names the place."""


def canonical_json(plain: dict[str, Any]) -> bytes:
    """UTF-8 JSON: keys sorted, no blanks, floats as Python prints them."""
    return json.dumps(
        plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def digest(data: bytes) -> str:
    """SHA-256 over the bytes, in hexadecimals."""
    return hashlib.sha256(data).hexdigest()


def read_json(data: bytes) -> Any:
    """What the bytes hold; raises `PayloadError` where they are no JSON."""
    try:
        return json.loads(data)
    except ValueError as error:
        raise PayloadError(f"no JSON: {error}") from error


def to_plain(record: Any) -> dict[str, Any]:
    """A dataclass as dictionaries, lists, texts and numbers: days and months in ISO, moments in UTC."""
    plain = _plain(record)
    if not isinstance(plain, dict):
        raise TypeError("only a dataclass becomes a payload")
    return plain


def from_plain(kind: type[Record], plain: Any) -> Record:
    """The dataclass that `to_plain` took apart; raises `PayloadError` naming the place that does not fit."""
    return _record(kind, plain, kind.__name__)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, Month | type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Month):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a report holds no {type(value).__name__}")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _record(kind: type[Record], plain: Any, where: str) -> Record:
    if not isinstance(plain, dict):
        raise PayloadError(f"{where} is no object")
    hints: dict[str, Any] = _hints(cast(Any, kind))
    if plain.keys() != hints.keys():
        raise PayloadError(
            f"{where} misses {sorted(hints.keys() - plain.keys())}, has {sorted(plain.keys() - hints.keys())}"
        )
    return kind(**{name: _value(hint, plain[name], f"{where}.{name}") for name, hint in hints.items()})


def _value(hint: Any, plain: Any, where: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return None if plain is None else _value(kinds[0], plain, where)
    if origin is tuple:
        if not isinstance(plain, list):
            raise PayloadError(f"{where} is no list")
        return tuple(_value(get_args(hint)[0], item, f"{where}[{place}]") for place, item in enumerate(plain))
    if is_dataclass(hint) and hint is not Month:
        return _record(cast(Any, hint), plain, where)
    return _scalar(hint, plain, where)


def _scalar(hint: Any, plain: Any, where: str) -> Any:
    readers = {date: date.fromisoformat, datetime: datetime.fromisoformat, Month: Month.parse}
    if hint in readers and isinstance(plain, str):
        try:
            return readers[hint](plain)
        except ValueError as error:
            raise PayloadError(f"{where}: {error}") from error
    if hint is float and isinstance(plain, int) and not isinstance(plain, bool):
        return plain
    if hint in (int, float, str, bool) and type(plain) is hint:
        return plain
    raise PayloadError(f"{where} is {plain!r}, not {getattr(hint, '__name__', hint)}")
