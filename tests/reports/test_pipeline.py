from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from crm.acquisition.choices import Stage
from crm.acquisition.services import (
    add_task,
    import_change,
    move_stage,
    park_lead,
    reopen_lead,
    reverse_change,
)
from crm.common.months import AMSTERDAM, Month
from crm.reports import logbook, pipeline
from crm.reports.logbook import Change, Story
from crm.reports.movement import OPEN_STAGES, StageMovement
from crm.reports.pipeline import Pipeline, withhold
from crm.rules.norms import DELIVERED
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory

OCTOBER = Month(2026, 10)
LATER = datetime(2026, 11, 6, 12, tzinfo=AMSTERDAM)


def at(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=AMSTERDAM) + timedelta(hours=10)


def told(*steps: tuple[str, str, date, str], lead: int = 1, track: str = "startup") -> Story:
    """A story from (stage, status, day, reason) in order."""
    rows = [("", "", None, ""), *steps]
    changes = (
        Change(lead, before[0], after[0], before[1], after[1], after[2], after[3])
        for before, after in pairwise(rows)
    )
    return Story(lead, track, tuple(changes))


def step(stage: str, day: date, status: str = "open", reason: str = "") -> tuple[str, str, date, str]:
    return stage, status, day, reason


def october(day: int) -> date:
    return date(2026, 10, day)


def of(*stories: Story, strict: frozenset[int] = frozenset()) -> Pipeline:
    return Pipeline(stories, OCTOBER.first_day, OCTOBER.last_day, strict, DELIVERED)


def row(stories: Pipeline, stage: str) -> StageMovement:
    return next(row for row in stories.movement() if row.stage == stage)


def test_a_new_lead_that_moves_on_is_new_and_moved():
    month = of(told(step("identified", october(3)), step("contacted", october(9))))
    assert (
        row(month, "identified").new,
        row(month, "identified").moved_out,
        row(month, "identified").end,
    ) == (1, 1, 0)
    assert (row(month, "contacted").moved_in, row(month, "contacted").startup) == (1, 1)


def test_a_lead_that_ended_before_the_month_is_not_in_it():
    month = of(
        told(step("identified", date(2026, 9, 1)), step("identified", date(2026, 9, 30), "lost", "timing"))
    )
    assert all(row.start == row.end == row.lost == 0 for row in month.movement())


@pytest.mark.parametrize("status", ["lost", "referred", "withdrawn", "parked"])
def test_a_lead_leaves_the_pipeline_from_the_stage_it_had(status):
    month = of(told(step("proposal", date(2026, 9, 1)), step("proposal", october(20), status)))
    proposal = row(month, "proposal")
    assert (proposal.start, getattr(proposal, status), proposal.end) == (1, 1, 0)


def test_an_established_lead_leaves_from_its_last_open_stage():
    month = of(told(step("committed", date(2026, 9, 1)), step("established", october(20), "established")))
    assert (row(month, "committed").established, row(month, "committed").end) == (1, 0)


def test_a_lead_taken_up_again_is_reopened_and_a_parked_one_that_is_lost_moves_nothing():
    month = of(
        told(step("qualified", date(2026, 8, 1)), step("qualified", date(2026, 9, 1), "parked"), step("qualified", october(2))),
        told(step("decision", date(2026, 8, 1)), step("decision", date(2026, 9, 1), "parked"), step("decision", october(2), "lost"), lead=2),
    )  # fmt: skip
    assert (row(month, "qualified").reopened, row(month, "qualified").end) == (1, 1)
    assert row(month, "decision") == StageMovement(stage="decision")


def test_moves_back_are_counted_apart():
    month = of(
        told(
            step("proposal", date(2026, 9, 1)), step("qualified", october(5)), step("site_visit", october(9))
        )
    )
    assert (month.moved_back(), row(month, "site_visit").end) == (1, 1)


def test_who_stands_further_than_when_the_month_began_got_further():
    stories = (
        told(step("identified", date(2026, 9, 1)), step("contacted", october(2)), lead=1),
        told(step("identified", october(2)), lead=2),
        told(step("identified", october(2)), step("proposal", october(3)), lead=3),
        told(step("proposal", date(2026, 9, 1)), step("qualified", october(5)), step("site_visit", october(9)), lead=4),
        told(step("contacted", date(2026, 9, 1)), step("qualified", october(5)), step("qualified", october(9), "lost"), lead=5),
        told(step("committed", date(2026, 9, 1)), step("established", october(20), "established"), lead=6),
    )  # fmt: skip
    assert [story.lead for story in of(*stories).got_further()] == [1, 3, 6]


def test_a_lead_is_stalled_from_the_day_after_its_norm():
    norm = 90  # days in `contacted`
    day = OCTOBER.last_day - timedelta(days=norm)
    stories = (
        told(step("contacted", day), lead=1),
        told(step("contacted", day - timedelta(days=1)), lead=2),
        told(step("identified", date(2020, 1, 1)), lead=3),
        told(step("contacted", date(2020, 1, 1)), step("contacted", october(1), "parked"), lead=4),
    )
    assert [(story.lead, over) for story, over in of(*stories).stalled()] == [(2, 1)]


