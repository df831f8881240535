"""The month's movement counted from the log in one pass, against the same asked lead by lead."""

import contextlib
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db.models import Count

from crm.acquisition.choices import LeadStatus, Track
from crm.acquisition.models import Lead
from crm.acquisition.services import close_lead, move_stage, park_lead, reopen_lead, reverse_change
from crm.backoffice.month import MOVES, changes_behind, month_movement, open_at, start_and_moves
from crm.common.errors import RuleError
from crm.common.months import Month
from tests.factories.acquisition import LeadFactory
from tests.factories.targets import noon

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 22)
FIRST = date(2026, 10, 1)


def act(name: str, lead, changes: list, day: date, by) -> None:
    """One thing that happens to a lead; what the rules refuse does not happen."""
    given = {"by": by, "at": noon(day)}
    if name == "take_back":
        reverse_change(change=changes.pop(), **given)
    elif name == "park":
        changes.append(park_lead(lead=lead, on=day, **given))
    elif name == "reopen":
        changes.append(reopen_lead(lead=lead, on=day, **given))
    elif name == "lose":
        changes.append(close_lead(lead=lead, to_status="lost", reason="no_space", on=day, **given))
    else:
        changes.append(move_stage(lead=lead, to_stage="identified", on=day, **given))


def live(dice: random.Random, by) -> None:
    """A lead that begins and then is parked, reopened, moved, ended or taken back, in any order, on days up to today."""
    day = date(2026, 7, 1) + timedelta(days=dice.randrange(100))
    stage = dice.choice(["identified", "contacted"])
    lead = LeadFactory(track=dice.choice(Track.values), stage=stage, at=noon(day), on=day, by=by)
    changes: list = []
    while (day := day + timedelta(days=dice.randrange(25))) <= TODAY:
        name = dice.choice(["park", "reopen", "lose", "move", "take_back"])
        with contextlib.suppress(RuleError, IndexError):
            act(name, lead, changes, day, by)
        lead = Lead.objects.get(pk=lead.pk)


def lead_by_lead(day: date, known_at) -> Counter:
    last = open_at(day, known_at)
    return Counter(dict(last.values_list("lead__track").annotate(Count("pk"))))


@pytest.mark.parametrize("seed", range(6))
def test_one_pass_over_the_log_agrees_with_asking_every_lead(seed, staff):
    dice = random.Random(seed)  # noqa: S311 lives of leads, not secrets
    for _lead in range(25):
        live(dice, staff)
    now = noon(TODAY)
    start, moved = start_and_moves(FIRST, TODAY, now)
    assert {track: number for track, number in start.items() if number} == lead_by_lead(
        Month.of(TODAY).previous().last_day, now
    )
    movement = month_movement(list(Track), TODAY, now)
    assert movement.is_balanced
    assert Counter(dict(Lead.objects.open().order_by().values_list("track").annotate(Count("pk")))) == (
        lead_by_lead(TODAY, now)
    )
    for name in MOVES:
        rows = changes_behind(name, TODAY, now)
        assert Counter(rows.values_list("lead__track", flat=True)) == moved[name], name
    assert changes_behind("start", TODAY, now).count() == start.total()
    assert set(moved) == {"new", "reopened", *LeadStatus.values} - {"open"}
