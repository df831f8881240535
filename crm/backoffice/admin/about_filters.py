"""Filters that give a number on an organisation's page exactly the rows behind it; shown where they are on."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.common.months import amsterdam_day
from crm.contacts.models import Organisation
from crm.desk.portfolio.contact import contact_with, leads_of, tasks_about
from crm.desk.portfolio.holdings import answered_by, open_needs_of
from crm.estate.freshness import Freshness, as_fresh_as
from crm.estate.models import Building

# What a list shows of an organisation: (rows, organisation, request) gives the rows that belong to it.
Narrow = Callable[[Any, Organisation, HttpRequest], Any]


class AboutFilter(admin.SimpleListFilter):
    """The rows that belong to one organisation, named by its number in the address; an unknown one has none."""

    narrow: Narrow

    def _organisation(self) -> Organisation | None:
        value = str(self.value() or "")
        if not (value.isascii() and value.isdecimal() and len(value) < 19):
            return None
        return Organisation.objects.filter(pk=int(value)).first()

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Offered to nobody: without a value there is nothing to choose, and no query."""
        if self.value() is None:
            return []
        self.organisation = self._organisation()
        return [(self.value(), str(self.organisation or "–"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.organisation is None:
            return queryset.none()
        return type(self).narrow(queryset, self.organisation, request)


def about(parameter: str, words: str | Promise, narrow: Narrow) -> type[AboutFilter]:
    """A filter of that name in the address."""
    values = {"title": words, "parameter_name": parameter, "narrow": staticmethod(narrow)}
    return type(f"About{parameter.title().replace('_', '')}", (AboutFilter,), values)


def _today() -> Any:
    return amsterdam_day(timezone.now())


def _buildings(owner: Organisation) -> Any:
    return Building.objects.owned_by(owner, _today())


OwnedBuildings = about("owned_by", _("owner"), lambda rows, owner, request: rows.owned_by(owner, _today()))
UnitsOf = about("owned_by", _("owner"), lambda rows, owner, request: rows.within(_buildings(owner)))
TenanciesIn = about("owned_by", _("owner"), lambda rows, owner, request: rows.within(_buildings(owner)))
VacanciesIn = about("owned_by", _("owner"), lambda rows, owner, request: rows.within(_buildings(owner)))
TenanciesOf = about("tenant_is", _("tenant"), lambda rows, tenant, request: rows.filter(tenant=tenant))
VacanciesOf = about("office_is", _("broker"), lambda rows, office, request: rows.offered_by(office))
AnsweredBy = about(
    "answered_by",
    _("answered in the last twelve months by"),
    lambda rows, office, request: rows.filter(pk__in=answered_by(office, _today()).values("pk")),
)
LeadsOf = about(
    "behind",
    _("organisation"),
    lambda rows, organisation, request: rows.filter(
        pk__in=leads_of(organisation, request.user).order_by().values("pk")
    ),
)
TasksAbout = about(
    "about",
    _("organisation"),
    lambda rows, organisation, request: rows.filter(
        pk__in=tasks_about(organisation, request.user).order_by().values("pk")
    ),
)
ContactWith = about(
    "about",
    _("organisation"),
    lambda rows, organisation, request: rows.filter(
        pk__in=contact_with(organisation, request.user).order_by().values("pk")
    ),
)
NeedsOf = about(
    "asked_by",
    _("open needs of"),
    lambda rows, organisation, request: rows.filter(
        pk__in=open_needs_of(organisation, request.user).order_by().values("pk")
    ),
)


class EmptyFilter(admin.SimpleListFilter):
    title = _("empty space")
    parameter_name = "empty"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", _("(Partly) empty"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.empty_on(_today()) if self.value() == "yes" else queryset


class OpenFilter(admin.SimpleListFilter):
    title = _("open")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", _("Submitted, asked about or published"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.open() if self.value() == "yes" else queryset


class FreshnessFilter(admin.SimpleListFilter):
    title = _("freshness")
    parameter_name = "freshness"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Freshness.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return as_fresh_as(queryset, value, _today()) if value in Freshness.values else queryset
