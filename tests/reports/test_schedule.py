from datetime import UTC, datetime

import pytest

from crm.common.months import Month
from crm.reports import rates
from crm.reports.schedule import default_known_at


@pytest.mark.parametrize(
    ("month", "moment"),
    [
        (Month(2026, 10), datetime(2026, 11, 6, 11, tzinfo=UTC)),  # 1 November is a Sunday
        (Month(2027, 3), datetime(2027, 4, 7, 10, tzinfo=UTC)),  # Easter Monday was in March; summer time
        (Month(2026, 12), datetime(2027, 1, 8, 11, tzinfo=UTC)),  # New Year's Day is free
        (Month(2026, 3), datetime(2026, 4, 9, 10, tzinfo=UTC)),  # Good Friday and Easter Monday are free
        (Month(2026, 4), datetime(2026, 5, 7, 10, tzinfo=UTC)),  # 5 May counts as a working day in 2026
        (Month(2030, 4), datetime(2030, 5, 7, 10, tzinfo=UTC)),  # in 2030 it falls on a Sunday
    ],
)
def test_an_edition_is_due_at_noon_of_the_fifth_working_day(month, moment):
    assert default_known_at(month) == moment


@pytest.mark.parametrize(("s", "n", "low", "high"), [(1, 10, 0.0110, 0.3813), (3, 10, 0.0927, 0.6058)])
def test_the_jeffreys_interval_has_its_known_answers(s, n, low, high):
    assert rates.jeffreys(s, n, interval=0.95) == (low, high)


def test_the_chance_lies_between_a_half_and_what_was_observed():
    assert (rates.chance(0, 0), rates.chance(5, 5), rates.chance(0, 4)) == (0.5, 0.9167, 0.1)


def test_more_forward_than_left_is_no_share():
    with pytest.raises(ValueError, match="6 of 5"):
        rates.jeffreys(6, 5)
