"""The pipeline as one table: what each stage requires, which moves are legal, and why a lead may end.

Pure: it knows a lead's facts, never its rows. The service, the API's errors and the panel "what is still missing" all
read from here, so they cannot disagree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.acquisition.choices import ActivityKind, LeadStatus, Reason, Stage
from crm.common.errors import Fault
from crm.common.months import add_months

DECISION_HORIZON_MONTHS = 18

REASONS: Mapping[str, tuple[str, ...]] = {
    LeadStatus.LOST: (
        Reason.CHOSE_ELSEWHERE,
        Reason.NO_SPACE,
        Reason.TOO_EXPENSIVE,
        Reason.TIMING,
        Reason.NO_BUDGET,
        Reason.NO_FIT,
        Reason.NO_CONTACT,
        Reason.OTHER,
    ),
    LeadStatus.REFERRED: (Reason.OUTSIDE_PROFILE, Reason.LARGE_PRODUCTION, Reason.OTHER_PARK, Reason.OTHER),
    LeadStatus.WITHDRAWN: (Reason.DUPLICATE, Reason.MISTAKE, Reason.OTHER),
}
ENDINGS = tuple(REASONS)

# A status that stays `open` is a move to another stage; an established lead only leaves by taking its change back.
STATUS_MOVES: Mapping[str, tuple[str, ...]] = {
    "": (LeadStatus.OPEN, LeadStatus.PARKED, LeadStatus.ESTABLISHED, *ENDINGS),
    LeadStatus.OPEN: (LeadStatus.OPEN, LeadStatus.PARKED, LeadStatus.ESTABLISHED, *ENDINGS),
    LeadStatus.PARKED: (LeadStatus.OPEN, LeadStatus.ESTABLISHED, *ENDINGS),
    LeadStatus.LOST: (LeadStatus.OPEN,),
    LeadStatus.REFERRED: (LeadStatus.OPEN,),
    LeadStatus.WITHDRAWN: (LeadStatus.OPEN,),
    LeadStatus.ESTABLISHED: (),
}


@dataclass(frozen=True, kw_only=True)
class LeadFacts:
    """What is known of a lead, as far as a stage asks for it. Days of activities are those of the first."""

    has_name: bool = False
    contacted_on: date | None = None
    develops_technology: bool | None = None
    has_rd_in_operations: bool | None = None
    seeks_space: bool | None = None
    area_from_m2: int | None = None
    area_to_m2: int | None = None
    decision_expected_on: date | None = None
    has_decision_maker: bool = False
    visited_on: date | None = None
    offer_reference: str = ""
    proposed_on: date | None = None
    settles_expected_on: date | None = None
    confirmation_on: date | None = None
    confirmation_reference: str = ""
    jobs_promised: int | None = None
    is_counted: bool = False


@dataclass(frozen=True)
class Requirement:
    """One thing that must be known to enter `stage`: what `fields` of the lead, or an `activity`, settle it."""

    key: str
    stage: str
    text: str | Promise
    fields: tuple[str, ...]
    is_met: Callable[[LeadFacts, date], bool]
    activity: str = ""


def _by(day: date | None, on: date) -> bool:
    return day is not None and day <= on


def _knows_space(facts: LeadFacts, on: date) -> bool:
    return facts.seeks_space is False or facts.area_from_m2 is not None or facts.area_to_m2 is not None


def _decides_soon(facts: LeadFacts, on: date) -> bool:
    expected = facts.decision_expected_on
    return expected is not None and expected <= add_months(on, DECISION_HORIZON_MONTHS)


REQUIREMENTS: tuple[Requirement, ...] = (
    Requirement(
        "name",
        Stage.IDENTIFIED,
        gettext_lazy("an organisation or a working name"),
        ("organisation", "working_name"),
        lambda facts, on: facts.has_name,
    ),
    Requirement(
        "contact",
        Stage.CONTACTED,
        gettext_lazy("two-way contact with a person, dated"),
        ("activity",),
        lambda facts, on: _by(facts.contacted_on, on),
        activity=ActivityKind.CALL,
    ),
    Requirement(
        "technology",
        Stage.QUALIFIED,
        gettext_lazy("whether it develops technology"),
        ("develops_technology",),
        lambda facts, on: facts.develops_technology is not None,
    ),
    Requirement(
        "rd",
        Stage.QUALIFIED,
        gettext_lazy("whether it has R&D in its operations"),
        ("has_rd_in_operations",),
        lambda facts, on: facts.has_rd_in_operations is not None,
    ),
    Requirement(
        "space",
        Stage.QUALIFIED,
        gettext_lazy("the m² it seeks, or that it seeks none"),
        ("seeks_space", "area_from_m2", "area_to_m2"),
        _knows_space,
    ),
    Requirement(
        "decision_date",
        Stage.QUALIFIED,
        gettext_lazy("a decision expected within 18 months"),
        ("decision_expected_on",),
        _decides_soon,
    ),
    Requirement(
        "decision_maker",
        Stage.QUALIFIED,
        gettext_lazy("who decides"),
        ("decision_maker",),
        lambda facts, on: facts.has_decision_maker,
    ),
    Requirement(
        "visit",
        Stage.SITE_VISIT,
        gettext_lazy("a visit, dated"),
        ("activity",),
        lambda facts, on: _by(facts.visited_on, on),
        activity=ActivityKind.VISIT,
    ),
    Requirement(
        "offer",
        Stage.PROPOSAL,
        gettext_lazy("an offer document or a proposed match"),
        ("offer_reference",),
        lambda facts, on: bool(facts.offer_reference) or _by(facts.proposed_on, on),
    ),
    Requirement(
        "settling_date",
        Stage.DECISION,
        gettext_lazy("the expected date of settling"),
        ("settles_expected_on",),
        lambda facts, on: facts.settles_expected_on is not None,
    ),
    Requirement(
        "confirmation_date",
        Stage.COMMITTED,
        gettext_lazy("the date of the signed confirmation or lease"),
        ("confirmation_on",),
        lambda facts, on: _by(facts.confirmation_on, on),
    ),
    Requirement(
        "confirmation",
        Stage.COMMITTED,
        gettext_lazy("the signed confirmation or lease: its file or reference"),
        ("confirmation_reference",),
        lambda facts, on: bool(facts.confirmation_reference),
    ),
    Requirement(
        "jobs",
        Stage.COMMITTED,
        gettext_lazy("the jobs promised over three years"),
        ("jobs_promised",),
        lambda facts, on: facts.jobs_promised is not None,
    ),
    Requirement(
        "count_event",
        Stage.ESTABLISHED,
        gettext_lazy("an arrival in the ledger that a second person confirmed"),
        (),
        lambda facts, on: facts.is_counted,
    ),
)


def rank(stage: str) -> int:
    """Place of the stage in the pipeline, 0 for the first; raises ValueError for what is no stage."""
    return Stage.values.index(stage)


def is_forward(from_stage: str, to_stage: str) -> bool:
    return rank(to_stage) > rank(from_stage)


def next_stage(stage: str) -> str | None:
    """The stage after this one; None after `established`."""
    following = Stage.values[rank(stage) + 1 :]
    return following[0] if following else None


def missing_for(facts: LeadFacts, to_stage: str, on: date) -> list[Requirement]:
    """What is not there on that day of all that `to_stage` and every stage before it require, in their order."""
    return [
        requirement
        for requirement in REQUIREMENTS
        if rank(requirement.stage) <= rank(to_stage) and not requirement.is_met(facts, on)
    ]


def requirement_faults(facts: LeadFacts, to_stage: str, on: date) -> list[Fault]:
    """The missing requirements as faults: the code is the requirement's key, the field the first that settles it."""
    return [
        Fault(
            requirement.key,
            _("Still needed for %(stage)s: %(what)s.")
            % {"stage": Stage(requirement.stage).label, "what": requirement.text},
            requirement.fields[0] if requirement.fields else "to_stage",
        )
        for requirement in missing_for(facts, to_stage, on)
    ]


