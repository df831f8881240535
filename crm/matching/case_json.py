"""Reads a file as strict JSON, so that what a case says is what is judged.

Numbers stay decimal, a key that stands twice is kept to be named, and NaN and Infinity, which JSON does not know, stay
in place as `NoNumber` until a reader names them with their path.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from crm.common.errors import Fault, RuleError

LARGEST_FILE = 64 * 1024 * 1024
DEEPEST = 20
LONGEST_SHOWN = 60
LONGEST_INT = 18
# A whole string or a bracket; possessive, so that a long string is walked once and never again.
BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True)
class NoNumber:
    """A number that JSON (or a decimal) does not know, as it was written."""

    text: str


class JsonObject(dict[str, Any]):
    """A JSON object that remembers which keys stood more than once; the last value counts."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(name for name, _value in pairs)
        self.twice = [name for name, count in counts.items() if count > 1]


def read_json_file(path: str) -> Any:
    """The JSON value in a UTF-8 file (a byte order mark is allowed); raises `RuleError` naming what is wrong with it."""
    return parse_json(_text(_bytes(path)))


def shown(value: Any) -> str:
    """A value of a case as a fault quotes it: short, on one line, without characters that could steer a terminal."""
    if isinstance(value, dict):
        return _("an object")
    if isinstance(value, list):
        return _("a list")
    if isinstance(value, NoNumber):
        text = value.text
    elif isinstance(value, bool) or value is None:
        text = json.dumps(value)
    else:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    text = "".join(
        sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text[: LONGEST_SHOWN + 1]
    )
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _bytes(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        raise RuleError(Fault("file_missing", _("The file does not exist."))) from error
    except IsADirectoryError as error:
        raise RuleError(Fault("file_is_folder", _("This is a folder, not a file."))) from error
    except (OSError, ValueError) as error:
        message = _("The file cannot be read: %(reason)s") % {
            "reason": getattr(error, "strerror", None) or error
        }
        raise RuleError(Fault("file_unreadable", message)) from error
    if len(data) > LARGEST_FILE:
        raise RuleError(Fault("file_too_large", _("The file is larger than 64 MiB.")))
    return data


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = _("The file is not UTF-8: the byte at position %(position)d does not belong there.") % {
            "position": error.start
        }
        raise RuleError(Fault("file_not_utf_8", message)) from error


def parse_json(text: str) -> Any:
    """The JSON value of a text; raises `RuleError` where it is none or where it is nested too deeply."""
    if _depth(text) > DEEPEST:
        message = _("The JSON is nested deeper than %(deepest)d levels.") % {"deepest": DEEPEST}
        raise RuleError(Fault("too_deep", message))
    try:
        return json.loads(
            text,
            object_pairs_hook=JsonObject,
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=NoNumber,
        )
    except json.JSONDecodeError as error:
        message = _("The file is not JSON: line %(line)d, column %(column)d: %(reason)s.") % {
            "line": error.lineno,
            "column": error.colno,
            "reason": error.msg,
        }
        raise RuleError(Fault("not_json", message)) from error


def _depth(text: str) -> int:
    depth = deepest = 0
    for token in BRACKETS.finditer(text):
        if token[0] in ("{", "["):
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in ("}", "]"):
            depth -= 1
    return deepest


def _decimal(text: str) -> Decimal | NoNumber:
    try:
        return Decimal(text)
    except InvalidOperation:
        # An exponent beyond what a decimal can hold.
        return NoNumber(text)


def _whole(text: str) -> int | Decimal:
    # Python refuses to turn thousands of digits into an int; a decimal takes them, and the reader's limit names them.
    return int(text) if len(text) <= LONGEST_INT else Decimal(text)
