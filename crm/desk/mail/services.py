"""Verbs on mail: take it in, put it on a lead's timeline, take it off again, throw it away; and the drop addresses."""

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from io import BytesIO

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import ActivityKind
from crm.acquisition.document_kinds import file_faults, kind_of
from crm.acquisition.models import Document, Lead
from crm.acquisition.services import add_document, log_activity, withdraw_activity, withdraw_document
from crm.common.errors import Fault, RuleError, refuse
from crm.common.locks import lock_row
from crm.common.moments import spoken_moment
from crm.common.months import amsterdam_day
from crm.contacts.models import Person
from crm.contacts.services import record_person
from crm.desk.mail.models import (
    AsideMail,
    DropAddress,
    IncomingMail,
    MailAttachment,
    MailFiling,
    MailParticipant,
    MailState,
    Way,
)
from crm.desk.mail.parsed import LONGEST_NAME, Address, Attachment, ParsedMail
from crm.desk.mail.words import is_forward, one_line, parted, without_signature

LONGEST_ENTRY = 10_000  # letters on the timeline; the whole text stays with the mail
TOKEN_BYTES = 15  # 120 bits
WINMAIL = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


@dataclass(frozen=True)
class Received:
    """A mail in its owner's list; `is_new` is false where it was there already."""

    mail: IncomingMail
    is_new: bool


@transaction.atomic
def receive_mail(
    *,
    parsed: ParsedMail,
    owner: User,
    way: str,
    by: User,
    at: datetime,
    meant_for: Lead | None = None,
    is_held: bool = False,
) -> Received:
    """Take a mail into somebody's list, once: the same mail again gives the one that is there.

    One that its owner threw away comes back when it is brought in by hand, and stays away when the mailbox is read again.
    """
    lock_row(User.objects.all(), owner.pk)
    known = IncomingMail.objects.filter(owner=owner, key=parsed.key).first()
    by_hand = way in (Way.PASTED, Way.FILE)
    if known is not None and not (known.state == MailState.THROWN_AWAY and by_hand):
        return Received(known, is_new=False)
    mail = known or IncomingMail(owner=owner, key=parsed.key)
    mail.way, mail.state = way, MailState.HELD if is_held else MailState.WAITING
    mail.received_at, mail.received_by, mail.meant_for = at, by, meant_for
    mail.thrown_away_at = mail.thrown_away_by = None
    mail.message_id, mail.thread = parsed.message_id, _thread_of(parsed)
    sender = parsed.sender or Address()
    mail.sender_name, mail.sender_email, mail.sent_at = sender.name, sender.email, parsed.sent_at
    mail.subject, mail.text = parsed.subject, parsed.text
    mail.flaws = ",".join(sorted(parsed.flaws))
    mail.save()
    MailParticipant.objects.bulk_create(
        MailParticipant(mail=mail, role=role.value, name=address.name, email=address.email)
        for role, address in parsed.participants()
    )
    for attachment in parsed.attachments:
        _keep(mail, attachment)
    return Received(mail, is_new=True)


def _thread_of(parsed: ParsedMail) -> str:
    """The conversation that a mail before this one belongs to, as it is known here, else the first that it names."""
    if parsed.references:
        known = IncomingMail.objects.filter(message_id__in=parsed.references).exclude(thread="")
        found = known.order_by("pk").values_list("thread", flat=True).first()
        if found:
            return str(found)
    return parsed.thread


def _keep(mail: IncomingMail, attachment: Attachment) -> None:
    """The file, where documents allow it; else its name, size and the reason."""
    row = MailAttachment(mail=mail, name=attachment.name or "–", size=len(attachment.content))
    row.in_text = attachment.in_text
    content = BytesIO(attachment.content)
    if attachment.content_type in WINMAIL or attachment.name.lower() == "winmail.dat":
        row.refusal = "winmail"
    elif attachment.content_type.startswith("message/"):
        row.refusal = "mail"
    else:
        faults = file_faults(content, row.size)
        row.refusal = faults[0].code if faults else ""
    if not row.refusal:
        row.kind = kind_of(content) or ""
        row.file.save("x", ContentFile(attachment.content), save=False)
    row.save()


