"""Editions of the monthly report: issuing, looking at the frozen figures, approving, downloading the PDFs."""

from typing import Any

from django.contrib import admin
from django.http import FileResponse, Http404, HttpRequest
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.acquisition.choices import Stage
from crm.backoffice.admin.base import RoomAdmin
from crm.backoffice.admin.inlines import RoomInline
from crm.backoffice.fields import MonthField
from crm.backoffice.forms import RoomForm, Typed
from crm.backoffice.record_actions import RecordAction
from crm.backoffice.templatetags.desk import badge, grouped, moment, month_in_words
from crm.common.errors import RuleError
from crm.common.months import Month, amsterdam_day
from crm.reports.models import Delivery, EditionStatus, ReportEdition
from crm.reports.movement import GAINS, LOSSES, total
from crm.reports.payload import PayloadError
from crm.reports.schedule import default_known_at
from crm.reports.services import approve_edition, issue_edition, report_of
from crm.targets.choices import TargetCode

EDITION_MARKS = {
    EditionStatus.DRAFT: ("ring", ""),
    EditionStatus.APPROVED: ("disc", ""),
    EditionStatus.SENT: ("disc", "good"),
}
FILES = {"nl": "pdf_nl", "en": "pdf_en"}


class EditionForm(RoomForm):
    month = MonthField(
        label=_("Month"),
        help_text=_("The figures are frozen as known at noon of the fifth working day after the month."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "month" in self.fields:
            today = amsterdam_day(timezone.now())
            self.fields["month"].initial = Month.of(today).previous().first_day


class DeliveryInline(RoomInline):
    model = Delivery
    is_log = True
    fields = ("recipient", "language", "mail")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("mail")


@admin.register(ReportEdition)
class ReportEditionAdmin(RoomAdmin):
    """Frozen when issued; a sent edition's PDF is never made again."""

    form = EditionForm
    change_form_template = "admin/reports/reportedition/change_form.html"
    list_display = ("month_named", "status_in_words", "known", "issuer", "files")
    list_filter = ("status",)
    list_select_related = ("issued_by",)
    search_fields = ("sha256",)
    date_hierarchy = "month"
    inlines = (DeliveryInline,)
    record_actions = (
        RecordAction(
            name="approve",
            label=_("Approve"),
            done=_("Approved: figures and PDFs are final."),
            run=lambda edition, values, by, at: approve_edition(edition=edition, by=by, at=at),
            applies=lambda edition: edition.status == EditionStatus.DRAFT,
            permission="reports.issue_reportedition",
            question=_("You have looked at the figures and at both PDFs. After this they are final."),
            tone="primary",
        ),
    )

    def get_urls(self) -> list[Any]:
        own = path(
            "<int:pk>/pdf/<str:language>/",
            self.admin_site.admin_view(self.pdf),
            name="reports_reportedition_pdf",
        )
        return [own, *super().get_urls()]

    @property
    def add_label(self) -> str:
        return gettext("Issue an edition")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("reports.issue_reportedition"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("month",)})]
        return [
            (
                _("Edition"),
                {
                    "fields": (
                        ("known_at", "issued_at", "issued_by"),
                        ("approved_at", "approved_by", "sent_at"),
                        ("rule_version", "sha256"),
                        "supersedes",
                    )
                },
            )
        ]

    def add_through(self, typed: Typed) -> ReportEdition:
        month = Month.of(typed.values["month"])
        return issue_edition(
            month=month, known_at=min(default_known_at(month), typed.at), by=typed.by, at=typed.at
        )

    def pdf(self, request: HttpRequest, pk: int, language: str) -> FileResponse:
        """The archived PDF as a download; the file name holds the month alone."""
        edition = self.get_object(request, str(pk))
        name = FILES.get(language)
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

    # ── the record ──────────────────────────────────────────────────────────
    def row_name(self, request: HttpRequest, row: ReportEdition) -> str:
        return month_in_words(row.month)

    def record_context(self, request: HttpRequest, row: ReportEdition) -> dict[str, Any]:
        line = status_mark(row)
        if not (row.pdf_nl and row.pdf_en):
            how = gettext("The PDFs are made by “manage.py monthly_report %(month)s”.")
            line = format_html("{} · {}", line, how % {"month": f"{row.month:%Y-%m}"})
        return {"record_line": line, **figures(row)}

    def record_tools(self, request: HttpRequest, row: ReportEdition) -> list[dict[str, str]]:
        words = {"nl": gettext("PDF in Dutch"), "en": gettext("PDF in English")}
        return [
            {
                "label": words[language],
                "url": reverse("admin:reports_reportedition_pdf", args=[row.pk, language]),
                "icon": "report",
            }
            for language, name in FILES.items()
            if getattr(row, name)
        ]

    # ── the list ────────────────────────────────────────────────────────────
    @admin.display(description=_("month"), ordering="month")
    def month_named(self, row: ReportEdition) -> str:
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

    @admin.display(description="PDF")
    def files(self, row: ReportEdition) -> str:
        return ", ".join(language.upper() for language, name in FILES.items() if getattr(row, name)) or "–"


def status_mark(edition: ReportEdition) -> SafeString:
    return badge(edition.get_status_display(), *EDITION_MARKS[EditionStatus(edition.status)])


def figures(edition: ReportEdition) -> dict[str, Any]:
    """The frozen figures as they are printed: the flows, and the month's movement."""
    try:
        report = report_of(edition)
    except (RuleError, PayloadError) as error:
        return {"figures_fault": str(error)}
    flows = [
        {
            "name": TargetCode(flow.code).label,
            "counted": flow.counted,
            "goal": flow.goal,
            "pace": grouped(flow.pace, 1),
            "pending": flow.pending,
        }
        for flow in report.flows
    ]
    together = total(report.movement)
    rows = [*report.movement, together]
    movement = [
        {
            "label": Stage(row.stage).label if row.stage else _("Open leads"),
            "start": row.start,
            "gains": sum(getattr(row, name) for name in GAINS),
            "losses": sum(getattr(row, name) for name in LOSSES),
            "end": row.end,
        }
        for row in rows
    ]
    return {"flows": flows, "movement": movement}
