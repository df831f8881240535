"""The ledger in the backoffice: recorded by one, confirmed by another, never rewritten, taken back by an event."""

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.acquisition.models import Lead
from crm.estate.models import Area
from crm.targets.models import CountEvent, Observation, Target
from tests.backoffice.conftest import logged_in
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db

ADD = "/admin/targets/countevent/add/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


def arrival(**changes) -> dict:
    given = {
        "kind": "arrival",
        "occurred_on": "2026-10-01",
        "organisation": OrganisationFactory(founded_on=date(2024, 1, 1)).pk,
        "area": Area.objects.get(code="ut_campus").pk,
        "category": "startup",
        "is_knowledge_intensive": "true",
        "evidence_kind": "lease",
        "evidence_text": "HO-2026-17",
        "note": "Sleutel overhandigd",
    }
    return given | changes


def do(event, name: str) -> str:
    return reverse("admin:targets_countevent_do", args=[event.pk, name])


def page(event) -> str:
    return reverse("admin:targets_countevent_change", args=[event.pk])


def test_staff_record_an_arrival_with_its_evidence(as_staff, staff):
    as_staff.post(ADD, arrival(spin_off_origin="academic_ip"))
    event = CountEvent.objects.get()
    assert (event.recorded_by, event.confirmed_at, event.occurred_on) == (staff, None, date(2026, 10, 1))
    assert (event.evidence.reference, event.evidence.note) == ("HO-2026-17", "Sleutel overhandigd")


def test_the_evidence_may_be_a_file_that_the_second_person_reads(as_staff, as_manager, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("Contract met Geheim BV.pdf", b"%PDF-1.4 lease", "application/pdf")
    as_staff.post(ADD, arrival(evidence_file=file))
    event = CountEvent.objects.get()
    assert "Geheim" not in event.evidence.file.name
    url = reverse("admin:targets_countevent_evidence", args=[event.pk])
    assert url in as_manager.get(page(event)).text
    answer = as_manager.get(url)
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 lease"
    assert answer["Content-Disposition"].startswith("attachment")
    answer.close()


@pytest.mark.parametrize(
    ("name", "content"), [("lease.pdf", b"<html>"), ("lease.png", b"GIF89a"), ("lease.webp", b"RIFF0000AVI ")]
)
def test_a_file_that_is_no_document_is_refused(as_staff, name, content):
    response = as_staff.post(ADD, arrival(evidence_file=SimpleUploadedFile(name, content)))
    assert "evidence_file" in response.context["adminform"].form.errors
    assert CountEvent.objects.count() == 0


def test_an_event_without_a_file_has_none_to_download(as_staff):
    event = EventFactory(on=date(2026, 10, 1))
    assert as_staff.get(reverse("admin:targets_countevent_evidence", args=[event.pk])).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"occurred_on": "2026-12-01"}, "occurred_on"),
        ({"evidence_kind": ""}, "evidence_kind"),
        ({"category": "company", "spin_off_origin": "academic_ip"}, ""),
        ({"category": ""}, "category"),
        ({"kind": "reversal"}, "kind"),
    ],
)
def test_what_the_rules_refuse_is_said_and_nothing_is_recorded(as_staff, wrong, field):
    response = as_staff.post(ADD, arrival(**wrong))
    errors = response.context["adminform"].form.errors
    assert (field or "__all__") in errors or "spin_off_origin" in errors
    assert "Sleutel overhandigd" in response.text
    assert CountEvent.objects.count() == 0


def test_a_second_person_confirms_and_the_lead_is_established(as_manager, manager):
    lead = LeadFactory(stage="committed", complete=True)
    organisation = lead.identity.organisation
    staff = UserFactory(staff=True)
    logged_in(staff).post(ADD, arrival(organisation=organisation.pk, lead=lead.pk, category="company"))
    event = CountEvent.objects.get()
    assert "HO-2026-17" in as_manager.get(do(event, "confirm")).text
    as_manager.post(do(event, "confirm"))
    event.refresh_from_db()
    assert (event.confirmed_by, event.confirmed_at) == (manager, NOON)
    assert Lead.objects.get(pk=lead.pk).status == "established"


