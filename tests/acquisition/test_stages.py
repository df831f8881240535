"""The stage table: what is required, which steps are legal, and that every fault is named at once."""

from dataclasses import replace
from datetime import date

import pytest

from crm.acquisition.choices import ActivityKind, LeadStatus, Stage
from crm.acquisition.models import Lead
from crm.acquisition.stages import (
    ENDINGS,
    REASONS,
    REQUIREMENTS,
    STATUS_MOVES,
    LeadFacts,
    Standing,
    Step,
    is_forward,
    missing_for,
    next_stage,
    rank,
    requirement_faults,
    step_faults,
)
from crm.rules.norms import DELIVERED

ON = date(2026, 3, 20)
COMPLETE = LeadFacts(
    has_name=True,
    contacted_on=ON,
    develops_technology=False,
    has_rd_in_operations=True,
    seeks_space=False,
    decision_expected_on=date(2027, 9, 20),
    has_decision_maker=True,
    visited_on=ON,
    offer_reference="offer.pdf",
    settles_expected_on=date(2027, 12, 1),
    confirmation_on=ON,
    confirmation_reference="lease.pdf",
    jobs_promised=0,
)
STANDS = Standing("contacted", "open", date(2026, 3, 1))


def step(**changes) -> Step:
    facts = {
        "from_stage": "contacted",
        "to_stage": "qualified",
        "from_status": "open",
        "to_status": "open",
        "occurred_on": ON,
        "recorded_on": ON,
    }
    return Step(**(facts | changes))


def codes(faults) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in faults]


def keys(facts, stage=Stage.COMMITTED, on=ON) -> list[str]:
    return [requirement.key for requirement in missing_for(facts, stage, on)]


def test_every_stage_asks_for_something():
    assert {requirement.stage for requirement in REQUIREMENTS} == set(Stage.values)


def test_requirements_stand_in_the_order_of_the_pipeline_with_keys_of_their_own():
    ranks = [rank(requirement.stage) for requirement in REQUIREMENTS]
    assert ranks == sorted(ranks)
    assert len({requirement.key for requirement in REQUIREMENTS}) == len(REQUIREMENTS)


def test_what_settles_a_requirement_is_a_field_of_the_lead_or_an_activity():
    known = {field.name for field in Lead._meta.fields} | {"organisation", "working_name"}
    for requirement in REQUIREMENTS:
        if requirement.activity:
            assert requirement.fields == ("activity",)
            assert requirement.activity in ActivityKind.values
        else:
            assert set(requirement.fields) <= known


def test_a_complete_lead_may_be_committed_but_not_established():
    assert keys(COMPLETE) == []
    assert keys(COMPLETE, Stage.ESTABLISHED) == ["count_event"]
    assert keys(replace(COMPLETE, is_counted=True), Stage.ESTABLISHED) == []


@pytest.mark.parametrize(
    ("lost", "key"),
    [
        ({"has_name": False}, "name"),
        ({"contacted_on": None}, "contact"),
        ({"contacted_on": date(2026, 3, 21)}, "contact"),
        ({"develops_technology": None}, "technology"),
        ({"has_rd_in_operations": None}, "rd"),
        ({"seeks_space": None}, "space"),
        ({"seeks_space": True}, "space"),
        ({"decision_expected_on": None}, "decision_date"),
        ({"decision_expected_on": date(2027, 9, 21)}, "decision_date"),
        ({"has_decision_maker": False}, "decision_maker"),
        ({"visited_on": None}, "visit"),
        ({"visited_on": date(2026, 3, 21)}, "visit"),
        ({"offer_reference": ""}, "offer"),
        ({"offer_reference": "", "proposed_on": date(2026, 3, 21)}, "offer"),
        ({"settles_expected_on": None}, "settling_date"),
        ({"confirmation_on": None}, "confirmation_date"),
        ({"confirmation_on": date(2026, 3, 21)}, "confirmation_date"),
        ({"confirmation_reference": ""}, "confirmation"),
        ({"jobs_promised": None}, "jobs"),
    ],
)
def test_one_missing_fact_is_named_alone(lost, key):
    assert keys(replace(COMPLETE, **lost)) == [key]


@pytest.mark.parametrize(
    "other",
    [
        {"seeks_space": True, "area_from_m2": 100},
        {"seeks_space": None, "area_to_m2": 200},
        {"offer_reference": "", "proposed_on": ON},
        {"decision_expected_on": date(2026, 1, 1)},
    ],
)
def test_other_facts_that_settle_a_requirement_do(other):
    assert keys(replace(COMPLETE, **other)) == []


def test_a_stage_asks_for_what_the_stages_before_it_ask_too():
    facts = replace(COMPLETE, contacted_on=None, has_decision_maker=False, visited_on=None)
    assert keys(facts, Stage.IDENTIFIED) == []
    assert keys(facts, Stage.CONTACTED) == ["contact"]
    assert keys(facts, Stage.QUALIFIED) == ["contact", "decision_maker"]
    assert keys(facts, Stage.PROPOSAL) == ["contact", "decision_maker", "visit"]


