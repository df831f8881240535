"""A session that ended, a form too old, a role taken away: a clear answer, the way back, and nothing half-done."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from crm.acquisition.models import Activity, Lead, Task
from crm.api.errors import server_error
from tests.backoffice.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db


def lead_url(lead) -> str:
    return reverse("admin:acquisition_lead_change", args=[lead.pk])


def test_what_is_posted_without_a_session_leads_to_the_log_in_and_back_to_the_page_of_the_form(client):
    lead = LeadFactory(startup=True)
    answer = client.post(
        reverse("admin:today"),
        {"subject": f"lead-{lead.pk}", "deal": "snooze"},
        headers={"referer": "http://testserver/admin/?p=2"},
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/account/log-in/?next=%2Fadmin%2F%3Fp%3D2&ended=yes"
    page = client.get(answer["Location"])
    assert "data-kept" in page.text
    assert 'name="next" value="/admin/?p=2"' in page.text


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "https://evil.example/admin/",
        "http://testserver.evil.example/x",
        "javascript:alert(1)",
        "//evil.example",
    ],
)
def test_the_way_back_is_never_another_site(client, referer):
    answer = client.post(reverse("admin:today"), {}, headers={"referer": referer})
    assert answer["Location"] == "/account/log-in/?next=%2Fadmin%2Ftoday%2F&ended=yes"


@pytest.mark.parametrize("header", [{"X-Requested-With": "fetch"}, {"Sec-Fetch-Mode": "cors"}])
def test_a_script_gets_a_sentence_and_no_log_in_page(client, header):
    answer = client.post(reverse("admin:today"), {}, headers=header)
    assert answer.status_code == 401
    assert answer.json()["sentence"]


def test_a_form_from_an_earlier_session_names_the_way_back_and_a_script_gets_a_new_token(staff):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    lead = LeadFactory(startup=True)
    sent = {"entry-kind": "note", "entry-text": "Lang verhaal", "entry-occurred_on": "vandaag"}
    page = client.post(lead_url(lead), sent, headers={"referer": f"http://testserver{lead_url(lead)}"})
    assert page.status_code == 403
    assert f'href="{lead_url(lead)}"' in page.text
    assert "data-kept" in page.text
    assert Activity.objects.count() == 0
    answer = client.post(lead_url(lead), sent, headers={"X-Requested-With": "fetch"})
    token = answer.json()["token"]
    again = client.post(lead_url(lead), {**sent, "csrfmiddlewaretoken": token})
    assert again.status_code == 302
    assert Activity.objects.get().text == "Lang verhaal"


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_a_role_taken_away_while_a_page_is_open_does_nothing_by_half(staff, role):
    client = logged_in(staff)
    lead = LeadFactory(startup=True, complete=True, owner=staff)
    company = OrganisationFactory(name="Oud")
    type(staff).objects.filter(pk=staff.pk).update(role=role)
    asked = [
        (
            lead_url(lead),
            {
                "entry-kind": "call",
                "entry-occurred_on": "vandaag",
                "entry-next_step": "Bellen",
                "entry-due_on": "morgen",
            },
        ),
        (reverse("admin:today"), {"subject": f"lead-{lead.pk}", "deal": "contact"}),
        (reverse("admin:contacts_organisation_change", args=[company.pk]), {"name": "Nieuw"}),
        (reverse("admin:acquisition_lead_do", args=[lead.pk, "move"]), {"to_stage": "contacted"}),
        (
            reverse("admin:board_move", args=["startup"]),
            {"lead": lead.pk, "from": "identified", "to": "contacted", "version": 1},
        ),
    ]
    for url, data in asked:
        answer = client.post(url, data)
        assert answer.status_code == 403, url
    with override(staff.language):
        assert client.post(asked[0][0], asked[0][1], headers={"X-Requested-With": "fetch"}).json()["sentence"]
    company.refresh_from_db()
    assert (Lead.objects.get().stage, company.name) == ("identified", "Oud")
    assert (Activity.objects.filter(created_by=staff).count(), Task.objects.count()) == (0, 0)


def test_somebody_whose_account_was_closed_is_logged_out(staff):
    client = logged_in(staff)
    type(staff).objects.filter(pk=staff.pk).update(is_active=False)
    answer = client.post(reverse("admin:today"), {})
    assert answer["Location"].startswith("/account/log-in/")


def test_too_much_at_once_is_said_in_the_readers_language(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    for language, words in (("nl", "413"), ("en", "more than one page can send")):
        client = logged_in(UserFactory(staff=True, language=language))
        page = client.post(reverse("admin:today"), {"text": "x" * 500})
        assert page.status_code == 413
        assert f'lang="{language}"' in page.text
        if language == "en":
            assert words in page.text


def test_the_page_of_a_failure_needs_no_database_and_names_the_way_back(rf):
    request = rf.post("/admin/today/", headers={"referer": "http://testserver/admin/today/"})
    page = server_error(request)
    assert page.status_code == 500
    assert 'href="/admin/today/"' in page.content.decode()
