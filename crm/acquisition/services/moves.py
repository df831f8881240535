"""Verbs that move a lead through the pipeline. Each leaves one row in the log and locks the lead first.

`on` is the day it happened: no later than the day it is recorded (Amsterdam), no earlier than the lead's previous
standing change. `version`, where given, is the version the user saw: `StaleError` when it is no longer that.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import LeadStatus, Stage
from crm.acquisition.facts import facts_of_one
from crm.acquisition.models import Lead, StageChange
from crm.acquisition.services.logbook import (
    enters_stage,
    last_standing,
    lock_lead,
    make_note,
    mirror,
    save_standing,
    standing_changes,
    write_change,
)
from crm.acquisition.stages import ENDINGS, Step, is_forward, requirement_faults
from crm.common.errors import Fault, RuleError, refuse
from crm.common.months import amsterdam_day
from crm.common.validation import text_faults


def move_stage(
    *,
    lead: Lead,
    to_stage: str,
    on: date,
    by: User,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> StageChange:
    """Move an open lead to another stage, forward (skipping is allowed) or backward.

    Forward, everything that the new stage and all stages before it require must be there; the `RuleError` names all
    that is missing, each with its field. `established` is never entered here: it follows from the ledger.
    """

    def missing(fresh: Lead) -> list[Fault]:
        if to_stage not in Stage.values:
            message = _("“%(stage)s” is no stage. Choose one of: %(stages)s.")
            values = {"stage": to_stage, "stages": ", ".join(Stage.values)}
            raise RuleError(Fault("unknown_stage", message % values, "to_stage"))
        if to_stage == Stage.ESTABLISHED:
            message = _("A lead is established when a second person confirms its arrival in the ledger.")
            raise RuleError(Fault("only_by_count", message, "to_stage"))
        if fresh.status != LeadStatus.OPEN or not is_forward(fresh.stage, to_stage):
            return []
        return requirement_faults(facts_of_one(fresh), to_stage, on)

    return _change(lead, on=on, by=by, at=at, to_stage=to_stage, note=note, version=version, check=missing)


@transaction.atomic
def move_stages(
    *, leads: Iterable[Lead], to_stage: str, on: date, by: User, at: datetime, note: str = ""
) -> list[StageChange]:
    """Move several leads to one stage, all of them or none: a bulk action is many single moves.

    The `RuleError` names every lead that cannot move (by its code name) and all that each lacks; a fault's field is the
    one it has in a single move.
    """
    changes, faults = [], []
    for lead in sorted(leads, key=lambda lead: lead.pk):
        try:
            changes.append(move_stage(lead=lead, to_stage=to_stage, on=on, by=by, at=at, note=note))
        except RuleError as error:
            faults += [Fault(fault.code, f"{lead}: {fault.message}", fault.field) for fault in error.faults]
    refuse(faults)
    return changes


def park_lead(
    *, lead: Lead, on: date, by: User, at: datetime, note: str = "", version: int | None = None
) -> StageChange:
    """Set an open lead aside: out of the forecast, in the log."""
    return _change(lead, on=on, by=by, at=at, to_status=LeadStatus.PARKED, note=note, version=version)


def reopen_lead(
    *, lead: Lead, on: date, by: User, at: datetime, note: str = "", version: int | None = None
) -> StageChange:
    """Take up a parked or ended lead again, in the stage it had."""
    return _change(lead, on=on, by=by, at=at, to_status=LeadStatus.OPEN, note=note, version=version)


def close_lead(
    *,
    lead: Lead,
    to_status: str,
    reason: str,
    on: date,
    by: User,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> StageChange:
    """End a lead: `lost`, `referred` or `withdrawn`, with a reason code of that status. It keeps its furthest stage."""
    if to_status not in ENDINGS:
        message = _("A lead ends as one of: %(statuses)s.") % {"statuses": ", ".join(ENDINGS)}
        raise RuleError(Fault("unknown_ending", message, "to_status"))
    return _change(lead, on=on, by=by, at=at, to_status=to_status, reason=reason, note=note, version=version)


def establish_lead(*, lead: Lead, on: date, by: User, at: datetime) -> StageChange:
    """The lead's arrival is confirmed in the ledger: called there only, never by a door.

    What the stages require is not asked: the company is at work on the park. The lead must be open or parked.
    """
    return _change(lead, on=on, by=by, at=at, to_stage=Stage.ESTABLISHED, to_status=LeadStatus.ESTABLISHED)


def import_change(
    *,
    lead: Lead,
    from_stage: str,
    to_stage: str,
    from_status: str,
    to_status: str,
    occurred_on: date,
    recorded_at: datetime,
    by: User,
    reason: str = "",
    note: str = "",
) -> StageChange:
    """A change out of the park's own history: what stages require is waived; order, dates and reasons are not."""
    with transaction.atomic():
        fresh = lock_lead(lead, None, recorded_at)
        step = Step(
            from_stage=from_stage,
            to_stage=to_stage,
            from_status=from_status,
            to_status=to_status,
            occurred_on=occurred_on,
            recorded_on=amsterdam_day(recorded_at),
            reason=reason,
        )
        change = write_change(
            lead=fresh, step=step, last=last_standing(fresh), by=by, at=recorded_at, note=note
        )
    mirror(fresh, lead)
    return change


