"""What the stage table asks of a lead, read from its rows."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Min, Q

from crm.acquisition.choices import ActivityKind, LeadStatus
from crm.acquisition.models import Activity, Lead, LeadIdentity
from crm.acquisition.stages import LeadFacts

CONTACT = Q(is_two_way=True, person__isnull=False) & ~Q(kind=ActivityKind.NOTE)


def facts_of(leads: Iterable[Lead]) -> dict[int, LeadFacts]:
    """The facts of each lead by its primary key, in two queries whatever their number."""
    leads = list(leads)
    keys = [lead.pk for lead in leads]
    named = set(LeadIdentity.objects.filter(lead__in=keys).values_list("lead_id", flat=True))
    days = {
        row["lead_id"]: row
        for row in Activity.objects.filter(lead__in=keys)
        .order_by()
        .values("lead_id")
        .annotate(
            contacted_on=Min("occurred_on", filter=CONTACT),
            visited_on=Min("occurred_on", filter=Q(kind=ActivityKind.VISIT)),
            proposed_on=Min("occurred_on", filter=Q(kind=ActivityKind.PROPOSAL)),
        )
    }
    return {lead.pk: _facts(lead, days.get(lead.pk, {}), has_name=lead.pk in named) for lead in leads}


def facts_of_one(lead: Lead) -> LeadFacts:
    return facts_of([lead])[lead.pk]


def facts_seen(lead: Lead, activities: Iterable[Activity]) -> LeadFacts:
    """The facts of a lead whose identity and contact are at hand: no query."""
    days: dict[str, Any] = {}
    for activity in activities:
        names = []
        if activity.is_two_way and activity.person_id is not None and activity.kind != ActivityKind.NOTE:
            names.append("contacted_on")
        if activity.kind == ActivityKind.VISIT:
            names.append("visited_on")
        if activity.kind == ActivityKind.PROPOSAL:
            names.append("proposed_on")
        for name in names:
            days[name] = min(activity.occurred_on, days.get(name, activity.occurred_on))
    return _facts(lead, days, has_name=hasattr(lead, "identity"))


def _facts(lead: Lead, days: Mapping[str, Any], *, has_name: bool) -> LeadFacts:
    return LeadFacts(
        has_name=has_name,
        contacted_on=days.get("contacted_on"),
        develops_technology=lead.develops_technology,
        has_rd_in_operations=lead.has_rd_in_operations,
        seeks_space=lead.seeks_space,
        area_from_m2=lead.area_from_m2,
        area_to_m2=lead.area_to_m2,
        decision_expected_on=lead.decision_expected_on,
        has_decision_maker=lead.decision_maker_id is not None,
        visited_on=days.get("visited_on"),
        offer_reference=lead.offer_reference,
        proposed_on=days.get("proposed_on"),
        settles_expected_on=lead.settles_expected_on,
        confirmation_on=lead.confirmation_on,
        confirmation_reference=lead.confirmation_reference,
        jobs_promised=lead.jobs_promised,
        is_counted=lead.status == LeadStatus.ESTABLISHED,
    )
