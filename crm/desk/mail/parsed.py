"""A mail as it was read: plain values, no database. What could not be read is named, never guessed."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

LARGEST_MAIL = 35 * 1024 * 1024  # an attachment of 20 MB, as mail writes it, and what surrounds it
MOST_PARTS = 300
MOST_ATTACHMENTS = 40
LONGEST_TEXT = 300_000
LONGEST_SUBJECT = 300
LONGEST_NAME = 120
LONGEST_ADDRESS = 254  # RFC 5321
MOST_ADDRESSES = 200
MOST_REFERENCES = 60
LONGEST_ID = 255


class Flaw(StrEnum):
    """What a reader of this mail should know about it."""

    NO_DATE = "no_date"
    NO_SENDER = "no_sender"
    NO_ID = "no_id"
    NO_TEXT = "no_text"
    TEXT_CUT = "text_cut"
    TOO_MANY_ATTACHMENTS = "too_many_attachments"
    UNREADABLE_PART = "unreadable_part"
    FROM_HTML = "from_html"


class Role(StrEnum):
    """What an address is to a mail; `quoted` stands in the text of a forwarded one."""

    SENDER = "from"
    TO = "to"
    CC = "cc"
    QUOTED = "quoted"


@dataclass(frozen=True)
class Address:
    """`email` is in small letters; either may be empty, not both."""

    email: str = ""
    name: str = ""


@dataclass(frozen=True)
class Attachment:
    """A part that is no text of the mail. `in_text`: a picture that the sender's program placed in the text, such as a logo."""

    name: str
    content: bytes
    content_type: str = ""
    in_text: bool = False


@dataclass(frozen=True)
class ParsedMail:
    """`delivered_to` are all addresses by which it came, the hidden ones too; `forwarded` is a mail that hangs on this one."""

    sender: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    quoted: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    sent_at: datetime | None = None
    subject: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    flaws: frozenset[Flaw] = field(default_factory=frozenset)
    forwarded: bytes = b""

    @property
    def key(self) -> str:
        """What makes this mail itself: its Message-ID or, without one, its sender, moment, subject and text."""
        if self.message_id:
            parts = ["id", self.message_id]
        else:
            sent = self.sent_at.isoformat() if self.sent_at else ""
            parts = ["text", self.sender.email if self.sender else "", sent, self.subject, self.text]
        return sha256("\0".join(parts).encode()).hexdigest()

    @property
    def thread(self) -> str:
        """The first mail of the conversation, as far as this one says."""
        return self.references[0] if self.references else self.message_id

    def participants(self) -> list[tuple[Role, Address]]:
        """Everybody who takes part, in order; an address twice only in its first role."""
        roles = ((Role.SENDER, (self.sender,) if self.sender else ()), (Role.TO, self.to), (Role.CC, self.cc))
        seen: set[str] = set()
        found = []
        for role, addresses in (*roles, (Role.QUOTED, self.quoted)):
            for address in addresses:
                if address.email and address.email in seen:
                    continue
                seen.add(address.email)
                found.append((role, address))
        return found[:MOST_ADDRESSES]

    def under(self, cover: "ParsedMail") -> "ParsedMail":
        """This mail as it hung on another: what was written above it stands first, and it came by the other's addresses."""
        text = f"{cover.text}\n\n{self.text}".strip() if cover.text else self.text
        return replace(self, text=text, delivered_to=cover.delivered_to)


class BrokenMailError(Exception):
    """This is no mail that can be read; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)
