from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from crm.acquisition.models import StageChange
from crm.common.months import AMSTERDAM, Month
from crm.reports.builder import build_report
from crm.reports.movement import UnbalancedMovementError
from crm.reports.services import ask_partner, close_action
from crm.targets.models import Target
from crm.targets.progress import progress
from crm.targets.services import record_observation
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db
OCTOBER = Month(2026, 10)
KNOWN = datetime(2026, 11, 6, 11, tzinfo=UTC)


def october_report(known_at: datetime = KNOWN):
    return build_report(month=OCTOBER, known_at=known_at)


def observe(code: str, value: int, day: date, known: datetime) -> None:
    record_observation(
        target=Target.objects.get(code=code), value=value, reference_date=day, source="Register", boundary_version="2024",
        by=UserFactory(), at=known,
    )  # fmt: skip


def test_an_empty_database_gives_a_report_with_the_baselines_and_says_that_it_is_empty():
    report = october_report()
    assert report.is_empty
    assert [stock.latest.value for stock in report.stocks] == [483, 180, 12730]
    assert [flow.goal for flow in report.flows] == [20, 10, 5]


def test_the_figures_are_those_of_progress_for_the_same_pair():
    EventFactory(startup=True, on=date(2026, 3, 20))
    EventFactory(spin_off=True, on=date(2026, 10, 30))
    EventFactory(rd_branch=True, on=date(2026, 5, 2))
    EventFactory(startup=True, on=date(2026, 10, 30), pending=True)
    leaver = EventFactory(startup=True, on=date(2026, 2, 1)).organisation
    EventFactory(departure=True, organisation=leaver, on=date(2026, 9, 1))
    report, figures = october_report(), progress(OCTOBER.last_day, KNOWN)
    for flow in report.flows:
        counts = figures.targets[flow.code].as_json()
        for name in ("counted", "goal", "pending"):
            assert getattr(flow, name) == counts[name]
    startups, spin_offs, branches = report.flows
    counts = figures.targets["startups"].as_json()
    assert (startups.counted, startups.departed, startups.net, startups.to_date) == (3, 1, 2, 3)
    assert (startups.average_per_year, startups.required_per_year) == (
        counts["average_per_year"],
        counts["required_per_year"],
    )
    assert (spin_offs.counted, branches.counted, branches.by_takeover) == (1, 1, 0)
    for stock in report.stocks:
        counts = figures.targets[stock.code].as_json()
        assert (stock.plan, stock.net_since, stock.latest.value) == (
            counts["plan"],
            counts["net_since"],
            counts["observed"],
        )


def test_the_pace_is_the_goals_part_of_the_year_and_of_the_window():
    startups, spin_offs, branches = october_report().flows
    assert (startups.pace, spin_offs.pace, branches.pace) == (16.7, 8.3, 0.4)
    assert branches.required_per_year == 0.5  # 5 in 9.17 years


def test_the_plan_line_runs_from_baseline_to_goal_through_the_plan_of_the_day():
    companies = october_report().stocks[0]
    line = {point.position: point.value for point in companies.plan_line}
    assert (line[2024.0], line[2026.0], line[2035.0]) == (483.0, 516.7, 700.0)
    assert len(line) == 12
    assert line[2026.0] < companies.plan < line[2027.0]


def test_measurements_are_those_known_then_the_latest_last():
    observe("jobs", 12905, date(2025, 1, 1), datetime(2025, 8, 18, 12, tzinfo=AMSTERDAM))
    observe("jobs", 12900, date(2025, 1, 1), datetime(2026, 2, 1, 12, tzinfo=AMSTERDAM))
    observe("jobs", 13000, date(2026, 1, 1), datetime(2026, 11, 20, 12, tzinfo=AMSTERDAM))
    jobs = october_report().stocks[2]
    assert [(row.reference_date.year, row.value) for row in jobs.observations] == [
        (2024, 12730),
        (2025, 12900),
    ]
    later = october_report(datetime(2026, 11, 21, tzinfo=UTC)).stocks[2]
    assert later.now == 13000


def test_what_becomes_known_later_moves_no_earlier_report():
    LeadFactory(stage="proposal")
    before = october_report().to_payload()
    EventFactory(startup=True, on=date(2026, 10, 12), recorded_at=datetime(2026, 11, 9, 12, tzinfo=AMSTERDAM))
    LeadFactory(stage="decision", on=date(2026, 10, 20), at=datetime(2026, 11, 9, 12, tzinfo=AMSTERDAM))
    assert october_report().to_payload() == before
    later = october_report(datetime(2026, 11, 20, tzinfo=UTC))
    assert later.flow("startups").counted == 1
    assert later.total.end == 2


