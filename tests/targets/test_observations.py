"""Stocks measured from outside."""

from datetime import date, timedelta

import pytest

from crm.common.errors import RuleError
from crm.targets.models import Observation, Target
from crm.targets.services import record_observation

pytestmark = pytest.mark.django_db


@pytest.fixture
def observe(manager, now):
    def observe(target="companies", **changes) -> Observation:
        facts = {
            "target": Target.objects.get(code=target),
            "value": 501,
            "reference_date": date(2026, 1, 1),
            "source": "Employment register",
            "boundary_version": "2026",
            "by": manager,
            "at": now,
        }
        return record_observation(**(facts | changes))

    return observe


def test_a_measurement_says_what_was_measured_when_by_whom_and_since_when_it_is_known(observe, manager, now):
    observation = observe()
    observation.refresh_from_db()
    assert (observation.value, observation.known_at, observation.recorded_by) == (501, now, manager)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"target": "startups"}, "target"),
        ({"value": -1}, "value"),
        ({"value": 2**31}, "value"),
        ({"source": "  "}, "source"),
        ({"source": "a\x00"}, "source"),
        ({"reference_date": date(2026, 10, 23)}, "reference_date"),
    ],
)
def test_a_wrong_measurement_is_refused_with_the_field_it_concerns(observe, facts, field):
    before = Observation.objects.count()
    with pytest.raises(RuleError) as refused:
        observe(**facts)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert Observation.objects.count() == before


def test_a_later_measurement_of_the_same_date_stands_beside_the_first(observe, now):
    observe()
    assert observe(value=503, at=now + timedelta(days=9)).value == 503
    with pytest.raises(RuleError) as refused:
        observe(value=504)
    assert refused.value.codes == ["observation_known"]
