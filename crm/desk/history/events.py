"""What can be wrong with a count event by its own cells and by the events it refers to."""

from django.utils.translation import gettext as _

from crm.desk.history.columns import COUNT_EVENTS, LEADS, ORGANISATIONS, STAGE_CHANGES
from crm.desk.history.reading import Row
from crm.desk.history.run import Run
from crm.targets.choices import Category, EventKind

CLASSIFYING = (EventKind.ARRIVAL, EventKind.RECLASSIFICATION)


def check_events(run: Run) -> None:
    """Add to the new events the faults of their cells, their refs and their order."""
    beginning = {row["lead_ref"] for row in run.folder.rows[STAGE_CHANGES]}
    taken_back: dict[str, int | None] = {
        known.content["reverses_ref"]: None
        for (file, _key), known in run.known.items()
        if file == COUNT_EVENTS and known.content["reverses_ref"]
    }
    for row in run.new[COUNT_EVENTS]:
        run.check_ref(row, "organisation_ref", ORGANISATIONS)
        run.check_ref(row, "lead_ref", LEADS)
        _check_lead_began(run, row, beginning)
        run.check_past(row, "recorded_at")
        run.check_past(row, "confirmed_at")
        run.check_no_later(row, "occurred_on", "recorded_at")
        _check_classification(row)
        _check_confirmation(row, needs_two=run.needs_two)
        _check_reversal(run, row, taken_back)


def _check_lead_began(run: Run, row: Row, beginning: set[str]) -> None:
    ref = row["lead_ref"]
    if not ref or ref in beginning or not run.knows(LEADS, ref):
        return
    known = run.known.get((LEADS, ref))
    if known is None or known.lead_id is None:
        message = _("This lead has no row in %(file)s yet, so it does not exist.")
        row.add("lead_ref", message % {"file": STAGE_CHANGES})


def _is_blank(row: Row, column: str) -> bool:
    return not row.cells.get(column, "").strip()


def _check_classification(row: Row) -> None:
    kind = row["kind"]
    if kind is None:
        return
    for column in ("category", "is_knowledge_intensive"):
        if kind in CLASSIFYING and _is_blank(row, column):
            row.add(column, _("An arrival or a reclassification must say this."))
        elif kind not in CLASSIFYING and not _is_blank(row, column):
            row.add(column, _("Only an arrival or a reclassification says this: leave it empty."))
    if not _is_blank(row, "spin_off_origin") and row["category"] != Category.STARTUP:
        row.add("spin_off_origin", _("A spin-off is a startup: only the category startup has an origin."))


def _check_confirmation(row: Row, *, needs_two: bool) -> None:
    if _is_blank(row, "confirmed_by") != _is_blank(row, "confirmed_at"):
        empty = "confirmed_by" if _is_blank(row, "confirmed_by") else "confirmed_at"
        row.add(empty, _("confirmed_by and confirmed_at are both filled in, or both empty."))
    if needs_two and row["confirmed_by"] and row["confirmed_by"] == row["recorded_by"]:
        row.add("confirmed_by", _("Somebody other than who recorded it confirms it."))
    if row["confirmed_at"] and row["recorded_at"] and row["confirmed_at"] < row["recorded_at"]:
        row.add("confirmed_at", _("It is confirmed after it is recorded, not before."))


def _check_reversal(run: Run, row: Row, taken_back: dict[str, int | None]) -> None:
    ref = row["reverses_ref"]
    if row["kind"] and row["kind"] != EventKind.REVERSAL:
        if not _is_blank(row, "reverses_ref"):
            row.add("reverses_ref", _("Only a reversal takes an event back: leave it empty."))
        return
    if row["kind"] and _is_blank(row, "reverses_ref"):
        row.add("reverses_ref", _("Say which event it takes back."))
    run.check_ref(row, "reverses_ref", COUNT_EVENTS)
    if not ref or not run.knows(COUNT_EVENTS, ref):
        return
    if ref in taken_back:
        line = taken_back[ref]
        message = _("An earlier import takes this event back already.")
        if line is not None:
            message = _("The reversal on line %(line)d takes this event back already.") % {"line": line}
        row.add("reverses_ref", message)
    else:
        taken_back[ref] = row.line
    _check_original(run, row, ref)


def _check_original(run: Run, row: Row, ref: str) -> None:
    """The event taken back: no reversal, of the same organisation, recorded before."""
    original = run.row(COUNT_EVENTS, ref)
    if original is not None:
        kind, organisation = original["kind"], original["organisation_ref"]
        if original["recorded_at"] and row["recorded_at"] and row["recorded_at"] < original["recorded_at"]:
            row.add("recorded_at", _("It is recorded after the event it takes back, not before."))
    else:
        content = run.known[COUNT_EVENTS, ref].content
        kind, organisation = content["kind"], content["organisation_ref"]
    if kind == EventKind.REVERSAL:
        row.add("reverses_ref", _("A reversal is not taken back: record the event anew."))
    if organisation and row["organisation_ref"] and organisation != row["organisation_ref"]:
        message = _("The event it takes back is of another organisation (%(ref)s).")
        row.add("organisation_ref", message % {"ref": organisation})
