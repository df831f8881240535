"""Every page of the backoffice under its strict policy: no console error, no grave accessibility fault, no overflow."""

import re

import pytest
from django.urls import reverse

from tests.backoffice.crowd import Crowd
from tests.backoffice.pages import list_urls
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory, LeadFactory, TaskFactory
from tests.factories.estate import VacancyFactory
from tests.factories.targets import EventFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FURTHER = re.compile(r'href="(/admin/[^"?#]+/(?:do/[a-z-]+|edit|history|add)/)')


@pytest.fixture
def park():
    """A few rows of everything, and records in the states that offer the most."""
    crowd = Crowd(3)
    lead = LeadFactory(stage="contacted", owner=crowd.by, track="startup")
    ActivityFactory(lead=lead, text="Wil in november langskomen.", by=crowd.by)
    TaskFactory(lead=lead, owner=crowd.by)
    LeadFactory(stage="committed", complete=True)
    LeadFactory(lost=True)
    VacancyFactory(published=True)
    EventFactory(pending=True)
    return crowd


def walk(visitor, starts: list[str], *, on_a_phone_too: bool) -> dict[str, list[str]]:
    """The faults of every page that can be reached from the lists by one or two clicks, each kind of page once."""
    faults, seen, waiting = {}, set(), list(starts)
    while waiting:
        path = waiting.pop(0)
        kind = "history" if path.endswith("/history/") else re.sub(r"/[0-9]+/", "/1/", path)
        if kind in seen:
            continue
        seen.add(kind)
        status = visitor.open(path)
        found = visitor.faults(on_a_phone_too=on_a_phone_too) if status == 200 else [f"answered {status}"]
        if found:
            faults[path] = found
        waiting += FURTHER.findall(visitor.page.content())
        first = visitor.page.query_selector("#result_list tbody th a")
        if first is not None:
            waiting.append((first.get_attribute("href") or "").partition("?")[0])
    assert len(seen) > len(starts)
    return faults


def test_every_page_an_administrator_reaches_is_sound(visitor, park):
    visitor.log_in(UserFactory(administrator=True))
    starts = [reverse("admin:index"), reverse("admin:settings"), *list_urls().values()]
    assert walk(visitor, starts, on_a_phone_too=False) == {}


def test_the_desk_of_a_manager_in_english_is_sound(visitor, park):
    manager = UserFactory(manager=True, language="en")
    TaskFactory(owner=manager, lead=park.leads[0])
    visitor.log_in(manager)
    names = ("acquisition_lead", "targets_countevent", "estate_vacancy", "matching_housingneed")
    starts = [reverse("admin:index"), *(reverse(f"admin:{name}_changelist") for name in names)]
    assert walk(visitor, starts, on_a_phone_too=True) == {}


def test_a_form_with_errors_is_sound(visitor, park):
    visitor.log_in(UserFactory(manager=True))
    for name in ("contacts_organisation", "matching_housingneed", "targets_countevent", "acquisition_lead"):
        visitor.open(reverse(f"admin:{name}_add"))
        visitor.page.click("button[name=_save]")
        visitor.page.wait_for_selector("#form-errors")
        assert visitor.faults() == [], name


def test_pages_outside_the_frame_are_sound(visitor, park):
    visitor.log_in(UserFactory(staff=True))
    for path, status in (("/admin/nowhere/", 404), (reverse("admin:accounts_user_changelist"), 403)):
        assert visitor.open(path) == status
        visitor.complaints.clear()  # Chromium itself reports the status of the page
        assert visitor.faults() == [], path
