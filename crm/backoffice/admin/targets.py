"""Targets, the count ledger with its second person, observations and indicators."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.backoffice.admin.base import ReadOnlyAdmin, RoomAdmin, ValueListAdmin
from crm.backoffice.forms import Typed
from crm.backoffice.templatetags.desk import day, grouped, moment
from crm.targets.choices import TargetKind
from crm.targets.models import Indicator, Observation, Target
from crm.targets.services import record_observation


@admin.register(Target)
class TargetAdmin(ReadOnlyAdmin):
    """The strategy's promises with their definitions: read here, laid down by a migration."""

    search_fields = ("code", "name_nl", "name_en")
    list_display = ("name_in_words", "kind", "goal_number", "goal_on", "baseline_number", "curve")
    number_columns = ("goal_number", "baseline_number")
    spare_columns = ("curve",)
    fields = (
        "name_nl",
        "name_en",
        "kind",
        ("goal", "goal_on"),
        ("baseline", "baseline_on"),
        "window_from",
        "curve",
        "definition_nl",
        "definition_en",
        "source_nl",
        "source_en",
    )
    list_intro = _(
        "What the strategy promises. A definition can be disagreed with; the number follows from it."
    )

    def row_name(self, request: HttpRequest, row: Target) -> str:
        return str(row.name)

    @admin.display(description=_("target"))
    def name_in_words(self, row: Target) -> str:
        return str(row.name)

    @admin.display(description=_("goal"), ordering="goal")
    def goal_number(self, row: Target) -> str:
        goal = grouped(row.goal)
        return gettext("%(goal)s a year") % {"goal": goal} if row.kind == TargetKind.YEARLY else goal

    @admin.display(description=_("baseline"), ordering="baseline")
    def baseline_number(self, row: Target) -> str:
        return "–" if row.baseline is None else grouped(row.baseline)


@admin.register(Observation)
class ObservationAdmin(RoomAdmin):
    list_display = ("target", "value_number", "measured", "source", "boundary_version", "known")
    list_filter = ("target",)
    list_select_related = ("target",)
    search_fields = ("source", "boundary_version")
    date_hierarchy = "reference_date"
    number_columns = ("value_number",)
    narrow_columns = ("boundary_version", "known")
    fields = (("target", "value"), "reference_date", ("source", "boundary_version"))
    list_intro = _(
        "Stocks measured from outside, each with its source. Nothing is rewritten: a better figure is a new row."
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "target":
            kwargs["queryset"] = Target.objects.filter(kind=TargetKind.STOCK)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("value"), ordering="value")
    def value_number(self, row: Observation) -> str:
        return grouped(row.value)

    @admin.display(description=_("reference date"), ordering="reference_date")
    def measured(self, row: Observation) -> SafeString | str:
        return day(row.reference_date)

    @admin.display(description=_("known at"), ordering="known_at")
    def known(self, row: Observation) -> SafeString | str:
        return moment(row.known_at)

    def add_through(self, typed: Typed) -> Observation:
        return record_observation(by=typed.by, at=typed.at, **typed.values)


@admin.register(Indicator)
class IndicatorAdmin(ValueListAdmin):
    allows_add = allows_change = False
