"""What the machines ask: does the process answer, and may it be sent requests."""

import pytest
from django.db import OperationalError
from django.test import Client

from crm.api import health

STATES = {200: "ok", 503: None}


@pytest.fixture(autouse=True)
def _forget_what_was_seen():
    health._check_migrated.cache_clear()
    yield
    health._check_migrated.cache_clear()


def test_health_answers_without_a_database(client: Client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_migrated_database_is_ready_and_is_not_read_through_twice(client, django_assert_max_num_queries):
    assert client.get("/readyz").json() == {"status": "ok"}
    with django_assert_max_num_queries(1):
        assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_migration_that_is_missing_is_503_until_it_is_there(client, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("crm.api.health.MigrationExecutor.migration_plan", lambda *_: [("estate", "0099")])
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"status": "migrations pending"})
    assert client.get("/readyz").status_code == 200


def test_a_database_that_is_not_there_is_503(client, monkeypatch):
    def fail():
        raise OperationalError("no route to 10.0.0.1")

    monkeypatch.setattr("crm.api.health.connection.cursor", fail)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "database unreachable"})


def test_only_reading_is_possible(client):
    assert client.post("/healthz").status_code == 405
    assert client.post("/readyz").status_code == 405
