"""What a listing may say: each rule of the field table, and all faults at once."""

from datetime import date
from decimal import Decimal

import pytest

from crm.common.errors import RuleError
from crm.estate.vacancy_facts import FACTS
from crm.estate.vacancy_quality import quality_of
from tests.factories.estate import VacancyFactory

pytestmark = pytest.mark.django_db


def refusal(**facts) -> dict[str, str]:
    with pytest.raises(RuleError) as refused:
        VacancyFactory(**facts)
    return {fault.field: fault.code for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("facts", "field", "code"),
    [
        ({"reference": ""}, "reference", "required"),
        ({"reference": "with space"}, "reference", "reference"),
        ({"reference": "A" * 65}, "reference", "max_length"),
        ({"title_nl": ""}, "title_nl", "title_required"),
        ({"title_nl": "T" * 121}, "title_nl", "max_length"),
        ({"title_nl": "<b>Ruimte</b>"}, "title_nl", "markup"),
        ({"description_en": "D" * 5001}, "description_en", "max_length"),
        ({"description_nl": "NUL \x00"}, "description_nl", "plain_text"),
        ({"contact_name": "half \ud800"}, "contact_name", "plain_text"),
        ({"street": "", "postcode": ""}, "street", "address_required"),
        ({"house_number": None}, "street", "address_required"),
        ({"house_number": 0}, "house_number", "min_value"),
        ({"house_number": 100_000}, "house_number", "max_value"),
        ({"postcode": "0521 AN"}, "postcode", "postcode"),
        ({"postcode": "7521"}, "postcode", "postcode"),
        ({"bag_object_id": "0153020000345678"}, "bag_object_id", "bag_object"),
        ({"space_type": ""}, "space_type", "required"),
        ({"space_type": "dwelling"}, "space_type", "invalid_choice"),
        ({"area_kind": "m2"}, "area_kind", "invalid_choice"),
        ({"area_m2": None}, "area_m2", "required"),
        ({"area_m2": Decimal(0)}, "area_m2", "above_zero"),
        ({"area_m2": Decimal(-5)}, "area_m2", "above_zero"),
        ({"area_m2": Decimal("1.234")}, "area_m2", "max_decimal_places"),
        ({"area_m2": Decimal("1e9")}, "area_m2", "max_digits"),
        ({"divisible_from_m2": Decimal(201)}, "divisible_from_m2", "divisible_above_area"),
        ({"divisible_from_m2": Decimal(0)}, "divisible_from_m2", "above_zero"),
        ({"rent_per_m2_year": None}, "rent_per_m2_year", "rent_required"),
        ({"rent_on_request": True}, "rent_on_request", "rent_twice"),
        ({"rent_per_m2_year": Decimal("19.99")}, "rent_per_m2_year", "rent_unusual"),
        ({"rent_per_m2_year": Decimal("1000.01")}, "rent_per_m2_year", "rent_unusual"),
        ({"rent_per_m2_year": Decimal(-1)}, "rent_per_m2_year", "not_negative"),
        ({"service_costs_per_m2_year": Decimal(-1)}, "service_costs_per_m2_year", "not_negative"),
        ({"vat_option": "maybe"}, "vat_option", "invalid_choice"),
        ({"available_from": date(1999, 12, 31)}, "available_from", "out_of_range"),
        ({"available_until": date(2100, 1, 1)}, "available_until", "out_of_range"),
        ({"minimum_term_months": 301}, "minimum_term_months", "max_value"),
        ({"minimum_term_months": -1}, "minimum_term_months", "min_value"),
        ({"notice_months": 301}, "notice_months", "max_value"),
        ({"delivery_level": "bare"}, "delivery_level", "invalid_choice"),
        ({"energy_label": "H"}, "energy_label", "invalid_choice"),
        ({"energy_label": "D"}, "energy_label_exemption", "exemption_required"),
        ({"power_kva": Decimal(-1)}, "power_kva", "not_negative"),
        ({"fume_hoods": 1000}, "fume_hoods", "max_value"),
        ({"cleanroom_iso_class": 10}, "cleanroom_iso_class", "max_value"),
        ({"cleanroom_iso_class": 0}, "cleanroom_iso_class", "min_value"),
        ({"lab_level": "ML-IV"}, "lab_level", "invalid_choice"),
        ({"vibration_class": "VC-H"}, "vibration_class", "invalid_choice"),
        ({"environmental_category": "7"}, "environmental_category", "invalid_choice"),
        ({"contact_phone": "0534890000"}, "contact_phone", "phone"),
        ({"contact_phone": "+3112"}, "contact_phone", "phone"),
        ({"contact_email": "nobody"}, "contact_email", "invalid"),
        ({"url": "http://makelaar.example"}, "url", "invalid"),
        ({"co_brokers": [{"name": ""}]}, "co_brokers.0", "co_broker"),
        ({"co_brokers": ["Kantoor"]}, "co_brokers.0", "co_broker"),
        ({"co_brokers": [{"name": "K", "fax": "1"}]}, "co_brokers.0", "co_broker"),
        ({"co_brokers": [{"name": 5}]}, "co_brokers.0", "co_broker"),
        ({"co_brokers": [{"name": "K", "email": "x"}]}, "co_brokers.0.email", "invalid"),
        ({"co_brokers": [{"name": "K", "phone": "053"}]}, "co_brokers.0.phone", "phone"),
        ({"co_brokers": [{"name": "K"}] * 6}, "co_brokers", "too_many"),
        ({"co_brokers": {"name": "K"}}, "co_brokers", "too_many"),
        ({"parts": [{"area_m2": Decimal(5)}]}, "parts.0.space_type", "required"),
        ({"parts": [{"space_type": "attic", "area_m2": 5}]}, "parts.0.space_type", "invalid_choice"),
        ({"parts": [{"space_type": "office"}]}, "parts.0.area_m2", "required"),
        ({"parts": [{"space_type": "office", "area_m2": 0}]}, "parts.0.area_m2", "above_zero"),
        ({"parts": [{"space_type": "office", "area_m2": 201}]}, "parts", "parts_above_area"),
        (
            {"parts": [{"space_type": "office", "area_m2": 5, "rent_per_m2_year": Decimal(-1)}]},
            "parts.0.rent_per_m2_year",
            "not_negative",
        ),
        (
            {"parts": [{"space_type": "office", "area_m2": 5, "rent_per_m2_year": Decimal(12)}]},
            "parts.0.rent_per_m2_year",
            "rent_unusual",
        ),
        ({"parts": [{"space_type": "office", "area_m2": 1}] * 21}, "parts", "too_many"),
    ],
)
def test_a_listing_that_breaks_a_rule_is_refused(facts, field, code):
    assert refusal(**facts) == {field: code}


