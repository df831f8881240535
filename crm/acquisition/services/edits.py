"""The log of changed facts: what a lead's facts were before a change and what they are after it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import models

from accounts.models import User
from crm.acquisition.models import EditedWords, Lead, LeadEdit

# Held by key and read without fetching the row; and facts in words, or known by a name that may change or be erased: their values stand beside the log.
KEYED = frozenset({"owner", "decision_maker"})
WORDS = frozenset(
    {"organisation", "working_name", "referred_by", "offer_reference", "confirmation_reference"}
)
NAME_FACTS = frozenset({"organisation", "working_name"})
LONGEST_LIST = 2000


def facts_before(lead: Lead, names: Iterable[str]) -> dict[str, str]:
    """The named facts as the log writes them; read before anything is set, and again after it."""
    return {name: _written(_value(lead, name), name) for name in sorted(names)}


def log_edits(
    *, lead: Lead, before: Mapping[str, str], after: Mapping[str, str], by: User, at: datetime
) -> list[LeadEdit]:
    """A row for each fact that differs, in the transaction of the change itself; none where nothing changed."""
    changed = [name for name in before if before[name] != after[name]]
    wordy = [name for name in changed if name in WORDS]
    words = dict(
        zip(
            wordy,
            EditedWords.objects.bulk_create(EditedWords(old=before[name], new=after[name]) for name in wordy),
            strict=True,
        )
    )
    return LeadEdit.objects.bulk_create(
        LeadEdit(
            lead=lead,
            field=name,
            old="" if name in words else before[name],
            new="" if name in words else after[name],
            words=words.get(name),
            by=by,
            at=at,
        )
        for name in changed
    )


def _value(lead: Lead, name: str) -> Any:
    if name in KEYED:
        return getattr(lead, f"{name}_id")
    return getattr(lead.identity if name in NAME_FACTS else lead, name)


def _written(value: Any, name: str) -> str:
    """A fact as text: yes and no as codes, days in ISO, value lists by code, people and users by key, the rest as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, models.Manager):
        column = "code" if name == "technologies" else "pk"
        return ",".join(str(key) for key in value.order_by(column).values_list(column, flat=True))[
            :LONGEST_LIST
        ]
    if isinstance(value, models.Model):
        if name in WORDS:
            return str(value)
        return str(value.code)  # type: ignore[attr-defined]  # a value list
    return str(value)