def test_who_recorded_an_event_does_not_confirm_it(as_manager, manager):
    event = EventFactory(pending=True, by=manager, on=date(2026, 10, 1))
    response = as_manager.post(do(event, "confirm"))
    event.refresh_from_db()
    assert event.confirmed_at is None
    assert manager.full_name in response.text
    assert 'role="alert"' in response.text


def test_staff_do_not_confirm(as_staff):
    event = EventFactory(pending=True, on=date(2026, 10, 1))
    assert "do/confirm" not in as_staff.get(page(event)).text
    assert as_staff.post(do(event, "confirm")).status_code == 403
    event.refresh_from_db()
    assert event.confirmed_at is None


def test_a_confirmed_event_is_read_only(as_administrator):
    event = EventFactory(on=date(2026, 10, 1))
    text = as_administrator.get(page(event)).text
    assert 'name="occurred_on"' not in text
    assert 'name="_save"' not in text
    assert as_administrator.post(page(event), arrival()).status_code == 403


def test_an_event_is_taken_back_by_another_that_waits_for_its_own_second_person(as_staff, as_manager, staff):
    event = EventFactory(on=date(2026, 10, 1))
    given = {"occurred_on": "2026-10-20", "note": "Bleek een verhuizing"}
    as_staff.post(do(event, "reverse"), given)
    reversal = CountEvent.objects.get(reverses=event)
    assert (reversal.kind, reversal.recorded_by, reversal.confirmed_at) == ("reversal", staff, None)
    waiting = as_manager.get(reverse("admin:targets_countevent_changelist"), {"confirmed": "no"})
    assert [row.pk for row in waiting.context["cl"].result_list] == [reversal.pk]
    as_manager.post(do(reversal, "confirm"))
    reversal.refresh_from_db()
    assert reversal.confirmed_at == NOON


def test_taking_back_asks_why(as_staff):
    event = EventFactory(on=date(2026, 10, 1))
    response = as_staff.post(do(event, "reverse"), {"occurred_on": "2026-10-20", "note": ""})
    assert "note" in response.context["form"].errors
    assert CountEvent.objects.count() == 1


def test_an_event_that_is_being_taken_back_offers_it_no_second_time(as_staff):
    event = EventFactory(on=date(2026, 10, 1))
    for _attempt in range(2):
        as_staff.post(do(event, "reverse"), {"occurred_on": "2026-10-20", "note": "Fout"})
    assert CountEvent.objects.filter(reverses=event).count() == 1


def test_the_link_from_a_lead_brings_lead_and_organisation_along(as_staff):
    lead = LeadFactory(stage="committed", complete=True)
    url = as_staff.get(reverse("admin:acquisition_lead_change", args=[lead.pk])).context["arrival_url"]
    initial = as_staff.get(url).context["adminform"].form.initial
    assert (str(initial["lead"]), str(initial["organisation"])) == (
        str(lead.pk),
        str(lead.identity.organisation_id),
    )


def test_an_observation_is_recorded_for_a_stock_and_never_changed(as_manager):
    given = {"value": 500, "reference_date": "2026-01-01", "source": "LISA 2026", "boundary_version": "2024"}
    target = Target.objects.get(code="companies")
    url = reverse("admin:targets_observation_add")
    as_manager.post(url, given | {"target": target.pk})
    row = Observation.objects.get(reference_date=date(2026, 1, 1))
    assert (row.value, row.known_at) == (500, NOON)
    text = as_manager.get(reverse("admin:targets_observation_change", args=[row.pk])).text
    assert 'name="value"' not in text
    flow = Target.objects.get(code="startups")
    refused = as_manager.post(url, given | {"target": flow.pk})
    assert "target" in refused.context["adminform"].form.errors
