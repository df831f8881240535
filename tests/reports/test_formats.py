from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crm.common.months import Month
from crm.reports.formats import Formats, rounded, sentence

DUTCH, ENGLISH = Formats("nl"), Formats("en")


@pytest.mark.parametrize(
    ("value", "decimals", "dutch", "english"),
    [
        (12730, 0, "12.730", "12,730"),
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (16.65, 1, "16,7", "16.7"),
        (2.5, 0, "3", "3"),
        (-1.25, 1, "−1,3", "−1.3"),
        (-0.04, 1, "0,0", "0.0"),
        (Decimal("0.05"), 1, "0,1", "0.1"),
        (0, 0, "0", "0"),
    ],
)
def test_numbers_are_written_by_language_and_rounded_half_up(value, decimals, dutch, english):
    assert DUTCH.number(value, decimals) == dutch
    assert ENGLISH.number(value, decimals) == english


def test_a_signed_number_has_its_sign_and_zero_has_none():
    assert [DUTCH.number(value, 1, signed=True) for value in (1.7, -1.7, 0.0, -0.01)] == [
        "+1,7",
        "−1,7",
        "0,0",
        "0,0",
    ]


def test_a_share_becomes_a_percentage():
    assert (DUTCH.percent(0.373, 1), ENGLISH.percent(0.373, 1)) == ("37,3%", "37.3%")
    assert DUTCH.percent(0.345) == "35%"


def test_days_and_months_are_written_by_language():
    day = date(2026, 10, 31)
    assert (DUTCH.day(day), ENGLISH.day(day)) == ("31 oktober 2026", "31 October 2026")
    assert (DUTCH.short_day(day), ENGLISH.short_day(day)) == ("31 okt.", "31 Oct")
    assert (DUTCH.day_and_month(day), ENGLISH.day_and_month(day)) == ("31 oktober", "31 October")
    assert (DUTCH.short_day_and_year(day), ENGLISH.short_day_and_year(day)) == ("31 okt. 2026", "31 Oct 2026")
    assert (DUTCH.month(Month(2026, 3)), ENGLISH.month(Month(2026, 3))) == ("maart 2026", "March 2026")


def test_a_moment_is_shown_on_the_clock_of_amsterdam_in_winter_and_summer():
    assert DUTCH.moment(datetime(2026, 11, 6, 11, tzinfo=UTC)) == "6 november 2026, 12.00 uur"
    assert ENGLISH.moment(datetime(2026, 7, 7, 22, 30, tzinfo=UTC)) == "8 July 2026, 00:30"


def test_small_counts_are_words_and_large_ones_digits():
    assert (DUTCH.spelled(1), ENGLISH.spelled(12), DUTCH.spelled(13), ENGLISH.spelled(1200)) == (
        "één",
        "twelve",
        "13",
        "1,200",
    )


def test_words_are_joined_with_and_before_the_last():
    assert [DUTCH.listed(["a", "b", "c"][:count]) for count in range(4)] == ["", "a", "a en b", "a, b en c"]
    assert ENGLISH.listed(["a", "b"]) == "a and b"


def test_a_region_after_the_language_is_ignored_and_another_language_refused():
    assert Formats("nl-NL") == DUTCH
    assert Formats("en_GB").number(1.5, 1) == "1.5"
    with pytest.raises(ValueError, match="'de'"):
        Formats("de")


def test_a_sentence_gets_a_capital_and_keeps_the_others():
    assert sentence("één R&D-dependance") == "Één R&D-dependance"
    assert sentence("") == ""


def test_rounding_goes_away_from_zero_at_the_half():
    assert (rounded(2.5), rounded(-2.5), rounded(0.25, 1)) == (Decimal(3), Decimal(-3), Decimal("0.3"))
