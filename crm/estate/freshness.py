"""Until when a listing stands without being confirmed again. Pure."""

from datetime import date, timedelta

from crm.common.months import amsterdam_day
from crm.estate.models import Vacancy
from crm.estate.vacancy_moves import MOVES

UNPUBLISHED_AFTER = timedelta(days=75)


def confirm_before(vacancy: Vacancy) -> date | None:
    """The day on which it leaves the publication unless the office confirms it; None where it can no longer be."""
    if vacancy.status not in MOVES["confirm"].starts:
        return None
    return amsterdam_day((vacancy.confirmed_at or vacancy.submitted_at) + UNPUBLISHED_AFTER)
