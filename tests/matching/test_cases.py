"""Cases read from JSON: what is accepted, every fault with its path, and the answer."""

import json
from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from crm.common.errors import RuleError
from crm.estate.choices import EnvironmentalCategory, LabLevel, SpaceType, VibrationClass
from crm.matching.case_fields import vacancy_fields
from crm.matching.case_json import parse_json, shown
from crm.matching.cases import case_as_json, judge_case, parse_case
from crm.matching.choices import (
    CRITERION_CHOICES,
    CRITERION_LABELS,
    OUTCOME_LABELS,
    STRICTNESS_LABELS,
    UNIT_LABELS,
    VERDICT_LABELS,
)
from crm.matching.criteria import (
    DEFAULT_SUBSTITUTES,
    ENVIRONMENTAL_CATEGORIES,
    LAB_LEVELS,
    VIBRATION_CLASSES,
    Criterion,
    Outcome,
    Strictness,
    Unit,
    Verdict,
)
from crm.matching.facts import PartFacts, Rules, VacancyFacts
from tests.matching.facts import span

AREAS = ["ut_campus", "bs_park", "twente_village", "vredestein", "technology_base"]
RULES = Rules(counting_areas=frozenset({"ut_campus", "bs_park", "twente_village"}))

CASE = {
    "on": "2027-02-01",
    "need": {
        "reference": "N1",
        "criteria": [
            {"criterion": "space_type", "strictness": "must", "asked": "dry_lab"},
            {"criterion": "area_m2", "strictness": "must", "asked": [200, 260]},
            {"criterion": "area_code", "strictness": "should", "weight": 1, "asked": ["ut_campus"]},
        ],
    },
    "vacancies": [
        {
            "reference": "V1",
            "space_type": "dry_lab",
            "area_m2": 240,
            "area_kind": "vvo",
            "divisible_from_m2": None,
            "area_code": "ut_campus",
        }
    ],
}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def a_case(*path_and_value):
    """The case with one value replaced: `a_case("vacancies", 0, "area_m2", -5)`."""
    case = deepcopy(CASE)
    if path_and_value:
        *path, last, value = path_and_value
        place = case
        for step in path:
            place = place[step]
        place[last] = value
    return case


def read(case):
    return parse_case(parse_json(case if isinstance(case, str) else json.dumps(case)), AREAS)


def faults(case) -> list[str]:
    with pytest.raises(RuleError) as caught:
        read(case)
    return [f"{fault.field}: {fault.message}" for fault in caught.value.faults]


def answer(case):
    parsed = read(case)
    return case_as_json(parsed, judge_case(parsed, RULES))


def test_a_case_is_read_into_typed_facts():
    case = read(CASE)
    assert (case.on, case.need.reference) == (date(2027, 2, 1), "N1")
    assert [wish.asked for wish in case.need.criteria] == ["dry_lab", span(200, 260), ("ut_campus",)]
    assert [(wish.strictness, wish.weight) for wish in case.need.criteria][2] == (Strictness.SHOULD, 1)
    assert case.vacancies == (
        VacancyFacts(
            "V1", space_type="dry_lab", area_m2=Decimal(240), area_kind="vvo", area_code="ut_campus"
        ),
    )


def test_the_answer_has_the_documented_form():
    assert answer(CASE) == {
        "on": "2027-02-01",
        "need": "N1",
        "judgements": [
            {
                "reference": "V1",
                "verdict": "fits",
                "score": [1.0, 1.0],
                "criteria": [
                    {
                        "criterion": "space_type",
                        "strictness": "must",
                        "outcome": "meets",
                        "asked": "dry_lab",
                        "offered": "dry_lab",
                    },
                    {
                        "criterion": "area_m2",
                        "strictness": "must",
                        "outcome": "meets",
                        "asked": [200, 260],
                        "offered": 240,
                    },
                    {
                        "criterion": "area_code",
                        "strictness": "should",
                        "outcome": "meets",
                        "asked": ["ut_campus"],
                        "offered": "ut_campus",
                    },
                ],
            }
        ],
    }


def test_of_a_vacancy_only_the_reference_is_required():
    judged = answer(a_case("vacancies", [{"reference": "V1"}]))["judgements"][0]
    assert (judged["verdict"], judged["score"]) == ("ask", [0.0, 1.0])
    assert [(each["outcome"], each["offered"]) for each in judged["criteria"]] == [("unknown", None)] * 3


