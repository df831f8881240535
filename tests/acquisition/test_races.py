"""Several people move one lead at the same moment; the lock is what keeps the log a chain."""

import time
from datetime import date

import pytest
from django.db import connection

from crm.acquisition.models import Lead, StageChange
from crm.acquisition.services import close_lead, logbook, move_stage, park_lead, reverse_change
from crm.common.errors import RuleError, StaleError
from tests.acquisition.racing import at_once
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2026, 10, 22)


def is_chain(lead) -> bool:
    """Whether every standing change begins where the one before it ended, and the lead stands at the end."""
    changes = list(lead.stage_changes.filter(reverses=None, reversed_by=None).order_by("pk"))
    states = [("", ""), *((change.to_stage, change.to_status) for change in changes)]
    stored = Lead.objects.get(pk=lead.pk)
    return (
        all(
            (change.from_stage, change.from_status) == state
            for change, state in zip(changes, states, strict=False)
        )
        and states[-1] == (stored.stage, stored.status)
        and stored.version == lead.version + len(changes) - lead.stage_changes_before
    )


@pytest.fixture
def lead():
    lead = LeadFactory(stage="site_visit", complete=True)
    lead.stage_changes_before = lead.stage_changes.count()
    return lead


@pytest.fixture
def people():
    return [UserFactory() for _ in range(4)]


def mover(lead, to_stage, by, at, version=None):
    return lambda: move_stage(
        lead=Lead.objects.get(pk=lead.pk), to_stage=to_stage, on=TODAY, by=by, at=at, version=version
    )


def test_two_people_who_saw_the_same_version_one_moves_and_one_hears_who_did(lead, people, now):
    calls = [
        mover(lead, to_stage, by, now, version=lead.version)
        for to_stage, by in zip(("proposal", "decision", "contacted", "qualified"), people, strict=True)
    ]
    answers = at_once(*calls)
    won = [answer for answer in answers if isinstance(answer, StageChange)]
    lost = [answer for answer in answers if isinstance(answer, StaleError)]
    assert (len(won), len(lost)) == (1, 3)
    assert all(str(won[0].by) in str(error) for error in lost)
    assert is_chain(lead)


def test_without_a_version_each_move_leaves_its_row_and_the_log_stays_a_chain(lead, people, now):
    stages = ("proposal", "decision", "contacted", "qualified")
    answers = at_once(*(mover(lead, stage, by, now) for stage, by in zip(stages, people, strict=True)))
    assert all(isinstance(answer, StageChange) for answer in answers)
    assert lead.stage_changes.count() == lead.stage_changes_before + 4
    assert is_chain(lead)


def test_the_same_move_by_two_people_leaves_one_row(lead, people, now):
    answers = at_once(*(mover(lead, "proposal", by, now) for by in people))
    refused = [answer for answer in answers if isinstance(answer, RuleError)]
    assert [error.codes for error in refused] == [["no_change"]] * 3
    assert lead.stage_changes.count() == lead.stage_changes_before + 1


def test_moving_parking_and_ending_at_once_end_in_one_story(lead, people, now):
    common = {"on": TODAY, "at": now}
    at_once(
        mover(lead, "proposal", people[0], now),
        lambda: park_lead(lead=Lead.objects.get(pk=lead.pk), by=people[1], **common),
        lambda: close_lead(
            lead=Lead.objects.get(pk=lead.pk), to_status="lost", reason="timing", by=people[2], **common
        ),
    )
    assert is_chain(lead)


def test_a_change_is_taken_back_once_however_many_try(lead, people, now):
    change = move_stage(lead=lead, to_stage="proposal", on=TODAY, by=people[0], at=now)

    def take_back(by):
        return lambda: reverse_change(change=StageChange.objects.get(pk=change.pk), by=by, at=now)

    answers = at_once(*map(take_back, people))
    assert sum(isinstance(answer, StageChange) for answer in answers) == 1
    assert [answer.codes for answer in answers if isinstance(answer, RuleError)] == [["reversed_already"]] * 3


def test_control_without_the_lock_the_log_breaks(lead, people, now, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip(
            "SQLite lets one writer in at a time (transaction_mode IMMEDIATE): there is no lock to take off"
        )

    def look_only(queryset, pk):
        row = queryset.get(pk=pk)
        time.sleep(0.3)
        return row

    monkeypatch.setattr(logbook, "lock_row", look_only)
    at_once(mover(lead, "proposal", people[0], now), mover(lead, "decision", people[1], now))
    assert not is_chain(lead)
