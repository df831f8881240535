"""Three hundred companies on Monday morning: a file comes in, is looked through, mended, imported, seen and undone."""

import pytest
from playwright.sync_api import expect

from crm.contacts.models import Organisation
from crm.desk.models import SheetImport
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def companies(count=300) -> bytes:
    """As an office keeps them: semicolons, Windows-1252, a title above the heads, three rows with a fault."""
    lines = ["Bedrijvenlijst Twente;;;;", ";;;;", "Bedrijfsnaam;KvK-nr;Woonplaats;Opgericht;Interne code"]
    for number in range(1, count + 1):
        founded = {7: "31-13-2020", 8: "vorig jaar"}.get(number, "31-12-2019")
        kvk = {9: "123"}.get(number, f"{60_000_000 + number}")
        lines.append(f"Café {number} – innovatie B.V.;{kvk};Enschede;{founded};X{number}")
    return "\r\n".join(lines).encode("cp1252")


def spreadsheet():
    return {"name": "bedrijven maandag.csv", "mimeType": "text/csv", "buffer": companies()}


class Hand:
    """Presses what is asked for: with the mouse, or with the keyboard alone."""

    def __init__(self, page, *, by_keyboard):
        self.page, self.by_keyboard = page, by_keyboard

    def press(self, locator):
        """Press a button that leads to another page."""
        with self.page.expect_navigation():
            self.do(locator)

    def do(self, locator):
        if self.by_keyboard:
            locator.focus()
            expect(locator).to_be_focused()
            self.page.keyboard.press("Enter")
        else:
            locator.click()

    def choose(self, locator, value):
        if not self.by_keyboard:
            locator.select_option(value)
            return
        locator.focus()
        wanted = locator.locator(f"option[value='{value}']").inner_text()
        self.page.keyboard.type(wanted[:20])
        expect(locator).to_have_value(value)

    def write(self, locator, text):
        if not self.by_keyboard:
            locator.fill(text)
            return
        locator.focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)


@pytest.mark.parametrize(
    ("language", "by_keyboard"),
    [
        ("nl", False),
        ("en", True),
        pytest.param("nl", True, marks=pytest.mark.soak),
        pytest.param("en", False, marks=pytest.mark.soak),
    ],
    ids=["nl-mouse", "en-keyboard", "nl-keyboard", "en-mouse"],
)
def test_three_hundred_companies_come_in_are_mended_seen_and_undone(visitor, language, by_keyboard):
    visitor.log_in(UserFactory(staff=True, language=language))
    page = visitor.page
    hand = Hand(page, by_keyboard=by_keyboard)
    act = "form[action$='{}'] button[type=submit]"
    visitor.open("/admin/imports/")
    assert visitor.faults(on_a_phone_too=False) == []
    hand.choose(page.locator("#kind"), "organisations")
    page.locator("#file").set_input_files(spreadsheet())
    hand.press(page.locator(".import-new button"))

    expect(page.locator(".message")).to_contain_text("Windows-1252")
    assert page.locator(".import-columns select").evaluate_all("all => all.map(one => one.value)") == [
        "name", "kvk", "city", "founded_on", "",
    ]  # fmt: skip
    assert visitor.faults(on_a_phone_too=False) == []
    hand.choose(page.locator("#column-4"), "own_reference")
    hand.press(page.locator("form[action$='map/'] button.primary"))

    assert Organisation.objects.count() == 0
    expect(page.locator(".import-rows tbody tr")).to_have_count(3)
    assert visitor.faults() == []
    hand.write(page.locator("[name='cell-10-founded_on']"), "31-12-2020")
    hand.write(page.locator("[name='cell-11-founded_on']"), "1 mei 2025")
    out = page.locator("[name='out-12']")
    if by_keyboard:
        out.focus()
        page.keyboard.press("Space")
    else:
        out.check()
    hand.press(page.locator(act.format("mend/")))

    expect(page.locator(".tabs")).to_contain_text("299")
    assert Organisation.objects.count() == 0
    hand.press(page.locator(act.format("confirm/")))
    assert Organisation.objects.count() == 299
    expect(page.locator(".tabs")).to_contain_text("299")
    assert visitor.faults() == []

    hand.press(page.locator(".page-head .actions > a.button"))
    expect(page.locator("#result_list tbody th").first).to_contain_text("Café")
    visitor.open(f"/admin/imports/{SheetImport.objects.get().pk}/")
    hand.do(page.locator("details.menu.end > summary", has=page.locator("use[href*='undo']")))
    hand.press(page.locator(act.format("undo/")))
    assert Organisation.objects.count() == 0
    assert visitor.complaints == []
