"""Does whatever is due: run by the worker each minute, or once by hand or cron."""

import signal
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.idempotency import forget_answers
from crm.backoffice.morning_mail import queue_morning_mails
from crm.backoffice.sheet_work import work_on_sheets
from crm.desk.mail.reading import read_mailbox
from crm.desk.services import forget_bulk, run_due_bulk
from crm.desk.sheets.services import forget_sheets
from crm.messages.services import send_due
from crm.rules.names import names_in_force

# What a round does, in this order, each with the word for its count. A door may know every room, so this list stands
# here: the rooms say what is due, and none of them knows that there is a tick. Mail that waits comes first: whatever
# goes wrong further down, it has gone out.
DUE_WORK: tuple[tuple[str, Callable[..., int | None]], ...] = (
    ("mail(s) sent", send_due),
    ("", forget_answers),
    ("morning mail(s) put in the outbox", queue_morning_mails),
    ("lead(s) of bulk work dealt with", run_due_bulk),
    ("", forget_bulk),
    ("mail(s) taken in", read_mailbox),
    # Long files last: they may take minutes.
    ("import(s) worked on", work_on_sheets),
    ("", forget_sheets),
)


class Command(BaseCommand):
    help = "Does what is due: mail out and in, the morning mail, bulk work, long imports; forgets what is old. With --loop every minute until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="Go on until stopped.")
        parser.add_argument(
            "--every", type=int, default=60, metavar="SECONDS", help="Pause of the loop (60)."
        )
        parser.add_argument(
            "--heartbeat", type=Path, metavar="FILE", help="Touch this file after each round: proof of life."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        if options["loop"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopping.set())
        while not stopping.is_set():
            done = self._round(timezone.now())
            if options["heartbeat"]:
                options["heartbeat"].touch()
            told = [f"{count} {word}" for word, count in done if word and (count or not options["loop"])]
            if told:
                self.stdout.write(", ".join(told))
            if not options["loop"]:
                return
            stopping.wait(options["every"])

    def _round(self, now: datetime) -> list[tuple[str, int | None]]:
        with names_in_force():
            return [(word, work(at=now)) for word, work in DUE_WORK]
