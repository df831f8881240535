"""What goes into the monthly report by hand: the director's sentences and what partners are asked to do."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.backoffice.admin.acquisition import about_readable_leads
from crm.backoffice.admin.base import RoomAdmin
from crm.backoffice.fields import MonthField, day_input
from crm.backoffice.forms import RoomForm, Typed
from crm.backoffice.record_actions import ActionForm, RecordAction
from crm.backoffice.templatetags.desk import badge, day, month_in_words
from crm.reports.models import DirectorText, PartnerAction
from crm.reports.services import ask_partner, close_action, write_director_text


class DirectorTextForm(RoomForm):
    month = MonthField(label=_("Month"))

    class Meta:
        widgets = {"text_nl": forms.Textarea(attrs={"rows": 4}), "text_en": forms.Textarea(attrs={"rows": 4})}


@admin.register(DirectorText)
class DirectorTextAdmin(RoomAdmin):
    form = DirectorTextForm
    list_display = ("month_named", "text_nl", "changed_by")
    list_select_related = ("changed_by",)
    search_fields = ("text_nl", "text_en")
    fields = ("month", "text_nl", "text_en")
    list_intro = _("Three sentences of the director on a month, at most 400 characters.")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("month_named",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first = "month" if obj is None else "month_named"
        return [(None, {"fields": (first, "text_nl", "text_en")})]

    def get_form(self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None:
            form.base_fields.pop("month", None)
        return form

    def row_name(self, request: HttpRequest, row: DirectorText) -> str:
        return month_in_words(row.month)

    @admin.display(description=_("month"), ordering="month")
    def month_named(self, row: DirectorText) -> str:
        return month_in_words(row.month)

    def add_through(self, typed: Typed) -> DirectorText:
        return write_director_text(by=typed.by, at=typed.at, **typed.values)

    def change_through(self, row: DirectorText, typed: Typed) -> DirectorText:
        return write_director_text(
            month=row.month,
            by=typed.by,
            at=typed.at,
            version=typed.version,
            **typed.only("text_nl", "text_en"),
        )


class PartnerActionForm(RoomForm):
    month = MonthField(label=_("Asked in the report of"))


class DoneForm(ActionForm):
    done_on = forms.DateField(label=_("Done on"), widget=day_input())


class DropForm(ActionForm):
    dropped_reason = forms.CharField(label=_("Reason"), max_length=80)


def is_open(action: PartnerAction) -> bool:
    return action.done_on is None and not action.dropped_reason


@admin.register(PartnerAction)
class PartnerActionAdmin(RoomAdmin):
    form = PartnerActionForm
    list_display = ("action_nl", "partner", "month_named", "due", "state")
    list_select_related = ("partner",)
    list_filter = ("partner",)
    search_fields = ("action_nl", "action_en", "partner__name")
    date_hierarchy = "due_on"
    autocomplete_fields = ("partner", "lead")
    fields = ("month", "action_nl", "action_en", ("partner", "lead"), "due_on")
    list_intro = _("What partners are asked for in the report, and what became of it in the next.")
    record_actions = (
        RecordAction(
            name="done",
            label=_("Done"),
            done=_("Recorded as done."),
            run=lambda row, values, by, at: close_action(action=row, by=by, at=at, **values),
            applies=is_open,
            form_class=DoneForm,
            tone="primary",
        ),
        RecordAction(
            name="drop",
            label=_("Drop"),
            done=_("Recorded as dropped."),
            run=lambda row, values, by, at: close_action(action=row, by=by, at=at, **values),
            applies=is_open,
            form_class=DropForm,
            icon="close",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return about_readable_leads(request, super().get_queryset(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @property
    def add_label(self) -> str:
        return gettext("Ask a partner")

    @admin.display(description=_("report of"), ordering="month")
    def month_named(self, row: PartnerAction) -> str:
        return month_in_words(row.month)

    @admin.display(description=_("due on"), ordering="due_on")
    def due(self, row: PartnerAction) -> SafeString | str:
        return day(row.due_on)

    @admin.display(description=_("state"))
    def state(self, row: PartnerAction) -> SafeString:
        if row.done_on:
            return badge(_("Done"), "disc", "good")
        return badge(_("Dropped"), "triangle") if row.dropped_reason else badge(_("Open"), "ring")

    def add_through(self, typed: Typed) -> PartnerAction:
        return ask_partner(by=typed.by, at=typed.at, **typed.values)
