"""What can be wrong with rows before any of them is applied: refs, lists, combinations of cells, days, order."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from crm.acquisition.models import StageChange
from crm.acquisition.stages import Standing, Step, step_faults
from crm.common.months import amsterdam_day
from crm.desk.history.columns import AREAS, COUNT_EVENTS, LEADS, OBSERVATIONS, ORGANISATIONS, STAGE_CHANGES
from crm.desk.history.events import check_events
from crm.desk.history.ordering import chain_of, circles
from crm.desk.history.reading import Row
from crm.desk.history.run import Run


def check(run: Run) -> None:
    """Add to the new rows every fault that shows without writing anything."""
    for row in run.new[AREAS]:
        check_code(row, "code", run.areas)
    _check_organisations(run)
    _check_leads(run)
    _check_changes(run)
    for row in run.new[COUNT_EVENTS]:
        check_code(row, "area", run.areas)
    check_events(run)
    for row in run.new[OBSERVATIONS]:
        check_code(row, "target", run.targets)
        run.check_past(row, "known_at")
        run.check_no_later(row, "reference_date", "known_at")


def check_code(row: Row, column: str, known: Iterable[str]) -> None:
    """A code that is given must be one of the park's."""
    if row[column] and row[column] not in known:
        row.add(column, _("Unknown. Choose one of: %(values)s.") % {"values": ", ".join(known)})


def _check_organisations(run: Run) -> None:
    rows = run.new[ORGANISATIONS]
    holders: dict[str, int] = {}
    for row in rows:
        run.check_ref(row, "group_ref", ORGANISATIONS)
        number = row["kvk"]
        if number in holders:
            row.add("kvk", _("The row on line %(line)d has this number too.") % {"line": holders[number]})
        elif number:
            holders[number] = row.line
        if row["founded_on"] and row["founded_on"] > amsterdam_day(run.at):
            row.add("founded_on", _("This day is still to come."))
    parents = {row["ref"]: row["group_ref"] for row in rows if row["ref"]}
    inside = circles(parents)
    for row in rows:
        if row["ref"] in inside and run.row(ORGANISATIONS, row["ref"]) is row:
            row.add("group_ref", _("An organisation cannot be part of its own group."))


def _check_leads(run: Run) -> None:
    for row in run.new[LEADS]:
        run.check_ref(row, "organisation_ref", ORGANISATIONS)
        if (
            not row.cells.get("organisation_ref", "").strip()
            and not row.cells.get("working_name", "").strip()
        ):
            row.add("working_name", _("Give a working name or an organisation_ref."))


def _check_changes(run: Run) -> None:
    chains: defaultdict[str, list[Row]] = defaultdict(list)
    for row in run.new[STAGE_CHANGES]:
        run.check_ref(row, "lead_ref", LEADS)
        run.check_past(row, "recorded_at")
        if row["lead_ref"]:
            chains[row["lead_ref"]].append(row)
    last = _last_changes(run, chains)
    for ref, rows in chains.items():
        _check_chain(run, rows, last.get(ref))


def _last_changes(run: Run, refs: Iterable[str]) -> dict[str, StageChange]:
    """The last standing change of each lead that an earlier import made."""
    leads = {
        known.lead_id: ref
        for ref in refs
        if (known := run.known.get((LEADS, ref))) is not None and known.lead_id
    }
    standing = StageChange.objects.filter(reverses__isnull=True, reversed_by__isnull=True)
    if not leads:
        return {}
    return {leads[change.lead_id]: change for change in standing.order_by("pk") if change.lead_id in leads}


def _check_chain(run: Run, rows: list[Row], last: StageChange | None) -> None:
    """Walk a lead's new rows in their order; a row that could not be read in full is a gap that is not blamed on the next."""
    stands = Standing(last.to_stage, last.to_status, last.occurred_on) if last else None
    is_gap = False
    for row in chain_of(rows, (last.to_stage, last.to_status) if last else ("", "")):
        if row["to_stage"] is None or row["to_status"] is None or row["occurred_on"] is None:
            is_gap = True
            continue
        step = _step(row)
        if step is None:
            is_gap = True
        else:
            if is_gap:
                stands = Standing(step.from_stage, step.from_status, step.occurred_on)
                is_gap = False
            for fault in step_faults(step, stands):
                row.add(fault.field, str(fault.message))
        if last and row["recorded_at"] and row["recorded_at"] < last.recorded_at:
            message = _("The lead's last change known here was recorded later, at %(moment)s.")
            row.add("recorded_at", message % {"moment": last.recorded_at.isoformat()})
        stands = Standing(row["to_stage"], row["to_status"], row["occurred_on"])


def _step(row: Row) -> Step | None:
    """The row as a step; None where one of its cells could not be read."""
    if any(fault.column in ("from_stage", "from_status", "recorded_at", "reason") for fault in row.faults):
        return None
    if row["recorded_at"] is None:
        return None
    return Step(
        from_stage=row["from_stage"] or "",
        to_stage=row["to_stage"],
        from_status=row["from_status"] or "",
        to_status=row["to_status"],
        occurred_on=row["occurred_on"],
        recorded_on=amsterdam_day(row["recorded_at"]),
        reason=row["reason"] or "",
    )
