"""Leads and their log in the words of the business."""

from datetime import date, datetime
from typing import Any

from django.db import connections, models
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from accounts.roles import Role
from crm.acquisition.choices import ActivityKind, Confidentiality, LeadStatus


class LeadQuerySet(models.QuerySet[Any]):
    def open(self) -> "LeadQuerySet":
        return self.filter(status=LeadStatus.OPEN)

    def came_to_status_in(self, year: int) -> "LeadQuerySet":
        """Leads that came to the status they have in that year, by their log; what was taken back does not count."""
        changes = self.model._meta.get_field("stage_changes").related_model.objects
        entered = changes.filter(
            lead=OuterRef("pk"),
            to_status=OuterRef("status"),
            occurred_on__gte=date(year, 1, 1),
            occurred_on__lt=date(year + 1, 1, 1),
            reverses__isnull=True,
            reversed_by__isnull=True,
        ).exclude(from_status=OuterRef("status"))
        return self.filter(Exists(entered))

    def with_readable_name(self, user: Any) -> "LeadQuerySet":
        """Annotate `is_name_readable`: may this user read the real name?

        Managers read all names; staff all but strict ones, which only the owner and the lead's team read;
        administrators (who run the system, not the leads) all but strict ones; partners only open ones.
        """
        if user.role == Role.MANAGER:
            return self.annotate(is_name_readable=Value(value=True, output_field=models.BooleanField()))
        involved = Q(owner=user) | Q(
            Exists(self.model.team.through.objects.filter(lead=OuterRef("pk"), user=user))
        )
        if user.role in (Role.STAFF, Role.ADMINISTRATOR):
            readable = ~Q(confidentiality=Confidentiality.STRICT) | involved
        elif user.role == Role.PARTNER:
            readable = Q(confidentiality=Confidentiality.OPEN)
        else:
            readable = Q(pk__isnull=True)
        return self.annotate(
            is_name_readable=Case(
                When(readable, then=Value(value=True)),
                default=Value(value=False),
                output_field=models.BooleanField(),
            )
        )

    def named_for(self, user: Any) -> "LeadQuerySet":
        """Annotate `display_name`: the real name where this user may read it, the code name elsewhere.

        Search and order by `display_name`, never by the identity: a filter on a hidden name answers yes or no.
        """
        return self.with_readable_name(user).annotate(
            display_name=Case(
                When(
                    is_name_readable=True,
                    then=Coalesce("identity__organisation__name", "identity__working_name"),
                ),
                default=F("code_name"),
                output_field=CharField(),
            )
        )


class StageChangeQuerySet(models.QuerySet[Any]):
    def standing(self, as_of: date, known_at: datetime) -> "StageChangeQuerySet":
        """Changes that happened up to `as_of`, were known at `known_at` and were not taken back by then."""
        taken_back = self.model.objects.filter(reverses=OuterRef("pk"), recorded_at__lte=known_at)
        # Not `reverses IS NULL`: SQLite would walk the unique index of `reverses`, nearly all of it, for every row.
        return (
            self.alias(takes_back=Coalesce("reverses_id", 0))
            .filter(occurred_on__lte=as_of, recorded_at__lte=known_at, takes_back=0)
            .exclude(Exists(taken_back))
        )

    def last_per_lead(self, as_of: date, known_at: datetime) -> "StageChangeQuerySet":
        """The standing change that says where each lead stood at the end of `as_of`, one row per lead."""
        standing = self.standing(as_of, known_at)
        if connections[self.db].vendor == "postgresql":
            # Sorted once: what its planner makes of "no later change" grows with the square of the log.
            last = standing.order_by("lead_id", "-occurred_on", "-pk").distinct("lead_id")
            return self.model.objects.filter(pk__in=last.values("pk"))
        later = (
            self.model.objects.standing(as_of, known_at)
            .filter(lead=OuterRef("lead"))
            .filter(
                Q(occurred_on__gt=OuterRef("occurred_on"))
                | Q(occurred_on=OuterRef("occurred_on"), pk__gt=OuterRef("pk"))
            )
        )
        return standing.exclude(Exists(later))


class ActivityQuerySet(models.QuerySet[Any]):
    def contact(self) -> "ActivityQuerySet":
        """Two-way contact with a person."""
        return self.filter(is_two_way=True, person__isnull=False).exclude(kind=ActivityKind.NOTE)

    def two_way(self) -> "ActivityQuerySet":
        """They answered or were there, whether or not somebody noted who."""
        return self.filter(is_two_way=True).exclude(kind__in=[ActivityKind.NOTE, ActivityKind.PROPOSAL])


class TaskQuerySet(models.QuerySet[Any]):
    def open(self) -> "TaskQuerySet":
        return self.filter(done_at__isnull=True)

    def readable_by(self, user: Any) -> "TaskQuerySet":
        """Tasks about no lead, or about one whose name this user may read: the text of a task gives the name away."""
        leads = self.model._meta.get_field("lead").related_model
        readable = leads.objects.with_readable_name(user).filter(is_name_readable=True)
        return self.filter(Q(lead__isnull=True) | Q(lead__in=readable.values("pk")))

    def promised(self, user: Any, day: date) -> "TaskQuerySet":
        """Open tasks of this person that are due on that day or late."""
        return self.filter(done_at__isnull=True, owner=user, due_on__lte=day)
