"""Rounds and their members in the words of the desk. Whether somebody was spoken to is read from the contact log."""

from typing import Any

from django.db import models
from django.db.models import Case, CharField, DateField, F, OuterRef, Q, Subquery, Value, When

from crm.desk.portfolio.contact import BEHIND, later_of, shared_contact
from crm.desk.rounds.choices import MemberState


class ContactRoundQuerySet(models.QuerySet[Any]):
    def running(self) -> "ContactRoundQuerySet":
        return self.filter(closed_at__isnull=True)


class RoundMemberQuerySet(models.QuerySet[Any]):
    def with_state(self) -> "RoundMemberQuerySet":
        """Annotate `state` and `spoken_on`: of a running round by the contact log, of a closed one as it was kept.

        Contact counts within the round's days. That of strictly confidential leads does not: a tick would tell of them.
        """
        within = shared_contact().filter(
            occurred_on__gte=OuterRef("round__starts_on"), occurred_on__lte=OuterRef("round__ends_on")
        )
        latest = within.order_by("-occurred_on")
        own = latest.filter(organisation=OuterRef("organisation")).values("occurred_on")[:1]
        behind = latest.filter(**{BEHIND: OuterRef("organisation")}).values("occurred_on")[:1]
        rows = self.annotate(
            own_contact_on=Subquery(own, output_field=DateField()),
            lead_contact_on=Subquery(behind, output_field=DateField()),
        )
        is_closed = Q(round__closed_at__isnull=False)
        rows = rows.annotate(
            spoken_on=Case(
                When(is_closed, then=F("contacted_on")),
                default=later_of("own_contact_on", "lead_contact_on"),
                output_field=DateField(),
            )
        )
        return rows.annotate(
            state=Case(
                When(is_closed, then=F("result")),
                When(spoken_on__isnull=False, then=Value(MemberState.DONE.value)),
                When(unreachable_at__isnull=False, then=Value(MemberState.UNREACHABLE.value)),
                default=Value(MemberState.OPEN.value),
                output_field=CharField(),
            )
        )
