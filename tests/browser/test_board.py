"""The board under a hand: by mouse, by keyboard alone, with a panel, and with a second person who is faster."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from crm.acquisition.models import Lead, StageChange
from crm.acquisition.services import move_stage
from tests.browser.conftest import PHONE
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STARTUP = "/admin/board/startup/"
WORDS = {
    "nl": {"moved": "staat nu bij", "nothing": "Er is niets verplaatst", "back": "Terugdraaien"},
    "en": {"moved": "stands at", "nothing": "Nothing was moved", "back": "Take back"},
}


@pytest.fixture(params=["nl", "en"])
def language(request):
    return request.param


@pytest.fixture
def words(language):
    return WORDS[language]


@pytest.fixture
def user(language):
    return UserFactory(staff=True, language=language)


@pytest.fixture
def page(visitor, user):
    visitor.log_in(user)
    yield visitor.page
    # A refused move is answered with its status, which the browser's console repeats.
    assert [line for line in visitor.complaints if not re.search(r"status of (409|422|403)", line)] == []


def drag(page, card, lane) -> None:
    start, end = card.bounding_box(), lane.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] - 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 40, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 20, steps=12)
    page.mouse.up()


def lane(page, place):
    return page.locator(f"ol[data-place={place}]")


def test_a_card_is_dragged_and_taken_back(visitor, page, words):
    LeadFactory(startup=True, complete=True)
    visitor.open(STARTUP)
    drag(page, page.locator(".lane-card"), lane(page, "contacted"))
    expect(lane(page, "contacted").locator(".lane-card")).to_have_count(1)
    expect(page.locator("#board-toast")).to_contain_text(words["moved"])
    expect(page.locator("#head-contacted a")).to_have_text("1")
    assert Lead.objects.get().stage == "contacted"
    page.get_by_role("button", name=words["back"]).click()
    expect(lane(page, "identified").locator(".lane-card")).to_have_count(1)
    assert StageChange.objects.filter(reverses__isnull=False).count() == 1


def test_a_card_is_moved_by_keyboard_alone_and_it_is_said_aloud(visitor, page, words):
    LeadFactory(startup=True, complete=True)
    visitor.open(STARTUP)
    page.locator(".card-name").focus()
    page.keyboard.press("m")
    expect(page.get_by_role("menu")).to_be_visible()
    assert visitor.violations() == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(page.locator(".card-name")).to_be_focused()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(lane(page, "qualified").locator(".card-name")).to_be_focused()
    expect(page.locator("#board-said")).to_contain_text(words["moved"])
    assert Lead.objects.get().stage == "qualified"


def test_the_panel_asks_what_is_missing_and_escape_moves_nothing(visitor, page, words):
    company = OrganisationFactory()
    person = PersonFactory(organisation=company)
    LeadFactory(startup=True, organisation=company)
    visitor.open(STARTUP)
    card = page.locator(".lane-card")
    drag(page, card, lane(page, "contacted"))
    expect(page.locator("dialog.board-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(lane(page, "identified").locator(".lane-card")).to_have_count(1)
    expect(page.locator("#board-said")).to_contain_text(words["nothing"])
    assert Lead.objects.get().stage == "identified"
    drag(page, card, lane(page, "contacted"))
    expect(page.locator("dialog.board-panel")).to_be_visible()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert visitor.violations() == []
    page.emulate_media(color_scheme="light")
    page.locator("dialog.board-panel button[type=submit]").click()
    expect(page.locator("dialog.board-panel .error:visible").first).to_be_visible()
    page.select_option("[name=contact-person]", str(person.pk))
    page.locator("dialog.board-panel button[type=submit]").click()
    expect(page.locator("#board-toast")).to_contain_text(words["moved"])
    expect(lane(page, "contacted").locator(".lane-card")).to_have_count(1)
    assert Lead.objects.get().stage == "contacted"


def test_who_is_slower_sees_what_happened_and_loses_nothing(visitor, page):
    lead = LeadFactory(startup=True, complete=True)
    other = UserFactory(staff=True, full_name="Ellen Jansen")
    visitor.open(STARTUP)
    move_stage(lead=lead, to_stage="proposal", on=NOON.date(), by=other, at=NOON)
    drag(page, page.locator(".lane-card"), lane(page, "contacted"))
    expect(page.locator("#board-toast")).to_contain_text("Ellen Jansen")
    expect(lane(page, "proposal").locator(".lane-card")).to_have_count(1)
    assert Lead.objects.get().stage == "proposal"


def test_who_may_no_longer_move_is_told_and_the_card_goes_back(visitor, page, user):
    LeadFactory(startup=True, complete=True)
    visitor.open(STARTUP)
    type(user).objects.filter(pk=user.pk).update(role="partner")
    drag(page, page.locator(".lane-card"), lane(page, "contacted"))
    expect(page.locator("#board-toast")).to_be_visible()
    expect(lane(page, "identified").locator(".lane-card")).to_have_count(1)


def test_a_lost_lead_asks_why_and_leaves_the_columns(visitor, page):
    LeadFactory(startup=True)
    visitor.open(STARTUP)
    page.locator(".grip").click()
    page.locator("[role=menuitem][data-to=lost]").click()
    page.select_option("[name=end-reason]", "no_space")
    page.locator("dialog.board-panel button[type=submit]").click()
    expect(page.locator(".lane-card")).to_have_count(0)
    expect(page.locator("[data-head=lost] b")).to_have_text("1")


def test_the_board_is_sound_in_every_look_with_many_cards(visitor, page):
    for number in range(30):
        LeadFactory(startup=True, strict=number == 0, stage="contacted" if number % 9 == 0 else "identified")
    visitor.open(STARTUP)
    assert visitor.faults() == []
    page.locator(".lane-more").first.click()
    expect(page.locator(".lane-more")).to_have_count(0)
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_a_script_the_cards_menu_is_a_link_to_the_move(browser, live_server, user, visitor):
    lead = LeadFactory(startup=True)
    visitor.log_in(user)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(visitor.context.cookies())
    page = context.new_page()
    page.goto(live_server.url + STARTUP)
    page.locator(".grip").click()
    assert reverse("admin:acquisition_lead_do", args=[lead.pk, "move"]) in page.url
    context.close()
