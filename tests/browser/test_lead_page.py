"""A day's work on the lead's page by keyboard alone, in both languages; and the same page on paper."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from crm.acquisition.models import Activity, Task
from crm.common.months import amsterdam_day
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {"nl": ("gisteren", "morgen"), "en": ("yesterday", "tomorrow")}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_call_with_a_next_step_takes_three_interactions_beside_typing(visitor, language):
    """An interaction is a choice made: following a link, a key that goes somewhere, sending. Typing, and moving on to
    the next field while typing, is not."""
    yesterday, tomorrow = WORDS[language]
    user = UserFactory(staff=True, language=language)
    lead = LeadFactory(owner=user)
    TaskFactory(lead=lead, owner=user, title="Terugbellen")
    visitor.log_in(user)
    visitor.open("/admin/")
    page, interactions = visitor.page, 0
    page.locator(f"main a[href*='{reverse('admin:acquisition_lead_change', args=[lead.pk])}']").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    interactions += 1
    page.keyboard.press("n")
    interactions += 1
    expect(page.locator("#id_entry-text")).to_be_focused()
    page.keyboard.type("Wil langskomen, never mind the n")
    page.keyboard.press("Tab")
    expect(page.locator("#id_entry-occurred_on")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type(yesterday)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Rondleiding regelen")
    page.keyboard.press("Tab")
    page.keyboard.type(tomorrow)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    interactions += 1
    activity, task = Activity.objects.get(), Task.objects.get(title="Rondleiding regelen")
    today = amsterdam_day(timezone.now())
    assert (activity.kind, (today - activity.occurred_on).days, (task.due_on - today).days) == ("call", 1, 1)
    expect(page.locator(".timeline")).to_contain_text("never mind the n")
    assert interactions <= 3
    assert visitor.faults() == []


def test_a_document_that_is_refused_loses_nothing_that_was_typed(visitor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    visitor.log_in(UserFactory(staff=True))
    parent = OrganisationFactory(name="Moeder N.V.")
    lead = LeadFactory(organisation=OrganisationFactory(group=parent))
    visitor.open(reverse("admin:acquisition_lead_change", args=[lead.pk]))
    page = visitor.page
    page.fill("#id_entry-text", "Lang gesprek")
    page.click(".upload summary")
    for content, rows in ((b"MZ", 0), (b"%PDF-1.7", 1)):
        file = {"name": "offerte.pdf", "mimeType": "application/pdf", "buffer": content}
        page.set_input_files("#id_document-file", file)
        with page.expect_navigation():
            page.click("button[name=add_document]")
        expect(page.locator("#id_entry-text")).to_have_value("Lang gesprek")
        expect(page.locator("a.file-name")).to_have_count(rows)
    assert visitor.faults() == []


def test_on_paper_stand_the_facts_the_path_and_the_log_alone(visitor):
    visitor.log_in(UserFactory(staff=True))
    lead = LeadFactory(stage="contacted")
    visitor.open(reverse("admin:acquisition_lead_change", args=[lead.pk]))
    page = visitor.page
    page.emulate_media(media="print", color_scheme="dark")
    for shown in ("h1", ".facts", ".path", ".timeline"):
        expect(page.locator(shown).first).to_be_visible()
    for hidden in (".frame > .nav", ".topbar", ".entry", "aside", ".actions"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_partners_pages_hold_in_light_dark_and_on_a_phone(visitor):
    visitor.log_in(UserFactory(staff=True))
    partner = OrganisationFactory(name="OostNL", kinds=("acquisition_partner",))
    lead = LeadFactory(referred_by=partner)
    TaskFactory(lead=lead, organisation=partner, title="Laten weten hoe het afloopt")
    for url in (reverse("admin:referrals"), reverse("admin:referral-partner", args=[partner.pk])):
        assert visitor.open(url) == 200
        assert visitor.faults() == []
