"""`manage.py monthly_report YYYY-MM`: freeze a month's figures, print them and keep the PDFs."""

import errno
import os
from argparse import ArgumentParser
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from crm.common.errors import Fault, RuleError
from crm.common.moments import parse_moment
from crm.common.months import Month, amsterdam_day
from crm.reports import pdf
from crm.reports.builder import build_report
from crm.reports.models import EditionStatus, ReportEdition
from crm.reports.rendering import document
from crm.reports.schedule import default_known_at
from crm.reports.services import (
    LANGUAGES,
    archive_pdfs,
    archived,
    director_text_for,
    issue_edition,
    report_of,
)
from crm.rules.names import names_in_force

BAD_INPUT = 2
FIRST_MONTH = Month(2024, 1)  # the baselines


class Command(BaseCommand):
    help = (
        "Makes the monthly report for partners and prints the paths of its files. The same month and moment again "
        "give the same edition. Exits with 2 and one sentence when something is wrong; nothing is changed then."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", metavar="YYYY-MM", help=_("the month, as in 2027-03"))
        parser.add_argument(
            "--known-at",
            metavar="MOMENT",
            help=_(
                "what was known then, as in 2027-04-07T12:00:00+02:00; noon of the fifth working day by default"
            ),
        )
        parser.add_argument(
            "--language", choices=[*LANGUAGES, "both"], default="both", help=_("both by default")
        )
        parser.add_argument(
            "--output",
            metavar="DIR",
            type=Path,
            default=Path(),
            help=_("folder for the files; this one by default"),
        )
        parser.add_argument(
            "--preview",
            action="store_true",
            help=_("archive nothing and say so on every page; also for a running month"),
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        languages = LANGUAGES if options["language"] == "both" else (options["language"],)
        try:
            month = _month(options["month"], now, is_preview=options["preview"])
            known_at = _known_at(options["known_at"], month, now, is_preview=options["preview"])
            _need_database()
            folder = _folder(options["output"])
            with names_in_force():
                if options["preview"]:
                    pages = _preview(month, known_at, now, languages)
                else:
                    pages = _issue(month, known_at, now, languages)
            paths = _write(folder, month, pages, "-preview" if options["preview"] else "")
        except RuleError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        except DatabaseError as error:
            message = _(
                "The database cannot be read (%(reason)s): is it there, and did “manage.py migrate” run?"
            )
            reason = str(error).strip().partition("\n")[0]
            raise CommandError(message % {"reason": reason}, returncode=BAD_INPUT) from error
        for path in paths:
            self.stdout.write(str(path))


def _month(text: str, now: datetime, *, is_preview: bool) -> Month:
    try:
        month = Month.parse(text)
    except ValueError as error:
        message = _("“%(value)s” is not a month: write year-month, as in 2027-03.")
        raise RuleError(Fault("not_a_month", message % {"value": text})) from error
    if month < FIRST_MONTH:
        message = _("There is no report of %(month)s: the park's figures begin in %(first)s.")
        raise RuleError(Fault("too_early", message % {"month": month, "first": FIRST_MONTH}))
    if month.first_day > amsterdam_day(now):
        raise RuleError(Fault("not_begun", _("%(month)s has not begun yet.") % {"month": month}))
    if month.end > now and not is_preview:
        message = _("%(month)s is not over yet: wait until it is, or ask for a --preview.")
        raise RuleError(Fault("month_not_over", message % {"month": month}))
    return month


def _known_at(text: str | None, month: Month, now: datetime, *, is_preview: bool) -> datetime:
    if text is not None:
        known_at = parse_moment(text)
        if known_at > now:
            message = _("“%(value)s” lies in the future: nobody knows what will be known then.")
            raise RuleError(Fault("in_the_future", message % {"value": text}))
        return known_at
    usual = default_known_at(month)
    if usual <= now:
        return usual
    if is_preview:
        return now
    message = _(
        "The edition of %(month)s is due on %(moment)s: wait until then, give --known-at, or ask for a --preview."
    )
    raise RuleError(Fault("not_due", message % {"month": month, "moment": _moment(usual)}))


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _need_database() -> None:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and "memory" not in str(name) and not Path(name).exists():
        # Connecting would leave an empty file behind.
        message = _("There is no database at %(path)s: set DATABASE_URL, or run “manage.py migrate”.")
        raise RuleError(Fault("no_database", message % {"path": name}))


def _preview(month: Month, known_at: datetime, now: datetime, languages: Any) -> dict[str, bytes]:
    as_of: date = min(month.last_day, amsterdam_day(now))
    report, director = build_report(month=month, known_at=known_at, as_of=as_of), director_text_for(month)
    return {
        language: pdf.make_pdf(document(report, language=language, director=director, is_preview=True))
        for language in languages
    }


def _issue(month: Month, known_at: datetime, now: datetime, languages: Any) -> dict[str, bytes]:
    system = User.objects.system()
    edition = issue_edition(month=month, known_at=known_at, by=system, at=now)
    pages = {language: _pages(edition, month, language) for language in languages}
    if edition.status == EditionStatus.DRAFT:
        archive_pdfs(edition=edition, pdfs=pages, by=system, at=now)
    return pages


def _pages(edition: ReportEdition, month: Month, language: str) -> bytes:
    """A draft is printed anew, for the director's text may have changed; what was approved is final."""
    final = archived(edition, language) if edition.status != EditionStatus.DRAFT else None
    if final is not None:
        return final
    return pdf.make_pdf(document(report_of(edition), language=language, director=director_text_for(month)))


def _folder(folder: Path) -> Path:
    """The folder, made where it was not there; asked before anything is issued."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RuleError(_no_folder(folder, error.strerror)) from error
    if not os.access(folder, os.W_OK):
        raise RuleError(_no_folder(folder, os.strerror(errno.EACCES)))
    return folder


def _no_folder(folder: Path, reason: str | None) -> Fault:
    message = _("The files cannot be written to %(folder)s (%(reason)s).")
    return Fault("no_folder", message % {"folder": folder, "reason": reason})


def _write(folder: Path, month: Month, pages: dict[str, bytes], mark: str) -> list[Path]:
    """Each file whole or not at all."""
    paths = []
    try:
        for language, data in pages.items():
            path = folder / f"monthly-report-{month}-{language}{mark}.pdf"
            unfinished = path.with_suffix(f".{os.getpid()}.part")
            unfinished.write_bytes(data)
            unfinished.replace(path)
            paths.append(path)
    except OSError as error:
        raise RuleError(_no_folder(folder, error.strerror)) from error
    return paths
