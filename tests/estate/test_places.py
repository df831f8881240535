"""Areas, buildings, units, owners' shares and tenancies."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm.common.errors import RuleError, StaleError
from crm.common.months import amsterdam_day
from crm.estate.models import Area, Ownership, Tenancy
from crm.estate.services import (
    begin_tenancy,
    change_building,
    end_tenancy,
    record_building,
    record_ownership,
    record_unit,
    set_counts_from,
)
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def building(staff, now):
    area = Area.objects.get(code="bs_park")
    return record_building(name="Gebouw Kolk", area=area, postcode="7521 AB", by=staff, at=now)


@pytest.fixture
def unit(building, staff, now):
    return record_unit(
        building=building, name="1.01", space_type="dry_lab", area_m2=Decimal(200), by=staff, at=now
    )


def test_the_vredestein_site_counts_from_a_day_to_come(administrator, now):
    area, day = Area.objects.get(code="vredestein"), date(2028, 1, 1)
    set_counts_from(area=area, counts_from=day, by=administrator, at=now)
    assert Area.objects.counting_on(date(2027, 12, 31)).filter(code="vredestein").count() == 0
    assert Area.objects.counting_on(day).filter(code="vredestein").count() == 1


def test_the_past_cannot_be_made_to_count(administrator, now):
    area = Area.objects.get(code="vredestein")
    yesterday = amsterdam_day(now) - timedelta(days=1)
    with pytest.raises(RuleError) as refused:
        set_counts_from(area=area, counts_from=yesterday, by=administrator, at=now)
    assert refused.value.codes == ["counts_in_the_past"]
    set_counts_from(area=area, counts_from=yesterday, by=administrator, at=now, imported=True)


@pytest.mark.parametrize("day", [None, date(2030, 1, 1)])
def test_an_area_that_counts_goes_on_counting(administrator, now, day):
    area = Area.objects.get(code="ut_campus")
    with pytest.raises(RuleError) as refused:
        set_counts_from(area=area, counts_from=day, by=administrator, at=now)
    assert refused.value.codes == ["began_to_count"]


def test_a_building_says_all_that_is_wrong_with_it(staff, now):
    with pytest.raises(RuleError) as refused:
        record_building(name=" ", area=Area.objects.get(code="bs_park"), postcode="75", by=staff, at=now)
    assert {fault.field for fault in refused.value.faults} == {"name", "postcode"}


def test_a_stale_form_changes_nothing_and_says_who_was_first(building, staff, manager, now):
    change_building(building=building, name="Gebouw Meer", version=1, by=manager, at=now)
    with pytest.raises(StaleError, match=manager.full_name):
        change_building(building=building, name="Gebouw Zand", version=1, by=staff, at=now)
    building.refresh_from_db()
    assert (building.name, building.version) == ("Gebouw Meer", 2)


def test_owners_hold_no_more_than_the_whole_on_one_day(building, staff, now):
    first, second = OrganisationFactory(), OrganisationFactory()
    facts = {"building": building, "by": staff, "at": now}
    record_ownership(
        owner=first, share=Decimal(60), valid_from=date(2020, 1, 1), valid_until=date(2025, 1, 1), **facts
    )
    record_ownership(owner=second, share=Decimal(40), valid_from=date(2020, 1, 1), **facts)
    with pytest.raises(RuleError) as refused:
        record_ownership(owner=second, share=Decimal(1), valid_from=date(2024, 6, 1), **facts)
    assert refused.value.codes == ["shares_over_100"]
    record_ownership(owner=second, share=Decimal(60), valid_from=date(2025, 6, 1), **facts)
    assert Ownership.objects.filter(building=building).count() == 3


def test_a_unit_is_let_in_parts_until_it_is_full(unit, staff, now):
    facts = {"unit": unit, "by": staff, "at": now, "valid_from": date(2026, 11, 1)}
    part = begin_tenancy(tenant=OrganisationFactory(), area_m2=Decimal(120), **facts)
    with pytest.raises(RuleError) as refused:
        begin_tenancy(tenant=OrganisationFactory(), area_m2=Decimal(81), **facts)
    assert refused.value.codes == ["unit_is_full"]
    begin_tenancy(tenant=OrganisationFactory(), area_m2=Decimal(80), **facts)
    end_tenancy(tenancy=part, valid_until=date(2027, 1, 31), by=staff, at=now)
    assert Tenancy.objects.current_on(date(2027, 2, 1)).count() == 1
