"""A POST that is sent again with its Idempotency-Key gets its first answer and stores nothing again."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.idempotency import KEPT_FOR, LEASE, Claim, claim_key, forget_answers, keep_answer, release_key
from accounts.models import IdempotencyRecord
from crm.api import urls
from crm.estate.models import Vacancy
from tests.api.conftest import LISTING, faults, make_caller

pytestmark = pytest.mark.django_db


def age(**change):
    IdempotencyRecord.objects.update(**change)


def test_a_repeated_request_gets_the_same_answer(broker):
    first = broker.post("vacancies", LISTING, Idempotency_Key='"a-1"')
    again = broker.post("vacancies", LISTING, Idempotency_Key='"a-1"')
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    for name in ("Location", "ETag", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert Vacancy.objects.count() == 1


def test_a_withdrawal_may_be_repeated_too(broker):
    path = f"vacancies/{broker.offer()['id']}/withdrawals"
    first = broker.post(path, {"reason": "Verhuurd"}, Idempotency_Key='"w"')
    again = broker.post(path, {"reason": "Verhuurd"}, Idempotency_Key='"w"')
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)


def test_another_body_or_another_address_with_the_same_key_is_422(broker):
    listing = broker.post("vacancies", LISTING, Idempotency_Key='"a"').json()
    other_body = broker.post("vacancies", LISTING | {"reference": "B"}, Idempotency_Key='"a"')
    other_path = broker.post(
        f"vacancies/{listing['id']}/withdrawals", json.dumps(LISTING), Idempotency_Key='"a"'
    )
    for answer in (other_body, other_path):
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (
            422,
            "idempotency-key-reused",
        )
    assert Vacancy.objects.count() == 1


def test_each_api_key_has_its_own_idempotency_keys(broker, other_broker):
    broker.post("vacancies", LISTING, Idempotency_Key='"a"')
    assert other_broker.post("vacancies", LISTING, Idempotency_Key='"a"').status_code == 201
    assert Vacancy.objects.count() == 2


def test_a_request_that_still_runs_is_409(broker):
    broker.post("vacancies", LISTING, Idempotency_Key='"a"')
    age(status=None, body="")
    answer = broker.post("vacancies", LISTING, Idempotency_Key='"a"')
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "request-in-flight")
    assert answer.headers["Retry-After"] == "1"


def test_a_request_that_was_killed_gives_its_key_up(broker):
    broker.post("vacancies", LISTING, Idempotency_Key='"a"')
    Vacancy.objects.update(reference="other")
    age(status=None, body="", started_at=timezone.now() - LEASE)
    assert broker.post("vacancies", LISTING, Idempotency_Key='"a"').status_code == 201


def test_after_a_day_a_key_is_new_again(broker):
    broker.post("vacancies", LISTING, Idempotency_Key='"a"')
    age(started_at=timezone.now() - KEPT_FOR)
    answer = broker.post("vacancies", LISTING | {"reference": "B"}, Idempotency_Key='"a"')
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


def test_a_refused_request_leaves_the_key_free(broker):
    assert broker.post("vacancies", LISTING | {"areaM2": 0}, Idempotency_Key='"a"').status_code == 400
    assert broker.post("vacancies", LISTING, Idempotency_Key='"a"').status_code == 201


@pytest.mark.parametrize("key", ["plain", '"quoted"', "k" * 255, '"' + "k" * 255 + '"', '"with space"'])
def test_a_key_may_be_quoted_or_bare(key, broker):
    assert broker.post("vacancies", LISTING, Idempotency_Key=key).status_code == 201
    assert broker.post("vacancies", LISTING, Idempotency_Key=key).headers["Idempotency-Replayed"]


@pytest.mark.parametrize(
    "key", ["", '""', "k" * 256, '"' + "k" * 256 + '"', '"open', "two words", "é", "a\x07"]
)
def test_a_malformed_key_is_refused(key, broker):
    answer = broker.post("vacancies", LISTING, Idempotency_Key=key)
    assert (answer.status_code, faults(answer)) == (400, {"": "idempotency_key"})
    assert not Vacancy.objects.exists()


def test_every_post_of_the_api_is_idempotent():
    views = [route.callback.view_class for route in urls.urlpatterns if hasattr(route.callback, "view_class")]
    posts = [view.post for view in views if hasattr(view, "post")]
    assert len(posts) == 2
    assert all(post.is_idempotent for post in posts)


def claim(caller, at, body="digest"):
    return claim_key(api_key=caller.key, key="k", method_and_path="POST /x", body_digest=body, at=at)


def test_of_two_that_take_over_a_dead_request_one_wins(broker, now):
    _claim, first = claim(broker, now)
    later = now + LEASE
    stolen, second = claim(broker, later)
    assert stolen == Claim.MINE
    assert claim(broker, later)[0] == Claim.RUNNING
    assert not keep_answer(record=first, status=201, headers={}, body=""), "the first was too late"
    release_key(record=first)
    assert keep_answer(record=second, status=201, headers={}, body="{}")
    assert claim(broker, later)[0] == Claim.ANSWERED
    assert claim(broker, later, "other")[0] == Claim.OTHER_REQUEST


def test_an_answer_that_came_too_late_is_taken_back(broker, monkeypatch):
    monkeypatch.setattr("crm.api.idempotency.keep_answer", lambda **facts: False)
    answer = broker.post("vacancies", LISTING, Idempotency_Key='"a"')
    assert answer.status_code == 409
    assert not Vacancy.objects.exists()


def test_old_answers_are_forgotten(now):
    caller = make_caller()
    claim(caller, now - KEPT_FOR)
    assert forget_answers(at=now - timedelta(seconds=1)) == 0
    assert forget_answers(at=now) == 1


def test_the_tick_forgets_them_by_itself():
    caller = make_caller()
    claim(caller, timezone.now() - KEPT_FOR)
    claim_key(api_key=caller.key, key="new", method_and_path="", body_digest="", at=timezone.now())
    call_command("tick", stdout=StringIO())
    assert [record.key for record in IdempotencyRecord.objects.all()] == ["new"]
