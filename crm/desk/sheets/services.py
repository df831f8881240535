"""Verbs on imports of spreadsheets: take the file, say the columns, mend rows, say yes, undo, drop, forget.

Looking through, writing and undoing may take long: these verbs only make them due (`work_due` does them, ADR 7).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.common.errors import Fault, RuleError, refuse
from crm.common.locks import lock_row
from crm.desk.sheets.heading import Table, read_table, said
from crm.desk.sheets.kinds.all import KINDS
from crm.desk.sheets.mapping import guessed, heads_key, mapping_faults, remembered, words_of_kind
from crm.desk.sheets.models import (
    DUE_STATES,
    ENDED_STATES,
    SheetImport,
    SheetLine,
    SheetMapping,
    SheetState,
    Verdict,
)
from crm.desk.sheets.opening import MOST_BYTES, too_large
from crm.desk.sheets.work import Progress, nobody_told, work_on

# After this, an import can no longer be undone: what it kept of people for that purpose is forgotten.
KEPT = timedelta(days=30)
LONGEST_NAME, SAMPLES = 120, 3
LONGEST_CORRECTION = 5_000


def take_sheet(*, kind: str, name: str, data: bytes, by: User, at: datetime) -> SheetImport:
    """Read a file so far that its columns can be said; nothing of it is imported yet.

    Raises `RuleError` for a file that is too large, of the wrong kind, damaged or empty.
    """
    if kind not in KINDS:
        raise RuleError(Fault("unknown_kind", _("Say what the rows of this file are."), "kind"))
    if len(data) > MOST_BYTES:
        raise too_large(len(data))
    of_kind = KINDS[kind]
    table = read_table(data, words_of_kind(of_kind))
    known = remembered(of_kind, table.heads)
    notices = list(table.notices)
    if known is not None:
        notices.append(_("These columns were said before: they are filled in as the last time."))
    return SheetImport.objects.create(
        kind=kind,
        file_name=_plain(PurePath(name.replace("\\", "/")).name)[-LONGEST_NAME:] or "-",
        file_hash=sha256(data).hexdigest(),
        size=len(data),
        content=data,
        heads=table.heads,
        samples=_samples(table),
        mapping=known.mapping if known else guessed(of_kind, table.heads),
        options=known.options if known else {},
        notices=notices,
        rows=len(table.rows),
        uploaded_at=at,
        uploaded_by=by,
    )


def _samples(table: Table) -> list[list[str]]:
    """The first few cells of each column, to see what it holds."""
    samples: list[list[str]] = [[] for _head in table.heads]
    for row in table.rows[:200]:
        for place, cell in enumerate(row.cells):
            if cell is not None and len(samples[place]) < SAMPLES:
                samples[place].append(said(cell)[:60])
    return samples


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable())


@transaction.atomic
def map_columns(
    *, sheet: SheetImport, mapping: Sequence[str], options: Mapping[str, bool], by: User, at: datetime
) -> SheetImport:
    """Say what each column is, remember that for these heads, and make the look through due."""
    fresh = _locked(sheet, SheetState.MAPPING, SheetState.CHECKED)
    kind = KINDS[fresh.kind]
    refuse(mapping_faults(kind, fresh.heads, mapping))
    fresh.mapping = list(mapping)
    fresh.options = {
        "empties_clear": bool(options.get("empties_clear")),
        "matches_names": bool(options.get("matches_names")) and kind.can_match_names,
    }
    SheetMapping.objects.update_or_create(
        kind=fresh.kind,
        heads_key=heads_key(fresh.heads),
        defaults={"mapping": fresh.mapping, "options": fresh.options, "used_at": at, "used_by": by},
    )
    return _due(fresh, SheetState.CHECKING)


@transaction.atomic
def correct_rows(
    *,
    sheet: SheetImport,
    corrections: Mapping[int, Mapping[str, str]],
    left_out: Mapping[int, bool],
    by: User,
    at: datetime,
) -> SheetImport:
    """Mend cells and leave rows out, as `{line: {field: text}}` and `{line: whether}`; then it is looked through anew."""
    fresh = _locked(sheet, SheetState.CHECKED)
    lines = set(fresh.lines.values_list("line", flat=True))
    mapped = set(filter(None, fresh.mapping))
    kept = {line: dict(cells) for line, cells in fresh.corrections.items()}
    for line, cells in corrections.items():
        for name, text in cells.items():
            if line in lines and name in mapped:
                kept.setdefault(str(line), {})[name] = text[:LONGEST_CORRECTION].replace("\0", "")
    skipped = set(fresh.left_out) - {line for line, is_out in left_out.items() if not is_out}
    skipped |= {line for line, is_out in left_out.items() if is_out and line in lines}
    fresh.corrections, fresh.left_out = kept, sorted(skipped)
    return _due(fresh, SheetState.CHECKING)


@transaction.atomic
def map_again(*, sheet: SheetImport, by: User, at: datetime) -> SheetImport:
    """Back to the columns; what was mended stays."""
    fresh = _locked(sheet, SheetState.CHECKED)
    fresh.state, fresh.trouble = SheetState.MAPPING, []
    fresh.save()
    return fresh


@transaction.atomic
def confirm_sheet(*, sheet: SheetImport, by: User, at: datetime) -> SheetImport:
    """Say yes to what was looked at. Refused while a row has a fault: all or nothing."""
    fresh = _locked(sheet, SheetState.CHECKED)
    if fresh.counts.get(Verdict.FAULT):
        message = _("There are rows with a fault: mend them or leave them out. Nothing was written.")
        raise RuleError(Fault("faults", message))
    if not fresh.counts.get(Verdict.CREATE) and not fresh.counts.get(Verdict.UPDATE):
        raise RuleError(Fault("nothing_to_do", _("There is nothing to import: no row is new or changed.")))
    fresh.applied_at, fresh.applied_by = at, by
    return _due(fresh, SheetState.APPLYING)


@transaction.atomic
def undo_sheet(*, sheet: SheetImport, by: User, at: datetime) -> SheetImport:
    """Make the undoing due; whether something was built on the import is found when it is done."""
    fresh = _locked(sheet, SheetState.APPLIED)
    if fresh.forgotten_at is not None:
        message = _("An import can be undone for %(days)d days; this one is older.") % {"days": KEPT.days}
        raise RuleError(Fault("too_late", message))
    fresh.undone_at, fresh.undone_by = at, by
    return _due(fresh, SheetState.UNDOING)


@transaction.atomic
def drop_sheet(*, sheet: SheetImport, by: User, at: datetime) -> SheetImport:
    """Do not import it after all: the file and its rows are forgotten at once."""
    fresh = _locked(sheet, SheetState.MAPPING, SheetState.CHECKED)
    fresh.state = SheetState.DROPPED
    _forget(fresh, at)
    return fresh


def work_due(*, at: datetime, progress: Progress = nobody_told) -> int:
    """Do all work on imports that is due; how many were worked on."""
    due = SheetImport.objects.filter(state__in=DUE_STATES).order_by("uploaded_at", "pk")
    return sum(work_on(sheet, at, progress) for sheet in due)


def work_now(*, sheet: SheetImport, at: datetime) -> SheetImport:
    """Do a short import's work at once."""
    work_on(sheet, at)
    return SheetImport.objects.get(pk=sheet.pk)


