"""A contact from a trade fair becomes an R&D branch that counts: every step through the pages, by two people."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from crm.acquisition.models import Lead
from crm.common.months import amsterdam_day
from crm.targets.models import CountEvent
from tests.browser.conftest import DESK, Visitor
from tests.browser.hands import Keyboard, Mouse
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COMPANY, PERSON = "Brightlayer Photonics", "Ingrid Solheim"


class Desk:
    """One person's browser at the desk, with a hand on it."""

    def __init__(self, visitor, hand_class, user) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.hand = hand_class(visitor.page)
        visitor.log_in(user)

    def field(self, name: str):
        return self.page.locator(f"main [name='{name}']")

    def save(self) -> None:
        self.hand.follow(self.page.locator("main form.record button[name=_save]"))

    def home(self) -> None:
        self.visitor.open(reverse("admin:index"))

    def branches_counted(self) -> int:
        return int(self.branches.locator(".figure b").inner_text())

    @property
    def branches(self):
        """The target of R&D branches on the home page."""
        return self.page.locator("article.target", has=self.page.locator("a[href*=rd_branch]"))

    def record(self, kind: str, text: str) -> None:
        """Contact with a person, in the quick entry of the lead's page."""
        entry = self.page.locator("#entry")
        if kind != "call":
            self.hand.follow(self.page.locator(f"a[href='?kind={kind}#entry']").first)
        self.hand.write(entry.locator("textarea"), text)
        self.hand.choose(entry.locator("[name=entry-person]"), self.person)
        self.hand.follow(entry.locator("button.primary"))

    def move(self, stage: str) -> None:
        self.hand.follow(self.page.locator("[data-move-now] button"))
        assert Lead.objects.get().stage == stage

    def fill_in(self, **facts) -> None:
        """What the next stage still needs, on the lead's page."""
        for name, value in facts.items():
            field = self.field(f"missing-{name}")
            if isinstance(value, str) and field.evaluate("element => element.tagName") == "SELECT":
                self.hand.choose(field, value)
            elif isinstance(value, timedelta):
                self.hand.date(field, amsterdam_day(timezone.now()) + value)
            else:
                self.hand.write(field, str(value))
        self.hand.follow(self.page.locator("#missing button[name=save_missing]"))


@pytest.fixture
def second(browser, live_server):
    """The browser of the second person."""
    context = browser.new_context(locale="nl-NL", viewport=DESK, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield Visitor(context, context.new_page(), live_server.url)
    context.close()


@pytest.mark.parametrize(
    ("language", "hand_class"),
    [
        ("nl", Keyboard),
        ("en", Mouse),
        pytest.param("en", Keyboard, marks=pytest.mark.soak),
        pytest.param("nl", Mouse, marks=pytest.mark.soak),
    ],
)
def test_a_trade_fair_contact_becomes_an_rd_branch(visitor, second, language, hand_class):
    desk = Desk(visitor, hand_class, UserFactory(staff=True, language=language))
    hand, page = desk.hand, desk.page
    desk.home()
    before = desk.branches_counted()

    # The company and whom we met.
    hand.new(reverse("admin:contacts_organisation_add"))
    hand.write(desk.field("name"), COMPANY)
    desk.save()
    hand.follow(page.locator(f"main .actions a[href*='{reverse('admin:contacts_person_add')}']"))
    hand.write(desk.field("full_name"), PERSON)
    desk.save()

    # The lead, from the company's page.
    visitor.open("/admin/")
    page.keyboard.press("/")
    page.keyboard.type(COMPANY)
    expect(page.locator("#finder-list [role=option]").first).to_contain_text(COMPANY)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    hand.follow(page.locator(f"main .actions a[href*='{reverse('admin:acquisition_lead_add')}']"))
    hand.choose(desk.field("track"), "rd_branch")
    desk.save()
    expect(page.locator("h1")).to_contain_text(COMPANY)

    # Calls, the visit, the proposal, the decision.
    desk.person = page.locator("#entry [name=entry-person] option", has_text=PERSON).get_attribute("value")
    desk.record("call", "Op de beurs gesproken over een laboratorium")
    desk.move("contacted")
    desk.fill_in(
        develops_technology="true",
        has_rd_in_operations="true",
        area_to_m2=800,
        decision_expected_on=timedelta(days=200),
        decision_maker=desk.person,
    )
    desk.move("qualified")
    desk.record("visit", "Rondleiding over het park")
    desk.move("site_visit")
    desk.fill_in(offer_reference="Offerte 2026-14")
    desk.move("proposal")
    desk.fill_in(settles_expected_on=timedelta(days=90))
    desk.move("decision")
    desk.fill_in(
        confirmation_on=timedelta(days=-1), confirmation_reference="Huurovereenkomst 7", jobs_promised=40
    )
    desk.move("committed")

    # The arrival, with evidence; nothing counts yet.
    hand.follow(
        page.locator(
            f"#h-missing ~ * a[href*='{reverse('admin:targets_countevent_add')}'], .needs a[href*='{reverse('admin:targets_countevent_add')}']"
        ).first
    )
    hand.choose(desk.field("area"), desk.field("area").locator("option").nth(1).get_attribute("value"))
    expect(desk.field("category")).to_have_value("rd_branch")
    hand.choose(desk.field("is_knowledge_intensive"), "true")
    hand.choose(desk.field("evidence_kind"), "lease")
    hand.write(desk.field("evidence_text"), "Huurovereenkomst 7")
    desk.save()
    desk.home()
    assert desk.branches_counted() == before

    # A second person looks and confirms; now it counts, and its rows open.
    other = Desk(second, hand_class, UserFactory(manager=True, language=language))
    other.home()
    event = CountEvent.objects.get()
    confirm = reverse("admin:targets_countevent_do", args=[event.pk, "confirm"])
    other.hand.follow(other.page.locator(f"a[href='{confirm}']"))
    other.hand.follow(other.page.locator("main form.record button[type=submit]"))
    other.home()
    assert other.branches_counted() == before + 1
    other.hand.follow(other.branches.locator("a.open"))
    expect(other.page.locator("#result_list")).to_contain_text(COMPANY)
    lead = Lead.objects.get()
    assert (lead.stage, lead.status) == ("established", "established")
    assert visitor.complaints == []
    assert second.complaints == []
