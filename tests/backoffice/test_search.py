"""The door of search: who may enter, what the page says, the last opened records, and what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.backoffice.conftest import logged_in
from tests.backoffice.crowd import Crowd
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory, LeadFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db
# Not a word that code names are made of: those are found by everybody.
CANARY = "Kwarkzolder"
MOST_QUERIES = 32


def url() -> str:
    return reverse("admin:search")


def titles(response) -> list[str]:
    return [result.title for block in response.context["blocks"] for result in block.results]


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_who_has_no_desk_is_refused(role):
    client = logged_in(UserFactory(**{role: True}))
    for part in ("", "list"):
        assert client.get(url(), {"q": "lab", "part": part}).status_code == 403


def test_who_is_not_logged_in_is_sent_to_the_log_in(client):
    assert client.get(url(), {"q": "lab"}).status_code == 302


def test_a_role_just_taken_away_finds_nothing(staff):
    client = logged_in(staff)
    type(staff).objects.filter(pk=staff.pk).update(role="partner")
    assert client.get(url(), {"q": "lab", "part": "list"}).status_code == 403


def test_the_page_works_without_script_and_links_to_the_record(as_staff):
    company = OrganisationFactory(name="Lichtbron", kvk="12345678")
    text = as_staff.get(url(), {"q": "12345678"}).text
    assert reverse("admin:contacts_organisation_portfolio", args=[company.pk]) in text
    assert "KvK 12345678" in text


def test_the_list_for_the_dialog_is_a_part_of_a_page(as_staff):
    OrganisationFactory(name="Lichtbron <script>")
    text = as_staff.get(url(), {"q": "lichtbron", "part": "list"}).text
    assert 'role="option"' in text
    assert "<html" not in text
    assert "<script>" not in text


@pytest.mark.parametrize("part", ["", "list"])
def test_an_empty_box_teaches_and_nothing_found_says_what_was_tried(as_staff, part):
    assert "KvK" in as_staff.get(url(), {"part": part}).text
    text = as_staff.get(url(), {"q": "kwxyzq", "part": part}).text
    assert "kwxyzq" in text


@pytest.mark.parametrize(
    "typed", ["x" * 500, "a\0b", "🙂", "%_", "'\"", "\ud83d", "<script>alert(1)</script>", "ا‮ب"]
)
def test_whatever_is_typed_gets_an_answer(as_staff, typed):
    response = as_staff.get(url(), {"q": typed.encode("utf-8", "replace").decode()})
    assert response.status_code == 200
    assert "<script>alert" not in response.text


def test_a_question_that_is_too_long_is_told_so(as_staff):
    response = as_staff.get(url(), {"q": "x" * 500})
    assert response.context["is_cut"]
    assert "100" in response.text


@pytest.mark.parametrize("role", ["staff", "administrator"])
@pytest.mark.parametrize("part", ["", "list"])
def test_a_strict_name_stands_nowhere_in_the_answer(role, part):
    owner = UserFactory(staff=True)
    lead = LeadFactory(working_name=f"{CANARY} Geheim", organisation=None, strict=True, owner=owner)
    ActivityFactory(lead=lead, text=f"Gesproken over {CANARY} en magneten", by=owner)
    client = logged_in(UserFactory(**{role: True}))
    for typed in ("kwarkzoldr", "geheim", "magneten", lead.code_name, lead.reference):
        response = client.get(url(), {"q": typed, "part": part})
        assert CANARY not in response.text, typed
        found = [lead.code_name] if typed in (lead.code_name, lead.reference) else []
        assert titles(response) == found, typed
    assert f"{CANARY} Geheim" in logged_in(owner).get(url(), {"q": "magneten"}).text


def test_records_opened_last_stand_first_and_each_once(as_staff):
    first, second = OrganisationFactory(name="Eerste"), OrganisationFactory(name="Tweede")
    lead = LeadFactory()
    for row, model in (
        (first, "contacts_organisation"),
        (second, "contacts_organisation"),
        (lead, "acquisition_lead"),
        (first, "contacts_organisation"),
    ):
        assert as_staff.get(reverse(f"admin:{model}_change", args=[row.pk])).status_code == 200
    assert titles(as_staff.get(url())) == ["Eerste", lead.identity.name, "Tweede"]


def test_a_record_opened_before_it_became_secret_is_listed_by_its_code_name(staff):
    lead = LeadFactory(working_name=CANARY, organisation=None)
    client = logged_in(staff)
    client.get(reverse("admin:acquisition_lead_change", args=[lead.pk]))
    assert titles(client.get(url())) == [CANARY]
    type(lead).objects.filter(pk=lead.pk).update(confidentiality="strict")
    assert titles(client.get(url())) == [lead.code_name]


def test_only_eight_are_remembered_and_pages_that_failed_are_not(as_staff):
    for number in range(10):
        company = OrganisationFactory(name=f"Bedrijf {number}")
        as_staff.get(reverse("admin:contacts_organisation_change", args=[company.pk]))
    as_staff.get(reverse("admin:contacts_organisation_change", args=[10**9]))
    assert titles(as_staff.get(url())) == [f"Bedrijf {number}" for number in range(9, 1, -1)]


def queries(client, typed: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url(), {"q": typed, "part": "list"}).status_code == 200
    return len(captured)


# With hits in plenty nothing is asked for typing errors; whole names are asked for where there are more than are taken.
@pytest.mark.parametrize("typed", ["kwxyzq", "bedrijf", "12345678", "0534891234", "l-0001"])
def test_search_asks_no_more_than_its_budget_for_ten_rows_and_two_hundred(administrator, typed):
    client = logged_in(administrator)
    Crowd(10)
    assert queries(client, typed) <= MOST_QUERIES
    Crowd(190, first=10)
    assert queries(client, typed) <= MOST_QUERIES
