"""Bulk work from the list of leads: asked, previewed, done; nobody chooses, counts or reads what is hidden from them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.acquisition.models import Lead, LeadTag, Task
from crm.acquisition.services import change_lead, make_tag
from crm.desk.bulk import services as bulk
from crm.desk.models import BulkJob, ListExport
from tests.backoffice.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/acquisition/lead/"
PARK = {"reason": "Wacht op de directeur", "until": "2030-11-05"}


def page(client, name, *leads, **more):
    given = {
        "action": name,
        "_selected_action": [lead.pk for lead in leads],
        "select_across": "0",
        "index": "0",
    }
    return client.post(more.pop("url", reverse("admin:acquisition_lead_changelist")), given | more)


def hidden(response, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    return found[1] if found else None


def post(client, kind, step, chosen, /, **values):
    return client.post(reverse("admin:bulk", args=[kind]), {"step": step, "chosen": chosen, **values})


def walk(client, kind, values, *leads):
    """Preview, then yes with what the preview carried."""
    preview = post(client, kind, "preview", " ".join(str(lead.pk) for lead in leads), **values)
    given = {"chosen": hidden(preview, "chosen"), "key": hidden(preview, "key")}
    return preview, client.post(reverse("admin:bulk", args=[kind]), {"step": "yes", **given, **values})


def test_three_pages_lead_from_the_list_to_the_result_and_only_the_yes_writes(as_staff, staff):
    good, parked = LeadFactory(owner=staff), LeadFactory(owner=staff, parked=True)
    asked = page(as_staff, "park_chosen", good, parked)
    assert hidden(asked, "chosen").split() == [str(good.pk), str(parked.pk)]
    preview, done = walk(as_staff, "park", PARK, good, parked)
    text = preview.content.decode()
    assert "Wacht op de directeur" in text
    assert (preview.context["good_count"], preview.context["bad_count"]) == (1, 1)
    good.refresh_from_db()
    assert good.status == "parked"
    result = as_staff.get(done["Location"])
    assert (result.context["progress"].done, result.context["progress"].refused) == (1, 1)


def test_a_preview_writes_nothing_not_even_the_new_tag(as_staff, staff):
    lead = LeadFactory(owner=staff)
    preview = post(as_staff, "add_tag", "preview", str(lead.pk), new_tag="Hannover  Messe")
    assert preview.context["good_count"] == 1
    assert (LeadTag.objects.count(), BulkJob.objects.count()) == (0, 0)
    walk(as_staff, "add_tag", {"new_tag": "Hannover  Messe"}, lead)
    assert [tag.name for tag in lead.tags.all()] == ["Hannover Messe"]


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("hand_over", {}, "owner"),
        ("hand_over", {"owner": "999999"}, "owner"),
        ("park", {"until": "gisteren", "reason": "x"}, "until"),
        ("park", {"until": "2030-01-01", "reason": "a\0b"}, "reason"),
        ("add_tag", {"new_tag": "x" * 41}, "new_tag"),
        ("add_tag", {}, "tag"),
        ("next_step", {"title": "", "due_on": "2030-01-01"}, "title"),
    ],
)
def test_what_is_wrong_comes_back_at_its_field_with_the_same_leads(as_staff, staff, kind, values, field):
    lead = LeadFactory(owner=staff)
    response = post(as_staff, kind, "yes", f"{lead.pk}:{lead.version}", **values)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert hidden(response, "chosen") == str(lead.pk)
    assert not BulkJob.objects.exists()


def test_all_rows_as_filtered_are_those_of_every_page_and_of_no_other_filter(as_staff, staff):
    wanted = [LeadFactory(owner=staff, startup=True) for _ in range(45)]
    LeadFactory(owner=staff, rd_branch=True)
    url = reverse("admin:acquisition_lead_changelist") + "?track__exact=startup"
    assert "data-all" in as_staff.get(url).content.decode()
    response = page(as_staff, "hand_over_chosen", wanted[0], url=url, select_across="1")
    assert set(hidden(response, "chosen").split()) == {str(lead.pk) for lead in wanted}


def test_hidden_leads_are_in_no_selection_no_count_and_no_page(as_staff, staff):
    canary = OrganisationFactory(name="Kanarie Geheim BV")
    secret = LeadFactory(strict=True, organisation=canary)
    own = LeadFactory(owner=staff)
    assert f'value="{secret.pk}"' not in as_staff.get(LIST).content.decode()
    for across in ("0", "1"):
        response = page(as_staff, "park_chosen", secret, own, select_across=across)
        assert response.context["count"] == 1
        assert hidden(response, "chosen") == str(own.pk)
    preview, done = walk(as_staff, "park", PARK, secret, own)
    result = as_staff.get(done["Location"])
    table = as_staff.get(reverse("admin:bulk-csv", args=[BulkJob.objects.get().pk]))
    for response in (preview, result, table):
        text = response.content.decode()
        assert "Kanarie" not in text
        assert secret.code_name not in text
        assert secret.reference not in text
    only = page(as_staff, "park_chosen", secret)
    assert only.status_code == 302
    assert post(as_staff, "park", "preview", str(secret.pk), **PARK).status_code == 302


def test_a_name_that_was_closed_since_stands_under_its_code_name(as_staff, staff, manager):
    canary = OrganisationFactory(name="Kanarie Geheim BV")
    lead = LeadFactory(organisation=canary)
    _preview, done = walk(as_staff, "park", PARK, lead)
    lead.refresh_from_db()
    change_lead(lead=lead, confidentiality="strict", by=manager, at=timezone.now(), version=lead.version)
    pk = BulkJob.objects.get().pk
    for url in (done["Location"], reverse("admin:bulk-csv", args=[pk])):
        text = as_staff.get(url).content.decode()
        assert "Kanarie" not in text
        assert lead.code_name in text
        assert "Kanarie" in logged_in(manager).get(url).content.decode(), "the control"


def test_who_was_faster_is_named_and_their_lead_left_alone(as_staff, staff, manager):
    lead = LeadFactory(owner=staff)
    preview = post(as_staff, "park", "preview", str(lead.pk), **PARK)
    change_lead(lead=lead, jobs_expected=9, by=manager, at=timezone.now(), version=lead.version)
    done = post(as_staff, "park", "yes", hidden(preview, "chosen"), key=hidden(preview, "key"), **PARK)
    lead.refresh_from_db()
    assert lead.status == "open"
    assert manager.full_name in as_staff.get(done["Location"]).content.decode()


def test_a_yes_pressed_twice_is_one(as_staff, staff):
    lead = LeadFactory(owner=staff)
    values = {"title": "Bellen", "kind": "call", "due_on": "2030-11-05"}
    preview = post(as_staff, "next_step", "preview", str(lead.pk), **values)
    given = {"chosen": hidden(preview, "chosen"), "key": hidden(preview, "key"), "step": "yes", **values}
    first, second = (as_staff.post(reverse("admin:bulk", args=["next_step"]), given) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Task.objects.filter(lead=lead).count() == 1


def test_going_back_keeps_what_was_typed_and_chosen(as_staff, staff):
    lead, colleague = LeadFactory(owner=staff), UserFactory()
    values = {"owner": colleague.pk, "with_tasks": "False"}
    back = post(as_staff, "hand_over", "ask", f"{lead.pk}:{lead.version}", **values)
    form = back.context["form"]
    assert (form.initial["owner"], form.initial["with_tasks"]) == (colleague, False)
    assert hidden(back, "chosen") == str(lead.pk)


def test_nonsense_in_the_form_is_left_out(as_staff, staff):
    lead = LeadFactory(owner=staff)
    for chosen in ("", "x", "0", "-1", "9" * 30, "1:2:3", "' OR x", "\0"):
        assert post(as_staff, "park", "preview", chosen, **PARK).status_code == 302
    mixed = f"x {lead.pk}:99999999999 {lead.pk} ١٢"
    assert post(as_staff, "park", "preview", mixed, **PARK).context["good_count"] == 1
    stray = post(as_staff, "park", "preview", "x", back="https://elsewhere.example/", **PARK)
    assert stray["Location"].startswith("/admin/")
    assert as_staff.post(reverse("admin:bulk", args=["delete"])).status_code == 404
    assert as_staff.get(reverse("admin:bulk", args=["park"])).status_code == 405


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_the_pages_are_closed_to_who_does_not_work_at_the_desk(role, as_staff, staff):
    lead = LeadFactory(owner=staff, open_name=True)
    walk(as_staff, "park", PARK, lead)
    pk = BulkJob.objects.get().pk
    client = logged_in(UserFactory(role=role))
    assert post(client, "park", "yes", f"{lead.pk}:1", **PARK).status_code in (302, 403, 404)
    for name in ("bulk-job", "bulk-csv"):
        assert client.get(reverse(f"admin:{name}", args=[pk])).status_code in (302, 403, 404)
    assert BulkJob.objects.count() == 1


def test_work_is_seen_by_whose_it_is_and_by_managers(as_staff, as_manager, as_administrator, staff):
    walk(as_staff, "park", PARK, LeadFactory(owner=staff))
    pk = BulkJob.objects.get().pk
    other = logged_in(UserFactory())
    for client, status in ((as_staff, 200), (as_manager, 200), (as_administrator, 404), (other, 404)):
        assert client.get(reverse("admin:bulk-job", args=[pk])).status_code == status
        assert client.get(reverse("admin:bulk-csv", args=[pk])).status_code == status
        listed = client.get(reverse("admin:desk_bulkjob_changelist")).context["cl"].result_count
        assert listed == (1 if status == 200 else 0)
        opened = client.get(reverse("admin:desk_bulkjob_change", args=[pk]))
        assert opened["Location"].startswith("/admin/")
    assert other.post(reverse("admin:bulk-stop", args=[pk])).status_code == 404


def test_the_table_holds_every_lead_and_every_reason_and_leaves_a_row_in_the_log(as_staff, staff):
    org = OrganisationFactory(name="=HYPERLINK(1)")
    lead, parked = LeadFactory(owner=staff, organisation=org), LeadFactory(owner=staff, parked=True)
    walk(as_staff, "park", PARK, lead, parked)
    response = as_staff.get(reverse("admin:bulk-csv", args=[BulkJob.objects.get().pk]))
    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "'=HYPERLINK(1)" in lines[1]
    assert ListExport.objects.get().rows == 2


def test_many_wait_for_the_worker_can_be_followed_and_stopped(as_staff, staff, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    leads = [LeadFactory(owner=staff) for _ in range(3)]
    _preview, done = walk(as_staff, "park", PARK, *leads)
    running = as_staff.get(done["Location"]).content.decode()
    assert "data-running" in running
    assert Lead.objects.filter(status="parked").count() == 0
    bulk.run_due_bulk(at=timezone.now(), limit=1)
    job = BulkJob.objects.get()
    as_staff.post(reverse("admin:bulk-stop", args=[job.pk]))
    finished = as_staff.get(done["Location"])
    assert "data-running" not in finished.content.decode()
    assert (finished.context["progress"].done, finished.context["progress"].refused) == (1, 2)


@pytest.mark.parametrize("kind", ["park", "hand_over", "next_step"])
def test_preview_and_result_ask_no_more_for_many_leads_than_for_few(as_staff, staff, kind, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    colleague = UserFactory()
    values = {
        "park": PARK,
        "hand_over": {"owner": colleague.pk},
        "next_step": {"title": "Bel", "kind": "call", "due_on": "2030-11-05"},
    }[kind]
    leads = [LeadFactory(owner=staff) for _ in range(20)]
    asked = {}
    for size in (2, 20):
        with CaptureQueriesContext(connection) as preview:
            post(as_staff, kind, "preview", " ".join(str(lead.pk) for lead in leads[:size]), **values)
        previewing = len(preview)
        _preview, done = walk(as_staff, kind, values, *leads[:size])
        with CaptureQueriesContext(connection) as result:
            as_staff.get(done["Location"])
        asked[size] = (previewing, len(result))
    assert asked[2] == asked[20]


def test_a_tag_finds_only_leads_whose_name_one_may_read(as_staff, as_manager, staff, manager):
    tag = make_tag(name="Kanarie", by=manager, at=timezone.now())
    LeadFactory(strict=True, tags=[tag])
    own = LeadFactory(owner=staff, tags=[tag])
    url = reverse("admin:acquisition_lead_changelist") + f"?tag={tag.pk}"
    assert [row.pk for row in as_staff.get(url).context["cl"].result_list] == [own.pk]
    assert as_manager.get(url).context["cl"].result_count == 2
    assert "Kanarie" in as_staff.get(reverse("admin:acquisition_lead_change", args=[own.pk])).content.decode()


def test_tags_are_made_and_renamed_and_a_name_is_taken_once(as_staff, staff):
    as_staff.post(reverse("admin:acquisition_leadtag_add"), {"name": " Beurs  Hannover "})
    tag = LeadTag.objects.get()
    assert tag.name == "Beurs Hannover"
    again = as_staff.post(reverse("admin:acquisition_leadtag_add"), {"name": "beurs hannover"})
    assert again.status_code == 200
    as_staff.post(reverse("admin:acquisition_leadtag_change", args=[tag.pk]), {"name": "Hannover Messe"})
    tag.refresh_from_db()
    assert (tag.name, LeadTag.objects.count()) == ("Hannover Messe", 1)
