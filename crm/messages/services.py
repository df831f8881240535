"""The outbox: put a mail in once, send it with a lease, and leave a row of every try. And the event feed."""

from datetime import datetime, timedelta
from email.utils import make_msgid
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q

from crm.messages.models import FeedEvent, Mail, MailAttempt, MailState

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
MAIL_DOMAIN = "crm.kennispark.example"


def queue_mail(*, to: str, subject: str, body: str, unique_key: str, at: datetime, html: str = "") -> Mail:
    """Put a mail in the outbox; the same `unique_key` again gives the mail that is there and queues nothing."""
    mail, _created = Mail.objects.get_or_create(
        unique_key=unique_key,
        defaults={
            "message_id": make_msgid(domain=MAIL_DOMAIN),
            "to": to,
            "subject": subject,
            "body": body,
            "html": html,
            "queued_at": at,
            "due_at": at,
        },
    )
    return mail


def send_due(*, at: datetime, limit: int = 100) -> int:
    """Send what is due and return how many mails the server took.

    Each mail is claimed by one UPDATE with a lease, so two senders never hold the same mail; a sender killed in between
    costs the lease's length. The server may then see a mail twice, with the same Message-ID.
    """
    waiting = Mail.objects.filter(state=MailState.WAITING, due_at__lte=at)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    taken = 0
    for mail_id in list(waiting.filter(free).order_by("due_at", "pk").values_list("pk", flat=True)[:limit]):
        claimed = waiting.filter(free, pk=mail_id).update(lease_until=at + LEASE, attempts=F("attempts") + 1)
        if claimed:
            taken += _hand_over(Mail.objects.get(pk=mail_id), at)
    return taken


def _hand_over(mail: Mail, at: datetime) -> int:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
        connection=get_connection(timeout=20),
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    error = ""
    try:
        message.send()
    except (SMTPException, OSError) as failure:
        error = f"{type(failure).__name__}: {failure}"[:300]
    with transaction.atomic():
        MailAttempt.objects.create(mail=mail, at=at, error=error)
        mail.lease_until = None
        if not error:
            mail.state, mail.sent_at = MailState.SENT, at
        elif mail.attempts >= MOST_ATTEMPTS:
            mail.state = MailState.FAILED
        else:
            mail.due_at = at + timedelta(minutes=2**mail.attempts)
        mail.save(update_fields=["state", "sent_at", "due_at", "lease_until"])
    return int(not error)


def publish_event(
    *, audience: str, kind: str, subject: str, at: datetime, payload: dict[str, Any]
) -> FeedEvent:
    """Append something that happened to the feed of one audience, such as `office:12`."""
    return FeedEvent.objects.create(audience=audience, kind=kind, subject=subject, at=at, payload=payload)
