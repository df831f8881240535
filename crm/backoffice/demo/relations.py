"""Who at the desk keeps which relation, what was said with offices, tenants and partners, and the contact rounds."""

import random
from datetime import date, timedelta
from decimal import Decimal

from crm.acquisition.choices import ActivityKind
from crm.acquisition.services import add_task, log_activity
from crm.backoffice.demo.clock import DEMO_DAY, LAST_MOMENT, between, moment
from crm.backoffice.demo.park import BEGIN, Park
from crm.contacts.models import Organisation, Person
from crm.contacts.services import change_organisation, record_person
from crm.desk.rounds.choices import RoundScope
from crm.desk.rounds.models import ContactRound
from crm.desk.rounds.services import close_round, mark_unreachable, start_round
from crm.estate.choices import VacancyStatus
from crm.estate.models import Tenancy, Vacancy
from crm.estate.services import change_vacancy, publish_vacancy

SAID = {
    "office": "Aanbod doorgenomen: wat staat er nog, wat komt eraan.",
    "tenant": "Hoe het gaat, groei, en of de ruimte nog past.",
    "partner": "Maandelijks overleg: wat loopt, wie neemt wat op zich.",
}
FIRST_HALF = (date(2026, 1, 5), date(2026, 6, 30))
SECOND_HALF = (date(2026, 7, 1), date(2026, 12, 31))
QUARTER = (date(2026, 10, 1), date(2026, 12, 31))


def keep_relations(park: Park) -> None:
    """Apart from the park's own chance, so that what was drawn before stays as it was."""
    rng = random.Random(70)  # noqa: S311 a believable park, not a secret
    offices = [office for office, _user in park.offices]
    _share_out(park, [*park.owners, *offices, *park.partners])
    for number, office in enumerate(offices):
        _speak(park, rng, office, "office", 85 if number % 4 else 200)
    for partner in park.partners:
        _speak(park, rng, partner, "partner", 75)
    tenants = Organisation.objects.filter(
        pk__in=Tenancy.objects.current_on(DEMO_DAY).order_by().values("tenant")
    )
    for number, tenant in enumerate(tenants.order_by("pk")):
        if number % 3:
            _speak(park, rng, tenant, "tenant", 500)
    _promise(park)
    _answer_a_question(park)
    _rounds(park, offices)


def _share_out(park: Park, relations: list[Organisation]) -> None:
    for number, relation in enumerate(relations):
        if number % 9 == 8:
            continue
        keeper = park.team[number % len(park.team)]
        change_organisation(organisation=relation, keeper=keeper, by=park.managers[0], at=BEGIN)


def _speak(park: Park, rng: random.Random, relation: Organisation, said: str, latest: int) -> None:
    day = between(rng, DEMO_DAY - timedelta(days=latest), DEMO_DAY - timedelta(days=3))
    person = Person.objects.working_at(relation).first() or record_person(
        full_name=park.namer.person(),
        organisation=relation,
        position="Relatiebeheer",
        phone=f"+31534{rng.randrange(100000, 999999)}",
        by=park.managers[0],
        at=BEGIN,
    )
    log_activity(
        organisation=relation,
        kind=rng.choice([ActivityKind.CALL, ActivityKind.MEETING]),
        occurred_on=day,
        person=person,
        text=SAID[said],
        by=rng.choice(park.team),
        at=min(moment(day, 16), LAST_MOMENT),
    )


def _promise(park: Park) -> None:
    for number, owner in enumerate(park.owners[:12]):
        add_task(
            organisation=owner,
            title=("Plattegrond opvragen", "Aflopende huur bespreken", "Rondgang plannen")[number % 3],
            due_on=DEMO_DAY + timedelta(days=5 * number - 10),
            owner=park.team[number % len(park.team)],
            by=park.managers[0],
            at=LAST_MOMENT - timedelta(days=14),
        )


def _answer_a_question(park: Park) -> None:
    users = {office.pk: user for office, user in park.offices}
    asked = Vacancy.objects.filter(status=VacancyStatus.QUESTION).order_by("pk").first()
    if asked is None or asked.office_id is None:
        return
    at = min(asked.changed_at + timedelta(days=4), LAST_MOMENT)
    answered = change_vacancy(
        vacancy=asked, facts={"power_kva": Decimal(90)}, by=users[asked.office_id], at=at, version=None
    )
    publish_vacancy(vacancy=answered, by=park.managers[0], at=min(at + timedelta(days=1), LAST_MOMENT))


def _rounds(park: Park, offices: list[Organisation]) -> None:
    manager = park.managers[0]
    first = _start(park, "60 eigenaren, eerste halfjaar", RoundScope.OWNER, FIRST_HALF, park.owners)
    for member in first.members.with_state().filter(state="open")[:3]:
        mark_unreachable(
            member=member,
            reason="Verkocht; nieuwe eigenaar onbekend",
            by=manager,
            at=moment(date(2026, 6, 24)),
        )
    close_round(
        round=first,
        by=manager,
        at=moment(date(2026, 7, 1)),
        conclusion="Minder leegstand dan verwacht; drie eigenaren willen verbouwen.",
    )
    second = _start(park, "60 eigenaren, tweede halfjaar", RoundScope.OWNER, SECOND_HALF, park.owners)
    for member in second.members.with_state().filter(state="open")[:2]:
        mark_unreachable(
            member=member,
            reason="Belt na het nieuwe jaar terug",
            by=manager,
            at=LAST_MOMENT - timedelta(days=4),
        )
    _start(park, "Makelaars, vierde kwartaal", RoundScope.BROKER, QUARTER, offices)


def _start(
    park: Park, name: str, scope: str, days: tuple[date, date], organisations: list[Organisation]
) -> ContactRound:
    return start_round(
        name=name,
        scope=scope,
        starts_on=days[0],
        ends_on=days[1],
        goal="Leegstand, plannen en aflopende huur"
        if scope == RoundScope.OWNER
        else "Is het aanbod nog actueel?",
        participants=park.team,
        organisations=organisations,
        by=park.managers[0],
        at=moment(days[0]),
    )
