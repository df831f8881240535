"""Space in the words of the business."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q

from crm.estate.choices import VacancyStatus


class AreaQuerySet(models.QuerySet[Any]):
    def counting_on(self, day: date) -> "AreaQuerySet":
        """Areas in which an event of that day counts toward the targets (`counts_from <= day`)."""
        return self.filter(counts_from__lte=day)


class VacancyQuerySet(models.QuerySet[Any]):
    def offered_by(self, office: Any) -> "VacancyQuerySet":
        """One broker's own listings, and nobody else's."""
        return self.filter(office=office)

    def published_on(self, day: date) -> "VacancyQuerySet":
        """Published and not yet past its last day."""
        return self.filter(status=VacancyStatus.PUBLISHED).filter(
            Q(available_until__isnull=True) | Q(available_until__gte=day)
        )

    def waiting_for_staff(self) -> "VacancyQuerySet":
        return self.filter(status=VacancyStatus.SUBMITTED)


class TenancyQuerySet(models.QuerySet[Any]):
    def current_on(self, day: date) -> "TenancyQuerySet":
        return self.filter(valid_from__lte=day).filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))

    def ending_within(self, first: date, last: date) -> "TenancyQuerySet":
        return self.filter(valid_until__gte=first, valid_until__lte=last)


class OwnershipQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> "OwnershipQuerySet":
        return self.filter(valid_from__lte=day).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from"), valid_until__gte=day)
        )