def test_the_days_in_a_stage_start_anew_when_a_lead_is_taken_up_again():
    story = told(
        step("contacted", date(2026, 1, 1)),
        step("contacted", date(2026, 2, 1), "parked"),
        step("contacted", october(1)),
    )
    assert story.stage_since == october(1)


def test_who_ended_and_was_taken_up_again_did_not_drop_out():
    stories = (
        told(step("contacted", date(2026, 9, 1)), step("contacted", october(5), "lost", "timing"), lead=1),
        told(step("contacted", date(2026, 9, 1)), step("contacted", october(5), "lost", "timing"), step("contacted", october(9)), lead=2),
        told(step("contacted", date(2026, 8, 1)), step("contacted", date(2026, 9, 5), "lost", "timing"), lead=3),
    )  # fmt: skip
    assert [story.lead for story in of(*stories).dropped_out()] == [1]


def test_conversion_counts_each_leaving_of_a_stage_since_its_day():
    stories = (
        told(step("identified", date(2026, 1, 1)), step("contacted", date(2026, 3, 2)), step("contacted", date(2026, 5, 1), "lost"), lead=1),
        told(step("identified", date(2026, 1, 1)), step("proposal", date(2026, 1, 31)), step("contacted", date(2026, 3, 1)), lead=2),
        told(step("identified", date(2023, 1, 1)), step("contacted", date(2023, 5, 1)), lead=3),
        told(step("identified", date(2026, 1, 1)), step("identified", date(2026, 5, 1), "parked"), lead=4),
        told(step("committed", date(2026, 1, 1)), step("established", date(2026, 2, 1), "established"), lead=5),
    )  # fmt: skip
    steps = {step.stage: step for step in of(*stories).conversion(date(2024, 1, 1))}
    assert (steps["identified"].left, steps["identified"].advanced) == (2, 2)
    assert steps["identified"].median_months == 1.5  # 60 and 30 days
    assert (steps["contacted"].left, steps["contacted"].advanced) == (1, 0)
    assert (steps["proposal"].left, steps["proposal"].advanced) == (1, 0)
    assert (steps["committed"].left, steps["committed"].advanced, steps["committed"].chance) == (1, 1, 0.75)
    assert (steps["decision"].left, steps["decision"].median_months, steps["decision"].chance) == (
        0,
        None,
        0.5,
    )


def rows(*splits: tuple[int, int, int]) -> tuple[StageMovement, ...]:
    padded = [*splits, *[(9, 9, 9)] * (len(OPEN_STAGES) - len(splits))]
    return tuple(
        StageMovement(stage=stage, start=sum(split), end=sum(split), startup=split[0], knowledge_intensive=split[1], rd_branch=split[2])
        for stage, split in zip(OPEN_STAGES, padded, strict=True)
    )  # fmt: skip


def hidden(shown: tuple[StageMovement, ...]) -> list[str]:
    return [row.stage for row in shown if row.startup is None]


def test_tracks_are_shown_where_no_strict_lead_stands_behind_a_small_number():
    table = rows((1, 2, 0), (5, 5, 3))
    shown, split = withhold(table, {("contacted", "rd_branch"): 3})
    assert (shown, split.startup) == (table, 51)


def test_a_small_number_with_a_strict_lead_is_withheld_with_another_so_that_totals_do_not_tell():
    table = rows((1, 2, 1), (5, 5, 2), (9, 9, 0))
    shown, split = withhold(table, {("identified", "rd_branch"): 1})
    assert hidden(shown) == ["identified", "contacted"]  # one and two together are three
    assert (split.startup, split.rd_branch) == (51, 39)


def test_stages_are_withheld_until_their_numbers_together_are_three():
    table = rows((1, 2, 1), (1, 1, 0), (4, 1, 1), (5, 5, 1))
    shown, _split = withhold(table, {("identified", "rd_branch"): 1})
    assert hidden(shown) == ["identified", "contacted", "qualified", "site_visit"]
    assert all(row.end == original.end for row, original in zip(shown, table, strict=True))


def test_where_even_the_total_is_too_small_no_track_is_shown():
    table = tuple(StageMovement(stage=stage, start=1, end=1, startup=1) for stage in OPEN_STAGES[:2])
    table += tuple(StageMovement(stage=stage) for stage in OPEN_STAGES[2:])
    shown, split = withhold(table, {("identified", "startup"): 1})
    assert hidden(shown) == list(OPEN_STAGES)
    assert (split.startup, split.rd_branch) == (None, None)


def test_committed_startups_are_told_unless_the_number_shows_a_strict_lead():
    table = rows(*[(9, 9, 9)] * 6, (2, 1, 1))
    assert pipeline.committed_startups(table, {}) == 2
    assert pipeline.committed_startups(table, {(Stage.COMMITTED, "startup"): 1}) is None
    assert pipeline.committed_startups(rows(), {(Stage.COMMITTED, "startup"): 1}) == 9


