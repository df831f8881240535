"""A broker's office with its key, another office, and a client that sends what a broker's software sends."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Scope, User
from accounts.services import issue_key
from crm.contacts.models import Organisation
from crm.contacts.services import grant_broker_access
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory

ROOT = "/api/v1"
LISTING = {
    "reference": "KP-1",
    "titleNl": "Kantoorruimte in The Gallery",
    "street": "Hengelosestraat",
    "houseNumber": 500,
    "postcode": "7521an",
    "city": "Enschede",
    "spaceType": "office",
    "areaM2": 240,
    "areaKind": "vvo",
    "rentPerM2Year": "145.50",
}


@dataclass
class Caller:
    """A program with its key; every answer to a fault is checked to be a complete problem."""

    key: ApiKey | None = None
    secret: str | None = None
    user: User | None = None
    office: Organisation | None = None

    def __post_init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret is not None:
            named.setdefault("Authorization", f"Bearer {self.secret}")
        named.setdefault("Accept-Language", "en")
        content_type = named.pop("Content-Type", "application/json")
        if isinstance(body, dict | list):
            body = json.dumps(body)
        address = path if path.startswith("/") else f"{ROOT}/{path}"
        extra = {} if body is None else {"data": body, "content_type": content_type}
        answer = self.client.generic(method, address, headers=named, **extra)
        assert answer.headers["API-Version"] == "1.0.0"
        if answer.status_code >= 400 and method != "HEAD":
            assert_is_problem(answer)
        return answer

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("DELETE", path, **headers)

    def offer(self, **fields: Any) -> dict[str, Any]:
        answer = self.post("vacancies", LISTING | fields)
        assert answer.status_code == 201, answer.content
        return answer.json()


def assert_is_problem(answer: Any) -> None:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content[:200]
    problem = answer.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    for error in problem.get("errors", []):
        assert set(error) == {"pointer", "code", "detail"}


def faults(answer: Any) -> dict[str, str]:
    """The faults of an answer: pointer → code."""
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}


def make_caller(
    scopes=(Scope.VACANCIES_READ, Scope.VACANCIES_WRITE),
    *,
    is_broker=True,
    is_trusted=False,
    office=None,
    role="broker",
) -> Caller:
    user = UserFactory(role=role)
    if is_broker:
        office = office or OrganisationFactory(broker=True)
        grant_broker_access(user=user, office=office, by=user, at=timezone.now(), is_trusted=is_trusted)
    now = timezone.now()
    key, secret = issue_key(
        user=user, label="Test", scopes=scopes, expires_at=now + timedelta(days=30), by=user, at=now
    )
    return Caller(key, secret, user, office)


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def broker(db) -> Caller:
    return make_caller()


@pytest.fixture
def other_broker(db) -> Caller:
    return make_caller()


@pytest.fixture
def nobody(db) -> Caller:
    return Caller()
