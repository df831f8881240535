"""Available space: the listings of brokers and staff, and what staff decide about them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.backoffice.admin.about_filters import (
    AnsweredBy,
    FreshnessFilter,
    OpenFilter,
    VacanciesIn,
    VacanciesOf,
)
from crm.backoffice.admin.base import RoomAdmin
from crm.backoffice.admin.inlines import RoomInline
from crm.backoffice.fields import day_input
from crm.backoffice.forms import RoomForm, Typed
from crm.backoffice.record_actions import ActionForm, RecordAction
from crm.backoffice.templatetags.desk import badge, day, moment, rent, square_metres
from crm.estate.choices import VacancyStatus
from crm.estate.models import Vacancy, VacancyChange, VacancyPart
from crm.estate.services import (
    ask_broker,
    change_vacancy,
    confirm_vacancy,
    let_vacancy,
    offer_vacancy,
    publish_vacancy,
    refuse_vacancy,
    unpublish_vacancy,
    withdraw_vacancy,
)

STATUS_MARKS = {
    VacancyStatus.SUBMITTED: ("diamond", "warn"),
    VacancyStatus.QUESTION: ("ring", ""),
    VacancyStatus.PUBLISHED: ("disc", "good"),
    VacancyStatus.REFUSED: ("triangle", ""),
    VacancyStatus.UNPUBLISHED: ("ring", ""),
    VacancyStatus.WITHDRAWN: ("ring", ""),
    VacancyStatus.LET: ("disc", ""),
}
NOTE = forms.Textarea(attrs={"rows": 3})


def status_mark(vacancy: Vacancy) -> SafeString:
    return badge(vacancy.get_status_display(), *STATUS_MARKS[VacancyStatus(vacancy.status)])


def has_status(*statuses: str) -> Any:
    return lambda vacancy: vacancy.status in statuses


class QuestionForm(ActionForm):
    question = forms.CharField(
        label=_("Question"),
        max_length=500,
        widget=NOTE,
        help_text=_("The broker reads it as it stands here."),
    )


class ReasonForm(ActionForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=NOTE, help_text=_("The broker reads it as it stands here.")
    )


class WithdrawForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=NOTE, required=False)


class LetForm(ActionForm):
    on = forms.DateField(label=_("Let from"), widget=day_input())


VACANCY_ACTIONS = (
    RecordAction(
        name="publish",
        label=_("Publish"),
        done=_("The space is published."),
        run=lambda vacancy, values, by, at: publish_vacancy(vacancy=vacancy, by=by, at=at),
        applies=has_status(VacancyStatus.SUBMITTED, VacancyStatus.QUESTION, VacancyStatus.UNPUBLISHED),
        tone="primary",
    ),
    RecordAction(
        name="ask",
        label=_("Ask the broker"),
        done=_("The question is with the broker."),
        run=lambda vacancy, values, by, at: ask_broker(vacancy=vacancy, by=by, at=at, **values),
        applies=has_status(VacancyStatus.SUBMITTED),
        form_class=QuestionForm,
        icon="ask",
    ),
    RecordAction(
        name="refuse",
        label=_("Refuse"),
        done=_("The space is refused; the broker reads why."),
        run=lambda vacancy, values, by, at: refuse_vacancy(vacancy=vacancy, by=by, at=at, **values),
        applies=has_status(VacancyStatus.SUBMITTED, VacancyStatus.QUESTION),
        form_class=ReasonForm,
        icon="close",
    ),
    RecordAction(
        name="unpublish",
        label=_("Unpublish"),
        done=_("The space is not published any more."),
        run=lambda vacancy, values, by, at: unpublish_vacancy(vacancy=vacancy, by=by, at=at),
        applies=has_status(VacancyStatus.PUBLISHED),
        question=_("It leaves the publication; the broker can offer it again."),
        icon="undo",
    ),
    RecordAction(
        name="confirm",
        label=_("Still available"),
        done=_("Recorded: it is still available today."),
        run=lambda vacancy, values, by, at: confirm_vacancy(vacancy=vacancy, by=by, at=at),
        applies=has_status(VacancyStatus.PUBLISHED),
    ),
    RecordAction(
        name="let",
        label=_("Let"),
        done=_("The space is let; the listing is closed."),
        run=lambda vacancy, values, by, at: let_vacancy(vacancy=vacancy, by=by, at=at, **values),
        applies=has_status(VacancyStatus.PUBLISHED, VacancyStatus.UNPUBLISHED),
        form_class=LetForm,
        icon="tenancy",
    ),
    RecordAction(
        name="withdraw",
        label=_("Withdraw"),
        done=_("The listing is withdrawn; its history stays."),
        run=lambda vacancy, values, by, at: withdraw_vacancy(vacancy=vacancy, by=by, at=at, **values),
        applies=has_status(
            VacancyStatus.SUBMITTED,
            VacancyStatus.QUESTION,
            VacancyStatus.PUBLISHED,
            VacancyStatus.UNPUBLISHED,
            VacancyStatus.REFUSED,
        ),
        form_class=WithdrawForm,
        icon="trash",
    ),
)


class PartInline(RoomInline):
    model = VacancyPart
    fields = ("space_type", "area_m2", "rent_per_m2_year")
    verbose_name_plural = _("parts of a mixed space")


class ChangeInline(RoomInline):
    """The price history and the audit log in one."""

    model = VacancyChange
    is_log = True
    fields = ("when", "who", "field_in_words", "old_value", "new_value")
    readonly_fields = fields
    verbose_name_plural = _("changes")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")

    @admin.display(description=_("when"))
    def when(self, row: VacancyChange) -> SafeString | str:
        return moment(row.at)

    @admin.display(description=_("by"))
    def who(self, row: VacancyChange) -> str:
        return f"{row.by} ({row.actor}…)" if row.actor else str(row.by)

    @admin.display(description=_("field"))
    def field_in_words(self, row: VacancyChange) -> str:
        names = {field.name: field for field in Vacancy._meta.fields}
        return str(capfirst(names[row.field].verbose_name)) if row.field in names else row.field

    @admin.display(description=_("old"))
    def old_value(self, row: VacancyChange) -> str:
        return value_in_words(row.field, row.old)

    @admin.display(description=_("new"))
    def new_value(self, row: VacancyChange) -> str:
        return value_in_words(row.field, row.new)


def value_in_words(name: str, value: Any) -> str:
    """A logged value as people read it: a choice by its label, a yes or no, a dash for nothing."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    names = {field.name: field for field in Vacancy._meta.fields}
    labels = dict(names[name].flatchoices) if name in names else {}
    return str(labels.get(value, value)) if isinstance(value, str) else str(value)


