"""Space in the words of the business."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from crm.common.months import add_months
from crm.estate.choices import VacancyStatus

# A lease ends soon when its last day lies within a year, or its last day to give notice within half a year.
ENDING_MONTHS, NOTICE_MONTHS = 12, 6
OPEN_STATUSES = (VacancyStatus.SUBMITTED, VacancyStatus.QUESTION, VacancyStatus.PUBLISHED)


class AreaQuerySet(models.QuerySet[Any]):
    def counting_on(self, day: date) -> "AreaQuerySet":
        """Areas in which an event of that day counts toward the targets (`counts_from <= day`)."""
        return self.filter(counts_from__lte=day)


class BuildingQuerySet(models.QuerySet[Any]):
    def owned_by(self, owner: Any, day: date) -> "BuildingQuerySet":
        """Buildings in which this organisation holds a share on that day."""
        shares = self.model._meta.get_field("ownerships").related_model.objects
        return self.filter(pk__in=shares.on(day).filter(owner=owner).values("building"))


class UnitQuerySet(models.QuerySet[Any]):
    def within(self, buildings: BuildingQuerySet) -> "UnitQuerySet":
        return self.filter(building__in=buildings.values("pk"))

    def with_empty_space(self, day: date) -> "UnitQuerySet":
        """Annotate `empty_m2`: what of the unit is let to nobody on that day."""
        tenancies = self.model._meta.get_field("tenancies").related_model.objects
        let = (
            tenancies.current_on(day)
            .filter(unit=OuterRef("pk"))
            .order_by()
            .values("unit")
            .annotate(total=Sum("area_m2"))
        )
        area = DecimalField(max_digits=12, decimal_places=2)
        total = Coalesce(Subquery(let.values("total")[:1]), Value(Decimal(0)), output_field=area)
        return self.annotate(empty_m2=models.ExpressionWrapper(F("area_m2") - total, output_field=area))

    def empty_on(self, day: date) -> "UnitQuerySet":
        """Units of which at least a part is let to nobody on that day."""
        return self.with_empty_space(day).filter(empty_m2__gt=0)


class VacancyQuerySet(models.QuerySet[Any]):
    def within(self, buildings: BuildingQuerySet) -> "VacancyQuerySet":
        """Listings in these buildings, named by their building or by its unit."""
        keys = buildings.values("pk")
        return self.filter(Q(building__in=keys) | Q(unit__building__in=keys))

    def open(self) -> "VacancyQuerySet":
        """Submitted, asked about or published: somebody has to decide, answer or find a tenant."""
        return self.filter(status__in=OPEN_STATUSES)

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

    def within(self, buildings: BuildingQuerySet) -> "TenancyQuerySet":
        return self.filter(unit__building__in=buildings.values("pk"))

    def ending_soon(self, day: date) -> "TenancyQuerySet":
        """Running leases whose last day lies within twelve months, or whose last day to give notice within six."""
        ends = Q(valid_until__lte=add_months(day, ENDING_MONTHS))
        notice = Q(notice_on__gte=day, notice_on__lte=add_months(day, NOTICE_MONTHS))
        return self.current_on(day).filter(ends | notice)

    def ending_within(self, first: date, last: date) -> "TenancyQuerySet":
        return self.filter(valid_until__gte=first, valid_until__lte=last)


class OwnershipQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> "OwnershipQuerySet":
        return self.filter(valid_from__lte=day).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from"), valid_until__gte=day)
        )
