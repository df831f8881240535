"""Builds a folder of history files for a test."""

import csv
from pathlib import Path
from typing import Any

from crm.desk.history.columns import FILES

DEFAULTS: dict[str, dict[str, str]] = {
    "organisations.csv": {"name": "Testbedrijf"},
    "leads.csv": {
        "track": "startup",
        "working_name": "Project",
        "spin_off_expected": "unknown",
        "confidentiality": "confidential",
    },
    "stage_changes.csv": {
        "to_stage": "identified",
        "to_status": "open",
        "occurred_on": "2025-03-03",
        "recorded_at": "2025-03-03T10:00:00+01:00",
        "by_email": "anna@park.example",
    },
    "count_events.csv": {
        "kind": "arrival",
        "area": "ut_campus",
        "occurred_on": "2025-03-03",
        "recorded_by": "anna@park.example",
        "recorded_at": "2025-03-04T10:00:00+01:00",
        "confirmed_by": "bert@park.example",
        "confirmed_at": "2025-03-05T10:00:00+01:00",
        "evidence_kind": "register_extract",
        "evidence": "Extract 12",
    },
    "observations.csv": {
        "target": "companies",
        "value": "491",
        "reference_date": "2025-01-01",
        "source": "Employment register",
        "boundary_version": "2025",
        "known_at": "2025-06-01T09:00:00+02:00",
    },
}
CLASSIFIED = {"category": "startup", "is_knowledge_intensive": "yes"}


class HistoryFolder:
    """`folder.add("leads", ref="L1")` keeps a row with sensible values for the rest; `folder.write()` makes the files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def add(self, name: str, /, **cells: str) -> "HistoryFolder":
        file = f"{name}.csv"
        row = DEFAULTS.get(file, {}) | cells
        if file == "count_events.csv" and row["kind"] in ("arrival", "reclassification"):
            row = CLASSIFIED | row
        self.rows.setdefault(file, []).append(row)
        return self

    def write(self, **columns: list[str]) -> Path:
        """Write every file with rows; `leads=[…]` sets that file's columns and their order."""
        self.path.mkdir(exist_ok=True)
        for file, rows in self.rows.items():
            names = columns.get(file.removesuffix(".csv")) or [column.name for column in FILES[file].columns]
            with (self.path / file).open("w", newline="", encoding="utf-8") as stream:
                writer = csv.DictWriter(stream, names, restval="", extrasaction="ignore")
                writer.writeheader()
                writer.writerows(rows)
        return self.path

    def write_text(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        self.path.mkdir(exist_ok=True)
        (self.path / f"{name}.csv").write_bytes(text.encode(encoding))
        return self.path


def company(folder: HistoryFolder, ref: str = "o1", **cells: str) -> HistoryFolder:
    """An organisation and its arrival."""
    folder.add("organisations", ref=ref, name=f"Bedrijf {ref}")
    return folder.add("count_events", ref=f"e-{ref}", organisation_ref=ref, **cells)
