"""The desk under a hand: navigation on a phone, theme, language, filters, suggestions, rows that are added."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from crm.acquisition.models import Activity, Lead, Task
from crm.contacts.models import Organisation
from crm.matching.models import HousingNeed
from tests.browser.conftest import PHONE
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOME = "/admin/"


@pytest.fixture
def page(visitor):
    visitor.log_in(UserFactory(staff=True))
    visitor.open(HOME)
    yield visitor.page
    assert visitor.complaints == []


def test_the_first_tab_leads_past_the_navigation(page):
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_navigation_of_a_phone_is_a_sheet_that_opens_and_closes(page):
    page.set_viewport_size(PHONE)
    sheet = page.locator("#sheet")
    expect(sheet).to_be_hidden()
    page.click("[data-open=sheet]")
    expect(sheet).to_be_visible()
    assert page.evaluate("document.querySelector('#sheet').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.click("[data-open=sheet]")
    sheet.get_by_role("link", name="Leads").click()
    expect(page).to_have_url(re.compile("acquisition/lead"))


def test_the_theme_is_remembered(page, visitor):
    def ground() -> str:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = ground()
    page.click("summary[aria-label='Thema'], summary[aria-label='Theme']")
    page.click(".topbar > .menu.hide [data-theme-choice=dark]")
    dark = ground()
    assert dark != light
    visitor.open(reverse("admin:acquisition_lead_changelist"))
    assert ground() == dark
    page.click("summary[aria-label='Thema'], summary[aria-label='Theme']")
    page.click(".topbar > .menu.hide [data-theme-choice=system]")
    assert ground() == light


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(page):
    menu = page.locator(".topbar details.menu").first
    for close in (lambda: page.keyboard.press("Escape"), lambda: page.mouse.click(640, 600)):
        menu.locator("summary").click()
        expect(menu).to_have_attribute("open", "")
        close()
        expect(menu).not_to_have_attribute("open", "")


def test_the_language_changes_and_stays(page):
    assert page.evaluate("document.documentElement.lang") == "nl"
    page.locator(".topbar > .menu.hide").first.locator("summary").click()
    with page.expect_navigation():
        page.locator(".topbar > .menu.hide").first.get_by_role("button", name="English").click()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    assert page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_a_filter_narrows_the_list_and_is_taken_off_again(page, visitor, size):
    LeadFactory(startup=True)
    LeadFactory(rd_branch=True)
    if size:
        page.set_viewport_size(size)
    visitor.open(reverse("admin:acquisition_lead_changelist"))
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    chip = page.locator("details.chip-menu").nth(2)
    chip.locator("summary").click()
    chip.get_by_role("link", name="Startup").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.click(".chip-clear")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)


def test_rows_become_cards_with_names_on_a_phone(page, visitor):
    LeadFactory()
    page.set_viewport_size(PHONE)
    visitor.open(reverse("admin:acquisition_lead_changelist"))
    assert page.evaluate(
        "getComputedStyle(document.querySelector('#result_list td.field-stage_in_words')).display"
    ) in (
        "grid",
        "flex",
    )
    assert page.get_by_role("row").count() >= 1


def test_an_organisation_is_found_while_typing(page, visitor):
    for name in ("Hamerlo Sensing", "Vonderbeek Chipdesign"):
        OrganisationFactory(name=name)
    visitor.open(reverse("admin:acquisition_lead_add"))
    page.click(".field-organisation .select2-selection")
    page.keyboard.type("vonder")
    page.click(".select2-results__option:has-text('Vonderbeek')")
    page.select_option("#id_track", "startup")
    page.click("button[name=_save]")
    page.wait_for_url(re.compile(r"/change/"))
    assert Lead.objects.get().identity.organisation.name == "Vonderbeek Chipdesign"


def test_a_new_organisation_comes_back_from_its_window(page, visitor):
    visitor.open(reverse("admin:estate_tenancy_add"))
    with page.expect_popup() as opened:
        page.click("#add_id_tenant")
    window = opened.value
    visitor.watch(window)
    window.fill("#id_name", "Nieuw uit een venster")
    with window.expect_event("close"):
        window.click("button[name=_save]")
    expect(page.locator(".field-tenant .select2-selection__rendered")).to_contain_text(
        "Nieuw uit een venster"
    )
    assert page.input_value("#id_tenant") == str(Organisation.objects.get(name="Nieuw uit een venster").pk)


def test_rows_are_added_to_a_form_and_saved_with_it(page, visitor):
    company = OrganisationFactory(name="Zoekt Ruimte")
    visitor.open(f"{reverse('admin:matching_housingneed_add')}?organisation={company.pk}")
    page.fill("#id_title", "Droog lab")
    for prefix in ("parts", "criteria"):
        page.click(f"#{prefix}-group .add-row a")
    page.select_option("#id_parts-0-space_type", "dry_lab")
    page.fill("#id_parts-0-area_from_m2", "200")
    page.select_option("#id_criteria-0-criterion", "power_kva")
    page.select_option("#id_criteria-0-strictness", "must")
    page.fill("#id_criteria-0-asked", "60")
    assert visitor.violations() == []
    page.click("button[name=_save]")
    page.wait_for_url(re.compile(r"housingneed/$"))
    need = HousingNeed.objects.get()
    assert [part.space_type for part in need.parts.all()] == ["dry_lab"]
    assert [asked.criterion for asked in need.criteria.all()] == ["power_kva"]


def test_contact_and_a_next_step_are_recorded_on_the_leads_page(page, visitor):
    organisation = OrganisationFactory()
    person = PersonFactory(organisation=organisation)
    lead = LeadFactory(organisation=organisation)
    visitor.open(reverse("admin:acquisition_lead_change", args=[lead.pk]))
    page.locator(".entry .switch label").first.click()
    page.fill("#id_entry-text", "Wil langskomen")
    page.select_option("#id_entry-person", str(person.pk))
    page.fill("#id_entry-next_step", "Rondleiding regelen")
    page.fill("#id_entry-due_on", "2030-01-04")
    page.click(".entry button[type=submit]")
    expect(page.locator(".messages")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("Wil langskomen")
    assert Activity.objects.get().kind == "call"
    assert Task.objects.get().title == "Rondleiding regelen"


def test_a_second_click_sends_nothing_twice(page, visitor):
    visitor.open(reverse("admin:contacts_organisation_add"))
    page.fill("#id_name", "Dubbelklik B.V.")
    page.dblclick("button[name=_save]")
    page.wait_for_url(re.compile(r"organisation/\d+/change/$"))
    assert Organisation.objects.filter(name="Dubbelklik B.V.").count() == 1
