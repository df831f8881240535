"""Verbs on the ledger and on observations.

Each event locks its organisation first, so that what is recorded or confirmed about one company happens one after the
other; then the event, then the lead.
"""

from datetime import UTC, date, datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import LeadStatus, Stage
from crm.acquisition.models import Lead, StageChange
from crm.acquisition.services import establish_lead, reverse_change
from crm.common.errors import Fault, FourEyesError, RuleError, refuse
from crm.common.locks import lock_row
from crm.common.months import amsterdam_day
from crm.common.validation import field_faults
from crm.contacts.models import Organisation
from crm.estate.models import Area, Unit
from crm.targets import rules
from crm.targets.choices import EventKind, TargetKind
from crm.targets.models import CountEvent, Evidence, Observation, Target

# Inside a lock the log is read as it stands: somebody who got in first may have read a later clock.
LATEST = datetime.max.replace(tzinfo=UTC)
# What the column holds on every database.
LARGEST_VALUE = 2**31 - 1


@transaction.atomic
def record_event(
    *,
    kind: str,
    organisation: Organisation,
    area: Area,
    occurred_on: date,
    by: User,
    at: datetime,
    category: str = "",
    is_knowledge_intensive: bool | None = None,
    spin_off_origin: str = "",
    unit: Unit | None = None,
    lead: Lead | None = None,
    evidence_kind: str = "",
    evidence: str = "",
    evidence_file: "File[Any] | None" = None,
    note: str = "",
    reverses: CountEvent | None = None,
    confirmed_by: User | None = None,
    confirmed_at: datetime | None = None,
    imported: bool = False,
) -> CountEvent:
    """Write one event down, pending until a second person confirms it; raises `RuleError` with every fault.

    History is `imported`: it may come confirmed, moves no lead (its own log does), and is checked against the rest of
    the ledger by `rules.history_faults` once all of it is there.
    """
    if confirmed_at is not None and not imported:
        raise ValueError("only history comes confirmed; use confirm_event")
    organisation = lock_row(Organisation.objects.all(), organisation.pk)
    event = CountEvent(
        kind=kind,
        organisation=organisation,
        group_id=organisation.group_id,
        area=area,
        unit=unit,
        lead=lead,
        category=category,
        spin_off_origin=spin_off_origin,
        is_knowledge_intensive=is_knowledge_intensive,
        occurred_on=occurred_on,
        recorded_by=by,
        recorded_at=at,
        confirmed_by=confirmed_by,
        confirmed_at=confirmed_at,
        evidence_kind=evidence_kind,
        reverses=reverses,
    )
    proof = Evidence(reference=evidence.strip(), file=evidence_file, note=note.strip())
    faults = rules.event_faults(event, proof)
    if not imported:
        faults += [*rules.form_faults(event), *rules.history_faults(event, LATEST)]
    refuse(faults)
    if proof.reference or proof.file or proof.note:
        proof.save()
        event.evidence = proof
    event.save()
    return event


def record_arrival(
    *,
    organisation: Organisation,
    area: Area,
    category: str,
    is_knowledge_intensive: bool,
    occurred_on: date,
    evidence_kind: str,
    evidence: str,
    by: User,
    at: datetime,
    lead: Lead | None = None,
    unit: Unit | None = None,
    spin_off_origin: str = "",
    evidence_file: "File[Any] | None" = None,
    note: str = "",
) -> CountEvent:
    """A company is at work on the park; with a `lead`, confirming it establishes the lead."""
    return record_event(
        kind=EventKind.ARRIVAL,
        organisation=organisation,
        area=area,
        category=category,
        is_knowledge_intensive=is_knowledge_intensive,
        spin_off_origin=spin_off_origin,
        occurred_on=occurred_on,
        evidence_kind=evidence_kind,
        evidence=evidence,
        evidence_file=evidence_file,
        note=note,
        lead=lead,
        unit=unit,
        by=by,
        at=at,
    )


def record_departure(
    *, organisation: Organisation, area: Area, occurred_on: date, by: User, at: datetime, **proof: Any
) -> CountEvent:
    """A company left the park. `proof`, here and below: `evidence_kind`, `evidence`, `evidence_file`, `note`, `unit`."""
    return record_event(
        kind=EventKind.DEPARTURE,
        organisation=organisation,
        area=area,
        occurred_on=occurred_on,
        by=by,
        at=at,
        **proof,
    )


def record_closure(
    *, organisation: Organisation, area: Area, occurred_on: date, by: User, at: datetime, **proof: Any
) -> CountEvent:
    """A company on the park ceased to exist."""
    return record_event(
        kind=EventKind.CLOSURE,
        organisation=organisation,
        area=area,
        occurred_on=occurred_on,
        by=by,
        at=at,
        **proof,
    )


def record_move(
    *, organisation: Organisation, area: Area, occurred_on: date, by: User, at: datetime, **proof: Any
) -> CountEvent:
    """A company inside the park moved to this area (and unit): nothing counts, and the story is complete."""
    return record_event(
        kind=EventKind.MOVE_WITHIN_PARK,
        organisation=organisation,
        area=area,
        occurred_on=occurred_on,
        by=by,
        at=at,
        **proof,
    )


