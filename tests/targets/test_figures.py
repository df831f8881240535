"""Plan lines and rates: the known answers of the definitions, and what happens outside the window."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from crm.targets.figures import Plan, Window, part_of_year, tenth

WINDOW = Window(date(2026, 1, 1), date(2035, 12, 31))


def plan(baseline: int, goal: int, *, is_geometric: bool) -> Plan:
    return Plan(baseline, goal, 2024, 2035, is_geometric=is_geometric)


@pytest.mark.parametrize(
    ("baseline", "goal", "linear", "geometric"),
    [
        (483, 700, "522.5", "516.7"),
        (180, 300, "201.8", "197.5"),
        (12_730, 16_500, "13415.5", "13344.8"),
    ],
)
def test_plan_lines_give_the_known_answers_at_the_start_of_2026(baseline, goal, linear, geometric):
    last_day = date(2025, 12, 31)
    assert plan(baseline, goal, is_geometric=False).at(last_day) == Decimal(linear)
    assert plan(baseline, goal, is_geometric=True).at(last_day) == Decimal(geometric)


def test_the_plan_of_companies_on_31_march_2027_is_538_9():
    assert plan(483, 700, is_geometric=True).at(date(2027, 3, 31)) == Decimal("538.9")


@pytest.mark.parametrize("is_geometric", [True, False])
def test_the_plan_is_level_before_the_baseline_and_after_the_goal(is_geometric):
    line = plan(483, 700, is_geometric=is_geometric)
    assert [line.at(day) for day in (date(1999, 5, 5), date(2023, 12, 31))] == [483, 483]
    assert [line.at(day) for day in (date(2034, 12, 31), date(2035, 6, 1), date(9999, 12, 31))] == [700] * 3
    assert 697 < line.at(date(2034, 12, 1)) < 700


def test_a_plan_from_nothing_is_a_straight_line():
    assert plan(0, 110, is_geometric=True).at(date(2025, 12, 31)) == 20


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Fraction(1, 20), "0.1"),
        (Fraction(49, 1000), "0.0"),
        (Fraction(265, 10), "26.5"),
        (Fraction(5, 4), "1.3"),
        (Fraction(27, 20), "1.4"),
        (Fraction(0), "0.0"),
        (Fraction(-11, 10), "-1.1"),
    ],
)
def test_figures_are_rounded_half_up(value, rounded):
    assert str(tenth(value)) == rounded


def test_the_position_in_the_year_includes_the_day_and_knows_leap_years():
    assert part_of_year(date(2027, 3, 31)) == Fraction(90, 365)
    assert part_of_year(date(2028, 3, 31)) == Fraction(91, 366)
    assert part_of_year(date(2028, 12, 31)) == 1


def test_the_rates_of_the_example_follow_from_its_count():
    day = date(2027, 3, 31)
    assert WINDOW.average_per_year(33, day) == Decimal("26.5")
    assert WINDOW.required_per_year(33, 20, day) == Decimal("19.1")


@pytest.mark.parametrize(
    ("day", "to_date", "average", "required"),
    [
        (date(2024, 6, 1), 0, None, "20.0"),
        (date(2025, 12, 31), 0, None, "20.0"),
        (date(2026, 1, 1), 1, "365.0", "19.9"),
        (date(2026, 12, 31), 20, "20.0", "20.0"),
        (date(2028, 2, 29), 46, "21.3", "19.7"),
        (date(2035, 12, 30), 199, "19.9", "365.0"),
        (date(2035, 12, 31), 199, "19.9", None),
        (date(2040, 7, 1), 205, "20.5", None),
        (date(2030, 12, 31), 210, "42.0", "-2.0"),
    ],
)
def test_rates_have_a_value_wherever_there_is_one_to_have(day, to_date, average, required):
    assert WINDOW.average_per_year(to_date, day) == (Decimal(average) if average else None)
    assert WINDOW.required_per_year(to_date, 20, day) == (Decimal(required) if required else None)


def test_the_window_includes_its_first_and_last_day():
    assert date(2026, 1, 1) in WINDOW
    assert date(2035, 12, 31) in WINDOW
    assert date(2025, 12, 31) not in WINDOW
    assert date(2036, 1, 1) not in WINDOW
