"""Reads the bytes of a mail. Whatever stands in them, the answer is a `ParsedMail` or a `BrokenMailError`."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import HeaderRegistry
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from icalendar import Calendar

from crm.desk.mail.parsed import (
    LARGEST_MAIL,
    LONGEST_ADDRESS,
    LONGEST_ID,
    LONGEST_NAME,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_ADDRESSES,
    MOST_ATTACHMENTS,
    MOST_PARTS,
    MOST_REFERENCES,
    Address,
    Attachment,
    BrokenMailError,
    Flaw,
    ParsedMail,
)
from crm.desk.mail.words import is_forward, one_line, quoted_heads, storable, text_of_html, tidy

# What the standard library is known to raise over headers and bodies that follow no rule.
ODD = (
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    AssertionError,
    MessageError,
    OverflowError,
    RecursionError,
)
HEADS = {"from", "to", "cc", "subject", "date", "message-id", "received", "mime-version"}
DELIVERY = (
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc", "bcc", "resent-to", "resent-cc",
)  # fmt: skip
LONGEST_HEADER = 12_000  # letters: the library's time grows with the square
MESSAGE_ID = re.compile(r"<([^<>\s]{1,995})>")
EMAIL = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,64}@[\w.-]{1,190}")
OUTLOOK_FILE = b"\xd0\xcf\x11\xe0"
MOST_MULTIPARTS = 100
EARLIEST, LATEST = 1980, 2200
HEADERS = HeaderRegistry()


def read_mail(content: bytes) -> ParsedMail:
    """Read a mail as it travels (RFC 5322); what is not there or not readable is named in `flaws`."""
    if len(content) > LARGEST_MAIL:
        raise BrokenMailError("too_large")
    if content.startswith(OUTLOOK_FILE):
        raise BrokenMailError("outlook_file")
    if content.lower().count(b"multipart/") > MOST_MULTIPARTS:
        raise BrokenMailError("too_deep")
    try:
        message = BytesParser(policy=policy.default).parsebytes(content.lstrip(b"\r\n\xef\xbb\xbf"))
        raw = _raw_headers(message)
        if not HEADS & raw.keys():
            raise BrokenMailError("not_a_mail")
        return _read(message, raw)
    except RecursionError as error:
        raise BrokenMailError("too_deep") from error


def _read(message: Message, raw: dict[str, list[str]]) -> ParsedMail:
    flaws: set[Flaw] = set()
    parts = list(_leaves(message))
    if len(parts) > MOST_PARTS:
        raise BrokenMailError("too_many_parts")
    text = _text(parts, flaws)
    subject = one_line(_decoded("subject", raw), LONGEST_SUBJECT)
    sender = next(iter(_addresses("from", raw)), None) or next(iter(_addresses("sender", raw)), None)
    sent_at = _moment(raw)
    message_id = _ids(raw, "message-id")[:1]
    flaws |= {
        flaw
        for flaw, is_so in (
            (Flaw.NO_SENDER, sender is None),
            (Flaw.NO_DATE, sent_at is None),
            (Flaw.NO_ID, not message_id),
            (Flaw.NO_TEXT, not text),
        )
        if is_so
    }
    attachments = _attachments(parts, flaws)
    return ParsedMail(
        sender=sender,
        to=_addresses("to", raw),
        cc=_addresses("cc", raw),
        quoted=quoted_addresses(text) if is_forward(subject) else (),
        delivered_to=_delivered_to(raw),
        sent_at=sent_at,
        subject=subject,
        message_id=message_id[0] if message_id else "",
        references=_references(raw),
        text=text,
        attachments=attachments,
        flaws=frozenset(flaws),
        forwarded=_forwarded(parts),
    )


# ── headers ─────────────────────────────────────────────────────────────────
def _raw_headers(message: Message) -> dict[str, list[str]]:
    """Each header as it stands, unparsed and cut to a length that can be parsed in time."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(str(name).lower(), []).append(
            re.sub(r"[\r\n]+[ \t]*", " ", str(value))[:LONGEST_HEADER]
        )
    return found


