"""What the morning mail says: the quiet list as it may leave the house."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import Confidentiality
from crm.acquisition.models import Lead
from crm.desk.quiet import QuietReason, QuietRow, SubjectKind, quiet_list
from crm.matching.models import HousingNeed
from crm.targets.models import CountEvent


@dataclass(frozen=True)
class MailRow:
    """One subject of the mail, under its code name where its lead is strictly confidential."""

    kind: SubjectKind
    pk: int
    title: str
    sentence: str
    more: int


def morning_rows(*, user: User, today: date, now: datetime) -> list[MailRow]:
    """The person's quiet list without anything that tells of a strictly confidential lead more than its code name.

    What was typed (a title of a task or a need) is left out for such a lead: it may hold the name.
    """
    rows = quiet_list(user=user, today=today, now=now)
    strict = _strict_leads(rows)
    return [_mail_row(row, strict.get((row.kind, row.pk))) for row in rows]


def _mail_row(row: QuietRow, code_name: str | None) -> MailRow:
    is_hidden = code_name is not None or not row.is_readable
    sentence = _without_text(row.reason) if is_hidden else row.reason.sentence
    return MailRow(row.kind, row.pk, code_name or row.title, sentence, len(row.others))


def _without_text(reason: QuietReason) -> str:
    """Only a promise's sentence quotes what somebody typed."""
    return _("A promise is due") if reason.task is not None else reason.sentence


def _strict_leads(rows: list[QuietRow]) -> dict[tuple[SubjectKind, int], str]:
    """The code names of the rows whose lead is strictly confidential, by kind and number."""
    numbers = {kind: [row.pk for row in rows if row.kind == kind] for kind in SubjectKind}
    strict = Confidentiality.STRICT
    found = {
        SubjectKind.LEAD: Lead.objects.filter(
            pk__in=numbers[SubjectKind.LEAD], confidentiality=strict
        ).values_list("pk", "code_name"),
        SubjectKind.NEED: HousingNeed.objects.filter(
            pk__in=numbers[SubjectKind.NEED], lead__confidentiality=strict
        ).values_list("pk", "lead__code_name"),
        SubjectKind.COUNT_EVENT: CountEvent.objects.filter(
            pk__in=numbers[SubjectKind.COUNT_EVENT], lead__confidentiality=strict
        ).values_list("pk", "lead__code_name"),
    }
    return {(kind, pk): str(name) for kind, pairs in found.items() for pk, name in pairs}
