"""A strictly confidential name reaches nobody but the lead's own people: not in a list, a search, a field or a history."""

import pytest
from django.urls import reverse

from crm.acquisition.models import NameReveal
from tests.backoffice.conftest import logged_in
from tests.backoffice.pages import list_urls
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory, LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db

CANARY = "Zwaluwstaart Geheim"


@pytest.fixture
def lead():
    """A strict lead of somebody else, with its name in everything that hangs on it."""
    owner = UserFactory(staff=True)
    person = PersonFactory(full_name=f"{CANARY} Directeur")
    lead = LeadFactory(
        working_name=CANARY, organisation=None, strict=True, owner=owner, decision_maker=person
    )
    ActivityFactory(lead=lead, person=person, text=f"Gesproken met {CANARY}", by=owner)
    TaskFactory(lead=lead, title=f"{CANARY} bellen", owner=owner, by=owner)
    return lead


def pages_of(lead) -> list[str]:
    change = reverse("admin:acquisition_lead_change", args=[lead.pk])
    return [change, f"{change}?log=contact", reverse("admin:acquisition_lead_history", args=[lead.pk])]


@pytest.mark.parametrize("role", ["staff", "administrator"])
def test_the_name_stands_on_no_page_for_others(lead, role):
    client = logged_in(UserFactory(**{role: True}))
    person_pages = {
        reverse("admin:contacts_person_changelist")
    }  # people are known by themselves, not as the lead's
    for url in [*list_urls().values(), *pages_of(lead), reverse("admin:index")]:
        if url not in person_pages:
            assert CANARY not in client.get(url).text, url


def test_the_owner_reads_the_name_and_the_log(lead):
    client = logged_in(lead.owner)
    assert CANARY in client.get(reverse("admin:acquisition_lead_changelist")).text
    text = client.get(pages_of(lead)[0]).text
    assert f"Gesproken met {CANARY}" in text


@pytest.mark.parametrize(
    "path",
    [
        "acquisition_lead",
        "acquisition_activity",
        "acquisition_task",
        "acquisition_stagechange",
        "matching_housingneed",
    ],
)
def test_searching_the_hidden_name_finds_nothing(lead, staff, path):
    """A filter on a hidden name would answer yes or no."""
    response = logged_in(staff).get(reverse(f"admin:{path}_changelist"), {"q": CANARY.split()[0]})
    assert len(response.context["cl"].result_list) == 0


def test_the_code_name_finds_the_lead(lead, staff):
    response = logged_in(staff).get(reverse("admin:acquisition_lead_changelist"), {"q": lead.code_name})
    assert [row.display_name for row in response.context["cl"].result_list] == [lead.code_name]


def test_suggestions_name_the_lead_by_its_code_name(lead, staff):
    given = {"app_label": "acquisition", "model_name": "task", "field_name": "lead", "term": lead.code_name}
    found = logged_in(staff).get(reverse("admin:autocomplete"), given).json()["results"]
    assert [row["text"] for row in found] == [f"{lead.code_name} ({lead.reference})"]
    found = logged_in(staff).get(reverse("admin:autocomplete"), given | {"term": CANARY}).json()["results"]
    assert found == []
    found = (
        logged_in(lead.owner).get(reverse("admin:autocomplete"), given | {"term": CANARY}).json()["results"]
    )
    assert [row["text"] for row in found] == [f"{CANARY} ({lead.reference})"]


@pytest.mark.parametrize("page", ["edit", "move", "close", "entry"])
def test_who_may_not_read_the_name_may_not_work_on_the_lead(lead, staff, page):
    client = logged_in(staff)
    if page == "edit":
        response = client.post(reverse("admin:acquisition_lead_edit", args=[lead.pk]), {"working_name": "x"})
    elif page == "entry":
        response = client.post(
            reverse("admin:acquisition_lead_change", args=[lead.pk]), {"entry-kind": "note"}
        )
    else:
        response = client.get(reverse("admin:acquisition_lead_do", args=[lead.pk, page]))
    assert response.status_code == 403
    assert CANARY not in response.text


def test_the_edit_form_shows_nothing_of_a_hidden_lead(lead, staff):
    for url in (
        reverse("admin:acquisition_lead_edit", args=[lead.pk]),
        reverse("admin:acquisition_lead_change", args=[lead.pk]) + "?_popup=1",
    ):
        response = logged_in(staff).get(url)
        assert response.status_code == 403
        assert CANARY not in response.text


def test_an_administrator_reveals_the_name_with_a_reason_that_is_kept(lead, administrator):
    client = logged_in(administrator)
    url = reverse("admin:acquisition_lead_do", args=[lead.pk, "reveal"])
    assert CANARY not in client.get(url).text
    assert CANARY not in client.post(url, {"reason": " "}).text
    assert NameReveal.objects.count() == 0
    answer = client.post(url, {"reason": "Verzoek van de partner"})
    assert CANARY in answer.text
    reveal = NameReveal.objects.get()
    assert (reveal.by, reveal.reason, reveal.lead_id) == (administrator, "Verzoek van de partner", lead.pk)
    assert CANARY not in client.get(pages_of(lead)[0]).text


def test_only_administrators_reveal(lead, manager, staff):
    for user in (manager, staff):
        response = logged_in(user).post(
            reverse("admin:acquisition_lead_do", args=[lead.pk, "reveal"]), {"reason": "nieuwsgierig"}
        )
        assert response.status_code == 403
    assert NameReveal.objects.count() == 0


def test_a_count_event_does_not_tie_a_hidden_lead_to_its_organisation(staff, now):
    organisation = OrganisationFactory(name=CANARY)
    lead = LeadFactory(organisation=organisation, strict=True, owner=UserFactory(staff=True))
    event = EventFactory(organisation=organisation, lead=lead, pending=True)
    client = logged_in(staff)
    for url in (
        reverse("admin:targets_countevent_changelist"),
        reverse("admin:targets_countevent_change", args=[event.pk]),
    ):
        text = client.get(url).text
        assert CANARY in text
        assert lead.code_name not in text
        assert lead.reference not in text
