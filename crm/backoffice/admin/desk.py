"""Imports: which file brought which row, and what became of it. Exports: which list left the house."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from crm.acquisition.choices import Confidentiality
from crm.acquisition.models import Lead
from crm.backoffice.admin.acquisition import about_readable_leads
from crm.backoffice.admin.base import ReadOnlyAdmin
from crm.backoffice.audit.words import list_label
from crm.backoffice.templatetags.desk import badge, grouped, moment
from crm.desk.bulk.models import Outcome
from crm.desk.history.columns import LEADS
from crm.desk.models import BulkJob, ImportBatch, ImportedRow, ListExport


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ("imported", "imported_by", "new_rows", "known_rows")
    list_filter = ("imported_by",)
    list_select_related = ("imported_by",)
    search_fields = ("imported_by__full_name",)
    number_columns = ("new_rows", "known_rows")
    fields = ("imported_at", "imported_by", "rows_new", "rows_known")
    list_intro = _("History that was brought in with “manage.py import_history”, all or nothing.")

    @admin.display(description=_("imported at"), ordering="imported_at")
    def imported(self, row: ImportBatch) -> SafeString | str:
        return moment(row.imported_at)

    @admin.display(description=_("new rows"), ordering="rows_new")
    def new_rows(self, row: ImportBatch) -> str:
        return grouped(row.rows_new)

    @admin.display(description=_("known rows"), ordering="rows_known")
    def known_rows(self, row: ImportBatch) -> str:
        return grouped(row.rows_known)


@admin.register(ImportedRow)
class ImportedRowAdmin(ReadOnlyAdmin):
    list_display = ("key", "file", "batch", "became")
    list_filter = ("file",)
    list_select_related = (
        "batch",
        "organisation",
        "lead",
        "stage_change",
        "count_event",
        "observation__target",
    )
    search_fields = ("key",)
    fields = (
        "batch",
        "file",
        "key",
        "content",
        "organisation",
        "lead",
        "stage_change",
        "count_event",
        "observation",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Rows of leads hold the name behind them, and so do those of their organisations."""
        hidden = Lead.objects.with_readable_name(request.user).filter(is_name_readable=False)
        rows = about_readable_leads(request, super().get_queryset(request))
        if request.user.role != Role.MANAGER:
            # Rows of leads that wait for their first stage change: no lead is there yet to ask who may read it.
            waiting = ImportedRow.objects.filter(file=LEADS, lead__isnull=True)
            rows = rows.exclude(
                pk__in=waiting.filter(content__confidentiality=Confidentiality.STRICT).values("pk")
            )
        behind = hidden.filter(identity__organisation__isnull=False)
        return rows.exclude(
            organisation__in=behind.annotate(who=F("identity__organisation")).values("who"),
        )

    @admin.display(description=_("became"))
    def became(self, row: ImportedRow) -> str:
        parts = (row.organisation, row.lead, row.stage_change, row.count_event, row.observation)
        return next((str(part) for part in parts if part is not None), "–")


@admin.register(ListExport)
class ListExportAdmin(ReadOnlyAdmin):
    list_display = ("exported", "what", "number_of_rows", "format", "by")
    list_filter = ("format", "by")
    list_select_related = ("by",)
    search_fields = ("list_name", "by__full_name")
    number_columns = ("number_of_rows",)
    date_hierarchy = "at"
    fields = ("at", "by", "list_name", "filters", "format", "rows")
    list_intro = _("Lists that left the house as a spreadsheet. What was searched for is not kept.")

    @admin.display(description=_("exported at"), ordering="at")
    def exported(self, row: ListExport) -> SafeString | str:
        return moment(row.at)

    @admin.display(description=_("list"), ordering="list_name")
    def what(self, row: ListExport) -> str:
        return list_label(row.list_name)

    @admin.display(description=_("rows"), ordering="rows")
    def number_of_rows(self, row: ListExport) -> str:
        return grouped(row.rows)


@admin.register(BulkJob)
class BulkJobAdmin(ReadOnlyAdmin):
    search_fields = ("by__full_name",)
    list_display = ("what", "leads", "refusals", "state", "by", "begun")
    list_filter = ("deed",)
    list_select_related = ("by",)
    number_columns = ("leads", "refusals")
    list_intro = _("What was done with many leads at once, for 90 days. Each lead keeps it in its own log.")

    def get_queryset(self, request: HttpRequest) -> Any:
        """One's own; a manager, who reads every name, sees everybody's."""
        refused = Q(items__outcome=Outcome.REFUSED)
        rows = super().get_queryset(request)
        if request.user.role != Role.MANAGER:
            rows = rows.filter(by=request.user)
        return rows.annotate(lead_count=Count("items"), refused_count=Count("items", filter=refused))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The work has a page of its own."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return super().change_view(request, object_id, form_url, extra_context)
        return HttpResponseRedirect(reverse("admin:bulk-job", args=[row.pk]))

    @admin.display(description=_("what"), ordering="deed")
    def what(self, row: BulkJob) -> str:
        return str(row.get_deed_display())

    @admin.display(description=_("leads"), ordering="lead_count")
    def leads(self, row: Any) -> str:
        return grouped(row.lead_count)

    @admin.display(description=_("refused"), ordering="refused_count")
    def refusals(self, row: Any) -> str:
        return grouped(row.refused_count)

    @admin.display(description=_("state"), ordering="finished_at")
    def state(self, row: BulkJob) -> SafeString:
        return badge(_("Done"), "disc", "good") if row.finished_at else badge(_("Running"), "ring")

    @admin.display(description=_("at"), ordering="at")
    def begun(self, row: BulkJob) -> SafeString | str:
        return moment(row.at)
