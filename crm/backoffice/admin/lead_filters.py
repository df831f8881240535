"""What the list of leads can be narrowed by, beside its plain fields."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.backoffice.admin.person_filter import PersonFilter
from crm.common.months import amsterdam_day
from crm.contacts.models import Organisation


class OwnerFilter(PersonFilter):
    title = _("owner")
    parameter_name = column = "owner"


class CameInFilter(admin.SimpleListFilter):
    """The year in which a lead came to the status it has: this year and the two before it."""

    title = _("status since")
    parameter_name = "came_in"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        this_year = amsterdam_day(timezone.now()).year
        return [(str(year), str(year)) for year in range(this_year, this_year - 3, -1)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return queryset.came_to_status_in(int(value)) if value else queryset


class ReferredByFilter(admin.SimpleListFilter):
    """Who handed the lead over. Set by the numbers on the page of referrals, and shown only then."""

    title = _("handed over by")
    parameter_name = "referred_by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        value = request.GET.get(self.parameter_name, "")
        if not value.isdecimal():
            return []
        return Organisation.objects.filter(pk=value).values_list("pk", "name")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(referred_by=self.value()) if self.value() else queryset
