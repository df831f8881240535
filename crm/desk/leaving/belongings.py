"""What hangs on a person: what goes to colleagues, kind by kind, and what ends with the account."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.second_factor import has_second_factor
from crm.acquisition.choices import Confidentiality, LeadStatus
from crm.acquisition.models import Lead, Task
from crm.common.months import amsterdam_day
from crm.contacts.models import Organisation
from crm.desk.bulk.models import BulkJob
from crm.desk.calendar_models import CalendarAddress
from crm.desk.list_models import SavedView
from crm.desk.mail.models import DropAddress
from crm.desk.rounds.models import RoundMember
from crm.desk.snoozes import Snooze
from crm.matching.models import HousingNeed

RUNNING = (LeadStatus.OPEN, LeadStatus.PARKED)


class Kind(models.TextChoices):
    """What can go to different colleagues. Tasks and needs about a strict lead go where that lead goes."""

    LEADS = "leads", _("Leads")
    STRICT_LEADS = "strict_leads", _("Strictly confidential leads")
    TASKS = "tasks", _("Open tasks")
    NEEDS = "needs", _("Housing needs")
    VIEWS = "views", _("Shared views")
    KEPT = "kept", _("Relations that this person keeps")
    CALLS = "calls", _("Calls in contact rounds")


@dataclass(frozen=True, kw_only=True)
class Belongings:
    """Rows by kind, and how much ends."""

    rows: dict[str, list[Any]]
    teams: int
    keys: int
    calendars: int
    drops: int
    snoozes: int
    jobs: int
    sessions: int
    has_second_factor: bool

    @property
    def fingerprint(self) -> str:
        """Tells whether something came, went or changed hands since a preview; sessions come and go by themselves."""
        parts = [
            f"{kind}:{row.pk}:{getattr(row, 'version', '')}"
            for kind, rows in self.rows.items()
            for row in rows
        ]
        ending = (self.teams, self.keys, self.calendars, self.drops, self.snoozes, self.jobs)
        return hashlib.sha256("|".join([*parts, str(ending)]).encode()).hexdigest()

    @property
    def total(self) -> int:
        return sum(len(rows) for rows in self.rows.values())


def belongings(user: User, at: datetime) -> Belongings:
    """What hangs on this person now, each kind in the order in which its rows are locked."""
    leads = list(Lead.objects.filter(owner=user, status__in=RUNNING).order_by("pk"))
    strict = [lead for lead in leads if lead.confidentiality == Confidentiality.STRICT]
    strict_pks = {lead.pk for lead in strict}
    tasks = list(Task.objects.open().filter(owner=user).select_related("lead").order_by("pk"))
    needs = list(HousingNeed.objects.waiting().filter(owner=user).select_related("lead").order_by("pk"))
    return Belongings(
        rows={
            Kind.LEADS: [lead for lead in leads if lead.pk not in strict_pks],
            Kind.STRICT_LEADS: strict,
            Kind.TASKS: tasks,
            Kind.NEEDS: needs,
            Kind.VIEWS: list(shared_views(user)),
            Kind.KEPT: list(Organisation.objects.filter(keeper=user).order_by("pk")),
            Kind.CALLS: list(calls(user)),
        },
        teams=team_leads(user).count(),
        keys=user.api_keys.filter(revoked_at__isnull=True, expires_at__gt=at).count(),
        calendars=CalendarAddress.objects.filter(user=user, revoked_at__isnull=True).count(),
        drops=DropAddress.objects.filter(user=user, revoked_at__isnull=True).count(),
        snoozes=running_snoozes(user, at).count(),
        jobs=unfinished_jobs(user).count(),
        sessions=_sessions(user, at),
        has_second_factor=has_second_factor(user),
    )


def shared_views(user: User) -> "models.QuerySet[Any]":
    return SavedView.objects.filter(owner=user, is_shared=True).order_by("pk")


def calls(user: User) -> "models.QuerySet[Any]":
    """Relations that this person is to speak to in rounds that run."""
    rows = RoundMember.objects.filter(caller=user, round__closed_at__isnull=True)
    return rows.select_related("organisation", "round").order_by("pk")


def team_leads(user: User) -> "models.QuerySet[Any]":
    """Leads in whose team this person is, as long as they run."""
    return Lead.objects.filter(Q(team=user), status__in=RUNNING).order_by("pk")


def running_snoozes(user: User, at: datetime) -> "models.QuerySet[Any]":
    return Snooze.objects.running_on(amsterdam_day(at)).filter(by=user).order_by("pk")


def unfinished_jobs(user: User) -> "models.QuerySet[Any]":
    return BulkJob.objects.filter(by=user, finished_at__isnull=True).order_by("pk")


def _sessions(user: User, at: datetime) -> int:
    running = Session.objects.filter(expire_date__gt=at)
    return sum(session.get_decoded().get("_auth_user_id") == str(user.pk) for session in running)
