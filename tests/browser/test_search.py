"""Search by keyboard alone, in both languages: one key, typing, Enter. And the keys that stay silent while one types."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["nl", "en"])
def page(request, visitor):
    visitor.log_in(UserFactory(staff=True, language=request.param))
    visitor.lead = LeadFactory(organisation=OrganisationFactory(name="Crème Vonderbeek B.V.", kvk="12345678"))
    visitor.open("/admin/")
    yield visitor.page
    assert visitor.complaints == []


def test_any_lead_is_one_key_and_typing_away(page, visitor):
    page.keyboard.press("/")
    expect(page.locator("#finder-text")).to_be_focused()
    page.keyboard.type("creme vondrebeek")
    option = page.locator("[role=option][aria-selected=true]")
    expect(option).to_contain_text("Crème Vonderbeek")
    assert visitor.violations() == []
    assert page.locator("#finder-text").get_attribute("aria-activedescendant") == option.get_attribute("id")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(reverse("admin:acquisition_lead_change", args=[visitor.lead.pk]))
    page.keyboard.press("Control+k")
    expect(page.locator("[role=option]").first).to_contain_text("Crème Vonderbeek")


def test_enter_before_the_answer_opens_what_was_typed(page, visitor):
    page.keyboard.press("Control+k")
    page.keyboard.type(visitor.lead.reference)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(reverse("admin:acquisition_lead_change", args=[visitor.lead.pk]))


def test_arrows_choose_and_escape_closes(page, visitor):
    page.keyboard.press("Control+k")
    page.keyboard.type("12345678")
    expect(page.locator("[role=option]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option]").nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("[role=option] .why").first).to_contain_text("KvK 12345678")
    page.keyboard.press("Escape")
    expect(page.locator("#finder")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("kwxyzq")
    expect(page.locator("#finder-say")).to_contain_text("kwxyzq")
    assert visitor.violations() == []


def test_keys_go_places_and_are_silent_while_one_types_or_when_switched_off(page, visitor):
    page.keyboard.press("?")
    expect(page.locator("#key-help")).to_be_visible()
    assert visitor.violations() == []
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("g")
        page.keyboard.press("l")
    expect(page).to_have_url(re.compile("acquisition/lead"))
    page.focus("#search")
    page.keyboard.type("/?gt")
    expect(page.locator("#search")).to_have_value("/?gt")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.evaluate("localStorage.setItem('desk-keys', 'off')")
    page.evaluate("document.activeElement.blur()")
    for key in ("/", "?", "Control+k"):
        page.keyboard.press(key)
    expect(page.locator("dialog[open]")).to_have_count(0)
    visitor.open(reverse("admin:search") + "?q=vonderbeek")
    assert visitor.faults() == []


def test_g_and_a_letter_go_to_the_board(page):
    with page.expect_navigation():
        page.keyboard.press("g")
        page.keyboard.press("b")
    expect(page).to_have_url(re.compile("/admin/board/"))
