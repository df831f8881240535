"""What is put off now, as far as this person may know of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404

from accounts.models import User
from crm.acquisition.models import Lead
from crm.desk.models import Snooze
from crm.desk.quiet import SubjectKind
from crm.desk.quiet.naming import names_of

SHOWN = 100


@dataclass(frozen=True)
class Snoozed:
    """A running snooze with the name of its subject."""

    pk: int
    title: str
    reference: str
    until: date
    reason: str
    by: User


def snoozes_for(user: User) -> Any:
    """Snoozes that this person may see: own ones, those of own subjects and of subjects without an owner.

    Those of a hidden lead stay away, its needs included: the reason may tell its name.
    """
    readable = Lead.objects.with_readable_name(user).filter(is_name_readable=True).values("pk")
    mine = (
        Q(by=user)
        | Q(lead__owner=user)
        | Q(need__owner=user)
        | (Q(lead__owner__isnull=True) & Q(need__owner__isnull=True))
    )
    rows = Snooze.objects.filter(mine)
    rows = rows.filter(Q(lead__isnull=True) | Q(lead__in=readable))
    rows = rows.filter(Q(need__lead__isnull=True) | Q(need__lead__in=readable))
    if not user.has_perm("targets.confirm_countevent"):
        rows = rows.filter(count_event__isnull=True)
    return rows


def running_snoozes(user: User, today: date) -> list[Snoozed]:
    """The soonest to return first."""
    rows = list(snoozes_for(user).running_on(today).select_related("by").order_by("until", "pk")[:SHOWN])
    subjects = [(SubjectKind(row.subject_kind), row.subject_pk) for row in rows]
    names = names_of(sorted(set(subjects)), user)
    return [
        Snoozed(row.pk, names[subject].title, names[subject].reference, row.until, row.reason, row.by)
        for row, subject in zip(rows, subjects, strict=True)
    ]


def snooze_for(user: User, number: str) -> Snooze:
    """The snooze by its number, as far as this person may see it."""
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        raise Http404
    row: Snooze | None = snoozes_for(user).filter(pk=int(number)).first()
    if row is None:
        raise Http404
    return row
