"""Days in words, in Dutch and English: read where they mean one day, refused with a sentence where they mean two or none."""

from datetime import date

import pytest
from django.utils import translation

from crm.backoffice.spoken_days import NotADayError, read_day

TODAY = date(2026, 10, 22)  # a Thursday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("gisteren", date(2026, 10, 21)),
        ("Yesterday", date(2026, 10, 21)),
        ("eergisteren", date(2026, 10, 20)),
        ("vandaag", TODAY),
        ("vrijdag", date(2026, 10, 16)),
        ("last friday", date(2026, 10, 16)),
        ("afgelopen maandag", date(2026, 10, 19)),
        ("deze maandag", date(2026, 10, 19)),
        ("2 okt", date(2026, 10, 2)),
        ("op 2 oktober 2025", date(2025, 10, 2)),
        ("October 5th", date(2026, 10, 5)),
        ("5e mei", date(2026, 5, 5)),
        ("vrijdag 16 oktober", date(2026, 10, 16)),
        ("3 dagen geleden", date(2026, 10, 19)),
        ("een week geleden", date(2026, 10, 15)),
        ("two days ago", date(2026, 10, 20)),
        ("2026-10-21", date(2026, 10, 21)),
        ("31-12-2025", date(2025, 12, 31)),
        ("03-04-2026", date(2026, 4, 3)),
        ("31/12/2025", date(2025, 12, 31)),
        ("2-10", date(2026, 10, 2)),
    ],
)
def test_a_day_of_contact_lies_behind_us(text, day):
    assert read_day(text, TODAY, "past") == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("morgen", date(2026, 10, 23)),
        ("overmorgen", date(2026, 10, 24)),
        ("vrijdag", date(2026, 10, 23)),
        ("next monday", date(2026, 10, 26)),
        ("2 nov", date(2026, 11, 2)),
        ("2 mrt", date(2027, 3, 2)),
        ("over 2 weken", date(2026, 11, 5)),
        ("in three days", date(2026, 10, 25)),
        ("31-12-2026", date(2026, 12, 31)),
    ],
)
def test_a_promise_lies_ahead_of_us(text, day):
    assert read_day(text, TODAY, "future") == day


@pytest.mark.parametrize(
    "text", ["3/4/2026", "donderdag", "last monday", "volgende vrijdag", "vorige woensdag", "5/6"]
)
def test_what_may_be_two_days_is_refused_with_both(text):
    with translation.override("en"), pytest.raises(NotADayError, match=r"may be .* or .*: write the date"):
        read_day(text, TODAY, "past")


@pytest.mark.parametrize("text", ["2 nov", "1 jan"])
def test_a_day_without_a_year_far_on_the_other_side_asks_for_the_year(text):
    with translation.override("en"), pytest.raises(NotADayError, match="still to come this year"):
        read_day(text, TODAY, "past")


def test_around_new_year_the_nearest_day_is_meant():
    assert read_day("20 dec", date(2027, 1, 10), "past") == date(2026, 12, 20)
    assert read_day("10 jan", date(2026, 12, 20), "future") == date(2027, 1, 10)


def test_on_the_29th_of_february_a_year_is_needed_where_there_is_none_near():
    assert read_day("29 feb", date(2028, 3, 1), "past") == date(2028, 2, 29)
    with pytest.raises(NotADayError):
        read_day("29 feb", TODAY, "past")


@pytest.mark.parametrize(
    "text",
    [
        "banaan", "banaan 5", "5 minuten", "nov", "2", "10:30", "vorige week", "31-2-2026", "31-12-26",
        "12 nov 3000", "0026-10-21", "<script>alert(1)</script>", "‮gisteren", "😀", "x" * 500,
        "vrijdag 15 oktober", "over 2 dagen geleden", "2026-13-01", "١٢ nov",
    ],
)  # fmt: skip
def test_what_names_no_day_is_refused_in_a_sentence(text):
    with pytest.raises(NotADayError) as refused:
        read_day(text, TODAY, "past")
    assert 10 < len(str(refused.value)) < 200
