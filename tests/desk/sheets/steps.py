"""An import step by step, as the pages take it."""

from crm.desk.sheets.services import (
    confirm_sheet,
    map_columns,
    take_sheet,
    undo_sheet,
    work_now,
)


def looked_at(kind, text, by, now, mapping=None, **options):
    data = text if isinstance(text, bytes) else text.encode()
    sheet = take_sheet(kind=kind, name="lijst.csv", data=data, by=by, at=now)
    sheet = map_columns(sheet=sheet, mapping=mapping or sheet.mapping, options=options, by=by, at=now)
    return work_now(sheet=sheet, at=now)


def imported(kind, text, by, now, **options):
    sheet = looked_at(kind, text, by, now, **options)
    assert faults(sheet) == [], [line.faults for line in sheet.lines.all()]
    return confirmed(sheet, by, now)


def confirmed(sheet, by, now):
    return work_now(sheet=confirm_sheet(sheet=sheet, by=by, at=now), at=now)


def undone(sheet, by, now):
    return work_now(sheet=undo_sheet(sheet=sheet, by=by, at=now), at=now)


def verdicts(sheet):
    return [line.verdict for line in sheet.lines.all()]


def faults(sheet):
    return [(line.line, name) for line in sheet.lines.all() for name, _message, _cell in line.faults]
