"""`python -m benchmarks.interactions`: clicks and keys of everyday deeds on a stock Django admin, by the tests' own counter.

A plain `AdminSite` with a plain `ModelAdmin` per model and a search field on leads, in a database of its own with one lead.
Each deed is done by the shortest way that the stock pages offer. Ours are counted in tests/browser/test_interactions.py.
"""

import os
import tempfile
from importlib import import_module
from pathlib import Path

import django


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'stock.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.floor.desk_settings"
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
            "true"  # Playwright's sync API runs an event loop in this thread
        )
        django.setup()
        # Reads models, and can therefore only be read now.
        import_module("benchmarks.floor.hand").count_deeds()


if __name__ == "__main__":
    main()
