"""Duplicates under a hand, in both languages: the warning while typing; merging and undoing by keyboard alone."""

import pytest
from playwright.sync_api import expect

from crm.contacts.models import Organisation
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["nl", "en"])
def page(visitor, request):
    visitor.log_in(UserFactory(staff=True, language=request.param))
    OrganisationFactory(name="Fotonica Twente B.V.", city="Enschede", website="https://fotonica.example")
    OrganisationFactory(name="Fotonica Twente", city="Hengelo")
    yield visitor.page
    assert visitor.complaints == []


@pytest.mark.parametrize(
    ("path", "field"),
    [("contacts/organisation", "name"), ("acquisition/lead", "working_name")],
)
def test_a_typed_name_is_met_with_what_it_looks_like(page, visitor, path, field):
    visitor.open(f"/admin/{path}/add/")
    page.locator(f"[name={field}]").press_sequentially("fotonica twente")
    warning = page.locator(".alike")
    expect(warning).to_contain_text("Fotonica Twente B.V.")
    expect(warning).to_contain_text("100")
    assert warning.get_attribute("aria-live") == "polite"
    assert visitor.violations() == []
    page.locator(f"[name={field}]").fill("Heel iets anders")
    expect(warning).to_be_empty()
    page.locator(f"[name={field}]").fill("")


def test_two_are_merged_and_taken_apart_again_by_keyboard(page, visitor):
    visitor.open("/admin/duplicates/")
    assert visitor.faults() == []
    page.locator(".pair a").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert visitor.faults() == []
    page.locator("input[name=city]:checked").focus()
    page.keyboard.press("ArrowDown")
    page.locator(".merge button[type=submit]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert visitor.faults() == []
    kept = Organisation.objects.standing().get()
    assert (kept.city, kept.website) == ("Hengelo", "https://fotonica.example")
    page.locator("main form button[type=submit]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert visitor.faults() == []
    assert Organisation.objects.standing().count() == 2
