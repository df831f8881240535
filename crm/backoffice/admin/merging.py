"""Lists whose records can be merged: what was merged away is out of sight, two chosen rows lead to the merge page."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.backoffice.admin.base import RoomAdmin
from crm.desk.duplicates.candidates import alike_to, traits_of

SCRIPT = forms.Media(js=["backoffice/duplicates.js"], css={"all": ["backoffice/duplicates.css"]})


class WarnsOfDuplicates(RoomAdmin):
    """A form that says while somebody types which known record it looks like."""

    @property
    def media(self) -> forms.Media:
        return super().media + SCRIPT


class MergeableAdmin(WarnsOfDuplicates):
    actions = ("merge_two",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(merged_into__isnull=True)

    @admin.action(description=gettext_lazy("Merge two"), permissions=["change"])
    def merge_two(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        pks = list(queryset.order_by("created_at", "pk").values_list("pk", flat=True)[:3])
        if len(pks) != 2:
            messages.error(request, _("Choose exactly two rows to merge."))
            return None
        return HttpResponseRedirect(reverse("admin:merge", args=[self.opts.model_name, *pks]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """An old link to a record that was merged away leads to the one that was kept."""
        gone = (
            self.model._default_manager.filter(pk=object_id, merged_into__isnull=False)
            if object_id.isdigit() and len(object_id) < 19
            else self.model._default_manager.none()
        )
        kept = gone.values_list("merged_into", flat=True).first()
        if kept is not None and self.has_view_permission(request):
            messages.info(request, _("That record was merged into this one."))
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=[kept]))
        return super().change_view(request, object_id, form_url, extra_context)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Said after saving too, for who works without scripts."""
        kind = str(self.opts.model_name)
        found = alike_to(kind, traits_of(obj), request.user, except_pk=obj.pk)
        if found:
            links = format_html_join(
                "; ",
                '<a href="{}">{}</a> ({})',
                (
                    (
                        reverse("admin:merge", args=[kind, record.pk, obj.pk]),
                        record.traits.name,
                        ", ".join(alike.reasons),
                    )
                    for record, alike in found
                ),
            )
            messages.warning(request, format_html("{} {}", _("This looks like one you have:"), links))
        return super().response_add(request, obj, post_url_continue)