def record_reclassification(
    *,
    organisation: Organisation,
    area: Area,
    category: str,
    is_knowledge_intensive: bool,
    occurred_on: date,
    by: User,
    at: datetime,
    **proof: Any,
) -> CountEvent:
    """A company on the park became something else, by a takeover for instance: from this day on, and in no flow."""
    return record_event(
        kind=EventKind.RECLASSIFICATION,
        organisation=organisation,
        area=area,
        category=category,
        is_knowledge_intensive=is_knowledge_intensive,
        occurred_on=occurred_on,
        by=by,
        at=at,
        **proof,
    )


def reverse_event(
    *,
    event: CountEvent,
    by: User,
    at: datetime,
    occurred_on: date,
    evidence_kind: str = "",
    evidence: str = "",
    note: str = "",
) -> CountEvent:
    """Take an event back, once; the reversal is an event itself and needs its own second person to take effect."""
    return record_event(
        kind=EventKind.REVERSAL,
        organisation=event.organisation,
        area=event.area,
        reverses=event,
        occurred_on=occurred_on,
        evidence_kind=evidence_kind,
        evidence=evidence,
        note=note,
        by=by,
        at=at,
    )


@transaction.atomic
def confirm_event(*, event: CountEvent, by: User, at: datetime) -> CountEvent:
    """A second person confirms an event: from now on it counts, and the row never changes again.

    An arrival's lead is established, and a confirmed reversal of the arrival takes that back. Of two people at once one
    wins; the other's `RuleError` names who confirmed and when. Raises `FourEyesError` for whoever recorded the event.
    """
    lock_row(Organisation.objects.all(), event.organisation_id)
    event = lock_row(CountEvent.objects.all(), event.pk)
    _refuse_confirmation(event, by, at)
    event.confirmed_by, event.confirmed_at = by, at
    event.save(update_fields=["confirmed_by", "confirmed_at"])
    if event.kind == EventKind.ARRIVAL and event.lead is not None:
        _establish(event.lead, event.occurred_on, by, at)
    original = event.reverses
    if original is not None and original.kind == EventKind.ARRIVAL and original.lead is not None:
        _take_back_establishing(original.lead, by, at)
    return event


def _refuse_confirmation(event: CountEvent, by: User, at: datetime) -> None:
    if event.confirmed_at is not None:
        values = {"who": event.confirmed_by, "when": rules.moment_text(event.confirmed_at)}
        raise RuleError(Fault("confirmed_already", _("%(who)s confirmed this on %(when)s.") % values))
    own = rules.four_eyes_faults(event, by)
    if own:
        raise FourEyesError(own)
    faults = []
    if at < event.recorded_at:
        message = _("It is confirmed after it is recorded, not before.")
        faults.append(Fault("confirmed_too_early", message, "confirmed_at"))
    if not CountEvent.objects.not_taken_back(LATEST).filter(pk=event.pk).exists():
        message = _("This event was taken back: it cannot be confirmed any more.")
        faults.append(Fault("taken_back", message))
    refuse(faults)


def _last_change(lead: Lead) -> StageChange | None:
    return StageChange.objects.standing(date.max, LATEST).filter(lead=lead).order_by("pk").last()


def _establish(lead: Lead, arrived_on: date, by: User, at: datetime) -> None:
    lead = lock_row(Lead.objects.all(), lead.pk)
    if lead.status == LeadStatus.ESTABLISHED:
        return
    last = _last_change(lead)
    # The pipeline's bookkeeping may run behind the facts: its log goes forward only, the count keeps its own day.
    on = max(arrived_on, last.occurred_on) if last else arrived_on
    establish_lead(lead=lead, on=on, by=by, at=at)


def _take_back_establishing(lead: Lead, by: User, at: datetime) -> None:
    """The lead goes back to where it stood, unless another arrival of it stands or its log went on since."""
    lead = lock_row(Lead.objects.all(), lead.pk)
    others = CountEvent.objects.standing(date.max, LATEST).filter(lead=lead, kind=EventKind.ARRIVAL)
    last = _last_change(lead)
    if last and last.to_stage == Stage.ESTABLISHED and last.from_stage and not others.exists():
        reverse_change(change=last, by=by, at=at)


@transaction.atomic
def record_observation(
    *,
    target: Target,
    value: int,
    reference_date: date,
    source: str,
    boundary_version: str,
    by: User,
    at: datetime,
) -> Observation:
    """Write down a stock as measured from outside: its value on the reference date, known to us since `at`."""
    target = lock_row(Target.objects.all(), target.pk)
    observation = Observation(
        target=target,
        value=value,
        reference_date=reference_date,
        source=source.strip(),
        boundary_version=boundary_version.strip(),
        known_at=at,
        recorded_by=by,
    )
    faults = field_faults(observation)
    if value > LARGEST_VALUE and not any(fault.field == "value" for fault in faults):
        faults.append(Fault("too_large", _("This is more than a stock of the park can be."), "value"))
    if target.kind != TargetKind.STOCK:
        message = _("%(target)s is counted, not measured.") % {"target": target}
        faults.append(Fault("not_a_stock", message, "target"))
    if reference_date > amsterdam_day(at):
        message = _("A measurement is known on its reference date or later.")
        faults.append(Fault("in_the_future", message, "reference_date"))
    if Observation.objects.filter(target=target, reference_date=reference_date, known_at=at).exists():
        message = _("A measurement of this target and date is recorded at this very moment already.")
        faults.append(Fault("observation_known", message, "reference_date"))
    refuse(faults)
    observation.save()
    return observation
