"""A hand on the stock admin: does the desk's everyday deeds by the shortest way and counts what it took."""

import threading
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, sync_playwright

from accounts.models import User
from crm.acquisition.models import Lead, Task
from crm.acquisition.services import record_lead
from tests.browser.counting import Counter
from tests.conftest import CHROMIUM, CHROMIUM_FLAGS

NAME = "Hamerlo Sensing"


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Nothing: the table is what this prints."""


class Stock:
    """A browser on the stock admin, logged in."""

    def __init__(self, page: Page, counter: Counter, home: str) -> None:
        self.page, self.counter, self.home = page, counter, home

    def begin(self) -> None:
        self.page.goto(self.home)
        self.counter.begin()

    def follow(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, field: str, label: str) -> None:
        """By typing, as a browser finds a line of a list; moving to the field is not counted."""
        self.page.locator(field).focus()
        self.page.keyboard.type(label)

    def fill(self, field: str, text: str) -> None:
        self.page.locator(field).fill(text)

    def find(self) -> int:
        """The list, its search, and the name."""
        self.begin()
        return self._found()

    def _found(self) -> int:
        self.follow("#content-main a[href$='/acquisition/lead/']")
        self.page.locator("#searchbar").click()  # the stock list gives its search no focus
        self.page.keyboard.type(NAME)
        self.enter()
        assert self.page.locator("#result_list tbody tr").count() == 1
        return self.counter.interactions

    def move(self) -> int:
        self.begin()
        self._found()
        self.follow("#result_list tbody th a")
        self.choose("#id_stage", self.page.locator("#id_stage option[value=contacted]").inner_text())
        self.page.locator("#id_stage_since").focus()
        self.enter()
        assert Lead.objects.get().stage == "contacted"
        return self.counter.interactions

    def log(self, lead: str, today: str, owner: str) -> int:
        self.begin()
        self.follow("#content-main a[href$='/acquisition/activity/add/']")
        self.choose("#id_lead", lead)
        self.choose("#id_kind", self.page.locator("#id_kind option[value=call]").inner_text())
        self.fill("#id_text", "Wants to see a laboratory")
        self.fill("#id_occurred_on", today)
        self.page.locator("#id_occurred_on").focus()
        self.enter()
        self.follow("#nav-sidebar a[href$='/acquisition/task/add/']")
        self.choose("#id_lead", lead)
        self.choose("#id_owner", owner)
        self.fill("#id_title", "Arrange a tour")
        self.fill("#id_due_on", today)
        self.page.locator("#id_due_on").focus()
        self.enter()
        assert Task.objects.filter(title="Arrange a tour").exists()
        return self.counter.interactions


def count_deeds() -> None:
    call_command("migrate", verbosity=0)
    now = timezone.now()
    user = User.objects.create(email="stock@park.example", full_name="Stock", role="manager", language="en")
    lead = record_lead(
        working_name=NAME, track="rd_branch", owner=user, on=timezone.localdate(), by=user, at=now
    )
    server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}/admin/"
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home}])
        page = context.new_page()
        stock = Stock(page, Counter(context, page), home)
        today = timezone.localdate().isoformat()
        print("| deed | stock Django admin |\n| --- | ---: |")
        print(f"| find any lead | {stock.find()} |")
        print(f"| log a call and set the next step | {stock.log(str(lead), today, str(user))} |")
        print(f"| move a stage | {stock.move()} |")
        browser.close()
    server.shutdown()