def _header(name: str, value: str) -> Any:
    try:
        return HEADERS(name, value)
    except ODD:
        return None


def _decoded(name: str, raw: dict[str, list[str]]) -> str:
    value = next(iter(raw.get(name, ())), "")
    header = _header(name, value)
    return _bytes_as_text(value if header is None else str(header))


def _bytes_as_text(text: str) -> str:
    """Letters that stood in a header as bare bytes are read as UTF-8, as today's programs mean them."""
    if re.search("[\udc80-\udcff]", text) is None:
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _addresses(name: str, raw: dict[str, list[str]]) -> tuple[Address, ...]:
    found = []
    for value in raw.get(name, ()):
        header = _header("to", value)
        try:
            pairs = [(address.display_name, address.addr_spec) for address in header.addresses]
        except ODD:
            pairs = [pair for pair in getaddresses([value]) if pair[1]]
        found += [_address(shown, email) for shown, email in pairs]
    return tuple(address for address in found if address.email or address.name)[:MOST_ADDRESSES]


def _address(name: str, email: str) -> Address:
    email = _bytes_as_text(email).strip().strip("<>").lower()
    known = email if len(email) <= LONGEST_ADDRESS and EMAIL.fullmatch(email) else ""
    return Address(known, one_line(_bytes_as_text(name), LONGEST_NAME).strip("\"' "))


def _delivered_to(raw: dict[str, list[str]]) -> tuple[str, ...]:
    found = [
        email.lower() for name in DELIVERY for value in raw.get(name, ()) for email in EMAIL.findall(value)
    ]
    found += [
        match[1].lower()
        for value in raw.get("received", ())
        for match in re.finditer(r"\bfor <?([^\s<>;]{3,254})>?", value)
    ]
    return tuple(dict.fromkeys(found))[:MOST_ADDRESSES]


def _ids(raw: dict[str, list[str]], name: str) -> list[str]:
    """Message-IDs as they stand between angle brackets; one without them is taken as it is."""
    value = " ".join(raw.get(name, ()))
    found = MESSAGE_ID.findall(value) or [word for word in value.split() if "@" in word][:1]
    return [storable(one)[:LONGEST_ID] for one in found]


def _references(raw: dict[str, list[str]]) -> tuple[str, ...]:
    """The mails before this one, the first first; of a long thread its beginning and its end."""
    found = list(dict.fromkeys([*_ids(raw, "references"), *_ids(raw, "in-reply-to")]))
    if len(found) > MOST_REFERENCES:
        found = [found[0], *found[1 - MOST_REFERENCES :]]
    return tuple(found)


def _moment(raw: dict[str, list[str]]) -> datetime | None:
    """When it says it was sent; without an offset in UTC. What no calendar of ours holds is no moment."""
    try:
        moment = parsedate_to_datetime(next(iter(raw.get("date", ())), "")[:200])
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        if not EARLIEST <= moment.year < LATEST:
            return None
        return moment.astimezone(UTC)
    except ODD:
        return None


# ── parts ───────────────────────────────────────────────────────────────────
def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order; a mail within the mail is one part."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting = [*payload, *waiting]
        else:
            yield part


def _is_attachment(part: Message) -> bool:
    disposition, filename = _disposition(part), _filename(part)
    kind = part.get_content_type()
    if disposition == "attachment":
        return True
    if kind in ("text/plain", "text/html"):
        return bool(filename) and disposition == "inline" and kind == "text/html"
    return kind != "text/calendar" or bool(filename)


def _disposition(part: Message) -> str:
    try:
        return part.get_content_disposition() or ""
    except ODD:
        return ""


def _filename(part: Message) -> str:
    try:
        return _bytes_as_text(part.get_filename() or "")
    except ODD:
        return ""


