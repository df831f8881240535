"""The status of a listing moves only as its table says, and every move is in the log."""

from datetime import date, timedelta

import pytest

from crm.common.errors import RuleError
from crm.common.months import amsterdam_day
from crm.estate.choices import VacancyStatus
from crm.estate.freshness import confirm_before
from crm.estate.models import Vacancy, VacancyChange
from crm.estate.services import (
    ask_broker,
    confirm_vacancy,
    let_vacancy,
    publish_vacancy,
    refuse_vacancy,
    unpublish_vacancy,
    withdraw_vacancy,
)
from crm.estate.vacancy_moves import MOVES, allowed_moves
from tests.factories.estate import OFFERED_AT, VacancyFactory

pytestmark = pytest.mark.django_db
LATER = OFFERED_AT + timedelta(days=3)
VERBS = {
    "publish": publish_vacancy,
    "ask": lambda **hand: ask_broker(question="Hoeveel vermogen?", **hand),
    "refuse": lambda **hand: refuse_vacancy(reason="Woonruimte", **hand),
    "unpublish": unpublish_vacancy,
    "confirm": confirm_vacancy,
    "withdraw": lambda **hand: withdraw_vacancy(reason="Zelf nodig", **hand),
    "let": lambda **hand: let_vacancy(on=date(2026, 10, 1), **hand),
}


@pytest.mark.parametrize("status", VacancyStatus.values)
@pytest.mark.parametrize("name", VERBS)
def test_a_move_is_possible_exactly_where_the_table_says(name, status, staff):
    vacancy = VacancyFactory()
    Vacancy.objects.filter(pk=vacancy.pk).update(status=status)
    if status in MOVES[name].starts:
        moved = VERBS[name](vacancy=vacancy, by=staff, at=LATER)
        assert moved.status == (MOVES[name].to or status)
        assert moved.version == 2
        assert name in allowed_moves(status)
    else:
        with pytest.raises(RuleError) as refused:
            VERBS[name](vacancy=vacancy, by=staff, at=LATER)
        assert refused.value.codes == ["wrong_status"]
        assert Vacancy.objects.get(pk=vacancy.pk).version == 1
        assert name not in allowed_moves(status)


def test_publishing_notes_the_moment(staff):
    vacancy = publish_vacancy(vacancy=VacancyFactory(), by=staff, at=LATER)
    assert vacancy.published_at == LATER
    row = VacancyChange.objects.get(vacancy=vacancy, at=LATER)
    assert (row.field, row.old, row.new, row.by) == ("status", "submitted", "published", staff)


def test_a_question_is_the_status_note_until_the_next_move(staff):
    vacancy = ask_broker(vacancy=VacancyFactory(), question=" Hoeveel vermogen? ", by=staff, at=LATER)
    assert vacancy.status_note == "Hoeveel vermogen?"
    assert publish_vacancy(vacancy=vacancy, by=staff, at=LATER).status_note == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "required"), ("  ", "required"), ("x" * 501, "max_length"), ("\x00", "plain_text")],
)
def test_a_reason_is_a_plain_text_of_at_most_500_characters(text, code, staff):
    with pytest.raises(RuleError) as refused:
        refuse_vacancy(vacancy=VacancyFactory(), reason=text, by=staff, at=LATER)
    assert [(fault.code, fault.field) for fault in refused.value.faults] == [(code, "reason")]


def test_a_withdrawal_needs_no_reason_and_keeps_the_row(staff):
    vacancy = withdraw_vacancy(vacancy=VacancyFactory(), reason="", by=staff, at=LATER, actor="kp_1")
    assert Vacancy.objects.get(pk=vacancy.pk).status == "withdrawn"
    assert VacancyChange.objects.get(vacancy=vacancy, at=LATER).actor == "kp_1"


def test_a_letting_logs_its_day(staff):
    vacancy = let_vacancy(vacancy=VacancyFactory(), on=date(2026, 10, 1), by=staff, at=LATER)
    assert VacancyChange.objects.get(vacancy=vacancy, field="let_on").new == "2026-10-01"


def test_a_confirmation_moves_the_day_before_which_the_next_one_is_due(staff):
    vacancy = VacancyFactory()
    assert confirm_before(vacancy) == amsterdam_day(OFFERED_AT + timedelta(days=75))
    confirmed = confirm_vacancy(vacancy=vacancy, by=staff, at=LATER)
    assert (confirmed.confirmed_at, confirmed.confirmed_by) == (LATER, staff)
    assert confirm_before(confirmed) == amsterdam_day(LATER + timedelta(days=75))
    withdrawn = withdraw_vacancy(vacancy=confirmed, reason="", by=staff, at=LATER)
    assert confirm_before(withdrawn) is None
