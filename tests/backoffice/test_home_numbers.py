"""Every number on the home page opens a list with exactly that many rows, for each role of the desk."""

import re
from datetime import date
from html.parser import HTMLParser

import pytest
import time_machine
from django.urls import reverse

from crm.acquisition.services import close_lead, park_lead, reopen_lead, reverse_change
from tests.backoffice.conftest import logged_in
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.estate import VacancyFactory
from tests.factories.matching import NeedFactory
from tests.factories.quiet import ending_tenancy, unconfirmed_vacancy
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r"(?<![\dA-Za-z-])[+−-]?(\d+)(?![\d-])")


class Links(HTMLParser):
    """Every link within the page's main part that holds a number."""

    def __init__(self) -> None:
        super().__init__()
        self.is_main, self.url, self.text = False, "", ""
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.is_main |= tag == "main"
        if self.is_main and tag == "a":
            self.url, self.text = given.get("href") or "", ""

    def handle_data(self, data):
        self.text += data

    def handle_endtag(self, tag):
        if tag == "a" and self.url:
            numbers = NUMBER.findall(self.text)
            if numbers and (
                "changelist" in self.url or "?" in self.url or self.url == reverse("admin:today")
            ):
                self.found.append((int(numbers[-1]), self.url))
            self.url = ""


@pytest.fixture
def busy(manager, now):
    """A park in which everything that the home page counts has happened, mistakes included."""
    staff = UserFactory(staff=True)
    for track in ("rd_branch", "startup", "knowledge_intensive"):
        LeadFactory(track=track, owner=staff, stage="contacted", area_to_m2=200, jobs_expected=5)
        LeadFactory(track=track, at=now, on=date(2026, 10, 3), strict=True, owner=manager)
    given = {"on": date(2026, 10, 10), "by": manager, "at": now}
    close_lead(lead=LeadFactory(), to_status="lost", reason="no_space", **given)
    close_lead(lead=LeadFactory(startup=True), to_status="referred", reason="outside_profile", **given)
    park_lead(lead=LeadFactory(), **given)
    reopen_lead(lead=LeadFactory(parked=True), **given)
    reverse_change(change=park_lead(lead=LeadFactory(), **given), by=manager, at=now)
    EventFactory(startup=True, on=date(2026, 3, 20))
    EventFactory(spin_off=True, on=date(2026, 4, 20))
    EventFactory(rd_branch=True, on=date(2026, 5, 20))
    EventFactory(startup=True, on=date(2026, 6, 20), pending=True)
    taken_back = EventFactory(startup=True, on=date(2026, 5, 20))
    EventFactory(reversal=True, reverses=taken_back, on=date(2026, 6, 1))
    twice = OrganisationFactory()
    EventFactory(startup=True, on=date(2026, 2, 1), organisation=twice)
    EventFactory(departure=True, on=date(2026, 3, 1), organisation=twice)
    EventFactory(startup=True, on=date(2026, 8, 1), organisation=twice)
    EventFactory(startup=True, on=date(2026, 7, 1), area="vredestein")
    VacancyFactory()
    unconfirmed_vacancy()
    ending_tenancy()
    NeedFactory()
    secret = LeadFactory(strict=True, owner=manager)
    for person in (staff, manager):
        TaskFactory(owner=person, due_on=date(2026, 10, 20), lead=LeadFactory(owner=person))
        TaskFactory(owner=person, lead=secret, due_on=date(2026, 10, 20))
        TaskFactory(owner=person)
    return {"staff": staff, "manager": manager, "administrator": UserFactory(administrator=True)}


@pytest.mark.parametrize("role", ["staff", "manager", "administrator"])
def test_every_number_opens_as_many_rows(busy, role):
    with time_machine.travel(NOON, tick=False):
        client = logged_in(busy[role])
        page = Links()
        page.feed(client.get(reverse("admin:index")).text)
        wrong = {}
        for number, url in page.found:
            context = client.get(url).context
            rows = context["cl"].result_count if "cl" in context else context["total"]
            if rows != number:
                wrong[url] = (number, rows)
    assert wrong == {}
    assert len(page.found) > 35
    assert any(url == reverse("admin:today") for _number, url in page.found)
    assert sum("movement=" in url for _number, url in page.found) >= 10
