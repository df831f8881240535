"""Names go both ways without loss, for every field of the API."""

import pytest

from crm.api.broker.vacancy_fields import CO_BROKER_FIELDS, PART_FIELDS, VACANCY_FIELDS, WITHDRAWAL_FIELDS
from crm.api.components import components
from crm.api.naming import camelise, to_camel, to_pointer, to_snake

PAIRS = {
    "has_247_access": "has247Access",
    "area_m2": "areaM2",
    "floor_load_kn_m2": "floorLoadKnM2",
    "rent_per_m2_year": "rentPerM2Year",
    "title_nl": "titleNl",
    "divisible_from_m2": "divisibleFromM2",
    "cleanroom_iso_class": "cleanroomIsoClass",
    "power_kva": "powerKva",
    "url": "url",
}


@pytest.mark.parametrize(("snake", "camel"), PAIRS.items())
def test_a_name_is_written_as_the_contract_says(snake, camel):
    assert to_camel(snake) == camel
    assert to_snake(camel) == snake


def test_every_field_keeps_its_name_both_ways():
    fields = [*VACANCY_FIELDS, *PART_FIELDS, *CO_BROKER_FIELDS, *WITHDRAWAL_FIELDS]
    assert [field.name for field in fields if to_snake(to_camel(field.name)) != field.name] == []


def test_every_member_of_the_answer_keeps_its_name_both_ways():
    keys = components()["Vacancy"]["properties"]
    assert [key for key in keys if to_camel(to_snake(key)) != key] == []


def test_keys_are_renamed_at_every_depth_and_values_are_left_alone():
    assert camelise({"area_code": "ut_campus", "parts": [{"area_m2": "wet_lab"}]}) == {
        "areaCode": "ut_campus",
        "parts": [{"areaM2": "wet_lab"}],
    }


def test_a_field_becomes_a_pointer():
    assert to_pointer("parts.0.area_m2") == "/parts/0/areaM2"
    assert to_pointer("/already~1one") == "/already~1one"
    assert to_pointer("?limit") == "?limit"
    assert to_pointer("") == ""
