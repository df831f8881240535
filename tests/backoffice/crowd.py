"""Many rows of every model at once, for lists: made in bulk, because lists are read and not the way rows come about."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import ApiKey, User
from crm.acquisition.models import Activity, Lead, LeadIdentity, NameReveal, StageChange, StageNote, Task
from crm.common.months import AMSTERDAM, Month
from crm.contacts.models import (
    Affiliation,
    ApplicationArea,
    BrokerAccess,
    KvkNumber,
    Organisation,
    OrganisationKind,
    Person,
)
from crm.desk.models import ImportBatch, ImportedRow, ListExport
from crm.estate.models import Area, Building, Ownership, Tenancy, Unit, Vacancy
from crm.matching.models import HousingNeed, Match, NeedPart
from crm.messages.models import Mail
from crm.reports.models import DirectorText, PartnerAction, ReportEdition
from crm.targets.models import CountEvent, Evidence, Observation, Target
from tests.factories.accounts import UserFactory

AT = datetime(2026, 1, 5, 9, 0, tzinfo=AMSTERDAM)
DAY = date(2026, 1, 5)


class Crowd:
    """`Crowd(200)` puts 200 rows of every model into the database; `first` begins the numbering elsewhere."""

    def __init__(self, size: int, first: int = 0) -> None:
        self.numbers = range(first, first + size)
        self.by = UserFactory(manager=True)
        self.recorded = {"created_by": self.by, "created_at": AT, "changed_by": self.by, "changed_at": AT}
        self._people_and_organisations()
        self._space()
        self._leads()
        self._needs()
        self._counts()
        self._reports_and_imports()

    def _people_and_organisations(self) -> None:
        areas = list(ApplicationArea.objects.all())
        self.users = User.objects.bulk_create(
            User(email=f"many{n}@park.example", full_name=f"Many {n}", role="broker") for n in self.numbers
        )
        group = Organisation.objects.create(name="Groep", **self.recorded)
        self.organisations = Organisation.objects.bulk_create(
            Organisation(
                name=f"Bedrijf {n}", group=group, application_area=areas[n % len(areas)], **self.recorded
            )
            for n in self.numbers
        )
        OrganisationKind.objects.bulk_create(
            OrganisationKind(organisation=organisation, kind=kind)
            for organisation in self.organisations
            for kind in ("company", "broker")
        )
        KvkNumber.objects.bulk_create(
            KvkNumber(organisation=organisation, number=f"{70_000_000 + n}")
            for n, organisation in zip(self.numbers, self.organisations, strict=True)
        )
        self.people = Person.objects.bulk_create(
            Person(full_name=f"Persoon {n}", email=f"p{n}@bedrijf.example", **self.recorded)
            for n in self.numbers
        )
        Affiliation.objects.bulk_create(
            Affiliation(person=person, organisation=organisation, position="directeur")
            for person, organisation in zip(self.people, self.organisations, strict=True)
        )
        BrokerAccess.objects.bulk_create(
            BrokerAccess(user=user, office=office)
            for user, office in zip(self.users, self.organisations, strict=True)
        )
        ApiKey.objects.bulk_create(
            ApiKey(
                user=user,
                label="Koppeling",
                prefix=f"{n:08x}",
                digest=f"{n:064x}",
                scopes=["vacancies:read"],
                created_at=AT,
                created_by=self.by,
                expires_at=AT + timedelta(days=3650),
            )
            for n, user in zip(self.numbers, self.users, strict=True)
        )

    def _space(self) -> None:
        self.area = Area.objects.get(code="ut_campus")
        self.buildings = Building.objects.bulk_create(
            Building(name=f"Gebouw {n}", area=self.area, street="Straat", **self.recorded)
            for n in self.numbers
        )
        Ownership.objects.bulk_create(
            Ownership(building=building, owner=owner, share=Decimal(100), valid_from=DAY)
            for building, owner in zip(self.buildings, self.organisations, strict=True)
        )
        self.units = Unit.objects.bulk_create(
            Unit(building=building, name="1.01", space_type="office", area_m2=Decimal(100), **self.recorded)
            for building in self.buildings
        )
        self.tenancies = Tenancy.objects.bulk_create(
            Tenancy(unit=unit, tenant=tenant, area_m2=Decimal(50), valid_from=DAY, **self.recorded)
            for unit, tenant in zip(self.units, self.organisations, strict=True)
        )
        self.vacancies = Vacancy.objects.bulk_create(
            Vacancy(
                office=office,
                reference=f"REF-{n}",
                title_nl=f"Ruimte {n}",
                area=self.area,
                building=building,
                space_type="office",
                area_m2=Decimal(100),
                area_kind="vvo",
                submitted_at=AT,
                **self.recorded,
            )
            for n, office, building in zip(self.numbers, self.organisations, self.buildings, strict=True)
        )

    def _leads(self) -> None:
        owner = UserFactory(staff=True)
        self.leads = Lead.objects.bulk_create(
            Lead(
                code_name=f"Codenaam {n}",
                track=("startup", "rd_branch", "knowledge_intensive")[n % 3],
                confidentiality=("open", "confidential", "strict")[n % 3],
                stage_since=DAY,
                owner=owner,
                **self.recorded,
            )
            for n in self.numbers
        )
        LeadIdentity.objects.bulk_create(
            LeadIdentity(lead=lead, organisation=organisation)
            for lead, organisation in zip(self.leads, self.organisations, strict=True)
        )
        notes = StageNote.objects.bulk_create(StageNote(text="Notitie") for _lead in self.leads)
        self.changes = StageChange.objects.bulk_create(
            StageChange(
                lead=lead,
                to_stage="identified",
                to_status="open",
                occurred_on=DAY,
                recorded_at=AT,
                by=self.by,
                note=note,
            )
            for lead, note in zip(self.leads, notes, strict=True)
        )
        Activity.objects.bulk_create(
            Activity(lead=lead, kind="call", occurred_on=DAY, person=person, **self.recorded)
            for lead, person in zip(self.leads, self.people, strict=True)
        )
        Task.objects.bulk_create(
            Task(lead=lead, title="Bellen", due_on=DAY, owner=self.by, **self.recorded) for lead in self.leads
        )
        NameReveal.objects.bulk_create(
            NameReveal(lead=lead, by=self.by, at=AT, reason="controle") for lead in self.leads
        )

    def _needs(self) -> None:
        needs = HousingNeed.objects.bulk_create(
            HousingNeed(title=f"Vraag {n}", lead=lead, owner=self.by, **self.recorded)
            for n, lead in zip(self.numbers, self.leads, strict=True)
        )
        NeedPart.objects.bulk_create(NeedPart(need=need, space_type="office") for need in needs)
        Match.objects.bulk_create(
            Match(need=need, vacancy=vacancy, proposed_on=DAY, **self.recorded)
            for need, vacancy in zip(needs, self.vacancies, strict=True)
        )

    def _counts(self) -> None:
        proofs = Evidence.objects.bulk_create(Evidence(reference="HO") for _row in self.organisations)
        self.events = CountEvent.objects.bulk_create(
            CountEvent(
                kind="arrival",
                organisation=organisation,
                area=self.area,
                category="startup",
                is_knowledge_intensive=True,
                occurred_on=DAY,
                recorded_by=self.by,
                recorded_at=AT,
                evidence_kind="lease",
                evidence=proof,
            )
            for organisation, proof in zip(self.organisations, proofs, strict=True)
        )
        target = Target.objects.get(code="companies")
        self.observations = Observation.objects.bulk_create(
            Observation(
                target=target,
                value=500 + n,
                reference_date=DAY,
                source="LISA",
                boundary_version="2024",
                known_at=AT + timedelta(minutes=n),
                recorded_by=self.by,
            )
            for n in self.numbers
        )

    def _reports_and_imports(self) -> None:
        for n in self.numbers:
            month = Month(2004 + n // 12, n % 12 + 1)
            edition = {
                "month": month.first_day,
                "known_at": AT,
                "rule_version": 1,
                "payload": {},
                "sha256": "0",
                "seed": 1,
            }
            ReportEdition.objects.bulk_create([ReportEdition(**edition, issued_at=AT, issued_by=self.by)])
            DirectorText.objects.bulk_create(
                [DirectorText(month=month.first_day, text_nl=f"Tekst {n}", **self.recorded)]
            )
        PartnerAction.objects.bulk_create(
            PartnerAction(
                month=DAY, action_nl="Bellen", action_en="Call", partner=partner, due_on=DAY, **self.recorded
            )
            for partner in self.organisations
        )
        batches = ImportBatch.objects.bulk_create(
            ImportBatch(imported_at=AT, imported_by=self.by, rows_new=1, rows_known=0) for _n in self.numbers
        )
        ImportedRow.objects.bulk_create(
            ImportedRow(
                batch=batch,
                file="leads.csv",
                key=f"L{self.numbers[place]}",
                content={},
                lead=self.leads[place],
                stage_change=self.changes[place],
                count_event=self.events[place],
                observation=self.observations[place],
            )
            for place, batch in enumerate(batches)
        )
        ListExport.objects.bulk_create(
            ListExport(list_name="acquisition.lead", format="csv", rows=n, at=AT, by=self.by)
            for n in self.numbers
        )
        Mail.objects.bulk_create(
            Mail(
                unique_key=f"m{n}",
                message_id=f"<m{n}@park.example>",
                to="partner@park.example",
                subject="Rapport",
                body="Tekst",
                queued_at=AT,
                due_at=AT,
            )
            for n in self.numbers
        )
