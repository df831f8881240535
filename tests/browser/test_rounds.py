"""A contact round under a hand: the keys walk the list, a call is logged and ticks itself off, on every screen."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from crm.common.months import amsterdam_day
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import TaskFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.rounds import ContactRoundFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owners():
    owners = [
        OrganisationFactory(
            kinds=("real_estate_owner", "broker"), name=f"Eigenaar {letter}", phone="+31534891234"
        )
        for letter in "ABC"
    ]
    PersonFactory(organisation=owners[0], position="Assetmanager", phone="+31534891235")
    TaskFactory(organisation=owners[0])
    return owners


@pytest.fixture
def found(owners):
    user, today = UserFactory(staff=True, language="en"), amsterdam_day(timezone.now())
    return ContactRoundFactory(
        organisations=owners,
        participants=[user, UserFactory(staff=True)],
        starts_on=today,
        ends_on=today + timedelta(days=90),
        at=timezone.now(),
    )


def test_a_round_is_called_down_by_keyboard(visitor, found):
    visitor.log_in(found.participants.order_by("pk").first())
    visitor.open(reverse("admin:contact-round", args=[found.pk]))
    page = visitor.page
    expect(page.get_by_text("0 of 3 spoken to, 3 still to be called")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".quiet-row.here")).to_contain_text("Eigenaar A")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("textarea").first.fill("Leegstand besproken")
    with page.expect_navigation():
        page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("1 of 3 spoken to, 2 still to be called")).to_be_visible()
    expect(page.get_by_text("Ticked off in the round")).to_be_visible()
    assert visitor.complaints == []


def test_the_pages_are_sound_on_every_screen(visitor, found, owners):
    visitor.log_in(UserFactory(manager=True, language="nl"))
    for url in (
        reverse("admin:contact-rounds"),
        reverse("admin:contact-round-new"),
        reverse("admin:contact-round", args=[found.pk]),
        reverse("admin:contacts_organisation_portfolio", args=[owners[0].pk]),
    ):
        assert visitor.open(url) == 200
        assert visitor.faults() == [], url
