"""Where every lead stood on a day, as known at a moment: the two databases' forms against a plain reading of the log."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from crm.acquisition.choices import Stage
from crm.acquisition.models import StageChange
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 6)
STAGES = [stage.value for stage in Stage if stage != Stage.ESTABLISHED]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def write_logs(rng: random.Random) -> None:
    """Six leads with eight steps each: several on one day, some recorded weeks late, some taken back later."""
    by = UserFactory()
    for lead in [LeadFactory() for _number in range(6)]:
        day = FIRST
        for _step in range(8):
            day += timedelta(days=rng.choice((0, 0, 1, 9)))
            recorded = day + timedelta(days=rng.choice((0, 0, 20)))
            step = StageChange.objects.create(
                lead=lead,
                from_stage="identified",
                from_status="open",
                to_stage=rng.choice(STAGES),
                to_status="open",
                occurred_on=day,
                recorded_at=noon(recorded),
                by=by,
            )
            if rng.random() < 0.25:
                StageChange.objects.create(
                    lead=lead,
                    from_stage=step.to_stage,
                    from_status="open",
                    to_stage="identified",
                    to_status="open",
                    occurred_on=day,
                    recorded_at=noon(recorded + timedelta(days=rng.choice((0, 15)))),
                    by=by,
                    reverses=step,
                )


def read_plainly(as_of: date, known_at: datetime) -> dict[int, int]:
    """The last standing row of each lead, in plain Python."""
    rows = [row for row in StageChange.objects.order_by("pk") if row.recorded_at <= known_at]
    taken_back = {row.reverses_id for row in rows if row.reverses_id}
    last: dict[int, StageChange] = {}
    for row in rows:
        if row.reverses_id or row.pk in taken_back or row.occurred_on > as_of:
            continue
        if row.lead_id not in last or row.occurred_on >= last[row.lead_id].occurred_on:
            last[row.lead_id] = row
    return {lead: row.pk for lead, row in last.items()}


@pytest.mark.parametrize("seed", range(4))
def test_the_last_change_of_each_lead_is_that_of_a_plain_reading(seed):
    rng = random.Random(seed)  # noqa: S311 scenery
    write_logs(rng)
    seen = set()
    for _pair in range(12):
        as_of = FIRST + timedelta(days=rng.randrange(60))
        known_at = noon(FIRST + timedelta(days=rng.randrange(90)))
        found = dict(StageChange.objects.last_per_lead(as_of, known_at).order_by().values_list("lead", "pk"))
        assert found == read_plainly(as_of, known_at)
        seen |= set(found.values())
    assert len(seen) > 6, "the pairs of days must tell different stories"