@transaction.atomic
def file_mail(
    *,
    mail: IncomingMail,
    lead: Lead,
    occurred_on: date,
    is_two_way: bool,
    by: User,
    at: datetime,
    person: Person | None = None,
    new_person: Address | None = None,
    attachments: Collection[int] | None = None,
    by_address: bool = False,
) -> MailFiling:
    """Put a mail on a lead's timeline, once, as contact by e-mail, and its attachments with the lead's documents.

    `attachments` are the keys of those to keep; without it all that are no pictures in the text. `new_person` is recorded
    first, at the organisation behind the lead.
    """
    fresh = lock_row(IncomingMail.objects.all(), mail.pk)
    refuse([*_state_faults(fresh), *standing_faults(fresh.key, lead, at)])
    if new_person is not None:
        person = _new_person(new_person, lead, by, at)
    activity = log_activity(
        kind=ActivityKind.EMAIL,
        occurred_on=occurred_on,
        lead=lead,
        person=person,
        is_two_way=is_two_way,
        text=entry_text(fresh),
        by=by,
        at=at,
    )
    filing = MailFiling.objects.create(
        mail=fresh,
        key=fresh.key,
        lead=lead,
        activity=activity,
        by_address=by_address,
        filed_at=at,
        filed_by=by,
    )
    for row in fresh.attachments.all():
        wanted = not row.in_text if attachments is None else row.pk in attachments
        if wanted and not row.refusal:
            _to_documents(row, fresh, lead, by, at)
    fresh.state = MailState.FILED
    fresh.save(update_fields=["state"])
    _note_people(fresh)
    mail.state = fresh.state
    return filing


def _state_faults(mail: IncomingMail) -> list[Fault]:
    if mail.state == MailState.FILED:
        return [Fault("filed_already", _("This mail stands on a record already. Take it off there first."))]
    if mail.state == MailState.HELD:
        return [Fault("held", _("This mail is held: take it in first."))]
    if mail.state == MailState.THROWN_AWAY:
        return [Fault("thrown_away", _("This mail was thrown away."))]
    return []


def standing_faults(key: str, lead: Lead, at: datetime) -> list[Fault]:
    """The same mail on the same lead, whoever put it there."""
    standing = MailFiling.objects.standing().filter(lead=lead, key=key).select_related("filed_by").first()
    if standing is None:
        return []
    values = {"who": standing.filed_by, "when": spoken_moment(standing.filed_at, amsterdam_day(at))}
    message = _("This mail stands on this lead’s timeline already: %(who)s put it there %(when)s.")
    return [Fault("stands_already", message % values, "lead")]


def _new_person(given: Address, lead: Lead, by: User, at: datetime) -> Person:
    if given.email and people_by_address([given.email]):
        message = _("Somebody is known by %(email)s already: choose that person.") % {"email": given.email}
        raise RuleError(Fault("known_already", message, "person"))
    return record_person(
        full_name=given.name or given.email,
        email=given.email,
        organisation=lead.identity.organisation,
        by=by,
        at=at,
    )


def _to_documents(row: MailAttachment, mail: IncomingMail, lead: Lead, by: User, at: datetime) -> None:
    """From here on the document's copy is the only one."""
    source = row.file or (row.document.file if row.document else None)
    if not source:
        return
    with source.open("rb") as stored:
        content = BytesIO(stored.read())
    try:
        with transaction.atomic():
            document = add_document(
                lead=lead,
                name=row.name,
                content=content,
                size=len(content.getvalue()),
                note=one_line(mail.subject, 200),
                by=by,
                at=at,
            )
    except RuleError as error:
        row.refusal = error.codes[0][:20]
    else:
        row.document = document
    _forget_file(row)
    row.save()


def _forget_file(row: MailAttachment) -> None:
    if row.file.name:
        transaction.on_commit(partial(row.file.storage.delete, row.file.name))
        row.file = ""


def _note_people(mail: IncomingMail) -> None:
    """Who is known by exactly one of the addresses; an address of two people says nothing."""
    rows = list(mail.participants.all())
    known = people_by_address([row.email for row in rows])
    for row in rows:
        people = known.get(row.email, [])
        row.person = people[0] if len(people) == 1 else None
    MailParticipant.objects.bulk_update(rows, ["person"])


def people_by_address(emails: Collection[str]) -> dict[str, list[Person]]:
    """People of exactly these addresses, capitals apart."""
    wanted = {email for email in emails if email}
    found: dict[str, list[Person]] = {}
    if not wanted:
        return found
    people = Person.objects.standing().filter(erased_at__isnull=True).annotate(address=Lower("email"))
    for person in people.filter(address__in=wanted).order_by("pk"):
        found.setdefault(person.email.lower(), []).append(person)
    return found


def entry_text(mail: IncomingMail) -> str:
    """What the timeline shows: the subject and what its sender wrote, without signature and quotations."""
    own = mail.text if is_forward(mail.subject) else without_signature(parted(mail.text)[0])
    text = f"{mail.subject}\n\n{own}".strip() or "–"
    return text if len(text) <= LONGEST_ENTRY else f"{text[: LONGEST_ENTRY - 1].rstrip()}…"


