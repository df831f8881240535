"""Mail that one page causes, handed over behind the page's back.

The answer to "I forgot my password" must not take longer for an address that somebody has. The link in such a mail is a
secret, so it is kept in no outbox: where the mail is lost, the person asks again.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from smtplib import SMTPException

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)
# One thread: many requests wait in line and do not open many connections. A stopping process empties the line first.
_line = ThreadPoolExecutor(max_workers=1, thread_name_prefix="post")


def post(write: Callable[[], EmailMessage]) -> "Future[None]":
    """Write a mail and hand it over soon, without keeping the caller waiting. `write` asks nothing of the database."""
    return _line.submit(_hand_over, write)


def wait_for_post() -> None:
    """Return once everything posted so far was handed over or given up."""
    _line.submit(lambda: None).result()


def _hand_over(write: Callable[[], EmailMessage]) -> None:
    try:
        write().send()
    except (SMTPException, OSError) as failure:
        # Neither address nor text: the log holds no personal data and no link.
        logger.error("A mail with a password link was not taken: %s", type(failure).__name__)
