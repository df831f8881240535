"""`manage.py match`: the known answers through the door, the table for people, and exit code 2 for bad input."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import translation

from crm.estate.models import Area, Vacancy
from crm.estate.querysets import AreaQuerySet
from crm.matching.management.commands.match import Command

NEED = {
    "reference": "N1",
    "criteria": [
        {"criterion": "space_type", "strictness": "must", "asked": "dry_lab"},
        {"criterion": "area_m2", "strictness": "must", "asked": [200, 260]},
        {"criterion": "available_from", "strictness": "must", "asked": "2027-06-01"},
        {"criterion": "power_kva", "strictness": "must", "asked": 60},
        {"criterion": "rent_per_m2_year", "strictness": "should", "weight": 3, "asked": 180},
        {"criterion": "area_code", "strictness": "should", "weight": 1, "asked": ["ut_campus"]},
        {"criterion": "has_247_access", "strictness": "should", "weight": 2, "asked": True},
    ],
}
V1 = {
    "reference": "V1",
    "space_type": "dry_lab",
    "area_m2": 240,
    "area_kind": "vvo",
    "available_from": "2027-04-01",
    "power_kva": 80,
    "rent_per_m2_year": 175,
    "area_code": "ut_campus",
    "has_247_access": True,
}
VACANCIES = [
    V1,
    {**V1, "reference": "V2", "power_kva": None},
    {**V1, "reference": "V3", "rent_per_m2_year": 190, "has_247_access": None, "area_code": "bs_park"},
    {**V1, "reference": "V4", "area_m2": 400, "divisible_from_m2": 220},
    {**V1, "reference": "V5", "area_m2": 175},
    {**V1, "reference": "V6", "space_type": "office"},
    {**V1, "reference": "V7", "space_type": "office", "power_kva": 50},
    {**V1, "reference": "V8", "available_from": "2027-08-15", "power_kva": 56},
    {**V1, "reference": "V9", "status": "let"},
    {
        **V1,
        "reference": "V10",
        "rent_per_m2_year": 220,
        "area_code": "technology_base",
        "has_247_access": False,
    },
]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def case_file(tmp_path):
    def write(case) -> str:
        path = tmp_path / "case.json"
        path.write_text(case if isinstance(case, str) else json.dumps(case))
        return str(path)

    return write


def match(path, *options) -> str:
    out = StringIO()
    call_command("match", "--case", path, *options, stdout=out)
    return out.getvalue()


def case_of(*vacancies, on="2027-02-01"):
    return {"on": on, "need": NEED, "vacancies": list(vacancies)}


@pytest.mark.django_db
def test_the_known_answers_come_in_order(case_file):
    found = json.loads(match(case_file(case_of(*reversed(VACANCIES))), "--json"))
    assert (found["on"], found["need"]) == ("2027-02-01", "N1")
    assert [(each["reference"], each["verdict"], each["score"]) for each in found["judgements"]] == [
        ("V1", "fits", [1, 1]),
        ("V4", "fits", [1, 1]),
        ("V9", "fits", [1, 1]),
        ("V3", "fits", [0.333, 0.667]),
        ("V10", "fits", [0, 0]),
        ("V2", "ask", [1, 1]),
        ("V5", "near_miss", [1, 1]),
        ("V6", "near_miss", [1, 1]),
        ("V8", "near_miss", [1, 1]),
        ("V7", "no", [1, 1]),
    ]
    for judgement in found["judgements"]:
        assert [each["criterion"] for each in judgement["criteria"]] == [
            each["criterion"] for each in NEED["criteria"]
        ]


@pytest.mark.django_db
def test_which_areas_count_is_read_from_the_park_on_the_day_of_the_case(case_file):
    case = case_of({**V1, "area_code": "vredestein"})

    def area_outcome(on) -> str:
        found = json.loads(match(case_file({**case, "on": on}), "--json"))
        return found["judgements"][0]["criteria"][5]["outcome"]

    assert area_outcome("2027-02-01") == "fails"
    Area.objects.filter(code="vredestein").update(counts_from=date(2027, 2, 1))
    assert area_outcome("2027-01-31") == "fails"
    assert area_outcome("2027-02-01") == "near"


@pytest.mark.django_db
def test_nothing_is_stored(case_file, django_assert_num_queries):
    path = case_file(case_of(*VACANCIES))
    with django_assert_num_queries(2):
        match(path, "--json")
    assert not Vacancy.objects.exists()


@pytest.mark.django_db
def test_the_table_names_verdict_score_unknowns_reasons_and_questions(case_file):
    far = {"reference": "V11", "divisible_from_m2": 300, "area_m2": 900, "area_kind": "vvo", "power_kva": 0}
    lines = match(case_file(case_of(*VACANCIES, far))).splitlines()
    assert lines[0] == "Need N1 on 2027-02-01: 11 spaces"
    assert "V1  fits; 1.000" in lines
    assert "V3  fits; 0.333–0.667; 1 unknown" in lines
    assert "V2  to ask; 1.000; 1 unknown" in lines
    assert "V7  does not fit; 1.000" in lines
    assert "    Ask the broker: power in kVA" in lines
    text = " ".join(" ".join(lines).split())
    assert (
        "should 3 rent per m² per year, excl. VAT near asked 180 offered 190 +10 EUR/m²/year (5.6 %)" in text
    )
    assert "must area in m² near asked 200–260 offered 175 -25 m² (-12.5 %)" in text
    assert "must area in m² meets asked 200–260 offered 220–400" in text
    assert "must area in m² fails asked 200–260 offered 300–900 +40 m² (15.4 %)" in text
    assert "must space type fails asked Dry lab offered Office" in text
    assert "must available from near asked 2027-06-01 offered 2027-08-15 +75 days" in text
    assert "should 2 access day and night fails asked yes offered no" in text
    assert "should 1 area near asked ut_campus offered bs_park" in text


@pytest.mark.django_db
def test_the_table_shows_open_ranges_totals_and_the_parts_of_a_mixed_space(case_file):
    asked = [
        ("space_type", "wet_lab"),
        ("area_m2", [None, 50]),
        ("total_per_month", "100"),
        ("fume_hoods", 1000),
    ]
    criteria = [{"criterion": name, "strictness": "must", "asked": value} for name, value in asked]
    vacancy = {
        "reference": "M1",
        "parts": [{"space_type": "office"}, {"space_type": "storage"}],
        "area_m2": "100.50",
        "area_kind": "vvo",
        "rent_per_m2_year": 120,
    }
    case = {"on": "2027-02-01", "need": {"reference": "N", "criteria": criteria}, "vacancies": [vacancy]}
    text = " ".join(match(case_file(case)).split())
    assert text.startswith("Need N on 2027-02-01: 1 space M1 does not fit; 1.000; 1 unknown")
    assert "asked Wet lab offered Office, Storage" in text
    assert "asked up to 50 offered 100.5 +50.5 m² (101.0 %)" in text
    assert "asked 100 offered from 1005 +905 EUR/month (905.0 %)" in text
    assert "must fume hoods unknown asked 1000 offered unknown" in text


@pytest.mark.django_db
def test_a_need_that_asks_nothing_has_an_empty_table(case_file):
    case = {"on": "2027-02-01", "need": {"reference": "N", "criteria": []}, "vacancies": [V1]}
    assert match(case_file(case)).splitlines() == ["Need N on 2027-02-01: 1 space", "", "V1  fits; 1.000"]


@pytest.mark.django_db
def test_every_fault_is_named_and_the_exit_code_is_2(case_file):
    path = case_file(case_of(V1, {**V1, "area_code": "mars"}, {"reference": "V3", "area_m2": -5}))
    with pytest.raises(CommandError) as caught:
        match(path, "--json")
    assert caught.value.returncode == 2
    assert str(caught.value).splitlines() == [
        f"3 faults in {path}:",
        'vacancies[1].reference: "V1" stands already in vacancies[0]',
        'vacancies[1].area_code: "mars" is not one of bs_park, technology_base, twente_village, ut_campus, vredestein',
        "vacancies[2].area_m2: -5 is not above 0",
    ]


def test_a_missing_file_is_a_fault_without_touching_the_database(tmp_path):
    with pytest.raises(CommandError) as caught:
        match(str(tmp_path / "absent.json"))
    assert caught.value.returncode == 2
    assert str(caught.value).splitlines() == [
        f"1 fault in {tmp_path}/absent.json:",
        "The file does not exist.",
    ]


def test_a_database_that_is_not_there_is_named(case_file, monkeypatch):
    def fail(*_args, **_options):
        raise DatabaseError("no such table: estate_area")

    monkeypatch.setattr(AreaQuerySet, "values_list", fail)
    with pytest.raises(CommandError) as caught:
        match(case_file(case_of(V1)))
    assert caught.value.returncode == 2
    assert "no such table: estate_area" in str(caught.value)


def test_help_says_what_the_command_does():
    text = " ".join(Command().create_parser("manage.py", "match").format_help().split())
    assert "Nothing is stored" in text
    assert "--case FILE" in text
