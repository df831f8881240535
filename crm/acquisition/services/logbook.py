"""The one place where a lead's log gets a row: every door's change, imported ones included, ends here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import LeadStatus, Stage
from crm.acquisition.models import Lead, StageChange, StageNote
from crm.acquisition.stages import Standing, Step, step_faults
from crm.common.errors import Fault, StaleError, refuse
from crm.common.locks import lock_row
from crm.common.moments import spoken_moment
from crm.common.months import amsterdam_day
from crm.common.validation import text_faults

MIRRORED = ("code_name", "stage", "status", "stage_since", "changed_at", "changed_by", "version")


def lock_lead(lead: Lead, version: int | None, at: datetime) -> Lead:
    """The lead's row, locked and fresh; raises `StaleError` when somebody saved since that version was read."""
    fresh = lock_row(Lead.objects.all(), lead.pk)
    if version is not None and version != fresh.version:
        raise StaleError(Fault("stale", _stale_sentence(fresh, at), "version"))
    return fresh


def _stale_sentence(lead: Lead, at: datetime) -> str:
    values: dict[str, Any] = {
        "who": lead.changed_by,
        "when": spoken_moment(lead.changed_at, amsterdam_day(at)),
    }
    change = last_standing(lead)
    if change and change.recorded_at == lead.changed_at:
        values["stage"] = Stage(lead.stage).label
        if lead.status not in (LeadStatus.OPEN, LeadStatus.ESTABLISHED):
            values["stage"] = LeadStatus(lead.status).label
        return (
            _("%(who)s moved this lead to %(stage)s %(when)s. Nothing of yours was stored: look again.")
            % values
        )
    return _("%(who)s changed this lead %(when)s. Nothing of yours was stored: look again.") % values


def standing_changes(lead: Lead) -> list[StageChange]:
    """The lead's changes that nothing takes back, the latest first."""
    changes = lead.stage_changes.filter(reverses__isnull=True, reversed_by__isnull=True)
    return list(changes.order_by("-pk"))


def last_standing(lead: Lead) -> StageChange | None:
    changes = lead.stage_changes.filter(reverses__isnull=True, reversed_by__isnull=True)
    return changes.order_by("-pk").first()


def write_change(
    *,
    lead: Lead,
    step: Step,
    last: StageChange | None,
    by: User,
    at: datetime,
    note: str = "",
    faults: Iterable[Fault] = (),
) -> StageChange:
    """Leave the log row of a step and let the lead's own row follow; `lead` is locked or new, `last` its last standing change.

    Raises `RuleError` with the given faults and all that stands against the step, and then writes nothing.
    """
    stands = Standing(lead.stage, lead.status, last.occurred_on) if last else None
    refuse([*step_faults(step, stands), *faults, *text_faults(note, "note")])
    change = StageChange.objects.create(
        lead=lead,
        from_stage=step.from_stage,
        to_stage=step.to_stage,
        from_status=step.from_status,
        to_status=step.to_status,
        occurred_on=step.occurred_on,
        recorded_at=at,
        by=by,
        reason=step.reason,
        note=make_note(note),
    )
    lead.stage, lead.status = step.to_stage, step.to_status
    if enters_stage(change):
        lead.stage_since = step.occurred_on
    save_standing(lead, by, at)
    return change


def make_note(text: str) -> StageNote | None:
    return StageNote.objects.create(text=text.strip()) if text.strip() else None


def enters_stage(change: StageChange) -> bool:
    """Whether the days in the stage start anew: another stage, or the same one reopened."""
    reopened = change.from_status != LeadStatus.OPEN and change.to_status == LeadStatus.OPEN
    return change.from_stage != change.to_stage or reopened


def save_standing(lead: Lead, by: User, at: datetime) -> None:
    """Store stage, status and `stage_since`, with who changed them and a new version."""
    lead.changed_by, lead.changed_at, lead.version = by, at, lead.version + 1
    lead.save(update_fields=MIRRORED)


def mirror(fresh: Lead, given: Lead) -> None:
    """Bring the caller's object up to date with the row that was locked and written."""
    for name in MIRRORED:
        setattr(given, name, getattr(fresh, name))