def test_null_is_unknown_in_every_field_but_the_reference():
    everything = dict.fromkeys(vacancy_fields(AREAS)) | {"reference": "V1"}
    assert read(a_case("vacancies", [everything])).vacancies == (VacancyFacts("V1"),)


def test_a_space_that_is_let_is_judged_all_the_same():
    for status in ("let", "withdrawn", "published"):
        case = a_case("vacancies", 0, "status", status)
        assert answer(case)["judgements"][0]["verdict"] == "fits"


def test_no_criteria_and_no_vacancies_are_a_case_too():
    assert answer(a_case("vacancies", []))["judgements"] == []
    judged = answer(a_case("need", "criteria", []))["judgements"][0]
    assert (judged["verdict"], judged["score"], judged["criteria"]) == ("fits", [1.0, 1.0], [])


def test_numbers_may_come_as_text_and_are_repeated_as_given():
    case = a_case("vacancies", 0, "power_kva", "80.50")
    case["need"]["criteria"] = [
        {"criterion": "power_kva", "strictness": "must", "asked": "80.5"},
        {"criterion": "area_m2", "strictness": "must", "asked": ["200", 260.25]},
        {"criterion": "fume_hoods", "strictness": "should", "weight": "2", "asked": 3.0},
        {"criterion": "total_per_month", "strictness": "should", "weight": 3, "asked": 4000},
    ]
    case["vacancies"][0] |= {"fume_hoods": "3", "rent_per_m2_year": 175.5, "service_costs_per_m2_year": 30}
    judged = answer(case)["judgements"][0]
    # 205.50 × 240 / 12 = 4,110.
    assert [(each["outcome"], each["asked"], each["offered"]) for each in judged["criteria"]] == [
        ("meets", "80.5", "80.50"),
        ("meets", ["200", 260.25], 240),
        ("meets", 3, "3"),
        ("near", 4000, 4110),
    ]


def test_a_divisible_area_is_offered_as_a_range_and_a_part_as_itself():
    case = a_case("vacancies", 0, "divisible_from_m2", 220.5)
    case["vacancies"].append(
        {
            "reference": "V2",
            "area_kind": "vvo",
            "parts": [
                {"space_type": "office", "area_m2": 50},
                {"space_type": "dry_lab", "area_m2": "210.50", "rent_per_m2_year": None},
            ],
        }
    )
    first, second = answer(case)["judgements"]
    assert first["criteria"][1]["offered"] == [220.5, 240]
    assert [each["offered"] for each in second["criteria"]] == ["dry_lab", 210.5, None]


def test_dates_and_totals_without_service_costs_are_offered_as_json_can_hold_them():
    case = a_case(
        "need",
        "criteria",
        [
            {"criterion": "available_from", "strictness": "must", "asked": "2027-06-01"},
            {"criterion": "total_per_month", "strictness": "must", "asked": 1000},
        ],
    )
    case["vacancies"][0] |= {"available_from": "2027-05-01", "rent_per_m2_year": 120}
    # Rent alone is 120 × 240 / 12 = 2,400: too much whatever the service costs are.
    criteria = answer(case)["judgements"][0]["criteria"]
    assert [each["offered"] for each in criteria] == ["2027-05-01", [2400, None]]
    json.dumps(criteria)


def test_judgements_come_best_first_and_those_that_do_not_fit_are_there():
    case = a_case("vacancies", 0, "reference", "C")
    case["vacancies"] += [
        {**CASE["vacancies"][0], "reference": "A", "space_type": "office", "area_m2": 10},
        {**CASE["vacancies"][0], "reference": "B", "area_code": "bs_park"},
        {**CASE["vacancies"][0], "reference": "b"},
    ]
    judged = answer(case)["judgements"]
    assert [(each["reference"], each["verdict"], each["score"]) for each in judged] == [
        ("C", "fits", [1.0, 1.0]),
        ("b", "fits", [1.0, 1.0]),
        ("B", "fits", [0.5, 0.5]),
        ("A", "no", [1.0, 1.0]),
    ]


