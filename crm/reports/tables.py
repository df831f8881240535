"""Tables of the report as plain cells, and how many rows of them fit the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.reports.svg import text_width

BODY_SIZE = 8.5  # points


@dataclass(frozen=True)
class Column:
    """A column's heading, lines parted by `|`; `sign` stands above it (the movement table's + and −)."""

    label: str
    css: str = ""
    sign: str = ""

    @property
    def lines(self) -> list[str]:
        return self.label.split("|")


@dataclass(frozen=True)
class Entry:
    """A cell: a text, then a bold one."""

    text: str
    strong: str = ""
    css: str = ""


@dataclass(frozen=True)
class Table:
    """A table whose first column heads its rows; `more` says how many rows are not shown."""

    css: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    total: tuple[Entry, ...] = ()
    more: str = ""


def lines_of(text: str, width: float, size: float = BODY_SIZE) -> int:
    """On how many lines of `width` points the text stands, word by word; a longer word is broken anywhere."""
    lines, used, blank = 1, 0.0, text_width(" ", size)
    for word in text.split():
        length = text_width(word, size)
        if used and used + blank + length <= width:
            used += blank + length
            continue
        lines += bool(used)
        lines += int(length // width)
        used = length % width
    return lines


def shortened(text: str, width: float, lines: int = 2, size: float = BODY_SIZE) -> str:
    """The text, cut with an ellipsis where it would take more than `lines`."""
    if lines_of(text, width, size) <= lines:
        return text
    while text and lines_of(text + "…", width, size) > lines:
        text = text[:-1]
    return text.rstrip() + "…"


def fitting(lines: Sequence[int], budget: int) -> int:
    """How many rows fit when each takes this many lines; where some do not, one line is kept to say so."""
    if sum(lines) <= budget:
        return len(lines)
    taken = count = 0
    for height in lines:
        if taken + height > budget - 1:
            break
        taken += height
        count += 1
    return count
