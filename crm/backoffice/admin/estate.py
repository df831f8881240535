"""Areas, buildings with their owners, units and tenancies. Vacancies are in `vacancies.py`."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Prefetch, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.backoffice.admin.about_filters import EmptyFilter, OwnedBuildings, TenanciesIn, TenanciesOf, UnitsOf
from crm.backoffice.admin.base import RoomAdmin, ValueListAdmin
from crm.backoffice.admin.inlines import RoomInline
from crm.backoffice.fields import PickField, day_input
from crm.backoffice.forms import Typed
from crm.backoffice.record_actions import ActionForm, RecordAction
from crm.backoffice.templatetags.desk import badge, day, rent, square_metres
from crm.common.months import amsterdam_day
from crm.estate.models import Area, Building, Ownership, Tenancy, Unit
from crm.estate.services import (
    begin_tenancy,
    change_building,
    change_tenancy,
    change_unit,
    end_tenancy,
    record_building,
    record_ownership,
    record_unit,
    set_counts_from,
)


@admin.register(Area)
class AreaAdmin(ValueListAdmin):
    """The strategy's areas; only the day from which an area counts can be set, by an administrator."""

    allows_add = False
    list_display = ("name_in_words", "code", "counts")
    fields = ("name_nl", "name_en", "code", "counts_from")
    readonly_fields = ("name_nl", "name_en", "code")
    list_intro = _("What happens in an area counts toward the targets from the day given here.")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    @admin.display(description=_("counts from"), ordering="counts_from")
    def counts(self, row: Area) -> SafeString | str:
        return day(row.counts_from) if row.counts_from else gettext("never")

    def change_through(self, row: Area, typed: Typed) -> Area:
        return set_counts_from(area=row, counts_from=typed.values["counts_from"], by=typed.by, at=typed.at)


class OwnershipInline(RoomInline):
    model = Ownership
    is_log = True
    fields = ("owner", "share", "valid_from", "valid_until")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("owner")


class UnitInline(RoomInline):
    model = Unit
    is_log = True
    show_change_link = True
    fields = ("name", "floor", "space_type", "area_m2")


class OwnershipForm(ActionForm):
    owner = PickField(Ownership._meta.get_field("owner"), label=_("Owner"))
    share = forms.DecimalField(
        label=_("Share in %"), max_digits=5, decimal_places=2, min_value=0, max_value=100
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=day_input())
    valid_until = forms.DateField(label=_("Valid until"), widget=day_input(), required=False)


def _record_ownership(building: Building, values: dict[str, Any], by: User, at: datetime) -> Ownership:
    return record_ownership(building=building, by=by, at=at, **values)


@admin.register(Building)
class BuildingAdmin(RoomAdmin):
    list_display = ("name", "area", "address", "owners", "units_number", "units_area")
    list_filter = ("area", OwnedBuildings)
    list_select_related = ("area",)
    search_fields = ("name", "street", "postcode")
    number_columns = ("units_number", "units_area")
    narrow_columns = ("address",)
    spare_columns = ("units_number",)
    inlines = (OwnershipInline, UnitInline)
    fieldsets = (
        (None, {"fields": (("name", "area"), "built_in")}),
        (
            _("Address"),
            {"fields": (("street", "house_number", "house_number_addition"), ("postcode", "city"))},
        ),
        (None, {"fields": ("note",)}),
    )
    record_actions = (
        RecordAction(
            name="owner",
            label=_("Add an owner's share"),
            done=_("The share is recorded."),
            run=_record_ownership,
            form_class=OwnershipForm,
            icon="plus",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        today = amsterdam_day(timezone.now())
        present = Ownership.objects.on(today).select_related("owner")
        return (
            super()
            .get_queryset(request)
            .annotate(unit_count=Count("units"), unit_area=Sum("units__area_m2"))
            .prefetch_related(Prefetch("ownerships", queryset=present, to_attr="present_ownerships"))
        )

    @admin.display(description=_("address"), ordering="street")
    def address(self, row: Building) -> str:
        number = f"{row.house_number or ''}{row.house_number_addition}"
        return f"{row.street} {number}".strip() or "–"

    @admin.display(description=_("owners"))
    def owners(self, row: Any) -> str:
        names = [str(share.owner) for share in row.present_ownerships]
        return ", ".join(names[:2]) + (f" +{len(names) - 2}" if len(names) > 2 else "") or "–"

    @admin.display(description=_("units"), ordering="unit_count")
    def units_number(self, row: Any) -> int:
        return int(row.unit_count)

    @admin.display(description="m²", ordering="unit_area")
    def units_area(self, row: Any) -> str:
        return square_metres(row.unit_area)

    def add_through(self, typed: Typed) -> Building:
        return record_building(by=typed.by, at=typed.at, **typed.values)

    def change_through(self, row: Building, typed: Typed) -> Building:
        return change_building(building=row, by=typed.by, at=typed.at, version=typed.version, **typed.changed)


class TenancyInline(RoomInline):
    model = Tenancy
    is_log = True
    fields = ("tenant", "area_m2", "valid_from", "valid_until")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("tenant")


@admin.register(Unit)
class UnitAdmin(RoomAdmin):
    list_display = ("name", "building", "floor", "space_type", "area_in_m2", "area_kind")
    list_filter = ("space_type", "building__area", EmptyFilter, UnitsOf)
    list_select_related = ("building",)
    search_fields = ("name", "building__name", "bag_object_id")
    ordering = ("building__name", "floor", "name")
    autocomplete_fields = ("building",)
    number_columns = ("area_in_m2", "floor")
    spare_columns = ("area_kind",)
    inlines = (TenancyInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("building", "name"),
                    ("floor", "space_type"),
                    ("area_m2", "area_kind"),
                    "bag_object_id",
                )
            },
        ),
    )

    @admin.display(description="m²", ordering="area_m2")
    def area_in_m2(self, row: Unit) -> str:
        return square_metres(row.area_m2)

    def add_through(self, typed: Typed) -> Unit:
        return record_unit(by=typed.by, at=typed.at, **typed.values)

    def change_through(self, row: Unit, typed: Typed) -> Unit:
        return change_unit(unit=row, by=typed.by, at=typed.at, version=typed.version, **typed.changed)


