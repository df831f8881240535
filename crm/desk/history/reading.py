"""From a folder to rows: encoding, header, cells. Every fault of every file is collected, reading goes on after each."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.common.validators import validate_plain_text
from crm.desk.history.columns import FILES, Column, FileSpec
from crm.desk.history.faults import CellFault, FolderError
from crm.desk.history.values import CellError

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
DIGEST_LENGTH = 32


@dataclass
class Row:
    """One row: its place, its cells as given and, where they could be read, its values (None: empty)."""

    spec: FileSpec
    line: int
    cells: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)

    def __getitem__(self, column: str) -> Any:
        """The value, or None where the cell is empty or could not be read."""
        return self.values.get(column)

    @property
    def file(self) -> str:
        return self.spec.name

    @property
    def is_sound(self) -> bool:
        """Whether the row may be applied: no fault of its own, and every column there."""
        return not self.faults and len(self.cells) == len(self.spec.columns)

    def add(self, column: str, message: str) -> None:
        """Note a fault; what is no column of the file stands for the row as a whole.

        A column that the first line lacks is named there, once, not again on every row.
        """
        if column not in self.spec.by_name:
            column = self.spec.key[0]
        if column in self.cells:
            fault = CellFault(self.file, self.line, column, self.cells[column], message)
            if fault not in self.faults:
                self.faults.append(fault)

    @property
    def key(self) -> str | None:
        """By what the row is recognised; None where that could not be read."""
        wrong = {fault.column for fault in self.faults}
        if any(name in wrong or name not in self.cells for name in self.spec.key):
            return None
        return " ".join(self.written(self.spec.by_name[name]) or "-" for name in self.spec.key)

    def written(self, column: Column) -> str:
        value = self.values.get(column.name)
        return "" if value is None else column.kind.write(value)

    @property
    def content(self) -> dict[str, str]:
        """Every value written the one same way; personal ones as a digest."""
        return {
            column.name: digest(self.written(column)) if column.personal else self.written(column)
            for column in self.spec.columns
        }

    @property
    def plain_content(self) -> dict[str, str]:
        return {column.name: self.written(column) for column in self.spec.columns}


def digest(text: str) -> str:
    """Enough of a SHA-256 to tell another text; nothing for nothing."""
    return sha256(text.encode()).hexdigest()[:DIGEST_LENGTH] if text else ""


@dataclass
class Folder:
    """What a folder holds: the rows of each file, faults of files as a whole, and what the importer should know."""

    rows: dict[str, list[Row]]
    faults: list[CellFault]
    notices: list[str]


def read_folder(folder: Path) -> Folder:
    """Read every file of the folder; raises `FolderError` where there is none to read."""
    try:
        present = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError as error:
        raise FolderError(folder, _("%(folder)s is not there.")) from error
    except NotADirectoryError as error:
        raise FolderError(folder, _("%(folder)s is a file; give the folder that holds the files.")) from error
    except OSError as error:
        raise FolderError(folder, _("%(folder)s cannot be read.")) from error
    if not FILES.keys() & set(present):
        raise FolderError(folder, _("%(folder)s holds none of these files: %(files)s."))
    read = Folder(rows={name: [] for name in FILES}, faults=[], notices=[])
    for name in present:
        if name in FILES:
            _read_file(folder / name, FILES[name], read)
        elif name.lower().endswith(".csv"):
            message = _("%(file)s is not one of the files of a history and was not read.")
            read.notices.append(message % {"file": name})
    return read


def _read_file(path: Path, spec: FileSpec, read: Folder) -> None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        read.faults.append(
            CellFault(
                spec.name, 1, "-", "", _("The file cannot be read (%(reason)s).") % {"reason": error.strerror}
            )
        )
        return
    text, fault = _decode(raw, spec.name)
    if fault:
        read.faults.append(fault)
    records = _records(text, spec, read.faults)
    header = next(records, None)
    if header is None:
        message = _("The file is empty: its first line names the columns.")
        read.faults.append(CellFault(spec.name, 1, "-", "", message))
        return
    line, names = header
    names = [name.strip() for name in names]
    read.faults += _header_faults(spec, line, names)
    places = {name: place for place, name in enumerate(names) if name in spec.by_name}
    read.rows[spec.name] = [
        _read_row(spec, line, cells, places, len(names))
        for line, cells in records
        if any(map(str.strip, cells))
    ]


def _decode(raw: bytes, name: str) -> tuple[str, CellFault | None]:
    """The text; of a file in another encoding too, so that its other faults are found in the same run."""
    if raw.startswith(UTF16_MARKS):
        message = _("The file is not in UTF-8 but in UTF-16. Save it as CSV UTF-8.")
        return raw.decode("utf-16", errors="replace"), CellFault(name, 1, "-", "UTF-16", message)
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        value = raw[error.start : error.start + 1].decode("cp1252", errors="replace")
        message = _(
            "The file is not in UTF-8, probably in Windows-1252 (byte 0x%(byte)02x). Save it as CSV UTF-8."
        )
        message %= {"byte": raw[error.start]}
        return raw.decode("cp1252", errors="replace"), CellFault(name, line, "-", value, message)


def _records(text: str, spec: FileSpec, faults: list[CellFault]) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = _("The line cannot be read (%(reason)s): look at its quotation marks.")
            faults.append(CellFault(spec.name, line, "-", "", message % {"reason": error}))
            continue
        if record:
            yield line, record


def _header_faults(spec: FileSpec, line: int, names: list[str]) -> list[CellFault]:
    faults = []
    known = ", ".join(spec.by_name)
    if len(names) == 1 and ";" in names[0]:
        message = _("The columns are separated by semicolons: use commas.")
        return [CellFault(spec.name, line, "-", names[0], message)]
    for place, name in enumerate(names):
        if name not in spec.by_name:
            message = _("Unknown column. This file has: %(columns)s.") % {"columns": known}
            faults.append(CellFault(spec.name, line, name or "-", name, message))
        elif name in names[:place]:
            faults.append(CellFault(spec.name, line, name, name, _("This column is there twice.")))
    for column in spec.columns:
        if column.name not in names:
            message = _("This column is missing from the first line.")
            faults.append(CellFault(spec.name, line, column.name, "", message))
    return faults


def _read_row(spec: FileSpec, line: int, cells: list[str], places: dict[str, int], width: int) -> Row:
    given = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
    row = Row(spec, line, given)
    for column in spec.columns:
        if column.name in given:
            _read_cell(row, column)
    if len(cells) != width:
        # The cells may stand under the wrong columns: what is said of them would mislead.
        row.faults.clear()
        message = _("The line has %(cells)d cells and the first line %(columns)d columns.")
        row.add(spec.key[0], message % {"cells": len(cells), "columns": width})
    return row


def _read_cell(row: Row, column: Column) -> None:
    text = row.cells[column.name].strip()
    if not text:
        if column.is_required:
            row.add(column.name, _("This must be filled in."))
        return
    try:
        validate_plain_text(text)
        row.values[column.name] = column.kind.read(text)
    except CellError as error:
        row.add(column.name, str(error))
    except ValidationError as error:
        row.add(column.name, " ".join(error.messages))
