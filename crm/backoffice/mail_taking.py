"""Brings pasted mails and .eml files in: into one's own list or, from a lead's page, onto its timeline."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from crm.acquisition.models import Lead
from crm.backoffice.mail_words import why_broken, why_refused
from crm.backoffice.spoken_days import in_full
from crm.common.errors import RuleError
from crm.desk.mail.addresses import colleagues
from crm.desk.mail.models import IncomingMail, MailFiling, MailState, Way
from crm.desk.mail.parsed import LARGEST_MAIL, BrokenMailError, ParsedMail
from crm.desk.mail.parsing import read_mail
from crm.desk.mail.pasting import read_pasted
from crm.desk.mail.services import day_to_record, file_mail, people_by_address, receive_mail, wrote_to_us

MOST_FILES = 20


@dataclass
class Taken:
    """What became of what was brought in: sentences for the person, and the mails that still want an answer."""

    done: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    waiting: list[IncomingMail] = field(default_factory=list)


def take_in_files(files: Iterable[Any], lead: Any, user: User, at: datetime) -> Taken:
    taken = Taken()
    for number, file in enumerate(files):
        if number == MOST_FILES:
            taken.refused.append(_("At most 20 files at once: the others were left out."))
            break
        try:
            if file.size > LARGEST_MAIL:
                raise BrokenMailError("too_large")
            parsed = _as_meant(read_mail(file.read()))
        except BrokenMailError as error:
            words = {"name": file.name, "why": why_broken(error.code)}
            taken.refused.append(_("“%(name)s” was not taken in: %(why)s.") % words)
        else:
            _take(parsed, Way.FILE, lead, user, at, taken)
    return taken


def take_in_text(text: str, lead: Any, user: User, at: datetime) -> Taken:
    taken = Taken()
    try:
        parsed = _as_meant(read_pasted(text))
    except BrokenMailError as error:
        taken.refused.append(_("The text was not taken in: %(why)s.") % {"why": why_broken(error.code)})
    else:
        _take(parsed, Way.PASTED, lead, user, at, taken)
    return taken


def _as_meant(cover: ParsedMail) -> ParsedMail:
    """A mail that a colleague forwarded as an attachment is the one that is meant."""
    if not cover.forwarded or cover.sender is None or cover.sender.email not in colleagues():
        return cover
    try:
        return read_mail(cover.forwarded).under(cover)
    except BrokenMailError:
        return cover


def _take(parsed: ParsedMail, way: str, lead: Any, user: User, at: datetime, taken: Taken) -> None:
    received = receive_mail(parsed=parsed, owner=user, way=way, by=user, at=at, meant_for=lead)
    mail = received.mail
    name = mail.subject or _("without a subject")
    if not received.is_new and mail.state != MailState.WAITING:
        taken.known.append(
            _("“%(name)s” is known already: %(where)s.") % {"name": name, "where": where(mail, user)}
        )
        return
    if not received.is_new and lead is None:
        taken.known.append(_("“%(name)s” waits in your list already.") % {"name": name})
        taken.waiting.append(mail)
        return
    own = colleagues()
    answered = wrote_to_us(mail, own)
    if lead is None or answered is None:
        taken.waiting.append(mail)
        return
    emails = [row.email for row in mail.participants.all() if row.email not in own]
    people = [person for found in people_by_address(emails).values() for person in found]
    person = people[0] if len(people) == 1 else None
    try:
        filing = file_mail(
            mail=mail,
            lead=lead,
            occurred_on=day_to_record(mail, at),
            is_two_way=answered,
            person=person,
            by=user,
            at=at,
        )
    except RuleError as error:
        taken.known.append(f"“{name}”: {error}")
    else:
        taken.done.append(filed_in_words(filing, person))


def where(mail: IncomingMail, user: User) -> str:
    """Where a mail of this person's stands; of a lead that this person may not read any more, no name."""
    if mail.state == MailState.HELD:
        return _("it is held in your list")
    filing = MailFiling.objects.standing().on_readable_leads(user).filter(mail=mail).first()
    if filing is None:
        return _("you put it on a record")
    lead = Lead.objects.named_for(user).get(pk=filing.lead_id)
    return _("it stands on the timeline of %(lead)s") % {"lead": lead.display_name}


def filed_in_words(filing: MailFiling, person: Any) -> str:
    """Everything that filing did, in one go: the day, with whom, whether it counts as contact, which files."""
    activity, mail = filing.activity, filing.mail
    words = {"name": mail.subject or _("without a subject"), "day": in_full(activity.occurred_on)}
    said = [_("“%(name)s” stands on the timeline, on %(day)s.") % words]
    if activity.is_two_way:
        said.append(_("They wrote to us.") if person is None else _("%(who)s wrote to us.") % {"who": person})
    else:
        said.append(_("We wrote: no answer yet."))
    rows = list(mail.attachments.all())
    kept = sum(row.document_id is not None for row in rows)
    if kept:
        said.append(ngettext("%(count)d document kept.", "%(count)d documents kept.", kept) % {"count": kept})
    left = [f"{row.name} ({why_refused(row.refusal)})" for row in rows if row.refusal]
    if left:
        said.append(_("Not kept: %(names)s.") % {"names": ", ".join(left)})
    pictures = sum(row.in_text and row.document_id is None and not row.refusal for row in rows)
    if pictures:
        said.append(
            ngettext(
                "%(count)d picture in the text was left out.",
                "%(count)d pictures in the text were left out.",
                pictures,
            )
            % {"count": pictures}
        )
    return " ".join(said)
