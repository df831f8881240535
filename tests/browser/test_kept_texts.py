"""What somebody typed survives a closed tab, an ended session and a colleague who saved first; it is gone once saved or logged out."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from crm.acquisition.models import Activity
from crm.contacts.services import change_organisation
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "Ze zoeken 800 m² laboratorium en beslissen in het voorjaar"
PASSWORD = "correct-horse-battery-9"
WORDS = {"nl": "Zet het terug", "en": "Put it back"}


@pytest.fixture
def user():
    user = UserFactory(staff=True, language="en")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def page(visitor, user):
    visitor.log_in(user)
    return visitor.page


def url_of(lead) -> str:
    return reverse("admin:acquisition_lead_change", args=[lead.pk])


def stored(page) -> str:
    return page.evaluate("JSON.stringify({...localStorage})")


def until(page, truth: str) -> None:
    """Wait until a script's answer is true; Playwright's own wait evaluates text, which the page's policy refuses."""
    for _attempt in range(100):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(50)
    raise AssertionError(truth)


def type_and_wait(page, text=TEXT) -> None:
    page.locator("#id_entry-text").fill(text)
    until(
        page, "Object.keys({...localStorage, ...sessionStorage}).some((key) => key.startsWith('desk-draft:'))"
    )


def test_a_text_in_a_closed_tab_is_offered_again_and_gone_once_recorded(visitor, page, user):
    lead = LeadFactory(startup=True, owner=user)
    visitor.open(url_of(lead))
    type_and_wait(page)
    page.close(run_before_unload=False)
    visitor.page = page = visitor.context.new_page()
    visitor.watch(page)
    visitor.open(reverse("admin:index"))
    expect(page.locator("[data-draft-list] a")).to_have_count(1)
    assert visitor.violations() == []
    visitor.open(url_of(lead))
    bar = page.locator(".message.draft")
    expect(bar).to_contain_text("800 m²")
    expect(page.locator("#draft-said")).to_contain_text("Not saved yet")
    assert visitor.violations() == []
    bar.get_by_role("button", name=WORDS["en"]).click()
    expect(page.locator("#id_entry-text")).to_have_value(TEXT)
    expect(page.locator("#id_entry-text")).to_be_focused()
    with page.expect_navigation():
        page.locator("#entry button.primary").click()
    assert Activity.objects.get(lead=lead).text == TEXT
    until(page, "!Object.keys(localStorage).some((key) => key.startsWith('desk-draft:'))")
    assert page.locator(".message.draft").count() == 0
    assert visitor.complaints == []


def test_a_session_that_ends_loses_no_text_and_writes_nothing_by_half(visitor, page, user):
    lead = LeadFactory(startup=True, owner=user)
    visitor.open(url_of(lead))
    type_and_wait(page)
    page.locator("[name=entry-next_step]").fill("Offerte sturen")
    page.locator("[name=entry-due_on]").fill("tomorrow")
    Session.objects.all().delete()
    with page.expect_navigation():
        page.locator("#entry button.primary").click()
    expect(page.locator("[data-kept]")).to_be_visible()
    assert Activity.objects.filter(lead=lead).count() == 0
    page.fill("[name=username]", user.email)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.locator("main button[type=submit]").click()
    expect(page).to_have_url(visitor.server + url_of(lead))
    page.locator(".message.draft button").first.click()
    expect(page.locator("#id_entry-text")).to_have_value(TEXT)
    expect(page.locator("[name=entry-next_step]")).to_have_value("Offerte sturen")
    with page.expect_navigation():
        page.locator("#entry button.primary").click()
    assert Activity.objects.get(lead=lead).text == TEXT


def test_a_strict_leads_text_stays_in_its_tab_and_log_out_forgets_everything(visitor, page, user):
    strict, other = LeadFactory(startup=True, strict=True, owner=user), LeadFactory(startup=True, owner=user)
    visitor.open(url_of(strict))
    type_and_wait(page, "De naam Hamerlo")
    assert "Hamerlo" not in stored(page)
    page.on("dialog", lambda dialog: dialog.accept())
    visitor.open(url_of(other))
    type_and_wait(page)
    until(page, "JSON.stringify({...localStorage}).includes('800')")
    page.locator("#id_entry-text").fill("")
    until(page, "!JSON.stringify({...localStorage}).includes('800')")
    page.locator("#id_entry-text").fill(TEXT)
    until(page, "JSON.stringify({...localStorage}).includes('800')")
    page.locator(".topbar details.menu").last.locator("summary").click()
    with page.expect_navigation():
        page.locator("form[action$='log-out/'] button").click()
    expect(page.locator("[data-forget-drafts]")).to_be_visible()
    assert "800" not in stored(page)
    assert "Hamerlo" not in page.evaluate("JSON.stringify({...sessionStorage})")


def test_leaving_with_typed_text_asks_and_leaving_without_does_not(visitor, page, user):
    lead = LeadFactory(startup=True, owner=user)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    visitor.open(url_of(lead))
    page.locator("#id_entry-text").press_sequentially("a")
    page.locator("#id_entry-text").press("Backspace")
    visitor.open(reverse("admin:index"))
    assert asked == []
    visitor.open(url_of(lead))
    page.locator("#id_entry-text").press_sequentially("iets")
    visitor.open(reverse("admin:index"))
    assert asked == ["beforeunload"]


def test_both_versions_of_a_form_are_shown_and_chosen_by_hand(visitor, page, user):
    row = OrganisationFactory(name="Hamerlo", note="eerst", city="Enschede")
    visitor.open(reverse("admin:contacts_organisation_change", args=[row.pk]))
    change_organisation(
        organisation=row,
        by=UserFactory(staff=True, full_name="Ellen Jansen"),
        at=NOON,
        note="van haar",
        city="Hengelo",
    )
    page.locator("#id_note").fill("van mij")
    with page.expect_navigation():
        page.locator("button[name=_save]").click()
    panel = page.locator(".overtaken")
    expect(panel).to_contain_text("Ellen Jansen")
    assert visitor.faults() == []
    panel.locator("[value=theirs]").check()
    with page.expect_navigation():
        page.locator("button[name=_save]").click()
    row.refresh_from_db()
    assert (row.note, row.city) == ("van haar", "Hengelo")
