"""Who else knows them: what the park has with the organisation behind a lead, and with the rest of its group.

Only what this person may read: of a strict lead of others there is no row, no count and no gap in an order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from crm.acquisition.models import Lead
from crm.contacts.choices import OrganisationRole
from crm.contacts.models import Organisation
from crm.estate.models import Ownership, Tenancy
from crm.matching.models import HousingNeed

SHOWN = 10


@dataclass
class Relative:
    """An organisation of the circle, and what it is to the park beside a company."""

    organisation: Organisation
    is_the_lead_itself: bool
    kinds: list[str]


@dataclass
class Circle:
    relatives: list[Relative] = field(default_factory=list)
    leads: list[Any] = field(default_factory=list)
    tenancies: list[Tenancy] = field(default_factory=list)
    ownerships: list[Ownership] = field(default_factory=list)
    needs: list[HousingNeed] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.relatives or self.leads or self.tenancies or self.ownerships or self.needs)


def circle_of(lead: Lead, user: Any, today: date) -> tuple[Circle, list[HousingNeed]]:
    """The circle of a lead whose name the user may read, and the lead's own needs; five queries, whatever there is.

    The circle is the organisation, its parent, the parent's other members, and its own members.
    """
    organisation = lead.identity.organisation
    if organisation is None:
        return Circle(), list(HousingNeed.objects.filter(lead=lead))
    circle = Organisation.objects.filter(
        Q(pk__in=(organisation.pk, organisation.group_id or organisation.pk))
        | Q(group__in=(organisation.pk, organisation.group_id or organisation.pk))
    )
    relatives = _relatives(circle, organisation)
    keys = [relative.organisation.pk for relative in relatives]
    readable = Lead.objects.named_for(user).filter(is_name_readable=True)
    leads = (
        readable.filter(identity__organisation__in=keys)
        .exclude(pk=lead.pk)
        .select_related("owner")
        .order_by("-pk")
    )
    needs = (
        HousingNeed.objects.filter(
            Q(lead=lead)
            | Q(organisation__in=keys, lead__isnull=True)
            | Q(lead__in=readable.filter(identity__organisation__in=keys).values("pk"))
        )
        .select_related("owner")
        .order_by("-pk")
    )
    own, others = [], []
    for need in needs:
        (own if need.lead_id == lead.pk else others).append(need)
    found = Circle(
        relatives=[known for known in relatives if known.kinds or not known.is_the_lead_itself],
        leads=list(leads[:SHOWN]),
        tenancies=list(
            Tenancy.objects.current_on(today)
            .filter(tenant__in=keys)
            .select_related("tenant", "unit__building")[:SHOWN]
        ),
        ownerships=list(
            Ownership.objects.on(today).filter(owner__in=keys).select_related("owner", "building")[:SHOWN]
        ),
        needs=others[:SHOWN],
    )
    return found, own


def _relatives(circle: Any, organisation: Organisation) -> list[Relative]:
    """Each organisation once, with its kinds but that of a mere company, in one query."""
    rows: Iterable[Sequence[Any]] = circle.order_by("name", "pk", "kinds__kind").values_list(
        "pk", "name", "kinds__kind"
    )
    found: dict[int, Relative] = {}
    for pk, name, kind in rows:
        known = found.setdefault(pk, Relative(Organisation(pk=pk, name=name), pk == organisation.pk, []))
        if kind and kind != OrganisationRole.COMPANY:
            known.kinds.append(str(OrganisationRole(kind).label))
    return list(found.values())
