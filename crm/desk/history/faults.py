"""What is wrong with a file, said with its file, line, column and the value as given."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from crm.common.errors import Fault, RuleError
from crm.desk.history.columns import FILES


@dataclass(frozen=True, order=True)
class CellFault:
    """One fault; `value` is the cell as it stands in the file, "" where it is empty or there is none."""

    file: str
    line: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        line = f"{self.file}:{self.line}: {self.column}: {self.value or _('(empty)')}: {self.message}"
        return "".join(char if char.isprintable() else repr(char)[1:-1] for char in line)


class HistoryError(RuleError):
    """A folder that cannot be imported: `cell_faults` names every fault of every file, and nothing was changed."""

    def __init__(self, cell_faults: Iterable[CellFault]) -> None:
        self.cell_faults = list(cell_faults)
        super().__init__(Fault("history", str(fault), fault.column) for fault in self.cell_faults)


class FolderError(RuleError):
    """There is no folder to read, or none of the files is in it."""

    def __init__(self, folder: Path, message: str) -> None:
        values = {"folder": folder, "files": ", ".join(FILES)}
        super().__init__(Fault("folder", message % values, "folder"))
