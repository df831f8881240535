"""The week by keyboard in both languages: walk the tasks, do one, move one, go to another week; and My desk."""

from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm.acquisition.models import Task
from crm.common.months import amsterdam_day
from tests.browser.conftest import PHONE
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WEEK = "/admin/week/"


@pytest.fixture(params=["nl", "en"])
def user(request):
    return UserFactory(staff=True, language=request.param)


@pytest.fixture
def tasks(user):
    today, now = amsterdam_day(timezone.now()), timezone.now()
    given = {"owner": user, "by": user, "at": now}
    return [
        TaskFactory(title="Te laat", due_on=today - timedelta(days=30), lead=LeadFactory(by=user), **given),
        TaskFactory(title="Bellen", due_on=today, kind="call", repeat="weekly", **given),
        TaskFactory(title="Rondleiding", due_on=today, kind="visit", start_time=time(23, 30), **given),
    ]


def test_the_week_by_keyboard_in_place(visitor, user, tasks):
    visitor.log_in(user)
    visitor.open(WEEK)
    page = visitor.page
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Te laat")).to_be_focused()
    page.keyboard.press("d")
    expect(page.locator("#week-said")).not_to_be_empty()
    assert Task.objects.get(pk=tasks[0].pk).done_by == user
    expect(page.get_by_role("link", name="Bellen", exact=True)).to_be_focused()

    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Rondleiding", exact=True)).to_be_focused()
    page.keyboard.press("r")
    entry = page.locator(f"#task-{tasks[2].pk}")
    expect(entry.locator("input[type=date]")).to_be_focused()
    entry.locator("input[type=date]").fill((tasks[2].due_on + timedelta(days=1)).isoformat())
    page.keyboard.press("d")
    assert Task.objects.get(pk=tasks[2].pk).done_at is None, "no key fires while somebody types"
    page.keyboard.press("Enter")
    expect(page.locator("[data-fault]:visible")).to_have_count(0)
    expect(page.locator(f"#task-{tasks[2].pk} details[open]")).to_have_count(0)
    assert Task.objects.get(pk=tasks[2].pk).due_on == tasks[2].due_on + timedelta(days=1)

    with page.expect_navigation():
        page.keyboard.press("ArrowRight")
    assert "?week=" in page.url
    with page.expect_navigation():
        page.keyboard.press("Home")
    assert page.url.endswith(WEEK)
    assert visitor.faults() == []


def test_a_refusal_is_said_where_it_was_asked_and_nothing_typed_is_lost(visitor, user, tasks):
    visitor.log_in(user)
    visitor.open(WEEK)
    page = visitor.page
    entry = page.locator(f"#task-{tasks[1].pk}")
    entry.locator("summary").click()
    entry.get_by_role("button").last.click()
    expect(entry.locator("[data-fault]")).to_be_visible()
    assert visitor.faults(on_a_phone_too=False) == []


def test_on_a_phone_the_week_is_a_list_by_day(visitor, user, tasks):
    visitor.log_in(user)
    visitor.page.set_viewport_size(PHONE)
    visitor.open(WEEK)
    assert visitor.page.evaluate("getComputedStyle(document.querySelector('.week-days')).display") == "block"
    visitor.page.locator(f"#task-{tasks[1].pk} [data-key=d] button").click()
    expect(visitor.page.locator("#week-said")).not_to_be_empty()
    assert Task.objects.get(pk=tasks[1].pk).done_by == user
    assert Task.objects.open().filter(series=tasks[1]).count() == 1


def test_my_desk_makes_and_revokes_the_address(visitor, user):
    visitor.log_in(user)
    visitor.open("/admin/my/")
    page = visitor.page
    assert visitor.faults() == []
    with page.expect_navigation():
        page.locator("form:has([value=make]) button").click()
    assert page.locator("#calendar-address").input_value().endswith(".ics")
    assert visitor.faults() == []
    visitor.open("/admin/my/")
    with page.expect_navigation():
        page.locator("form:has([value=revoke]) button").click()
    expect(page.locator("form:has([value=revoke])")).to_have_count(0)