def test_every_field_of_a_vacancy_is_accepted():
    full = {
        "reference": "A.b_c-1",
        "title_nl": "Lab",
        "title_en": "Lab",
        "description_nl": "Regel een\nregel twee",
        "description_en": "Text",
        "street": "Hengelosestraat",
        "house_number": 500,
        "house_number_addition": "A",
        "postcode": "7522 NB",
        "city": "Enschede",
        "bag_object_id": "0153010000000001",
        "area_code": "ut_campus",
        "space_type": "dry_lab",
        "parts": [{"space_type": "dry_lab", "area_m2": 240, "rent_per_m2_year": 175}],
        "area_m2": 240,
        "area_kind": "vvo",
        "area_certified": True,
        "divisible_from_m2": 120,
        "rent_per_m2_year": 175,
        "rent_on_request": False,
        "rent_checked": False,
        "service_costs_per_m2_year": 40,
        "vat_option": "taxed",
        "available_from": "2027-04-01",
        "available_until": "2032-04-01",
        "temporary_until": "2029-04-01",
        "minimum_term_months": 300,
        "notice_months": 0,
        "delivery_level": "turnkey",
        "energy_label": "A+++++",
        "energy_label_exemption": "monument",
        "power_kva": 80,
        "contracted_power_kw": 60,
        "floor_load_kn_m2": 5,
        "clear_height_m": 3.2,
        "fume_hoods": 0,
        "parking_places": 4,
        "parking_price_per_year": 400,
        "lab_level": "ML-II",
        "cleanroom_iso_class": 7,
        "vibration_class": "VC-C",
        "environmental_category": "3.1",
        "has_gases": True,
        "has_extraction": False,
        "has_loading_dock": None,
        "has_goods_lift": True,
        "has_247_access": True,
        "has_cold_storage": False,
        "has_shared_facilities": True,
        "co_brokers": ["Kantoor Esveld"],
        "contact_name": "A. Bakker",
        "contact_email": "a@example.org",
        "contact_phone": "+31534890000",
        "url": "https://example.org/1",
        "id": "1",
        "status": "let",
        "submitted_at": "2027-01-01T10:00:00Z",
        "published_at": None,
        "confirmed_at": None,
        "confirm_before": "2027-02-01",
        "quality": {"score": 0.8, "missing": []},
        "open_questions": [],
        "version": 3,
    }
    assert set(full) == set(vacancy_fields(AREAS))
    facts = read(a_case("vacancies", [full])).vacancies[0]
    assert facts.parts == (PartFacts("dry_lab", Decimal(240), Decimal(175)),)
    assert (facts.has_gases, facts.has_extraction, facts.has_loading_dock) == (True, False, None)
    assert (facts.cleanroom_iso_class, facts.clear_height_m) == (7, Decimal("3.2"))


