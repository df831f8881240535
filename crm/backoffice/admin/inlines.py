"""Rows beneath a record, as tables with labelled fields."""

from typing import Any

from django import forms
from django.contrib.admin import TabularInline
from django.http import HttpRequest

from crm.backoffice.admin.base import JQUERY, RoomAdmin
from crm.backoffice.forms import LogFormSet, SentencesForm
from crm.backoffice.navigation import may_see


class RoomInline(TabularInline):
    """Rows beneath a record. They are handed to the record's service; read-only ones are a log."""

    form = SentencesForm
    extra = 0
    show_change_link = False
    formfield_overrides = RoomAdmin.formfield_overrides
    intro = ""
    is_log = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.is_log and may_see(request.user, self.parent_model._meta.label_lower, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.is_log and may_see(request.user, self.parent_model._meta.label_lower, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see(request.user, self.parent_model._meta.label_lower)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if self.is_log:
            kwargs["formset"] = LogFormSet
        return super().get_formset(request, obj, **kwargs)

    @property
    def media(self) -> forms.Media:
        return forms.Media(js=[*JQUERY, "admin/js/inlines.js"]) if not self.is_log else forms.Media()
