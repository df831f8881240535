"""Editions of the monthly report, the director's sentences, and what partners are asked to do."""

from typing import Any

from django.contrib import admin
from django.http import FileResponse, Http404, HttpRequest
from django.urls import path, reverse
from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.backoffice.admin.base import ReadOnlyAdmin, RoomInline
from crm.backoffice.templatetags.desk import badge, day, moment
from crm.reports.models import Delivery, DirectorText, EditionStatus, PartnerAction, ReportEdition

EDITION_MARKS = {
    EditionStatus.DRAFT: ("ring", ""),
    EditionStatus.APPROVED: ("disc", ""),
    EditionStatus.SENT: ("disc", "good"),
}
LANGUAGES = {"nl": "pdf_nl", "en": "pdf_en"}


class DeliveryInline(RoomInline):
    model = Delivery
    is_log = True
    fields = ("recipient", "language", "mail")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("mail")


@admin.register(ReportEdition)
class ReportEditionAdmin(ReadOnlyAdmin):
    """Frozen when issued; a sent edition's PDF is never made again."""

    list_display = ("month_in_words", "status_in_words", "known", "issuer", "files")
    list_filter = ("status",)
    list_select_related = ("issued_by",)
    search_fields = ("sha256",)
    date_hierarchy = "month"
    inlines = (DeliveryInline,)
    fields = (
        ("known_at", "issued_at", "issued_by"),
        ("approved_at", "approved_by", "sent_at"),
        ("rule_version", "sha256"),
        "supersedes",
    )

    def get_urls(self) -> list[Any]:
        own = path(
            "<int:pk>/pdf/<str:language>/",
            self.admin_site.admin_view(self.pdf),
            name="reports_reportedition_pdf",
        )
        return [own, *super().get_urls()]

    def pdf(self, request: HttpRequest, pk: int, language: str) -> FileResponse:
        """The archived PDF as a download; the file name holds the month alone."""
        edition = self.get_object(request, str(pk))
        name = LANGUAGES.get(language)
        if edition is None or name is None or not self.has_view_permission(request, edition):
            raise Http404
        file = getattr(edition, name)
        if not file or not file.storage.exists(file.name):
            raise Http404
        return FileResponse(
            file.open("rb"),
            as_attachment=True,
            filename=f"kennispark-{edition.month:%Y-%m}-{language}.pdf",
            content_type="application/pdf",
        )

    def row_name(self, request: HttpRequest, row: ReportEdition) -> str:
        return month_in_words(row.month)

    def record_context(self, request: HttpRequest, row: ReportEdition) -> dict[str, Any]:
        return {"record_line": status_mark(row)}

    def record_tools(self, request: HttpRequest, row: ReportEdition) -> list[dict[str, str]]:
        words = {"nl": gettext("PDF in Dutch"), "en": gettext("PDF in English")}
        return [
            {
                "label": words[language],
                "url": reverse("admin:reports_reportedition_pdf", args=[row.pk, language]),
                "icon": "report",
            }
            for language, name in LANGUAGES.items()
            if getattr(row, name)
        ]

    @admin.display(description=_("month"), ordering="month")
    def month_in_words(self, row: ReportEdition) -> str:
        return month_in_words(row.month)

    @admin.display(description=_("status"), ordering="status")
    def status_in_words(self, row: ReportEdition) -> SafeString:
        return status_mark(row)

    @admin.display(description=_("known at"), ordering="known_at")
    def known(self, row: ReportEdition) -> SafeString | str:
        return moment(row.known_at)

    @admin.display(description=_("issued by"), ordering="issued_by__full_name")
    def issuer(self, row: ReportEdition) -> str:
        return str(row.issued_by or "–")

    @admin.display(description=_("PDF"))
    def files(self, row: ReportEdition) -> str:
        return (
            ", ".join(language.upper() for language, name in LANGUAGES.items() if getattr(row, name)) or "–"
        )


def month_in_words(month: Any) -> str:
    return format_date(month, "F Y").capitalize()


def status_mark(edition: ReportEdition) -> SafeString:
    return badge(edition.get_status_display(), *EDITION_MARKS[EditionStatus(edition.status)])


@admin.register(DirectorText)
class DirectorTextAdmin(ReadOnlyAdmin):
    list_display = ("month_in_words", "text_nl", "changed_by")
    list_select_related = ("changed_by",)
    search_fields = ("text_nl", "text_en")
    fields = ("month", "text_nl", "text_en")

    @admin.display(description=_("month"), ordering="month")
    def month_in_words(self, row: DirectorText) -> str:
        return month_in_words(row.month)


@admin.register(PartnerAction)
class PartnerActionAdmin(ReadOnlyAdmin):
    list_display = ("action_nl", "partner", "due", "state")
    list_select_related = ("partner",)
    search_fields = ("action_nl", "action_en", "partner__name")
    date_hierarchy = "due_on"
    fields = ("month", ("action_nl", "action_en"), "partner", ("due_on", "done_on"), "dropped_reason")

    @admin.display(description=_("due on"), ordering="due_on")
    def due(self, row: PartnerAction) -> SafeString | str:
        return day(row.due_on)

    @admin.display(description=_("state"))
    def state(self, row: PartnerAction) -> SafeString:
        if row.done_on:
            return badge(_("Done"), "disc", "good")
        return badge(_("Dropped"), "triangle") if row.dropped_reason else badge(_("Open"), "ring")