@transaction.atomic
def forget_sheets(*, at: datetime) -> int:
    """Forget files and rows of imports that ended, or lie about, for longer than an undo is promised."""
    old = SheetImport.objects.filter(forgotten_at__isnull=True, uploaded_at__lt=at - KEPT).exclude(
        state__in=DUE_STATES
    )
    count = 0
    for sheet in old.order_by("pk"):
        if sheet.applied_at is not None and sheet.applied_at >= at - KEPT:
            continue
        if sheet.state not in ENDED_STATES:
            sheet.state = SheetState.DROPPED
        _forget(sheet, at)
        count += 1
    return count


def _forget(sheet: SheetImport, at: datetime) -> None:
    SheetLine.objects.filter(sheet=sheet).delete()
    sheet.content, sheet.corrections, sheet.samples, sheet.trouble = None, {}, [], []
    sheet.forgotten_at = at
    sheet.save()


def _locked(sheet: SheetImport, *states: str) -> SheetImport:
    fresh: Any = lock_row(SheetImport.objects.all(), sheet.pk)
    if fresh.state not in states:
        message = _("This is not possible now: the import is “%(state)s”.")
        raise RuleError(Fault("wrong_state", message % {"state": fresh.get_state_display()}))
    return fresh  # type: ignore[no-any-return]


def _due(sheet: SheetImport, state: str) -> SheetImport:
    sheet.state, sheet.done, sheet.claimed_until, sheet.trouble = state, 0, None, []
    sheet.save()
    return sheet
