"""The matrix of the API: every route and method, every kind of caller, own, another's and missing."""

import pytest

from accounts.models import Scope
from accounts.roles import Role
from crm.api import urls
from tests.api.conftest import LISTING, Caller, make_caller

pytestmark = pytest.mark.django_db
MISSING = "00000000-0000-4000-8000-000000000000"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
BODIES = {
    "vacancies": LISTING | {"reference": "NEW"},
    "vacancy": {"areaM2": 250},
    "withdrawals": {"reason": "Weg"},
}
# What each route answers to a full key of an office, by method, for what is its own; 405 where nothing stands here.
OWN = {
    "vacancies": {"GET": 200, "POST": 201},
    "vacancy-by-reference": {"GET": 200},
    "vacancy": {"GET": 200, "PUT": 400, "PATCH": 200, "DELETE": 204},
    "withdrawals": {"POST": 201},
    "areas": {"GET": 200},
    "space-types": {"GET": 200},
    "value-lists": {"GET": 200},
    "value-list": {"GET": 200},
    "me": {"GET": 200},
    "progress": {"GET": 403},
    "openapi": {"GET": 200},
    "problem": {"GET": 200},
}
PUBLIC = {"openapi", "problem"}
OF_AN_OFFICE = {"vacancies", "vacancy", "vacancy-by-reference", "withdrawals"}
ROUTES = {route.name: str(route.pattern) for route in urls.urlpatterns if route.name}
CELLS = [(name, method) for name in ROUTES for method in METHODS]


def address(name: str, listing: dict) -> str:
    path = ROUTES[name].removeprefix("v1/")
    if name == "value-list":
        return path.replace("<str:name>", "lab-levels")
    return (
        path.replace("<str:id>", listing["id"])
        .replace("<str:reference>", listing["reference"])
        .replace("<str:kind>", "not-found")
    )


def ask(caller: Caller, name: str, method: str, listing: dict):
    headers = {"If_Match": "*"} if method in ("PUT", "PATCH", "DELETE") else {}
    return caller.send(method, address(name, listing), BODIES.get(name), **headers)


def expected(name: str, method: str, table: dict) -> int:
    if method == "HEAD":
        return table[name].get("GET", 405)
    return table[name].get(method, 405)


def test_every_route_stands_in_the_table():
    assert set(ROUTES) == set(OWN)


@pytest.mark.parametrize(("name", "method"), CELLS)
def test_an_office_reaches_its_own(name, method, broker):
    assert ask(broker, name, method, broker.offer()).status_code == expected(name, method, OWN)


@pytest.mark.parametrize(("name", "method"), CELLS)
def test_nobody_reaches_anything_that_is_not_public(name, method, broker, nobody):
    answer = ask(nobody, name, method, broker.offer())
    assert answer.status_code == (expected(name, method, OWN) if name in PUBLIC else 401)


@pytest.mark.parametrize("method", [method for method in METHODS if method != "HEAD"])
@pytest.mark.parametrize("name", ["vacancy", "vacancy-by-reference", "withdrawals"])
def test_anothers_is_byte_for_byte_as_absent_as_what_never_was(name, method, broker, other_broker):
    listing = broker.offer()
    theirs = ask(other_broker, name, method, listing)
    missing = ask(other_broker, name, method, {"id": MISSING, "reference": "NEVER"})
    assert theirs.status_code == (405 if expected(name, method, OWN) == 405 else 404)
    assert theirs.content == missing.content
    kept = {key for key in theirs.headers if not key.startswith("RateLimit")}
    assert {key: theirs.headers[key] for key in kept} == {key: missing.headers[key] for key in kept}
    assert broker.get(f"vacancies/{listing['id']}").json() == listing


def test_an_office_sees_only_its_own_in_the_list(broker, other_broker):
    mine, theirs = broker.offer(), other_broker.offer()
    assert [item["id"] for item in broker.get("vacancies").json()["items"]] == [mine["id"]]
    assert theirs["id"] not in broker.get("vacancies?reference=KP-1").content.decode()


def test_two_users_of_one_office_share_its_listings(broker):
    colleague = make_caller(office=broker.office)
    listing = broker.offer()
    assert colleague.get(f"vacancies/{listing['id']}").status_code == 200


@pytest.mark.parametrize("role", [role for role in Role if role != Role.BROKER])
@pytest.mark.parametrize(("name", "method"), [cell for cell in CELLS if cell[0] in OF_AN_OFFICE])
def test_people_without_an_office_have_no_way_to_listings(name, method, role, broker):
    listing = broker.offer()
    caller = make_caller(list(Scope), is_broker=False, role=role)
    answer = ask(caller, name, method, listing)
    assert answer.status_code == (405 if expected(name, method, OWN) == 405 else 403)
    assert broker.get(f"vacancies/{listing['id']}").json() == listing


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("scopes", [[Scope.PROGRESS_READ], [Scope.VACANCIES_READ]])
def test_progress_is_for_the_park_and_its_partners_with_the_scope(role, scopes):
    caller = make_caller(scopes, is_broker=role == Role.BROKER, role=role)
    may = scopes == [Scope.PROGRESS_READ] and role != Role.BROKER
    assert caller.get("progress").status_code == (200 if may else 403)