class EndForm(ActionForm):
    valid_until = forms.DateField(label=_("Last day"), widget=day_input())


class RunningFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("now", _("Running")),
            ("soon", _("Ending soon")),
            ("to_come", _("To come")),
            ("ended", _("Ended")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = amsterdam_day(timezone.now())
        if self.value() == "now":
            return queryset.current_on(today)
        if self.value() == "soon":
            return queryset.ending_soon(today)
        if self.value() == "to_come":
            return queryset.filter(valid_from__gt=today)
        return queryset.filter(valid_until__lt=today) if self.value() == "ended" else queryset


@admin.register(Tenancy)
class TenancyAdmin(RoomAdmin):
    list_display = ("tenant", "unit", "rented", "begins", "ends", "rent_in_words", "state")
    list_filter = (RunningFilter, "unit__space_type", "unit__building__area", TenanciesIn, TenanciesOf)
    list_select_related = ("tenant", "unit__building")
    search_fields = ("tenant__name", "unit__name", "unit__building__name")
    date_hierarchy = "valid_from"
    autocomplete_fields = ("unit", "tenant")
    number_columns = ("rented", "rent_in_words")
    narrow_columns = ("rent_in_words",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("tenant", "unit"),
                    ("area_m2", "rent_per_m2_year"),
                    ("valid_from", "valid_until"),
                    "notice_on",
                )
            },
        ),
        (_("FTE"), {"fields": (("fte_now", "fte_in_12_months", "fte_in_24_months", "fte_in_36_months"),)}),
    )
    record_actions = (
        RecordAction(
            name="end",
            label=_("End the tenancy"),
            done=_("The last day is recorded."),
            run=lambda tenancy, values, by, at: end_tenancy(tenancy=tenancy, by=by, at=at, **values),
            applies=lambda tenancy: tenancy.valid_until is None,
            form_class=EndForm,
            icon="close",
        ),
    )

    def list_views(self, request: HttpRequest) -> list[tuple[str, str]]:
        return [
            (gettext("Running"), "state=now"),
            (gettext("Ending soon"), "state=soon"),
            (gettext("Ended"), "state=ended"),
            (gettext("All"), ""),
        ]

    @admin.display(description="m²", ordering="area_m2")
    def rented(self, row: Tenancy) -> str:
        return square_metres(row.area_m2)

    @admin.display(description=_("from"), ordering="valid_from")
    def begins(self, row: Tenancy) -> SafeString | str:
        return day(row.valid_from)

    @admin.display(description=_("until"), ordering="valid_until")
    def ends(self, row: Tenancy) -> SafeString | str:
        return day(row.valid_until)

    @admin.display(description=_("rent"), ordering="rent_per_m2_year")
    def rent_in_words(self, row: Tenancy) -> str:
        return rent(row.rent_per_m2_year)

    @admin.display(description=_("state"))
    def state(self, row: Tenancy) -> SafeString:
        today = amsterdam_day(timezone.now())
        if row.valid_until and row.valid_until < today:
            return badge(_("Ended"), "ring")
        return badge(_("Running"), "disc", "good") if row.valid_from <= today else badge(_("To come"), "ring")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("unit", "tenant")

    def add_through(self, typed: Typed) -> Tenancy:
        return begin_tenancy(by=typed.by, at=typed.at, **typed.values)

    def change_through(self, row: Tenancy, typed: Typed) -> Tenancy:
        return change_tenancy(tenancy=row, by=typed.by, at=typed.at, version=typed.version, **typed.changed)
