"""Offering and changing a listing: what is stored, what the log and the feed say, and who wins a race."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from crm.common.errors import Fault, RuleError, StaleError
from crm.contacts.services import grant_broker_access
from crm.estate.choices import SpaceType
from crm.estate.models import Vacancy, VacancyChange
from crm.estate.services import (
    change_vacancy,
    offer_vacancy,
    publish_vacancy,
    record_building,
    record_unit,
    refuse_vacancy,
    withdraw_vacancy,
)
from crm.messages.models import FeedEvent
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.estate import OFFERED_AT, VacancyFactory, area

pytestmark = pytest.mark.django_db
LATER = OFFERED_AT + timedelta(days=3)


@pytest.fixture
def office():
    return OrganisationFactory(broker=True)


@pytest.fixture
def agent(office):
    return agent_of(office)


def agent_of(office, *, is_trusted=False):
    user = UserFactory(broker=True)
    grant_broker_access(user=user, office=office, by=user, at=OFFERED_AT, is_trusted=is_trusted)
    return user


def change(vacancy, by, at=LATER, **facts):
    return change_vacancy(vacancy=vacancy, facts=facts, version=vacancy.version, by=by, at=at)


def log_of(vacancy):
    return {
        row.field: (row.old, row.new)
        for row in VacancyChange.objects.filter(vacancy=vacancy).order_by("at", "pk")
    }


def test_an_offer_is_stored_as_submitted_and_counts_as_confirmed(office, agent):
    vacancy = VacancyFactory(office=office, by=agent, postcode="7521an", actor="kp_1234")
    vacancy.refresh_from_db()
    assert vacancy.status == "submitted"
    assert vacancy.postcode == "7521 AN"
    assert (vacancy.confirmed_at, vacancy.confirmed_by) == (OFFERED_AT, agent)
    [row] = VacancyChange.objects.filter(vacancy=vacancy)
    assert (row.field, row.old, row.new, row.by, row.actor) == ("status", None, "submitted", agent, "kp_1234")


def test_the_office_reads_in_its_feed_what_happened(office, agent, staff):
    vacancy = VacancyFactory(office=office, by=agent)
    refuse_vacancy(vacancy=vacancy, reason="Woonruimte.", by=staff, at=LATER)
    events = FeedEvent.objects.filter(audience=f"office:{office.pk}").order_by("pk")
    assert [(event.kind, event.payload["note"]) for event in events] == [
        ("submitted", ""),
        ("refused", "Woonruimte."),
    ]
    assert {event.subject for event in events} == {str(vacancy.public_id)}


def test_a_listing_that_staff_entered_has_no_feed(staff):
    VacancyFactory(office=None, by=staff)
    assert not FeedEvent.objects.exists()


def test_the_area_follows_from_a_building_at_the_address(office, agent, staff):
    from_building = building("ut_campus", staff, number=500)
    vacancy = VacancyFactory(office=office, by=agent)
    assert (vacancy.building, vacancy.area.code) == (from_building, "ut_campus")


def building(code, staff, number, addition=""):
    return record_building(
        name=f"Gebouw {number}{addition}",
        area=area(code),
        street="Hengelosestraat",
        house_number=number,
        house_number_addition=addition,
        postcode="7521 AN",
        by=staff,
        at=OFFERED_AT,
    )


def test_of_two_buildings_at_one_number_the_addition_decides(office, agent, staff):
    building("ut_campus", staff, 500, "A")
    second = building("ut_campus", staff, 500, "B")
    assert VacancyFactory(office=office, by=agent, house_number_addition="b").building == second
    undecided = VacancyFactory(office=office, by=agent)
    assert (undecided.building, undecided.area.code) == (None, "ut_campus")


def test_the_bag_object_names_the_unit(office, agent, staff):
    unit = record_unit(
        building=building("bs_park", staff, 7),
        name="1.02",
        space_type=SpaceType.OFFICE,
        area_m2=Decimal(120),
        bag_object_id="0153010000345678",
        by=staff,
        at=OFFERED_AT,
    )
    vacancy = VacancyFactory(
        office=office, by=agent, street="", house_number=None, postcode="", bag_object_id="0153010000345678"
    )
    assert (vacancy.unit, vacancy.building, vacancy.area.code) == (unit, unit.building, "bs_park")


def test_an_area_that_contradicts_the_address_is_refused(office, agent, staff):
    building("ut_campus", staff, 500)
    with pytest.raises(RuleError) as refused:
        VacancyFactory(office=office, by=agent, area_code="bs_park")
    assert [(fault.code, fault.field) for fault in refused.value.faults] == [
        ("area_contradicts", "area_code")
    ]
    assert VacancyFactory(office=office, by=agent, area_code="ut_campus").area.code == "ut_campus"


def test_an_area_may_be_stated_where_the_address_is_not_known_to_us(office, agent):
    assert VacancyFactory(office=office, by=agent, area_code="twente_village").area.code == "twente_village"
    with pytest.raises(RuleError) as refused:
        VacancyFactory(office=office, by=agent, area_code="nowhere")
    assert refused.value.codes == ["unknown_area"]
    assert "twente_village" in str(refused.value)


def test_a_listing_that_moves_takes_its_area_along(office, agent, staff):
    building("ut_campus", staff, 500)
    building("bs_park", staff, 7)
    vacancy = VacancyFactory(office=office, by=agent)
    moved = change(vacancy, agent, house_number=7)
    assert moved.area.code == "bs_park"
    assert log_of(moved)["area"] == ["ut_campus", "bs_park"] or log_of(moved)["area"] == (
        "ut_campus",
        "bs_park",
    )


def test_a_unit_that_staff_linked_stays_while_the_address_stays(office, agent, staff):
    house = building("ut_campus", staff, 500)
    unit = record_unit(
        building=house, name="2.01", space_type=SpaceType.OFFICE, area_m2=Decimal(90), by=staff, at=OFFERED_AT
    )
    vacancy = change(VacancyFactory(office=office, by=agent), staff, unit=unit)
    assert vacancy.unit == unit
    same_address = {
        "street": "Hengelosestraat",
        "house_number": 500,
        "postcode": "7521AN",
        "city": "Enschede",
    }
    kept = change(vacancy, agent, rent_per_m2_year=Decimal(150), area_code="ut_campus", **same_address)
    assert kept.unit == unit


def test_each_changed_field_leaves_one_row_with_old_and_new(office, agent):
    vacancy = VacancyFactory(office=office, by=agent)
    changed = change_vacancy(
        vacancy=vacancy,
        facts={
            "rent_per_m2_year": Decimal("150.5"),
            "available_from": date(2027, 1, 1),
            "contact_phone": "+31534890000",
        },
        parts=[{"space_type": "office", "area_m2": Decimal(80)}],
        version=1,
        by=agent,
        at=LATER,
        actor="kp_1234",
    )
    assert changed.version == 2
    assert (changed.changed_by, changed.changed_at) == (agent, LATER)
    rows = VacancyChange.objects.filter(vacancy=vacancy, at=LATER)
    assert {row.actor for row in rows} == {"kp_1234"}
    assert {row.field: (row.old, row.new) for row in rows} == {
        "rent_per_m2_year": ("145.00", "150.50"),
        "available_from": (None, "2027-01-01"),
        "contact_phone": (None, "+31534890000"),
        "parts": ([], [{"space_type": "office", "area_m2": "80.00", "rent_per_m2_year": None}]),
    }


def test_equal_content_changes_nothing_and_is_no_confirmation(office, agent):
    vacancy = VacancyFactory(
        office=office, by=agent, parts=[{"space_type": "office", "area_m2": Decimal("80")}]
    )
    same = change_vacancy(
        vacancy=vacancy,
        facts={"rent_per_m2_year": "145.00", "title_nl": f"  {vacancy.title_nl} ", "postcode": "7521AN"},
        parts=[{"space_type": "office", "area_m2": "80.0"}],
        version=1,
        by=agent,
        at=LATER,
    )
    assert (same.version, same.confirmed_at) == (1, OFFERED_AT)
    assert VacancyChange.objects.filter(vacancy=vacancy).count() == 1


def test_an_old_version_is_refused_and_nothing_changes(office, agent):
    vacancy = VacancyFactory(office=office, by=agent)
    change(vacancy, agent, rent_per_m2_year=Decimal(150))
    with pytest.raises(StaleError):
        change(vacancy, agent, rent_per_m2_year=Decimal(160))
    with pytest.raises(StaleError):
        withdraw_vacancy(vacancy=vacancy, reason="", version=1, by=agent, at=LATER)
    vacancy.refresh_from_db()
    assert (vacancy.rent_per_m2_year, vacancy.status, vacancy.version) == (150, "submitted", 2)


def test_without_a_version_the_last_one_wins(office, agent):
    vacancy = VacancyFactory(office=office, by=agent)
    change(vacancy, agent, rent_per_m2_year=Decimal(150))
    again = change_vacancy(vacancy=vacancy, facts={"rent_per_m2_year": 160}, version=None, by=agent, at=LATER)
    assert again.rent_per_m2_year == 160


@pytest.mark.parametrize(
    "facts",
    [
        {"rent_per_m2_year": Decimal(150)},
        {"area_m2": Decimal(190)},
        {"available_from": date(2027, 2, 1)},
        {"service_costs_per_m2_year": Decimal(30)},
    ],
)
def test_rent_area_and_dates_of_a_published_listing_go_live_at_once(facts, office, agent):
    vacancy = VacancyFactory(office=office, by=agent, published=True)
    changed = change(vacancy, agent, **facts)
    assert changed.status == "published"
    assert set(facts) <= set(log_of(changed)), "the change is flagged in the log"


def test_other_fields_of_a_published_listing_bring_it_before_staff_again(office, agent):
    vacancy = VacancyFactory(office=office, by=agent, published=True)
    changed = change(vacancy, agent, title_nl="Iets anders", rent_per_m2_year=Decimal(150))
    assert changed.status == "submitted"
    assert log_of(changed)["status"] == ("published", "submitted")
    assert FeedEvent.objects.last().kind == "submitted"


def test_a_trusted_offices_changes_all_go_live(office):
    trusted = agent_of(office, is_trusted=True)
    vacancy = VacancyFactory(office=office, by=trusted, published=True)
    assert change(vacancy, trusted, title_nl="Iets anders").status == "published"


def test_staffs_own_changes_leave_the_status_alone(office, agent, staff):
    vacancy = VacancyFactory(office=office, by=agent, published=True)
    assert change(vacancy, staff, title_nl="Iets anders").status == "published"
    refused = refuse_vacancy(
        vacancy=VacancyFactory(office=office, by=agent), reason="Te duur", by=staff, at=LATER
    )
    assert change(refused, staff, title_nl="Iets anders").status == "refused"


@pytest.mark.parametrize("status", ["question", "refused", "unpublished", "withdrawn"])
def test_a_change_by_the_office_offers_a_listing_anew(status, office, agent):
    vacancy = VacancyFactory(office=office, by=agent)
    Vacancy.objects.filter(pk=vacancy.pk).update(status=status, status_note="Waarom?")
    changed = change(vacancy, agent, rent_per_m2_year=Decimal(150))
    assert (changed.status, changed.status_note) == ("submitted", "")
    assert log_of(changed)["status_note"] == ("Waarom?", "")


def test_what_is_let_stays_as_it_is(office, agent):
    vacancy = VacancyFactory(office=office, by=agent)
    Vacancy.objects.filter(pk=vacancy.pk).update(status="let")
    with pytest.raises(RuleError) as refused:
        change(vacancy, agent, rent_per_m2_year=Decimal(150))
    assert refused.value.codes == ["wrong_status"]
    assert Vacancy.objects.get(pk=vacancy.pk).rent_per_m2_year == 145


def test_a_reference_is_used_once_per_office(office, agent):
    first = VacancyFactory(office=office, by=agent, reference="A")
    second = VacancyFactory(office=office, by=agent, reference="B")
    with pytest.raises(RuleError) as refused:
        VacancyFactory(office=office, by=agent, reference="A")
    assert [(fault.code, fault.field) for fault in refused.value.faults] == [("reference_taken", "reference")]
    with pytest.raises(RuleError) as refused:
        change(second, agent, reference="A")
    assert refused.value.codes == ["reference_taken"]
    assert change(first, agent, reference="C").reference == "C"
    assert VacancyFactory(reference="A").pk, "another office may use it"


def test_a_reference_taken_in_the_same_moment_is_refused_like_any_other(office, agent, monkeypatch):
    VacancyFactory(office=office, by=agent, reference="A")
    answers = iter([[], [Fault("reference_taken", "taken", "reference")]])
    monkeypatch.setattr("crm.estate.services.vacancies._taken_reference", lambda vacancy: next(answers))
    with transaction.atomic(), pytest.raises(RuleError) as refused:
        VacancyFactory(office=office, by=agent, reference="A")
    assert refused.value.codes == ["reference_taken"]
    assert Vacancy.objects.filter(office=office).count() == 1


def test_another_broken_constraint_is_a_defect_and_not_hidden(office, agent, monkeypatch):
    VacancyFactory(office=office, by=agent, reference="A")
    monkeypatch.setattr("crm.estate.services.vacancies._taken_reference", lambda vacancy: [])
    with transaction.atomic(), pytest.raises(IntegrityError):
        VacancyFactory(office=office, by=agent, reference="A")
    with transaction.atomic(), pytest.raises(IntegrityError):
        change(VacancyFactory(office=office, by=agent, reference="B"), agent, reference="A")


def test_faults_of_reading_and_of_the_rules_are_named_together(office, agent):
    unread = [Fault("wrong_type", "no number", "area_m2")]
    with pytest.raises(RuleError) as refused:
        offer_vacancy(
            office=office,
            facts={
                "reference": "A",
                "space_type": "office",
                "area_kind": "vvo",
                "divisible_from_m2": 300,
                "x": 1,
            },
            unread=unread,
            by=agent,
            at=OFFERED_AT,
        )
    assert {fault.code for fault in refused.value.faults} == {
        "wrong_type",
        "unknown_field",
        "title_required",
        "address_required",
        "rent_required",
    }
    assert not Vacancy.objects.exists()


def test_emptied_fields_are_unknown_again(office, agent):
    vacancy = VacancyFactory(office=office, by=agent, fume_hoods=2, energy_label="A", vat_option="taxed")
    emptied = change(vacancy, agent, fume_hoods=None, energy_label=None, vat_option=None, co_brokers=None)
    assert (emptied.fume_hoods, emptied.energy_label, emptied.vat_option) == (None, "", "unknown")


def test_published_listings_are_found_by_their_day(office, agent, staff):
    vacancy = VacancyFactory(office=office, by=agent, available_until=date(2026, 12, 31))
    assert list(Vacancy.objects.waiting_for_staff()) == [vacancy]
    publish_vacancy(vacancy=vacancy, by=staff, at=LATER)
    assert list(Vacancy.objects.published_on(date(2026, 12, 31))) == [vacancy]
    assert list(Vacancy.objects.published_on(date(2027, 1, 1))) == []
