"""Reads what somebody pasted: a mail's source, the text with its head as a mail program shows it, or a bare text."""

import re
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from crm.common.months import AMSTERDAM
from crm.desk.mail.parsed import (
    LARGEST_MAIL,
    LONGEST_NAME,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    Address,
    BrokenMailError,
    Flaw,
    ParsedMail,
)
from crm.desk.mail.parsing import EARLIEST, EMAIL, LATEST, quoted_addresses, read_mail
from crm.desk.mail.words import is_forward, one_line, storable, tidy

SOURCE = re.compile(
    r"^(?:Received|Return-Path|Delivered-To|MIME-Version|Message-ID|Content-Type|DKIM-Signature):",
    re.I | re.M,
)
NAMES = {
    "from": "sender", "van": "sender", "von": "sender",
    "to": "to", "aan": "to", "an": "to",
    "cc": "cc", "kopie": "cc",
    "subject": "subject", "onderwerp": "subject", "betreff": "subject",
    "date": "date", "sent": "date", "datum": "date", "verzonden": "date", "gesendet": "date",
}  # fmt: skip
HEAD = re.compile(r"\*?([A-Za-z]{2,10})\*?[ \t]*:\*?[ \t]*(.*)")
MOST_HEAD_LINES = 12
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "januari", "january"), ("feb", "februari", "february"), ("mrt", "maart", "mar", "march"),
            ("apr", "april"), ("mei", "may"), ("jun", "juni", "june"), ("jul", "juli", "july"),
            ("aug", "augustus", "august"), ("sep", "sept", "september"), ("okt", "oktober", "oct", "october"),
            ("nov", "november"), ("dec", "december"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
DAY_FIRST = re.compile(r"(\d{1,2})[ .-]+([a-z]+)\.?[ .,-]+(\d{4})(?:\D{1,12}(\d{1,2})[:.](\d{2}))?", re.I)
MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2}),? (\d{4})(?:\D{1,8}(\d{1,2}):(\d{2})\s*([ap]m)?)?", re.I)
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2}):(\d{2}))?")


def read_pasted(text: str) -> ParsedMail:
    """The mail in a pasted text. Only what stands in its head is known of it; nothing is made up."""
    text = storable(text).strip("\n ")
    if not text:
        raise BrokenMailError("empty")
    if len(text) > LARGEST_MAIL:
        raise BrokenMailError("too_large")
    if SOURCE.search(text[:20_000]) and re.match(r"[A-Za-z-]{2,40}:", text):
        return read_mail(text.encode("utf-8", "surrogatepass"))
    head, body = _parted_head(text)
    sender = next(iter(_addresses(head.get("sender", ""))), None)
    sent_at = moment_in_words(head.get("date", ""))
    subject = one_line(head.get("subject", ""), LONGEST_SUBJECT)
    body = tidy(body)
    flaws = {Flaw.NO_ID}
    flaws |= {Flaw.NO_SENDER} if sender is None else set()
    flaws |= {Flaw.NO_DATE} if sent_at is None else set()
    flaws |= {Flaw.NO_TEXT} if not body else set()
    flaws |= {Flaw.TEXT_CUT} if len(body) > LONGEST_TEXT else set()
    return ParsedMail(
        sender=sender,
        to=_addresses(head.get("to", "")),
        cc=_addresses(head.get("cc", "")),
        quoted=quoted_addresses(body) if is_forward(subject) else (),
        sent_at=sent_at,
        subject=subject,
        text=body[:LONGEST_TEXT],
        flaws=frozenset(flaws),
    )


def _parted_head(text: str) -> tuple[dict[str, str], str]:
    """The lines at the top that name sender, recipients, day and subject; at least two of them, else it is all text."""
    lines = text.split("\n")
    head: dict[str, str] = {}
    number = 0
    while number < len(lines) and number < MOST_HEAD_LINES:
        match = HEAD.match(lines[number].strip())
        name = NAMES.get(match[1].lower()) if match else None
        if match is None or name is None or name in head:
            break
        head[name] = match[2].strip("* ")
        number += 1
    if len(head) < 2 or not head.keys() & {"sender", "to"}:
        return {}, text
    return head, "\n".join(lines[number:])


def _addresses(value: str) -> tuple[Address, ...]:
    """Outlook parts them with semicolons and may show names alone: those are kept as names."""
    found = []
    for piece in value[:10_000].replace("[mailto:", "<").replace("]", ">").split(";"):
        pairs = [pair for pair in getaddresses([piece]) if EMAIL.fullmatch(pair[1].lower())]
        if pairs:
            found += [Address(email.lower(), one_line(name, LONGEST_NAME)) for name, email in pairs]
        elif piece.strip(" ,"):
            found.append(Address("", one_line(piece, LONGEST_NAME).strip("\"' ,")))
    return tuple(address for address in found if address.email or address.name)


def moment_in_words(value: str) -> datetime | None:
    """A moment as a mail program shows it, in Dutch or English, in Amsterdam where no offset is given; None where it is unclear."""
    value = value.strip()[:120]
    try:
        moment = parsedate_to_datetime(value)
        if EARLIEST <= moment.year < LATEST and re.search(r"[+-]\d{4}|GMT|UTC", value):
            return moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    try:
        return _in_words(value)
    except (ValueError, OverflowError):
        return None


def _in_words(value: str) -> datetime | None:
    if match := ISO.search(value):
        year, month, day, hour, minute = (int(part or 0) for part in match.groups())
    elif (match := DAY_FIRST.search(value)) and match[2].lower() in MONTHS:
        day, month, year = int(match[1]), MONTHS[match[2].lower()], int(match[3])
        hour, minute = int(match[4] or 0), int(match[5] or 0)
    elif (match := MONTH_FIRST.search(value)) and match[1].lower() in MONTHS:
        month, day, year = MONTHS[match[1].lower()], int(match[2]), int(match[3])
        hour, minute = int(match[4] or 0), int(match[5] or 0)
        if match[6]:
            hour = hour % 12 + (12 if match[6].lower() == "pm" else 0)
    else:
        return None
    if not EARLIEST <= year < LATEST:
        return None
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)
