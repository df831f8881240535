"""The figures of an edition as data files, attached to its PDF: the payload itself and a flat table."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from crm.reports.monthly import MonthlyReport

HEADER = ("section", "item", "figure", "value")
KEYS = ("code", "lead", "stage")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def figures_csv(report: MonthlyReport) -> bytes:
    """Every figure on one row, codes in English, numbers with a point; texts that a spreadsheet would run are defused."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(HEADER)
    for section, value in report.to_plain().items():
        if isinstance(value, list):
            for place, item in enumerate(value, start=1):
                writer.writerows((section, _key(item, place), *pair) for pair in _flat(item))
        elif isinstance(value, dict):
            writer.writerows((section, "", *pair) for pair in _flat(value))
        else:
            writer.writerow(("report", "", section, _cell(value)))
    return target.getvalue().encode()


def _key(item: dict[str, Any], place: int) -> str:
    name = next((item[key] for key in KEYS if item.get(key)), place)
    return str(name)


def _flat(item: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in item.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{path}.")
        elif isinstance(value, list):
            for place, part in enumerate(value, start=1):
                yield from _flat(part, f"{path}.{place}.")
        else:
            yield path, _cell(value)


def _cell(value: Any) -> str:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else str(value)
