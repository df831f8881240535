"""Everything that goes wrong under /api is problem+json with the API's headers, whoever noticed it."""

import json

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.test import Client

from crm.api import errors, urls
from crm.api.problems import PROBLEMS
from tests.api.conftest import LISTING

pytestmark = pytest.mark.django_db
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "API-Version": "1.0.0",
}


def kind(answer) -> str:
    return answer.json()["type"].rpartition("/")[2]


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/vacancies/",
        "/api/v1/me/",
        "/api/v2/vacancies",
        "/api/x.json",
    ],
)
def test_an_unknown_address_or_a_slash_at_the_end_is_404_without_a_redirect(path, broker):
    answer = broker.get(path)
    assert (answer.status_code, kind(answer)) == (404, "not-found")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/vacancies", "/api/v1/problems/nothing"])
def test_the_headers_stand_on_every_answer(path, nobody):
    answer = nobody.get(path)
    assert SECURITY_HEADERS.items() <= dict(answer.headers).items()
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_headers_stand_on_good_answers_too(broker):
    for answer in (broker.get("vacancies"), broker.post("vacancies", LISTING)):
        assert SECURITY_HEADERS.items() <= dict(answer.headers).items()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "vacancies", "GET, HEAD, POST"),
        ("OPTIONS", "vacancies", "GET, HEAD, POST"),
        ("TRACE", "vacancies", "GET, HEAD, POST"),
        ("BREW", "vacancies", "GET, HEAD, POST"),
        ("POST", "vacancies/00000000-0000-4000-8000-000000000000", "GET, HEAD, PUT, PATCH, DELETE"),
        ("GET", "vacancies/00000000-0000-4000-8000-000000000000/withdrawals", "POST"),
        ("POST", "me", "GET, HEAD"),
        ("POST", "areas", "GET, HEAD"),
        ("POST", "openapi.json", "GET, HEAD"),
        ("OPTIONS", "openapi.json", "GET, HEAD"),
        ("DELETE", "problems/not-found", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_possible_is_405_with_allow(method, path, allowed, broker):
    answer = broker.send(method, path)
    assert (answer.status_code, kind(answer)) == (405, "method-not-allowed")
    assert answer.headers["Allow"] == allowed


def test_head_answers_as_get_without_a_body(broker):
    answer = broker.send("HEAD", "vacancies")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*", "nonsense", ";;;"])
def test_an_answer_of_another_kind_does_not_exist(accept, broker):
    answer = broker.get("vacancies", Accept=accept)
    assert (answer.status_code, kind(answer)) == (406, "not-acceptable")


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/*", "text/html, */*;q=0.1"])
def test_json_is_answered_where_it_is_acceptable(accept, broker):
    assert broker.get("vacancies", Accept=accept).headers["Content-Type"] == "application/json"


def test_a_host_that_is_not_ours_is_refused_as_a_problem(broker):
    answer = broker.get("vacancies", Host="evil.example")
    assert (answer.status_code, kind(answer)) == (400, "invalid-input")
    assert "evil.example" not in answer.content.decode()


def test_a_defect_is_a_500_that_tells_nothing(broker, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("crm.api.broker.vacancies.offer_vacancy", fail)
    answer = broker.post("vacancies", LISTING, Idempotency_Key='"k"')
    assert (answer.status_code, kind(answer)) == (500, "internal-error")
    assert "secret" not in answer.content.decode()
    monkeypatch.undo()
    assert broker.post("vacancies", LISTING, Idempotency_Key='"k"').status_code == 201, (
        "the key is free again"
    )


def test_a_database_that_is_not_there_is_503(broker, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("could not connect to server 10.0.0.1")

    monkeypatch.setattr("crm.api.authentication.authenticate_key", fail)
    answer = broker.get("vacancies")
    assert (answer.status_code, kind(answer), answer.headers["Retry-After"]) == (503, "unavailable", "5")
    assert "10.0.0.1" not in answer.content.decode()


def test_texts_come_in_the_callers_language(broker):
    english = broker.get("nothing", Accept_Language="en").json()
    assert english["title"] == str(PROBLEMS["not-found"].title)
    assert broker.get("nothing", Accept_Language="en").headers["Content-Language"] == "en"
    assert broker.get("nothing", Accept_Language="nl").headers["Content-Language"] == "nl"
    assert broker.get("nothing", Accept_Language="fr").headers["Content-Language"] == "nl"


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_type_opens_a_page_in_both_languages(name, nobody):
    answer = nobody.get(f"problems/{name}", Accept="text/html")
    page = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/html")
    assert 'lang="nl"' in page
    assert 'lang="en"' in page
    assert f"{PROBLEMS[name].status} <code>{name}</code>" in page


def test_the_pages_of_people_keep_their_own_errors():
    client = Client(raise_request_exception=False)
    answer = client.get("/nothing-of-the-kind")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "API-Version" not in answer.headers
    assert (
        client.get("/nothing", headers={"Host": "evil.example"})
        .headers["Content-Type"]
        .startswith("text/html")
    )


def test_no_cookie_is_set_and_none_is_heeded(broker, staff):
    broker.client.force_login(staff)
    assert broker.client.get("/api/v1/vacancies").status_code == 401
    assert "Set-Cookie" not in broker.get("vacancies").headers


def test_every_route_has_no_slash_at_the_end():
    patterns = [str(route.pattern) for route in urls.urlpatterns[:-1]]
    assert [pattern for pattern in patterns if pattern.endswith("/")] == []
    assert all(pattern == pattern.lower() for pattern in patterns)


def test_problems_are_compact_json(broker):
    problem = json.loads(broker.get("nothing").content)
    assert list(problem) == ["type", "title", "status", "detail"]


@pytest.mark.parametrize(
    ("path", "media_type"), [("/api/x", "application/problem+json"), ("/x", "text/html; charset=utf-8")]
)
def test_each_handler_answers_the_api_and_people_in_their_own_form(path, media_type, rf):
    request = rf.get(path)
    answers = {
        400: errors.bad_request(request, SuspiciousOperation()),
        403: errors.permission_denied(request, PermissionDenied()),
        404: errors.page_not_found(request, Http404()),
        500: errors.server_error(request),
    }
    for status, answer in answers.items():
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, media_type)
