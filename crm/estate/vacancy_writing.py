"""What every verb on a vacancy shares: the locked fresh row, its new status, its log rows and the office's feed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from crm.common.errors import Fault, RuleError, StaleError
from crm.common.locks import lock_row
from crm.estate.models import Vacancy, VacancyChange
from crm.estate.vacancy_columns import text_faults
from crm.estate.vacancy_moves import MOVES
from crm.messages.services import publish_event

LONGEST_NOTE = 500
Changes = dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Hand:
    """Who does it, when, and by which API key (its prefix; empty where a person did it by hand)."""

    by: User
    at: datetime
    actor: str = ""


def locked(vacancy: Vacancy, version: int | None = None) -> Vacancy:
    """The row, locked and fresh; refused where it is not the version that was seen."""
    fresh = lock_row(Vacancy.objects.select_related("area", "building__area", "unit"), vacancy.pk)
    if version is not None and fresh.version != version:
        raise StaleError(
            Fault(
                "stale",
                _(
                    "This was changed in between: version %(now)d stands, yours was %(yours)d. "
                    "Nothing was stored; read it again and repeat the change."
                )
                % {"now": fresh.version, "yours": version},
            )
        )
    return fresh


def move(vacancy: Vacancy, name: str, hand: Hand, note: str = "") -> Changes:
    """Make a move of the status table on the row (nothing is stored yet) and return what it changes."""
    step = MOVES[name]
    if vacancy.status not in step.starts:
        raise RuleError(
            Fault(
                "wrong_status",
                _("This is not possible while the listing is “%(status)s”.")
                % {"status": vacancy.get_status_display()},
                "status",
            )
        )
    if step.to is None:
        return {}
    before = {"status": vacancy.status, "status_note": vacancy.status_note}
    vacancy.status, vacancy.status_note = step.to, note
    if name == "publish":
        vacancy.published_at = hand.at
    after = {"status": vacancy.status, "status_note": vacancy.status_note}
    return {field: (before[field], after[field]) for field in after if before[field] != after[field]}


def store(vacancy: Vacancy, changes: Changes, hand: Hand) -> None:
    """Save the changed row with its next version, one log row per field, and tell the office of a new status."""
    vacancy.version += 1
    vacancy.changed_by, vacancy.changed_at = hand.by, hand.at
    vacancy.save()
    log(vacancy, changes, hand)


def log(vacancy: Vacancy, changes: Changes, hand: Hand, facts: Mapping[str, Any] | None = None) -> None:
    VacancyChange.objects.bulk_create(
        VacancyChange(
            vacancy=vacancy, at=hand.at, by=hand.by, actor=hand.actor, field=field, old=old, new=new
        )
        for field, (old, new) in changes.items()
    )
    if "status" in changes and vacancy.office_id is not None:
        payload = {
            "reference": vacancy.reference,
            "status": vacancy.status,
            "note": vacancy.status_note,
            "version": vacancy.version,
        }
        publish_event(
            audience=f"office:{vacancy.office_id}",
            kind=vacancy.status,
            subject=str(vacancy.public_id),
            at=hand.at,
            payload=payload | dict(facts or {}),
        )


def checked_note(note: str, field: str, *, is_required: bool) -> str:
    """A reason or a question: plain text of at most 500 characters."""
    note = note.strip()
    faults = list(text_faults(field, note, LONGEST_NOTE))
    if is_required and not note:
        faults.append(Fault("required", _("This field is required."), field))
    if faults:
        raise RuleError(faults)
    return note
