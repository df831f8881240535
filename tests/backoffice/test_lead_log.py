"""The lead's log of everything, its circle, its files and the days in words, as each person may read them."""

import io
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.acquisition.models import Activity, Document, Task
from crm.acquisition.services import add_document, change_lead, finish_task, withdraw_document
from crm.contacts.models import ApplicationArea
from crm.estate.models import Area
from crm.estate.services import begin_tenancy, record_building, record_ownership, record_unit
from crm.matching.models import HousingNeed
from crm.matching.services import decline_match, propose_match, record_need
from tests.backoffice.conftest import logged_in
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory, LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.estate import VacancyFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"
CANARY = "Zwaluwstaart Geheim"


@pytest.fixture(autouse=True)
def clock(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOON, tick=False):
        yield


def page(lead) -> str:
    return reverse("admin:acquisition_lead_change", args=[lead.pk])


def file_url(document, action: str = "") -> str:
    return reverse(f"admin:acquisition_lead_document{action}", args=[document.lead_id, document.pk])


def document_of(lead, by, **values) -> Document:
    given = {"name": "offerte.pdf", "content": io.BytesIO(PDF), "size": len(PDF), "at": NOON, **values}
    return add_document(lead=lead, by=by, **given)


def entry(**changes) -> dict:
    given = {"entry-kind": "call", "entry-text": "Wil langskomen", "entry-occurred_on": "gisteren"}
    return given | {f"entry-{name}": value for name, value in changes.items()}


@pytest.fixture
def busy(staff, now):
    """A lead with something of every kind in its log."""
    lead = LeadFactory(stage="contacted")
    ActivityFactory(lead=lead, text="Een gesprek")
    ActivityFactory(lead=lead, kind="note", text="Een notitie")
    finish_task(task=TaskFactory(lead=lead, title="Bellen"), by=staff, at=now)
    need = record_need(title="Lab", lead=lead, parts=[{"space_type": "dry_lab"}], by=staff, at=now)
    match = propose_match(need=need, vacancy=VacancyFactory(), on=date(2026, 10, 1), by=staff, at=now)
    decline_match(match=match, reason="Te klein", by=staff, at=now)
    facts = {"area_from_m2": 100, "application_area": ApplicationArea.objects.first(), "owner": staff}
    change_lead(lead=lead, by=staff, at=now, version=lead.version, seeks_space=True, **facts)
    withdraw_document(document=document_of(lead, staff), by=staff, at=now)
    return lead


@pytest.mark.parametrize(
    ("view", "count"),
    [
        ("contact", 2),
        ("notes", 1),
        ("changes", 2),
        ("matches", 2),
        ("tasks", 2),
        ("edits", 1),
        ("documents", 2),
    ],
)
def test_the_log_shows_one_kind_at_a_time(as_staff, busy, view, count):
    response = as_staff.get(f"{page(busy)}?log={view}")
    assert len(response.context["log"]) == count
    assert [name for name, _label, is_shown in response.context["log_views"] if is_shown] == [view]


def test_the_whole_log_holds_everything_once_and_the_latest_first(as_staff, busy):
    log = as_staff.get(page(busy)).context["log"]
    assert len(log) == 11, "the proposal stands in it as a match, not as contact once more"
    assert [line.on for line in log] == sorted((line.on for line in log), reverse=True)
    assert len(as_staff.get(f"{page(busy)}?log=nonsense").context["log"]) == 11


def test_changed_facts_stand_together_in_the_readers_words(as_staff, busy, staff):
    (line,) = as_staff.get(f"{page(busy)}?log=edits").context["log"]
    area = ApplicationArea.objects.first()
    values = {(edit.old, edit.new) for edit in line.edits}
    assert values == {("–", "100"), ("–", area.name), ("–", staff.full_name), ("–", "Ja")}
    assert "100" in as_staff.get(page(busy)).text


