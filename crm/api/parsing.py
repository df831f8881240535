"""The one way a JSON body is read: strictly, and never deeper or longer than it may be."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from crm.api.problems import ProblemError
from crm.common.errors import Fault

LARGEST_BODY = 1024 * 1024
DEEPEST = 20
# A client that is still sending would lose an early answer, so a body that is too large is read on to here, unkept.
LARGEST_DRAINED, CHUNK = 16 * 1024 * 1024, 64 * 1024
# The possessive quantifier keeps an unterminated text from being tried again from each of its quotes.
STRING = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)
BRACKET = re.compile(rb"[\[\]{}]")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class StrictJSONParser(BaseParser):
    """Reads an object of UTF-8 JSON; numbers with a fraction become decimals. Raises ProblemError for anything else."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        raw = read_whole(stream)
        if parser_context is not None and "request" in parser_context:
            parser_context["request"].raw_body = raw
        return read_json(raw)


class MergePatchParser(StrictJSONParser):
    """RFC 7396: a member that is null empties the field."""

    media_type = "application/merge-patch+json"


def read_whole(stream: IO[bytes]) -> bytes:
    raw = stream.read(LARGEST_BODY + 1)
    if len(raw) <= LARGEST_BODY:
        return raw
    drained = len(raw)
    while drained < LARGEST_DRAINED:
        chunk = stream.read(CHUNK)
        if not chunk:
            break
        drained += len(chunk)
    raise ProblemError("too-large")


def read_json(raw: bytes) -> dict[str, Any]:
    """The object that the bytes hold; raises ProblemError with the reason in a sentence."""
    if not raw.strip():
        raise empty_body()
    if is_too_deep(raw):
        raise bad_json("too_deep", _("The body is nested deeper than %(most)d levels.") % {"most": DEEPEST})
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad_json(
            "not_utf8", _("The body is no UTF-8: byte %(place)d cannot be read.") % {"place": error.start + 1}
        ) from error
    try:
        body = json.loads(
            text,
            parse_float=_read_decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object_without_duplicates,
        )
    except json.JSONDecodeError as error:
        raise bad_json(
            "not_json",
            _("The body is no JSON: %(reason)s at line %(line)d, column %(column)d.")
            % {"reason": error.msg, "line": error.lineno, "column": error.colno},
        ) from error
    except ValueError as error:  # a whole number of more digits than Python converts
        raise bad_json("not_json", _("The body holds a number that is too long.")) from error
    if not isinstance(body, dict):
        raise bad_json("not_an_object", _("Send a JSON object: { … }."))
    unstorable = _first_unstorable(body, "")
    if unstorable is not None:
        raise bad_json(
            "plain_text",
            _("The text holds a NUL character or half a surrogate pair, which cannot be stored."),
            unstorable,
        )
    return body


def bad_json(code: str, message: str, pointer: str = "") -> ProblemError:
    return ProblemError("invalid-input", faults=[Fault(code, message, pointer)])


def empty_body() -> ProblemError:
    return bad_json("empty_body", _("The body is empty; send a JSON object."))


def is_too_deep(raw: bytes) -> bool:
    """Whether the brackets outside texts nest deeper than allowed, found without recursion."""
    depth = 0
    for bracket in BRACKET.findall(STRING.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            return True
    return False


def _read_decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error


def _refuse_constant(name: str) -> None:
    raise bad_json("not_json", _("%(name)s is no JSON.") % {"name": name})


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _value in pairs if key in seen or seen.add(key))
        if UNSTORABLE.search(twice):
            twice = ascii(twice)
        raise bad_json(
            "duplicate_key", _("The member “%(name)s” occurs twice in one object.") % {"name": twice[:100]}
        )
    return members


def _first_unstorable(value: Any, pointer: str) -> str | None:
    """The pointer of the first text or member name that no database can hold."""
    if isinstance(value, str):
        return pointer if UNSTORABLE.search(value) else None
    if isinstance(value, dict):
        for key, item in value.items():
            if UNSTORABLE.search(key):
                return pointer
            found = _first_unstorable(item, f"{pointer}/{key[:100]}")
            if found is not None:
                return found
    if isinstance(value, list):
        for number, item in enumerate(value):
            found = _first_unstorable(item, f"{pointer}/{number}")
            if found is not None:
                return found
    return None
