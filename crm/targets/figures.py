"""Arithmetic of the figures: positions in time, rates and plan lines, exact until they are rounded.

Pure: no Django, no clock, no database. Years are whole calendar years and fractions of them, the day included.
"""

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor

HALF = Fraction(1, 2)
# Digits of a geometric plan value; one decimal of some 10,000 jobs needs seven.
PRECISION = 40


def tenth(value: Fraction) -> Decimal:
    """The value with one decimal, half up."""
    return Decimal(floor(value * 10 + HALF)).scaleb(-1)


def part_of_year(day: date) -> Fraction:
    """How much of its year has gone by at the end of the day: 90/365 on 2027-03-31."""
    return Fraction(day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365)


@dataclass(frozen=True)
class Window:
    """The calendar years in which a flow counts, from a first of January to a last of December."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def years(self) -> int:
        return self.last.year - self.first.year + 1

    def elapsed(self, day: date) -> Fraction:
        """Years of the window that have gone by at the end of the day: 0 before it, all of them after it."""
        if day < self.first:
            return Fraction(0)
        if day >= self.last:
            return Fraction(self.years)
        return day.year - self.first.year + part_of_year(day)

    def left(self, day: date) -> Fraction:
        return self.years - self.elapsed(day)

    def average_per_year(self, to_date: int, day: date) -> Decimal | None:
        """The count per elapsed year; None where nothing of the window has gone by."""
        elapsed = self.elapsed(day)
        return tenth(to_date / elapsed) if elapsed else None

    def required_per_year(self, to_date: int, goal_per_year: int, day: date) -> Decimal | None:
        """What each year left must bring to reach the goal over the whole window; None where no year is left."""
        left = self.left(day)
        return tenth((self.years * goal_per_year - to_date) / left) if left else None


@dataclass(frozen=True)
class Plan:
    """The line of a stock from its baseline to its goal.

    It runs from the start of the baseline's year to the start of the goal's year and is level before and after.
    """

    baseline: int
    goal: int
    first_year: int
    goal_year: int
    is_geometric: bool

    def at(self, day: date) -> Decimal:
        """The plan's value at the end of the day, one decimal."""
        position = day.year + part_of_year(day)
        share = (position - self.first_year) / (self.goal_year - self.first_year)
        share = min(max(share, Fraction(0)), Fraction(1))
        return tenth(self._geometric(share) if self.is_geometric and self.baseline else self._linear(share))

    def _linear(self, share: Fraction) -> Fraction:
        return self.baseline + (self.goal - self.baseline) * share

    def _geometric(self, share: Fraction) -> Fraction:
        with localcontext(prec=PRECISION):
            exponent = Decimal(share.numerator) / Decimal(share.denominator)
            return Fraction(self.baseline * (Decimal(self.goal) / self.baseline) ** exponent)
