"""What may be written in the ledger, and what each refusal says."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from crm.common.errors import RuleError
from crm.common.months import AMSTERDAM
from crm.estate.services import record_building, record_unit
from crm.targets.choices import EventKind
from crm.targets.models import CountEvent, Evidence
from crm.targets.rules import history_faults
from crm.targets.services import (
    LATEST,
    record_arrival,
    record_closure,
    record_departure,
    record_event,
    record_move,
    record_reclassification,
    reverse_event,
)
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.targets import EventFactory, area

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 1)


@pytest.fixture
def company():
    return OrganisationFactory()


@pytest.fixture
def arrive(company, staff, now):
    def arrive(**changes) -> CountEvent:
        facts = {
            "organisation": company,
            "area": area("ut_campus"),
            "category": "startup",
            "is_knowledge_intensive": True,
            "occurred_on": DAY,
            "evidence_kind": "lease",
            "evidence": "lease-12.pdf",
            "by": staff,
            "at": now,
        }
        return record_arrival(**(facts | changes))

    return arrive


@pytest.fixture
def happen(company, staff, now):
    """Record any kind of event of the company, on the day."""

    def happen(verb, **changes) -> CountEvent:
        facts = {
            "organisation": company,
            "area": area("ut_campus"),
            "occurred_on": DAY,
            "by": staff,
            "at": now,
        }
        return verb(**(facts | changes))

    return happen


def codes(refused) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in refused.value.faults]


def test_an_arrival_is_recorded_pending_with_its_proof_beside(arrive, staff, now):
    event = arrive(spin_off_origin="academic_ip", note="Spoke to the founder.")
    assert (event.kind, event.category, event.spin_off_origin) == ("arrival", "startup", "academic_ip")
    assert (event.recorded_by, event.recorded_at, event.is_confirmed) == (staff, now, False)
    assert (event.evidence.reference, event.evidence.note) == ("lease-12.pdf", "Spoke to the founder.")
    assert event.rule_version == 1


def test_an_event_without_proof_leaves_no_row_beside(happen):
    assert happen(record_departure).evidence is None
    assert not Evidence.objects.exists()


def test_a_file_alone_is_proof_too(arrive, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    event = arrive(evidence="", evidence_file=SimpleUploadedFile("lease.pdf", b"%PDF-1.7"))
    with event.evidence.file.open() as stored:
        assert stored.read() == b"%PDF-1.7"


@pytest.mark.parametrize(
    ("verb", "kind", "facts"),
    [
        (record_departure, "departure", {}),
        (record_closure, "closure", {}),
        (record_move, "move_within_park", {}),
        (
            record_reclassification,
            "reclassification",
            {"category": "rd_branch", "is_knowledge_intensive": True},
        ),
    ],
)
def test_every_verb_writes_its_kind(happen, verb, kind, facts):
    event = happen(verb, evidence_kind="other", evidence="letter", **facts)
    assert CountEvent.objects.get().kind == event.kind == kind


def test_the_group_is_kept_as_it_was_on_the_day_of_recording(arrive):
    group = OrganisationFactory()
    member = OrganisationFactory(group=group)
    assert arrive(organisation=member).group == group
    assert arrive(organisation=group).group is None


def test_an_event_happens_no_later_than_the_day_it_is_recorded_in_amsterdam(happen):
    new_year, moment = date(2027, 1, 1), datetime(2027, 1, 1, 0, 30, tzinfo=AMSTERDAM).astimezone(UTC)
    assert happen(record_departure, occurred_on=new_year, at=moment).occurred_on == new_year
    with pytest.raises(RuleError) as refused:
        happen(record_departure, occurred_on=new_year, at=moment - timedelta(hours=1))
    assert codes(refused) == [("in_the_future", "occurred_on")]
    assert "2026-12-31" in str(refused.value)


def test_all_faults_are_named_at_once_and_nothing_is_written(happen):
    with pytest.raises(RuleError) as refused:
        happen(
            record_event,
            kind="arrival",
            spin_off_origin="corporate",
            occurred_on=date(2030, 1, 1),
            evidence="x" * 301,
            note="a\x00b",
            imported=True,
        )
    assert {field for _code, field in codes(refused)} == {
        "category",
        "is_knowledge_intensive",
        "spin_off_origin",
        "occurred_on",
        "evidence",
        "note",
    }
    assert not CountEvent.objects.exists()
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"kind": "visit"}, ("invalid_choice", "kind")),
        (
            {"kind": "arrival", "category": "scale_up", "is_knowledge_intensive": True},
            ("invalid_choice", "category"),
        ),
        ({"kind": "departure", "category": "company"}, ("category_not_asked", "category")),
        (
            {"kind": "closure", "is_knowledge_intensive": False},
            ("outcome_not_asked", "is_knowledge_intensive"),
        ),
        ({"kind": "departure", "evidence_kind": "hearsay"}, ("invalid_choice", "evidence_kind")),
        ({"kind": "reversal"}, ("reverses_missing", "reverses")),
    ],
)
def test_a_wrong_fact_is_named_with_its_field(happen, facts, fault):
    with pytest.raises(RuleError) as refused:
        happen(record_event, imported=True, **facts)
    assert codes(refused) == [fault]


@pytest.mark.parametrize("category", ["company", "rd_branch"])
def test_a_spin_off_that_is_no_startup_is_refused_by_the_service_and_by_the_database(arrive, category):
    with pytest.raises(RuleError) as refused:
        arrive(category=category, spin_off_origin="academic_ip")
    assert codes(refused) == [("spin_off_is_a_startup", "spin_off_origin")]
    event = arrive()
    event.pk, event.category, event.spin_off_origin, event.evidence = None, category, "academic_ip", None
    with pytest.raises(IntegrityError, match="a_spin_off_is_a_startup"), transaction.atomic():
        event.save()


def test_a_startup_that_did_not_pass_the_profile_test_is_another_company(arrive):
    with pytest.raises(RuleError) as refused:
        arrive(is_knowledge_intensive=False)
    assert codes(refused) == [("startup_failed_profile", "is_knowledge_intensive")]
    assert arrive(category="company", is_knowledge_intensive=False).pk


def test_an_arrival_says_what_proves_it(arrive):
    with pytest.raises(RuleError) as refused:
        arrive(evidence_kind="")
    assert codes(refused) == [("evidence_missing", "evidence_kind")]


def test_a_unit_lies_in_the_area_of_its_event(arrive, staff, now):
    building = record_building(name="The Gallery", area=area("bs_park"), by=staff, at=now)
    unit = record_unit(
        building=building, name="2.01", space_type="office", area_m2=Decimal(40), by=staff, at=now
    )
    assert arrive(unit=unit, area=area("bs_park")).unit == unit
    with pytest.raises(RuleError) as refused:
        arrive(unit=unit, area=area("twente_village"))
    assert codes(refused) == [("unit_elsewhere", "unit")]


def test_the_same_arrival_is_recorded_once(arrive, staff):
    arrive()
    with pytest.raises(RuleError) as refused:
        arrive(by=UserFactory(), category="company")
    assert codes(refused) == [("arrival_recorded_already", "organisation")]
    assert staff.full_name in str(refused.value)


def test_a_return_is_another_arrival(arrive, happen, now):
    arrive()
    happen(record_departure, occurred_on=date(2026, 10, 5))
    assert arrive(occurred_on=date(2026, 10, 9))
    assert CountEvent.objects.count() == 3


def test_an_arrival_that_was_taken_back_is_recorded_anew(company, arrive, manager, now):
    EventFactory(reverses=EventFactory(organisation=company, on=DAY), reversal=True, on=DAY)
    assert arrive(category="company").pk


def test_history_may_hold_two_arrivals_of_one_day():
    first = EventFactory(startup=True)
    assert EventFactory(organisation=first.organisation, startup=True).occurred_on == first.occurred_on


def test_only_history_comes_confirmed(happen, manager, now):
    with pytest.raises(ValueError, match="only history"):
        happen(record_event, kind="departure", confirmed_by=manager, confirmed_at=now)


class TestImportedConfirmation:
    def test_a_recorder_does_not_confirm_own_events_in_history_either(self, happen, staff, now):
        with pytest.raises(RuleError) as refused:
            happen(record_event, kind="departure", confirmed_by=staff, confirmed_at=now, imported=True)
        assert codes(refused) == [("four_eyes", "confirmed_by")]

    def test_one_person_is_enough_where_four_eyes_are_switched_off(self, happen, staff, now, settings):
        settings.CRM_FOUR_EYES = False
        event = happen(record_event, kind="departure", confirmed_by=staff, confirmed_at=now, imported=True)
        assert event.is_confirmed

    def test_a_moment_stands_with_its_person(self, happen, manager, now):
        for half in ({"confirmed_by": manager}, {"confirmed_at": now}):
            with pytest.raises(RuleError) as refused:
                happen(record_event, kind="departure", imported=True, **half)
            assert {field for _code, field in codes(refused)} == {
                "confirmed_at",
                "confirmed_by",
            } - half.keys()

    def test_confirming_comes_after_recording(self, happen, manager, now):
        early = now - timedelta(seconds=1)
        with pytest.raises(RuleError) as refused:
            happen(record_event, kind="departure", confirmed_by=manager, confirmed_at=early, imported=True)
        assert codes(refused) == [("confirmed_too_early", "confirmed_at")]


class TestAge:
    def test_a_startup_arrives_within_five_years_of_its_founding(self, arrive):
        assert arrive(organisation=OrganisationFactory(founded_on=date(2021, 10, 1))).pk
        with pytest.raises(RuleError) as refused:
            arrive(organisation=OrganisationFactory(founded_on=date(2021, 9, 30)))
        assert codes(refused) == [("startup_too_old", "category")]

    def test_other_companies_may_be_of_any_age(self, arrive):
        assert arrive(organisation=OrganisationFactory(founded_on=date(1990, 1, 1)), category="company").pk

    def test_a_return_is_not_asked_for_its_age(self, arrive):
        company = OrganisationFactory(founded_on=date(2020, 1, 1))
        EventFactory(organisation=company, startup=True, on=date(2024, 5, 1))
        assert arrive(organisation=company).pk

    def test_history_is_asked_when_all_of_it_is_there(self):
        company = OrganisationFactory(founded_on=date(2020, 1, 1))
        late = EventFactory(organisation=company, startup=True, on=date(2026, 5, 1))
        assert [fault.code for fault in history_faults(late, LATEST, is_imported=True)] == ["startup_too_old"]
        EventFactory(organisation=company, startup=True, on=date(2024, 5, 1))
        assert history_faults(late, LATEST, is_imported=True) == []

    def test_what_was_taken_back_is_not_asked(self):
        late = EventFactory(organisation=OrganisationFactory(founded_on=date(2010, 1, 1)), startup=True)
        EventFactory(reversal=True, reverses=late)
        assert history_faults(late, LATEST, is_imported=True) == []


class TestMoves:
    @pytest.mark.parametrize("kind", [EventKind.DEPARTURE, EventKind.CLOSURE])
    def test_a_company_that_left_does_not_move_within_the_park(self, company, happen, kind):
        EventFactory(organisation=company, on=date(2025, 5, 1))
        EventFactory(organisation=company, on=date(2026, 5, 1), kind=kind)
        with pytest.raises(RuleError) as refused:
            happen(record_move)
        assert codes(refused) == [("move_from_outside", "kind")]

    def test_a_company_that_was_here_before_the_ledger_may_move(self, happen):
        assert happen(record_move).pk

    def test_a_company_that_came_back_may_move(self, company, happen):
        EventFactory(organisation=company, on=date(2026, 5, 1), departure=True)
        EventFactory(organisation=company, on=date(2026, 8, 1), pending=True)
        assert happen(record_move).pk

    @pytest.mark.parametrize("undone", ["pending", "taken back", "later"])
    def test_a_departure_that_does_not_stand_keeps_nobody_from_moving(self, company, happen, undone):
        day = date(2026, 10, 15) if undone == "later" else date(2026, 5, 1)
        left = EventFactory(organisation=company, on=day, departure=True, pending=undone == "pending")
        if undone == "taken back":
            EventFactory(reversal=True, reverses=left)
        assert happen(record_move).pk

    def test_who_left_in_the_evening_may_have_moved_that_morning(self, company, happen):
        EventFactory(organisation=company, on=DAY)
        EventFactory(organisation=company, on=DAY, departure=True)
        assert happen(record_move).pk

    @pytest.mark.parametrize("elsewhere", ["technology_base", "vredestein"])
    def test_from_an_area_outside_the_park_it_is_an_arrival(self, company, happen, elsewhere):
        EventFactory(organisation=company, area=elsewhere, on=date(2026, 5, 1))
        with pytest.raises(RuleError) as refused:
            happen(record_move)
        assert codes(refused) == [("move_from_outside", "kind")]

    def test_history_keeps_its_own_word_for_a_move_from_an_area_that_does_not_count(self, company):
        EventFactory(organisation=company, area="technology_base", on=date(2026, 5, 1))
        moved = EventFactory(organisation=company, move=True, on=DAY)
        assert history_faults(moved, LATEST, is_imported=True) == []

    def test_history_is_asked_when_all_of_it_is_there(self, company):
        moved = EventFactory(organisation=company, move=True, on=DAY)
        EventFactory(organisation=company, departure=True, on=date(2026, 5, 1))
        assert [fault.code for fault in history_faults(moved, LATEST, is_imported=True)] == [
            "move_from_outside"
        ]


class TestReversal:
    def take_back(self, event, now, **changes) -> CountEvent:
        return reverse_event(event=event, by=UserFactory(), at=now, occurred_on=DAY, **changes)

    def test_a_reversal_is_an_event_that_waits_for_its_own_second_person(self, arrive, now):
        event = arrive()
        reversal = self.take_back(event, now, evidence="letter", note="Wrong company.")
        assert (reversal.reverses, reversal.organisation, reversal.area) == (
            event,
            event.organisation,
            event.area,
        )
        assert not reversal.is_confirmed

    def test_each_event_is_taken_back_once(self, arrive, now):
        event = arrive()
        self.take_back(event, now)
        with pytest.raises(RuleError) as refused:
            self.take_back(event, now)
        assert codes(refused) == [("reversed_already", "reverses")]

    def test_a_reversal_is_never_taken_back(self, arrive, now):
        with pytest.raises(RuleError) as refused:
            self.take_back(self.take_back(arrive(), now), now)
        assert codes(refused) == [("reversal_of_a_reversal", "reverses")]

    def test_a_reversal_is_about_the_organisation_of_its_event(self, arrive, happen):
        event = arrive()
        with pytest.raises(RuleError) as refused:
            happen(record_event, kind="reversal", reverses=event, organisation=OrganisationFactory())
        assert codes(refused) == [("other_organisation", "reverses")]

    def test_only_a_reversal_takes_back(self, arrive, happen):
        event = arrive()
        with pytest.raises(RuleError) as refused:
            happen(record_event, kind="departure", reverses=event)
        assert codes(refused) == [("reverses_not_asked", "reverses")]