@dataclass(frozen=True)
class Standing:
    """Where a lead stands, and the day of its last standing change."""

    stage: str
    status: str
    changed_on: date


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change of a lead as somebody asks for it; `from_stage` and `from_status` are empty on the first."""

    from_stage: str
    to_stage: str
    from_status: str
    to_status: str
    occurred_on: date
    recorded_on: date
    reason: str = ""


def step_faults(step: Step, stands: Standing | None) -> list[Fault]:
    """Every reason why the step may not follow on where the lead stands (None: it does not exist yet).

    What the new stage requires is another question (`requirement_faults`): imported history is asked only this one.
    """
    return [
        *_chain_faults(step, stands),
        *_move_faults(step),
        *_reason_faults(step),
        *_day_faults(step, stands),
    ]


def _chain_faults(step: Step, stands: Standing | None) -> list[Fault]:
    faults = []
    stage, status = (stands.stage, stands.status) if stands else ("", "")
    if step.from_stage != stage:
        faults.append(Fault("broken_chain", _stood_at(Stage(stage).label if stage else ""), "from_stage"))
    if step.from_status != status:
        faults.append(
            Fault("broken_chain", _stood_at(LeadStatus(status).label if status else ""), "from_status")
        )
    return faults


def _stood_at(label: str | Promise) -> str:
    if not label:
        return _("This is the lead's first change: it comes from nothing.")
    return _("The lead stood at %(where)s then.") % {"where": label}


def _move_faults(step: Step) -> list[Fault]:
    stays = step.from_stage == step.to_stage
    if stays and step.from_status == step.to_status:
        return [Fault("no_change", _("The lead already stands there."), "to_stage")]
    if step.to_status not in STATUS_MOVES[step.from_status]:
        return [Fault("status_move", _status_sentence(step), "to_status")]
    if (step.to_stage == Stage.ESTABLISHED) != (step.to_status == LeadStatus.ESTABLISHED):
        message = _("A lead is established in stage and status together.")
        return [Fault("established_in_both", message, "to_stage")]
    if step.from_stage and not stays and step.to_status in (LeadStatus.PARKED, *ENDINGS):
        message = _("A lead that is parked or ended keeps the stage it reached.")
        return [Fault("stage_kept", message, "to_stage")]
    return []


def _status_sentence(step: Step) -> str:
    if step.from_status == LeadStatus.ESTABLISHED:
        return _("The lead is established: take that change back first.")
    label = LeadStatus(step.from_status).label
    return _("The lead is not open (status: %(status)s): reopen it first.") % {"status": label}


def _reason_faults(step: Step) -> list[Fault]:
    if step.from_status == step.to_status in ENDINGS:
        return []
    allowed = REASONS.get(step.to_status, ())
    if step.reason in allowed or (not allowed and not step.reason):
        return []
    if not allowed:
        message = _("Only a lead that ends has a reason.")
        return [Fault("reason_not_asked", message, "reason")]
    status = LeadStatus(step.to_status).label
    message = _("Give the reason for %(status)s, one of: %(reasons)s.")
    return [Fault("reason_needed", message % {"status": status, "reasons": ", ".join(allowed)}, "reason")]


def _day_faults(step: Step, stands: Standing | None) -> list[Fault]:
    faults = []
    if step.occurred_on > step.recorded_on:
        message = _("A change happens no later than the day it is recorded (%(day)s).")
        faults.append(Fault("in_the_future", message % {"day": step.recorded_on.isoformat()}, "occurred_on"))
    if stands and step.occurred_on < stands.changed_on:
        message = _("The lead's previous change was on %(day)s: this one cannot be earlier.")
        faults.append(
            Fault("before_previous", message % {"day": stands.changed_on.isoformat()}, "occurred_on")
        )
    return faults
