from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from crm.reports import headlines
from crm.reports.formats import Formats
from crm.reports.monthly import MonthlyReport
from tests.factories import reports

ENGLISH = Formats("en")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def with_flows(**changes) -> MonthlyReport:
    return reports.report(flows=reports.flows(**changes))


@pytest.mark.parametrize(
    ("counted", "verdict"),
    [
        (15, "startups are 1.7 behind pace"),
        (17, "startups are on pace"),
        (18, "startups are 1.3 ahead of pace"),
        (20, "the goal for startups is reached"),
    ],
)
def test_the_title_says_how_startups_keep_pace(counted, verdict):
    title = headlines.title(with_flows(startups={"counted": counted}), ENGLISH)
    assert title == f"{counted} of 20 startups and 1 of 5 R&D branches; {verdict}"


def test_the_title_is_dutch_in_dutch():
    with translation.override("nl"):
        title = headlines.title(reports.report(), Formats("nl"))
    assert (
        title == "15 van de 20 startups en 1 van de 5 R&D-dependances; startups lopen 1,7 achter op het tempo"
    )


@pytest.mark.parametrize(
    ("counted", "as_of", "words"),
    [
        (15, date(2026, 10, 31), "Five more startups needed in the 61 days left"),
        (19, date(2026, 10, 31), "One more startup needed in the 61 days left"),
        (20, date(2026, 10, 31), "The goal of 20 startups for 2026 is reached"),
        (17, date(2026, 12, 31), "2026 closed three short of 20 startups"),
    ],
)
def test_what_the_year_still_asks_follows_from_count_and_day(counted, as_of, words):
    report = reports.report(
        flows=reports.flows(startups={"counted": counted}), as_of=as_of, month=reports.Month.of(as_of)
    )
    assert headlines.need(report, ENGLISH)[0] == words


@pytest.mark.parametrize(
    ("committed", "words"),
    [
        (4, "Four have committed; they count once they are at work here."),
        (1, "One has committed; it counts once it is at work here."),
        (0, "None has committed."),
        (None, ""),
    ],
)
def test_what_is_promised_stands_beside_what_is_needed(committed, words):
    rows = list(reports.movement())
    rows[-1] = replace(rows[-1], startup=committed, knowledge_intensive=5 - (committed or 0))
    assert headlines.need(reports.report(movement=tuple(rows)), ENGLISH)[1] == words


def test_counts_are_grouped_by_how_they_stand():
    assert (
        headlines.flows(reports.report(), ENGLISH)
        == "Startups and spin-offs behind pace; R&D branches ahead of pace"
    )
    all_reached = with_flows(startups={"counted": 20}, spin_offs={"counted": 10}, rd_branches={"counted": 5})
    assert headlines.flows(all_reached, ENGLISH) == "Startups, spin-offs and R&D branches at their goal"


def test_stocks_are_grouped_by_how_they_stand_to_their_plan():
    companies, knowledge, jobs = reports.stocks()
    report = reports.report(
        stocks=(
            replace(companies, net_since=40),
            replace(knowledge, net_since=16),
            replace(jobs, observations=()),
        )
    )
    assert headlines.stocks(report, ENGLISH) == (
        "To 2035: jobs not measured yet; knowledge-intensive companies on plan; companies above plan"
    )
    assert headlines.stock_verdict(report.stocks[1], ENGLISH) == "on plan"
    assert headlines.stock_verdict(report.stocks[0], ENGLISH) == "7 above plan"
    assert headlines.stock_verdict(report.stocks[2], ENGLISH) == "not measured yet"


def test_actions_are_counted_with_the_first_due_day():
    assert (
        headlines.asked(reports.report(), ENGLISH)
        == "Asked of partners: five actions, the first due 20 November"
    )
    one = reports.report(asked=reports.asked()[1:2])
    assert headlines.asked(one, ENGLISH) == "Asked of partners: one action, due 27 November"
    assert headlines.asked(reports.empty_report(), ENGLISH) == "Asked of partners: nothing this month"


def test_last_months_actions_are_told_by_what_became_of_them():
    assert headlines.asked_before(reports.report(), ENGLISH) == (
        "From September: one done, one under way, one dropped, one late"
    )
    assert headlines.asked_before(reports.empty_report(), ENGLISH) == "From December: nothing was asked"


def test_an_action_is_late_from_the_day_after_its_due_day():
    report = reports.report()
    due = [reports.action("x", "y", due_on=date(2026, 10, day)) for day in (30, 31)]
    assert [headlines.outcome_of(action, report) for action in due] == ["late", "open"]


def test_the_pipeline_is_told_from_start_to_end():
    assert headlines.pipeline(reports.report(), ENGLISH) == (
        "From 86 to 88 open leads; three established, five dropped out"
    )
    assert (
        headlines.pipeline(reports.empty_report(), ENGLISH) == "No open leads, and none that moved this month"
    )


def test_conversion_compares_only_stages_that_ten_leads_have_left():
    assert headlines.conversion(reports.report(), ENGLISH) == (
        "Fewest leads go on after Identified (65%), most after Committed (94%)"
    )
    steps = tuple(replace(step, left=9) for step in reports.conversion()[:-1])
    few = reports.report(conversion=(*steps, reports.conversion()[-1]))
    assert headlines.conversion(few, ENGLISH).startswith("How many leads go on: too few")


@pytest.mark.parametrize(
    ("counts", "moved", "stalled", "lost"),
    [
        ((0, 0, 0), "No leads got further", "No leads stand longer than the norm", "Dropped out in October: no lead"),
        ((1, 1, 1), "One lead got further", "One lead stands longer than the norm", "Dropped out in October: one lead, 2,240 m² and 65 jobs"),
        ((8, 30, 5), "Eight leads got further", "30 leads stand longer than the norm", "Dropped out in October: five leads, together 2,240 m² and 65 jobs"),
    ],
)  # fmt: skip
def test_lists_are_told_by_how_many_leads_they_count(counts, moved, stalled, lost):
    report = reports.report(leads=reports.leads(*counts))
    assert headlines.moved(report, ENGLISH) == moved
    assert headlines.stalled(report, ENGLISH) == stalled
    assert headlines.lost(report, ENGLISH) == lost


def test_sums_that_would_give_a_lead_away_are_left_out():
    leads = replace(reports.leads(lost=2), lost_area_m2=None, lost_jobs=None)
    assert headlines.lost(reports.report(leads=leads), ENGLISH) == "Dropped out in October: two leads"
