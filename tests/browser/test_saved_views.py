"""A filtered list is kept under a name by keyboard alone, opens first, and shows its count."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = {"nl": ("Weergave", "Deze weergave bewaren"), "en": ("View", "Keep this view")}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_view_is_kept_by_keyboard_and_opens_first(visitor, language):
    menu, keep = WORDS[language]
    LeadFactory(startup=True)
    LeadFactory(rd_branch=True)
    visitor.log_in(UserFactory(staff=True, language=language))
    page, leads = visitor.page, reverse("admin:acquisition_lead_changelist")
    visitor.open(f"{leads}?track__exact=startup")
    page.locator(".view-tools summary", has_text=menu).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#view-name")).to_be_focused()
    page.keyboard.type("Startups eerst")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=keep)).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".tabs .kept[aria-current=true]")).to_contain_text("Startups eerst")
    expect(page.locator(".tabs .kept .count")).to_have_text("1")
    visitor.open(leads)
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.locator(".view-tools summary", has_text=menu).click()
    assert visitor.faults() == []
