"""Working days of the Netherlands: known holidays, and counting against a calendar walked day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.common.workdays import add_workdays, holidays_in, is_workday, workdays_between

DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 4, 27),  # King's Day
        date(2026, 5, 14),  # Ascension Day
        date(2026, 5, 25),  # Whit Monday
        date(2026, 12, 25),
        date(2025, 5, 5),  # Liberation Day of a lustrum year
    ],
)
def test_a_public_holiday_is_no_working_day(day):
    assert not is_workday(day)
    assert day in holidays_in(day.year)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 5, 5),  # Liberation Day of another year
        date(2025, 4, 28),  # King's Day was on Saturday 26 April
        date(2026, 12, 24),
        date(2026, 10, 22),
    ],
)
def test_other_weekdays_are_working_days(day):
    assert is_workday(day)


def test_days_between_count_the_last_and_not_the_first():
    friday, monday = date(2026, 10, 16), date(2026, 10, 19)
    assert workdays_between(friday, monday) == 1
    assert workdays_between(friday, friday) == 0
    assert workdays_between(monday, friday) == 0
    assert workdays_between(date(2026, 4, 2), date(2026, 4, 7)) == 1  # Thursday to Tuesday around Easter


@given(DAYS, st.integers(0, 500))
def test_counting_agrees_with_a_walk_through_the_calendar(first, length):
    last = first + timedelta(days=length)
    walked = sum(is_workday(first + timedelta(days=step)) for step in range(1, length + 1))
    assert workdays_between(first, last) == walked


@given(DAYS, st.integers(1, 60))
def test_adding_working_days_is_the_inverse_of_counting_them(first, count):
    reached = add_workdays(first, count)
    assert workdays_between(first, reached) == count
    assert is_workday(reached)
