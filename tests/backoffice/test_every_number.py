"""Every number on a page of the desk opens a list with exactly that many rows, for each of its roles."""

import re
from datetime import date
from html.parser import HTMLParser

import pytest
import time_machine
from django.urls import reverse

from crm.acquisition.models import Lead
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
    """Every link of a page that holds a number and opens a list, those of the navigation among them."""

    def __init__(self) -> None:
        super().__init__()
        self.url, self.text = "", ""
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.url, self.text = dict(attrs).get("href") or "", ""

    def handle_data(self, data):
        self.text += data

    def handle_endtag(self, tag):
        if tag == "a" and self.url:
            numbers = NUMBER.findall(self.text)
            is_list = re.match(r"/admin/(?!.*/do/).*[?#]", self.url)
            if numbers and (is_list or self.url == reverse("admin:today")):
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
    partner, given = OrganisationFactory(), {"on": date(2026, 10, 10), "by": manager, "at": now}
    for lead in (secret, LeadFactory(stage="contacted"), LeadFactory(parked=True), LeadFactory(lost=True)):
        Lead.objects.filter(pk=lead.pk).update(referred_by=partner, referred_on=date(2026, 9, 1))
    TaskFactory(lead=None, organisation=partner)
    for person in (staff, manager):
        TaskFactory(owner=person, due_on=date(2026, 10, 20), lead=LeadFactory(owner=person))
        TaskFactory(owner=person, lead=secret, due_on=date(2026, 10, 20))
        TaskFactory(owner=person)
    return {"staff": staff, "manager": manager, "administrator": UserFactory(administrator=True)}


def rows_behind(client, url: str) -> int:
    context = client.get(url).context
    if url.endswith("#h-promises"):
        return len(context["promises"])
    return context["cl"].result_count if "cl" in context else context.get("total", f"no list at {url}")


BOARDS = [f"/admin/board/{track}/" for track in ("rd_branch", "startup", "knowledge_intensive")]
# Each page, and how many numbers it shows at least: a page whose links were lost would pass otherwise.
PAGES = {
    "/admin/": 35,
    **dict.fromkeys(BOARDS, 5),
    f"{BOARDS[0]}?owner=me&by=owner": 5,
    "/admin/referrals/": 7,
}


@pytest.mark.parametrize("role", ["staff", "manager", "administrator"])
def test_every_number_opens_as_many_rows(busy, role):
    wrong, seen = {}, {}
    with time_machine.travel(NOON, tick=False):
        client = logged_in(busy[role])
        for path in PAGES:
            page = Links()
            page.feed(client.get(path).text)
            seen[path] = page.found
            for number, url in page.found:
                rows = rows_behind(client, url)
                if rows != number:
                    wrong[f"{path} {url}"] = (number, rows)
    assert wrong == {}
    assert {path: len(found) for path, found in seen.items() if len(found) < PAGES[path]} == {}
    home = [url for _number, url in seen["/admin/"]]
    assert reverse("admin:today") in home
    assert sum("movement=" in url for url in home) >= 10
    assert any("state=due" in url for url in home) == (role != "administrator")


def test_the_count_beside_a_view_is_the_number_of_its_rows(busy):
    client, address = logged_in(busy["staff"]), reverse("admin:acquisition_lead_changelist")
    for name, query in (("Van mij", "owner=me"), ("Startups", "track__exact=startup"), ("Niets", "q=zzzz")):
        save = reverse("admin:view_do", args=["acquisition.lead", "save"])
        assert client.post(save, {"name": name, "query": query}).status_code == 302
    counts = client.get(reverse("admin:view_counts", args=["acquisition.lead"])).json()
    views = client.get(address).context["saved_views"]
    assert len(views) == 3
    for view in views:
        assert rows_behind(client, address + view["url"]) == counts["counts"][str(view["id"])], view["label"]
