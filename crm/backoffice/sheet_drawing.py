"""An import's columns and rows as its pages draw them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.desk.models import SheetImport, SheetLine
from crm.desk.sheets.kinds.all import KINDS
from crm.desk.sheets.models import SheetState, Verdict

MARKS = {
    Verdict.CREATE: ("disc", "good"),
    Verdict.UPDATE: ("diamond", "warn"),
    Verdict.UNCHANGED: ("ring", ""),
    Verdict.FAULT: ("triangle", "bad"),
    Verdict.LEFT_OUT: ("ring", ""),
}
MOST_SHOWN = 12


@dataclass(frozen=True)
class Column:
    """One column on the mapping page: its head, what is in it, and which field is chosen."""

    place: int
    head: str
    samples: list[str]
    chosen: str
    options: list[tuple[str, str]]


@dataclass(frozen=True)
class FaultDrawn:
    """One fault; `input_name` is empty where no cell of this column can be mended."""

    name: str
    label: str
    message: str
    cell: str
    input_name: str


@dataclass(frozen=True)
class LineDrawn:
    line: SheetLine
    mark: tuple[str, str]
    url: str
    changes: list[tuple[str, str, str]]
    more: int
    faults: list[FaultDrawn] = field(default_factory=list)

    @property
    def inputs(self) -> list[FaultDrawn]:
        """One input per field, however much is wrong with it."""
        seen: dict[str, FaultDrawn] = {}
        for fault in self.faults:
            if fault.input_name:
                seen.setdefault(fault.name, fault)
        return list(seen.values())


@dataclass(frozen=True)
class Tab:
    value: str
    label: str
    count: int
    is_current: bool


def drawn_columns(sheet: SheetImport, posted: Mapping[str, str]) -> list[Column]:
    options = [(each.name, f"{each} *" if each.is_needed else str(each)) for each in KINDS[sheet.kind].fields]
    return [
        Column(
            place,
            head,
            sheet.samples[place] if place < len(sheet.samples) else [],
            posted.get(f"column-{place}", sheet.mapping[place] if place < len(sheet.mapping) else ""),
            options,
        )
        for place, head in enumerate(sheet.heads)
    ]


def drawn_lines(sheet: SheetImport, lines: list[SheetLine]) -> list[LineDrawn]:
    fields = KINDS[sheet.kind].by_name()
    meta = KINDS[sheet.kind].model._meta
    mapped = set(sheet.mapping)
    is_gone = sheet.state == SheetState.UNDONE
    drawn = []
    for line in lines:
        # What an undone import made is gone, or withdrawn: only what it changed is still there to open.
        has_page = line.record and not (is_gone and line.verdict == Verdict.CREATE)
        url = (
            reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[line.record])
            if has_page
            else ""
        )
        changes = [(str(fields.get(name, name)), old, new) for name, old, new in line.changes]
        faults = [
            FaultDrawn(
                name,
                str(fields[name]) if name in fields else "",
                message,
                cell,
                f"cell-{line.line}-{name}" if name in mapped else "",
            )
            for name, message, cell in line.faults
        ]
        drawn.append(
            LineDrawn(
                line,
                MARKS[Verdict(line.verdict)],
                url,
                changes[:MOST_SHOWN],
                max(len(changes) - MOST_SHOWN, 0),
                faults,
            )
        )
    return drawn


def tabs(sheet: SheetImport, show: str) -> list[Tab]:
    """All rows, and the rows of each verdict that there is."""
    found = [Tab("all", _("All rows"), sheet.rows, show not in (*Verdict.values, "remarks"))]
    for verdict, label in Verdict.choices:
        count = sheet.counts.get(verdict, 0)
        if count:
            found.append(Tab(verdict, str(label), count, show == verdict))
    remarks = sheet.lines.exclude(remarks=[]).count()
    if remarks:
        found.append(Tab("remarks", _("With a remark"), remarks, show == "remarks"))
    return found
