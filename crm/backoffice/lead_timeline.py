"""A lead's stage path as it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from crm.acquisition.choices import LeadStatus, Stage
from crm.acquisition.models import Lead, StageChange
from crm.acquisition.stages import rank
from crm.rules.norms import Norms


@dataclass(frozen=True)
class PathStep:
    """A stage on the path: entered on a day, the current one, or still to come."""

    label: str
    is_done: bool
    is_current: bool
    entered_on: date | None
    note: str


def stage_path(lead: Lead, changes: Sequence[StageChange], today: date, norms: Norms) -> list[PathStep]:
    """All stages in order, those reached with the day the lead last entered them, judged by the norms of today."""
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
            note = _days_in_words(days, norms.stage_days(stage))
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
