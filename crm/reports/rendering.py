"""One edition in one language as a document for the printer: texts from the template, figures from the payload."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from crm.reports import page_one, page_two
from crm.reports.attachments import figures_csv
from crm.reports.formats import Formats
from crm.reports.monthly import MonthlyReport, Wording
from crm.reports.paper import PaperAttachment, PaperDocument

LANGUAGES = ("nl", "en")
NO_TEXT = Wording("", "")


def document(
    report: MonthlyReport, *, language: str, director: Wording = NO_TEXT, is_preview: bool = False
) -> PaperDocument:
    """The document in `language` (nl or en). A preview says so on every page; the director's text stands as typed."""
    formats = Formats(language)
    with translation.override(formats.language):
        month = formats.month(report.month)
        title = _("Monthly report acquisition Kennispark Twente, %(month)s") % {"month": month}
        marks = " (" + _("preview") + ")" if is_preview else ""
        context = {
            "language": formats.language,
            "title": title + marks,
            "running_title": _("Kennispark Twente · Monthly report acquisition · %(month)s")
            % {"month": month},
            "confidential": _("Preview, not archived · confidential")
            if is_preview
            else _("Confidential, for partners"),
            "is_preview": is_preview,
            "status": _("As of %(day)s · known on %(moment)s · counting rules version %(version)s")
            % {
                "day": formats.day(report.as_of),
                "moment": formats.moment(report.known_at),
                "version": report.rule_version,
            },
            "empty": _("In %(month)s nothing was counted and no lead was open.") % {"month": month}
            if report.is_empty
            else "",
            "one": page_one.context(report, formats, director.into(formats.language)),
            "two": page_two.context(report, formats),
        }
        html = render_to_string("reports/monthly.html", context)
        subject = context["one"]["title"]
        author = _("Area organisation Kennispark")
        attachments = _attachments(report)
    kind = "preview" if is_preview else "edition"
    return PaperDocument(
        html=html,
        language=formats.language,
        title=title + marks,
        subject=subject,
        author=author,
        identifier=f"{kind}-{report.month}-{report.sha256[:32]}-{formats.language}",
        moment=report.known_at,
        attachments=attachments,
    )


def _attachments(report: MonthlyReport) -> tuple[PaperAttachment, ...]:
    stem = f"kennispark-figures-{report.month}"
    return (
        PaperAttachment(f"{stem}.csv", _("The report's figures as a table"), figures_csv(report)),
        PaperAttachment(f"{stem}.json", _("The report's figures as frozen at issue"), report.to_payload()),
    )
