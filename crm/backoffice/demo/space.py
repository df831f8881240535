"""The demo's vacancies, housing needs and proposals."""

from datetime import date, timedelta
from decimal import Decimal

from crm.acquisition.choices import LeadStatus
from crm.acquisition.models import Lead
from crm.backoffice.demo.clock import DEMO_DAY, LAST_MOMENT, between, moment
from crm.backoffice.demo.park import Park
from crm.common.months import add_months
from crm.contacts.models import Organisation
from crm.estate.choices import AreaKind, DeliveryLevel, EnergyLabel, SpaceType, VatOption
from crm.estate.models import Unit, Vacancy
from crm.estate.services import (
    ask_broker,
    change_vacancy,
    confirm_vacancy,
    offer_vacancy,
    publish_vacancy,
    refuse_vacancy,
    withdraw_vacancy,
)
from crm.matching.models import NeedSource, Strictness
from crm.matching.services import propose_match, record_need

RENT = {
    SpaceType.OFFICE: (110, 175),
    SpaceType.DRY_LAB: (150, 210),
    SpaceType.WET_LAB: (180, 260),
    SpaceType.CLEANROOM: (220, 320),
    SpaceType.WORKSHOP: (70, 110),
    SpaceType.PRODUCTION: (65, 100),
}
LABS = (SpaceType.DRY_LAB, SpaceType.WET_LAB, SpaceType.CLEANROOM)
SOUGHT = (SpaceType.WET_LAB, SpaceType.PRODUCTION, SpaceType.DRY_LAB, SpaceType.OFFICE, SpaceType.WORKSHOP)
NEEDS_OF_LEADS, NEEDS_OF_COMPANIES, PROPOSALS = 24, 14, 8


def offer_spaces(park: Park) -> list[Vacancy]:
    """Each free unit is offered by a broker; most are published, some wait, are asked about, refused or withdrawn."""
    offered = []
    for number, unit in enumerate(park.free_units):
        office, user = park.offices[number % len(park.offices)]
        day = between(park.rng, date(2026, 1, 10), DEMO_DAY - timedelta(days=10))
        vacancy = offer_vacancy(office=office, facts=_listing(park, unit, number), by=user, at=moment(day, 9))
        offered.append(_moderate(park, vacancy, number, day))
    for number in range(4):  # submitted in the last days, waiting for staff
        office, user = park.offices[number]
        listing = _listing(park, park.free_units[number], number)
        listing |= {"reference": f"NIEUW-{number + 1}", "title_nl": f"{listing['title_nl']} (nieuw aanbod)"}
        offered.append(
            offer_vacancy(
                office=office, facts=listing, by=user, at=moment(DEMO_DAY - timedelta(days=number), 9)
            )
        )
    return offered


def _listing(park: Park, unit: Unit, number: int) -> dict:
    rng, building = park.rng, unit.building
    low, high = RENT[unit.space_type]
    lab = unit.space_type in LABS
    heavy = unit.space_type in (SpaceType.PRODUCTION, SpaceType.WORKSHOP)
    rent = Decimal(rng.randrange(low, high))
    available = between(rng, date(2026, 9, 1), date(2027, 9, 1))
    return {
        "reference": f"KP-{number + 1:03d}",
        "title_nl": f"{unit.get_space_type_display()} in {building.name}",
        "title_en": f"Space in {building.name}, {unit.area_m2:.0f} m²",
        "street": building.street,
        "house_number": building.house_number,
        "postcode": building.postcode,
        "city": building.city,
        "area": building.area,
        "building": building,
        "unit": unit,
        "space_type": unit.space_type,
        "area_m2": unit.area_m2,
        "area_kind": AreaKind.VVO if number % 5 else AreaKind.BVO,
        "divisible_from_m2": unit.area_m2 / 2 if number % 4 == 0 and unit.area_m2 >= 200 else None,
        "rent_per_m2_year": rent,
        "service_costs_per_m2_year": Decimal(rng.randrange(25, 55)) if number % 3 else None,
        "vat_option": rng.choice(list(VatOption)),
        "available_from": available,
        "minimum_term_months": rng.choice((12, 24, 36, 60)),
        "delivery_level": rng.choice(list(DeliveryLevel)),
        "energy_label": rng.choice((EnergyLabel.A1, EnergyLabel.A, EnergyLabel.B, EnergyLabel.C)),
        "power_kva": Decimal(rng.choice((35, 60, 80, 120, 250))) if number % 3 else None,
        "floor_load_kn_m2": Decimal(rng.choice((5, 10, 20))) if heavy else None,
        "clear_height_m": Decimal(rng.choice(("4.5", "6.0", "7.5"))) if heavy else None,
        "fume_hoods": rng.randrange(1, 6) if unit.space_type == SpaceType.WET_LAB else None,
        "lab_level": rng.choice(("ML-I", "ML-II")) if unit.space_type == SpaceType.WET_LAB else "",
        "cleanroom_iso_class": rng.choice((5, 6, 7)) if unit.space_type == SpaceType.CLEANROOM else None,
        "vibration_class": rng.choice(("VC-A", "VC-C", "")) if lab else "",
        "has_gases": rng.choice((True, False, None)) if lab else None,
        "has_loading_dock": rng.choice((True, False, None)) if heavy else None,
        "has_247_access": rng.choice((True, True, False, None)),
        "parking_places": rng.randrange(0, 20) if number % 2 else None,
    }


