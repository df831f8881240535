"""A lead's stage path and its log, as they are drawn: steps and contact together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from crm.acquisition.choices import ActivityKind, LeadStatus, Stage
from crm.acquisition.models import Activity, Lead, StageChange
from crm.acquisition.stages import NORM_DAYS, rank

KIND_ICONS = {
    ActivityKind.CALL: "phone",
    ActivityKind.EMAIL: "mail",
    ActivityKind.MEETING: "talk",
    ActivityKind.VISIT: "visit",
    ActivityKind.PROPOSAL: "file",
    ActivityKind.NOTE: "note",
}


@dataclass(frozen=True)
class PathStep:
    """A stage on the path: entered on a day, the current one, or still to come."""

    label: str
    is_done: bool
    is_current: bool
    entered_on: date | None
    note: str


@dataclass(frozen=True)
class LogEntry:
    """One line of the log, whatever it records."""

    on: date
    at: datetime
    icon: str
    title: str
    by: str
    person: str = ""
    text: str = ""
    reference: str = ""
    is_taken_back: bool = False


def stage_path(lead: Lead, changes: Sequence[StageChange], today: date) -> list[PathStep]:
    """All stages in order, those reached with the day the lead last entered them."""
    entered: dict[str, date] = {}
    for change in sorted(changes, key=lambda change: (change.occurred_on, change.pk)):
        stands = change.reverses_id is None and not hasattr(change, "reversed_by")
        if stands and change.to_stage != change.from_stage:
            entered[change.to_stage] = change.occurred_on
    days = (today - lead.stage_since).days
    steps = []
    for stage in Stage:
        is_current = stage == lead.stage
        note = ""
        if is_current and lead.status == LeadStatus.OPEN:
            note = _days_in_words(days, NORM_DAYS.get(stage))
        elif stage == Stage.COMMITTED and rank(stage) > rank(lead.stage):
            note = _("does not count yet")
        elif stage == Stage.ESTABLISHED and rank(stage) > rank(lead.stage):
            note = _("counts")
        is_done = rank(stage) <= rank(lead.stage)
        steps.append(
            PathStep(str(stage.label), is_done, is_current, entered.get(stage) if is_done else None, note)
        )
    return steps


def _days_in_words(days: int, norm: int | None) -> str:
    if norm is not None and days > norm:
        return _("%(days)d days, norm is %(norm)d") % {"days": days, "norm": norm}
    return _("%(days)d days") % {"days": days}


def log_of(changes: Sequence[StageChange], activities: Sequence[Activity]) -> list[LogEntry]:
    """Steps and contact together, the latest first."""
    entries = [_step_entry(change) for change in changes] + [_contact_entry(row) for row in activities]
    return sorted(entries, key=lambda entry: (entry.on, entry.at), reverse=True)


def _step_entry(change: StageChange) -> LogEntry:
    text = change.note.text if change.note else ""
    if change.reverses_id:
        title = _("Last step taken back, to %(stage)s") % {"stage": change.get_to_stage_display()}
    elif not change.from_stage:
        title = _("Recorded as a lead")
    elif change.from_stage != change.to_stage:
        title = _("To %(stage)s") % {"stage": change.get_to_stage_display()}
    else:
        title = str(change.get_to_status_display())
    if change.reason:
        title = f"{title}: {change.get_reason_display()}"
    return LogEntry(
        on=change.occurred_on,
        at=change.recorded_at,
        icon="undo" if change.reverses_id else "moved",
        title=title,
        by=str(change.by),
        text=text,
        is_taken_back=hasattr(change, "reversed_by"),
    )


def _contact_entry(activity: Activity) -> LogEntry:
    title = str(activity.get_kind_display())
    if not activity.is_two_way and activity.kind not in (ActivityKind.NOTE, ActivityKind.PROPOSAL):
        title = _("%(kind)s, no answer") % {"kind": title}
    return LogEntry(
        on=activity.occurred_on,
        at=activity.created_at,
        icon=KIND_ICONS[activity.kind],
        title=title,
        by=str(activity.created_by),
        person=str(activity.person) if activity.person else "",
        text=activity.text,
        reference=activity.reference,
    )
