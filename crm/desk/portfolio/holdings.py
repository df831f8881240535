"""What an organisation owns, offers and rents on a day, each as rows and the figures over them; a fixed number of queries."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Prefetch, Sum

from accounts.models import User
from crm.common.months import add_months, amsterdam_day
from crm.contacts.models import Organisation
from crm.desk.portfolio.contact import leads_of, readable_leads
from crm.estate.choices import VacancyStatus
from crm.estate.freshness import Freshness, confirm_before, freshness_of
from crm.estate.models import Building, Ownership, Tenancy, Unit, Vacancy, VacancyChange
from crm.estate.vacancy_quality import quality_of
from crm.matching.models import HousingNeed

NOTHING = Decimal(0)
ANSWERED = (VacancyStatus.QUESTION, VacancyStatus.SUBMITTED)


@dataclass(frozen=True)
class OwnedBuilding:
    """A building with this owner's share, its units and what of them is let to nobody."""

    building: Building
    share: Decimal
    units: int
    area_m2: Decimal
    empty_m2: Decimal


@dataclass(frozen=True)
class Owned:
    """An owner's side of the portfolio. Areas are of the whole buildings, not of the share."""

    buildings: list[OwnedBuilding]
    units: int
    empty_units: int
    area_m2: Decimal
    empty_m2: Decimal
    ending: list[Tenancy]
    vacancies: list[Vacancy]


def owned_by(owner: Organisation, today: date) -> Owned:
    buildings = Building.objects.owned_by(owner, today)
    shares: dict[int, Decimal] = {}
    for building, share in Ownership.objects.on(today).filter(owner=owner).values_list("building", "share"):
        shares[building] = shares.get(building, NOTHING) + share
    units: dict[int, list[Any]] = {}
    for unit in Unit.objects.within(buildings).with_empty_space(today):
        units.setdefault(unit.building_id, []).append(unit)
    lines = [
        OwnedBuilding(
            building,
            shares[building.pk],
            len(units.get(building.pk, [])),
            sum((unit.area_m2 for unit in units.get(building.pk, [])), NOTHING),
            sum((unit.empty_m2 for unit in units.get(building.pk, [])), NOTHING),
        )
        for building in buildings.select_related("area")
    ]
    every = [unit for found in units.values() for unit in found]
    ending = Tenancy.objects.within(buildings).ending_soon(today).select_related("tenant", "unit__building")
    return Owned(
        buildings=lines,
        units=len(every),
        empty_units=sum(unit.empty_m2 > 0 for unit in every),
        area_m2=sum((line.area_m2 for line in lines), NOTHING),
        empty_m2=sum((line.empty_m2 for line in lines), NOTHING),
        ending=list(ending.order_by("valid_until", "pk")),
        vacancies=list(
            Vacancy.objects.within(buildings).open().select_related("office", "building").order_by("-pk")
        ),
    )


@dataclass(frozen=True)
class Listing:
    """An open listing: how long ago it was confirmed, until when it stands, how complete it is."""

    vacancy: Vacancy
    confirmed_on: date
    days: int
    freshness: Freshness | None
    leaves_on: date | None
    quality: int
    asked_on: date | None


@dataclass(frozen=True)
class Offered:
    """A broker office's side: its listings by status, how fresh and complete they are, and how it answers."""

    by_status: list[tuple[str, str, int]]
    total: int
    by_freshness: list[tuple[str, str, int]]
    open: list[Listing]
    quality: int | None
    waiting: list[Listing]
    answered: int
    answer_days: int | None


def offered_by(office: Organisation, today: date) -> Offered:
    every = list(
        Vacancy.objects.offered_by(office).prefetch_related(Prefetch("parts")).order_by("-changed_at", "-pk")
    )
    asked, answers = _answers(office, today)
    counts = Counter(vacancy.status for vacancy in every)
    listings = [
        _listing(vacancy, asked.get(vacancy.pk), today) for vacancy in every if vacancy.status in OPEN_ONES
    ]
    fresh = Counter(listing.freshness for listing in listings if listing.freshness)
    return Offered(
        by_status=[
            (status.value, str(status.label), counts[status]) for status in VacancyStatus if counts[status]
        ],
        total=len(every),
        by_freshness=[(state.value, str(state.label), fresh[state]) for state in Freshness],
        open=listings,
        quality=round(sum(listing.quality for listing in listings) / len(listings)) if listings else None,
        waiting=[listing for listing in listings if listing.vacancy.status == VacancyStatus.QUESTION],
        answered=len(answers),
        answer_days=round(median(days for found in answers.values() for days in found)) if answers else None,
    )