@pytest.mark.parametrize("end", ["available_until", "temporary_until"])
def test_an_end_lies_after_the_start(end):
    day = date(2027, 1, 1)
    assert refusal(available_from=day, **{end: day}) == {end: "until_before_from"}
    assert VacancyFactory(available_from=day, **{end: date(2027, 1, 2)}).pk


@pytest.mark.parametrize(
    "facts",
    [
        {"title_nl": "", "title_en": "Office space"},
        {"street": "", "city": "", "house_number": 500, "postcode": "7521AN"},
        {"postcode": "", "house_number": 3},
        {"street": "", "house_number": None, "postcode": "", "bag_object_id": "0153010000345678"},
        {"space_type": "land", "house_number": None},
        {"rent_per_m2_year": None, "rent_on_request": True},
        {"rent_per_m2_year": Decimal(12), "rent_checked": True},
        {"rent_per_m2_year": Decimal(20)},
        {"rent_per_m2_year": Decimal(1000)},
        {"divisible_from_m2": Decimal(200)},
        {"energy_label": "C"},
        {"energy_label": "G", "energy_label_exemption": "Monument"},
        {"energy_label": "G", "space_type": "workshop"},
        {"description_nl": "Hoogte < 10 m en > 5 m, 3<4"},
        {"co_brokers": [{"name": "Kantoor", "email": "a@b.example", "phone": "+31534890000"}]},
        {
            "rent_per_m2_year": None,
            "parts": [
                {"space_type": "office", "area_m2": 100, "rent_per_m2_year": 150},
                {"space_type": "workshop", "area_m2": 100, "rent_per_m2_year": 90},
            ],
        },
    ],
)
def test_a_listing_within_the_rules_is_taken(facts):
    assert VacancyFactory(**facts).pk


def test_an_office_among_the_parts_needs_the_exemption_too():
    part = {"space_type": "office", "area_m2": Decimal(20)}
    assert refusal(space_type="workshop", energy_label="E", parts=[part]) == {
        "energy_label_exemption": "exemption_required"
    }


def test_all_faults_of_a_listing_are_named_at_once():
    found = refusal(
        reference="a b",
        title_nl="",
        postcode="x",
        area_m2=Decimal(-1),
        rent_per_m2_year=Decimal(5),
        available_from=date(2027, 1, 2),
        available_until=date(2027, 1, 1),
        energy_label="F",
        contact_phone="053",
        url="ftp://x",
        parts=[{"space_type": "office", "area_m2": Decimal(5)}, {}],
    )
    assert found == {
        "reference": "reference",
        "title_nl": "title_required",
        "postcode": "postcode",
        "area_m2": "above_zero",
        "rent_per_m2_year": "rent_unusual",
        "available_until": "until_before_from",
        "contact_phone": "phone",
        "url": "invalid",
        "parts.1.space_type": "required",
        "parts.1.area_m2": "required",
    }


def test_an_unknown_fact_is_refused():
    assert refusal(colour="red") == {"colour": "unknown_field"}


def test_every_column_that_an_office_may_fill_is_a_fact():
    own = {
        "id", "public_id", "office", "status", "status_note", "version", "created_at", "created_by",
        "changed_at", "changed_by", "submitted_at", "published_at", "confirmed_at", "confirmed_by",
    }  # fmt: skip
    vacancy = VacancyFactory()
    assert {field.name for field in vacancy._meta.concrete_fields} - own == set(FACTS)


def test_the_quality_says_what_would_raise_the_score():
    vacancy = VacancyFactory(lab=True)
    poor = quality_of(vacancy)
    assert 0 < poor.score < 100
    assert poor.missing[0] == "available_from"
    assert "has_gases" in poor.missing
    for name in poor.missing:
        setattr(vacancy, name, "+31534890000")
    assert quality_of(vacancy).score == 100


def test_rents_in_all_parts_count_as_a_known_rent():
    part = {"space_type": "office", "area_m2": Decimal(20), "rent_per_m2_year": Decimal(150)}
    vacancy = VacancyFactory(rent_per_m2_year=None, parts=[part])
    assert "rent_per_m2_year" not in quality_of(vacancy, list(vacancy.parts.all())).missing
    assert "rent_per_m2_year" in quality_of(vacancy).missing
