"""Applies sound rows through the services of their rooms, so that history obeys the rules of the form.

A row that depends on a faulty one is left out without a fault of its own; everything is taken back in the end when there
is any fault.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import Answer, Confidentiality
from crm.acquisition.models import Lead
from crm.acquisition.services import import_change, import_lead
from crm.common.errors import Fault, RuleError
from crm.contacts.models import Organisation
from crm.contacts.services import record_organisation
from crm.desk.history.columns import (
    AREAS,
    COUNT_EVENTS,
    FILES,
    LEADS,
    OBSERVATIONS,
    ORGANISATIONS,
    STAGE_CHANGES,
)
from crm.desk.history.ordering import chain_of, parents_first
from crm.desk.history.people import People
from crm.desk.history.reading import Row
from crm.desk.history.run import Run
from crm.estate.services.places import set_counts_from
from crm.targets.choices import EventKind
from crm.targets.models import CountEvent, Observation
from crm.targets.rules import history_faults
from crm.targets.services import record_event, record_observation

# Where a service names a field by another word than the file does.
COLUMN_OF = {
    "organisation": "organisation_ref",
    "lead": "lead_ref",
    "reverses": "reverses_ref",
    "group": "group_ref",
    "owner": "owner_email",
    "by": "by_email",
}
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass
class Outcome:
    """What became of one row."""

    row: Row
    organisation: Organisation | None = None
    lead: Lead | None = None
    stage_change: Any = None
    count_event: CountEvent | None = None
    observation: Observation | None = None


@dataclass
class Applying:
    """Applies the rows of one run, file by file; `outcomes` tells what became of each."""

    run: Run
    people: People
    by: User
    progress: Callable[[int], None]
    outcomes: list[Outcome] = field(default_factory=list)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    leads: dict[str, Lead] = field(default_factory=dict)
    events: dict[str, CountEvent] = field(default_factory=dict)
    done: int = 0

    def apply(self) -> None:
        """Everything that is sound, in the order in which rows need each other."""
        self._read_known()
        for row in self._sound(AREAS):
            self._apply_area(row)
        for row in parents_first(self._sound(ORGANISATIONS)):
            self._apply_organisation(row)
        self._apply_leads()
        for row in sorted(self._sound(COUNT_EVENTS), key=_recording_order):
            self._apply_event(row)
        self._check_ledger()
        for row in self._sound(OBSERVATIONS):
            self._apply_observation(row)

    def _sound(self, name: str) -> list[Row]:
        return [row for row in self.run.new[name] if row.is_sound]

    def _read_known(self) -> None:
        """What earlier imports made, by ref."""
        places: dict[str, tuple[dict[str, Any], str]] = {
            ORGANISATIONS: (self.organisations, "organisation"),
            LEADS: (self.leads, "lead"),
            COUNT_EVENTS: (self.events, "count_event"),
        }
        for (file, ref), known in self.run.known.items():
            if file in places:
                table, name = places[file]
                made = getattr(known, name)
                if made is not None:
                    table[ref] = made

    @contextmanager
    def _applying(self, row: Row) -> Iterator[None]:
        """A rule that the row breaks becomes a fault of its cell."""
        try:
            yield
        except RuleError as error:
            self._blame(row, error.faults)
        self._tick()

    def _tick(self) -> None:
        self.done += 1
        self.progress(self.done)

    def _blame(self, row: Row, faults: list[Fault]) -> None:
        for fault in faults:
            row.add(COLUMN_OF.get(fault.field, fault.field), str(fault.message))

    def _apply_area(self, row: Row) -> None:
        with self._applying(row):
            area = self.run.areas[row["code"]]
            set_counts_from(
                area=area, counts_from=row["counts_from"], by=self.by, at=self.run.at, imported=True
            )
            self.outcomes.append(Outcome(row))

    def _apply_organisation(self, row: Row) -> None:
        group = self.organisations.get(row["group_ref"])
        if row["group_ref"] and group is None:
            return
        with self._applying(row):
            organisation = record_organisation(
                name=row["name"],
                kvk=row["kvk"],
                group=group,
                founded_on=row["founded_on"],
                by=self.by,
                at=self.run.at,
            )
            self.organisations[row["ref"]] = organisation
            self.outcomes.append(Outcome(row, organisation=organisation))

    def _apply_leads(self) -> None:
        chains: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self.run.new[STAGE_CHANGES]:
            if row["lead_ref"]:
                chains[row["lead_ref"]].append(row)
        for ref, rows in chains.items():
            if all(row.is_sound for row in rows) and self._can_begin(ref):
                self._apply_chain(ref, rows)
        for row in self._sound(LEADS):
            self.outcomes.append(Outcome(row, lead=self.leads.get(row["ref"])))
            self._tick()
            if row["ref"] not in chains:
                message = _(
                    "%(file)s:%(line)d: lead %(ref)s has no stage change yet; its first one will create it."
                )
                self.run.folder.notices.append(message % {"file": LEADS, "line": row.line, "ref": row["ref"]})

    def _can_begin(self, ref: str) -> bool:
        """Whether the lead exists, or all that it is made of does."""
        if ref in self.leads:
            return True
        row = self.run.row(LEADS, ref)
        if row is not None and not row.is_sound:
            return False
        organisation_ref = self._lead_facts(ref).get("organisation_ref")
        return not organisation_ref or organisation_ref in self.organisations

    def _lead_facts(self, ref: str) -> dict[str, Any]:
        """A lead's row, from the folder or as an earlier import kept it."""
        row = self.run.row(LEADS, ref)
        if row is not None:
            return row.values
        return {name: value or None for name, value in self.run.known[LEADS, ref].content.items()}

    def _apply_chain(self, ref: str, rows: list[Row]) -> None:
        lead = self.leads.get(ref)
        start = (lead.stage, lead.status) if lead else ("", "")
        for row in chain_of(rows, start):
            with self._applying(row):
                step = {
                    "to_stage": row["to_stage"],
                    "to_status": row["to_status"],
                    "occurred_on": row["occurred_on"],
                    "recorded_at": row["recorded_at"],
                    "by": self.people[row["by_email"]],
                    "reason": row["reason"] or "",
                    "note": row["note"] or "",
                }
                if lead is None:
                    lead = self.leads[ref] = self._begin(ref, step)
                    change = lead.stage_changes.get()
                else:
                    change = import_change(
                        lead=lead,
                        from_stage=row["from_stage"] or "",
                        from_status=row["from_status"] or "",
                        **step,
                    )
                self.outcomes.append(Outcome(row, stage_change=change))

    def _begin(self, ref: str, step: dict[str, Any]) -> Lead:
        facts = self._lead_facts(ref)
        owner, organisation_ref = facts.get("owner_email"), facts.get("organisation_ref")
        return import_lead(
            track=facts["track"],
            organisation=self.organisations[organisation_ref] if organisation_ref else None,
            working_name=facts.get("working_name") or "",
            owner=self.people[owner] if owner else None,
            confidentiality=facts.get("confidentiality") or Confidentiality.CONFIDENTIAL,
            spin_off_expected=facts.get("spin_off_expected") or Answer.UNKNOWN,
            **step,
        )

    def _apply_event(self, row: Row) -> None:
        organisation = self.organisations.get(row["organisation_ref"])
        lead = self.leads.get(row["lead_ref"])
        original = self.events.get(row["reverses_ref"])
        is_waiting = (row["lead_ref"] and lead is None) or (row["reverses_ref"] and original is None)
        if organisation is None or is_waiting:
            return
        with self._applying(row):
            event = record_event(
                kind=row["kind"],
                organisation=organisation,
                area=self.run.areas[row["area"]],
                lead=lead,
                category=row["category"] or "",
                spin_off_origin=row["spin_off_origin"] or "",
                is_knowledge_intensive=row["is_knowledge_intensive"],
                occurred_on=row["occurred_on"],
                by=self.people[row["recorded_by"]],
                at=row["recorded_at"],
                confirmed_by=self.people[row["confirmed_by"]] if row["confirmed_by"] else None,
                confirmed_at=row["confirmed_at"],
                evidence_kind=row["evidence_kind"] or "",
                evidence=row["evidence"] or "",
                note=row["note"] or "",
                reverses=original,
                imported=True,
            )
            self.events[row["ref"]] = event
            self.outcomes.append(Outcome(row, count_event=event))

    def _check_ledger(self) -> None:
        """What the whole of the ledger says against each new event; nothing, where part of a company's story is missing."""
        applied = {outcome.row["ref"] for outcome in self.outcomes if outcome.count_event}
        partial = {row["organisation_ref"] for row in self.run.new[COUNT_EVENTS] if row["ref"] not in applied}
        for outcome in self.outcomes:
            if outcome.count_event and outcome.row["organisation_ref"] not in partial:
                self._blame(outcome.row, history_faults(outcome.count_event, LATEST, is_imported=True))

    def _apply_observation(self, row: Row) -> None:
        target = self.run.targets[row["target"]]
        facts = {"value": row["value"], "source": row["source"], "boundary_version": row["boundary_version"]}
        there = Observation.objects.filter(
            target=target, reference_date=row["reference_date"], known_at=row["known_at"]
        ).first()
        with self._applying(row):
            if there is None:
                there = record_observation(
                    target=target,
                    reference_date=row["reference_date"],
                    by=self.by,
                    at=row["known_at"],
                    **facts,
                )
            for name, value in facts.items():
                if getattr(there, name) != value:
                    message = _("This measurement is there already, with %(before)s here.")
                    row.add(name, message % {"before": getattr(there, name)})
            self.outcomes.append(Outcome(row, observation=there))


def _recording_order(row: Row) -> tuple[datetime, bool, int]:
    """As recorded; of one moment, reversals last, so that what they take back is there."""
    return row["recorded_at"], row["kind"] == EventKind.REVERSAL, row.line


def count_of_rows(run: Run) -> int:
    return sum(len(run.new[name]) for name in FILES)
