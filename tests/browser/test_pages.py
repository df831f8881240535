"""Every page of the backoffice under its strict policy: no console error, no grave accessibility fault, no overflow."""

import re

import pytest
from django.contrib import admin
from django.urls import URLPattern, reverse

from tests.backoffice.crowd import Crowd
from tests.backoffice.pages import list_urls
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory, LeadFactory, TaskFactory
from tests.factories.estate import VacancyFactory
from tests.factories.targets import EventFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The walk is cut into parts, which the workers share.
PARTS = 4
BOARDS = [f"/admin/board/{track}/" for track in ("rd_branch", "startup", "knowledge_intensive")]
# What answers a script, a form or another door, and no page to look at.
NO_PAGES = {
    "duplicates-apart",
    "mail-add",
    "undo",
    "mail-address",
    "duplicates-like",
    "language",
    "logout",
    "login",
    "password_change",
    "password_change_done",
    "jsi18n",
    "autocomplete",
}
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


def desk_pages() -> list[str]:
    """The desk's own pages, those beside the lists, from the site itself."""
    names = {
        pattern.name
        for pattern in admin.site.get_urls()
        if isinstance(pattern, URLPattern) and not pattern.pattern.regex.groups and pattern.name
    }
    return [reverse(f"admin:{name}") for name in sorted(names - NO_PAGES)] + BOARDS


def walk(visitor, starts: list[str], *, everywhere: bool = False) -> dict[str, list[str]]:
    """The faults of every page that can be reached from the lists by one or two clicks, each kind of page once."""
    faults, seen, waiting = {}, set(), list(starts)
    while waiting:
        path = waiting.pop(0)
        kind = "history" if path.endswith("/history/") else re.sub(r"/[0-9]+/", "/1/", path)
        if kind in seen:
            continue
        seen.add(kind)
        status = visitor.open(path)
        found = [f"answered {status}"]
        if status in (200, 403):
            visitor.complaints = [line for line in visitor.complaints if "403" not in line]
            found = visitor.faults(on_a_phone_too=everywhere)
        if everywhere:
            found += visitor.overflows()
        if found:
            faults[path] = found
        waiting += FURTHER.findall(visitor.page.content())
        first = visitor.page.query_selector("#result_list tbody th a")
        if first is not None:
            waiting.append((first.get_attribute("href") or "").partition("?")[0])
    assert len(seen) > len(starts)
    return faults


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_of_the_desk_beside_the_lists_is_sound(visitor, park, language):
    """The lists and what they lead to are walked in the soak, in every look."""
    visitor.log_in(UserFactory(manager=True, language=language))
    pages = desk_pages()
    faults = {}
    for path in pages[::2] if language == "nl" else pages[1::2]:
        status = visitor.open(path)
        visitor.complaints = [line for line in visitor.complaints if "403" not in line]
        found = visitor.faults(on_a_phone_too=False) if status in (200, 403) else [f"answered {status}"]
        if found:
            faults[path] = found
    assert faults == {}


@pytest.mark.soak
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("part", range(PARTS))
def test_every_screen_of_the_desk_is_sound_in_every_look(visitor, park, part, language):
    """Light and dark, from a phone to a wide screen, as the manager, who sees the most of the park."""
    manager = UserFactory(manager=True, language=language)
    TaskFactory(owner=manager, lead=park.leads[0])
    visitor.log_in(manager)
    starts = [*desk_pages(), *list_urls().values()]
    assert walk(visitor, starts[part::PARTS], everywhere=True) == {}


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
