"""Housing needs: what companies ask for."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.backoffice.admin.about_filters import NeedsOf
from crm.backoffice.admin.acquisition import about_readable_leads
from crm.backoffice.admin.base import RoomAdmin
from crm.backoffice.admin.inlines import RoomInline
from crm.backoffice.desk_people import desk_users
from crm.backoffice.forms import RoomForm, SentencesForm, Typed
from crm.backoffice.record_actions import ActionForm, RecordAction
from crm.backoffice.templatetags.desk import avatar, badge, day, number
from crm.common.errors import RuleError
from crm.estate.choices import SpaceType
from crm.estate.models import Area
from crm.matching.case_fields import asked_value
from crm.matching.choices import CRITERION_CHOICES
from crm.matching.criteria import CRITERIA, Comparison, Criterion
from crm.matching.models import HousingNeed, Match, NeedCriterion, NeedPart, NeedStatus
from crm.matching.services import change_need, drop_need, record_need

NEED_MARKS = {
    NeedStatus.OPEN: ("ring", ""),
    NeedStatus.OFFERED: ("diamond", "warn"),
    NeedStatus.HOUSED: ("disc", "good"),
    NeedStatus.DROPPED: ("triangle", ""),
}
# Parts hold type and area, the need itself the latest date and the budget.
ASKABLE = [
    choice for choice in CRITERION_CHOICES if choice[0] not in (Criterion.SPACE_TYPE, Criterion.AREA_M2)
]


class CriterionForm(SentencesForm):
    """A criterion, typed as people write it: `60`, `VC-C`, `ut_campus, bs_park` or `yes`."""

    criterion = forms.ChoiceField(label=_("Criterion"), choices=[("", "–"), *ASKABLE])
    asked = forms.CharField(
        label=_("Asked"), max_length=200, help_text=_("A number, a level, areas with commas, or yes.")
    )

    class Meta:
        model = NeedCriterion
        fields = ("criterion", "strictness", "weight", "asked")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["asked"] = asked_in_words(self.instance.asked)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        criterion, text = values.get("criterion"), values.get("asked")
        if not criterion or text is None:
            return values
        raw = read_asked(Criterion(criterion), text)
        try:
            asked_value(Criterion(criterion), raw, set(Area.objects.values_list("code", flat=True)))
        except RuleError as error:
            for fault in error.faults:
                self.add_error("asked", str(fault.message))
        else:
            values["asked"] = raw
        return values


def read_asked(criterion: Criterion, text: str) -> Any:
    """What somebody typed as a criterion's value, in the form in which it is stored; numbers with comma or point."""
    plain = text.strip()
    line = CRITERIA[criterion]
    if line.comparison is Comparison.PRESENT:
        return True if plain.lower() in {"ja", "yes"} else plain
    if line.comparison is Comparison.ONE_OF:
        return [part.strip() for part in plain.split(",") if part.strip()]
    if line.comparison is Comparison.ON_OR_BEFORE:
        return plain
    if line.comparison is Comparison.LEVEL and criterion is not Criterion.CLEANROOM_ISO_CLASS:
        return plain
    written = plain.replace(",", ".")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else written


def asked_in_words(value: Any) -> str:
    if value is True:
        return gettext("yes")
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return value if isinstance(value, str) else json.dumps(value)


class PartInline(RoomInline):
    model = NeedPart
    fields = ("space_type", "area_from_m2", "area_to_m2")
    intro = _("At least one kind of space, with the m² it may have.")


class CriterionInline(RoomInline):
    model = NeedCriterion
    form = CriterionForm
    fields = ("criterion", "strictness", "weight", "asked")
    intro = _("A must decides whether a space fits, a should (weight 1 to 5) how well.")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            ("criterion_in_words", "strictness", "weight", "value_in_words") if self.is_log else self.fields
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("criterion_in_words", "value_in_words") if self.is_log else ()

    @admin.display(description=_("Criterion"))
    def criterion_in_words(self, row: NeedCriterion) -> str:
        return str(capfirst(dict(CRITERION_CHOICES).get(row.criterion, row.criterion)))

    @admin.display(description=_("Asked"))
    def value_in_words(self, row: NeedCriterion) -> str:
        if row.criterion == Criterion.AREA_CODE and isinstance(row.asked, list):
            return ", ".join(str(area) for area in Area.objects.filter(code__in=row.asked))
        return asked_in_words(row.asked)


class MatchInline(RoomInline):
    model = Match
    is_log = True
    fields = ("vacancy", "state", "proposed_on", "viewing_on", "reason")
    readonly_fields = ("state",)
    verbose_name_plural = _("spaces proposed")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("vacancy")

    @admin.display(description=_("status"))
    def state(self, row: Match) -> str:
        return str(row.get_status_display())