@pytest.mark.django_db
def test_the_log_is_read_as_it_was_known_and_taken_back_changes_are_not_in_it():
    by = UserFactory()
    lead = LeadFactory(stage="contacted", complete=True)
    change = move_stage(lead=lead, to_stage="qualified", on=october(5), by=by, at=at(october(6)))
    before = logbook.stories(OCTOBER.last_day, at(october(7)))
    reverse_change(change=change, by=by, at=at(october(9)))
    after = logbook.stories(OCTOBER.last_day, at(october(10)))
    unknown = logbook.stories(OCTOBER.last_day, at(october(5)))
    assert [story.last.to_stage for story in (*before, *after, *unknown)] == [
        "qualified",
        "contacted",
        "contacted",
    ]
    assert logbook.stories(OCTOBER.last_day, at(october(7))) == before


@pytest.mark.django_db
def test_the_log_is_read_in_one_query_whatever_the_number_of_leads(django_assert_num_queries):
    for stage in ("identified", "proposal", "committed"):
        LeadFactory(stage=stage)
    with django_assert_num_queries(1):
        assert len(logbook.stories(OCTOBER.last_day, LATER)) == 3


@pytest.mark.django_db
def test_a_lead_parked_and_taken_up_by_its_own_verbs_balances():
    by, lead = UserFactory(), LeadFactory(stage="proposal")
    park_lead(lead=lead, on=october(3), by=by, at=at(october(3)))
    reopen_lead(lead=lead, on=october(8), by=by, at=at(october(8)))
    stories = logbook.stories(OCTOBER.last_day, LATER)
    proposal = row(of(*stories), "proposal")
    assert (proposal.start, proposal.parked, proposal.reopened, proposal.end) == (1, 1, 1, 1)


def moved_to(lead, stage: str, day: date, status: str = "open", reason: str = "") -> None:
    import_change(
        lead=lead, from_stage=lead.stage, from_status=lead.status, to_stage=stage, to_status=status, occurred_on=day,
        recorded_at=at(day), by=UserFactory(), reason=reason,
    )  # fmt: skip


def lists(*strict: int):
    stories = logbook.stories(OCTOBER.last_day, LATER)
    return pipeline.lists(
        Pipeline(stories, OCTOBER.first_day, OCTOBER.last_day, frozenset(strict), DELIVERED), LATER
    )


@pytest.mark.django_db
def test_leads_are_listed_by_code_name_the_furthest_and_largest_first():
    small = LeadFactory(stage="contacted", area_to_m2=50, area_from_m2=40, jobs_expected=3)
    large = LeadFactory(stage="contacted", area_from_m2=400, jobs_expected=9, jobs_promised=12)
    furthest = LeadFactory(stage="contacted")
    for lead, stage in ((small, "qualified"), (large, "qualified"), (furthest, "decision")):
        moved_to(lead, stage, october(9))
    found = lists().moved
    assert [lead.code_name for lead in found] == [furthest.code_name, large.code_name, small.code_name]
    assert [(lead.area_m2, lead.jobs) for lead in found] == [(None, None), (400, 12), (50, 3)]
    assert found[0].lead == furthest.reference


@pytest.mark.django_db
def test_a_stalled_lead_is_listed_with_the_first_task_that_was_open_then():
    lead = LeadFactory(stage="contacted", on=date(2026, 1, 5))
    by = UserFactory()
    for day, recorded in ((date(2026, 11, 12), october(20)), (date(2026, 11, 10), date(2026, 11, 20))):
        add_task(lead=lead, title="Bellen", due_on=day, owner=by, by=by, at=at(recorded))
    (stalled,) = lists().stalled
    assert (stalled.days_over, stalled.next_on) == (
        (OCTOBER.last_day - date(2026, 1, 5)).days - 90,
        date(2026, 11, 12),
    )


@pytest.mark.django_db
def test_a_strict_lead_is_counted_and_never_listed():
    lead = LeadFactory(stage="contacted", strict=True, area_to_m2=500, jobs_expected=40)
    other = LeadFactory(stage="contacted", area_to_m2=90, jobs_expected=4)
    for one in (lead, other):
        moved_to(one, "contacted", october(9), "lost", "no_space")
    found = lists(lead.pk)
    assert [row.lead for row in found.lost] == [other.reference]
    assert (found.lost_total, found.lost_area_m2, found.lost_jobs) == (2, None, None)


@pytest.mark.django_db
def test_a_list_names_eight_leads_and_counts_all():
    for _number in range(10):
        moved_to(
            LeadFactory(stage="contacted", area_to_m2=100, jobs_expected=2),
            "contacted",
            october(9),
            "lost",
            "timing",
        )
    found = lists()
    assert (len(found.lost), found.lost_total, found.lost_area_m2, found.lost_jobs) == (8, 10, 1000, 20)