@pytest.mark.parametrize(
    ("path_and_value", "fault"),
    [
        (("on", None), "on: is required"),
        (("on", "2027-02-30"), 'on: "2027-02-30" is not a day of the calendar'),
        (("on", "01-02-2027"), 'on: "01-02-2027" is not a date of the form 2027-02-01'),
        (("on", "2027-W05-1"), 'on: "2027-W05-1" is not a date of the form 2027-02-01'),
        (("on", "20270201"), 'on: "20270201" is not a date of the form 2027-02-01'),
        (("on", 20270201), "on: 20270201 is not a date of the form 2027-02-01"),
        (("today", 1), "today: unknown field"),
        (("x y", 1), '["x y"]: unknown field'),
        (("need", None), "need: is required"),
        (("need", "N1"), 'need: "N1" is not an object'),
        (("need", "reference", None), "need.reference: is required"),
        (("need", "reference", 7), "need.reference: 7 is not a text"),
        (("need", "reference", " "), "need.reference: the text is empty"),
        (("need", "reference", "x" * 65), "need.reference: the text is longer than 64 characters"),
        (("need", "title", "x"), "need.title: unknown field"),
        (("need", "criteria", None), "need.criteria: is required"),
        (("need", "criteria", {}), "need.criteria: an object is not a list"),
        (("need", "criteria", 0, []), "need.criteria[0]: a list is not an object"),
        (("need", "criteria", 0, "criterion", None), "need.criteria[0].criterion: is required"),
        (("need", "criteria", 0, "strictness", None), "need.criteria[0].strictness: is required"),
        (
            ("need", "criteria", 0, "strictness", "wish"),
            'need.criteria[0].strictness: "wish" is not one of must, should',
        ),
        (("need", "criteria", 0, "note", 1), "need.criteria[0].note: unknown field"),
        (("need", "criteria", 0, "asked", None), "need.criteria[0].asked: is required"),
        (("need", "criteria", 0, "weight", 7), "need.criteria[0].weight: 7 is more than 5"),
        (("need", "criteria", 2, "weight", None), "need.criteria[2].weight: is required"),
        (("need", "criteria", 2, "weight", 0), "need.criteria[2].weight: 0 is below 1"),
        (("need", "criteria", 2, "weight", 6), "need.criteria[2].weight: 6 is more than 5"),
        (("need", "criteria", 2, "weight", 2.5), "need.criteria[2].weight: 2.5 is not a whole number"),
        (("need", "criteria", 2, "weight", True), "need.criteria[2].weight: true is not a number"),
        (
            ("need", "criteria", 1, "asked", [300, 200]),
            "need.criteria[1].asked: from 300 is more than to 200",
        ),
        (
            ("need", "criteria", 1, "asked", [None, None]),
            "need.criteria[1].asked: [from, to] needs at least one bound",
        ),
        (
            ("need", "criteria", 1, "asked", [200]),
            "need.criteria[1].asked: a list is not of the form [from, to]",
        ),
        (("need", "criteria", 1, "asked", 200), "need.criteria[1].asked: 200 is not of the form [from, to]"),
        (("need", "criteria", 1, "asked", [-1, 200]), "need.criteria[1].asked[0]: -1 is below 0"),
        (("need", "criteria", 1, "asked", [0, 0]), "need.criteria[1].asked[1]: 0 is not above 0"),
        (("need", "criteria", 1, "asked", [True, 200]), "need.criteria[1].asked[0]: true is not a number"),
        (("need", "criteria", 2, "asked", []), "need.criteria[2].asked: the list is empty"),
        (("need", "criteria", 2, "asked", "ut_campus"), 'need.criteria[2].asked: "ut_campus" is not a list'),
        (("vacancies", None), "vacancies: is required"),
        (("vacancies", {}), "vacancies: an object is not a list"),
        (("vacancies", 0, 5), "vacancies[0]: 5 is not an object"),
        (("vacancies", 0, "reference", None), "vacancies[0].reference: is required"),
        (("vacancies", 0, "reference", 5), "vacancies[0].reference: 5 is not a text"),
        (("vacancies", 0, "area_m2", -5), "vacancies[0].area_m2: -5 is not above 0"),
        (("vacancies", 0, "area_m2", 0), "vacancies[0].area_m2: 0 is not above 0"),
        (("vacancies", 0, "area_m2", "large"), 'vacancies[0].area_m2: "large" is not a number'),
        (
            ("vacancies", 0, "area_m2", "240,5"),
            'vacancies[0].area_m2: "240,5" is not a number: write the decimals after a point',
        ),
        (("vacancies", 0, "area_m2", [240]), "vacancies[0].area_m2: a list is not a number"),
        (("vacancies", 0, "area_m2", 10**12), "vacancies[0].area_m2: 1000000000000 is too large"),
        (
            ("vacancies", 0, "area_m2", "1.0000000000001"),
            'vacancies[0].area_m2: "1.0000000000001" has too many decimals',
        ),
        (("vacancies", 0, "areaM2", 240), "vacancies[0].areaM2: unknown field; did you mean area_m2?"),
        (
            ("vacancies", 0, "has247Access", True),
            "vacancies[0].has247Access: unknown field; did you mean has_247_access?",
        ),
        (("vacancies", 0, "total_per_month", 5), "vacancies[0].total_per_month: unknown field"),
        (("vacancies", 0, "area_kind", "nvo"), 'vacancies[0].area_kind: "nvo" is not one of vvo, bvo, gbo'),
        (
            ("vacancies", 0, "divisible_from_m2", 241),
            "vacancies[0].divisible_from_m2: 241 is more than area_m2 240",
        ),
        (("vacancies", 0, "divisible_from_m2", 0), "vacancies[0].divisible_from_m2: 0 is not above 0"),
        (("vacancies", 0, "rent_per_m2_year", -1), "vacancies[0].rent_per_m2_year: -1 is below 0"),
        (
            ("vacancies", 0, "minimum_term_months", 301),
            "vacancies[0].minimum_term_months: 301 is more than 300",
        ),
        (("vacancies", 0, "fume_hoods", 1.5), "vacancies[0].fume_hoods: 1.5 is not a whole number"),
        (("vacancies", 0, "has_gases", "yes"), 'vacancies[0].has_gases: "yes" is neither true nor false'),
        (("vacancies", 0, "has_gases", 1), "vacancies[0].has_gases: 1 is neither true nor false"),
        (("vacancies", 0, "cleanroom_iso_class", 0), "vacancies[0].cleanroom_iso_class: 0 is below 1"),
        (("vacancies", 0, "cleanroom_iso_class", 10), "vacancies[0].cleanroom_iso_class: 10 is more than 9"),
        (
            ("vacancies", 0, "lab_level", "ML-IV"),
            'vacancies[0].lab_level: "ML-IV" is not one of ML-I, ML-II, ML-III',
        ),
        (("vacancies", 0, "parts", {}), "vacancies[0].parts: an object is not a list"),
        (("vacancies", 0, "parts", [3]), "vacancies[0].parts[0]: 3 is not an object"),
        (("vacancies", 0, "parts", [{}]), "vacancies[0].parts[0].space_type: is required"),
        (
            ("vacancies", 0, "parts", [{"space_type": "office", "area_m2": 0}]),
            "vacancies[0].parts[0].area_m2: 0 is not above 0",
        ),
        (
            ("vacancies", 0, "parts", [{"space_type": "office", "area_kind": "vvo"}]),
            "vacancies[0].parts[0].area_kind: unknown field",
        ),
    ],
)
def test_a_fault_is_named_with_its_path(path_and_value, fault):
    named = faults(a_case(*path_and_value))
    assert len(named) == 1
    assert named[0].startswith(fault)