def _text(parts: list[Message], flaws: set[Flaw]) -> str:
    """The plain text, else the HTML as text, else what an invitation says."""
    own = [part for part in parts if not _is_attachment(part)]
    texts = [tidy(_letters(part, flaws)) for part in own if part.get_content_type() == "text/plain"]
    text = "\n\n".join(filter(None, texts))
    if not text:
        pages = [
            text_of_html(_letters(part, flaws)) for part in own if part.get_content_type() == "text/html"
        ]
        text = "\n\n".join(filter(None, pages))
        if text:
            flaws.add(Flaw.FROM_HTML)
    if not text:
        calendars = [part for part in parts if part.get_content_type() == "text/calendar"]
        text = "\n\n".join(filter(None, (_invitation(part) for part in calendars)))
    if len(text) > LONGEST_TEXT:
        flaws.add(Flaw.TEXT_CUT)
        text = f"{text[:LONGEST_TEXT].rstrip()}…"
    return text


def _letters(part: Message, flaws: set[Flaw]) -> str:
    """The part's text in whatever character set it is; a name that nobody knows is read as UTF-8."""
    content = _content(part, flaws)
    try:
        charset = part.get_content_charset("utf-8")
        return content.decode(charset, "replace")
    except ODD:
        return content.decode("utf-8", "replace")


def _content(part: Message, flaws: set[Flaw]) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except ODD:
        content = None
    if not isinstance(content, bytes):
        flaws.add(Flaw.UNREADABLE_PART)
        return b""
    return content


def _invitation(part: Message) -> str:
    """What, when and where, of each appointment in an invitation."""
    try:
        calendar: Any = Calendar.from_ical(_content(part, set()))
        lines = []
        for event in calendar.walk("VEVENT")[:5]:
            starts = getattr(event.get("DTSTART"), "dt", "")
            lines.append(
                " · ".join(
                    filter(None, (str(event.get("SUMMARY", "")), f"{starts}", str(event.get("LOCATION", ""))))
                )
            )
        return tidy("\n".join(lines))
    except ODD:
        return ""


def _attachments(parts: list[Message], flaws: set[Flaw]) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for part in parts:
        if not _is_attachment(part):
            continue
        if len(found) == MOST_ATTACHMENTS:
            flaws.add(Flaw.TOO_MANY_ATTACHMENTS)
            break
        kind = part.get_content_type()
        if kind.startswith("message/"):
            name, content = _filename(part) or f"{_inner_subject(part)}.eml", b""
        else:
            name, content = _filename(part), _content(part, flaws)
        in_text = (
            kind.startswith("image/")
            and _disposition(part) != "attachment"
            and part.get("content-id") is not None
        )
        found.append(Attachment(one_line(name, 200), content, kind, in_text))
    return tuple(found)


def _inner(part: Message) -> Message | None:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    return inner if isinstance(inner, Message) else None


def _inner_subject(part: Message) -> str:
    inner = _inner(part)
    return one_line(_decoded("subject", _raw_headers(inner)), 100) if inner is not None else ""


def _forwarded(parts: list[Message]) -> bytes:
    """The one mail that was forwarded as an attachment; none where there are several."""
    mails = [part for part in parts if part.get_content_type() == "message/rfc822"]
    inner = _inner(mails[0]) if len(mails) == 1 else None
    if inner is None:
        return b""
    try:
        return inner.as_bytes(policy=policy.compat32)
    except (*ODD, UnicodeError):
        return b""


def quoted_addresses(text: str) -> tuple[Address, ...]:
    """The addresses that the heads of forwarded mails in the text name."""
    found: dict[str, Address] = {}
    for line in quoted_heads(text):
        value = (
            line.partition(":")[2].replace("[mailto:", "<").replace("]", ">").replace(";", ",").strip("* ")
        )
        for name, email in getaddresses([value]):
            address = _address(name, email)
            if address.email:
                found.setdefault(address.email, address)
    return tuple(found.values())[:MOST_ADDRESSES]
