"""What the printer needs of a document: plain values, so that printing can happen in a process of its own."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PaperAttachment:
    """A data file inside the PDF; a spoken description for whoever lists the attachments."""

    name: str
    description: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class PaperDocument:
    """A page description and its metadata. The same document is the same PDF, byte for byte, on one machine."""

    html: str
    language: str
    title: str
    subject: str
    author: str
    identifier: str
    moment: datetime  # the document's date of making and changing
    attachments: tuple[PaperAttachment, ...] = ()
