"""The morning mail: what needs somebody today, in their language, as text and as simple HTML."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from crm.common.months import amsterdam_day
from crm.desk.agenda import Entry, mail_of
from crm.desk.services import due_for_morning_mail, queue_morning_mail

SHOWN = 10


@dataclass(frozen=True)
class Words:
    """A mail before it is queued; empty where there is nothing to say."""

    subject: str = ""
    body: str = ""
    html: str = ""


def queue_morning_mails(*, at: datetime) -> int:
    """Write everybody who is due this morning; how many mails went into the outbox."""
    day = amsterdam_day(at)
    queued = 0
    for user in due_for_morning_mail(at):
        words = words_for(user, day, at)
        looked = queue_morning_mail(
            user=user, day=day, subject=words.subject, body=words.body, html=words.html, at=at
        )
        queued += looked.mail_id is not None and looked.at == at
    return queued