@transaction.atomic
def take_off_record(*, filing: MailFiling, by: User, at: datetime) -> MailFiling:
    """Take a mail off a lead's timeline, once: its entry goes, its documents are withdrawn, the log says who and when.

    The mail is back in the list of whoever brought it in.
    """
    fresh = lock_row(MailFiling.objects.all(), filing.pk)
    if fresh.taken_off_at is not None:
        message = _("%(who)s took this mail off already.") % {"who": fresh.taken_off_by}
        raise RuleError(Fault("taken_off_already", message))
    mail = lock_row(IncomingMail.objects.all(), fresh.mail_id)
    activity = fresh.activity
    fresh.taken_off_at, fresh.taken_off_by = at, by
    fresh.save()
    if activity is not None:
        withdraw_activity(activity=activity, by=by, at=at)
    rows = mail.attachments.select_related("document").filter(document__withdrawn_at__isnull=True)
    for row in rows.filter(document__lead=fresh.lead_id):
        document: Document | None = row.document
        if document is not None:
            withdraw_document(document=document, by=by, at=at)
    mail.state = MailState.WAITING
    mail.save(update_fields=["state"])
    return fresh


@transaction.atomic
def take_in(*, mail: IncomingMail, by: User, at: datetime) -> IncomingMail:
    """A held mail is one's own after all."""
    fresh = lock_row(IncomingMail.objects.all(), mail.pk)
    if fresh.state != MailState.HELD:
        raise RuleError(Fault("not_held", _("This mail is not held any more.")))
    fresh.state, fresh.received_by, fresh.received_at = MailState.WAITING, by, at
    fresh.save(update_fields=["state", "received_by", "received_at"])
    return fresh


@transaction.atomic
def throw_away(*, mail: IncomingMail, by: User, at: datetime) -> IncomingMail:
    """Text, people and files go; what stays recognises the mail should it come again, and says who threw it away."""
    fresh = lock_row(IncomingMail.objects.all(), mail.pk)
    if fresh.state not in (MailState.WAITING, MailState.HELD):
        refuse(_state_faults(fresh))
    for row in fresh.attachments.all():
        _forget_file(row)
    fresh.attachments.all().delete()
    fresh.participants.all().delete()
    fresh.sender_name = fresh.sender_email = fresh.subject = fresh.text = fresh.thread = fresh.message_id = ""
    fresh.meant_for = fresh.sent_at = None
    fresh.state, fresh.thrown_away_at, fresh.thrown_away_by = MailState.THROWN_AWAY, at, by
    fresh.save()
    return fresh


@transaction.atomic
def make_drop_address(
    *, by: User, at: datetime, user: User | None = None, lead: Lead | None = None
) -> DropAddress:
    """A new address of a person or a lead; the one before stops taking mail."""
    revoke_drop_address(by=by, at=at, user=user, lead=lead)
    token = base64.b32encode(secrets.token_bytes(TOKEN_BYTES)).decode().lower()
    return DropAddress.objects.create(token=token, user=user, lead=lead, created_at=at, created_by=by)


@transaction.atomic
def revoke_drop_address(*, by: User, at: datetime, user: User | None = None, lead: Lead | None = None) -> int:
    """The address takes no mail any more; how many stopped."""
    if user is not None:
        lock_row(User.objects.all(), user.pk)
    if lead is not None:
        lock_row(Lead.objects.all(), lead.pk)
    standing = DropAddress.objects.filter(user=user, lead=lead, revoked_at__isnull=True)
    return standing.update(revoked_at=at, revoked_by=by)


@transaction.atomic
def see_aside(*, aside: AsideMail, by: User, at: datetime) -> AsideMail:
    """Its owner knows of it: it is not shown any more."""
    fresh = lock_row(AsideMail.objects.all(), aside.pk)
    fresh.seen_at = fresh.seen_at or at
    fresh.save(update_fields=["seen_at"])
    return fresh


def day_to_record(mail: IncomingMail, at: datetime) -> date:
    """The day it was sent, in Amsterdam; today where it names none, or one that is still to come."""
    today = amsterdam_day(at)
    sent = amsterdam_day(mail.sent_at) if mail.sent_at else today
    return min(sent, today)


def wrote_to_us(mail: IncomingMail, own_addresses: Collection[str]) -> bool | None:
    """Whether they wrote to us; None where the mail does not say, as with a forwarded text or without a sender's address."""
    if not mail.sender_email:
        return None
    if mail.sender_email not in own_addresses:
        return True
    return None if is_forward(mail.subject) else False


def name_of(participant: MailParticipant) -> str:
    return one_line(participant.name or participant.email.partition("@")[0], LONGEST_NAME)
