"""The served document describes what is served, and its examples are valid."""

import json
import re

import jsonschema
import pytest

from accounts.models import Scope
from crm.api import urls
from crm.api.problems import PROBLEMS
from tests.api.conftest import LISTING, make_caller

pytestmark = pytest.mark.django_db
NOT_DESCRIBED = {"v1/openapi.json", "v1/problems/<str:kind>"}


@pytest.fixture
def document(nobody) -> dict:
    return nobody.get("openapi.json").json()


def valid(document: dict, name: str, value) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(value)


def test_it_is_public_for_every_origin_and_cached(nobody):
    answer = nobody.get("openapi.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = nobody.get("openapi.json", If_None_Match=answer.headers["ETag"], Origin="https://x.example")
    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (304, "*")


def test_it_names_the_version_the_contact_and_this_server(document):
    assert document["openapi"].startswith("3.1")
    assert document["info"]["version"] == "1.0.0"
    assert set(document["info"]["contact"]) == {"name", "url", "email"}
    assert document["servers"] == [{"url": "http://testserver/api/v1"}]


def test_its_paths_and_methods_are_those_that_are_served(document):
    served = {}
    for route in urls.urlpatterns:
        pattern = str(route.pattern)
        if not route.name or pattern in NOT_DESCRIBED:
            continue
        path = "/" + re.sub(r"<str:(\w+)>", r"{\1}", pattern.removeprefix("v1/"))
        view = route.callback.view_class
        served[path] = {name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)}
    assert {path: set(operations) for path, operations in document["paths"].items()} == served


def operations(document):
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_keeps_the_rules_that_can_be_linted(document):
    names = [operation["operationId"] for _path, _method, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        assert re.fullmatch(r"(/([a-z0-9-]+|\{[a-z][A-Za-z]*\}))+", path), path
        for parameter in operation["parameters"]:
            if parameter["in"] == "query":
                assert re.fullmatch(r"[a-z][A-Za-z0-9]*", parameter["name"]), parameter
        for status, answer in operation["responses"].items():
            if "$ref" in answer:
                answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                assert set(answer["content"]) == {"application/problem+json"}
                assert int(status) >= 400
            assert "API-Version" in answer["headers"], (path, method, status)
        assert "400" in operation["responses"]


def test_every_reference_leads_somewhere_and_schemas_have_good_names(document):
    for reference in re.findall(r'"\$ref": "#/components/(\w+)/(\w+)"', json.dumps(document)):
        assert reference[1] in document["components"][reference[0]], reference
    for name, schema in document["components"]["schemas"].items():
        assert re.fullmatch(r"([A-Z][a-z0-9]+)+", name)
        jsonschema.Draft202012Validator.check_schema(schema)


def test_its_examples_are_valid_and_accepted(document, broker):
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", []):
            valid(document, name, example)
    schemas = document["components"]["schemas"]
    [listing] = schemas["VacancyInput"]["examples"]
    made = broker.post("vacancies", listing)
    assert made.status_code == 201
    path = f"vacancies/{made.json()['id']}"
    [patch] = schemas["VacancyPatch"]["examples"]
    assert broker.patch(path, patch, If_Match='"1"').status_code == 200
    [withdrawal] = schemas["WithdrawalInput"]["examples"]
    assert broker.post(f"{path}/withdrawals", withdrawal).status_code == 201


def test_what_is_answered_fits_the_described_schemas(document, broker):
    made = broker.offer(
        parts=[{"spaceType": "office", "areaM2": 20}],
        coBrokers=[{"name": "K"}],
        bagObjectId="0153010000345678",
    )
    valid(document, "Vacancy", made)
    valid(document, "VacancyPage", broker.get("vacancies?limit=1").json())
    valid(document, "Me", broker.get("me").json())
    valid(document, "ValueListNames", broker.get("value-lists").json())
    for path in ("areas", "space-types", "value-lists/energy-labels"):
        valid(document, "ValueList", broker.get(path).json())
    valid(document, "Problem", broker.post("vacancies", LISTING | {"areaM2": -1}).json())
    valid(document, "Problem", broker.get("nothing").json())
    partner = make_caller([Scope.PROGRESS_READ], is_broker=False, role="partner")
    valid(document, "Progress", partner.get("progress").json())


def test_every_problem_is_described(document):
    assert len(document["components"]["responses"]) == len(PROBLEMS)


def test_it_speaks_the_callers_language(nobody):
    dutch = nobody.get("openapi.json", Accept_Language="nl")
    english = nobody.get("openapi.json", Accept_Language="en")
    assert dutch.headers["Content-Language"] == "nl"
    assert english.json()["paths"]["/me"]["get"]["summary"].startswith("See whose key")
    assert set(dutch.json()["paths"]) == set(english.json()["paths"])
