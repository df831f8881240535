"""Who counts, over plain rows: the earliest arrival, windows, groups, pending, and the stocks' net change."""

from datetime import UTC, date, datetime, timedelta
from itertools import count as counter

import pytest

from crm.targets import counting
from crm.targets.counting import RD_BRANCHES, SPIN_OFFS, STARTUPS, Entry
from crm.targets.figures import Window

WINDOW = Window(date(2026, 1, 1), date(2035, 12, 31))
OPEN = date(2024, 1, 1)
BASELINE = date(2024, 1, 1)
numbers = counter(1)


def entry(kind="arrival", organisation=1, on="2027-03-20", category="", counts_from=OPEN, **facts) -> Entry:
    day = date.fromisoformat(on)
    values = {
        "pk": next(numbers),
        "kind": kind,
        "organisation": organisation,
        "group": facts.pop("group", organisation),
        "category": category or ("company" if kind in ("arrival", "reclassification") else ""),
        "spin_off_origin": "",
        "is_knowledge_intensive": False if kind in ("arrival", "reclassification") else None,
        "occurred_on": day,
        "recorded_at": datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        "counts_from": counts_from,
    }
    return Entry(**(values | facts))


def count(rule, entries, year=None) -> int:
    return len(counting.counted(counting.first_arrivals(entries, rule), rule, WINDOW, year))


def pending(rule, standing, waiting, year=None) -> set[int]:
    return counting.waiting(waiting, counting.first_arrivals(standing, rule), rule, WINDOW, year)


def test_an_enterprise_counts_once_on_its_earliest_arrival():
    twice = [entry(category="startup", on="2028-05-01"), entry(category="startup", on="2027-05-01")]
    assert count(STARTUPS, twice) == 1
    assert (count(STARTUPS, twice, 2027), count(STARTUPS, twice, 2028)) == (1, 0)


def test_a_startup_that_arrived_before_the_window_never_counts():
    assert count(STARTUPS, [entry(category="startup", on="2025-12-31")]) == 0
    assert count(STARTUPS, [entry(category="startup", on="2025-12-31"), entry(category="startup")]) == 0


def test_an_earlier_arrival_as_another_category_leaves_nothing_to_count():
    assert count(STARTUPS, [entry(on="2026-02-01"), entry(category="startup")]) == 0


def test_of_two_arrivals_on_one_day_the_earlier_recorded_is_the_arrival():
    early = datetime(2027, 3, 20, 8, tzinfo=UTC)
    startup = entry(category="startup", recorded_at=early + timedelta(hours=1))
    assert count(STARTUPS, [startup, entry(recorded_at=early)]) == 0
    assert count(STARTUPS, [startup, entry(recorded_at=early + timedelta(hours=2))]) == 1


def test_of_two_arrivals_recorded_at_one_moment_the_first_row_is_the_arrival():
    first, second = entry(category="startup"), entry()
    assert count(STARTUPS, [second, first]) == 1


def test_an_arrival_in_an_area_that_does_not_count_is_no_arrival():
    never = entry(category="startup", on="2026-02-01", counts_from=None)
    too_early = entry(category="startup", on="2027-12-31", counts_from=date(2028, 1, 1))
    assert count(STARTUPS, [never, too_early]) == 0
    assert count(STARTUPS, [never, too_early, entry(category="startup", on="2029-01-01")], 2029) == 1
    assert count(STARTUPS, [entry(category="startup", on="2028-01-01", counts_from=date(2028, 1, 1))]) == 1


@pytest.mark.parametrize(
    ("origin", "counts"), [("", 0), ("student", 0), ("student_research", 1), ("corporate", 1)]
)
def test_a_spin_off_is_a_startup_with_an_origin_other_than_a_students_own_company(origin, counts):
    startup = [entry(category="startup", spin_off_origin=origin)]
    assert count(STARTUPS, startup) == 1
    assert count(SPIN_OFFS, startup) == counts


def test_rd_branches_count_one_per_group():
    branches = [entry(organisation=one, group=9, category="rd_branch") for one in (1, 2)]
    alone = entry(organisation=3, category="rd_branch")
    assert count(RD_BRANCHES, [*branches, alone]) == 2


def test_a_group_with_a_branch_before_the_window_never_counts():
    before = entry(organisation=1, group=9, category="rd_branch", on="2025-06-01")
    assert count(RD_BRANCHES, [before, entry(organisation=2, group=9, category="rd_branch")]) == 0


def test_another_arrival_of_the_group_does_not_stand_before_its_branch():
    other = entry(organisation=1, group=9, on="2025-06-01")
    assert count(RD_BRANCHES, [other, entry(organisation=2, group=9, category="rd_branch")]) == 1


def test_only_arrivals_count_in_a_flow():
    changed = entry("reclassification", category="startup")
    assert count(STARTUPS, [changed, entry("departure"), entry("move_within_park")]) == 0


def test_a_takeover_is_shown_beside():
    events = [
        entry("reclassification", category="rd_branch"),
        entry("reclassification"),
        entry(category="rd_branch"),
    ]
    assert counting.takeovers(events) == 1


