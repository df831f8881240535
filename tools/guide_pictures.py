"""Makes the guides' pictures anew from a demo that is being served, in both languages.

    make demo PORT=8070                                     in one shell
    .venv/bin/python -m tools.guide_pictures --port 8070    in another

It logs in with the demo's own log-ins (`var/demo-access.json`) and writes WebP files that the guides show.
"""

import argparse
import io
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread

import django

django.setup()

from django.utils import timezone  # noqa: E402 Django must be set up first
from PIL import Image  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.services import change_language  # noqa: E402
from tools.bootstrap import say  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "crm" / "backoffice" / "static" / "guides"
ACCESS = ROOT / "var" / "demo-access.json"
CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1280, "height": 760}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--disable-background-networking",
]
# Picture, role that looks, and the page; a page that begins with `>` follows the first link that fits.
PICTURES = (
    ("home", "manager", "/admin/"),
    ("leads", "manager", "/admin/acquisition/lead/?view=all"),
    ("lead", "manager", ">/admin/acquisition/lead/?status__exact=open&stage__exact=site_visit"),
    ("board", "manager", "/admin/board/startup/"),
    ("organisations", "manager", "/admin/contacts/organisation/"),
    ("needs", "manager", "/admin/matching/housingneed/"),
    ("ledger", "manager", "/admin/targets/countevent/"),
    ("targets", "manager", "/admin/targets/target/"),
    ("editions", "manager", "/admin/reports/reportedition/"),
    ("users", "administrator", "/admin/accounts/user/"),
    ("keys", "administrator", "/admin/accounts/apikey/"),
    ("progress", "partner", "/portal/"),
)


def log_in(page: Page, address: str, email: str, password: str) -> None:
    page.goto(f"{address}/account/log-in/")
    page.fill("[name=username]", email)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.click("main button[type=submit]")


def read_in(email: str, language: str) -> None:
    """The language that this demo user reads from now on."""
    user = User.objects.get(email=email)
    change_language(user=user, language=language, by=user, at=timezone.now())


def keep(page: Page, language: str, name: str) -> None:
    folder = TARGET / language
    folder.mkdir(parents=True, exist_ok=True)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.save(folder / f"{name}.webp", "WEBP", quality=72, method=6)
    say(f"{language}/{name}.webp  {(folder / f'{name}.webp').stat().st_size // 1024} kB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    address = f"http://127.0.0.1:{parser.parse_args().port}"
    people = {
        user["role"]: user for user in reversed(json.loads(ACCESS.read_text(encoding="utf-8"))["users"])
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language in ("nl", "en"):
            for role in ("manager", "administrator", "partner"):
                context = browser.new_context(
                    viewport=SIZE, locale=language, color_scheme="light", reduced_motion="reduce"
                )
                read_in(people[role]["email"], language)
                page = context.new_page()
                log_in(page, address, people[role]["email"], people[role]["password"])
                for name, who, where in PICTURES:
                    if who == role:
                        page.goto(address + where.removeprefix(">"))
                        if where.startswith(">"):
                            with page.expect_navigation():
                                page.locator("#result_list tbody th a").first.click()
                        keep(page, language, name)
                context.close()
        for person in people.values():
            read_in(person["email"], "nl")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
