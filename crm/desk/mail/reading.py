"""Reads the mailbox and puts each mail where it belongs. A mail is moved out of the way only after the commit; a worker
that dies in between leaves it lying, and the next one finds that it is known.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.roles import role_allows
from crm.acquisition.models import Lead
from crm.common.errors import RuleError
from crm.desk.mail.addresses import colleagues, tokens_in
from crm.desk.mail.models import AsideMail, DropAddress, IncomingMail, MailSource, MailState, Way
from crm.desk.mail.parsed import LARGEST_MAIL, BrokenMailError, ParsedMail
from crm.desk.mail.parsing import read_mail
from crm.desk.mail.services import day_to_record, file_mail, people_by_address, receive_mail, wrote_to_us
from crm.desk.mail.sources import ASIDE, PROCESSED, Source, SourceError, opened, source_name

LEASE = timedelta(minutes=10)
MOST_A_ROUND = 50
MOST_TRIES = 3


class Aside(Exception):
    """This mail is not taken in; why, and whose it would have been."""

    def __init__(self, reason: str, owner: User | None = None) -> None:
        self.reason, self.owner = reason, owner
        super().__init__(reason)


def read_mailbox(*, at: datetime) -> int | None:
    """Take in what arrived, at most 50 mails a round; how many, or None where no mailbox is named or another worker reads it."""
    url = settings.CRM_MAIL_SOURCE
    if not url:
        return None
    row, _made = MailSource.objects.get_or_create(name=source_name(url))
    lease = secrets.token_hex(16)
    if not _claim(row, lease, at):
        return None
    taken, trouble = 0, ""
    try:
        with opened(url) as source:
            for label in source.labels()[:MOST_A_ROUND]:
                if not _hold(row, lease, label, at):
                    break
                taken += _take(source, row, label, at)
    except SourceError as error:
        trouble = str(error)[:300]
    MailSource.objects.filter(pk=row.pk, lease=lease).update(
        lease_until=None,
        lease="",
        trouble=trouble,
        **({} if trouble else {"read_at": at, "in_hand": "", "tries": 0}),
    )
    return taken


def _claim(row: MailSource, lease: str, at: datetime) -> bool:
    """One UPDATE: two workers never hold the mailbox together; a claim whose owner died runs out."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    return bool(MailSource.objects.filter(free, pk=row.pk).update(lease=lease, lease_until=at + LEASE))


def _hold(row: MailSource, lease: str, label: str, at: datetime) -> bool:
    """Note which mail is in hand before it is opened: one that brings a worker down is known by its tries."""
    row.refresh_from_db(fields=["in_hand", "tries"])
    tries = row.tries + 1 if row.in_hand == label else 1
    held = MailSource.objects.filter(pk=row.pk, lease=lease).update(
        in_hand=label, tries=tries, lease_until=at + LEASE
    )
    row.in_hand, row.tries = label, tries
    return bool(held)


def _take(source: Source, row: MailSource, label: str, at: datetime) -> int:
    """One mail: commit first, then move it."""
    folder, count = PROCESSED, 0
    try:
        if row.tries > MOST_TRIES:
            raise Aside("brought_down")
        if source.size(label) > LARGEST_MAIL:
            raise Aside("too_large")
        count = int(deliver(content=source.content(label), at=at))
    except Aside as aside:
        folder = ASIDE
        _note_aside(row, label, aside, at)
    source.put(label, folder)
    return count


def _note_aside(row: MailSource, label: str, aside: Aside, at: datetime) -> None:
    AsideMail.objects.get_or_create(
        source=row,
        label=label[:300],
        defaults={"owner": aside.owner, "reason": aside.reason, "at": at},
    )


def deliver(*, content: bytes, at: datetime) -> bool:
    """Put one mail into the list of the person, or onto the lead, whose address it was sent to. Whether it is new."""
    try:
        cover = read_mail(content)
    except BrokenMailError as error:
        raise Aside(error.code) from error
    address = _address_of(cover)
    own = colleagues()
    sender = own.get(cover.sender.email) if cover.sender else None
    parsed = _forwarded_in(cover) if sender else cover
    if address.lead is not None:
        if sender is None:
            raise Aside("unknown_sender")
        return _onto_lead(parsed, address.lead, sender, own, at)
    owner = address.user
    if owner is None or owner.email.lower() not in own:
        raise Aside("no_address")
    received = receive_mail(
        parsed=parsed, owner=owner, way=Way.ADDRESS, by=sender or owner, at=at, is_held=sender is None
    )
    if received.mail.state == MailState.THROWN_AWAY:
        raise Aside("thrown_away", owner)
    return received.is_new


def _address_of(parsed: ParsedMail) -> DropAddress:
    """The standing drop address that this came by; that of a lead first, since it says more."""
    tokens = tokens_in(parsed.delivered_to)
    standing = DropAddress.objects.filter(token__in=tokens, revoked_at__isnull=True)
    found = sorted(standing.select_related("user", "lead"), key=lambda one: (one.lead_id is None, one.pk))
    if not found:
        raise Aside("no_address")
    return found[0]


def _forwarded_in(cover: ParsedMail) -> ParsedMail:
    """What a colleague forwarded as an attachment is the mail that is meant; what stands above it comes along."""
    if not cover.forwarded:
        return cover
    try:
        return read_mail(cover.forwarded).under(cover)
    except BrokenMailError:
        return cover


def _onto_lead(parsed: ParsedMail, lead: Lead, sender: User, own: dict[str, User], at: datetime) -> bool:
    """Straight onto the lead's timeline, where the sender may read and work on it; else into the sender's own list."""
    readable = Lead.objects.with_readable_name(sender).filter(pk=lead.pk, is_name_readable=True)
    may_file = role_allows(sender.role, "acquisition.change_lead") and readable.exists()
    with transaction.atomic():
        received = receive_mail(
            parsed=parsed,
            owner=sender,
            way=Way.LEAD_ADDRESS,
            by=sender,
            at=at,
            meant_for=lead if may_file else None,
        )
        mail = received.mail
        if mail.state == MailState.THROWN_AWAY:
            raise Aside("thrown_away", sender)
        if may_file and mail.state == MailState.WAITING:
            _file_by_address(mail, lead, sender, own, at)
    return received.is_new


def _file_by_address(
    mail: IncomingMail, lead: Lead, sender: User, own: dict[str, User], at: datetime
) -> None:
    """With the one person who is known by an address in it; as an answer of theirs only where the mail itself shows one."""
    emails = [row.email for row in mail.participants.all() if row.email not in own]
    people = [person for found in people_by_address(emails).values() for person in found]
    try:
        with transaction.atomic():
            file_mail(
                mail=mail,
                lead=lead,
                occurred_on=day_to_record(mail, at),
                is_two_way=wrote_to_us(mail, own) is True,
                person=people[0] if len(people) == 1 else None,
                by=sender,
                at=at,
                by_address=True,
            )
    except RuleError:
        # It stands there already, put there by somebody else: it waits in the sender's list, which says so.
        mail.refresh_from_db()
