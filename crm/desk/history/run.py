"""One run of the importer: its rows against what earlier imports brought."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from crm.common.months import amsterdam_day
from crm.desk.history.columns import FILES, LEADS
from crm.desk.history.faults import CellFault
from crm.desk.history.reading import Folder, Row
from crm.desk.models import ImportedRow
from crm.estate.models import Area
from crm.targets.models import Target


def is_waiting_lead(known: ImportedRow) -> bool:
    """Whether it is the row of a lead that has no stage change yet, so that the lead itself does not exist."""
    return known.file == LEADS and known.lead_id is None


@dataclass
class Run:
    """What is read, what is known, and which rows are new."""

    folder: Folder
    at: datetime
    known: dict[tuple[str, str], ImportedRow]
    areas: dict[str, Area]
    targets: dict[str, Target]
    needs_two: bool
    new: dict[str, list[Row]] = field(default_factory=dict)
    seen_before: int = 0
    _by_ref: dict[tuple[str, str], Row] = field(default_factory=dict)

    def sort(self) -> None:
        """Tell new rows from known ones; a row that stands twice, or is known with other content, gets a fault."""
        for name in FILES:
            self.new[name] = list(self._new_rows(self.folder.rows[name]))

    def _new_rows(self, rows: list[Row]) -> Iterator[Row]:
        lines: dict[str, int] = {}
        for row in rows:
            if row["ref"]:
                self._by_ref.setdefault((row.file, row["ref"]), row)
            key = row.key
            if key is None:
                yield row
                continue
            if key in lines:
                row.add(row.spec.key[0], _("The same row stands on line %(line)d.") % {"line": lines[key]})
                yield row
                continue
            lines[key] = row.line
            known = self.known.get((row.file, key))
            if known is None:
                yield row
            elif row.is_sound:
                self._compare(row, known)
            else:
                yield row

    def _compare(self, row: Row, known: ImportedRow) -> None:
        self.seen_before += 1
        # A lead's row waits in full for its first stage change; whatever is settled keeps digests of personal values.
        content = row.plain_content if is_waiting_lead(known) else row.content
        for column in row.spec.columns:
            before = known.content.get(column.name, "")
            if content[column.name] != before:
                shown = _("something else") if column.personal else f"“{before}”"
                message = _(
                    "This row was imported before, with %(before)s here: recorded history does not change."
                )
                row.add(column.name, message % {"before": shown})

    def row(self, file: str, ref: str) -> Row | None:
        """The folder's row with this ref."""
        return self._by_ref.get((file, ref))

    def knows(self, file: str, ref: str) -> bool:
        """Whether the folder or an earlier import holds this ref."""
        return (file, ref) in self._by_ref or (file, ref) in self.known

    def check_ref(self, row: Row, column: str, file: str) -> None:
        """A ref that is given must be known."""
        ref = row[column]
        if ref and not self.knows(file, ref):
            message = _("There is no row with this ref in %(file)s, nor was one imported before.")
            row.add(column, message % {"file": file})

    def check_past(self, row: Row, column: str) -> None:
        """A moment of recording or confirming lies in the past."""
        if row[column] and row[column] > self.at:
            row.add(column, _("This moment is still to come."))

    def check_no_later(self, row: Row, day_column: str, moment_column: str) -> None:
        """What happened on a day was recorded on that day (Amsterdam) or later."""
        day, moment = row[day_column], row[moment_column]
        if day and moment and day > amsterdam_day(moment):
            message = _("This is after the day it was recorded (%(column)s, in Amsterdam %(day)s).")
            row.add(day_column, message % {"column": moment_column, "day": amsterdam_day(moment).isoformat()})

    @property
    def faults(self) -> list[CellFault]:
        """Every fault so far, by file, line and column."""
        order = {name: place for place, name in enumerate(FILES)}
        faults = list(self.folder.faults)
        for rows in self.folder.rows.values():
            faults += [fault for row in rows for fault in row.faults]
        return sorted(faults, key=lambda fault: (order[fault.file], fault.line, fault.column, fault.message))