def test_who_may_not_read_the_name_reads_no_changed_fact_and_no_document(staff, now):
    owner = UserFactory(staff=True)
    lead = LeadFactory(working_name="Project", organisation=None, strict=True, owner=owner)
    change_lead(lead=lead, by=owner, at=now, version=lead.version, working_name=CANARY)
    document = document_of(lead, owner, name=f"{CANARY}.pdf")
    for role in ("staff", "administrator"):
        client = logged_in(UserFactory(**{role: True}))
        for view in ("all", "edits", "documents"):
            response = client.get(f"{page(lead)}?log={view}&older=1")
            assert CANARY not in response.text
            assert not any(line.edits for line in response.context["log"])
        assert client.get(file_url(document)).status_code == 403
        assert client.post(file_url(document, "_withdraw")).status_code == 403
    assert CANARY in logged_in(owner).get(page(lead)).text


# ── days in words ───────────────────────────────────────────────────────────
def test_contact_and_next_step_take_their_days_in_words(as_staff):
    lead = LeadFactory()
    given = entry(next_step="Meetrapport", due_on="vrijdag")
    response = as_staff.post(page(lead), given, follow=True)
    assert Activity.objects.get().occurred_on == date(2026, 10, 21)
    assert Task.objects.get().due_on == date(2026, 10, 23)
    assert "woensdag 21 oktober 2026" in response.text
    assert "vrijdag 23 oktober 2026" in response.text


@pytest.mark.parametrize("wrong", ["morgen", "31-12-2026", "donderdag", "3/4/2026", "banaan", "<script>"])
def test_a_day_to_come_or_of_two_meanings_is_refused_and_the_text_kept(as_staff, wrong):
    response = as_staff.post(page(LeadFactory()), entry(occurred_on=wrong, text="مرحبا 😀 <script>"))
    assert "occurred_on" in response.context["entry"].errors
    assert "مرحبا 😀 &lt;script&gt;" in response.text
    assert not Activity.objects.exists()


def test_what_was_understood_stands_under_the_field_after_a_fault(as_staff):
    response = as_staff.post(page(LeadFactory()), entry(occurred_on="eergisteren", due_on="morgen"))
    assert "dinsdag 20 oktober 2026" in response.text


# ── who else knows them ─────────────────────────────────────────────────────
def test_the_circle_holds_the_group_and_all_that_the_park_has_with_it(as_staff, staff, now):
    parent = OrganisationFactory(name="Moeder N.V.", kinds=("real_estate_owner",))
    us, sister = OrganisationFactory(group=parent), OrganisationFactory(group=parent, name="Zus B.V.")
    lead, other = LeadFactory(organisation=us), LeadFactory(organisation=sister)
    recorded = {"by": staff, "at": now}
    building = record_building(name="De Gallery", area=Area.objects.first(), **recorded)
    unit = record_unit(building=building, name="1.01", space_type="office", area_m2=Decimal(90), **recorded)
    since = {"valid_from": date(2026, 1, 1), **recorded}
    tenancy = begin_tenancy(unit=unit, tenant=sister, area_m2=Decimal(90), **since)
    share = record_ownership(building=building, owner=parent, share=Decimal(50), **since)
    need = record_need(
        title="Kantoor", organisation=sister, parts=[{"space_type": "office"}], by=staff, at=now
    )
    stranger = LeadFactory()
    circle = as_staff.get(page(lead)).context["circle"]
    assert [known.organisation.name for known in circle.relatives] == ["Moeder N.V.", "Zus B.V."]
    assert circle.leads == [other]
    assert (circle.tenancies, circle.ownerships, circle.needs) == ([tenancy], [share], [need])
    assert as_staff.get(page(stranger)).context["circle"].is_empty


