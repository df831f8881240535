"""Leads in any stage and status, each with a log that tells how it got there."""

from datetime import date, datetime

import factory

from crm.acquisition.models import Activity, Lead, Task
from crm.acquisition.services import add_task, change_lead, import_change, import_lead, log_activity
from crm.common.months import AMSTERDAM
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory

RECORDED_AT = datetime(2026, 1, 5, 9, 0, tzinfo=AMSTERDAM)
STARTED_ON = date(2026, 1, 5)


class LeadFactory(factory.Factory):
    """`LeadFactory(stage="proposal")`, `LeadFactory(lost=True)`, `LeadFactory(startup=True, strict=True)`.

    Stage requirements are waived, as for imported history; `LeadFactory(complete=True)` fills every fact a stage asks
    for, contact and visit included.
    """

    class Meta:
        model = Lead

    class Params:
        rd_branch = factory.Trait(track="rd_branch")
        startup = factory.Trait(track="startup")
        open_name = factory.Trait(confidentiality="open")
        strict = factory.Trait(confidentiality="strict")
        parked = factory.Trait(status="parked")
        lost = factory.Trait(status="lost", reason="no_space")
        referred = factory.Trait(status="referred", reason="outside_profile")
        withdrawn = factory.Trait(status="withdrawn", reason="duplicate")
        established = factory.Trait(status="established", stage="established")

    track = "knowledge_intensive"
    organisation = factory.LazyFunction(OrganisationFactory)
    stage = "identified"
    status = "open"
    reason = ""
    confidentiality = "confidential"
    complete = False
    by = factory.LazyFunction(UserFactory)
    at = RECORDED_AT
    on = STARTED_ON

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        by, at, on = kwargs.pop("by"), kwargs.pop("at"), kwargs.pop("on")
        stage, status, reason = kwargs.pop("stage"), kwargs.pop("status"), kwargs.pop("reason")
        complete = kwargs.pop("complete")
        head = ("organisation", "working_name", "track", "owner", "confidentiality", "spin_off_expected")
        facts = {name: value for name, value in kwargs.items() if name not in head}
        lead = import_lead(
            to_stage="identified",
            to_status="open",
            occurred_on=on,
            recorded_at=at,
            by=by,
            **{name: value for name, value in kwargs.items() if name in head},
        )
        if (stage, status) != ("identified", "open"):
            cls._move(lead, stage, status, reason, by, at, on)
        if complete:
            facts = complete_facts(lead, by, at) | facts
        return change_lead(lead=lead, by=by, at=at, version=lead.version, **facts) if facts else lead

    @staticmethod
    def _move(lead, stage, status, reason, by, at, on):
        first, last = ("open", status) if status not in ("open", "established") else (status, status)
        for to_stage, to_status in ((stage, first), (stage, last)):
            if (lead.stage, lead.status) != (to_stage, to_status):
                import_change(
                    lead=lead,
                    from_stage=lead.stage,
                    from_status=lead.status,
                    to_stage=to_stage,
                    to_status=to_status,
                    occurred_on=on,
                    recorded_at=at,
                    by=by,
                    reason=reason if to_status == status else "",
                )


def complete_facts(lead, by, at):
    """Everything the stages up to `committed` ask for; logs the contact and the visit."""
    person = PersonFactory()
    for kind in ("call", "visit"):
        log_activity(lead=lead, kind=kind, occurred_on=STARTED_ON, person=person, by=by, at=at)
    return {
        "develops_technology": True,
        "has_rd_in_operations": True,
        "seeks_space": True,
        "area_from_m2": 100,
        "area_to_m2": 200,
        "decision_expected_on": date(2026, 6, 1),
        "decision_maker": person,
        "offer_reference": "offer-1.pdf",
        "settles_expected_on": date(2026, 9, 1),
        "confirmation_on": STARTED_ON,
        "confirmation_reference": "lease-1.pdf",
        "jobs_promised": 12,
    }


class ActivityFactory(factory.Factory):
    class Meta:
        model = Activity

    kind = "call"
    occurred_on = STARTED_ON
    by = factory.LazyFunction(UserFactory)
    at = RECORDED_AT

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return log_activity(**kwargs)


class TaskFactory(factory.Factory):
    class Meta:
        model = Task

    title = "Bel terug"
    due_on = date(2026, 1, 12)
    owner = factory.LazyFunction(UserFactory)
    by = factory.LazyFunction(UserFactory)
    at = RECORDED_AT

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return add_task(**kwargs)
