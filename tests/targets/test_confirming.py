"""A second person confirms: what that sets off, and who may not."""

from datetime import date, timedelta

import pytest

from crm.acquisition.models import StageChange
from crm.acquisition.services import import_lead, park_lead
from crm.common.errors import FourEyesError, RuleError
from crm.targets.models import CountEvent
from crm.targets.services import confirm_event, record_arrival, record_event, reverse_event
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.targets import area

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 1)


@pytest.fixture
def arrive(staff, now):
    def arrive(lead=None, on=DAY, at=now, **changes) -> CountEvent:
        facts = {
            "organisation": (lead or LeadFactory()).identity.organisation,
            "area": area("bs_park"),
            "category": "startup",
            "is_knowledge_intensive": True,
            "occurred_on": on,
            "evidence_kind": "lease",
            "evidence": "",
            "lead": lead,
            "by": staff,
            "at": at,
        }
        return record_arrival(**(facts | changes))

    return arrive


@pytest.fixture
def take_back(staff, manager, now):
    """Reverse an event and confirm the reversal."""

    def take_back(event, at=now) -> CountEvent:
        reversal = reverse_event(event=event, occurred_on=DAY, by=staff, at=at)
        return confirm_event(event=reversal, by=manager, at=at)

    return take_back


def stands(lead) -> tuple[str, str]:
    lead.refresh_from_db()
    return lead.stage, lead.status


def test_an_event_is_confirmed_once_by_a_second_person(arrive, manager, now):
    event = confirm_event(event=arrive(), by=manager, at=now)
    event.refresh_from_db()
    assert (event.confirmed_by, event.confirmed_at) == (manager, now)


def test_a_second_confirmation_names_who_confirmed_and_when(arrive, manager, now):
    event = arrive()
    confirm_event(event=event, by=manager, at=now)
    with pytest.raises(RuleError) as refused:
        confirm_event(event=event, by=UserFactory(), at=now + timedelta(minutes=1))
    assert refused.value.codes == ["confirmed_already"]
    assert manager.full_name in str(refused.value)
    assert "22 oktober 2026 12:00" in str(refused.value)
    event.refresh_from_db()
    assert event.confirmed_by == manager


def test_who_recorded_an_event_does_not_confirm_it(arrive, staff, now):
    event = arrive()
    with pytest.raises(FourEyesError) as refused:
        confirm_event(event=event, by=staff, at=now)
    assert refused.value.codes == ["four_eyes"]
    event.refresh_from_db()
    assert not event.is_confirmed


def test_one_person_is_enough_where_four_eyes_are_switched_off(arrive, staff, now, settings):
    settings.CRM_FOUR_EYES = False
    assert confirm_event(event=arrive(), by=staff, at=now).is_confirmed


def test_confirming_comes_after_recording(arrive, manager, now):
    with pytest.raises(RuleError) as refused:
        confirm_event(event=arrive(), by=manager, at=now - timedelta(seconds=1))
    assert refused.value.codes == ["confirmed_too_early"]


def test_an_event_that_was_taken_back_is_not_confirmed_any_more(arrive, take_back, manager, now):
    event = arrive()
    take_back(event)
    with pytest.raises(RuleError) as refused:
        confirm_event(event=event, by=manager, at=now)
    assert refused.value.codes == ["taken_back"]


def test_a_pending_reversal_keeps_nobody_from_confirming(arrive, staff, manager, now):
    event = arrive()
    reverse_event(event=event, occurred_on=DAY, by=staff, at=now)
    assert confirm_event(event=event, by=manager, at=now).is_confirmed


