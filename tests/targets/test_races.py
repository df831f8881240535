"""Many people at once, with real threads and connections; each race with a control that shows what the lock prevents."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from crm.common.errors import RuleError
from crm.targets import services
from crm.targets.models import CountEvent
from crm.targets.progress import progress
from crm.targets.services import confirm_event, record_arrival, reverse_event
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.targets import area

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 10, 1)
PATIENCE = 20


def at_once(works: list[Callable[[], Any]], *, deferred: bool = False) -> list[Any]:
    """Run each in a thread of its own, all set off together; gives what each returned or raised."""
    start = threading.Barrier(len(works))
    outcomes: list[Any] = [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            if deferred and connection.vendor == "sqlite":
                connection.transaction_mode = None
            start.wait(PATIENCE)
            outcomes[number] = work()
        except (RuleError, DatabaseError) as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def lock_off(monkeypatch):
    """Row locks read without locking, and everybody has checked before anybody writes."""

    def switch_off(people: int, check: str) -> None:
        meeting = threading.Barrier(people)
        original = getattr(services, check, None) or getattr(services.rules, check)

        def checked(*arguments, **options):
            result = original(*arguments, **options)
            meeting.wait(PATIENCE)
            return result

        monkeypatch.setattr(services, "lock_row", lambda queryset, pk: queryset.get(pk=pk))
        monkeypatch.setattr(services if hasattr(services, check) else services.rules, check, checked)

    return switch_off


@pytest.fixture
def arrive(now):
    """Make somebody who records the company's arrival, a moment after the one before."""
    company, campus = OrganisationFactory(), area("ut_campus")

    def arrive(number: int = 0, lead=None) -> Callable[[], CountEvent]:
        by = UserFactory()
        return lambda: record_arrival(
            organisation=lead.identity.organisation if lead else company,
            area=campus,
            category="startup",
            is_knowledge_intensive=True,
            occurred_on=DAY,
            evidence_kind="lease",
            evidence="",
            lead=lead,
            by=by,
            at=now + timedelta(milliseconds=number),
        )

    return arrive


def confirm(event: CountEvent, at: datetime) -> Callable[[], CountEvent]:
    by = UserFactory()
    return lambda: confirm_event(event=event, by=by, at=at)


def refusals(outcomes: list[Any]) -> list[list[str]]:
    return [outcome.codes for outcome in outcomes if isinstance(outcome, RuleError)]


def test_12_fifty_attempts_at_once_to_record_one_arrival_leave_one_counted_arrival(arrive, manager, now):
    outcomes = at_once([arrive(number) for number in range(50)])
    assert refusals(outcomes) == [["arrival_recorded_already"]] * 49
    event = CountEvent.objects.get()
    confirm_event(event=event, by=manager, at=now + timedelta(hours=1))
    startups = progress(DAY, now + timedelta(hours=1)).as_json()["targets"]["startups"]
    assert (startups["counted"], startups["pending"]) == (1, 0)


def test_12_control_without_the_lock_an_arrival_is_there_twice_or_somebody_meets_a_bare_error(
    arrive, lock_off
):
    lock_off(2, "history_faults")
    outcomes = at_once([arrive(0), arrive(1)], deferred=True)
    twice = CountEvent.objects.count() == 2
    bare = [outcome for outcome in outcomes if isinstance(outcome, DatabaseError)]
    assert refusals(outcomes) == []
    assert twice or len(bare) == 1


def test_9_of_two_people_who_confirm_at_once_one_wins_and_the_other_learns_who(arrive, now):
    event = arrive()()
    outcomes = at_once([confirm(event, now + timedelta(seconds=number)) for number in range(2)])
    assert refusals(outcomes) == [["confirmed_already"]]
    event.refresh_from_db()
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, RuleError)]
    assert event.confirmed_by.full_name in str(lost)


def test_9_control_without_the_lock_the_other_meets_a_bare_error(arrive, now, lock_off):
    event = arrive()()
    lock_off(2, "_refuse_confirmation")
    works = [confirm(event, now + timedelta(seconds=number)) for number in range(2)]
    outcomes = at_once(works, deferred=True)
    assert refusals(outcomes) == []
    assert len([outcome for outcome in outcomes if isinstance(outcome, DatabaseError)]) == 1


def test_two_reversals_of_one_event_at_once_leave_one(arrive, now):
    event = arrive()()
    people = [UserFactory(), UserFactory()]
    outcomes = at_once(
        [lambda by=by: reverse_event(event=event, by=by, at=now, occurred_on=DAY) for by in people]
    )
    assert refusals(outcomes) == [["reversed_already"]]
    assert CountEvent.objects.filter(kind="reversal").count() == 1


def test_an_arrival_and_its_reversal_confirmed_at_once_never_leave_an_established_lead(arrive, now, staff):
    for _attempt in range(5):
        lead = LeadFactory(stage="committed")
        event = arrive(lead=lead)()
        reversal = reverse_event(event=event, by=staff, at=now, occurred_on=DAY)
        at_once([confirm(event, now), confirm(reversal, now)])
        lead.refresh_from_db()
        assert (lead.stage, lead.status) == ("committed", "open")


def test_two_arrivals_of_one_lead_confirmed_at_once_establish_it_once(arrive, now, staff):
    lead = LeadFactory(stage="committed")
    first = arrive(lead=lead)()
    second = record_arrival(
        organisation=OrganisationFactory(),
        area=area("bs_park"),
        category="company",
        is_knowledge_intensive=True,
        occurred_on=DAY,
        evidence_kind="lease",
        evidence="",
        lead=lead,
        by=staff,
        at=now,
    )
    outcomes = at_once([confirm(event, now) for event in (first, second)])
    assert refusals(outcomes) == []
    assert lead.stage_changes.filter(to_stage="established").count() == 1
