"""Until when a listing stands without being confirmed again, and how fresh that makes it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from crm.common.months import AMSTERDAM, amsterdam_day
from crm.estate.choices import VacancyStatus
from crm.estate.models import Vacancy
from crm.estate.vacancy_moves import MOVES

UNPUBLISHED_AFTER = timedelta(days=75)
SOON = timedelta(days=14)


class Freshness(models.TextChoices):
    """How a published listing stands to the day on which it must be confirmed again."""

    FRESH = "fresh", _("Confirmed in time")
    SOON = "soon", _("To be confirmed within two weeks")
    OVERDUE = "overdue", _("Not confirmed in time")


def confirm_before(vacancy: Vacancy) -> date | None:
    """The day on which it leaves the publication unless the office confirms it; None where it can no longer be."""
    if vacancy.status not in MOVES["confirm"].starts:
        return None
    return amsterdam_day((vacancy.confirmed_at or vacancy.submitted_at) + UNPUBLISHED_AFTER)


def freshness_of(vacancy: Vacancy, day: date) -> Freshness | None:
    """None for a listing that need not be confirmed: it is not published."""
    last = confirm_before(vacancy)
    if last is None or vacancy.status != VacancyStatus.PUBLISHED:
        return None
    if last < day:
        return Freshness.OVERDUE
    return Freshness.SOON if last <= day + SOON else Freshness.FRESH


def as_fresh_as(queryset: "models.QuerySet[Any]", state: str, day: date) -> "models.QuerySet[Any]":
    """The listings of which `freshness_of` says this on that day."""
    rows = queryset.filter(status=VacancyStatus.PUBLISHED).annotate(
        said_at=Coalesce("confirmed_at", "submitted_at")
    )
    late, later = _said_before(day), _said_before(day + SOON + timedelta(days=1))
    if state == Freshness.OVERDUE:
        return rows.filter(said_at__lt=late)
    if state == Freshness.SOON:
        return rows.filter(said_at__gte=late, said_at__lt=later)
    return rows.filter(said_at__gte=later)


def _said_before(day: date) -> datetime:
    """Listings confirmed before this moment have a last day before that day."""
    return datetime.combine(day, time(), tzinfo=AMSTERDAM).astimezone(UTC) - UNPUBLISHED_AFTER
