"""Where a table begins in a sheet: its heads, also when a title stands above, when they take two lines, or come back."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from crm.common.errors import Fault, RuleError
from crm.common.names import words_of
from crm.desk.sheets.opening import MOST_ROWS, Cell, Grid, open_sheet

LOOKED_AT = 12
LONGEST_HEAD = 120


@dataclass(frozen=True)
class SheetRow:
    """One row as it stands in the file; `line` is the number that a spreadsheet program shows beside it."""

    line: int
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    heads: list[str]
    rows: list[SheetRow]
    notices: list[str]


def read_table(data: bytes, known_heads: Collection[str] = ()) -> Table:
    """Read a file into heads and rows. `known_heads` are folded names that columns of this kind often have."""
    return table_of(open_sheet(data), known_heads)


def said(cell: Cell) -> str:
    """What somebody sees in the cell, on one line."""
    if isinstance(cell, date):
        return cell.isoformat()
    return " ".join(str(cell).split()) if cell is not None else ""


def folded_head(text: str) -> str:
    return " ".join(words_of(text))


def table_of(grid: Grid, known_heads: Collection[str] = ()) -> Table:
    lines, notices = grid.lines, list(grid.notices)
    if not lines:
        raise RuleError(Fault("empty", _("The file is empty."), "file"))
    at = _head_place(lines, known_heads)
    raw = [said(cell)[:LONGEST_HEAD] for cell in lines[at][1]]
    above = _above(lines, at, len(raw))
    rows = lines[at + 1 :]
    repeated = [folded_head(head) for head in raw]
    kept: list[tuple[int, list[Cell]]] = []
    for line, cells in rows:
        if _repeats(cells, repeated):
            notices.append(_("Line %(line)d repeats the heads and was left out.") % {"line": line})
        else:
            kept.append((line, cells))
    width = max([len(raw), *(len(cells) for _line, cells in kept)])
    raw += [""] * (width - len(raw))
    filled = {place for _line, cells in kept for place, cell in enumerate(cells) if cell is not None}
    places = [place for place in range(width) if raw[place] or place in filled]
    if not kept:
        raise RuleError(Fault("no_rows", _("There are heads in the file, but no rows under them."), "file"))
    if len(kept) > MOST_ROWS:
        message = _("The file has more than %(most)d rows. Split it into parts.")
        raise RuleError(Fault("too_many_rows", message % {"most": MOST_ROWS}, "file"))
    if at > 0:
        message = _("The heads were found on line %(line)d.")
        notices.append(message % {"line": lines[at][0]})
    return Table(
        heads=_named(raw, above, places),
        rows=[
            SheetRow(line, [cells[place] if place < len(cells) else None for place in places])
            for line, cells in kept
        ],
        notices=notices,
    )


def _head_place(lines: Sequence[tuple[int, list[Cell]]], known: Collection[str]) -> int:
    """The line among the first with the most heads that are known; else the first that is as wide as the table."""
    first = lines[:LOOKED_AT]
    hits = [
        len({folded_head(said(cell)) for cell in cells if cell is not None} & set(known))
        for _n, cells in first
    ]
    if max(hits) > 0:
        return hits.index(max(hits))
    widths = [sum(cell is not None for cell in cells) for _number, cells in first]
    usual = max(widths)
    return next(place for place, width in enumerate(widths) if width * 2 > usual or usual <= 1)


def _above(lines: Sequence[tuple[int, list[Cell]]], at: int, width: int) -> list[str]:
    """The heads above the heads ("Contact" over "Name" and "Phone"), each carried on over the columns beneath it."""
    if at == 0 or lines[at - 1][0] != lines[at][0] - 1:
        return [""] * width
    carried, above = "", []
    for place in range(width):
        cells = lines[at - 1][1]
        text = said(cells[place]) if place < len(cells) else ""
        carried = text or carried
        above.append(carried)
    return above


def _repeats(cells: Sequence[Cell], heads: Sequence[str]) -> bool:
    folded = [folded_head(said(cell)) for cell in cells]
    wanted = [head for head in heads if head]
    return len(wanted) > 1 and [text for text in folded if text] == wanted


def _named(raw: Sequence[str], above: Sequence[str], places: Sequence[int]) -> list[str]:
    """Every column under a name of its own: two with one head are told apart by what stands above, or by their letter."""
    count = Counter(folded_head(raw[place]) for place in places)
    names: list[str] = []
    for place in places:
        letter = get_column_letter(place + 1)
        name = raw[place] or _("Column %(letter)s") % {"letter": letter}
        if raw[place] and count[folded_head(raw[place])] > 1:
            group = above[place] if place < len(above) else ""
            name = f"{group}: {name}" if group else name
        if name in names:
            name = f"{name} ({letter})"
        names.append(name)
    return names
