"""Norms are decided from a day on, and a judgement of last year is explained by the norms of last year."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from crm.common.errors import RuleError, StaleError
from crm.rules.models import NormChange
from crm.rules.norms import BY_CODE, DEFINITIONS, DELIVERED
from crm.rules.reading import contact_days, norms_on
from crm.rules.services import change_norm, last_decision, withdraw_norm_change
from tests.conftest import NOON
from tests.factories.accounts import UserFactory

TODAY = NOON.date()
pytestmark = pytest.mark.django_db


def decide(value, valid_from=TODAY, code="stage_contacted", at=NOON, **given):
    facts = {
        "reason": "Zo besloten",
        "by": UserFactory(administrator=True),
        "seen": last_decision(code),
    } | given
    return change_norm(code=code, value=value, valid_from=valid_from, at=at, **facts)


def test_a_new_database_judges_by_the_delivered_norms_each_with_a_first_row_of_its_history():
    assert norms_on(TODAY) == DELIVERED
    assert set(NormChange.objects.values_list("code", flat=True)) == set(BY_CODE)
    assert norms_on(date(2020, 1, 1)) == DELIVERED
    assert [contact_days(kind, on=TODAY) for kind in ("owner", "broker", "tenant", "partner")] == [
        180,
        90,
        365,
        60,
    ]


def test_every_delivered_value_lies_within_its_own_bounds():
    assert [one.code for one in DEFINITIONS if not one.least <= one.delivered <= one.most] == []


def test_a_decision_holds_from_its_day_on_and_not_before():
    decide(30, TODAY + timedelta(days=10))
    assert norms_on(TODAY + timedelta(days=9))["stage_contacted"] == 90
    assert norms_on(TODAY + timedelta(days=10)).stage_days("contacted") == 30
    assert norms_on(date(2026, 1, 1)) == DELIVERED


def test_what_was_known_at_a_moment_stays_what_it_was():
    decide(30)
    assert norms_on(TODAY, NOON - timedelta(seconds=1))["stage_contacted"] == 90
    assert norms_on(TODAY, NOON)["stage_contacted"] == 30


def test_of_two_decisions_for_one_day_the_later_holds():
    decide(30)
    decide(40, at=NOON + timedelta(hours=1))
    assert norms_on(TODAY)["stage_contacted"] == 40


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"value": 0}, "out_of_bounds"),
        ({"value": 9_999}, "out_of_bounds"),
        ({"value": 90}, "no_change"),
        ({"value": 30, "valid_from": TODAY - timedelta(days=1)}, "in_the_past"),
        ({"value": 30, "reason": "  "}, "blank"),
        ({"value": 30, "reason": "x" * 301}, "max_length"),
        ({"value": 30, "reason": "a\0b"}, "plain_text"),
        ({"value": 30, "code": "stage_elsewhere"}, "no_such_norm"),
    ],
)
def test_what_no_norm_can_be_is_refused_and_leaves_no_row(change, code):
    before = NormChange.objects.count()
    with pytest.raises(RuleError) as refusal:
        decide(**change)
    assert code in refusal.value.codes or "null_characters_not_allowed" in refusal.value.codes
    assert NormChange.objects.count() == before


def test_all_that_is_wrong_is_named_at_once():
    with pytest.raises(RuleError) as refusal:
        decide(0, TODAY - timedelta(days=1), reason="")
    assert set(refusal.value.codes) == {"out_of_bounds", "in_the_past", "blank"}


def test_who_decides_upon_an_old_page_is_told_so():
    seen = last_decision("stage_contacted")
    decide(30)
    with pytest.raises(StaleError):
        decide(40, seen=seen)
    assert norms_on(TODAY)["stage_contacted"] == 30


def test_a_planned_decision_can_be_withdrawn_once_and_one_that_holds_cannot():
    by = UserFactory(administrator=True)
    planned = decide(30, TODAY + timedelta(days=5))
    withdraw_norm_change(change=planned, reason="Toch niet", by=by, at=NOON)
    assert norms_on(TODAY + timedelta(days=5))["stage_contacted"] == 90
    with pytest.raises(RuleError) as again:
        withdraw_norm_change(change=planned, reason="Toch niet", by=by, at=NOON)
    assert again.value.codes == ["withdrawn"]
    with pytest.raises(RuleError) as holds:
        withdraw_norm_change(change=decide(35), reason="Toch niet", by=by, at=NOON)
    assert holds.value.codes == ["in_force"]


def test_the_log_of_norms_can_be_neither_rewritten_nor_deleted():
    row = decide(30)
    with pytest.raises(IntegrityError), transaction.atomic():
        NormChange.objects.filter(pk=row.pk).update(value=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        NormChange.objects.filter(pk=row.pk).delete()


def test_all_norms_are_read_with_one_query(django_assert_num_queries):
    for days in range(1, 6):
        decide(30 + days, TODAY + timedelta(days=days))
    with django_assert_num_queries(1):
        assert norms_on(TODAY + timedelta(days=5))["stage_contacted"] == 35
