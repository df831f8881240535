"""How many clicks and keys everyday deeds take, counted in the browser.

docs/interactions.md has the table, with the same deeds on a plain Django admin: a changed figure is changed there too.
"""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from crm.acquisition.models import Activity, Lead, Task
from crm.common.months import amsterdam_day
from tests.browser.counting import Counter
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = {"nl": "morgen", "en": "tomorrow"}


@pytest.fixture(params=["nl", "en"])
def language(request):
    return request.param


@pytest.fixture
def user(language):
    return UserFactory(staff=True, language=language)


@pytest.fixture
def lead(user):
    """Ready for its next stage, and not in the quiet list's first lines by itself."""
    return LeadFactory(
        rd_branch=True, complete=True, owner=user, organisation=None, working_name="Hamerlo Sensing"
    )


@pytest.fixture
def counter(visitor, user, lead):
    counter = Counter(visitor.context, visitor.page)
    visitor.log_in(user)
    visitor.open(reverse("admin:index"))
    counter.begin()
    yield counter
    assert visitor.complaints == []


def find(page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("hamerlo")
    expect(page.locator("#finder-list [role=option]").first).to_contain_text("Hamerlo Sensing")


def test_any_lead_is_found_by_one_key_and_its_name(visitor, counter):
    find(visitor.page)
    assert counter.interactions <= 1


def test_a_call_and_the_next_step_are_logged_in_three(visitor, counter, language):
    page = visitor.page
    before = Activity.objects.count()
    find(page)
    with page.expect_navigation():
        page.keyboard.press("Shift+Enter")
    expect(page.locator("#id_entry-text")).to_be_focused()
    page.keyboard.type("Wil een laboratorium zien")
    for _field in ("occurred_on", "person", "next_step"):
        page.keyboard.press("Tab")
    page.keyboard.type("Rondleiding regelen")
    page.keyboard.press("Tab")
    page.keyboard.type(WORDS[language])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert counter.interactions <= 3
    task = Task.objects.get(title="Rondleiding regelen")
    assert (task.due_on - amsterdam_day(timezone.now())).days == 1
    assert Activity.objects.count() == before + 1


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_stage_whose_requirements_are_met_moves_in_two_and_one_more_takes_it_back(
    visitor, counter, lead, by
):
    page = visitor.page
    link = page.locator(f"main a[href='{reverse('admin:acquisition_lead_change', args=[lead.pk])}']").first
    if by == "mouse":
        link.click()
        with page.expect_navigation():
            page.locator("[data-move-now] button").click()
    else:
        link.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        with page.expect_navigation():
            page.keyboard.press("m")
    assert counter.interactions <= 2
    assert Lead.objects.get().stage == "contacted"
    with page.expect_navigation():
        page.keyboard.press("z")
    assert counter.interactions <= 3
    assert Lead.objects.get().stage == "identified"
