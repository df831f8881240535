"""The work on an import that may take long: looking it through, writing it, undoing it. Each is one state that is due."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from crm.common.errors import Fault, RuleError
from crm.common.locks import lock_row
from crm.desk.sheets.heading import Table, read_table
from crm.desk.sheets.kinds.all import KINDS
from crm.desk.sheets.kinds.base import Options, Planned, SheetKind, frozen
from crm.desk.sheets.mapping import words_of_kind
from crm.desk.sheets.models import DUE_STATES, SheetImport, SheetLine, SheetState, Verdict
from crm.desk.sheets.planning import lines_of, plan, verdict_of
from crm.desk.sheets.undoing import take_back

LEASE = timedelta(minutes=30)
MOST_TROUBLE = 20
# Told the import's key, the rows done and all rows.
Progress = Callable[[int, int, int], None]


@dataclass(frozen=True)
class ChangedSince(Exception):
    """Between the look and the yes something else changed: so many rows would do another thing now."""

    count: int


def nobody_told(_sheet: int, _done: int, _total: int) -> None:
    return None


def claim(sheet: SheetImport, at: datetime) -> bool:
    """Take the work, unless another worker has it."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=at)
    claimed = SheetImport.objects.filter(free, pk=sheet.pk, state__in=DUE_STATES).update(
        claimed_until=at + LEASE, done=0
    )
    return bool(claimed)


def work_on(sheet: SheetImport, at: datetime, progress: Progress = nobody_told) -> bool:
    """Do what is due for one import, in the language of whoever asked for it. False: somebody else is at it."""
    if not claim(sheet, at):
        return False
    sheet.refresh_from_db()
    asker = sheet.undone_by or sheet.applied_by or sheet.uploaded_by
    with translation.override(asker.language):
        if sheet.state == SheetState.CHECKING:
            check(sheet, at, progress)
        elif sheet.state == SheetState.APPLYING:
            _apply(sheet, asker, at, progress)
        else:
            _undo(sheet, asker, at, progress)
    return True


def kind_for(sheet: SheetImport, by: User, at: datetime) -> SheetKind:
    return KINDS[sheet.kind](by, at, Options(**sheet.options))


def table_for(sheet: SheetImport) -> Table:
    kind = KINDS[sheet.kind]
    return read_table(bytes(sheet.content or b""), words_of_kind(kind))


# ── looking ─────────────────────────────────────────────────────────────────
def check(
    sheet: SheetImport, at: datetime, progress: Progress = nobody_told, trouble: Sequence[str] = ()
) -> None:
    """Look every row through and keep what it would do; nothing else is written."""
    total = sheet.rows

    def tell(done: int) -> None:
        SheetImport.objects.filter(pk=sheet.pk).update(done=done)
        progress(sheet.pk, done, total)

    kind = kind_for(sheet, sheet.uploaded_by, at)
    rows = plan(kind, table_for(sheet), sheet.mapping, sheet.corrections, tell)
    lines = list(lines_of(rows, kind, sheet.left_out))
    with transaction.atomic():
        SheetLine.objects.filter(sheet=sheet).delete()
        for line in lines:
            line.sheet = sheet
        SheetLine.objects.bulk_create(lines, batch_size=500)
        _settle(
            sheet,
            SheetState.CHECKED,
            counts=dict(Counter(line.verdict for line in lines)),
            trouble=list(trouble),
        )


def _settle(sheet: SheetImport, state: str, **values: Any) -> None:
    for name, value in {**values, "state": state, "claimed_until": None}.items():
        setattr(sheet, name, value)
    sheet.save()


# ── writing ─────────────────────────────────────────────────────────────────
def _apply(sheet: SheetImport, by: User, at: datetime, progress: Progress) -> None:
    try:
        with transaction.atomic():
            lock_row(SheetImport.objects.all(), sheet.pk)
            _write(sheet, by, at, progress)
            _settle(sheet, SheetState.APPLIED, content=None, samples=[], corrections={}, trouble=[])
    except ChangedSince as changed:
        message = ngettext(
            "Nothing was written: since you looked, %(count)d row would do something else. Look again.",
            "Nothing was written: since you looked, %(count)d rows would do something else. Look again.",
            changed.count,
        )
        _look_again(sheet, at, [message % {"count": changed.count}])
    except RuleError as error:
        told = [_("Nothing was written."), *(str(fault.message) for fault in error.faults[:MOST_TROUBLE])]
        _look_again(sheet, at, told)
    except DatabaseError:
        _look_again(
            sheet, at, [_("Nothing was written: somebody else was writing the same records. Try again.")]
        )


def _look_again(sheet: SheetImport, at: datetime, trouble: list[str]) -> None:
    fresh = SheetImport.objects.get(pk=sheet.pk)
    fresh.applied_at = fresh.applied_by = None
    check(fresh, at, trouble=trouble)


def _write(sheet: SheetImport, by: User, at: datetime, progress: Progress) -> None:
    """Plan again, refuse where anything became another than what was looked at, and write row by row."""
    kind = kind_for(sheet, by, at)
    seen = {line.line: line for line in sheet.lines.all()}
    rows = list(plan(kind, table_for(sheet), sheet.mapping, sheet.corrections))
    fresh = lines_of(iter(rows), kind, sheet.left_out)
    changed = sum(line.digest != seen[line.line].digest if line.line in seen else True for line in fresh)
    if changed:
        raise ChangedSince(changed)
    skipped = set(sheet.left_out)
    faults: list[Fault] = []
    written = []
    for number, row in enumerate(rows, start=1):
        line = seen[row.line]
        verdict = verdict_of(row)
        if row.line not in skipped and verdict in (Verdict.CREATE, Verdict.UPDATE):
            try:
                _write_row(kind, row, line)
                written.append(line)
            except RuleError as error:
                where = _("Line %(line)d") % {"line": row.line}
                faults += [Fault(fault.code, f"{where}: {fault.message}") for fault in error.faults]
                if len(faults) >= MOST_TROUBLE:
                    break
        if number % 100 == 0:
            progress(sheet.pk, number, len(rows))
    if faults:
        raise RuleError(faults)
    SheetLine.objects.bulk_update(written, ["record", "version", "before", "beside"], batch_size=500)


def _write_row(kind: SheetKind, row: Planned, line: SheetLine) -> None:
    keys = {field.name for field in kind.fields if field.is_key}
    if row.pk is None:
        values = {name: value for name, value in row.values.items() if name not in keys}
        made = kind.create(values)
    else:
        line.before = {name: frozen(row.current.get(name)) for name in row.changes}
        told = {field.name: row.values.get(field.name) for field in kind.fields if field.is_told}
        made = kind.change(row.pk, row.changes, {**row.planned, **told})
    line.record, line.version, line.beside = made.pk, made.version, made.beside


# ── undoing ─────────────────────────────────────────────────────────────────
def _undo(sheet: SheetImport, by: User, at: datetime, progress: Progress) -> None:
    try:
        with transaction.atomic():
            lock_row(SheetImport.objects.all(), sheet.pk)
            take_back(sheet, kind_for(sheet, by, at), progress)
            _settle(sheet, SheetState.UNDONE, trouble=[])
    except RuleError as error:
        _keep_applied(sheet, [str(fault.message) for fault in error.faults])
    except DatabaseError:
        _keep_applied(sheet, [_("Something recorded since then uses what this import made.")])


def _keep_applied(sheet: SheetImport, trouble: list[str]) -> None:
    fresh = SheetImport.objects.get(pk=sheet.pk)
    fresh.undone_at = fresh.undone_by = None
    _settle(fresh, SheetState.APPLIED, trouble=trouble)
