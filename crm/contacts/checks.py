"""What may be wrong with an organisation or a person, every fault at once."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _

from crm.common.errors import Fault
from crm.common.months import amsterdam_day
from crm.common.validation import field_faults
from crm.contacts.choices import OrganisationRole
from crm.contacts.models import KvkNumber, Organisation, Person


def organisation_faults(organisation: Organisation, at: datetime) -> list[Fault]:
    faults = field_faults(organisation)
    founded_on, today = organisation.founded_on, amsterdam_day(at)
    if isinstance(founded_on, date) and founded_on > today:
        message = _("An organisation is founded no later than the day it is recorded (%(day)s).")
        faults.append(Fault("in_the_future", message % {"day": today.isoformat()}, "founded_on"))
    if organisation.pk and _is_above(organisation, organisation.group):
        faults.append(
            Fault("group_in_a_circle", _("An organisation cannot be part of its own group."), "group")
        )
    return faults


def _is_above(organisation: Organisation, group: Organisation | None) -> bool:
    seen: set[int] = set()
    while group is not None and group.pk not in seen:
        if group.pk == organisation.pk:
            return True
        seen.add(group.pk)
        group = group.group
    return False


def kind_faults(kinds: Iterable[str]) -> list[Fault]:
    unknown = [str(kind) for kind in kinds if kind not in OrganisationRole.values]
    if not unknown:
        return []
    message = _("Unknown: %(unknown)s. Choose from: %(known)s.")
    values = {"unknown": ", ".join(unknown), "known": ", ".join(OrganisationRole.values)}
    return [Fault("unknown_kind", message % values, "kinds")]


def kvk_faults(number: str, organisation: Organisation) -> list[Fault]:
    if not number:
        return []
    faults = field_faults(KvkNumber(number=number))
    if faults:
        return [Fault(fault.code, fault.message, "kvk") for fault in faults]
    holder = Organisation.objects.with_kvk_number(number).exclude(pk=organisation.pk).first()
    if holder is None:
        return []
    message = _("This KvK number is already that of %(holder)s.") % {"holder": holder}
    return [Fault("kvk_taken", message, "kvk")]


def person_faults(person: Person) -> list[Fault]:
    return field_faults(person)