@pytest.mark.parametrize(
    ("criterion", "asked", "fault"),
    [
        ("colour", "red", 'criterion: "colour" is not one of space_type, area_m2, '),
        ("space_type", "barn", 'asked: "barn" is not one of office, dry_lab, '),
        ("available_from", "soon", 'asked: "soon" is not a date of the form 2027-02-01'),
        ("rent_per_m2_year", "180 EUR", 'asked: "180 EUR" is not a number'),
        ("total_per_month", -1, "asked: -1 is below 0"),
        ("minimum_term_months", 12.5, "asked: 12.5 is not a whole number"),
        ("area_code", ["mars"], 'asked[0]: "mars" is not one of '),
        ("area_code", ["ut_campus", None], "asked[1]: null is not one of "),
        ("power_kva", [60], "asked: a list is not a number"),
        ("fume_hoods", 2.5, "asked: 2.5 is not a whole number"),
        ("parking_places", -1, "asked: -1 is below 0"),
        ("lab_level", "ML-4", 'asked: "ML-4" is not one of ML-I, ML-II, ML-III'),
        ("cleanroom_iso_class", 10, "asked: 10 is more than 9"),
        ("vibration_class", "VC-H", 'asked: "VC-H" is not one of VC-A, '),
        ("environmental_category", "3", 'asked: "3" is not one of 1, 2, 3.1, '),
        ("environmental_category", 3.1, "asked: 3.1 is not one of 1, 2, 3.1, "),
        ("has_gases", False, "asked: false is not true"),
    ],
)
def test_what_a_criterion_cannot_ask_is_named(criterion, asked, fault):
    case = a_case("need", "criteria", [{"criterion": criterion, "strictness": "must", "asked": asked}])
    named = faults(case)
    assert len(named) == 1
    assert named[0].startswith(f"need.criteria[0].{fault}")


def test_every_fault_of_a_case_is_named_at_once():
    case = a_case("on", "tomorrow")
    case["need"]["criteria"][1]["asked"] = [300, 200]
    case["need"]["criteria"][2] |= {"weight": 9, "asked": ["mars"]}
    case["vacancies"] += [{"reference": "V1", "area_code": "mars"}, {"area_m2": -5, "colour": "red"}]
    assert [fault.split(":")[0] for fault in faults(case)] == [
        "on",
        "need.criteria[1].asked",
        "need.criteria[2].weight",
        "need.criteria[2].asked[0]",
        "vacancies[1].reference",
        "vacancies[1].area_code",
        "vacancies[2].colour",
        "vacancies[2].reference",
        "vacancies[2].area_m2",
    ]


def test_facts_of_one_vacancy_that_contradict_each_other_are_named():
    case = a_case("vacancies", 0, "available_from", "2027-04-01")
    case["vacancies"][0] |= {
        "available_until": "2027-04-01",
        "temporary_until": "2027-03-01",
        "rent_on_request": True,
        "rent_per_m2_year": 175,
    }
    assert faults(case) == [
        "vacancies[0].available_until: 2027-04-01 is not after available_from 2027-04-01",
        "vacancies[0].temporary_until: 2027-03-01 is not after available_from 2027-04-01",
        "vacancies[0].rent_on_request: true contradicts rent_per_m2_year, which is given",
    ]


