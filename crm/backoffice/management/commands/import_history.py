"""`manage.py import_history DIR [--dry-run]`: bring the park's own history in, all of it or nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from crm.common.errors import RuleError
from crm.desk.history.faults import HistoryError
from crm.desk.services import ImportResult, import_history
from crm.reports.models import ReportEdition

BAD_INPUT = 2
ROWS_PER_LINE = 500


class Command(BaseCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = _(
            "Import the park's own history from a folder of CSV files, all of it or nothing. Exits with 2 and names every "
            "fault by file, line and column where something is wrong."
        )
        parser.add_argument("folder", metavar="DIR", type=Path, help=_("the folder that holds the files"))
        parser.add_argument("--dry-run", action="store_true", help=_("do everything and take it back"))

    def handle(self, *_args: Any, **options: Any) -> None:
        _refuse_without_tables()
        _refuse_after_an_edition()
        is_dry_run = options["dry_run"]
        try:
            result = import_history(
                folder=options["folder"],
                by=User.objects.system(),
                at=timezone.now(),
                is_dry_run=is_dry_run,
                progress=self._show_progress,
            )
        except HistoryError as error:
            self._end_progress()
            for fault in error.cell_faults:
                self.stderr.write(str(fault), lambda text: text)
            count = len(error.cell_faults)
            message = ngettext(
                "%(count)d fault; nothing was changed.", "%(count)d faults; nothing was changed.", count
            )
            raise CommandError(message % {"count": count}, returncode=BAD_INPUT) from error
        except RuleError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        self._end_progress()
        self._report(result, is_dry_run=is_dry_run)

    def _report(self, result: ImportResult, *, is_dry_run: bool) -> None:
        for notice in result.notices:
            self.stderr.write(notice, lambda text: text)
        values = {"new": result.rows_new, "known": result.rows_known}
        if is_dry_run:
            self.stdout.write(_("%(new)d new, %(known)d known; a dry run: nothing was changed.") % values)
        else:
            self.stdout.write(_("%(new)d new, %(known)d known.") % values)

    def _show_progress(self, done: int, total: int) -> None:
        line = _("%(done)d of %(total)d rows") % {"done": done, "total": total}
        if self.stderr.isatty():
            self.stderr.write(f"\r{line}", lambda text: text, ending="")
        elif done % ROWS_PER_LINE == 0:
            self.stderr.write(line, lambda text: text)

    def _end_progress(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("")


def _refuse_without_tables() -> None:
    database = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and "memory" not in database and not Path(database).exists():
        # Connecting would leave an empty file behind.
        message = _("There is no database at %(path)s: set DATABASE_URL, or run “manage.py migrate”.")
        raise CommandError(message % {"path": database}, returncode=BAD_INPUT)
    try:
        executor = MigrationExecutor(connection)
        is_behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        message = _("The database cannot be read (%(reason)s): is it there, and did “manage.py migrate” run?")
        reason = str(error).strip().partition("\n")[0]
        raise CommandError(message % {"reason": reason}, returncode=BAD_INPUT) from error
    if is_behind:
        message = _("The database is not up to date: run “manage.py migrate” first.")
        raise CommandError(message, returncode=BAD_INPUT)


def _refuse_after_an_edition() -> None:
    """Partners have read figures: history that is older than the system may no longer change them."""
    if ReportEdition.objects.sent().exists():
        message = _("A report edition has been sent: history can no longer be imported.")
        raise CommandError(message, returncode=BAD_INPUT)
