"""Requests that arrive at once: each race has one winner, and a control shows what the lock prevents."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connection, connections

from crm.common.locks import lock_row
from crm.estate.models import Vacancy, VacancyChange
from tests.api.conftest import LISTING, Caller, make_caller

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def at_once(*requests) -> list:
    """Send all requests at the same moment, each in a thread with a connection of its own."""
    start = Barrier(len(requests))

    def run(request):
        try:
            start.wait()
            return request()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(run, requests))


def again(caller: Caller) -> Caller:
    """The same key in a client of its own."""
    return Caller(caller.key, caller.secret, caller.user, caller.office)


def statuses(answers) -> Counter:
    return Counter(answer.status_code for answer in answers)


def test_one_request_sent_many_times_at_once_is_done_once():
    broker = make_caller()
    answers = at_once(
        *[
            lambda: again(broker).post("vacancies", LISTING, Idempotency_Key='"k"')
            for _number in range(AT_ONCE)
        ]
    )
    assert Vacancy.objects.count() == 1
    assert VacancyChange.objects.count() == 1
    assert set(statuses(answers)) <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert all(
        answer.json()["type"].endswith("request-in-flight") for answer in answers if answer.status_code == 409
    )


def test_one_reference_offered_many_times_at_once_is_stored_once():
    broker = make_caller()
    answers = at_once(*[lambda: again(broker).post("vacancies", LISTING) for _number in range(AT_ONCE)])
    assert statuses(answers) == {201: 1, 409: AT_ONCE - 1}
    assert Vacancy.objects.count() == 1


def meeting(read):
    """Make two writers meet between reading the row and writing it, where nothing keeps them apart."""
    both_have_read = Barrier(2)

    def read_and_wait(queryset, pk):
        row = read(queryset, pk)
        with suppress(BrokenBarrierError):
            both_have_read.wait(timeout=0.7)
        return row

    return read_and_wait


def two_changes_with_one_tag(monkeypatch, read) -> list:
    broker = make_caller()
    path = f"vacancies/{broker.offer()['id']}"
    monkeypatch.setattr("crm.estate.vacancy_writing.lock_row", meeting(read))
    return at_once(
        lambda: again(broker).patch(path, {"areaM2": 250}, If_Match='"1"'),
        lambda: again(broker).patch(path, {"noticeMonths": 3}, If_Match='"1"'),
    )


def test_of_two_changes_with_one_etag_one_wins(monkeypatch):
    assert statuses(two_changes_with_one_tag(monkeypatch, lock_row)) == {200: 1, 412: 1}
    assert Vacancy.objects.get().version == 2


def test_without_the_lock_a_change_is_lost(monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer in at a time (BEGIN IMMEDIATE): there is no lock to take away")
    answers = two_changes_with_one_tag(monkeypatch, lambda queryset, pk: queryset.get(pk=pk))
    assert statuses(answers) == {200: 2}
    vacancy = Vacancy.objects.get()
    assert (vacancy.area_m2 == 250) != (vacancy.notice_months == 3), "one of both is overwritten"


def test_a_change_and_a_withdrawal_at_once_leave_one_of_both():
    broker = make_caller()
    path = f"vacancies/{broker.offer()['id']}"
    answers = at_once(
        lambda: again(broker).patch(path, {"areaM2": 250}, If_Match='"1"'),
        lambda: again(broker).delete(path, If_Match='"1"'),
    )
    assert sorted(statuses(answers)) in ([200, 412], [204, 412])
    assert Vacancy.objects.get().version == 2