def test_a_weight_on_a_must_says_nothing():
    assert read(a_case("need", "criteria", 0, "weight", 5)).need.criteria[0].strictness is Strictness.MUST


def test_a_reference_that_stands_twice_names_the_first_place():
    case = a_case("vacancies", [{"reference": "A"}, {"reference": "B"}, {"reference": "A"}])
    assert faults(case) == ['vacancies[2].reference: "A" stands already in vacancies[0]']


def test_small_numbers_and_a_range_of_one_point_are_accepted():
    case = a_case("vacancies", 0, "area_m2", 0.5)
    case["need"]["criteria"][1]["asked"] = [0.5, 0.5]
    assert answer(case)["judgements"][0]["criteria"][1]["outcome"] == "meets"


def test_a_criterion_that_is_asked_twice_names_the_first_place():
    case = a_case()
    case["need"]["criteria"].append({**case["need"]["criteria"][1], "strictness": "should", "weight": 1})
    assert faults(case) == ['need.criteria[3].criterion: "area_m2" stands already in need.criteria[1]']


def test_a_key_that_stands_twice_is_a_fault():
    text = json.dumps(CASE).replace('"area_m2": 240', '"area_m2": 240, "area_m2": 24')
    assert faults(text) == ["vacancies[0].area_m2: stands twice"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999999999999999999999"])
def test_what_json_knows_as_no_number_is_named_where_it_stands(number):
    text = json.dumps(CASE).replace('"area_m2": 240', f'"area_m2": {number}')
    assert faults(text) == [f"vacancies[0].area_m2: {number} is not a number"]
    text = json.dumps(CASE).replace('"area_m2": 240', f'"version": {number}')
    assert faults(text) == [f"vacancies[0].version: {number} is not a number"]


@pytest.mark.parametrize(
    ("sign", "quoted"), [("\\u0000", "\\u0000"), ("\\ud800", "\\ud800"), ("\\u001b", "\\u001b")]
)
def test_characters_that_cannot_be_stored_are_refused_and_quoted_harmlessly(sign, quoted):
    text = json.dumps(CASE).replace('"N1"', f'"N{sign}"')
    assert faults(text) == [f'need.reference: "N{quoted}": The text holds a character that cannot be stored.']
    text = json.dumps(CASE).replace('"area_code": "ut', f'"area{sign}": "ut')
    assert faults(text)[0].startswith(f'vacancies[0]["area{quoted}"]: unknown field')


def test_a_long_value_is_quoted_short():
    assert shown("x" * 500) == f'"{"x" * 59}…'


@pytest.mark.parametrize("raw", ["[]", "null", "7", '"case"'])
def test_a_case_is_an_object(raw):
    named = faults(raw)
    assert len(named) == 1
    assert named[0].endswith(" is not an object")


def test_an_empty_object_misses_everything():
    assert faults("{}") == ["on: is required", "need: is required", "vacancies: is required"]


def test_a_number_of_ten_thousand_digits_is_too_large():
    text = json.dumps(CASE).replace('"area_m2": 240', f'"area_m2": {"9" * 10_000}')
    named = faults(text)
    assert len(named) == 1
    assert named[0].endswith("… is too large")


def test_the_table_of_criteria_and_the_estates_lists_agree():
    assert list(LAB_LEVELS) == LabLevel.values
    assert list(VIBRATION_CLASSES) == VibrationClass.values
    assert list(ENVIRONMENTAL_CATEGORIES) == EnvironmentalCategory.values
    assert set(DEFAULT_SUBSTITUTES) <= set(SpaceType.values)
    assert {near for types in DEFAULT_SUBSTITUTES.values() for near in types} <= set(SpaceType.values)


def test_everything_has_a_name_for_people():
    assert set(CRITERION_LABELS) == set(Criterion)
    assert set(OUTCOME_LABELS) == set(Outcome)
    assert set(VERDICT_LABELS) == set(Verdict)
    assert set(STRICTNESS_LABELS) == set(Strictness)
    assert set(UNIT_LABELS) == set(Unit)
    assert [value for value, _label in CRITERION_CHOICES] == [each.value for each in Criterion]
