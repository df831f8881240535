"""The quiet list under a hand: forms within the row, keys that walk the rows, reasons by pointer and by keyboard."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from crm.acquisition.models import Activity, Lead, Task
from crm.common.months import amsterdam_day
from crm.desk.models import Snooze
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.matching import NeedFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owner():
    return UserFactory(staff=True, language="en")


@pytest.fixture
def lead(owner):
    return LeadFactory(owner=owner, stage="contacted", working_name="Hamerlo Sensing", organisation=None)


@pytest.fixture
def page(visitor, owner, lead):
    NeedFactory()
    TaskFactory(owner=owner)
    visitor.log_in(owner)
    visitor.open(reverse("admin:today"))
    yield visitor.page
    assert visitor.complaints == []


def row_of(page, subject):
    return page.locator(f"#{subject}")


def test_the_list_and_its_open_forms_are_sound_on_every_screen(page, visitor, lead):
    assert visitor.faults() == []
    row = row_of(page, f"lead-{lead.pk}")
    for label in ("Log contact", "Hand over", "Snooze"):
        row.get_by_text(label, exact=False).first.click()
        assert visitor.faults() == [], label


def test_contact_and_a_next_step_take_three_interactions_from_the_home_page(page, visitor, lead):
    visitor.open(reverse("admin:index"))
    row = row_of(page, f"lead-{lead.pk}")
    row.locator("details.deal summary").first.click()
    expect(row.locator("select").first).to_be_focused()
    row.locator("textarea").fill("Wil langskomen")
    row.locator("input[name$=next_step]").fill("Rondleiding")
    row.locator("input[name$=due_on]").fill((timezone.now() + timedelta(days=7)).strftime("%Y-%m-%d"))
    with page.expect_navigation():
        row.locator(".deal-contact button[type=submit]").click()
    assert page.url.partition("#")[0].endswith("/admin/")
    assert Activity.objects.get().text == "Wil langskomen"
    assert Task.objects.get(lead=lead).title == "Rondleiding"


def test_a_fault_keeps_the_form_open_with_what_was_typed(page, lead):
    row = row_of(page, f"lead-{lead.pk}")
    row.locator("details.deal").last.locator("summary").click()
    row.locator("input[name$=reason]").fill("Na hun beurs")
    with page.expect_navigation():
        row.locator(".deal-snooze button[type=submit]").click()
    row = row_of(page, f"lead-{lead.pk}")
    expect(row.locator(".deal-snooze input[name$=reason]")).to_have_value("Na hun beurs")
    expect(row.locator(".deal-snooze input[name$=until]")).to_be_focused()
    until = amsterdam_day(timezone.now()) + timedelta(days=10)
    row.locator("input[name$=until]").fill(until.isoformat())
    with page.expect_navigation():
        row.locator(".deal-snooze button[type=submit]").click()
    assert Snooze.objects.get().until == until
    expect(row_of(page, f"lead-{lead.pk}")).to_have_count(0)
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Back in the list")).click()
    expect(row_of(page, f"lead-{lead.pk}")).to_have_count(1)


def test_keys_walk_the_rows_and_none_fires_while_typing(page, lead):
    first, second = page.locator("[data-row]").nth(0), page.locator("[data-row]").nth(1)
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    row = row_of(page, f"lead-{lead.pk}")
    row.locator("details.deal summary").first.click()
    row.locator("textarea").fill("")
    row.locator("textarea").press_sequentially("jk")
    expect(row.locator("textarea")).to_have_value("jk")
    expect(row.locator("textarea")).to_be_focused()
    row.locator("textarea").fill("")
    page.keyboard.press("Escape")
    expect(row.locator("details.deal summary").first).to_be_focused()
    page.evaluate(
        "document.activeElement.blur(); document.querySelectorAll('form').forEach((f) => f.reset())"
    )
    row.focus()
    with page.expect_navigation(url=re.compile(f"lead/{lead.pk}/change")):
        page.once("dialog", lambda dialog: dialog.accept())
        page.keyboard.press("Enter")
    assert Lead.objects.count() == 1


def test_other_reasons_show_by_pointer_and_by_keyboard(page, lead):
    others = row_of(page, f"lead-{lead.pk}").locator("details.others")
    reasons = others.locator("li")
    expect(reasons.first).to_be_hidden()
    others.locator("summary").hover()
    expect(reasons).to_have_count(2)
    expect(reasons.first).to_be_visible()
    page.mouse.move(5, 5)
    expect(reasons.first).to_be_hidden()
    others.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(reasons.first).to_be_visible()


def test_it_works_without_a_script(browser, live_server, visitor, owner, lead):
    visitor.log_in(owner)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(visitor.context.cookies())
    bare = context.new_page()
    bare.goto(live_server.url + reverse("admin:today"))
    row = bare.locator(f"#lead-{lead.pk}")
    row.locator("details.deal").last.locator("summary").click()
    row.locator("input[name$=until]").fill((timezone.now() + timedelta(days=5)).strftime("%Y-%m-%d"))
    row.locator("input[name$=reason]").fill("Op reis")
    row.locator(".deal-snooze button[type=submit]").click()
    expect(bare.locator(f"#lead-{lead.pk}")).to_have_count(0)
    assert Snooze.objects.get().reason == "Op reis"
    context.close()
