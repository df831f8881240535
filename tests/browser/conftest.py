"""A real Chromium against the live server, and what must hold on every page it opens."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WIDTHS = (390, 768, 1280, 1920)
GRAVE = {"serious", "critical"}
# Another theme changes colours and nothing else.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]


@dataclass
class Visitor:
    """Somebody with a browser: notes every console message, failed script and policy violation."""

    context: BrowserContext
    page: Page
    server: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watch(self.page)

    def watch(self, page: Page) -> None:
        page.on("console", lambda line: self._note(line.type, line.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def open(self, path: str) -> int:
        response = self.page.goto(self.server + path)
        assert response is not None
        return response.status

    def log_in(self, user) -> None:
        """A session without typing: the log-in has tests of its own."""
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.server}])

    def faults(self, *, on_a_phone_too: bool = True) -> list[str]:
        """What is wrong with the open page: in light and dark at a desk, and on a phone."""
        found = [f"console: {complaint}" for complaint in self.complaints]
        self.complaints.clear()
        found += [f"light: {violation}" for violation in self.violations()]
        self.page.emulate_media(color_scheme="dark")
        found += [f"dark: {violation}" for violation in self.violations(rules=COLOUR_RULES)]
        self.page.emulate_media(color_scheme="light")
        found += self._overflow("desk")
        self.page.set_viewport_size(PHONE)
        found += self._overflow("phone")
        if on_a_phone_too:
            found += [f"phone: {violation}" for violation in self.violations()]
        self.page.set_viewport_size(DESK)
        return found

    def violations(self, rules: list[str] | None = None) -> list[str]:
        """Serious and critical accessibility faults of the open page, by all rules of axe or by those named."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
        violations = self.page.evaluate(
            "(only) => axe.run({resultTypes: ['violations'], ...only}).then((result) => result.violations)",
            only,
        )
        return [
            f"{fault['id']} in {node['html'][:120]}"
            for fault in violations
            if fault["impact"] in GRAVE
            for node in fault["nodes"][:2]
        ]

    def overflows(self) -> list[str]:
        """Whether the open page is wider than the screen, on a phone, a tablet, a laptop and a wide screen."""
        found = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            found += self._overflow(f"{width}")
        self.page.set_viewport_size(DESK)
        return found

    def _overflow(self, where: str) -> list[str]:
        wide, seen = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        return [f"{where}: {wide} px wide in {seen} px"] if wide > seen else []


@pytest.fixture
def visitor(browser, live_server) -> Iterator[Visitor]:
    context = browser.new_context(
        locale="nl-NL", viewport=DESK, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    yield Visitor(context, context.new_page(), live_server.url)
    context.close()
