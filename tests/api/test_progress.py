"""Progress over the API is what the command prints, to the letter."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Scope
from tests.api.conftest import faults, make_caller
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db):
    return make_caller([Scope.PROGRESS_READ], is_broker=False, role="partner")


@pytest.mark.parametrize("keys", [("as_of", "known_at"), ("asOf", "knownAt")])
def test_it_answers_what_the_command_prints(keys, partner):
    EventFactory(startup=True, on=date(2026, 3, 20))
    answer = partner.get(f"progress?{keys[0]}=2026-10-31&{keys[1]}=2026-11-05T09:00:00Z")
    printed = StringIO()
    call_command(
        "progress", "--as-of", "2026-10-31", "--known-at", "2026-11-05T09:00:00Z", "--json", stdout=printed
    )
    assert answer.json() == json.loads(printed.getvalue())
    assert answer.json()["targets"]["startups"]["counted"] == 1


def test_without_a_pair_it_is_today_as_known_now(partner):
    answer = partner.get("progress").json()
    assert list(answer) == ["as_of", "known_at", "rule_version", "targets"]
    assert len(answer["targets"]) == 6


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("as_of=31-10-2026", {"?as_of": "date"}),
        ("as_of=2026-02-30", {"?as_of": "date"}),
        ("as_of=0001-01-01", {"?as_of": "out_of_range"}),
        ("as_of=9999-12-31", {"?as_of": "out_of_range"}),
        ("known_at=2026-11-05", {"?known_at": "date_time"}),
        ("known_at=2199-01-01T00:00:00Z", {"?knownAt": "in_the_future"}),
        ("as_of=2026-10-31&asOf=2026-10-31", {"?asOf": "repeated"}),
        ("as_of=x&known_at=y&z=1", {"?as_of": "date", "?known_at": "date_time", "?z": "unknown_query_key"}),
    ],
)
def test_a_wrong_day_or_moment_is_refused_with_all_faults(query, found, partner):
    answer = partner.get(f"progress?{query}")
    assert (answer.status_code, faults(answer)) == (400, found)


@pytest.mark.parametrize("day", ["1970-01-01", "2025-12-31", "2035-12-31", "2200-12-31"])
def test_the_edges_of_time_are_answered(day, partner):
    assert partner.get(f"progress?as_of={day}").status_code == 200