class TestLead:
    def test_a_confirmed_arrival_establishes_its_lead_on_the_day_of_arrival(self, arrive, manager, now):
        lead = LeadFactory(stage="committed")
        event = arrive(lead)
        assert stands(lead) == ("committed", "open")
        confirm_event(event=event, by=manager, at=now)
        assert stands(lead) == ("established", "established")
        change = StageChange.objects.get(lead=lead, to_stage="established")
        assert (change.occurred_on, change.recorded_at, change.by) == (DAY, now, manager)

    def test_a_parked_lead_is_established_too(self, arrive, manager, now):
        lead = LeadFactory(stage="qualified", parked=True)
        confirm_event(event=arrive(lead), by=manager, at=now)
        assert stands(lead) == ("established", "established")

    def test_a_lead_that_was_lost_stops_the_confirmation_as_a_whole(self, arrive, manager, now):
        lead = LeadFactory(stage="qualified", lost=True)
        event = arrive(lead)
        with pytest.raises(RuleError):
            confirm_event(event=event, by=manager, at=now)
        event.refresh_from_db()
        assert not event.is_confirmed
        assert stands(lead) == ("qualified", "lost")

    def test_a_lead_whose_log_ran_ahead_is_established_on_the_day_of_its_last_change(
        self, arrive, manager, now
    ):
        lead = LeadFactory(stage="committed")
        park_lead(lead=lead, on=date(2026, 10, 9), by=manager, at=now)
        confirm_event(event=arrive(lead), by=manager, at=now)
        assert StageChange.objects.get(lead=lead, to_stage="established").occurred_on == date(2026, 10, 9)

    def test_an_established_lead_stays_as_it_is(self, arrive, manager, now):
        lead = LeadFactory(established=True)
        before = StageChange.objects.filter(lead=lead).count()
        confirm_event(event=arrive(lead), by=manager, at=now)
        assert StageChange.objects.filter(lead=lead).count() == before

    def test_only_an_arrival_establishes(self, arrive, staff, manager, now):
        lead = LeadFactory(stage="committed")
        event = record_event(
            kind="departure",
            organisation=lead.identity.organisation,
            area=area("bs_park"),
            occurred_on=DAY,
            lead=lead,
            by=staff,
            at=now,
        )
        confirm_event(event=event, by=manager, at=now)
        assert stands(lead) == ("committed", "open")

    def test_history_moves_no_lead(self, arrive, staff, manager, now):
        lead = LeadFactory(stage="committed")
        record_event(
            kind="arrival",
            organisation=lead.identity.organisation,
            area=area("bs_park"),
            category="company",
            is_knowledge_intensive=False,
            occurred_on=DAY,
            lead=lead,
            by=staff,
            at=now,
            confirmed_by=manager,
            confirmed_at=now,
            imported=True,
        )
        assert stands(lead) == ("committed", "open")


class TestTakingBack:
    def test_a_confirmed_reversal_sets_the_lead_back_to_where_it_stood(self, arrive, take_back, manager, now):
        lead = LeadFactory(stage="committed")
        event = arrive(lead)
        confirm_event(event=event, by=manager, at=now)
        take_back(event)
        assert stands(lead) == ("committed", "open")
        assert StageChange.objects.get(lead=lead, reverses__isnull=False).reverses.to_stage == "established"

    def test_a_reversal_that_waits_takes_nothing_back(self, arrive, staff, manager, now):
        lead = LeadFactory(stage="committed")
        event = arrive(lead)
        confirm_event(event=event, by=manager, at=now)
        reverse_event(event=event, occurred_on=DAY, by=staff, at=now)
        assert stands(lead) == ("established", "established")

    def test_a_lead_with_another_standing_arrival_stays_established(self, arrive, take_back, manager, now):
        lead = LeadFactory(stage="committed")
        wrong, right = arrive(lead), arrive(lead, on=date(2026, 10, 2))
        for event in (wrong, right):
            confirm_event(event=event, by=manager, at=now)
        take_back(wrong)
        assert stands(lead) == ("established", "established")
        take_back(right)
        assert stands(lead) == ("committed", "open")

    def test_a_lead_that_was_established_otherwise_is_left_alone(self, arrive, take_back, manager, now):
        lead = LeadFactory(stage="committed")
        event = arrive(lead)
        take_back(event)
        assert stands(lead) == ("committed", "open")

    def test_a_lead_whose_log_begins_established_has_nowhere_to_go_back_to(
        self, arrive, take_back, manager, now
    ):
        lead = import_lead(
            track="startup",
            to_stage="established",
            to_status="established",
            occurred_on=DAY,
            recorded_at=now,
            by=manager,
            organisation=OrganisationFactory(),
        )
        event = arrive(lead)
        confirm_event(event=event, by=manager, at=now)
        take_back(event)
        assert stands(lead) == ("established", "established")

    def test_the_reversal_of_another_kind_of_event_moves_no_lead(self, take_back, staff, manager, now):
        lead = LeadFactory(established=True)
        event = record_event(
            kind="departure",
            organisation=lead.identity.organisation,
            area=area("bs_park"),
            occurred_on=DAY,
            lead=lead,
            by=staff,
            at=now,
        )
        confirm_event(event=event, by=manager, at=now)
        take_back(event)
        assert stands(lead) == ("established", "established")
