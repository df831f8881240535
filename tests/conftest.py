"""What every test shares: strict databases, a fixed clock to hand in, and users of each role."""

import os

# Playwright's sync API runs an event loop in the test's thread; Django would refuse to touch the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright

from crm.common.append_only import PREFIX
from crm.common.months import AMSTERDAM
from tests.factories.accounts import UserFactory

# No property is timed: a busy machine is not a fault.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOON = datetime(2026, 10, 22, 12, 0, tzinfo=AMSTERDAM)


def _says_something_of_the_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("once") or item.get_closest_marker("browser"):
        return False
    return bool(item.get_closest_marker("django_db") or TOUCH_THE_DATABASE & set(item.fixturenames))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what was seen on SQLite already and has nothing to do with the database."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") or config.option.all_tests:
        return
    kept = [item for item in items if _says_something_of_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-tests",
        action="store_true",
        help="on PostgreSQL too: tests that need no database, or only once",
    )


def _append_only_triggers(connection) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"]
        )
        return cursor.fetchall()


# By alias, not on the connection: under Playwright's event loop Django opens another one for the same database.
REFERENCE_DATA: dict[str, str] = {}
TOUCH_THE_DATABASE = {"db", "transactional_db", "live_server", "django_db_reset_sequences"}
_original_teardown = TransactionTestCase._fixture_teardown


def _teardown_keeping_reference_data(self) -> None:
    """Empty the tables after a test with real transactions, and leave triggers and reference data as migrated.

    SQLite flushes by DELETE, which the append-only triggers refuse: they step aside for the flush alone.
    """
    self.serialized_rollback = True
    kept = {}
    for alias in self._databases_names(include_mirrors=False):
        connection = connections[alias]
        # Told so, the flush does not make content types anew, which would clash with those put back below.
        connection._test_serialized_contents = REFERENCE_DATA[alias]
        if connection.vendor == "sqlite":
            kept[alias] = _append_only_triggers(connection)
            with connection.cursor() as cursor:
                for name, _sql in kept[alias]:
                    cursor.execute(f'DROP TRIGGER "{name}"')
    try:
        _original_teardown(self)
        for alias in self._databases_names(include_mirrors=False):
            connection = connections[alias]
            connection.creation.deserialize_db_from_string(REFERENCE_DATA[alias])
    finally:
        for alias, triggers in kept.items():
            with connections[alias].cursor() as cursor:
                for _name, sql in triggers:
                    cursor.execute(sql)


TransactionTestCase._fixture_teardown = _teardown_keeping_reference_data


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Remember the migrated reference data, to put it back after tests with real transactions."""
    with django_db_blocker.unblock():
        for connection in connections.all():
            REFERENCE_DATA[connection.alias] = connection.creation.serialize_db_to_string()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process: Playwright refuses to be started a second time."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no browser at {CHROMIUM}")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield running
        running.close()


@pytest.fixture(autouse=True)
def language_of_a_new_process() -> None:
    """Every test begins in the product's own language: a request leaves its reader's behind in the thread."""
    translation.deactivate()


@pytest.fixture
def now() -> datetime:
    """A moment to hand to services: Thursday 22 October 2026, noon in Amsterdam."""
    return NOON


@pytest.fixture
def staff(db):
    return UserFactory(staff=True)


@pytest.fixture
def manager(db):
    return UserFactory(manager=True)


@pytest.fixture
def administrator(db):
    return UserFactory(administrator=True)