def test_the_same_pair_gives_the_same_bytes_whatever_the_zone():
    LeadFactory(stage="proposal", startup=True)
    EventFactory(startup=True, on=date(2026, 3, 20))
    assert october_report().to_payload() == october_report(KNOWN.astimezone(AMSTERDAM)).to_payload()


def test_a_log_that_does_not_balance_stops_the_report_and_names_stage_and_lead():
    lead = LeadFactory(stage="proposal")
    StageChange.objects.create(
        lead=lead, from_stage="decision", to_stage="committed", from_status="open", to_status="open",
        occurred_on=date(2026, 10, 5), recorded_at=datetime(2026, 10, 5, 12, tzinfo=AMSTERDAM), by=UserFactory(),
    )  # fmt: skip
    with pytest.raises(UnbalancedMovementError) as caught:
        october_report()
    assert [(fault.code, fault.field) for fault in caught.value.faults] == [
        ("unbalanced_movement", "decision"), ("unbalanced_movement", "proposal"),
    ]  # fmt: skip
    assert all(lead.reference in str(fault.message) for fault in caught.value.faults)


def test_strict_leads_are_in_the_totals_and_nowhere_else():
    lead = LeadFactory(stage="committed", startup=True, strict=True)
    for _number in range(4):
        LeadFactory(stage="contacted", startup=True)
    report = october_report()
    assert (report.total.end, report.total.startup, report.committed_startups) == (5, 5, None)
    assert lead.code_name not in report.to_payload().decode()


def test_actions_are_told_as_they_were_known():
    by, partner = UserFactory(), OrganisationFactory(name="Novel-T")
    strict, open_lead = LeadFactory(strict=True), LeadFactory(open_name=True)
    september, written = date(2026, 9, 1), datetime(2026, 9, 28, 12, tzinfo=AMSTERDAM)

    def ask(text: str, due: date, month: date = september, at: datetime = written, **more):
        return ask_partner(
            month=month, action_nl=text, action_en=text, partner=partner, due_on=due, by=by, at=at, **more
        )

    done = ask("done", date(2026, 10, 10), lead=open_lead)
    close_action(
        action=done, done_on=date(2026, 10, 12), by=by, at=datetime(2026, 10, 12, 12, tzinfo=AMSTERDAM)
    )
    late = ask("late", date(2026, 10, 20), lead=strict)
    close_action(
        action=late, done_on=date(2026, 11, 10), by=by, at=datetime(2026, 11, 10, 12, tzinfo=AMSTERDAM)
    )
    dropped = ask("dropped", date(2026, 10, 30))
    close_action(
        action=dropped, dropped_reason="Niet nodig", by=by, at=datetime(2026, 10, 30, 12, tzinfo=AMSTERDAM)
    )
    ask("asked", date(2026, 11, 20), OCTOBER.first_day)
    ask("written later", date(2026, 11, 20), OCTOBER.first_day, datetime(2026, 11, 7, 12, tzinfo=AMSTERDAM))
    report = october_report()
    assert [action.action.en for action in report.asked] == ["asked"]
    assert [(action.action.en, action.status) for action in report.asked_before] == [
        ("done", "done"), ("late", "open"), ("dropped", "dropped"),
    ]  # fmt: skip
    first, second = report.asked_before[:2]
    assert (first.code_name, first.closed_on) == (open_lead.code_name, date(2026, 10, 12))
    assert (second.lead, second.code_name) == ("", "")


def test_a_running_month_is_told_up_to_a_day():
    LeadFactory(stage="proposal", on=date(2026, 10, 8), at=datetime(2026, 10, 8, 12, tzinfo=AMSTERDAM))
    LeadFactory(stage="proposal", on=date(2026, 10, 20), at=datetime(2026, 10, 20, 12, tzinfo=AMSTERDAM))
    report = build_report(
        month=OCTOBER, known_at=datetime(2026, 10, 22, tzinfo=UTC), as_of=date(2026, 10, 15)
    )
    assert (report.as_of, report.total.end) == (date(2026, 10, 15), 1)


def test_the_number_of_queries_does_not_grow_with_the_park(django_assert_max_num_queries):
    for _number in range(3):
        LeadFactory(stage="proposal")
        EventFactory(startup=True, on=date(2026, 3, 20))
    with django_assert_max_num_queries(14):
        october_report()
    for _number in range(9):
        LeadFactory(
            stage="decision", lost=True, on=date(2026, 10, 5), at=datetime(2026, 10, 5, 12, tzinfo=AMSTERDAM)
        )
        EventFactory(startup=True, on=date(2026, 4, 20))
    with django_assert_max_num_queries(14):
        october_report()


def test_a_report_outside_the_window_has_no_pace():
    report = build_report(month=Month(2025, 6), known_at=KNOWN)
    assert [flow.pace for flow in report.flows] == [0.0, 0.0, 0.0]
    assert report == replace(report)
