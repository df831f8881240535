"""Needs recorded, changed and dropped; spaces proposed and declined."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm.acquisition.models import Activity
from crm.common.errors import RuleError, StaleError
from crm.estate.services import unpublish_vacancy, withdraw_vacancy
from crm.matching.criteria import Criterion
from crm.matching.models import HousingNeed, Match, MatchStatus, NeedCriterion, NeedPart, NeedStatus
from crm.matching.services import (
    accept_match,
    change_need,
    decline_match,
    drop_need,
    propose_match,
    record_need,
)
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.matching import MatchFactory, NeedFactory, SpaceFactory

pytestmark = pytest.mark.django_db
ON = date(2026, 10, 20)


def faults_of(verb, **given):
    """Code by field of what the verb refuses."""
    with pytest.raises(RuleError) as refused:
        verb(**given)
    return {fault.field: fault.code for fault in refused.value.faults}


def must(criterion, asked):
    return {"criterion": criterion, "strictness": "must", "asked": asked}


@pytest.fixture
def company(db):
    return OrganisationFactory()


@pytest.fixture
def ask(company, staff, now):
    """Records a need of a company, with the given criteria."""

    def ask(*criteria, parts=(), **facts):
        given = {"title": "Lab", "organisation": company, "by": staff, "at": now} | facts
        return record_need(parts=parts, criteria=criteria, **given)

    return ask


# ── Recording ──────────────────────────────────────────────────────────────────


def test_a_need_is_recorded_with_its_parts_and_criteria_in_their_order(ask, company, staff, now):
    need = ask(
        must("power_kva", 60),
        {"criterion": "area_code", "strictness": "should", "weight": 3, "asked": ["ut_campus", "bs_park"]},
        parts=[
            {"space_type": "dry_lab", "area_from_m2": Decimal(200), "area_to_m2": Decimal(260)},
            {"space_type": "office"},
        ],
        title="  Lab en kantoor ",
        latest_on=date(2027, 6, 1),
        from_on=date(2027, 6, 1),
    )
    need.refresh_from_db()
    assert (need.title, need.organisation, need.status, need.version) == (
        "Lab en kantoor",
        company,
        "open",
        1,
    )
    assert (need.created_by, need.created_at, need.reference) == (staff, now, f"H-{need.pk:04d}")
    assert str(need) == f"{need.reference} Lab en kantoor"
    assert list(need.parts.values_list("space_type", "area_from_m2", "area_to_m2")) == [
        ("dry_lab", 200, 260),
        ("office", None, None),
    ]
    assert list(need.criteria.values_list("criterion", "strictness", "weight", "asked")) == [
        ("power_kva", "must", None, 60),
        ("area_code", "should", 3, ["ut_campus", "bs_park"]),
    ]


def test_a_need_may_be_of_a_lead_alone(staff, now):
    lead = LeadFactory()
    need = record_need(title="Lab", lead=lead, by=staff, at=now)
    assert (need.lead, need.organisation) == (lead, None)
    assert HousingNeed.objects.waiting().get() == need


def test_decimals_are_kept_exactly(ask):
    need = ask(
        must("floor_load_kn_m2", Decimal("2.50")),
        must("area_m2", (Decimal(200), Decimal("260.5"))),
        must("rent_per_m2_year", Decimal("1E+2")),
    )
    stored = dict(need.criteria.values_list("criterion", "asked"))
    assert stored == {"floor_load_kn_m2": "2.50", "area_m2": [200, "260.5"], "rent_per_m2_year": 100}


GOOD = {
    "space_type": "dry_lab",
    "area_m2": [200, None],
    "available_from": "2027-06-01",
    "rent_per_m2_year": 180,
    "total_per_month": "2500.50",
    "minimum_term_months": 36,
    "area_code": ["ut_campus"],
    "floor_load_kn_m2": 5,
    "clear_height_m": "3.2",
    "power_kva": 60,
    "fume_hoods": 2,
    "parking_places": 4,
    "lab_level": "ML-II",
    "cleanroom_iso_class": 7,
    "vibration_class": "VC-C",
    "environmental_category": "3.2",
}
WRONG = {
    "space_type": ("castle", "asked"),
    "area_m2": ([-1, 260], "asked[0]"),
    "available_from": ("2027-02-30", "asked"),
    "rent_per_m2_year": (-180, "asked"),
    "total_per_month": (True, "asked"),
    "minimum_term_months": ("2.5", "asked"),
    "area_code": (["ut_campus", "the_moon"], "asked[1]"),
    "floor_load_kn_m2": ("5,5", "asked"),
    "clear_height_m": ("high", "asked"),
    "power_kva": ([60], "asked"),
    "fume_hoods": (1.5, "asked"),
    "parking_places": (None, "asked"),
    "lab_level": ("ML-IV", "asked"),
    "cleanroom_iso_class": (10, "asked"),
    "vibration_class": (3, "asked"),
    "environmental_category": ("7", "asked"),
}
FEATURES = [criterion.value for criterion in Criterion if criterion.value.startswith("has_")]


def test_the_examples_below_name_every_criterion():
    assert {*GOOD, *FEATURES} == {*WRONG, *FEATURES} == {criterion.value for criterion in Criterion}


def test_every_criterion_can_be_asked(ask):
    asked = GOOD | dict.fromkeys(FEATURES, True)
    need = ask(*(must(criterion, value) for criterion, value in asked.items()))
    assert dict(need.criteria.values_list("criterion", "asked")) == asked


def test_of_every_criterion_a_value_of_the_wrong_kind_is_named_at_its_place(ask):
    asked = WRONG | dict.fromkeys(FEATURES, (False, "asked"))
    criteria = [must(criterion, value) for criterion, (value, _field) in asked.items()]
    faults = faults_of(lambda: ask(*criteria))
    assert list(faults) == [
        f"criteria[{place}].{field}" for place, (_value, field) in enumerate(asked.values())
    ]
    assert not HousingNeed.objects.exists()


def test_an_unknown_criterion_is_refused_with_the_list_of_those_there_are(ask):
    with pytest.raises(RuleError) as refused:
        ask(must("view", "sea"), must("view", "lake"))
    assert [(fault.code, fault.field) for fault in refused.value.faults] == [
        ("unknown_criterion", "criteria[0].criterion"),
        ("unknown_criterion", "criteria[1].criterion"),
    ]
    assert str(refused.value).startswith('"view": ')
    assert all(criterion.value in str(refused.value.faults[0].message) for criterion in Criterion)


def test_a_criterion_without_a_name_or_a_value_is_refused(ask):
    assert faults_of(lambda: ask({"strictness": "must", "asked": 60})) == {
        "criteria[0].criterion": "unknown_criterion"
    }
    assert faults_of(lambda: ask({"criterion": "power_kva", "strictness": "must"})) == {
        "criteria[0].asked": "not_a_number"
    }


def test_a_need_asks_a_criterion_once(ask):
    assert faults_of(lambda: ask(must("power_kva", 60), must("power_kva", 80))) == {
        "criteria[1].criterion": "twice"
    }


@pytest.mark.parametrize(
    ("strictness", "weight", "faults"),
    [
        ("must", 3, {"criteria[0].weight": "weight_not_asked"}),
        ("should", None, {"criteria[0].weight": "weight_needed"}),
        ("should", 0, {"criteria[0].weight": "weight_needed"}),
        ("should", 6, {"criteria[0].weight": "weight_needed"}),
        ("should", "heavy", {"criteria[0].weight": "invalid"}),
        ("maybe", 3, {"criteria[0].strictness": "invalid_choice"}),
    ],
)
def test_a_must_has_no_weight_and_a_should_one_of_1_to_5(ask, strictness, weight, faults):
    criterion = {"criterion": "power_kva", "asked": 60, "strictness": strictness, "weight": weight}
    assert faults_of(lambda: ask(criterion)) == faults


@pytest.mark.parametrize("weight", [1, 5])
def test_the_lightest_and_the_heaviest_weight_are_allowed(ask, weight):
    need = ask({"criterion": "power_kva", "asked": 60, "strictness": "should", "weight": weight})
    assert need.criteria.get().weight == weight


@pytest.mark.parametrize(
    ("part", "faults"),
    [
        ({"space_type": "castle"}, {"parts[0].space_type": "invalid_choice"}),
        ({"area_from_m2": Decimal(0)}, {"parts[0].area_from_m2": "not_above_zero"}),
        ({"area_to_m2": Decimal(-5)}, {"parts[0].area_to_m2": "not_above_zero"}),
        ({"area_from_m2": Decimal(9), "area_to_m2": Decimal(8)}, {"parts[0].area_to_m2": "area_reversed"}),
        ({"area_from_m2": "much"}, {"parts[0].area_from_m2": "invalid"}),
    ],
)
def test_a_part_is_a_known_space_from_small_to_large(ask, part, faults):
    assert faults_of(lambda: ask(parts=[{"space_type": "office"} | part])) == faults


def test_a_part_of_exactly_so_many_square_metres_is_allowed(ask):
    part = {"space_type": "office", "area_from_m2": Decimal(8), "area_to_m2": Decimal(8)}
    assert ask(parts=[part]).parts.count() == 1


@pytest.mark.parametrize(
    ("facts", "faults"),
    [
        ({"organisation": None}, {"organisation": "no_company"}),
        ({"title": "  "}, {"title": "blank"}),
        ({"title": "x" * 121}, {"title": "max_length"}),
        ({"title": "Lab\x00"}, {"title": "plain_text"}),
        ({"source": "rumour"}, {"source": "invalid_choice"}),
        ({"from_on": date(2027, 6, 2), "latest_on": date(2027, 6, 1)}, {"latest_on": "dates_reversed"}),
        ({"from_on": "soon", "latest_on": date(2027, 6, 1)}, {"from_on": "invalid"}),
        ({"rent_per_m2_year": Decimal(-1)}, {"rent_per_m2_year": "negative"}),
        ({"total_per_month": "dear"}, {"total_per_month": "invalid"}),
        (
            {"fte_now": Decimal("-0.5"), "fte_in_36_months": Decimal(-1)},
            {"fte_now": "negative", "fte_in_36_months": "negative"},
        ),
    ],
)
def test_a_need_says_who_asks_what_and_when(ask, facts, faults):
    assert faults_of(lambda: ask(**facts)) == faults


def test_everything_wrong_with_a_need_is_named_at_once_and_nothing_is_stored(ask):
    faults = faults_of(
        lambda: ask(
            must("power_kva", 60),
            must("lab_level", "ML-IX"),
            parts=[{"space_type": "office"}, {"space_type": "castle"}],
            organisation=None,
            title="",
        )
    )
    assert set(faults) == {"title", "organisation", "parts[1].space_type", "criteria[1].asked"}
    assert not HousingNeed.objects.exists()
    assert not NeedPart.objects.exists()
    assert not NeedCriterion.objects.exists()


@pytest.mark.parametrize("fact", ["status", "tenancy", "version", "colour"])
def test_only_a_needs_own_facts_can_be_given(ask, fact):
    with pytest.raises(TypeError, match=fact):
        ask(**{fact: 1})


# ── Changing and dropping ──────────────────────────────────────────────────────


def test_a_change_is_stored_with_who_and_when_and_a_next_version(staff, now):
    need = NeedFactory()
    changed = change_need(need=need, by=staff, at=now, version=1, title=" Kantoor ", fte_now=Decimal("4.5"))
    changed.refresh_from_db()
    assert (changed.title, changed.fte_now, changed.version) == ("Kantoor", Decimal("4.5"), 2)
    assert (changed.changed_by, changed.changed_at, changed.created_by) == (staff, now, need.created_by)


def test_a_change_of_an_old_version_hears_who_saved_in_between(staff, manager, now):
    need = NeedFactory()
    change_need(need=need, by=manager, at=now, version=1, title="Kantoor")
    with pytest.raises(StaleError, match=manager.full_name):
        change_need(need=need, by=staff, at=now, version=1, title="Hal")
    need.refresh_from_db()
    assert (need.title, need.version) == ("Kantoor", 2)


def test_without_a_version_the_last_one_stands(staff, manager, now):
    need = NeedFactory()
    change_need(need=need, by=manager, at=now, title="Kantoor")
    assert change_need(need=need, by=staff, at=now, title="Hal").version == 3


def test_a_change_is_held_to_the_same_rules(staff, now):
    need = NeedFactory()
    faults = faults_of(change_need, need=need, by=staff, at=now, title="", organisation=None)
    assert faults == {"title": "blank", "organisation": "no_company"}
    with pytest.raises(TypeError, match="status"):
        change_need(need=need, by=staff, at=now, status="housed")
    need.refresh_from_db()
    assert need.version == 1


def test_a_dropped_need_keeps_its_reason_and_ends_its_open_proposals(staff, now):
    need = NeedFactory()
    declined, open_one = MatchFactory(need=need), MatchFactory(need=need)
    decline_match(match=declined, reason="Te duur", by=staff, at=now)
    elsewhere = MatchFactory(vacancy=open_one.vacancy)
    dropped = drop_need(need=need, reason=" Blijft zitten ", by=staff, at=now)
    dropped.refresh_from_db()
    assert (dropped.status, dropped.status_reason) == (NeedStatus.DROPPED, "Blijft zitten")
    declined.refresh_from_db()
    open_one.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (declined.status, declined.reason) == (MatchStatus.DECLINED, "Te duur")
    assert (open_one.status, open_one.reason) == (MatchStatus.DECLINED, "Blijft zitten")
    assert (open_one.decided_by, open_one.decided_at) == (staff, now)
    assert elsewhere.status == MatchStatus.PROPOSED


def test_a_need_is_dropped_once_and_with_a_reason(staff, now):
    need = NeedFactory()
    common = {"need": need, "by": staff, "at": now}
    assert faults_of(drop_need, reason="  ", **common) == {"reason": "reason_missing"}
    assert faults_of(drop_need, reason="x" * 201, **common) == {"reason": "too_long"}
    assert set(faults_of(drop_need, reason="Nee\x07", **common)) == {"reason"}
    assert HousingNeed.objects.get().status == NeedStatus.OPEN
    drop_need(reason="x" * 200, **common)
    assert faults_of(drop_need, reason="", **common) == {"": "need_is_closed", "reason": "reason_missing"}


# ── Proposing ──────────────────────────────────────────────────────────────────


def test_a_proposal_makes_the_need_offered_and_stands_in_the_leads_log(staff, now):
    lead = LeadFactory()
    need, vacancy = NeedFactory(lead=lead), SpaceFactory()
    match = propose_match(need=need, vacancy=vacancy, on=ON, by=staff, at=now)
    match.refresh_from_db()
    need.refresh_from_db()
    assert (match.status, match.proposed_on, match.created_by) == (MatchStatus.PROPOSED, ON, staff)
    assert str(match) == f"{need.pk} – {vacancy.pk}"
    assert (need.status, need.version, need.changed_by) == (NeedStatus.OFFERED, 2, staff)
    activity = Activity.objects.get(lead=lead, kind="proposal")
    assert (activity.reference, activity.occurred_on) == (f"{need.reference} – {vacancy.reference}", ON)


def test_a_second_proposal_leaves_an_offered_need_as_it_is(staff, now):
    need = NeedFactory()
    for _time in range(2):
        propose_match(need=need, vacancy=SpaceFactory(), on=ON, by=staff, at=now)
    need.refresh_from_db()
    assert (need.status, need.version, need.matches.count()) == (NeedStatus.OFFERED, 2, 2)
    assert not Activity.objects.exists()


def test_a_space_out_of_the_publication_can_still_be_proposed(staff, now):
    vacancy = unpublish_vacancy(vacancy=SpaceFactory(), by=staff, at=now)
    assert propose_match(need=NeedFactory(), vacancy=vacancy, on=ON, by=staff, at=now).pk


def test_a_gone_space_a_closed_need_and_a_day_to_come_are_named_together(staff, now):
    lead = LeadFactory()
    need, vacancy = NeedFactory(lead=lead), SpaceFactory()
    withdraw_vacancy(vacancy=vacancy, reason="", by=staff, at=now)
    drop_need(need=need, reason="Blijft zitten", by=staff, at=now)
    tomorrow = now.date() + timedelta(days=1)
    faults = faults_of(propose_match, need=need, vacancy=vacancy, on=tomorrow, by=staff, at=now)
    assert faults == {"vacancy": "vacancy_is_gone", "": "need_is_closed", "proposed_on": "in_the_future"}
    assert not Match.objects.exists()
    assert not Activity.objects.exists()


def test_a_space_is_proposed_to_a_need_once_even_after_it_was_declined(staff, now):
    match = MatchFactory()
    again = {"need": match.need, "vacancy": match.vacancy, "on": ON, "by": staff, "at": now}
    assert faults_of(propose_match, **again) == {"vacancy": "proposed_before"}
    decline_match(match=match, reason="Te duur", by=staff, at=now)
    assert faults_of(propose_match, **again) == {"vacancy": "proposed_before"}


# ── Declining ──────────────────────────────────────────────────────────────────


def test_a_need_is_open_again_when_its_last_proposal_is_declined(staff, now):
    need = NeedFactory()
    first, second = MatchFactory(need=need), MatchFactory(need=need)
    decline_match(match=first, reason=" Te duur ", by=staff, at=now)
    need.refresh_from_db()
    first.refresh_from_db()
    assert (need.status, first.status, first.reason) == (NeedStatus.OFFERED, MatchStatus.DECLINED, "Te duur")
    assert (first.decided_by, first.decided_at, first.version) == (staff, now, 2)
    decline_match(match=second, reason="Te laat", by=staff, at=now)
    need.refresh_from_db()
    assert need.status == NeedStatus.OPEN
    assert propose_match(need=need, vacancy=SpaceFactory(), on=ON, by=staff, at=now).pk


def test_a_proposal_is_declined_with_a_reason_and_once(staff, now):
    first = UserFactory(full_name="Anna de Vries")
    match = MatchFactory()
    assert faults_of(decline_match, match=match, reason="", by=staff, at=now) == {"reason": "reason_missing"}
    decline_match(match=match, reason="Te duur", by=first, at=now)
    with pytest.raises(RuleError, match="Anna de Vries") as refused:
        decline_match(match=match, reason="", by=staff, at=now)
    assert refused.value.codes == ["decided_before", "reason_missing"]
    with pytest.raises(RuleError, match="Anna de Vries"):
        accept_match(match=match, on=ON, by=staff, at=now)
