"""Fills an empty database with the demo park and says who can log in."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.backoffice.demo.access import Access, read_access, renew_access, write_access
from crm.backoffice.demo.loader import is_loaded, load_park


class Command(BaseCommand):
    help = "Loads the demo park: real targets, areas and partners, and around them invented companies. Loaded once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--access-file", type=Path, help="Write log-ins and API keys to this file (mode 600)."
        )
        parser.add_argument("--seed", type=int, default=2026, help="Another seed gives another park (2026).")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="Where the demo is served.")
        parser.add_argument("--report", default="", help="Path of the report to mention.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["access_file"]
        if is_loaded():
            access = read_access(path) if path else None
            if access is None:
                access = renew_access()
                self.stdout.write("The demo park was loaded before; its log-ins and keys are new.")
            else:
                self.stdout.write("The demo park was loaded before; nothing changed.")
        else:
            if not load_park(seed=options["seed"], say=self.stderr.write):
                raise CommandError(
                    "The database is not empty: the demo park is only loaded into an empty one."
                )
            access = renew_access()
        access = Access(
            url=options["url"],
            users=access.users,
            api_keys=access.api_keys,
            report=options["report"] or access.report,
        )
        if path:
            write_access(path, access)
        self.stdout.write(access.as_text())
