"""Imports: which file brought which row, and what became of it."""

from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from crm.acquisition.choices import Confidentiality
from crm.acquisition.models import Lead
from crm.backoffice.admin.acquisition import about_readable_leads
from crm.backoffice.admin.base import ReadOnlyAdmin
from crm.backoffice.templatetags.desk import grouped, moment
from crm.desk.history.columns import LEADS
from crm.desk.models import ImportBatch, ImportedRow


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
