"""Count events beyond the leads: other arrivals, departures, moves, a takeover, a mistake taken back; measurements."""

from datetime import date, timedelta

from crm.backoffice.demo.clock import LAST_MOMENT, between, moment
from crm.backoffice.demo.park import Park
from crm.contacts.services import record_organisation
from crm.reports.services import ask_partner, write_director_text
from crm.targets.choices import Category, EvidenceKind, TargetCode
from crm.targets.models import CountEvent, Target
from crm.targets.services import (
    confirm_event,
    record_arrival,
    record_closure,
    record_departure,
    record_move,
    record_observation,
    record_reclassification,
    reverse_event,
)

YEARS = ((date(2025, 1, 10), date(2025, 12, 15)), (date(2026, 1, 10), date(2026, 10, 30)))
# Invented measurements, so that the plan lines of the demo have points: companies, knowledge-intensive companies, jobs.
MEASURED = {date(2025, 1, 1): (489, 184, 12_905), date(2026, 1, 1): (498, 189, 12_960)}
DEMO_SOURCE = "Demo: verzonnen meting"


def count_others(park: Park) -> None:
    for first, last in YEARS:
        for number in range(7):
            _confirmed(park, _arrival(park, between(park.rng, first, last)), number)
        for number in range(6):
            leaver = park.companies.pop()
            day = between(park.rng, first, last)
            verb = record_departure if number < 4 else record_closure
            _confirmed(park, verb(**_facts(park, leaver, day)), number)
        for number in range(4):
            _confirmed(
                park,
                record_move(**_facts(park, park.companies[number], between(park.rng, first, last))),
                number,
            )
    _takeover(park)
    _mistake(park)
    _startup_leaves(park)
    _waiting(park)


def _facts(park: Park, organisation, day: date) -> dict:
    return {
        "organisation": organisation,
        "area": park.rng.choice(park.buildings).area,
        "occurred_on": day,
        "evidence_kind": EvidenceKind.REGISTER_EXTRACT,
        "evidence": f"Uittreksel van {day:%d-%m-%Y}",
        "by": park.team[-1],
        "at": min(moment(day + timedelta(days=2), 11), LAST_MOMENT),
    }


def _arrival(park: Park, day: date, category: str = Category.COMPANY, **extra) -> CountEvent:
    organisation = record_organisation(
        name=park.namer.company("chiptech" if category == Category.STARTUP else ""),
        kvk=park.next_kvk(),
        founded_on=day - timedelta(days=900),
        by=park.team[-1],
        at=moment(day, 9),
    )
    facts = _facts(park, organisation, day) | {
        "category": category,
        "is_knowledge_intensive": category != Category.COMPANY,
    }
    return record_arrival(**facts, **extra)


def _confirmed(park: Park, event: CountEvent, number: int) -> CountEvent:
    return confirm_event(
        event=event,
        by=park.managers[number % 2],
        at=min(event.recorded_at + timedelta(days=1 + number % 4), LAST_MOMENT),
    )


def _takeover(park: Park) -> None:
    """A tenant is taken over by a large group: shown beside the R&D branches, never counted."""
    facts = _facts(park, park.companies[20], date(2026, 6, 23))
    event = record_reclassification(**facts, category=Category.RD_BRANCH, is_knowledge_intensive=True)
    _confirmed(park, event, 0)


def _mistake(park: Park) -> None:
    """An arrival recorded on the wrong company and taken back."""
    event = _confirmed(park, _arrival(park, date(2026, 2, 17)), 1)
    reversal = reverse_event(
        event=event,
        occurred_on=date(2026, 3, 4),
        note="Verkeerd bedrijf gekozen.",
        by=park.team[-1],
        at=moment(date(2026, 3, 4)),
    )
    _confirmed(park, reversal, 1)


def _startup_leaves(park: Park) -> None:
    """A startup counted this year leaves again: gross stays, net falls."""
    arrival = (
        CountEvent.objects.filter(category=Category.STARTUP, occurred_on__year=2026)
        .order_by("occurred_on")
        .first()
    )
    if arrival is not None:
        _confirmed(park, record_departure(**_facts(park, arrival.organisation, date(2026, 10, 20))), 0)


def _waiting(park: Park) -> None:
    """Two arrivals that wait for a second person."""
    _arrival(park, date(2026, 10, 29), Category.STARTUP)
    _arrival(park, date(2026, 11, 4), Category.STARTUP)


def observe(park: Park) -> None:
    codes = (TargetCode.COMPANIES, TargetCode.KNOWLEDGE_INTENSIVE_COMPANIES, TargetCode.JOBS)
    for day, values in MEASURED.items():
        for code, value in zip(codes, values, strict=True):
            record_observation(
                target=Target.objects.get(code=code),
                value=value,
                reference_date=day,
                source=DEMO_SOURCE,
                boundary_version="2024",
                by=park.managers[0],
                at=moment(date(day.year, 8, 18)),
            )


ACTIONS = (
    # month, Dutch, English, partner, due, done
    (
        9,
        "Startups met huisvestingsvraag overdragen",
        "Hand over startups that need space",
        5,
        date(2026, 10, 12),
        date(2026, 10, 12),
    ),
    (
        9,
        "Tweede gesprek met het moederbedrijf bijwonen",
        "Join the second talk with the parent",
        4,
        date(2026, 10, 20),
        date(2026, 10, 20),
    ),
    (
        9,
        "Vrijkomende labruimte opgeven tot eind 2027",
        "List lab space coming free to the end of 2027",
        1,
        date(2026, 11, 18),
        None,
    ),
    (
        9,
        "Datum netverzwaring bevestigen",
        "Confirm the date of the grid upgrade",
        0,
        date(2026, 10, 15),
        None,
    ),
    (10, "Uitsluitsel geven over nat lab", "Decide on the wet lab", 1, date(2026, 11, 20), None),
    (
        10,
        "Principebesluit milieucategorie nemen",
        "Decide on the environmental category",
        0,
        date(2026, 11, 27),
        None,
    ),
    (
        10,
        "Gesprek voeren over vervolgfinanciering",
        "Talk about follow-up funding",
        4,
        date(2026, 11, 27),
        None,
    ),
    (10, "Aanvraag innovatieregeling toelichten", "Explain the innovation grant", 3, date(2026, 12, 4), None),
    (
        10,
        "Productieruimte navragen bij eigenaren",
        "Ask owners for production space",
        2,
        date(2026, 12, 11),
        None,
    ),
)
DIRECTOR_NL = (
    "Oktober bracht drie startups en een kennisintensief bedrijf. Labruimte blijft de rem: twee bedrijven tekenden, maar "
    "wachten op oplevering. Een besluit over het nat lab helpt nu het meest."
)
DIRECTOR_EN = (
    "October brought three startups and one knowledge-intensive company. Lab space remains the brake: two companies "
    "signed but wait for delivery. A decision on the wet lab would help most now."
)


def write_for_partners(park: Park, leads: list) -> None:
    """What partners are asked to do in the reports of September and October, and the director's sentences."""
    for number, (month, action_nl, action_en, partner, due_on, done_on) in enumerate(ACTIONS):
        ask_partner(
            month=date(2026, month, 1),
            action_nl=action_nl,
            action_en=action_en,
            partner=park.partners[partner],
            lead=leads[number % len(leads)],
            due_on=due_on,
            done_on=done_on,
            by=park.managers[0],
            at=moment(date(2026, month, 28)),
        )
    write_director_text(
        month=date(2026, 10, 1), text_nl=DIRECTOR_NL, text_en=DIRECTOR_EN, by=park.managers[0], at=LAST_MOMENT
    )
