"""Does whatever is due: run by the worker each minute, or once by hand or cron."""

import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.idempotency import forget_answers
from crm.messages.services import send_due


class Command(BaseCommand):
    help = "Sends due mail and forgets old answers of the API. With --loop it does so every minute until it is stopped."

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
            now = timezone.now()
            sent = send_due(at=now)
            forget_answers(at=now)
            if options["heartbeat"]:
                options["heartbeat"].touch()
            if sent or not options["loop"]:
                self.stdout.write(f"{sent} mail(s) sent")
            if not options["loop"]:
                return
            stopping.wait(options["every"])
