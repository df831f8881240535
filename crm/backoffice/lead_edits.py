"""Changed facts of a lead in the reader's words: labels, values of lists, days, and the names behind keys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.dateformat import format as format_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.models import Lead, LeadEdit, LeadIdentity, LeadTag
from crm.backoffice.templatetags.desk import number
from crm.contacts.models import ApplicationArea, Person, Technology

NOTHING = "–"


@dataclass(frozen=True)
class EditLine:
    """One fact, as it was and as it became."""

    at: datetime
    by: str
    label: str
    old: str
    new: str


def edit_lines(edits: Sequence[LeadEdit]) -> list[EditLine]:
    """Rows of the log as lines, in their order; keys are looked up together, in one query for each kind that occurs."""
    names = _names(edits)
    return [
        EditLine(
            edit.at,
            str(edit.by),
            _label(edit.field),
            *(_words(edit, which, names) for which in ("old", "new")),
        )
        for edit in edits
    ]


# Which facts hold keys or codes, of what, and by which column they are found.
LOOKED_UP: dict[str, tuple[Any, str]] = {
    "owner": (User, "pk"),
    "team": (User, "pk"),
    "decision_maker": (Person, "pk"),
    "application_area": (ApplicationArea, "code"),
    "technologies": (Technology, "code"),
    "tags": (LeadTag, "pk"),
}


def _names(edits: Iterable[LeadEdit]) -> dict[tuple[Any, str], str]:
    wanted: dict[tuple[Any, str], set[str]] = {}
    for edit in edits:
        if edit.field in LOOKED_UP:
            keys = wanted.setdefault(LOOKED_UP[edit.field], set())
            keys |= {key for text in (edit.old, edit.new) for key in text.split(",") if key}
    names = {}
    for (model, column), keys in wanted.items():
        if keys:
            for row in model._default_manager.filter(**{f"{column}__in": keys}):
                names[model, str(getattr(row, column))] = str(row)
    return names


def _field(name: str) -> "models.Field[Any, Any] | None":
    for model in (Lead, LeadIdentity):
        found = next((field for field in model._meta.get_fields() if field.name == name), None)
        if found is not None:
            return found  # type: ignore[return-value]
    return None


def _label(name: str) -> str:
    field = _field(name)
    return str(capfirst(field.verbose_name)) if field is not None else name


def _words(edit: LeadEdit, which: str, names: dict[tuple[Any, str], str]) -> str:
    if edit.words is not None:
        return getattr(edit.words, which) or NOTHING
    text = getattr(edit, which)
    if not text:
        return NOTHING
    if edit.field in LOOKED_UP:
        model, _column = LOOKED_UP[edit.field]
        return ", ".join(names.get((model, key), _("no longer there")) for key in text.split(",") if key)
    field = _field(edit.field)
    if field is not None and field.flatchoices:
        return str(dict(field.flatchoices).get(text, text))
    if isinstance(field, models.BooleanField):
        return _("Yes") if text == "yes" else _("No")
    if isinstance(field, models.DateField):
        return format_date(date.fromisoformat(text), "j F Y")
    if isinstance(field, models.IntegerField):
        return number(text)
    return str(text)


def in_words(lead: Lead, name: str) -> str:
    """One stored fact of a lead as its reader sees it."""
    value = getattr(lead, name)
    field = _field(name)
    if value is None or value == "":
        return NOTHING
    if field is not None and field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return format_date(value, "j F Y") if isinstance(value, date) else str(value)
