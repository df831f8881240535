"""Verbs of the desk: importing the park's own history; those of a person's own calendar stand in `calendar_services`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.models import User
from crm.acquisition.models import Lead
from crm.common.locks import lock_rows
from crm.desk.bulk.services import begin_bulk, forget_bulk, run_due_bulk, stop_bulk
from crm.desk.calendar_services import (
    choose_morning_mail,
    due_for_morning_mail,
    make_calendar_address,
    queue_morning_mail,
    read_calendar_address,
    revoke_calendar_address,
    wants_morning_mail,
)
from crm.desk.history.applying import Applying, Outcome, count_of_rows
from crm.desk.history.checking import check
from crm.desk.history.columns import FILES, LEADS
from crm.desk.history.faults import HistoryError
from crm.desk.history.people import People, named_in
from crm.desk.history.reading import digest, read_folder
from crm.desk.history.run import Run, is_waiting_lead
from crm.desk.leaving.services import let_leave
from crm.desk.merging.services import merge_organisations, merge_people, say_not_the_same, undo_merge
from crm.desk.models import ImportBatch, ImportedRow
from crm.desk.quiet.services import HandedOver, end_snooze, hand_over, snooze, take_back_hand_over
from crm.estate.models import Area
from crm.targets.models import Target

__all__ = [
    "HandedOver",
    "ImportResult",
    "begin_bulk",
    "choose_morning_mail",
    "due_for_morning_mail",
    "end_snooze",
    "forget_bulk",
    "hand_over",
    "import_history",
    "let_leave",
    "make_calendar_address",
    "merge_organisations",
    "merge_people",
    "queue_morning_mail",
    "read_calendar_address",
    "revoke_calendar_address",
    "run_due_bulk",
    "say_not_the_same",
    "snooze",
    "stop_bulk",
    "take_back_hand_over",
    "undo_merge",
    "wants_morning_mail",
]

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportResult:
    """How many rows were new and how many known, and what the importer should know."""

    rows_new: int
    rows_known: int
    notices: tuple[str, ...]


@transaction.atomic
def import_history(
    *,
    folder: Path,
    by: User,
    at: datetime,
    is_dry_run: bool = False,
    progress: Progress = lambda done, total: None,
) -> ImportResult:
    """Import a folder of history, all of it or nothing; the same rows a second time change nothing.

    Raises `FolderError` where there is nothing to read, and `HistoryError` with every fault of every file. A dry run does
    all of it and takes it back. `progress` is told how many rows of how many are done. Two imports at once: the second
    waits for the first.
    """
    read = read_folder(folder)
    areas = {area.code: area for area in lock_rows(Area.objects.all())}
    made = ImportedRow.objects.select_related("organisation", "lead", "count_event")
    run = Run(
        folder=read,
        at=at,
        known={(known.file, known.key): known for known in made},
        areas={code: areas[code] for code in sorted(areas, key=lambda code: areas[code].position)},
        targets={target.code: target for target in Target.objects.order_by("position")},
        needs_two=settings.CRM_FOUR_EYES,
    )
    run.sort()
    check(run)
    total = count_of_rows(run)
    applying = Applying(
        run=run,
        people=People(named_in(run)),
        by=by,
        progress=lambda done: progress(done, total),
    )
    applying.apply()
    if run.faults:
        raise HistoryError(run.faults)
    if applying.outcomes:
        _keep(run, applying, by)
    if is_dry_run:
        transaction.set_rollback(True)
    return ImportResult(len(applying.outcomes), run.seen_before, tuple(read.notices))


def _keep(run: Run, applying: Applying, by: User) -> None:
    """Remember each row, so that it is recognised the next time."""
    batch = ImportBatch.objects.create(
        imported_at=run.at, imported_by=by, rows_new=len(applying.outcomes), rows_known=run.seen_before
    )
    ImportedRow.objects.bulk_create(
        (_remembered(outcome, batch) for outcome in applying.outcomes), batch_size=500
    )
    for (file, ref), known in run.known.items():
        lead = applying.leads.get(ref) if file == LEADS else None
        if lead is not None and is_waiting_lead(known):
            _settle(known, lead)


def _settle(known: ImportedRow, lead: Lead) -> None:
    """A lead that waited for its first stage change exists now: what its row said of people is kept as digests."""
    personal = {column.name for column in FILES[LEADS].columns if column.personal}
    known.content = {
        name: digest(value) if name in personal else value for name, value in known.content.items()
    }
    known.lead = lead
    known.save(update_fields=["content", "lead"])


def _remembered(outcome: Outcome, batch: ImportBatch) -> ImportedRow:
    row = outcome.row
    is_waiting = row.file == LEADS and outcome.lead is None
    return ImportedRow(
        batch=batch,
        file=row.file,
        key=row.key or "",
        content=row.plain_content if is_waiting else row.content,
        organisation=outcome.organisation,
        lead=outcome.lead,
        stage_change=outcome.stage_change,
        count_event=outcome.count_event,
        observation=outcome.observation,
    )
