"""The mailbox where mail to the drop addresses arrives: a maildir or an IMAP folder. What is done with a mail is moved
out of the way, never deleted: to `CRM-processed`, or to `CRM-aside` where it could not be taken in.
"""

import imaplib
import mailbox
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

PROCESSED, ASIDE = "CRM-processed", "CRM-aside"
SECONDS = 20
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SourceError(Exception):
    """The mailbox cannot be read; the text says why, without a password."""


class Source(Protocol):
    """A mailbox. A label is a mail's own name in it, the same as long as it lies there."""

    name: str

    def labels(self) -> list[str]: ...
    def size(self, label: str) -> int: ...
    def content(self, label: str) -> bytes: ...
    def put(self, label: str, folder: str) -> None: ...


class MaildirSource:
    """A maildir on this machine. The mail server writes there; what it is still writing is not seen."""

    def __init__(self, path: str) -> None:
        self.name = f"maildir:{path}"
        if not (Path(path) / "new").is_dir():
            raise SourceError(f"{path} is no maildir: it has no folder “new”.")
        self.box = mailbox.Maildir(path, factory=None, create=False)
        self.folders = {name: self.box.add_folder(name) for name in (PROCESSED, ASIDE)}

    def labels(self) -> list[str]:
        return sorted(self.box.keys())

    def size(self, label: str) -> int:
        try:
            with self.box.get_file(label) as file:
                file.seek(0, 2)
                return file.tell()
        except KeyError as error:
            raise SourceError("A mail went away while it was read.") from error

    def content(self, label: str) -> bytes:
        return self.box.get_bytes(label)

    def put(self, label: str, folder: str) -> None:
        message = mailbox.MaildirMessage(self.box.get_bytes(label))
        message.set_subdir("cur")
        message.set_flags("S")
        self.folders[folder].add(message)
        self.box.discard(label)


class ImapSource:
    """A folder on an IMAP server, over TLS; without it on this machine alone."""

    def __init__(self, connection: imaplib.IMAP4, folder: str, name: str) -> None:
        self.connection, self.name = connection, name
        for wanted in (PROCESSED, ASIDE):
            connection.create(wanted)  # says NO where it is there
        self._asked(connection.select(folder), f"the folder {folder}")
        answer = connection.response("UIDVALIDITY")[1][0]
        self.validity = answer.decode() if isinstance(answer, bytes) else ""

    def labels(self) -> list[str]:
        found = self._asked(self.connection.uid("SEARCH", "UNDELETED"), "the list of mails")
        uids = b" ".join(part for part in found if part).split()
        return [f"{self.validity}.{int(uid)}" for uid in uids]

    def size(self, label: str) -> int:
        found = self._asked(self.connection.uid("FETCH", _uid(label), "(RFC822.SIZE)"), "a mail’s size")
        match = re.search(
            rb"RFC822\.SIZE (\d+)", b" ".join(part for part in found if isinstance(part, bytes))
        )
        if match is None:
            raise SourceError("The server says nothing of a mail’s size.")
        return int(match[1])

    def content(self, label: str) -> bytes:
        found = self._asked(self.connection.uid("FETCH", _uid(label), "(BODY.PEEK[])"), "a mail")
        for part in found:
            if isinstance(part, tuple):
                return bytes(part[1])
        raise SourceError("The server gave no mail where it listed one.")

    def put(self, label: str, folder: str) -> None:
        uid = _uid(label)
        if "MOVE" in self.connection.capabilities:
            self._asked(self.connection.uid("MOVE", uid, folder), f"moving to {folder}")
            return
        self._asked(self.connection.uid("COPY", uid, folder), f"copying to {folder}")
        self._asked(self.connection.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted \Seen)"), "marking a mail")
        if "UIDPLUS" in self.connection.capabilities:
            self.connection.uid("EXPUNGE", uid)

    @staticmethod
    def _asked(answer: tuple[str, list], what: str) -> list:
        kind, found = answer
        if kind != "OK":
            raise SourceError(f"The server refuses {what}.")
        return found


def _uid(label: str) -> str:
    return label.rpartition(".")[2]


@contextmanager
def opened(url: str) -> Iterator[Source]:
    """The mailbox behind `maildir:///path` or `imaps://user:password@host:993/INBOX`; raises `SourceError`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SourceError("CRM_MAIL_SOURCE is no address of a mailbox.") from error
    try:
        if parts.scheme == "maildir" and parts.path:
            yield MaildirSource(unquote(parts.path))
        elif parts.scheme in ("imap", "imaps") and parts.hostname:
            connection = _connected(parts.scheme, parts.hostname, port)
            with connection:
                connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
                folder = unquote(parts.path.strip("/")) or "INBOX"
                yield ImapSource(connection, folder, source_name(url))
        else:
            raise SourceError(
                "CRM_MAIL_SOURCE begins with maildir:///, imaps:// or, on this machine, imap://."
            )
    except imaplib.IMAP4.error as error:
        raise SourceError(f"The IMAP server: {_without_secret(str(error), parts.password)}"[:300]) from error
    except OSError as error:
        raise SourceError(f"{type(error).__name__}: {error.strerror or error}"[:300]) from error


def _connected(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port or 993, timeout=SECONDS)
    if host not in LOOPBACK:
        raise SourceError("Without TLS (imap://) only a server on this machine is read: use imaps://.")
    return imaplib.IMAP4(host, port or 143, timeout=SECONDS)


def source_name(url: str) -> str:
    """The mailbox without its password, as it may be shown."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "CRM_MAIL_SOURCE"
    if parts.scheme == "maildir":
        return f"maildir:{unquote(parts.path)}"[:300]
    return f"{parts.scheme}:{unquote(parts.username or '')}@{parts.hostname or ''}{parts.path}"[:300]


def _without_secret(text: str, secret: str | None) -> str:
    return text.replace(unquote(secret), "…") if secret else text