def _moderate(park: Park, vacancy: Vacancy, number: int, day: date) -> Vacancy:
    by, at = park.managers[number % 2], moment(day + timedelta(days=1), 14)
    office_user = park.offices[number % len(park.offices)][1]
    if number % 12 == 5:
        return ask_broker(vacancy=vacancy, question="Hoeveel vermogen is er beschikbaar?", by=by, at=at)
    if number % 17 == 9:
        return refuse_vacancy(vacancy=vacancy, reason="Woonruimte hoort hier niet.", by=by, at=at)
    vacancy = publish_vacancy(vacancy=vacancy, by=by, at=at)
    later = min(moment(day + timedelta(days=park.rng.randrange(5, 60)), 9), LAST_MOMENT)
    if number % 11 == 7:
        return withdraw_vacancy(
            vacancy=vacancy, reason="Eigenaar gebruikt de ruimte zelf.", by=office_user, at=later
        )
    if number % 6 == 1:
        rent = vacancy.rent_per_m2_year - 5
        vacancy = change_vacancy(
            vacancy=vacancy,
            facts={"rent_per_m2_year": rent},
            version=vacancy.version,
            by=office_user,
            at=later,
        )
    if number % 3 == 0:
        vacancy = confirm_vacancy(vacancy=vacancy, by=office_user, at=later)
    return vacancy


def record_needs(park: Park, vacancies: list[Vacancy]) -> None:
    """Needs of open leads and of companies on the park; some have been offered a space."""
    rng = park.rng
    leads = list(
        Lead.objects.filter(status=LeadStatus.OPEN, seeks_space=True, stage__in=["qualified", "site_visit"])
        .select_related("owner")
        .order_by("pk")[:NEEDS_OF_LEADS]
    )
    needs = [_need(park, number, lead=lead) for number, lead in enumerate(leads)]
    needs += [
        _need(park, number, organisation=park.companies[number * 7]) for number in range(NEEDS_OF_COMPANIES)
    ]
    free = [vacancy for vacancy in vacancies if vacancy.status == "published"]
    for need, vacancy in zip(needs[:: max(1, len(needs) // PROPOSALS)], free, strict=False):
        propose_match(
            need=need,
            vacancy=vacancy,
            on=DEMO_DAY - timedelta(days=rng.randrange(1, 5)),
            by=park.managers[0],
            at=LAST_MOMENT,
        )


def _need(park: Park, number: int, lead: Lead | None = None, organisation: Organisation | None = None):
    rng = park.rng
    space_type = SOUGHT[number % len(SOUGHT)]
    low = lead.area_from_m2 if lead else rng.randrange(80, 500, 10)
    high = lead.area_to_m2 if lead else low * 13 // 10
    recorded = between(rng, date(2026, 3, 1), DEMO_DAY - timedelta(days=8))
    criteria = [
        {"criterion": "has_247_access", "strictness": Strictness.SHOULD, "weight": 2, "asked": True},
        {
            "criterion": "area_code",
            "strictness": Strictness.SHOULD,
            "weight": 1,
            "asked": ["ut_campus", "bs_park"],
        },
    ]
    if space_type in (*LABS, SpaceType.PRODUCTION):
        criteria.append(
            {"criterion": "power_kva", "strictness": Strictness.MUST, "asked": rng.choice((60, 100))}
        )
    fte = Decimal(rng.randrange(3, 30))
    return record_need(
        title=f"{SpaceType(space_type).label} van {low} tot {high} m²",
        lead=lead,
        organisation=organisation,
        parts=[{"space_type": space_type, "area_from_m2": Decimal(low), "area_to_m2": Decimal(high)}],
        criteria=criteria,
        from_on=add_months(recorded, 3),
        latest_on=add_months(recorded, rng.randrange(6, 16)),
        rent_per_m2_year=Decimal(rng.randrange(90, 240, 5)),
        fte_now=fte,
        fte_in_12_months=fte * Decimal("1.3").quantize(Decimal("0.1")),
        source=NeedSource.NOVEL_T if number % 4 == 0 else NeedSource.OWN,
        owner=lead.owner if lead else rng.choice(park.team),
        by=lead.owner if lead else park.managers[0],
        at=moment(recorded, 13),
    )
