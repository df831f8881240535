"""The table of the quiet list, reason by reason, at and around each bound. Today is Thursday 22 October 2026."""

from datetime import date

import pytest

from crm.common.workdays import add_workdays
from crm.desk.quiet.facts import EventFacts, LeadFacts, NeedFacts, Promise, TenancyFacts, VacancyFacts
from crm.desk.quiet.reasons import (
    event_reasons,
    in_order,
    lead_reasons,
    need_reasons,
    promise_reason,
    tenancy_reasons,
    vacancy_reasons,
)
from crm.rules.norms import DELIVERED

TODAY = date(2026, 10, 22)


def lead(stage="identified", **facts) -> LeadFacts:
    known = {"stage_since": TODAY, "recorded_on": date(2026, 1, 5), "has_next_step": True} | facts
    return LeadFacts(stage=stage, **known)


def weights(reasons) -> dict[str, int]:
    return {reason.code.value: reason.weight for reason in reasons}


@pytest.mark.parametrize(
    ("due_on", "weight"),
    [
        (date(2026, 10, 22), 100),
        (date(2026, 10, 21), 105),
        (date(2026, 10, 16), 120),  # Friday: four working days, not six days
        (date(2026, 10, 8), 150),
        (date(2026, 1, 5), 150),
    ],
)
def test_a_promise_weighs_by_working_days_late_up_to_a_bound(due_on, weight):
    assert promise_reason(Promise(1, "", due_on), TODAY, DELIVERED).weight == weight


def test_a_passed_date_weighs_in_its_own_stage_alone():
    yesterday = date(2026, 10, 21)
    assert weights(lead_reasons(lead("decision", decision_expected_on=yesterday), TODAY, DELIVERED)) == {
        "decision_passed": 90
    }
    assert weights(lead_reasons(lead("committed", settles_expected_on=yesterday), TODAY, DELIVERED)) == {
        "arrival_not_recorded": 90
    }
    for fine in (
        lead("decision", decision_expected_on=TODAY),
        lead("proposal", decision_expected_on=yesterday, settles_expected_on=yesterday),
        lead("committed", settles_expected_on=yesterday, has_arrival=True),
    ):
        assert weights(lead_reasons(fine, TODAY, DELIVERED)) == {}


@pytest.mark.parametrize(
    ("stage_since", "weight"),
    [
        (date(2026, 7, 24), None),  # 90 days: the norm itself
        (date(2026, 7, 23), 60),
        (date(2026, 7, 17), 61),  # five working days over
        (date(2025, 1, 1), 90),
    ],
)
def test_a_stalled_lead_weighs_by_working_days_over_its_norm(stage_since, weight):
    stalled = lead("contacted", stage_since=stage_since, spoken_on=TODAY)
    assert weights(lead_reasons(stalled, TODAY, DELIVERED)).get("stalled") == weight


def test_a_first_stage_has_no_norm_and_asks_for_no_contact():
    assert weights(lead_reasons(lead(stage_since=date(2020, 1, 1)), TODAY, DELIVERED)) == {}


@pytest.mark.parametrize(
    ("stage", "limit"), [("contacted", 30), ("qualified", 30), ("site_visit", 14), ("committed", 14)]
)
def test_silence_begins_at_its_working_days_and_grows(stage, limit):
    spoken_on = date(2026, 3, 2)
    silent = lead(stage, stage_since=TODAY, spoken_on=spoken_on)
    for over, weight in ((-1, None), (0, 50), (1, 50), (2, 51), (50, 75), (90, 75)):
        today = add_workdays(spoken_on, limit + over)
        assert weights(lead_reasons(silent, today, DELIVERED)).get("silence") == weight, over


def test_who_was_never_spoken_to_is_silent_since_the_stage_began():
    (reason,) = (
        reason
        for reason in lead_reasons(lead("contacted", stage_since=date(2026, 8, 3)), TODAY, DELIVERED)
        if reason.code == "silence"
    )
    assert reason.on is None


def test_an_open_lead_without_a_next_step_is_named():
    assert weights(lead_reasons(lead(has_next_step=False), TODAY, DELIVERED)) == {"no_next_step": 45}


@pytest.mark.parametrize(("day", "weight"), [(date(2026, 10, 9), None), (date(2026, 10, 8), 55)])
def test_an_answer_is_due_after_ten_working_days(day, weight):
    for name, code in (("proposed_on", "answer_due"), ("viewed_on", "viewing_answer_due")):
        need = NeedFacts(is_open=False, quiet_since=TODAY, **{name: day})
        assert weights(need_reasons(need, TODAY, DELIVERED)).get(code) == weight


def test_a_need_is_without_candidates_after_thirty_days_and_only_while_it_is_open():
    since = date(2026, 9, 22)
    assert weights(need_reasons(NeedFacts(is_open=True, quiet_since=since), TODAY, DELIVERED)) == {
        "need_without_candidates": 40
    }
    assert not list(need_reasons(NeedFacts(is_open=True, quiet_since=date(2026, 9, 23)), TODAY, DELIVERED))
    assert not list(need_reasons(NeedFacts(is_open=False, quiet_since=since), TODAY, DELIVERED))


def test_a_broker_is_silent_past_the_date_or_five_working_days_after_a_question():
    assert weights(vacancy_reasons(VacancyFacts(confirm_before=date(2026, 10, 21)), TODAY, DELIVERED)) == {
        "broker_unconfirmed": 40
    }
    assert not list(vacancy_reasons(VacancyFacts(confirm_before=TODAY), TODAY, DELIVERED))
    assert weights(vacancy_reasons(VacancyFacts(asked_on=date(2026, 10, 15)), TODAY, DELIVERED)) == {
        "broker_unanswered": 40
    }
    assert not list(vacancy_reasons(VacancyFacts(asked_on=date(2026, 10, 16)), TODAY, DELIVERED))


@pytest.mark.parametrize(
    ("notice_on", "speaks"),
    [(TODAY, True), (date(2027, 4, 22), True), (date(2027, 4, 23), False), (date(2026, 10, 21), False)],
)
def test_a_lease_speaks_in_the_six_months_before_its_notice_date(notice_on, speaks):
    assert bool(list(tenancy_reasons(TenancyFacts(notice_on), TODAY, DELIVERED))) is speaks


@pytest.mark.parametrize(("recorded_on", "weight"), [(date(2026, 10, 20), None), (date(2026, 10, 19), 85)])
def test_an_event_waits_more_than_two_working_days(recorded_on, weight):
    assert (
        weights(event_reasons(EventFacts(recorded_on), TODAY, DELIVERED)).get("waiting_for_second") == weight
    )


def test_reasons_come_heaviest_first_and_of_equals_the_older():
    late = promise_reason(Promise(2, "", date(2026, 10, 20)), TODAY, DELIVERED)
    due = promise_reason(Promise(1, "", TODAY, DELIVERED), TODAY, DELIVERED)
    older = [
        reason
        for day in (20, 8)
        for reason in need_reasons(
            NeedFacts(is_open=False, quiet_since=TODAY, proposed_on=date(2026, 9, day)), TODAY, DELIVERED
        )
    ]
    assert in_order([*older, due, late]) == [late, due, older[1], older[0]]
