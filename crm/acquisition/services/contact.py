"""Verbs on what happens with a lead or a relation: contact, proposals, and looking at a hidden name."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import ActivityKind
from crm.acquisition.models import Activity, Lead, LeadIdentity, NameReveal
from crm.common.errors import Fault, refuse
from crm.common.months import amsterdam_day
from crm.common.validation import field_faults
from crm.contacts.models import Organisation, Person


@transaction.atomic
def log_activity(
    *,
    kind: str,
    occurred_on: date,
    by: User,
    at: datetime,
    lead: Lead | None = None,
    organisation: Organisation | None = None,
    person: Person | None = None,
    is_two_way: bool = True,
    text: str = "",
    reference: str = "",
) -> Activity:
    """Write down contact with a lead or a relation, or a note; it happened no later than today (Amsterdam)."""
    activity = Activity(
        kind=kind,
        occurred_on=occurred_on,
        lead=lead,
        organisation=organisation,
        person=person,
        is_two_way=is_two_way,
        text=text.strip(),
        reference=reference.strip(),
        created_by=by,
        created_at=at,
        changed_by=by,
        changed_at=at,
    )
    faults = field_faults(activity)
    if lead is None and organisation is None:
        faults.append(Fault("about_nobody", _("Say which lead or organisation it is about."), "lead"))
    today = amsterdam_day(at)
    if occurred_on > today:
        message = _("This day is still to come: it happened no later than %(day)s. Plan it as a task.")
        faults.append(Fault("in_the_future", message % {"day": today.isoformat()}, "occurred_on"))
    refuse(faults)
    activity.save()
    return activity


def record_proposal(*, lead: Lead, reference: str, on: date, by: User, at: datetime) -> Activity:
    """A space was proposed to the lead: this is what the stage `proposal` asks for."""
    return log_activity(
        lead=lead,
        kind=ActivityKind.PROPOSAL,
        occurred_on=on,
        reference=reference,
        is_two_way=False,
        by=by,
        at=at,
    )


@transaction.atomic
def reveal_name(*, lead: Lead, reason: str, by: User, at: datetime) -> str:
    """The real name behind a lead, for somebody who may not simply read it: who looked, and why, is kept."""
    reveal = NameReveal(lead=lead, by=by, at=at, reason=reason.strip())
    refuse(field_faults(reveal))
    reveal.save()
    return LeadIdentity.objects.select_related("organisation").get(lead=lead).name