class SpaceTypeFilter(admin.SimpleListFilter):
    title = _("space type")
    parameter_name = "space"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return SpaceType.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in SpaceType.values:
            return queryset
        parts = NeedPart.objects.filter(space_type=self.value())
        return queryset.filter(pk__in=parts.values("need"))


class DropForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)


@admin.register(HousingNeed)
class HousingNeedAdmin(RoomAdmin):
    form = RoomForm
    list_display = ("name", "company", "status_in_words", "space", "latest", "source", "owner_mark")
    list_filter = ("status", SpaceTypeFilter, "source", "owner", NeedsOf)
    list_select_related = ("organisation", "lead", "owner")
    search_fields = ("title", "organisation__name", "lead__code_name")
    autocomplete_fields = ("organisation", "lead", "contact")
    narrow_columns = ("source",)
    inlines = (PartInline, CriterionInline, MatchInline)
    fieldsets = (
        (None, {"fields": ("title", ("organisation", "lead"), ("contact", "source", "owner"))}),
        (_("When and for how long"), {"fields": (("from_on", "latest_on", "term_months"),)}),
        (_("Budget, excl. VAT"), {"fields": (("rent_per_m2_year", "total_per_month"),)}),
        (_("FTE"), {"fields": (("fte_now", "fte_in_12_months", "fte_in_24_months", "fte_in_36_months"),)}),
    )
    record_actions = (
        RecordAction(
            name="drop",
            label=_("Drop the need"),
            done=_("The need is dropped; open proposals ended with it."),
            run=lambda need, values, by, at: drop_need(need=need, by=by, at=at, **values),
            applies=lambda need: need.status in (NeedStatus.OPEN, NeedStatus.OFFERED),
            form_class=DropForm,
            icon="close",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return about_readable_leads(request, super().get_queryset(request)).prefetch_related("parts")

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> Any:
        """Parts and criteria are stated when a need is recorded; afterwards they are read."""
        instances = super().get_inline_instances(request, obj)
        for inline in instances:
            inline.is_log = inline.is_log or obj is not None
        return instances

    def list_views(self, request: HttpRequest) -> list[tuple[str, str]]:
        return [
            (gettext("Open"), "status__exact=open"),
            (gettext("Offered"), "status__exact=offered"),
            (gettext("Housed"), "status__exact=housed"),
            (gettext("All"), ""),
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            kwargs |= {"queryset": desk_users(), "initial": request.user.pk}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def row_name(self, request: HttpRequest, row: HousingNeed) -> str:
        return row.title

    def record_context(self, request: HttpRequest, row: HousingNeed) -> dict[str, Any]:
        note = f": {row.status_reason}" if row.status_reason else ""
        mark = badge(row.get_status_display(), *NEED_MARKS[NeedStatus(row.status)])
        return {"record_line": format_html("{}{} · {}", mark, note, row.reference)}

    @admin.display(description=_("need"), ordering="title")
    def name(self, row: HousingNeed) -> SafeString:
        return format_html('{}<span class="meta under">{}</span>', row.title, row.reference)

    @admin.display(description=_("company"))
    def company(self, row: HousingNeed) -> str:
        return str(row.organisation or row.lead)

    @admin.display(description=_("status"), ordering="status")
    def status_in_words(self, row: HousingNeed) -> SafeString:
        return badge(row.get_status_display(), *NEED_MARKS[NeedStatus(row.status)])

    @admin.display(description=_("space"))
    def space(self, row: HousingNeed) -> str:
        return ", ".join(_part_in_words(part) for part in row.parts.all()) or "–"

    @admin.display(description=_("at the latest"), ordering="latest_on")
    def latest(self, row: HousingNeed) -> SafeString | str:
        return day(row.latest_on)

    @admin.display(description=_("owner"), ordering="owner__full_name")
    def owner_mark(self, row: HousingNeed) -> SafeString | str:
        return avatar(row.owner)

    def add_through(self, typed: Typed) -> HousingNeed:
        return record_need(
            by=typed.by,
            at=typed.at,
            parts=_plain(typed.rows.get("needpart", [])),
            criteria=_plain(typed.rows.get("needcriterion", [])),
            **typed.values,
        )

    def change_through(self, row: HousingNeed, typed: Typed) -> HousingNeed:
        return change_need(need=row, by=typed.by, at=typed.at, version=typed.version, **typed.changed)


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def _part_in_words(part: NeedPart) -> str:
    low, high = part.area_from_m2, part.area_to_m2
    if low is None and high is None:
        return str(part.get_space_type_display())
    if low is not None and high is not None and low != high:
        area = f"{number(low)}–{number(high)}"
    else:
        area = number(low if high is None else high)
    return f"{part.get_space_type_display()} {area} m²"
