"""Contact with organisations: their own and that of the leads behind which they stand.

Of a lead whose name somebody may not read, its contact says that there is one: it counts for nobody but its readers.
"""

from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from crm.acquisition.models import Activity, Lead, Task
from crm.contacts.choices import OWNER_ROLES, PARTNER_ROLES, OrganisationRole
from crm.contacts.models import Organisation, OrganisationKind
from crm.desk.portfolio.norms import Relation
from crm.estate.models import Ownership, Tenancy
from crm.rules.reading import norms_on

BEHIND = "lead__identity__organisation"


def readable_leads(user: User) -> Any:
    return Lead.objects.named_for(user).filter(is_name_readable=True)


def about_readable(queryset: Any, user: User) -> Any:
    """Rows about no lead, or about one whose name this user may read."""
    return queryset.filter(Q(lead__isnull=True) | Q(lead__in=readable_leads(user).values("pk")))


def contact_with(organisation: Organisation, user: User) -> Any:
    """Everything logged with an organisation, notes included, as far as this user may read it."""
    rows = Activity.objects.filter(Q(organisation=organisation) | Q(**{BEHIND: organisation}))
    return about_readable(rows, user)


def tasks_about(organisation: Organisation, user: User) -> Any:
    """Tasks about an organisation itself, or about a lead behind which it stands."""
    rows = Task.objects.filter(Q(organisation=organisation) | Q(**{BEHIND: organisation}))
    return about_readable(rows, user)


def leads_of(organisation: Organisation, user: User) -> Any:
    return readable_leads(user).filter(identity__organisation=organisation)


# ── many organisations at once ──────────────────────────────────────────────
def with_relations(queryset: Any, day: date) -> Any:
    """Annotate `is_owner`, `is_broker`, `is_tenant`, `is_partner`, `norm_days` and `spoken_since`.

    Of several norms the shortest holds: who is owner and tenant is spoken to as often as an owner. `spoken_since` is the
    earliest day on which the last contact may have been; both are None for who is no relation.
    """
    kinds = OrganisationKind.objects.filter(organisation=OuterRef("pk"))
    flags = {
        "is_owner": Exists(kinds.filter(kind__in=OWNER_ROLES))
        | Exists(Ownership.objects.on(day).filter(owner=OuterRef("pk"))),
        "is_broker": Exists(kinds.filter(kind=OrganisationRole.BROKER)),
        "is_tenant": Exists(Tenancy.objects.current_on(day).filter(tenant=OuterRef("pk"))),
        "is_partner": Exists(kinds.filter(kind__in=PARTNER_ROLES)),
    }
    norms = norms_on(day)
    shortest_first = sorted((norms.contact_days(relation), relation) for relation in Relation.values)
    annotated = queryset.annotate(
        **{name: _as_flag(condition) for name, condition in flags.items()},
    )
    return annotated.annotate(
        norm_days=Case(
            *(When(**{f"is_{relation}": True}, then=Value(days)) for days, relation in shortest_first),
            default=None,
            output_field=IntegerField(),
        ),
        spoken_since=Case(
            *(
                When(**{f"is_{relation}": True}, then=Value(day - timedelta(days=days)))
                for days, relation in shortest_first
            ),
            default=None,
            output_field=DateField(),
        ),
    )


def _as_flag(condition: Any) -> Case:
    return Case(
        When(condition, then=Value(value=True)), default=Value(value=False), output_field=BooleanField()
    )


def of_relation(queryset: Any, relation: str) -> Any:
    """Those of `with_relations` that are this to the park."""
    return queryset.filter(**{f"is_{relation}": True}) if relation in Relation.values else queryset.none()


def with_last_contact(queryset: Any, user: User) -> Any:
    """Annotate `last_contact_on`, the last two-way contact that this user may read of."""
    spoken = about_readable(Activity.objects.two_way(), user).order_by("-occurred_on")
    own = spoken.filter(organisation=OuterRef("pk")).values("occurred_on")[:1]
    behind = spoken.filter(**{BEHIND: OuterRef("pk")}).values("occurred_on")[:1]
    rows = queryset.annotate(
        own_contact_on=Subquery(own, output_field=DateField()),
        lead_contact_on=Subquery(behind, output_field=DateField()),
    )
    return rows.annotate(last_contact_on=later_of("own_contact_on", "lead_contact_on"))


def later_of(first: str, second: str) -> Greatest:
    """The later of two days, or the one that is known: SQLite knows no greatest beside nothing."""
    return Greatest(Coalesce(F(first), F(second)), Coalesce(F(second), F(first)), output_field=DateField())


def over_norm(queryset: Any) -> Any:
    """Of `with_relations` and `with_last_contact`: those spoken to longer ago than their norm allows, or never."""
    never = Q(norm_days__isnull=False, last_contact_on__isnull=True)
    return queryset.filter(never | Q(last_contact_on__lt=F("spoken_since")))


def relations_kept(user: User, today: date) -> Any:
    """Organisations as lists of relations ask for them: what they are to the park, and when they were spoken to."""
    return with_last_contact(with_relations(Organisation.objects.standing(), today), user)


def shared_contact() -> Any:
    """Two-way contact that everybody at the desk may read of: none of strictly confidential leads."""
    return not_strict(Activity.objects.two_way())


def not_strict(queryset: Any) -> Any:
    return queryset.filter(Q(lead__isnull=True) | ~Q(lead__confidentiality="strict"))