def reverse_change(
    *, change: StageChange, by: User, at: datetime, note: str = "", version: int | None = None
) -> StageChange:
    """Take back a change that was recorded by mistake, and set the lead back to where it stood before.

    Only the lead's last standing change, once; never its first (withdraw the lead instead).
    """
    with transaction.atomic():
        fresh = lock_lead(change.lead, version, at)
        standing = standing_changes(fresh)
        faults = [*_reversal_faults(change, standing), *text_faults(note, "note")]
        if faults:
            raise RuleError(faults)
        reversal = StageChange.objects.create(
            lead=fresh,
            from_stage=change.to_stage,
            to_stage=change.from_stage,
            from_status=change.to_status,
            to_status=change.from_status,
            occurred_on=amsterdam_day(at),
            recorded_at=at,
            by=by,
            note=make_note(note),
            reverses=change,
        )
        fresh.stage, fresh.status = change.from_stage, change.from_status
        fresh.stage_since = next(row.occurred_on for row in standing[1:] if enters_stage(row))
        save_standing(fresh, by, at)
    mirror(fresh, change.lead)
    return reversal


def _reversal_faults(change: StageChange, standing: Sequence[StageChange]) -> list[Fault]:
    if change.reverses_id:
        return [Fault("is_a_reversal", _("This row takes a change back: it cannot itself be taken back."))]
    if change not in standing:
        return [Fault("reversed_already", _("This change was taken back already."))]
    if not change.from_stage:
        return [
            Fault(
                "first_change", _("A lead's first change stays. Withdraw the lead, with “mistake” as reason.")
            )
        ]
    if change != standing[0]:
        return [Fault("not_the_last", _("Only the lead's last change can be taken back."))]
    return []


def step_from(
    *,
    lead: Lead,
    on: date,
    at: datetime,
    to_stage: str | None = None,
    to_status: str | None = None,
    reason: str = "",
) -> Step:
    """The step from where the lead stands; what is not given stays as it is."""
    return Step(
        from_stage=lead.stage,
        to_stage=to_stage or lead.stage,
        from_status=lead.status,
        to_status=to_status or lead.status,
        occurred_on=on,
        recorded_on=amsterdam_day(at),
        reason=reason,
    )


def _change(
    lead: Lead,
    *,
    on: date,
    by: User,
    at: datetime,
    to_stage: str | None = None,
    to_status: str | None = None,
    reason: str = "",
    note: str = "",
    version: int | None = None,
    check: Callable[[Lead], list[Fault]] = lambda fresh: [],
) -> StageChange:
    """Lock, check, and leave the row; what is not given stays as it is."""
    with transaction.atomic():
        fresh = lock_lead(lead, version, at)
        faults = check(fresh)
        step = step_from(lead=fresh, on=on, at=at, to_stage=to_stage, to_status=to_status, reason=reason)
        change = write_change(
            lead=fresh, step=step, last=last_standing(fresh), by=by, at=at, note=note, faults=faults
        )
    mirror(fresh, lead)
    return change
