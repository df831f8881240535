"""The demo's companies, owners, brokers, partners and places."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import User
from accounts.roles import Role
from accounts.services import invite_user
from crm.acquisition.choices import ActivityKind
from crm.acquisition.services import log_activity
from crm.backoffice.demo.clock import DEMO_DAY, LAST_MOMENT, between, moment
from crm.backoffice.demo.names import STREETS, TRADES, Namer
from crm.contacts.choices import OrganisationRole, SizeClass
from crm.contacts.models import ApplicationArea, Organisation, Person
from crm.contacts.services import grant_broker_access, record_organisation, record_person
from crm.estate.choices import SpaceType
from crm.estate.models import Area, Building, Unit
from crm.estate.services import begin_tenancy, record_building, record_ownership, record_unit

BEGIN = moment(date(2024, 10, 1))
COMPANIES, OWNERS, OFFICES, BUILDINGS, UNITS = 425, 60, 8, 48, 104
# The strategy's partners: real names, no invented facts.
PARTNERS = (
    ("Gemeente Enschede", OrganisationRole.FOUNDING_PARTNER),
    ("Universiteit Twente", OrganisationRole.FOUNDING_PARTNER),
    ("Kennispark Ondernemers", OrganisationRole.FOUNDING_PARTNER),
    ("Provincie Overijssel", OrganisationRole.ACQUISITION_PARTNER),
    ("OostNL", OrganisationRole.ACQUISITION_PARTNER),
    ("Novel-T", OrganisationRole.BUSINESS_SUPPORT),
)
TEAM = (
    ("manager", "Ellen Verhoef", Role.MANAGER, "nl"),
    ("manager2", "Jeroen Aalbers", Role.MANAGER, "nl"),
    ("staff", "Sanne Dorren", Role.STAFF, "nl"),
    ("staff2", "Murat Yildiz", Role.STAFF, "nl"),
    ("staff3", "Alice Greenwood", Role.STAFF, "en"),
    ("partner", "Marijke Partner", Role.PARTNER, "nl"),
)
DOMAIN = "kennispark.example"
SIZES = {
    SpaceType.OFFICE: (60, 900),
    SpaceType.DRY_LAB: (60, 420),
    SpaceType.WET_LAB: (60, 320),
    SpaceType.CLEANROOM: (60, 240),
    SpaceType.WORKSHOP: (80, 500),
    SpaceType.PRODUCTION: (200, 1200),
}


@dataclass
class Park:
    """What the demo has made so far, handed from step to step."""

    rng: random.Random
    namer: Namer
    administrator: User
    team: list[User] = field(default_factory=list)
    managers: list[User] = field(default_factory=list)
    partners: list[Organisation] = field(default_factory=list)
    owners: list[Organisation] = field(default_factory=list)
    offices: list[tuple[Organisation, User]] = field(default_factory=list)
    companies: list[Organisation] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    free_units: list[Unit] = field(default_factory=list)
    areas: dict[str, Area] = field(default_factory=dict)
    application_areas: dict[str, ApplicationArea] = field(default_factory=dict)
    kvk: int = 90_000_000

    def next_kvk(self) -> str:
        """A number beyond those the trade register has given out."""
        self.kvk += 1
        return str(self.kvk)

    def person_at(self, organisation: Organisation | None, day: date, position: str = "") -> Person:
        name = self.namer.person()
        address = name.lower().replace(" ", ".").encode("ascii", "ignore").decode()
        return record_person(
            full_name=name,
            organisation=organisation,
            position=position,
            email=f"{address}{self.rng.randrange(10, 99)}@mail.example",
            by=self.rng.choice(self.team),
            at=moment(day),
        )


def invite_team(park: Park) -> None:
    for login, name, role, language in TEAM:
        user = invite_user(
            email=f"{login}@{DOMAIN}",
            full_name=name,
            role=role,
            language=language,
            by=park.administrator,
            at=BEGIN,
        )
        if role in (Role.MANAGER, Role.STAFF):
            park.team.append(user)
        if role == Role.MANAGER:
            park.managers.append(user)


def record_relations(park: Park) -> None:
    """Partners by their real names; owners and broker offices invented."""
    by = park.managers[0]
    for name, kind in PARTNERS:
        kinds = [kind, OrganisationRole.KNOWLEDGE_INSTITUTE] if name == "Universiteit Twente" else [kind]
        park.partners.append(record_organisation(name=name, kinds=kinds, by=by, at=BEGIN))
    for number in range(OWNERS):
        kinds = [OrganisationRole.REAL_ESTATE_OWNER]
        if number % 10 == 0:
            kinds.append(OrganisationRole.LAND_OWNER)
        owner = record_organisation(
            name=park.namer.owner(), kinds=kinds, kvk=park.next_kvk(), by=by, at=BEGIN
        )
        park.owners.append(owner)
    for number in range(1, OFFICES + 1):
        office = record_organisation(
            name=park.namer.broker(), kinds=[OrganisationRole.BROKER], kvk=park.next_kvk(), by=by, at=BEGIN
        )
        user = invite_user(
            email=f"makelaar{number}@{DOMAIN}",
            full_name=park.namer.person(),
            role=Role.BROKER,
            language="nl",
            by=park.administrator,
            at=BEGIN,
        )
        grant_broker_access(user=user, office=office, is_trusted=number <= 2, by=park.administrator, at=BEGIN)
        park.offices.append((office, user))


def record_companies(park: Park) -> None:
    """The companies that sat on the park before the count begins; about 37 % are knowledge-intensive."""
    trades = list(TRADES)
    for number in range(COMPANIES):
        trade = park.rng.choice(trades) if number % 100 < 37 else ""
        park.companies.append(
            record_organisation(
                name=park.namer.company(trade),
                kvk=park.next_kvk(),
                founded_on=between(park.rng, date(1985, 1, 1), date(2023, 12, 1)),
                application_area=park.application_areas[trade] if trade else None,
                size_class=park.rng.choices(
                    [SizeClass.MICRO, SizeClass.SMALL, SizeClass.MEDIUM], (55, 35, 10)
                )[0],
                city="Enschede",
                by=park.rng.choice(park.team),
                at=BEGIN,
            )
        )


def build_places(park: Park) -> None:
    """Buildings with their owners' shares, units, and who rents them."""
    rng, by = park.rng, park.managers[0]
    areas = [park.areas[code] for code in ("bs_park", "ut_campus", "twente_village")]
    for number in range(BUILDINGS):
        building = record_building(
            name=park.namer.building(),
            area=rng.choices(areas, (63, 30, 7))[0],
            street=rng.choice(STREETS),
            house_number=rng.randrange(1, 220),
            postcode=f"7521 {rng.choice('ABCDEFGH')}{rng.choice('ABCDEFGH')}",
            built_in=rng.randrange(1968, 2024),
            by=by,
            at=BEGIN,
        )
        park.buildings.append(building)
        first = park.owners[number % OWNERS]
        shares = (
            [(first, Decimal(100))]
            if number % 4
            else [(first, Decimal(60)), (park.owners[-1 - number % 9], Decimal(40))]
        )
        for owner, share in shares:
            record_ownership(
                building=building, owner=owner, share=share, valid_from=date(2020, 1, 1), by=by, at=BEGIN
            )
    tenants = iter(park.companies)
    for number in range(UNITS):
        space_type = rng.choices(list(SIZES), (40, 18, 10, 4, 12, 16))[0]
        floor = rng.randrange(4)
        unit = record_unit(
            building=park.buildings[number % BUILDINGS],
            name=f"{floor}.{number:02d}",
            floor=floor,
            space_type=space_type,
            area_m2=Decimal(rng.randrange(*SIZES[space_type], 10)),
            by=by,
            at=BEGIN,
        )
        if number % 3 == 0:
            park.free_units.append(unit)
            continue
        begun = between(rng, date(2018, 1, 1), date(2024, 9, 1))
        ends = between(rng, date(2026, 12, 1), date(2031, 12, 1))
        fte = unit.area_m2 // rng.randrange(16, 30)
        begin_tenancy(
            unit=unit,
            tenant=next(tenants),
            area_m2=unit.area_m2,
            valid_from=begun,
            valid_until=ends,
            notice_on=ends - timedelta(days=365),
            rent_per_m2_year=Decimal(rng.randrange(95, 230)),
            fte_now=fte,
            fte_in_12_months=fte * Decimal(rng.choice(("1.0", "1.1", "1.2", "1.4"))).quantize(Decimal("0.1")),
            by=by,
            at=BEGIN,
        )


def speak_with_owners(park: Park) -> None:
    """Contact rounds: most owners were spoken to within half a year, some were not."""
    for number, owner in enumerate(park.owners):
        person = park.person_at(owner, date(2024, 11, 4), "Assetmanager")
        latest = 160 if number % 6 else 330
        for _visit in range(2):
            day = between(park.rng, DEMO_DAY - timedelta(days=latest), DEMO_DAY - timedelta(days=6))
            log_activity(
                organisation=owner,
                kind=park.rng.choice([ActivityKind.CALL, ActivityKind.MEETING]),
                occurred_on=day,
                person=person,
                text="Leegstand, plannen en aflopende huur besproken.",
                by=park.rng.choice(park.team),
                at=min(moment(day, 16), LAST_MOMENT),
            )
