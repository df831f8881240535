"""The mails on a lead's timeline: each with its files, those of one conversation together, and those that were taken off."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from crm.acquisition.models import Activity
from crm.backoffice.lead_log import LogEntry, contact_entry
from crm.backoffice.mail_words import why_refused
from crm.common.months import amsterdam_day
from crm.desk.mail.addresses import address_with
from crm.desk.mail.models import DropAddress, IncomingMail, MailAttachment, MailFiling


@dataclass
class MailLine:
    """A filed mail as the timeline shows it; `earlier` are the mails before it in the same conversation, the latest first."""

    filing: MailFiling
    files: list[tuple[MailAttachment, str]]
    earlier: list[LogEntry] = field(default_factory=list)

    @property
    def mail(self) -> IncomingMail:
        return self.filing.mail

    @property
    def on(self) -> date:
        activity = self.filing.activity
        return activity.occurred_on if activity else amsterdam_day(self.filing.filed_at)


def thread_of(mail: IncomingMail) -> str:
    """Mails of one conversation share it; one that names none is a conversation of its own."""
    return mail.thread or f"{mail.pk}"


def filings_of(lead: Any) -> list[MailFiling]:
    rows = MailFiling.objects.filter(lead=lead).select_related(
        "mail", "activity__created_by", "activity__person", "filed_by", "taken_off_by"
    )
    return list(rows.prefetch_related("mail__attachments__document"))


def filed_mails(lead: Any) -> dict[int, MailLine]:
    """The mails that stand on the lead, by the key of their activity."""
    return _lines(filings_of(lead))


def _lines(filings: Iterable[MailFiling]) -> dict[int, MailLine]:
    return {filing.activity_id: _line(filing) for filing in filings if filing.taken_off_at is None}


def _line(filing: MailFiling) -> MailLine:
    files = [
        (row, why_refused(row.refusal) if row.refusal else "")
        for row in filing.mail.attachments.all()
        if row.refusal or row.document
    ]
    return MailLine(filing, files)


def mail_entries(filings: Iterable[MailFiling]) -> list[LogEntry]:
    """One entry for each conversation, its latest mail with the others beneath; and one for each mail taken off."""
    filings = list(filings)
    together: defaultdict[str, list[LogEntry]] = defaultdict(list)
    for line in _lines(filings).values():
        together[thread_of(line.mail)].append(_entry(line))
    entries = []
    for of_thread in together.values():
        latest, *earlier = sorted(of_thread, key=lambda entry: (entry.on, entry.at), reverse=True)
        latest.mail.earlier = earlier
        entries.append(latest)
    return entries + [_taken_off(filing) for filing in filings if filing.taken_off_at is not None]


def _entry(line: MailLine) -> LogEntry:
    activity: Activity = line.filing.activity
    entry = contact_entry(activity)
    return LogEntry(
        on=entry.on,
        at=entry.at,
        icon=entry.icon,
        title=entry.title,
        by=entry.by,
        person=entry.person,
        text=activity.text,
        mail=line,
    )


def _taken_off(filing: MailFiling) -> LogEntry:
    """That there was a mail; nothing of what it said."""
    return LogEntry(
        on=amsterdam_day(filing.taken_off_at),
        at=filing.taken_off_at,
        icon="undo",
        title=_("An e-mail was taken off this record"),
        by=str(filing.taken_off_by),
    )


def drop_address_of(lead: Any) -> str:
    """The address that puts mail straight onto this lead; empty where there is none."""
    if not settings.CRM_MAIL_ADDRESS:
        return ""
    row = DropAddress.objects.filter(lead=lead, revoked_at__isnull=True).first()
    return address_with(row.token) if row else ""
