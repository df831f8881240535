"""What may be wrong with a lead and with the name behind it, every fault at once."""

from datetime import datetime

from django.utils.translation import gettext as _

from crm.acquisition.models import Lead, LeadIdentity
from crm.common.errors import Fault
from crm.common.months import amsterdam_day
from crm.common.validation import field_faults


def lead_faults(lead: Lead, at: datetime) -> list[Fault]:
    faults = field_faults(lead, exclude=("code_name", "stage", "status", "stage_since"))
    wrong = {fault.field for fault in faults}
    today = amsterdam_day(at)
    for name in ("referred_on", "confirmation_on"):
        day = getattr(lead, name)
        if name not in wrong and day is not None and day > today:
            message = _("This day is still to come: it happened no later than %(day)s.")
            faults.append(Fault("in_the_future", message % {"day": today.isoformat()}, name))
    area = (lead.area_from_m2, lead.area_to_m2)
    if not wrong & {"area_from_m2", "area_to_m2"} and None not in area and area[0] > area[1]:  # type: ignore[operator]
        faults.append(
            Fault("area_reversed", _("The area runs from small to large: from ≤ to."), "area_to_m2")
        )
    return faults


def name_faults(identity: LeadIdentity) -> list[Fault]:
    faults = field_faults(identity)
    if identity.organisation is None and not identity.working_name:
        faults.append(
            Fault("name", _("Give an organisation or a working name."), "organisation"),
        )
    return faults