@admin.register(Vacancy)
class VacancyAdmin(RoomAdmin):
    form = RoomForm
    list_display = (
        "listing",
        "status_in_words",
        "kind",
        "area_in_m2",
        "rent_in_words",
        "place",
        "available",
        "office",
    )
    list_filter = (
        "status",
        "space_type",
        "area",
        "rent_on_request",
        OpenFilter,
        FreshnessFilter,
        VacanciesIn,
        VacanciesOf,
        AnsweredBy,
    )
    list_select_related = ("office", "area", "building")
    search_fields = ("reference", "title_nl", "title_en", "street", "office__name", "building__name")
    autocomplete_fields = ("office", "building", "unit")
    number_columns = ("area_in_m2", "rent_in_words")
    narrow_columns = ("place",)
    spare_columns = ("office",)
    self_evident_columns = ("status_in_words", "kind")
    record_actions = VACANCY_ACTIONS
    inlines = (PartInline, ChangeInline)
    fieldsets = (
        (
            None,
            {"fields": (("office", "reference"), ("title_nl", "title_en"), ("space_type", "delivery_level"))},
        ),
        (
            _("Size and price"),
            {
                "fields": (
                    ("area_m2", "area_kind", "divisible_from_m2"),
                    ("rent_per_m2_year", "service_costs_per_m2_year", "vat_option"),
                    ("rent_on_request", "rent_checked", "area_certified"),
                )
            },
        ),
        (
            _("Where"),
            {
                "fields": (
                    ("street", "house_number", "house_number_addition"),
                    ("postcode", "city"),
                    ("area", "building", "unit"),
                    "bag_object_id",
                )
            },
        ),
        (
            _("When"),
            {
                "fields": (
                    ("available_from", "available_until", "temporary_until"),
                    ("minimum_term_months", "notice_months"),
                )
            },
        ),
        (
            _("Building and energy"),
            {
                "classes": ("collapse",),
                "fields": (
                    ("energy_label", "energy_label_exemption"),
                    ("power_kva", "contracted_power_kw"),
                    ("floor_load_kn_m2", "clear_height_m"),
                    ("parking_places", "parking_price_per_year"),
                ),
            },
        ),
        (
            _("Laboratory and technology"),
            {
                "classes": ("collapse",),
                "fields": (
                    ("lab_level", "cleanroom_iso_class"),
                    ("vibration_class", "environmental_category"),
                    "fume_hoods",
                    ("has_gases", "has_extraction"),
                    ("has_cold_storage", "has_shared_facilities"),
                ),
            },
        ),
        (
            _("Access"),
            {"classes": ("collapse",), "fields": (("has_loading_dock", "has_goods_lift", "has_247_access"),)},
        ),
        (
            _("Text and contact"),
            {
                "classes": ("collapse",),
                "fields": (
                    "description_nl",
                    "description_en",
                    ("contact_name", "contact_email", "contact_phone"),
                    "url",
                ),
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("office",)

    def list_views(self, request: HttpRequest) -> list[tuple[str, str]]:
        return [
            (gettext("Waiting for us"), "status__exact=submitted"),
            (gettext("With the broker"), "status__exact=question"),
            (gettext("Published"), "status__exact=published"),
            (gettext("All"), ""),
        ]

    def row_name(self, request: HttpRequest, row: Vacancy) -> str:
        return row.title or row.reference

    def record_context(self, request: HttpRequest, row: Vacancy) -> dict[str, Any]:
        note = f": {row.status_note}" if row.status_note else ""
        line = format_html("{}{} · {}", status_mark(row), note, row.reference)
        return {"record_line": line}

    def action_facts(self, request: HttpRequest, row: Vacancy, action: RecordAction) -> list[tuple[str, Any]]:
        return [
            (gettext("status"), status_mark(row)),
            (gettext("broker"), row.office or "–"),
            (gettext("space type"), row.get_space_type_display()),
            (gettext("area"), square_metres(row.area_m2)),
            (gettext("rent"), rent(row.rent_per_m2_year)),
        ]

    @admin.display(description=_("space"), ordering="title_nl")
    def listing(self, row: Vacancy) -> SafeString:
        return format_html('{}<span class="meta under">{}</span>', row.title, row.reference)

    @admin.display(description=_("status"), ordering="status")
    def status_in_words(self, row: Vacancy) -> SafeString:
        return status_mark(row)

    @admin.display(description=_("type"), ordering="space_type")
    def kind(self, row: Vacancy) -> str:
        return str(row.get_space_type_display())

    @admin.display(description="m²", ordering="area_m2")
    def area_in_m2(self, row: Vacancy) -> str:
        return square_metres(row.area_m2)

    @admin.display(description=_("rent"), ordering="rent_per_m2_year")
    def rent_in_words(self, row: Vacancy) -> str:
        return gettext("on request") if row.rent_on_request else rent(row.rent_per_m2_year)

    @admin.display(description=_("where"), ordering="building__name")
    def place(self, row: Vacancy) -> SafeString:
        address = f"{row.street} {row.house_number or ''}{row.house_number_addition}".strip()
        return format_html(
            '{}<span class="meta under">{}</span>', row.building or address or "–", row.area or ""
        )

    @admin.display(description=_("available from"), ordering="available_from")
    def available(self, row: Vacancy) -> SafeString | str:
        return day(row.available_from)

    def add_through(self, typed: Typed) -> Vacancy:
        return offer_vacancy(
            office=typed.values["office"],
            facts=typed.other_than("office"),
            parts=typed.rows.get("vacancypart", []),
            by=typed.by,
            at=typed.at,
        )

    def change_through(self, row: Vacancy, typed: Typed) -> Vacancy:
        parts = typed.rows["vacancypart"] if "vacancypart" in typed.changed_rows else None
        return change_vacancy(
            vacancy=row, facts=typed.changed, by=typed.by, at=typed.at, version=typed.version, parts=parts
        )
