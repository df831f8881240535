"""In which order rows are applied."""

from datetime import UTC, date, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crm.desk.history.columns import FILES, ORGANISATIONS, STAGE_CHANGES
from crm.desk.history.ordering import chain_of, circles, parents_first
from crm.desk.history.reading import Row

MOMENT = datetime(2025, 3, 3, 9, tzinfo=UTC)
STAGES = ("identified", "contacted", "qualified", "site_visit")


def organisation(line, ref, group=None) -> Row:
    return Row(FILES[ORGANISATIONS], line, {}, {"ref": ref, "group_ref": group})


def change(line, from_stage, to_stage, recorded_at=MOMENT, occurred_on=date(2025, 3, 3)) -> Row:
    values = {
        "from_stage": from_stage or None,
        "from_status": "open" if from_stage else None,
        "to_stage": to_stage,
        "to_status": "open",
        "recorded_at": recorded_at,
        "occurred_on": occurred_on,
    }
    return Row(FILES[STAGE_CHANGES], line, {}, values)


def lines(rows) -> list[int]:
    return [row.line for row in rows]


def test_a_circle_is_who_comes_back_to_oneself_not_who_leads_to_it():
    parents = {"a": "b", "b": "c", "c": "b", "d": "d", "e": None, "f": "e", "g": "elsewhere"}
    assert circles(parents) == {"b", "c", "d"}


@given(st.permutations(range(8)), st.lists(st.integers(0, 7), min_size=8, max_size=8))
def test_every_organisation_comes_after_its_group(order, groups):
    rows = [
        organisation(number, str(number), str(groups[number]) if groups[number] < number else None)
        for number in order
    ]
    done = []
    for row in parents_first(rows):
        assert row["group_ref"] is None or row["group_ref"] in done
        done.append(row["ref"])
    assert sorted(done) == sorted(map(str, range(8)))


def test_changes_go_by_recording_then_by_day_then_by_file():
    later = MOMENT.replace(hour=10)
    rows = [
        change(2, "contacted", "qualified", later),
        change(3, "identified", "contacted", occurred_on=date(2025, 3, 2)),
        change(4, "", "identified", occurred_on=date(2025, 3, 1)),
    ]
    assert lines(chain_of(rows, ("", ""))) == [4, 3, 2]


@given(st.lists(st.sampled_from(STAGES), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_changes_of_one_moment_are_put_as_they_link_however_they_stand_in_the_file(path, random):
    stops = ["", *path]
    steps = [pair for pair in pairwise(stops) if pair[0] != pair[1]]
    steps = list(dict.fromkeys(steps))
    if any(first[1] != second[0] for first, second in pairwise(steps)):
        return
    random.shuffle(steps)
    chain = chain_of([change(line, *step) for line, step in enumerate(steps)], ("", ""))
    here = None
    for row in chain:
        assert row["from_stage"] == here
        here = row["to_stage"]
    assert len(chain) == len(steps)


def test_a_start_that_also_comes_back_is_walked_in_full():
    rows = [
        change(2, "identified", "qualified"),
        change(3, "identified", "contacted"),
        change(4, "contacted", "identified"),
    ]
    assert lines(chain_of(rows, ("identified", "open"))) == [3, 4, 2]


def test_what_does_not_link_stays_in_file_order():
    rows = [change(2, "qualified", "contacted"), change(3, "site_visit", "identified")]
    assert lines(chain_of(rows, ("", ""))) == [2, 3]


def test_rows_without_moments_come_first_and_do_no_harm():
    rows = [change(2, "", "identified"), change(3, "x", "y", recorded_at=None, occurred_on=None)]
    assert lines(chain_of(rows, ("", ""))) == [3, 2]
