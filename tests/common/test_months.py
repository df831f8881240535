"""Days, months and positions in time as the park reckons them."""

from datetime import UTC, date, datetime

import pytest

from crm.common.months import AMSTERDAM, Month, add_months, amsterdam_day, position_in_time


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 30, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_a_moment_belongs_to_its_day_in_amsterdam_across_new_year_and_both_clock_changes(moment, day):
    assert amsterdam_day(moment) == day


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2027, 6, 1), 3, date(2027, 9, 1)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2027, 5, 15), 18, date(2028, 11, 15)),
    ],
)
def test_adding_months_keeps_the_day_or_takes_the_months_last(day, months, result):
    assert add_months(day, months) == result


def test_a_day_has_a_position_in_time_that_includes_the_day():
    assert round(position_in_time(date(2027, 3, 31)), 4) == 2027.2466
    assert position_in_time(date(2023, 12, 31)) == 2024.0
    assert position_in_time(date(2024, 12, 31)) == 2025.0


def test_a_month_is_a_value_with_first_and_last_day_and_end():
    month = Month.parse("2026-12")
    assert (month.first_day, month.last_day) == (date(2026, 12, 1), date(2026, 12, 31))
    assert month.end == datetime(2027, 1, 1, tzinfo=AMSTERDAM)
    assert (month.next(), month.previous()) == (Month(2027, 1), Month(2026, 11))
    assert Month(2026, 1).previous() == Month(2025, 12)
    assert Month.of(date(2026, 12, 31)) == month
    assert str(Month(2026, 2)) == "2026-02"
    assert Month(2026, 2) < Month(2026, 11) < Month(2027, 1)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "26-01", "2026/01", "2026-01-01", "", "２０２６-01"]
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)