def test_an_empty_lead_hears_everything_at_once_each_with_its_field():
    faults = requirement_faults(LeadFacts(), Stage.ESTABLISHED, ON)
    assert [fault.code for fault in faults] == [requirement.key for requirement in REQUIREMENTS]
    assert {fault.code: fault.field for fault in faults}["space"] == "seeks_space"
    assert faults[-1].field == "to_stage"


def test_norms_are_given_for_the_open_stages_after_the_first():
    assert {stage: days for stage in Stage if (days := DELIVERED.stage_days(stage))} == {
        "contacted": 90,
        "qualified": 120,
        "site_visit": 90,
        "proposal": 120,
        "decision": 90,
        "committed": 270,
    }


def test_the_next_stage_is_the_one_after():
    assert next_stage("identified") == "contacted"
    assert next_stage("committed") == "established"
    assert next_stage("established") is None
    assert is_forward("contacted", "proposal")
    assert not is_forward("proposal", "proposal")
    with pytest.raises(ValueError, match="nowhere"):
        rank("nowhere")


def test_endings_are_those_with_reasons():
    assert set(ENDINGS) == {"lost", "referred", "withdrawn"}
    assert all("other" in reasons for reasons in REASONS.values())
    assert STATUS_MOVES.keys() == {"", *LeadStatus.values}


def test_a_step_that_follows_on_has_no_fault():
    assert step_faults(step(), STANDS) == []
    assert step_faults(step(to_stage="identified"), STANDS) == []
    assert step_faults(step(occurred_on=date(2026, 3, 1)), STANDS) == []
    first = step(from_stage="", from_status="", to_stage="proposal")
    assert step_faults(first, None) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"from_stage": "proposal"}, [("broken_chain", "from_stage")]),
        ({"from_status": "parked"}, [("broken_chain", "from_status")]),
        (
            {"from_stage": "", "from_status": ""},
            [("broken_chain", "from_stage"), ("broken_chain", "from_status")],
        ),
        ({"to_stage": "contacted"}, [("no_change", "to_stage")]),
        ({"to_stage": "established"}, [("established_in_both", "to_stage")]),
        ({"to_status": "established"}, [("established_in_both", "to_stage")]),
        ({"to_status": "parked"}, [("stage_kept", "to_stage")]),
        ({"to_status": "lost", "reason": "timing"}, [("stage_kept", "to_stage")]),
        ({"to_stage": "contacted", "to_status": "lost"}, [("reason_needed", "reason")]),
        (
            {"to_stage": "contacted", "to_status": "lost", "reason": "duplicate"},
            [("reason_needed", "reason")],
        ),
        ({"reason": "timing"}, [("reason_not_asked", "reason")]),
        ({"occurred_on": date(2026, 3, 21)}, [("in_the_future", "occurred_on")]),
        ({"occurred_on": date(2026, 2, 28)}, [("before_previous", "occurred_on")]),
        (
            {"from_stage": "proposal", "occurred_on": date(2026, 2, 28), "reason": "other"},
            [
                ("broken_chain", "from_stage"),
                ("reason_not_asked", "reason"),
                ("before_previous", "occurred_on"),
            ],
        ),
    ],
)
def test_every_fault_of_a_step_is_named(changes, expected):
    assert codes(step_faults(step(**changes), STANDS)) == expected


def test_a_first_step_comes_from_nothing():
    assert codes(step_faults(step(), None)) == [
        ("broken_chain", "from_stage"),
        ("broken_chain", "from_status"),
    ]


@pytest.mark.parametrize("status", LeadStatus.values)
@pytest.mark.parametrize("to_status", LeadStatus.values)
def test_only_the_status_moves_of_the_table_are_legal(status, to_status):
    established = LeadStatus.ESTABLISHED
    stage = "established" if status == established else "contacted"
    to_stage = "established" if to_status == established else stage
    if status == established != to_status:
        to_stage = "committed"
    reason = "other" if to_status in ENDINGS else ""
    move = step(from_stage=stage, from_status=status, to_stage=to_stage, to_status=to_status, reason=reason)
    faults = step_faults(move, Standing(stage, status, ON))
    if (stage, status) == (to_stage, to_status):
        assert codes(faults) == [("no_change", "to_stage")]
    elif to_status in STATUS_MOVES[status]:
        assert faults == []
    else:
        assert codes(faults) == [("status_move", "to_status")]


@pytest.mark.parametrize(("status", "reasons"), REASONS.items())
def test_each_ending_takes_its_own_reasons_only(status, reasons):
    every = {reason for listed in REASONS.values() for reason in listed}
    for reason in every:
        faults = step_faults(step(to_stage="contacted", to_status=status, reason=reason), STANDS)
        assert (faults == []) == (reason in reasons)
