"""Mails as bytes, as they travel, and in somebody's list."""

from datetime import datetime
from email.message import EmailMessage

from crm.common.months import AMSTERDAM
from crm.desk.mail.models import Way
from crm.desk.mail.parsing import read_mail
from crm.desk.mail.services import receive_mail

SENT = "Tue, 20 Oct 2026 10:00:00 +0200"
AT = datetime(2026, 10, 22, 12, 0, tzinfo=AMSTERDAM)
PDF = b"%PDF-1.4\n%%EOF\n"


def raw_mail(
    *,
    sender: str = "Kim Contact <kim@bedrijf.example>",
    to: str = "collega@park.example",
    subject: str = "Onze vraag",
    text: str = "Dag, wij zoeken 240 m².",
    message_id: str = "<een@bedrijf.example>",
    files: tuple[tuple[str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    """A mail with plain text; other headers by name, such as `in_reply_to`, and `date=""` for none."""
    mail = EmailMessage()
    given = {"from": sender, "to": to, "subject": subject, "message_id": message_id, "date": SENT} | headers
    for name, value in given.items():
        if value:
            mail[name.replace("_", "-")] = value
    mail.set_content(text)
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def waiting_mail(owner, *, at: datetime = AT, **given):
    """A mail that waits in this person's list."""
    return receive_mail(parsed=read_mail(raw_mail(**given)), owner=owner, way=Way.FILE, by=owner, at=at).mail
