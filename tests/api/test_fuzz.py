"""Requests made up from the served document: nothing undocumented comes back, and never a 5xx."""

import random
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from crm.wsgi import application
from tests.api.conftest import Caller, make_caller

EXAMPLES, SOAK_EXAMPLES = 12, 400
load_all_checks()
# Left out: rules that read several fields refuse much that fits the schema, and each test keeps its own key.
EXCLUDED = [
    CHECKS.get_one(name)
    for name in ("positive_data_acceptance", "ignored_auth", "use_after_free", "ensure_resource_availability")
]


def in_the_tests_transaction(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The product's own application; as Django's test client does, it leaves the test's connection open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        response = application(environ, start_response)
        body = list(response)
        response.close()
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
    return body


document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", in_the_tests_transaction)
OPERATIONS = {result.ok().label: result.ok() for result in document.get_all_operations()}


@pytest.fixture
def caller(db, monkeypatch) -> Caller:
    monkeypatch.setattr("crm.api.throttling.REQUESTS_A_MINUTE", 10**6)
    return make_caller(("vacancies:read", "vacancies:write", "progress:read"))


def aimed(case: Any, caller: Caller, chance: random.Random) -> dict[str, str] | None:
    """Let most requests meet a real listing and its real version, so that they reach the rules; None: left as it was."""
    if "id" not in (case.path_parameters or {}) or chance.random() > 0.7:
        return None
    listing = caller.offer(reference=f"F-{chance.getrandbits(60)}")
    case.path_parameters["id"] = listing["id"]
    return {"If-Match": f'"{listing["version"]}"'} if case.method in ("PUT", "PATCH", "DELETE") else {}


def fuzz(label: str, mode: GenerationMode, caller: Caller, examples: int) -> None:
    chance = random.Random(label)  # noqa: S311 the same choices in every run

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def check(case):
        aim = aimed(case, caller, chance)
        answer = case.call(headers={"Authorization": f"Bearer {caller.secret}", **(aim or {})})
        # What was aimed may have mended the very thing that was made wrong.
        mended = [] if aim is None else [CHECKS.get_one("negative_data_rejection")]
        case.validate_response(answer, excluded_checks=[*EXCLUDED, *mended])

    check()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_made_up_request_gets_an_undocumented_answer(label, mode, caller):
    fuzz(label, mode, caller, EXAMPLES)


@pytest.mark.soak
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_made_up_request_of_many_gets_an_undocumented_answer(label, mode, caller):
    fuzz(label, mode, caller, SOAK_EXAMPLES)