def test_a_strict_lead_of_others_is_in_no_circle_and_changes_nothing_on_the_page(as_staff, staff, now):
    organisation = OrganisationFactory()
    lead = LeadFactory(organisation=organisation)
    before = as_staff.get(page(lead)).text
    owner = UserFactory(staff=True)
    hidden = LeadFactory(organisation=organisation, strict=True, owner=owner)
    record_need(title=CANARY, lead=hidden, parts=[{"space_type": "office"}], by=owner, at=now)
    record_need(
        title=CANARY,
        lead=hidden,
        organisation=organisation,
        parts=[{"space_type": "office"}],
        by=owner,
        at=now,
    )
    after = as_staff.get(page(lead))
    assert after.context["circle"].leads == []
    assert after.context["circle"].needs == []
    assert without_tokens(after.text) == without_tokens(before)
    seen = logged_in(owner).get(page(lead)).context["circle"]
    assert (seen.leads, len(seen.needs)) == ([hidden], HousingNeed.objects.count())


def without_tokens(text: str) -> list[str]:
    return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line and "nonce" not in line]


# ── documents ───────────────────────────────────────────────────────────────
def test_a_document_is_added_downloaded_as_an_attachment_and_withdrawn(as_staff, staff):
    lead = LeadFactory()
    given = {
        "add_document": "yes",
        "document-file": SimpleUploadedFile("o.exe", PDF),
        "document-note": "Offerte",
    }
    response = as_staff.post(page(lead), given, follow=True)
    document = Document.objects.get()
    assert (document.name, document.note, document.created_by) == ("o.exe.pdf", "Offerte", staff)
    assert "o.exe.pdf" in response.text
    answer = as_staff.get(file_url(document))
    assert answer["Content-Disposition"] == 'attachment; filename="o.exe.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content) == PDF
    as_staff.post(file_url(document, "_withdraw"))
    document.refresh_from_db()
    assert document.withdrawn_by == staff
    assert as_staff.get(file_url(document)).status_code == 404


def test_a_wrong_file_is_refused_in_a_sentence_and_all_that_was_typed_is_kept(as_staff):
    given = {
        "add_document": "yes",
        "document-note": "Mijn bijschrift",
        **entry(text="Lang gesprek", next_step="Bel"),
    }
    for file in (SimpleUploadedFile("o.pdf", b"MZ\x90"), SimpleUploadedFile("o.pdf", b""), None):
        response = as_staff.post(page(LeadFactory()), given | ({"document-file": file} if file else {}))
        assert response.context["document_form"].errors["file"]
        for typed in ("Mijn bijschrift", "Lang gesprek", "Bel", "gisteren"):
            assert typed in response.text
    assert not Document.objects.exists()
    assert not Activity.objects.exists()


def test_what_stands_in_the_quick_entry_survives_a_document_that_is_kept(as_staff):
    given = {"add_document": "yes", "document-file": SimpleUploadedFile("o.pdf", PDF), **entry()}
    assert "Wil langskomen" in as_staff.post(page(LeadFactory()), given).text
    assert Document.objects.count() == 1
    assert not Activity.objects.exists()


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_partners_and_brokers_get_no_file(role, staff):
    document = document_of(LeadFactory(open_name=True), staff)
    assert logged_in(UserFactory(**{role: True})).get(file_url(document)).status_code in (302, 403)


def test_a_document_is_not_found_under_another_lead(as_staff, staff):
    document, other = document_of(LeadFactory(), staff), LeadFactory()
    url = reverse("admin:acquisition_lead_document", args=[other.pk, document.pk])
    assert as_staff.get(url).status_code == 404
    assert as_staff.get(file_url(document, "_withdraw")).status_code == 405


def test_people_spoken_with_count_toward_the_next_stage_as_before(as_staff):
    lead = LeadFactory()
    assert "contact" in [requirement.key for requirement in as_staff.get(page(lead)).context["missing"]]
    ActivityFactory(lead=lead, person=PersonFactory())
    assert "contact" not in [requirement.key for requirement in as_staff.get(page(lead)).context["missing"]]
