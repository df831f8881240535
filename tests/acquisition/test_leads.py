"""Recording and changing leads."""

from datetime import date, timedelta

import pytest

from crm.acquisition.models import Lead, LeadIdentity, StageChange
from crm.acquisition.services import change_lead, move_stage, record_lead
from crm.common.errors import RuleError, StaleError
from crm.contacts.models import ApplicationArea, Technology
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)


def faults(error) -> set[tuple[str, str]]:
    return {(fault.code, fault.field) for fault in error.value.faults}


def test_a_lead_begins_with_its_name_apart_and_one_row_in_its_log(staff, now):
    organisation = OrganisationFactory()
    lead = record_lead(
        track="startup",
        organisation=organisation,
        owner=staff,
        confidentiality="strict",
        spin_off_expected="yes",
        note="Via de beurs",
        on=TODAY - timedelta(days=3),
        by=staff,
        at=now,
    )
    stored = Lead.objects.get()
    assert (stored.stage, stored.status, stored.stage_since) == ("identified", "open", date(2026, 10, 19))
    assert (stored.owner, stored.confidentiality, stored.spin_off_expected) == (staff, "strict", "yes")
    assert (stored.created_by, stored.created_at, stored.version) == (staff, now, 1)
    assert stored.identity.organisation == organisation
    change = StageChange.objects.get()
    assert (change.lead, change.from_stage, change.to_stage) == (lead, "", "identified")
    assert (change.from_status, change.to_status, change.occurred_on) == ("", "open", date(2026, 10, 19))
    assert (change.recorded_at, change.by, change.note.text) == (now, staff, "Via de beurs")


def test_a_lead_without_organisation_has_a_working_name(staff, now):
    record_lead(track="rd_branch", working_name="  Project X ", on=TODAY, by=staff, at=now)
    assert LeadIdentity.objects.get().working_name == "Project X"


def test_a_lead_takes_its_other_facts_at_once(staff, now):
    colleague, technology = UserFactory(), Technology.objects.first()
    lead = record_lead(
        track="startup",
        working_name="Project",
        application_area=ApplicationArea.objects.first(),
        technologies=[technology],
        team=[colleague],
        area_from_m2=100,
        area_to_m2=100,
        on=TODAY,
        by=staff,
        at=now,
    )
    lead.refresh_from_db()
    assert list(lead.technologies.all()) == [technology]
    assert list(lead.team.all()) == [colleague]
    assert lead.application_area == ApplicationArea.objects.first()


def test_every_fault_of_a_new_lead_is_named_at_once_and_nothing_is_kept(staff, now):
    with pytest.raises(RuleError) as error:
        record_lead(
            track="rocket",
            working_name=" ",
            confidentiality="hush",
            area_from_m2=200,
            area_to_m2=100,
            confirmation_on=TODAY + timedelta(days=1),
            offer_reference="x\x00",
            note="\x00",
            on=TODAY + timedelta(days=1),
            by=staff,
            at=now,
        )
    assert faults(error) == {
        ("invalid_choice", "track"),
        ("invalid_choice", "confidentiality"),
        ("area_reversed", "area_to_m2"),
        ("in_the_future", "confirmation_on"),
        ("plain_text", "offer_reference"),
        ("name", "organisation"),
        ("in_the_future", "occurred_on"),
        ("plain_text", "note"),
    }
    assert not Lead.objects.exists()
    assert not StageChange.objects.exists()


def test_a_fault_that_only_the_log_has_takes_the_lead_back_too(staff, now):
    with pytest.raises(RuleError) as error:
        record_lead(track="startup", working_name="Project", on=TODAY + timedelta(days=1), by=staff, at=now)
    assert faults(error) == {("in_the_future", "occurred_on")}
    assert not Lead.objects.exists()


def test_the_day_is_that_of_amsterdam(staff, now):
    late = now.replace(hour=23, minute=30).astimezone(tz=None)
    record_lead(track="startup", working_name="Project", on=TODAY, by=staff, at=late)
    with pytest.raises(RuleError):
        record_lead(track="startup", working_name="Project", on=TODAY + timedelta(days=1), by=staff, at=late)


