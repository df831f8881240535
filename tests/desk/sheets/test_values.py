"""Cells as people write them: numbers, days, yes and no, KvK numbers; and what is said of a reading that was a guess."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from crm.acquisition.choices import Stage
from crm.desk.sheets import values
from crm.desk.sheets.values import Reading, Unreadable


def read(kind, cell, current=None):
    return kind.read(cell, Reading(None, current))


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12.500,50", "12500.50"),
        ("12,500.50", "12500.50"),
        ("€ 1.250,-", "1250"),
        ("1.250", "1250"),
        ("1 250 m²", "1250"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("0.12", "0.12"),
        ("-3", "-3"),
        ("1.000.000", "1000000"),
        (175, "175"),
        (175.1, "175.1"),
        ("'-3", "-3"),
    ],
)
def test_numbers_are_read_as_they_are_written(cell, number):
    assert read(values.decimal_of(2), cell) == Decimal(number)


@pytest.mark.parametrize(
    "cell", ["veel", "12..5", "1,2,3x", "=1+1", "NaN", "1e999", True, date(2026, 1, 1), "#N/B", "١٢"]
)
def test_what_is_no_number_is_refused(cell):
    with pytest.raises(Unreadable):
        read(values.decimal_of(2), cell)


def test_thousands_that_may_be_decimals_are_said():
    reading = Reading(None)
    values.decimal_of(2).read("1.250", reading)
    assert len(reading.remarks) == 1


@pytest.mark.parametrize(
    "cell",
    ["31-12-2026", "31/12/2026", "31.12.2026", "2026-12-31", "31 dec 2026", "31 december 2026", "31-12-26", 46387, "46387",
     datetime(2026, 12, 31), date(2026, 12, 31), "2026-12-31 00:00:00"],  # noqa: DTZ001 as a workbook holds it
)  # fmt: skip
def test_days_are_read_as_they_are_written(cell):
    assert read(values.DAY, cell) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "cell", ["31-13-2026", "12/31/2026", "2026", "morgen", "29-02-2027", "0000-00-00", "99999", "31-12-0026"]
)
def test_what_is_no_day_is_refused_with_how_to_write_one(cell):
    with pytest.raises(Unreadable):
        read(values.DAY, cell)


@pytest.mark.parametrize(
    ("cell", "number", "remarks"),
    [
        ("01234567", "01234567", 0),
        (1234567, "01234567", 1),
        ("KvK 12.34.56.78", "12345678", 0),
        (12345678.0, "12345678", 0),
        ("123", "123", 0),
    ],
)
def test_a_kvk_number_gets_its_zero_back_and_that_is_said(cell, number, remarks):
    reading = Reading(None)
    assert values.KVK.read(cell, reading) == number
    assert len(reading.remarks) == remarks


@pytest.mark.parametrize(
    ("cell", "answer"), [("Ja", True), ("x", True), (1, True), ("nee", False), ("WAAR", True), (False, False)]
)
def test_yes_and_no_in_many_ways(cell, answer):
    assert read(values.YES_NO, cell) is answer


@pytest.mark.parametrize("cell", ["site_visit", "Site visit", "bezoek", "BEZOEK "])
def test_a_choice_is_read_by_code_and_in_both_languages(cell):
    assert read(values.choice_of(Stage.choices), cell) == "site_visit"


def test_an_unknown_choice_names_those_there_are():
    with pytest.raises(Unreadable, match="Contact"):
        read(values.choice_of(Stage.choices), "Koffie")


def test_the_apostrophe_of_an_export_comes_off_and_one_that_stands_already_stays():
    assert read(values.TEXT, "'=SUM(1)") == "=SUM(1)"
    assert read(values.TEXT, "'s-Hertogenbosch") == "'s-Hertogenbosch"
    assert read(values.TEXT, "'=x", current="'=x") == "'=x"
