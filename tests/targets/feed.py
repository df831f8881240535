"""Puts a history folder into the database by the services, row by row."""

from datetime import date, datetime
from pathlib import Path

from accounts.models import User
from crm.contacts.services import record_organisation
from crm.estate.models import Area
from crm.targets.choices import EventKind
from crm.targets.models import CountEvent, Target
from crm.targets.rules import history_faults
from crm.targets.services import LATEST, record_event, record_observation
from tests.factories.accounts import UserFactory
from tests.targets.history_generator import IMPORTED_AT
from tests.targets.naive_counter import read

OUTCOMES = {"yes": True, "no": False, "": None}


class Feed:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.people: dict[str, User] = {}

    def person(self, email: str) -> User:
        if email not in self.people:
            self.people[email] = UserFactory(email=email)
        return self.people[email]

    def everything(self) -> None:
        self.areas()
        self.organisations()
        self.events()
        self.observations()

    def areas(self) -> None:
        for row in read(self.folder, "areas"):
            Area.objects.filter(code=row["code"]).update(counts_from=row["counts_from"] or None)

    def organisations(self) -> None:
        self.companies = {}
        rows = read(self.folder, "organisations")
        for row in sorted(rows, key=lambda row: bool(row["group_ref"])):
            self.companies[row["ref"]] = record_organisation(
                name=row["name"],
                kvk=row["kvk"] or None,
                group=self.companies.get(row["group_ref"]),
                founded_on=date.fromisoformat(row["founded_on"]) if row["founded_on"] else None,
                by=self.person("anna@kennispark.example"),
                at=IMPORTED_AT,
            )

    def events(self) -> None:
        areas = {area.code: area for area in Area.objects.all()}
        recorded: dict[str, CountEvent] = {}
        rows = read(self.folder, "count_events")
        for row in sorted(rows, key=lambda row: row["kind"] == EventKind.REVERSAL):
            confirmed = bool(row["confirmed_at"])
            recorded[row["ref"]] = record_event(
                kind=row["kind"],
                organisation=self.companies[row["organisation_ref"]],
                area=areas[row["area"]],
                category=row["category"],
                spin_off_origin=row["spin_off_origin"],
                is_knowledge_intensive=OUTCOMES[row["is_knowledge_intensive"]],
                occurred_on=date.fromisoformat(row["occurred_on"]),
                by=self.person(row["recorded_by"]),
                at=datetime.fromisoformat(row["recorded_at"]),
                confirmed_by=self.person(row["confirmed_by"]) if confirmed else None,
                confirmed_at=datetime.fromisoformat(row["confirmed_at"]) if confirmed else None,
                evidence_kind=row["evidence_kind"],
                evidence=row["evidence"],
                note=row["note"],
                reverses=recorded.get(row["reverses_ref"]),
                imported=True,
            )
        for event in recorded.values():
            assert history_faults(event, LATEST, is_imported=True) == []

    def observations(self) -> None:
        targets = {target.code: target for target in Target.objects.all()}
        for row in read(self.folder, "observations"):
            record_observation(
                target=targets[row["target"]],
                value=int(row["value"]),
                reference_date=date.fromisoformat(row["reference_date"]),
                source=row["source"],
                boundary_version=row["boundary_version"],
                by=self.person("bram@kennispark.example"),
                at=datetime.fromisoformat(row["known_at"]),
            )
