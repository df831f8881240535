"""Filters that give a number on the home page exactly the rows behind it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.backoffice.month import MOVES, changes_behind
from crm.common.months import amsterdam_day
from crm.targets.progress import FLOW_RULES, counted_events


class CountsFilter(admin.SimpleListFilter):
    """The events that a target counts today, each company once; or all that nothing takes back."""

    title = _("counts toward")
    parameter_name = "counts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("rd_branches", _("R&D branches")),
            ("startups", _("Startups")),
            ("spin_offs", _("Spin-offs")),
            ("standing", _("Not taken back")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        now, value = timezone.now(), self.value()
        if value == "standing":
            return queryset.not_taken_back(now)
        if value in FLOW_RULES:
            return queryset.filter(pk__in=counted_events(value, amsterdam_day(now), now))
        return queryset


class MovementFilter(admin.SimpleListFilter):
    """One term of this month's movement: the change of each lead that makes the number."""

    title = _("this month's movement")
    parameter_name = "movement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("start", _("Open when the month began")), *MOVES.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        now, value = timezone.now(), self.value()
        if value != "start" and value not in MOVES:
            return queryset
        return queryset.filter(pk__in=changes_behind(str(value), amsterdam_day(now), now).values("pk"))
