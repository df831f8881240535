"""What values of closed lists are called here: the product's names, or those that an administrator gave them.

Read once for all that is done within `names_in_force` (a request, a round of the clock) and not at all outside it, so
that a label costs no query of its own and pure code needs no database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language

from crm.rules.models import ValueAct, ValueChange

Names = dict[tuple[str, str], tuple[str, str]]


@dataclass
class _Held:
    """The names of one request; None until the first label is asked for."""

    names: Names | None = None


_HELD: ContextVar[_Held | None] = ContextVar("names_in_force", default=None)


@contextmanager
def names_in_force() -> Iterator[None]:
    """Within this, labels are read as administrators gave them; the first one reads them all."""
    token = _HELD.set(_Held())
    try:
        yield
    finally:
        _HELD.reset(token)


def given_names() -> Names:
    """Every given name, Dutch and English, by list and code; empty ones are those that the product came with."""
    rows = ValueChange.objects.filter(act=ValueAct.RENAMED).order_by("pk")
    found = {
        (list_name, code): (name_nl, name_en)
        for list_name, code, name_nl, name_en in rows.values_list("list_name", "code", "name_nl", "name_en")
    }
    return {key: names for key, names in found.items() if any(names)}


def forget_names() -> None:
    """A name was given just now: whoever asks next within the same request reads it."""
    held = _HELD.get()
    if held is not None:
        held.names = None


def _said(list_name: str, code: str, delivered: "str | Promise") -> str:
    held, language = _HELD.get(), get_language()
    if held is None or language is None:
        return str(delivered)
    if held.names is None:
        if connection.needs_rollback:  # a broken transaction answers nothing
            return str(delivered)
        held.names = given_names()
    names = held.names.get((list_name, code))
    own = names[0 if language.startswith("nl") else 1] if names else ""
    return own or str(delivered)


own_name = lazy(_said, str)
