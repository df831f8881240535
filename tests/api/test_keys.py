"""Who calls: keys, scopes, offices, the sandbox, and how many requests a minute."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import IdempotencyRecord, Scope
from accounts.services import deactivate_user, issue_key, revoke_key
from crm.api.configuration import REQUESTS_A_MINUTE
from crm.estate.models import Vacancy, VacancyChange
from crm.messages.models import FeedEvent
from tests.api.conftest import LISTING, Caller, make_caller

pytestmark = pytest.mark.django_db


def ended_keys(broker) -> dict[str, str]:
    """The text of keys that no longer stand, and things that never were keys."""
    now = timezone.now()
    texts = {}
    for name in ("expired", "revoked"):
        key, text = issue_key(
            user=broker.user,
            label=name,
            scopes=[Scope.VACANCIES_READ],
            expires_at=now - timedelta(days=1),
            by=broker.user,
            at=now - timedelta(days=9),
        )
        if name == "revoked":
            key, text = issue_key(
                user=broker.user,
                label=name,
                scopes=[Scope.VACANCIES_READ],
                expires_at=now + timedelta(days=1),
                by=broker.user,
                at=now,
            )
            revoke_key(key=key, by=broker.user, at=now)
        texts[name] = f"Bearer {text}"
    return texts | {
        "unknown": "Bearer kp_00000000_" + "x" * 43,
        "a real prefix with another secret": f"Bearer kp_{broker.key.prefix}_" + "x" * 43,
        "another scheme": "Basic YTpi",
        "no secret": "Bearer",
        "spaces": "Bearer    ",
        "not ASCII": "Bearer kp_é_è",
        "long": "Bearer " + "k" * 5000,
        "empty": "",
    }


def test_no_key_and_every_bad_key_get_the_same_401(broker, nobody):
    without = nobody.get("vacancies")
    assert without.status_code == 401
    assert without.headers["WWW-Authenticate"] == "Bearer"
    for name, header in ended_keys(broker).items():
        answer = nobody.get("vacancies", Authorization=header)
        assert (answer.status_code, answer.content) == (401, without.content), name
        assert dict(answer.headers) == dict(without.headers), name


def test_the_key_of_a_user_who_left_is_no_key(broker, administrator):
    deactivate_user(user=broker.user, by=administrator, at=timezone.now())
    assert broker.get("vacancies").status_code == 401


def test_a_key_in_the_address_is_no_key(broker, nobody):
    assert nobody.get(f"vacancies?access_token={broker.secret}").status_code == 401


def test_a_scheme_is_read_whatever_its_capitals(broker):
    assert broker.get("me", Authorization=f"bearer {broker.secret}").status_code == 200


def test_reading_needs_the_scope_of_reading_and_writing_that_of_writing():
    reader, writer = make_caller([Scope.VACANCIES_READ]), make_caller([Scope.VACANCIES_WRITE])
    assert reader.get("vacancies").status_code == 200
    assert reader.post("vacancies", LISTING).status_code == 403
    assert writer.get("vacancies").status_code == 403
    assert writer.post("vacancies", LISTING).status_code == 201


def test_a_key_without_an_office_has_no_listings():
    answer = make_caller(is_broker=False).get("vacancies")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "forbidden")


def test_me_says_whose_key_it_is(broker):
    me = broker.get("me").json()
    assert me["office"] == {"name": broker.office.name}
    assert me["user"] == {"name": broker.user.full_name, "role": "broker"}
    assert me["scopes"] == ["vacancies:read", "vacancies:write"]
    assert me["limits"] == {"requestsPerMinute": REQUESTS_A_MINUTE}
    assert me["key"]["prefix"] == broker.key.prefix
    assert broker.secret not in broker.get("me").content.decode()


def test_me_answers_a_user_without_an_office_too():
    assert (
        make_caller([Scope.PROGRESS_READ], is_broker=False, role="partner").get("me").json()["office"] is None
    )


@pytest.fixture
def sandbox(db) -> Caller:
    return make_caller([Scope.SANDBOX])


def test_a_sandbox_key_checks_everything_and_stores_nothing(sandbox):
    answer = sandbox.post("vacancies", LISTING, Idempotency_Key='"s"')
    assert (answer.status_code, answer.headers["Sandbox"]) == (201, "true")
    assert answer.json()["status"] == "submitted"
    assert sandbox.post("vacancies", LISTING | {"areaM2": -1}).status_code == 400
    again = sandbox.post("vacancies", LISTING, Idempotency_Key='"s"')
    assert again.headers["Idempotency-Replayed"] == "true"
    assert not Vacancy.objects.exists()
    assert not VacancyChange.objects.exists()
    assert not FeedEvent.objects.exists()


def test_a_sandbox_key_rehearses_changes_on_what_the_office_has(broker):
    listing = broker.offer()
    sandbox = make_sandbox_of(broker)
    path = f"vacancies/{listing['id']}"
    changed = sandbox.patch(path, {"rentPerM2Year": 150}, If_Match='"1"')
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert sandbox.delete(path, If_Match='"1"').status_code == 204
    assert sandbox.post(f"{path}/withdrawals", {"reason": "Test"}).status_code == 201
    assert sandbox.post("vacancies", LISTING).status_code == 409
    assert broker.get(path).json() == listing


def make_sandbox_of(broker) -> Caller:
    now = timezone.now()
    key, secret = issue_key(
        user=broker.user,
        label="Sandbox",
        scopes=[Scope.SANDBOX],
        expires_at=now + timedelta(days=1),
        by=broker.user,
        at=now,
    )
    return Caller(key, secret, broker.user, broker.office)


def test_a_key_that_may_really_write_is_no_sandbox():
    caller = make_caller(list(Scope))
    answer = caller.post("vacancies", LISTING)
    assert "Sandbox" not in answer.headers
    assert caller.get("me").json()["sandbox"] is False
    assert Vacancy.objects.count() == 1


@pytest.fixture
def _quiet_minute():
    with time_machine.travel(datetime(2026, 11, 24, 12, 0, 20, tzinfo=UTC), tick=False):
        yield


@pytest.mark.usefixtures("_quiet_minute")
def test_a_key_has_so_many_requests_a_minute(monkeypatch):
    monkeypatch.setattr("crm.api.throttling.REQUESTS_A_MINUTE", 3)
    caller, other = make_caller(), make_caller()
    left = [caller.get("me").headers["RateLimit"] for _number in range(3)]
    assert left == ['"default";r=2;t=40', '"default";r=1;t=40', '"default";r=0;t=40']
    refused = caller.get("me")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (429, "quota-exceeded")
    assert refused.headers["Retry-After"] == "40"
    assert refused.headers["RateLimit-Policy"] == '"default";q=3;w=60'
    assert other.get("me").status_code == 200, "each key has its own"
    with time_machine.travel(datetime(2026, 11, 24, 12, 1, 0, tzinfo=UTC), tick=False):
        assert caller.get("me").status_code == 200


def test_the_quota_stands_on_refusals_too(broker):
    assert broker.post("vacancies", {}).headers["RateLimit"].startswith('"default";r=')
    assert broker.get("vacancies/none").headers["RateLimit-Policy"] == '"default";q=600;w=60'


def test_a_refused_request_keeps_no_idempotency_record(broker):
    broker.post("vacancies", {}, Idempotency_Key='"k"')
    assert not IdempotencyRecord.objects.exists()