class TestPending:
    def test_two_pending_arrivals_of_one_enterprise_are_one(self):
        waiting = [entry(category="startup"), entry(category="startup", on="2027-06-01")]
        assert pending(STARTUPS, [], waiting, 2027) == {1}

    def test_an_enterprise_that_counts_already_adds_nothing(self):
        assert (
            pending(STARTUPS, [entry(category="startup")], [entry(category="startup", on="2027-01-02")], 2027)
            == set()
        )

    def test_a_return_adds_nothing(self):
        assert pending(STARTUPS, [entry(on="2025-01-01")], [entry(category="startup")], 2027) == set()

    def test_an_earlier_arrival_would_take_the_others_place(self):
        standing = [entry(on="2027-05-01")]
        assert pending(STARTUPS, standing, [entry(category="startup", on="2027-04-01")], 2027) == {1}

    def test_only_arrivals_of_the_running_year_or_of_the_window_wait(self):
        waiting = [
            entry(category="startup", on="2026-04-01"),
            entry(organisation=2, category="startup", on="2025-04-01"),
        ]
        assert pending(STARTUPS, [], waiting, 2027) == set()
        assert pending(STARTUPS, [], waiting) == {1}

    def test_branches_wait_by_group(self):
        waiting = [entry(organisation=one, group=9, category="rd_branch") for one in (1, 2)]
        assert pending(RD_BRANCHES, [], waiting) == {9}

    def test_what_would_not_count_does_not_wait(self):
        waiting = [
            entry(),
            entry("departure", organisation=2),
            entry(organisation=3, category="startup", counts_from=None),
        ]
        assert pending(STARTUPS, [], waiting, 2027) == set()


def test_departed_are_enterprises_that_count_and_left_in_the_year():
    left = [
        entry("departure", organisation=1, on="2027-02-01"),
        entry("closure", organisation=1, on="2027-03-01"),
        entry("closure", organisation=2, on="2026-03-01"),
        entry("departure", organisation=3, on="2027-03-01"),
    ]
    assert counting.departed(left, {1, 2}, 2027) == {1}


def test_net_change_of_companies_counts_each_event_by_its_own_area_and_day():
    events = [
        entry(on="2024-01-01"),
        entry(organisation=2, on="2024-01-02"),
        entry(organisation=3, counts_from=None),
        entry("departure", organisation=4, on="2026-01-01"),
        entry("closure", organisation=5, on="2026-01-01"),
        entry("departure", organisation=6, counts_from=None),
        entry("move_within_park", organisation=2),
        entry("reclassification", organisation=2),
        entry(organisation=2, on="2028-01-01"),
    ]
    assert counting.net_companies(events, BASELINE) == 0
    assert counting.net_companies(events, date(2025, 12, 31)) == -1


class TestNetKnowledgeIntensive:
    def net(self, *events, since=BASELINE) -> int:
        return counting.net_knowledge_intensive(events, since)

    def test_an_arrival_weighs_its_own_outcome(self):
        assert self.net(entry(is_knowledge_intensive=True), entry(organisation=2)) == 1

    def test_who_leaves_takes_the_latest_outcome_along(self):
        story = [
            entry(on="2025-01-01", is_knowledge_intensive=True),
            entry("reclassification", on="2026-01-01", is_knowledge_intensive=False),
            entry("departure", on="2027-01-01"),
        ]
        assert self.net(*story) == 0
        assert self.net(*story[:2]) == 0
        assert self.net(story[0], story[2]) == 0
        assert self.net(story[0], story[2], since=date(2026, 6, 1)) == -1

    def test_an_outcome_of_the_day_itself_is_known_to_who_leaves(self):
        came = entry(is_knowledge_intensive=True)
        assert self.net(came, entry("closure", recorded_at=came.recorded_at - timedelta(hours=1))) == 0

    def test_who_was_here_before_the_ledger_leaves_without_weight(self):
        assert self.net(entry("departure")) == 0
        later = entry(on="2028-01-01", is_knowledge_intensive=True)
        assert self.net(entry("departure"), later) == 1

    def test_a_reclassification_counts_only_when_the_outcome_changes(self):
        came = entry(on="2025-01-01", is_knowledge_intensive=True)
        same = entry("reclassification", on="2026-01-01", category="rd_branch", is_knowledge_intensive=True)
        assert self.net(came, same) == 1
        lost = entry("reclassification", on="2027-01-01", is_knowledge_intensive=False)
        assert self.net(came, same, lost) == 0

    def test_the_first_that_is_known_of_a_company_changes_its_outcome(self):
        assert self.net(entry("reclassification", is_knowledge_intensive=True)) == 1
        assert self.net(entry("reclassification", is_knowledge_intensive=False)) == -1

    def test_two_reclassifications_of_one_day_follow_each_other_as_recorded(self):
        came = entry(on="2025-01-01", is_knowledge_intensive=True)
        first = entry("reclassification", is_knowledge_intensive=True)
        second = entry("reclassification", is_knowledge_intensive=False)
        assert self.net(came, first, second) == self.net(came, second, first) == 0

    def test_an_outcome_learnt_outside_the_counting_areas_is_known_too(self):
        outside = entry(on="2025-01-01", is_knowledge_intensive=True, counts_from=None)
        assert self.net(outside, entry("departure")) == -1

    def test_a_move_changes_nothing(self):
        assert self.net(entry("move_within_park")) == 0
