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
    kind = "preview" if is_preview else "edition"
    with translation.override(formats.language):
        title = _("Monthly report acquisition Kennispark Twente, %(month)s")
        title %= {"month": formats.month(report.month)}
        if is_preview:
            title = _("%(title)s (preview)") % {"title": title}
        one = page_one.context(report, formats, director.into(formats.language))
        context = {
            "title": title,
            "is_preview": is_preview,
            "one": one,
            "two": page_two.context(report, formats),
            **_margins(report, formats, is_preview=is_preview),
        }
        return PaperDocument(
            html=render_to_string("reports/monthly.html", context),
            language=formats.language,
            title=title,
            subject=one["title"],
            author=_("Area organisation Kennispark"),
            identifier=f"{kind}-{report.month}-{report.sha256[:32]}-{formats.language}",
            moment=report.known_at,
            attachments=_attachments(report),
        )


def _margins(report: MonthlyReport, formats: Formats, *, is_preview: bool) -> dict[str, str]:
    """What stands around the pages, and the sentence about a month without data."""
    month = {"month": formats.month(report.month)}
    status = _("As of %(day)s · known on %(moment)s · counting rules version %(version)s")
    values = {
        "day": formats.day(report.as_of),
        "moment": formats.moment(report.known_at),
        "version": report.rule_version,
    }
    preview, confidential = _("Preview, not archived · confidential"), _("Confidential, for partners")
    empty = _("In %(month)s nothing was counted and no lead was open.") % month
    return {
        "language": formats.language,
        "running_title": _("Kennispark Twente · Monthly report acquisition · %(month)s") % month,
        "confidential": preview if is_preview else confidential,
        "status": status % values,
        "empty": empty if report.is_empty else "",
    }


def _attachments(report: MonthlyReport) -> tuple[PaperAttachment, ...]:
    stem = f"kennispark-figures-{report.month}"
    return (
        PaperAttachment(f"{stem}.csv", _("The report's figures as a table"), figures_csv(report)),
        PaperAttachment(f"{stem}.json", _("The report's figures as frozen at issue"), report.to_payload()),
    )
