"""Figures for pairs of days, read from the database."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.common.errors import RuleError
from crm.common.months import AMSTERDAM
from crm.targets.models import Target
from crm.targets.progress import plan_of, progress, window_of
from crm.targets.services import record_observation
from tests.factories.contacts import OrganisationFactory
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db
END_OF_MARCH = date(2027, 3, 31)
LATER = datetime(2040, 1, 1, tzinfo=UTC)
CODES = ["rd_branches", "startups", "spin_offs", "knowledge_intensive_companies", "companies", "jobs"]


def figures(code: str, as_of=END_OF_MARCH, known_at=LATER) -> dict:
    return progress(as_of, known_at).as_json()["targets"][code]


def test_an_empty_ledger_gives_all_six_targets_in_the_order_of_the_strategy():
    shown = progress(END_OF_MARCH, datetime(2027, 4, 7, 12, tzinfo=AMSTERDAM)).as_json()
    assert shown["as_of"] == "2027-03-31"
    assert shown["known_at"] == "2027-04-07T10:00:00Z"
    assert shown["rule_version"] == 1
    assert list(shown["targets"]) == CODES
    assert shown["targets"]["rd_branches"] == {
        "kind": "cumulative",
        "counted": 0,
        "goal": 5,
        "by": "2035-12-31",
        "pending": 0,
        "by_takeover": 0,
    }
    assert shown["targets"]["startups"] == {
        "kind": "yearly",
        "year": 2027,
        "counted": 0,
        "goal": 20,
        "to_date": 0,
        "average_per_year": 0.0,
        "required_per_year": 22.8,
        "departed": 0,
        "net": 0,
        "pending": 0,
    }
    assert list(shown["targets"]["startups"]) == list(shown["targets"]["spin_offs"])
    companies = shown["targets"]["companies"]
    assert companies.pop("source").startswith("Gebiedsstrategie")
    assert companies == {
        "kind": "stock",
        "observed": 483,
        "observed_on": "2024-01-01",
        "goal": 700,
        "plan": 538.9,
        "net_since": 0,
    }
    assert shown["targets"]["jobs"]["net_since"] is None
    assert json.loads(json.dumps(shown)) == shown


def test_this_year_and_the_years_to_date_stand_side_by_side():
    firms = [EventFactory(startup=True, on=date(2026, 5, day)).organisation for day in (1, 2)]
    EventFactory(spin_off=True, on=date(2027, 1, 15))
    EventFactory(startup=True, on=date(2027, 4, 1))
    EventFactory(startup=True, on=date(2027, 3, 1), pending=True)
    EventFactory(departure=True, organisation=firms[0], on=date(2027, 2, 1))
    EventFactory(closure=True, organisation=firms[1], on=date(2026, 12, 1))
    shown = figures("startups")
    assert (shown["counted"], shown["to_date"], shown["pending"]) == (1, 3, 1)
    assert (shown["departed"], shown["net"]) == (1, 0)
    assert (shown["average_per_year"], shown["required_per_year"]) == (2.4, 22.5)
    assert figures("spin_offs")["counted"] == 1


def test_the_group_counts_as_it_was_recorded():
    first, second = OrganisationFactory(), OrganisationFactory()
    member = OrganisationFactory(group=first)
    EventFactory(rd_branch=True, organisation=member)
    EventFactory(rd_branch=True, organisation=OrganisationFactory(group=second))
    EventFactory(rd_branch=True, organisation=OrganisationFactory(group=second))
    assert figures("rd_branches")["counted"] == 2
    member.group = second
    member.save()
    assert figures("rd_branches")["counted"] == 2


@pytest.mark.parametrize("on", [date(2024, 6, 1), date(2025, 12, 31)])
def test_before_the_window_nothing_counts_and_there_is_no_average(on):
    EventFactory(startup=True, on=on)
    shown = figures("startups", as_of=on)
    assert (shown["year"], shown["counted"], shown["to_date"]) == (on.year, 0, 0)
    assert (shown["average_per_year"], shown["required_per_year"]) == (None, 20.0)


@pytest.mark.parametrize("as_of", [date(2036, 1, 1), date(2040, 2, 29)])
def test_after_the_window_nothing_is_required_any_more(as_of):
    EventFactory(startup=True)
    EventFactory(startup=True, on=as_of)
    EventFactory(startup=True, on=as_of, pending=True)
    shown = figures("startups", as_of=as_of, known_at=datetime(2041, 1, 1, tzinfo=UTC))
    assert (shown["counted"], shown["to_date"], shown["pending"]) == (0, 1, 0)
    assert (shown["average_per_year"], shown["required_per_year"]) == (0.1, None)
    assert figures("companies", as_of=as_of)["plan"] == 700.0


class TestObservation:
    @pytest.fixture
    def observe(self, manager):
        def observe(value, reference_date, known_at, code="companies"):
            record_observation(
                target=Target.objects.get(code=code),
                value=value,
                reference_date=reference_date,
                source=f"Register {value}",
                boundary_version="2026",
                by=manager,
                at=known_at,
            )

        return observe

    def test_the_latest_reference_date_that_is_known_is_shown(self, observe):
        observe(497, date(2026, 1, 1), datetime(2026, 6, 1, tzinfo=UTC))
        observe(490, date(2025, 1, 1), datetime(2026, 7, 1, tzinfo=UTC))
        known = datetime(2026, 8, 1, tzinfo=UTC)
        assert figures("companies", date(2026, 8, 1), known)["observed"] == 497
        assert figures("companies", date(2026, 8, 1), datetime(2026, 5, 31, tzinfo=UTC))["observed"] == 483
        assert figures("companies", date(2025, 12, 31), known)["observed"] == 490

    def test_of_two_for_one_date_the_later_known_is_shown(self, observe):
        observe(499, date(2026, 1, 1), datetime(2026, 7, 1, tzinfo=UTC))
        observe(497, date(2026, 1, 1), datetime(2026, 6, 1, tzinfo=UTC))
        shown = figures("companies", date(2026, 8, 1))
        assert (shown["observed"], shown["observed_on"], shown["source"]) == (
            499,
            "2026-01-01",
            "Register 499",
        )

    def test_nothing_is_shown_where_nothing_was_measured_or_known(self):
        for as_of, known_at in (
            (date(2023, 12, 31), LATER),
            (END_OF_MARCH, datetime(2023, 12, 31, 22, 59, tzinfo=UTC)),
        ):
            shown = figures("companies", as_of, known_at)
            assert [shown[name] for name in ("observed", "observed_on", "source", "net_since")] == [None] * 4
        assert shown["plan"] == 538.9

    def test_the_ledger_tells_the_net_change_since(self, observe):
        EventFactory(startup=True, on=date(2026, 1, 1))
        firm = EventFactory(startup=True, on=date(2026, 1, 2)).organisation
        EventFactory(on=date(2026, 1, 3))
        EventFactory(on=date(2026, 2, 1), departure=True)
        shown = figures("companies"), figures("knowledge_intensive_companies")
        assert [stock["net_since"] for stock in shown] == [2, 2]
        observe(500, date(2026, 1, 1), datetime(2026, 2, 1, tzinfo=UTC))
        observe(190, date(2026, 1, 1), datetime(2026, 2, 1, tzinfo=UTC), "knowledge_intensive_companies")
        EventFactory(organisation=firm, on=date(2026, 3, 1), closure=True)
        shown = figures("companies"), figures("knowledge_intensive_companies")
        assert [stock["net_since"] for stock in shown] == [0, 0]


def test_a_pair_costs_the_same_few_queries_whatever_its_events():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            progress(END_OF_MARCH, LATER)
        return len(captured)

    EventFactory(startup=True)
    few = queries()
    for day in range(1, 9):
        EventFactory(spin_off=True, on=date(2027, 1, day))
        EventFactory(rd_branch=True, on=date(2027, 1, day), pending=True)
    assert queries() == few == 4


def test_missing_reference_data_is_named_with_the_way_out():
    Target.objects.get(code="startups").delete()
    with pytest.raises(RuleError, match=r"startups.*manage\.py migrate"):
        progress(END_OF_MARCH, LATER)


def test_a_flow_has_a_window_and_a_stock_a_plan():
    stock, flow = Target.objects.get(code="jobs"), Target.objects.get(code="startups")
    with pytest.raises(ValueError, match="jobs is no flow"):
        window_of(stock)
    with pytest.raises(ValueError, match="startups is no stock"):
        plan_of(flow)
