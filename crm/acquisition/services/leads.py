"""Verbs that make a lead and change what is known of it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from crm.acquisition.checks import lead_faults, name_faults
from crm.acquisition.choices import Confidentiality, LeadStatus, Stage
from crm.acquisition.code_names import code_name
from crm.acquisition.models import Lead, LeadIdentity
from crm.acquisition.services.edits import facts_before, log_edits
from crm.acquisition.services.logbook import lock_lead, mirror, write_change
from crm.acquisition.stages import Step
from crm.common.errors import refuse
from crm.common.months import amsterdam_day
from crm.contacts.models import Organisation

PLAIN_FACTS = frozenset(
    {
        "application_area",
        "spin_off_expected",
        "referred_by",
        "referred_on",
        "develops_technology",
        "has_rd_in_operations",
        "seeks_space",
        "area_from_m2",
        "area_to_m2",
        "decision_expected_on",
        "decision_maker",
        "offer_reference",
        "settles_expected_on",
        "confirmation_on",
        "confirmation_reference",
        "jobs_expected",
        "jobs_promised",
    }
)
HEAD_FACTS = frozenset({"track", "owner", "confidentiality"})
MANY_FACTS = frozenset({"team", "technologies", "tags"})
NAME_FACTS = frozenset({"organisation", "working_name"})


def record_lead(
    *,
    track: str,
    by: User,
    at: datetime,
    on: date,
    organisation: Organisation | None = None,
    working_name: str = "",
    owner: User | None = None,
    confidentiality: str = Confidentiality.CONFIDENTIAL,
    note: str = "",
    **facts: Any,
) -> Lead:
    """Make a lead in its first stage, with its code name, and leave the first row of its log.

    `facts` are the lead's other fields (`PLAIN_FACTS`, `MANY_FACTS`). Raises `RuleError` with every fault at once.
    """
    step = _first_step(Stage.IDENTIFIED, LeadStatus.OPEN, on, at)
    head = {"track": track, "owner": owner, "confidentiality": confidentiality}
    identity = LeadIdentity(organisation=organisation, working_name=working_name.strip())
    return _make_lead(head | facts, identity, step, by=by, at=at, note=note)


def import_lead(
    *,
    track: str,
    to_stage: str,
    to_status: str,
    occurred_on: date,
    recorded_at: datetime,
    by: User,
    organisation: Organisation | None = None,
    working_name: str = "",
    owner: User | None = None,
    confidentiality: str = Confidentiality.CONFIDENTIAL,
    spin_off_expected: str = "unknown",
    reason: str = "",
    note: str = "",
) -> Lead:
    """A lead out of the park's own history, made by the first change known of it, whatever its stage."""
    step = _first_step(to_stage, to_status, occurred_on, recorded_at, reason)
    facts = {
        "track": track,
        "owner": owner,
        "confidentiality": confidentiality,
        "spin_off_expected": spin_off_expected,
    }
    identity = LeadIdentity(organisation=organisation, working_name=working_name.strip())
    return _make_lead(facts, identity, step, by=by, at=recorded_at, note=note)


@transaction.atomic
def change_lead(*, lead: Lead, by: User, at: datetime, version: int, **facts: Any) -> Lead:
    """Change what is known of a lead, and leave a row in its log for each fact that became another.

    Stage and status change by moves alone. `facts` may be any of the fact lists above. Raises `StaleError` when somebody saved since `version` was read, and
    `RuleError` with every fault at once.
    """
    _refuse_unknown(facts, PLAIN_FACTS | HEAD_FACTS | MANY_FACTS | NAME_FACTS)
    fresh = lock_lead(lead, version, at)
    identity = fresh.identity
    before = facts_before(fresh, facts)
    _set(fresh, facts, PLAIN_FACTS | HEAD_FACTS)
    _set(identity, facts, NAME_FACTS)
    refuse([*lead_faults(fresh, at), *name_faults(identity)])
    fresh.changed_by, fresh.changed_at, fresh.version = by, at, fresh.version + 1
    fresh.save()
    if NAME_FACTS & facts.keys():
        identity.save()
    _set_many(fresh, facts)
    log_edits(lead=fresh, before=before, after=facts_before(fresh, facts), by=by, at=at)
    mirror(fresh, lead)
    return fresh


def _first_step(to_stage: str, to_status: str, on: date, at: datetime, reason: str = "") -> Step:
    return Step(
        from_stage="",
        to_stage=to_stage,
        from_status="",
        to_status=to_status,
        occurred_on=on,
        recorded_on=amsterdam_day(at),
        reason=reason,
    )


@transaction.atomic
def _make_lead(
    facts: dict[str, Any], identity: LeadIdentity, step: Step, *, by: User, at: datetime, note: str
) -> Lead:
    _refuse_unknown(facts, PLAIN_FACTS | HEAD_FACTS | MANY_FACTS)
    plain = {name: value for name, value in facts.items() if name not in MANY_FACTS}
    lead = Lead(
        stage=step.to_stage,
        status=step.to_status,
        stage_since=step.occurred_on,
        created_by=by,
        created_at=at,
        changed_by=by,
        changed_at=at,
        version=0,
        **plain,
    )
    faults = [*lead_faults(lead, at), *name_faults(identity)]
    if not faults:
        lead.save()
        lead.code_name = code_name(lead.pk)
        identity.lead = lead
        identity.save()
        _set_many(lead, facts)
    # The step's own faults are named together with the rest; the transaction takes the rows back.
    write_change(lead=lead, step=step, last=None, by=by, at=at, note=note, faults=faults)
    return lead


def _refuse_unknown(facts: dict[str, Any], known: frozenset[str]) -> None:
    unknown = facts.keys() - known
    if unknown:
        raise TypeError(f"a lead has no such facts: {', '.join(sorted(unknown))}")


def _set(row: Any, facts: dict[str, Any], names: frozenset[str]) -> None:
    for name in names & facts.keys():
        value = facts[name]
        setattr(row, name, value.strip() if isinstance(value, str) else value)


def _set_many(lead: Lead, facts: dict[str, Any]) -> None:
    for name in MANY_FACTS & facts.keys():
        getattr(lead, name).set(facts[name])
