"""From a file's bytes to lines of cells: what kind of file it is, its encoding, its separator. Nothing is guessed in silence.

A cell is what the file holds: text from CSV; text, numbers, days and yes or no from a workbook; None where it is empty.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from crm.common.errors import Fault, RuleError

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 50_000, 200
# Title, empty lines and heads come on top of the rows themselves.
SPARE_LINES = 1_000
MEGABYTE = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORKBOOK, OPEN_DOCUMENT = "xl/workbook.xml", "mimetype"
SEPARATORS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
# What Dutch and German programs write when it is not Unicode.
OLD_ENCODINGS = ["cp1252", "mac_roman", "cp850"]
ENCODING_NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "DOS 850"}
# Positions that Windows-1252 leaves empty: a text that uses them is something else.
NOT_WINDOWS = frozenset(b"\x81\x8d\x8f\x90\x9d")
CHUNK = 1 << 16

Cell = str | int | float | Decimal | bool | date | datetime | None


@dataclass
class Grid:
    """All lines of a file with their numbers, and what the reader should know of how it was read."""

    lines: list[tuple[int, list[Cell]]]
    notices: list[str] = field(default_factory=list)


def open_sheet(data: bytes) -> Grid:
    """Read a CSV text or an XLSX workbook; raises `RuleError` that says what is wrong with the file."""
    if not data.strip():
        raise _unfit("empty", _("The file is empty."))
    if len(data) > MOST_BYTES:
        raise too_large(len(data))
    if data.startswith(OLE):
        message = _(
            "This is a workbook of the old kind (.xls), or one with a password. Save it as .xlsx without a password."
        )
        raise _unfit("old_workbook", message)
    if data.startswith(b"PK\x03\x04"):
        return _workbook(data)
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"Rar!")):
        raise _unfit("no_spreadsheet", _("This is no spreadsheet. Choose a CSV or XLSX file."))
    return _text(data)


def too_large(size: int) -> RuleError:
    message = _("The file is %(size)d MB; at most %(most)d MB can be read. Split it into parts.")
    values = {"size": -(-size // MEGABYTE), "most": MOST_BYTES // MEGABYTE}
    return _unfit("too_large", message % values)


def _unfit(code: str, message: str) -> RuleError:
    return RuleError(Fault(code, message, "file"))


def _too_many() -> RuleError:
    message = _("The file has more than %(most)d rows. Split it into parts.")
    return _unfit("too_many_rows", message % {"most": MOST_ROWS})


# ── text ────────────────────────────────────────────────────────────────────
def _text(data: bytes) -> Grid:
    text, encoding = _decoded(data)
    notices = []
    if encoding in ENCODING_NAMES:
        message = _("The file was read as %(encoding)s. Look whether accents and € came out right.")
        notices.append(message % {"encoding": ENCODING_NAMES[encoding]})
    if text[:4].lower() == "sep=" and len(text) > 4:
        separator, text = text[4], "\n" + text.partition("\n")[2]
    else:
        separator = _separator(text)
    lines: list[tuple[int, list[Cell]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((line, [cell or None for cell in cells[:MOST_COLUMNS]]))
            line = reader.line_num + 1
            if len(lines) > MOST_ROWS + SPARE_LINES:
                raise _too_many()
    except csv.Error as error:
        message = _(
            "Line %(line)d cannot be read: a quotation mark is not closed, or a cell is far too long."
        )
        raise _unfit("unreadable_line", message % {"line": line}) from error
    return Grid(lines, notices)


def _decoded(data: bytes) -> tuple[str, str]:
    """The text and the encoding it had."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return _strictly(data, encoding), encoding
    sample = data[:4000]
    if sample.count(b"\0") * 3 > len(sample):
        encoding = "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
        return _strictly(data, encoding), encoding
    if b"\0" in sample:
        raise _unfit("no_spreadsheet", _("This is no spreadsheet. Choose a CSV or XLSX file."))
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = _old_encoding(data)
        return data.decode(encoding, errors="replace"), encoding


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        message = _("The file says that it is %(encoding)s and is not. Save it again as CSV UTF-8.")
        raise _unfit("broken_encoding", message % {"encoding": encoding.upper()}) from error


def _old_encoding(data: bytes) -> str:
    """Windows-1252 wherever it can be; else what the text's letters look like."""
    if not NOT_WINDOWS & set(data):
        return "cp1252"
    best = from_bytes(data[:100_000], cp_isolation=OLD_ENCODINGS, threshold=1.0).best()
    return best.encoding if best is not None else "cp1252"


def _separator(text: str) -> str:
    """What splits the first lines into the most columns, the same number on most of them."""
    sample = text[:50_000].splitlines()[:60]
    scores = {}
    for separator in SEPARATORS:
        try:
            widths = [len(cells) for cells in csv.reader(sample, delimiter=separator) if cells]
        except csv.Error:
            widths = []
        usual = max(set(widths), key=widths.count) if widths else 1
        widest = max(widths, default=1)
        scores[separator] = (min(usual, 2), widths.count(usual) if usual > 1 else 0, widest)
    return max(scores, key=lambda separator: scores[separator])


# ── workbooks ───────────────────────────────────────────────────────────────
def _workbook(data: bytes) -> Grid:
    _refuse_unsafe(data)
    try:
        book: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        grids = [(sheet.title, list(_lines(sheet))) for sheet in sheets]
    except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError) as error:
        message = _(
            "The workbook is damaged and cannot be read. Open it, save it again as .xlsx and try once more."
        )
        raise _unfit("damaged", message) from error
    filled = [(title, lines) for title, lines in grids if lines]
    if not filled:
        raise _unfit("empty", _("The file is empty."))
    title, lines = filled[0]
    notices = []
    if len(filled) > 1:
        message = _("The workbook has several sheets. Read was “%(read)s”; not read: %(others)s.")
        others = ", ".join(f"“{name}”" for name, _lines_of in filled[1:])
        notices.append(message % {"read": title, "others": others})
    return Grid(lines, notices)


def _refuse_unsafe(data: bytes) -> None:
    """No bomb, and no document type: what a workbook's XML never needs and what an attack does."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if WORKBOOK not in names:
                if OPEN_DOCUMENT in names:
                    raise _unfit("open_document", _("Save the spreadsheet as .xlsx or as CSV first."))
                raise _unfit("no_spreadsheet", _("This is no spreadsheet. Choose a CSV or XLSX file."))
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                message = _("The workbook is too large once unpacked. Split it into parts.")
                raise _unfit("too_large_unpacked", message)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _refuse_document_type(package, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        message = _(
            "The workbook is damaged and cannot be read. Open it, save it again as .xlsx and try once more."
        )
        raise _unfit("damaged", message) from error


def _refuse_document_type(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    unsafe = _("The workbook holds instructions that a spreadsheet does not need, and was not read.")
    with package.open(part) as stream:
        before = b""
        while chunk := stream.read(CHUNK):
            if before == b"" and chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise _unfit("unsafe", unsafe)
            window = before[-16:] + chunk
            if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
                raise _unfit("unsafe", unsafe)
            before = chunk


def _lines(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    # What a workbook says of its own size is not to be trusted.
    sheet.reset_dimensions()
    count = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_cell(value) for value in values[:MOST_COLUMNS]]
        if any(cell is not None for cell in cells):
            count += 1
            if count > MOST_ROWS + SPARE_LINES:
                raise _too_many()
            yield number, cells


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value if value.strip() else None
    if value is None or isinstance(value, bool | int | float | date | datetime):
        return value
    return str(value)
