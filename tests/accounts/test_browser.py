"""Log-in, lock-out and second factor in a real browser: no console error, no serious finding, light and dark."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from accounts.password_link import link_of
from accounts.post import wait_for_post
from tests.accounts.browsing import LOG_IN, app_code
from tests.factories.accounts import PASSWORD, ApiKeyFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("CRM_TEST_PICTURES", "")


class Visitor:
    """A browser window that remembers what its console complained about."""

    def __init__(self, browser, address, language, scheme):
        context = browser.new_context(
            locale=language, color_scheme=scheme, viewport={"width": 900, "height": 900}, base_url=address
        )
        self.page, self.complaints, self.name = context.new_page(), [], f"{language}-{scheme}"
        self.page.on("console", lambda message: self._note(message))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message) -> None:
        # A refused log-in is a 429 and an old link a 410 on purpose; the browser reports the status of every page.
        if message.type in ("error", "warning") and not any(
            status in message.text for status in ("429", "410")
        ):
            self.complaints.append(message.text)

    def check(self, name: str) -> None:
        """No serious or critical finding here, and not wider than the window; keeps a picture where asked."""
        found = Axe().run(self.page).response["violations"]
        serious = [
            (rule["id"], [node["html"] for node in rule["nodes"]])
            for rule in found
            if rule["impact"] in ("serious", "critical")
        ]
        assert serious == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if PICTURES:
            self.page.screenshot(path=f"{PICTURES}/{name}-{self.name}.png", full_page=True)

    def log_in(self, email: str, password: str = PASSWORD) -> None:
        self.page.goto(LOG_IN)
        self.page.fill("[name=username]", email)
        self.page.fill("[name=password]", password)
        self.follow("main button[type=submit]")

    def type_code(self, code: str) -> None:
        self.page.fill("[name=code]", code)
        self.follow("main button[type=submit]")

    def follow(self, selector: str) -> None:
        """Click and wait for the page it leads to: what is read next must not be the page that goes away."""
        with self.page.expect_navigation():
            self.page.click(selector)


@pytest.fixture(params=[("nl", "light"), pytest.param(("en", "dark"), marks=pytest.mark.soak)], ids="-".join)
def visitor(request, browser, live_server):
    visitor = Visitor(browser, live_server.url, *request.param)
    visitor.language = request.param[0]
    yield visitor
    visitor.page.context.close()
    assert visitor.complaints == []


def test_log_in_and_lock_out(visitor):
    user = UserFactory(staff=True, language=visitor.language)
    visitor.page.goto(LOG_IN)
    visitor.check("log-in")
    for attempt in range(5):
        visitor.log_in(user.email, "not-the-password")
        if not attempt:
            visitor.check("log-in-refused")
    assert visitor.page.locator("strong").inner_text()
    visitor.check("locked-out")


def test_a_forgotten_password(visitor, mailoutbox):
    user = UserFactory(staff=True, language=visitor.language)
    visitor.page.goto(LOG_IN)
    visitor.follow("footer a")
    visitor.check("forgotten-password")
    visitor.page.fill("[name=email]", user.email)
    visitor.follow("main button[type=submit]")
    visitor.check("link-sent")
    visitor.page.goto(f"/{link_of(user).split('/', 3)[3]}")
    visitor.check("new-password")
    visitor.page.fill("[name=password]", "short")
    visitor.follow("main button[type=submit]")
    visitor.check("new-password-refused")
    visitor.page.fill("[name=password]", "another-long-password")
    visitor.follow("main button[type=submit]")
    visitor.page.wait_for_selector("[name=username]")
    visitor.check("password-chosen")
    visitor.page.goto("/account/password/new/MQ/nothing/")
    visitor.check("link-ended")
    wait_for_post()
    assert len(mailoutbox) == 1


def test_a_broker_sets_up_the_second_factor_and_reads_where_the_keys_are(visitor, settings):
    settings.CRM_SECOND_FACTOR = True
    broker = UserFactory(broker=True, language=visitor.language)
    ApiKeyFactory(user=broker, label="Website")
    visitor.log_in(broker.email)
    visitor.page.wait_for_selector("img.qr")
    assert visitor.page.evaluate("document.querySelector('img.qr').naturalWidth") > 0
    visitor.check("set-up")
    visitor.type_code("nothing")
    visitor.check("set-up-refused")
    visitor.type_code(app_code(broker, timezone.now()))
    assert visitor.page.locator(".codes li").count() == 10
    visitor.check("recovery-codes")
    recovery = visitor.page.locator(".codes li").first.inner_text()
    visitor.follow("main a.primary")
    visitor.page.wait_for_url("**/account/welcome/")
    visitor.check("welcome")
    visitor.page.goto("/account/second-factor/recovery-codes/")
    visitor.check("new-recovery-codes")
    visitor.page.goto("/account/password/")
    visitor.check("password")
    visitor.page.goto("/account/welcome/")
    visitor.follow("form[action$='log-out/'] button")
    visitor.page.wait_for_selector("h1")
    visitor.log_in(broker.email)
    visitor.page.wait_for_selector("[name=code]")
    visitor.check("second-factor")
    visitor.type_code("000000000")
    visitor.check("second-factor-refused")
    visitor.type_code(recovery)
    visitor.page.wait_for_url("**/account/welcome/")
