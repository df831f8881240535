"""The frame around every page: navigation without dead ends, language, account, error pages, headers."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.backoffice.conftest import logged_in
from tests.backoffice.crowd import Crowd
from tests.backoffice.pages import list_urls
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import TaskFactory
from tests.factories.estate import VacancyFactory
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db

HREF = re.compile(r'href="(/[^"#]*)')
ROLES = ["staff", "manager", "administrator"]


@pytest.mark.once
@pytest.mark.parametrize("role", ROLES)
def test_no_link_of_the_frame_is_dead(role):
    client = logged_in(UserFactory(**{role: True}))
    for page in (reverse("admin:index"), reverse("admin:settings")):
        for link in {link for link in HREF.findall(client.get(page).text) if not link.startswith("/static/")}:
            assert client.get(link, follow=True).status_code == 200, link


@pytest.mark.once
@pytest.mark.parametrize("role", ROLES)
def test_no_link_on_a_list_or_a_lead_is_dead(role):
    Crowd(2)
    client = logged_in(UserFactory(**{role: True}))
    seen = set()
    for url in [*list_urls().values(), reverse("admin:acquisition_lead_change", args=[1])]:
        response = client.get(url)
        if response.status_code == 200:
            seen |= {link.replace("&amp;", "&") for link in HREF.findall(response.text)}
    pages = {link for link in seen if not link.startswith("/static/")}
    assert len(pages) > 40
    assert {link for link in pages if client.get(link, follow=True).status_code != 200} == set()


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_others_find_the_backoffice_closed(role):
    client = logged_in(UserFactory(**{role: True}))
    for url in [reverse("admin:index"), reverse("admin:settings"), *list_urls().values()]:
        response = client.get(url)
        assert response.status_code in (302, 403), url
        assert "navigation" not in (response.context or {})


def test_strangers_are_sent_to_the_log_in():
    response = Client().get(reverse("admin:acquisition_lead_changelist"), follow=True)
    assert 'name="username"' in response.text or 'type="password"' in response.text


@pytest.mark.parametrize("role", ROLES)
def test_the_navigation_shows_what_the_role_may_see(role):
    client = logged_in(UserFactory(**{role: True}))
    lines = [
        line.url for group in client.get(reverse("admin:index")).context["navigation"] for line in group.lines
    ]
    assert reverse("admin:acquisition_lead_changelist") in lines
    settings = client.get(reverse("admin:settings")).text
    assert (reverse("admin:accounts_apikey_changelist") in settings) == (role == "administrator")


@pytest.mark.parametrize(
    ("url_name", "place"),
    [
        ("acquisition_lead", "lead"),
        ("acquisition_task", "lead"),
        ("contacts_person", "people"),
        ("estate_unit", "building"),
        ("contacts_technology", "settings"),
        ("targets_countevent", "ledger"),
    ],
)
def test_the_place_one_is_in_is_marked_once(as_administrator, url_name, place):
    response = as_administrator.get(reverse(f"admin:{url_name}_changelist"))
    current = [line.icon for group in response.context["navigation"] for line in group.lines if line.current]
    assert current == [place]


def test_counts_stand_where_they_ask_for_action(as_manager, manager):
    TaskFactory(owner=manager, lead=None, organisation=VacancyFactory().office)
    EventFactory(pending=True)
    response = as_manager.get(reverse("admin:index"))
    counts = {line.icon: line.count for group in response.context["navigation"] for line in group.lines}
    assert (counts["today"], counts["vacancy"], counts["ledger"], counts["lead"]) == (1, 1, 1, 0)


def test_the_language_is_stored_with_the_user_and_the_page_comes_back_in_it(as_staff, staff):
    target = reverse("admin:acquisition_lead_changelist")
    response = as_staff.post(reverse("admin:language"), {"language": "en", "next": f"{target}?q=x"})
    assert response["Location"] == f"{target}?q=x"
    staff.refresh_from_db()
    assert staff.language == "en"
    assert '<html lang="en">' in as_staff.get(target).text


@pytest.mark.parametrize("language", ["", "de", "nl'"])
def test_a_language_that_does_not_exist_changes_nothing_and_says_so(as_staff, staff, language):
    response = as_staff.post(reverse("admin:language"), {"language": language}, follow=True)
    staff.refresh_from_db()
    assert staff.language == "nl"
    assert 'class="message error"' in response.text


def test_the_language_switch_leads_to_no_other_site(as_staff):
    given = {"language": "nl", "next": "https://elsewhere.example/"}
    assert as_staff.post(reverse("admin:language"), given)["Location"] == reverse("admin:index")
    assert as_staff.get(reverse("admin:language")).status_code == 405


def test_the_search_of_the_frame_searches_the_list_one_is_in_and_everything_from_anywhere(as_staff):
    people = reverse("admin:contacts_person_changelist")
    assert f'action="{people}"' in as_staff.get(people).text
    for page in (people, reverse("admin:index")):
        assert f'href="{reverse("admin:search")}" data-search-open' in as_staff.get(page).text


def test_searching_keeps_the_filters_that_are_on(as_staff):
    response = as_staff.get(
        reverse("admin:acquisition_lead_changelist"), {"owner": "me", "status__exact": "open", "p": "1"}
    )
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.text)
    assert {("owner", "me"), ("status__exact", "open")} <= set(hidden)
    assert "p" not in dict(hidden)


def test_the_quick_add_offers_what_the_role_may_add(as_staff, as_administrator):
    for client in (as_staff, as_administrator):
        for line in client.get(reverse("admin:index")).context["quick_add"]:
            assert client.get(line.url).status_code == 200


def test_a_room_without_a_page_leads_to_its_first_list(as_staff):
    response = as_staff.get(reverse("admin:app_list", args=["estate"]))
    assert response["Location"].startswith("/admin/estate/")
    assert as_staff.get("/admin/accounts/").status_code == 404


def test_libraries_put_no_lists_of_their_own_into_the_backoffice():
    assert {label.partition(".")[0] for label in list_urls()} <= {
        "accounts",
        "contacts",
        "estate",
        "acquisition",
        "matching",
        "targets",
        "reports",
        "desk",
        "crm_messages",
    }


def test_pages_carry_the_strict_policy_and_are_never_stored(as_staff):
    response = as_staff.get(reverse("admin:acquisition_lead_changelist"))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in response["Cache-Control"]


def test_a_page_that_does_not_exist_has_our_own_page(as_staff):
    response = as_staff.get("/admin/nowhere/", headers={"accept": "text/html"})
    assert response.status_code == 404
    assert "entrance-card" in response.text


def test_a_forbidden_page_says_what_to_do(as_staff):
    response = as_staff.get(reverse("admin:accounts_user_changelist"), headers={"accept": "text/html"})
    assert response.status_code == 403
    assert "entrance-card" in response.text


def test_the_page_of_a_fault_needs_nothing_of_the_request():
    for name in ("400.html", "403.html", "403_csrf.html", "404.html", "500.html"):
        text = render_to_string(name)
        assert "<h1>" in text
        assert "stylesheet" in text


def test_the_password_page_is_that_of_all_roles(as_staff):
    assert as_staff.get(reverse("admin:password_change"))["Location"] == reverse("accounts:password")


def test_the_history_of_a_record_is_readable(as_staff):
    crowd = Crowd(1)
    organisation = crowd.organisations[0]
    given = {"name": "Ander", "kinds": ["company"], "size_class": "small", "country": "NL", "kvk": "70000000"}
    url = reverse("admin:contacts_organisation_change", args=[organisation.pk])
    as_staff.post(url, given | {"record_version": 1})
    text = as_staff.get(reverse("admin:contacts_organisation_history", args=[organisation.pk])).text
    assert 'role="rowheader"' in text


def test_a_popup_has_no_frame_and_answers_its_opener(as_staff):
    url = reverse("admin:contacts_organisation_add") + "?_popup=1"
    assert 'class="nav"' not in as_staff.get(url).text
    given = {"name": "Uit popup", "kinds": ["company"], "size_class": "small", "country": "NL", "_popup": "1"}
    answer = as_staff.post(url, given)
    assert "popup_response.js" in answer.text
    assert "Uit popup" in answer.text
