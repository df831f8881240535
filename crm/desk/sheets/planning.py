"""What every row would do, found without writing anything: its record, its changes, and all that is wrong with it."""

import json
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from crm.desk.sheets.heading import SheetRow, Table, said
from crm.desk.sheets.kinds.base import AT_ONCE, Field, Planned, SheetKind, frozen
from crm.desk.sheets.models import SheetLine, Verdict
from crm.desk.sheets.values import Reading, Unreadable, is_empty

LONGEST_SHOWN = 300
Corrections = dict[str, dict[str, str]]


def plan(
    kind: SheetKind,
    table: Table,
    mapping: Sequence[str],
    corrections: Corrections,
    progress: Callable[[int], None] = lambda done: None,
) -> Iterator[Planned]:
    """Every row in its order, a few hundred at a time; the number of queries goes with those portions."""
    fields = kind.by_name()
    columns = [(place, fields[name]) for place, name in enumerate(mapping) if name]
    seen: dict[tuple[str, str], int] = {}
    for start in range(0, len(table.rows), AT_ONCE):
        portion = table.rows[start : start + AT_ONCE]
        yield from _portion(kind, portion, columns, corrections, seen)
        progress(min(start + AT_ONCE, len(table.rows)))


def _portion(
    kind: SheetKind,
    portion: Sequence[SheetRow],
    columns: Sequence[tuple[int, Field]],
    corrections: Corrections,
    seen: dict[tuple[str, str], int],
) -> list[Planned]:
    rows, given = [], []
    for sheet_row in portion:
        cells = _cells(sheet_row, columns, corrections.get(str(sheet_row.line), {}))
        row = Planned(sheet_row.line)
        # Read without what stands: enough to find the record. What does not read now is read again, and blamed, below.
        for name, (field, cell) in cells.items():
            if not is_empty(cell):
                _read_key(row, name, field, cell, kind)
        try:
            row.pk = kind.find(row)
        except Unreadable as error:
            row.add(_key_field(kind, row), error)
        rows.append(row)
        given.append(cells)
    current = kind.current([row.pk for row in rows if row.pk])
    for row, cells in zip(rows, given, strict=True):
        row.current = current.get(row.pk or 0, {})
        # What the file itself told is read again; what finding the record told of an empty cell stays.
        row.values = {
            name: value for name, value in row.values.items() if name not in cells or is_empty(cells[name][1])
        }
        _read_all(row, cells, kind)
        _find_changes(row, cells, kind)
        row.label = kind.name_of(row.planned) or kind.name_of(row.values)
        _refuse_twice(row, kind, seen)
    kind.check(rows)
    for row, cells in zip(rows, given, strict=True):
        row.cells = {name: said(cell)[:LONGEST_SHOWN] for name, (_field, cell) in cells.items()}
    return rows


def _cells(
    row: SheetRow, columns: Sequence[tuple[int, Field]], corrected: dict[str, str]
) -> dict[str, tuple[Field, Any]]:
    return {field.name: (field, corrected.get(field.name, row.cells[place])) for place, field in columns}


def _key_field(kind: SheetKind, row: Planned) -> str:
    keys = [field.name for field in kind.fields if field.is_key and field.name in row.values]
    return keys[0] if keys else kind.fields[0].name


def _read_key(row: Planned, name: str, field: Field, cell: Any, kind: SheetKind) -> None:
    try:
        row.values[name] = field.kind.read(cell, Reading(kind.lookups))
    except Unreadable:
        return


def _read_all(row: Planned, cells: dict[str, tuple[Field, Any]], kind: SheetKind) -> None:
    """Read every cell, knowing what stands: what an export wrote of a record means that record again."""
    for name, (field, cell) in cells.items():
        if is_empty(cell):
            continue
        reading = Reading(kind.lookups, row.current.get(name))
        try:
            row.values[name] = field.kind.read(cell, reading)
        except Unreadable as error:
            row.add(name, error)
        row.remarks += [f"{field}: {remark}" for remark in reading.remarks]


def _find_changes(row: Planned, cells: dict[str, tuple[Field, Any]], kind: SheetKind) -> None:
    fields = kind.by_name()
    wrong = {name for name, _message in row.faults}
    for name, value in row.values.items():
        field = fields[name]
        if field.is_key or field.is_told or row.current.get(name) == value:
            continue
        if field.only_new and row.pk:
            row.add(
                name,
                _("This is fixed once a record is made; it stands as “%(now)s”.")
                % {"now": field.kind.show(row.current.get(name), kind.lookups)},
            )
            continue
        row.changes[name] = value
    if kind.options.empties_clear and row.pk and not row.is_closed:
        for name, (field, cell) in cells.items():
            stays = field.is_key or field.is_told or field.only_new or _says_nothing(row.current.get(name))
            if is_empty(cell) and not stays:
                row.changes[name] = _emptied(row.current[name])
    if not row.pk:
        for name, field in fields.items():
            if field.is_needed and name not in row.values and name not in wrong:
                row.add(name, _("A new row needs this."))


def _says_nothing(value: Any) -> bool:
    return value in (None, "") or (isinstance(value, tuple) and all(part is None for part in value))


def _emptied(value: Any) -> Any:
    if isinstance(value, str):
        return ""
    return () if isinstance(value, tuple) else None


def _refuse_twice(row: Planned, kind: SheetKind, seen: dict[tuple[str, str], int]) -> None:
    keys = [(name, value) for name, value in kind.new_keys(row)]
    if row.pk:
        keys.append(("", str(row.pk)))
    for name, value in keys:
        first = seen.setdefault((name, value), row.line)
        if first != row.line:
            message = _("The row on line %(line)d is about the same record.") % {"line": first}
            row.add(name or _key_field(kind, row), message)


def verdict_of(row: Planned) -> str:
    if row.faults:
        return Verdict.FAULT
    if row.pk is None:
        return Verdict.CREATE
    return Verdict.UPDATE if row.changes else Verdict.UNCHANGED


def line_of(row: Planned, kind: SheetKind, *, is_left_out: bool) -> dict[str, Any]:
    """The row as its `SheetLine` keeps it."""
    fields = kind.by_name()
    verdict = Verdict.LEFT_OUT if is_left_out else verdict_of(row)

    def shown(name: str, value: Any) -> str:
        return fields[name].kind.show(value, kind.lookups)[:LONGEST_SHOWN]

    changes = [
        [name, shown(name, row.current.get(name)), shown(name, value)] for name, value in row.changes.items()
    ]
    done = {name: frozen(value) for name, value in sorted(row.changes.items())}
    written = json.dumps([verdict, row.pk, done], sort_keys=True, default=str)
    return {
        "line": row.line,
        "verdict": verdict,
        "label": row.label,
        "faults": [[name, message, row.cells.get(name, "")] for name, message in row.faults],
        "remarks": row.remarks,
        "changes": changes,
        "digest": sha256(written.encode()).hexdigest()[:32],
        "record": row.pk,
    }


def lines_of(rows: Iterator[Planned], kind: SheetKind, left_out: Sequence[int]) -> Iterator[SheetLine]:
    skipped = set(left_out)
    for row in rows:
        yield SheetLine(**line_of(row, kind, is_left_out=row.line in skipped))