def test_a_fact_that_no_lead_has_is_a_programming_error(staff, now):
    with pytest.raises(TypeError, match="colour"):
        record_lead(track="startup", working_name="P", on=TODAY, by=staff, at=now, colour="red")
    with pytest.raises(TypeError, match="stage"):
        change_lead(lead=LeadFactory(), by=staff, at=now, version=1, stage="committed")


def test_changing_a_lead_says_who_and_counts_the_version(staff, now):
    lead, person = LeadFactory(), PersonFactory()
    before = lead.version
    change_lead(
        lead=lead,
        by=staff,
        at=now,
        version=lead.version,
        decision_maker=person,
        jobs_promised=12,
        offer_reference=" offer.pdf ",
        confidentiality="open",
    )
    stored = Lead.objects.get()
    assert (stored.decision_maker, stored.jobs_promised, stored.offer_reference) == (person, 12, "offer.pdf")
    assert (stored.changed_by, stored.changed_at, stored.version) == (staff, now, before + 1)
    assert lead.version == stored.version
    assert StageChange.objects.count() == 1


def test_the_name_is_changed_in_its_own_table(staff, now):
    lead = LeadFactory(organisation=None, working_name="Project")
    organisation = OrganisationFactory()
    change_lead(lead=lead, by=staff, at=now, version=lead.version, organisation=organisation, working_name="")
    identity = LeadIdentity.objects.get()
    assert (identity.organisation, identity.working_name) == (organisation, "")
    with pytest.raises(RuleError) as error:
        change_lead(lead=lead, by=staff, at=now, version=lead.version, organisation=None)
    assert faults(error) == {("name", "organisation")}


def test_team_and_technologies_are_replaced(staff, now):
    lead = LeadFactory(team=[UserFactory()])
    technologies = list(Technology.objects.all()[:2])
    change_lead(lead=lead, by=staff, at=now, version=lead.version, team=[staff], technologies=technologies)
    assert list(lead.team.all()) == [staff]
    assert set(lead.technologies.all()) == set(technologies)


def test_all_faults_of_a_change_are_named_and_nothing_changes(staff, now):
    lead = LeadFactory(area_from_m2=100)
    with pytest.raises(RuleError) as error:
        change_lead(
            lead=lead,
            by=staff,
            at=now,
            version=lead.version,
            jobs_expected=-1,
            area_to_m2=50,
            referred_on=TODAY + timedelta(days=1),
        )
    assert {field for _code, field in faults(error)} == {"jobs_expected", "area_to_m2", "referred_on"}
    assert Lead.objects.get().version == lead.version


def test_a_stale_change_says_who_moved_the_lead_and_when(staff, now):
    lead = LeadFactory(complete=True)
    seen = lead.version
    colleague = UserFactory(full_name="Mevrouw Jansen")
    move_stage(lead=lead, to_stage="proposal", on=TODAY, by=colleague, at=now.replace(hour=10, minute=42))
    with pytest.raises(StaleError) as error:
        change_lead(lead=lead, by=staff, at=now, version=seen, jobs_promised=1)
    message = str(error.value)
    assert "Mevrouw Jansen" in message
    assert "10:42" in message
    assert "2026" not in message


def test_a_change_that_was_no_move_is_told_as_a_change_with_its_day(staff, now):
    lead = LeadFactory()
    seen = lead.version
    colleague = UserFactory(full_name="Mevrouw Jansen")
    change_lead(lead=lead, by=colleague, at=now - timedelta(days=2), version=seen, jobs_promised=1)
    with pytest.raises(StaleError) as error:
        change_lead(lead=lead, by=staff, at=now, version=seen, jobs_promised=2)
    message = str(error.value)
    assert "Mevrouw Jansen" in message
    assert "20" in message
    assert "2026" in message
