"""ETag, If-Match and If-None-Match: nobody overwrites what they have not seen."""

import pytest

from crm.estate.models import Vacancy
from crm.estate.services import change_vacancy
from tests.api.conftest import LISTING, faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(broker) -> str:
    return f"vacancies/{broker.offer()['id']}"


def write(broker, method, path, **headers):
    body = {"PUT": LISTING | {"areaM2": 250}, "PATCH": {"areaM2": 250}, "DELETE": None}[method]
    return broker.send(method, path, body, **headers)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_write_without_if_match_is_428_and_with_an_old_one_412(method, path, broker):
    without = write(broker, method, path)
    assert (without.status_code, without.json()["type"].rpartition("/")[2]) == (428, "precondition-required")
    for tag in ('"0"', '"2"', 'W/"1"', '"abc"', '"2", "3"'):
        stale = write(broker, method, path, If_Match=tag)
        assert (stale.status_code, stale.json()["type"].rpartition("/")[2]) == (412, "precondition-failed"), (
            tag
        )
    assert broker.get(path).json()["version"] == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("tag", ['"1"', "*", '"7", "1"', ' "1" '])
def test_a_write_with_the_right_if_match_is_done(method, tag, path, broker):
    assert write(broker, method, path, If_Match=tag).status_code in (200, 204)
    assert broker.get(path).json()["version"] == 2


@pytest.mark.parametrize("tag", ["", "1", '"1', "\x07", '"1" "2"', '"' + "1" * 1000 + '"'])
def test_a_malformed_if_match_is_400(tag, path, broker):
    answer = write(broker, "PATCH", path, If_Match=tag)
    assert (answer.status_code, faults(answer)) == (400, {"": "if_match"})


def test_a_withdrawal_may_carry_if_match(path, broker):
    assert broker.post(f"{path}/withdrawals", {"reason": "Weg"}, If_Match='"9"').status_code == 412
    assert broker.post(f"{path}/withdrawals", {"reason": "Weg"}, If_Match='"1"').status_code == 201


def test_a_change_that_comes_between_the_look_and_the_lock_is_412(path, broker, monkeypatch):
    def change_after_somebody_else(**arguments):
        vacancy = arguments["vacancy"]
        change_vacancy(
            vacancy=vacancy, facts={"notice_months": 1}, version=1, by=broker.user, at=arguments["at"]
        )
        return change_vacancy(**arguments)

    monkeypatch.setattr("crm.api.broker.vacancies.change_vacancy", change_after_somebody_else)
    answer = broker.patch(path, {"areaM2": 250}, If_Match='"1"')
    assert (answer.status_code, faults(answer)) == (412, {"": "stale"})
    assert Vacancy.objects.get().area_m2 == 240


@pytest.mark.parametrize(
    "resource", ["vacancy", "me", "areas", "space-types", "value-lists", "value-lists/lab-levels"]
)
def test_what_the_caller_has_already_is_304(resource, path, broker):
    resource = path if resource == "vacancy" else resource
    tag = broker.get(resource).headers["ETag"]
    for header in (tag, f"W/{tag}", "*", f'"other", {tag}'):
        answer = broker.get(resource, If_None_Match=header)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
        assert "Content-Type" not in answer.headers
    for header in ('"other"', "nonsense", "", '"' + "x" * 2000 + '"'):
        assert broker.get(resource, If_None_Match=header).status_code == 200


def test_the_tag_changes_with_the_listing(path, broker):
    changed = broker.patch(path, {"areaM2": 250}, If_Match='"1"')
    assert changed.headers["ETag"] == '"2"' == broker.get(path).headers["ETag"]
    assert broker.get(path, If_None_Match='"1"').status_code == 200