OPEN_ONES = frozenset({VacancyStatus.SUBMITTED, VacancyStatus.QUESTION, VacancyStatus.PUBLISHED})


def _listing(vacancy: Vacancy, asked_at: datetime | None, today: date) -> Listing:
    confirmed_on = amsterdam_day(vacancy.confirmed_at or vacancy.submitted_at)
    return Listing(
        vacancy,
        confirmed_on,
        (today - confirmed_on).days,
        freshness_of(vacancy, today),
        confirm_before(vacancy) if vacancy.status == VacancyStatus.PUBLISHED else None,
        quality_of(vacancy, list(vacancy.parts.all())).score,
        amsterdam_day(asked_at) if asked_at and vacancy.status == VacancyStatus.QUESTION else None,
    )


def answers_since(today: date) -> date:
    return add_months(today, -12)


def answered_by(office: Organisation, today: date) -> Any:
    """Listings of the office of which a question was answered within the last twelve months."""
    _asked, answers = _answers(office, today)
    return Vacancy.objects.filter(pk__in=list(answers))


def _answers(office: Organisation, today: date) -> tuple[dict[int, datetime], dict[int, list[int]]]:
    """When each listing was last asked about, and in how many days each of its questions was answered."""
    rows = VacancyChange.objects.filter(vacancy__office=office, field="status").order_by("at", "pk")
    asked: dict[int, datetime] = {}
    answers: dict[int, list[int]] = {}
    since = answers_since(today)
    for pk, at, old, new in rows.values_list("vacancy", "at", "old", "new"):
        if new == VacancyStatus.QUESTION:
            asked[pk] = at
        # Resubmitted by the office is an answer; published or withdrawn all the same is none.
        elif (old, new) == ANSWERED and pk in asked and amsterdam_day(at) >= since:
            days = (amsterdam_day(at) - amsterdam_day(asked[pk])).days
            answers.setdefault(pk, []).append(days)
    return asked, answers


@dataclass(frozen=True)
class Rented:
    """A tenant's side: what it rents now and next, what it rented, what it looks for."""

    current: list[Tenancy]
    to_come: list[Tenancy]
    ended: int
    area_m2: Decimal
    needs: list[HousingNeed]
    leads: list[Any] = field(default_factory=list)


def rented_by(tenant: Organisation, user: User, today: date) -> Rented:
    rows = list(
        Tenancy.objects.filter(tenant=tenant).select_related("unit__building").order_by("valid_until", "pk")
    )
    current = [row for row in rows if row.valid_from <= today and (row.valid_until or today) >= today]
    to_come = [row for row in rows if row.valid_from > today]
    area = Tenancy.objects.current_on(today).filter(tenant=tenant).aggregate(total=Sum("area_m2"))["total"]
    return Rented(
        current=current,
        to_come=to_come,
        ended=len(rows) - len(current) - len(to_come),
        area_m2=area or NOTHING,
        needs=list(open_needs_of(tenant, user)),
        leads=list(leads_of(tenant, user).select_related("owner").order_by("-pk")),
    )


def open_needs_of(organisation: Organisation, user: User) -> Any:
    """Needs that still wait for space: the organisation's own and those of the leads behind which it stands."""
    readable = readable_leads(user)
    own = HousingNeed.objects.waiting().filter(organisation=organisation, lead__isnull=True)
    behind = HousingNeed.objects.waiting().filter(
        lead__in=readable.filter(identity__organisation=organisation).values("pk")
    )
    named = HousingNeed.objects.waiting().filter(organisation=organisation, lead__in=readable.values("pk"))
    return (own | behind | named).order_by("latest_on", "pk")
