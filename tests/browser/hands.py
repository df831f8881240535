"""Two ways to work with a page: by mouse, and by keyboard alone, which reaches a thing by Tab as people do."""

from datetime import date

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 150


class Mouse:
    """Clicks on what it wants to use."""

    name = "mouse"

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        target.click()

    def press(self, target: Locator) -> None:
        target.click()

    def follow(self, target: Locator) -> None:
        """Press what leads to another page."""
        with self.page.expect_navigation():
            self.press(target)

    def new(self, address: str) -> None:
        """The form of a new record, from the menu of what can be added."""
        self.press(self.page.locator("[data-quick-add] > summary"))
        self.follow(self.page.locator(f"[data-quick-add] a[href='{address}']"))

    def write(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def date(self, target: Locator, day: date) -> None:
        """A browser's own date field of an English or Dutch reader: its parts are typed in their order."""
        target.fill(day.isoformat())

    def choose(self, target: Locator, value: str) -> None:
        target.select_option(value)

    def suggest(self, box: Locator, text: str) -> None:
        """A field with suggestions: write, then take the first."""
        self.press(box)
        self.page.keyboard.type(text)
        option = self.page.locator(".select2-results__option--highlighted", has_text=text)
        expect(option).to_be_visible()
        self.take(option)

    def take(self, option: Locator) -> None:
        option.click()

    def tick(self, target: Locator) -> None:
        self.press(target)


class Keyboard(Mouse):
    """Never touches the mouse."""

    name = "keyboard"

    def reach(self, target: Locator) -> None:
        expect(target).to_be_visible()
        for _turn in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"not to be reached by Tab: {target}")

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def new(self, address: str) -> None:
        self.page.keyboard.press("c")
        self.follow(self.page.locator(f"[data-quick-add] a[href='{address}']"))

    def choose(self, target: Locator, value: str) -> None:
        """By the first letters of its name, as the browser finds it."""
        label = target.locator(f"option[value='{value}']").inner_text().strip()
        self.reach(target)
        self.page.keyboard.type(label)
        expect(target).to_have_value(value)

    def take(self, option: Locator) -> None:
        self.page.keyboard.press("Enter")

    def tick(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Space")
