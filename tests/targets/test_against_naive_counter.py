"""Five years of an invented park, imported and counted, and counted by an independent naive counter as well."""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from crm.targets.progress import progress
from tests.targets import naive_counter
from tests.targets.history_generator import IMPORTED_AT, write_history

EDGES = [
    (date(2025, 12, 31), datetime(2025, 12, 31, 23, 0, tzinfo=UTC)),
    (date(2026, 1, 1), datetime(2031, 3, 1, tzinfo=UTC)),
    (date(2027, 12, 31), datetime(2027, 12, 31, 23, 0, tzinfo=UTC)),
    (date(2028, 2, 29), datetime(2028, 3, 7, 11, 0, tzinfo=UTC)),
    (date(2029, 12, 31), datetime(2031, 3, 1, tzinfo=UTC)),
    (date(2036, 5, 1), datetime(2031, 3, 1, tzinfo=UTC)),
    (date(2023, 6, 1), datetime(2023, 6, 1, tzinfo=UTC)),
]


def pairs(seed: int, events: list[dict], number: int = 20) -> list[tuple[date, datetime]]:
    """The edges; the very moments at which events were recorded and confirmed; and random days."""
    dice = random.Random(seed)  # noqa: S311 dice for days, no secret
    found = list(EDGES)
    signed = [event for event in events if event["confirmed_at"]]
    reversals = [event for event in signed if event["kind"] == "reversal"]
    for event, name in zip(
        [*dice.sample(signed, 2), *dice.sample(events, 2), *dice.sample(reversals, 2)],
        ["confirmed_at", "confirmed_at", "recorded_at", "recorded_at", "confirmed_at", "confirmed_at"],
        strict=True,
    ):
        found.append((naive_counter.day(event["occurred_on"]), naive_counter.moment(event[name])))
    while len(found) < number:
        as_of = date(2025, 6, 1) + timedelta(days=dice.randrange(1700))
        end = datetime.combine(as_of + timedelta(days=1), time(), tzinfo=IMPORTED_AT.tzinfo)
        known_at = end + timedelta(days=dice.choice([-30, 0, 7, 60, 400]))
        found.append((as_of, min(known_at, IMPORTED_AT)))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_counters_agree_at_twenty_pairs_of_days(seed, tmp_path):
    write_history(tmp_path, seed=seed)
    with time_machine.travel(IMPORTED_AT):
        call_command("import_history", str(tmp_path), stdout=StringIO(), stderr=StringIO())
    history = naive_counter.History(tmp_path)
    counted = 0
    for as_of, known_at in pairs(seed, history.events):
        naive = naive_counter.count(history, as_of, known_at)
        assert progress(as_of, known_at).as_json()["targets"] == naive, (as_of, known_at)
        counted += (
            naive["startups"]["counted"] + naive["startups"]["pending"] + naive["rd_branches"]["counted"]
        )
    assert counted > 50, "a history in which nothing happens proves nothing"


def test_the_same_seed_writes_the_same_folder(tmp_path):
    folders = [tmp_path / name for name in ("first", "second", "other")]
    for folder, seed in zip(folders, (7, 7, 8), strict=True):
        folder.mkdir()
        write_history(folder, seed=seed, companies=40)
    first, second, other = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first == second != other


def test_the_history_holds_what_makes_counting_hard(tmp_path):
    write_history(tmp_path, seed=1)
    events = naive_counter.read(tmp_path, "count_events")
    kinds = Counter(event["kind"] for event in events)
    assert set(kinds) == {
        "arrival",
        "departure",
        "closure",
        "move_within_park",
        "reclassification",
        "reversal",
    }
    assert min(kinds.values()) > 20
    assert len({event["area"] for event in events}) == 5
    arrived = [event["organisation_ref"] for event in events if event["kind"] == "arrival"]
    moved = {event["organisation_ref"] for event in events if event["kind"] == "move_within_park"}
    assert moved - set(arrived), "a company from before the ledger moves"
    assert max(Counter(arrived).values()) > 1, "a company comes back"
    assert sum(not event["confirmed_at"] for event in events) > 50
    late = [
        event
        for event in events
        if event["confirmed_at"]
        and naive_counter.moment(event["confirmed_at"]) - naive_counter.moment(event["recorded_at"])
        > timedelta(days=30)
    ]
    assert len(late) > 30


def test_the_naive_counter_reads_an_empty_folder(tmp_path: Path):
    count = naive_counter.count(naive_counter.History(tmp_path), date(2027, 3, 31), IMPORTED_AT)
    assert (count["startups"]["counted"], count["companies"]["plan"]) == (0, 538.9)
