"""The morning mail: what needs somebody today, in their language, as text and as simple HTML."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import ngettext

from accounts.models import User
from crm.common.months import amsterdam_day
from crm.desk.agenda import Entry, calendar_of
from crm.desk.morning import morning_rows
from crm.desk.quiet import SubjectKind
from crm.desk.services import due_for_morning_mail, queue_morning_mail

SHOWN = 10
PAGES = {
    SubjectKind.LEAD: "acquisition_lead",
    SubjectKind.TASK: "acquisition_task",
    SubjectKind.NEED: "matching_housingneed",
    SubjectKind.VACANCY: "estate_vacancy",
    SubjectKind.TENANCY: "estate_tenancy",
    SubjectKind.COUNT_EVENT: "targets_countevent",
}


@dataclass(frozen=True)
class Words:
    """A mail before it is queued; empty where there is nothing to say."""

    subject: str = ""
    body: str = ""
    html: str = ""


def queue_morning_mails(*, at: datetime) -> int:
    """Write everybody who is due this morning; how many mails went into the outbox."""
    day, queued = amsterdam_day(at), 0
    for user in due_for_morning_mail(at):
        words = words_for(user, day, at)
        looked = queue_morning_mail(
            user=user, day=day, subject=words.subject, body=words.body, html=words.html, at=at
        )
        queued += looked.mail_id is not None and looked.at == at
    return queued


def words_for(user: User, day: date, at: datetime) -> Words:
    """The mail of this morning: appointments of today, then the first rows of the quiet list."""
    with translation.override(user.language):
        rows = morning_rows(user=user, today=day, now=at)
        appointments = [entry for entry in _today(user, day) if entry.starts]
        if not rows and not appointments:
            return Words()
        context = {
            "user": user,
            "day": date_format(day, "l j F"),
            "appointments": appointments,
            "rows": [(row, _address(PAGES[row.kind], row.pk)) for row in rows[:SHOWN]],
            "hidden": max(len(rows) - SHOWN, 0),
            "home": _url("admin:index"),
            "my_desk": _url("admin:my"),
        }
        return Words(
            subject=_subject(len(rows), context["day"]),
            body=render_to_string("admin/morning_mail.txt", context),
            html=render_to_string("admin/morning_mail.html", context),
        )


def _today(user: User, day: date) -> list[Entry]:
    return [entry for entry in calendar_of(user=user, today=day) if entry.day == day and not entry.is_done]


def _subject(number: int, day: str) -> str:
    """How many and which day: a subject is read over shoulders, so it names nobody."""
    words = ngettext(
        "%(count)d thing asks for your attention on %(day)s",
        "%(count)d things ask for your attention on %(day)s",
        number,
    )
    return words % {"count": number, "day": day}


def _url(name: str, *args: object) -> str:
    return str(settings.CRM_PUBLIC_URL).rstrip("/") + reverse(name, args=args)


def _address(page: str, pk: int) -> str:
    return _url(f"admin:{page}_change", pk)
