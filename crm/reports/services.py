"""Verbs on editions and on what the report asks of partners. Printing is not done here (see `pdf`)."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.models import Lead
from crm.common.errors import Fault, RuleError, StaleError, refuse
from crm.common.locks import lock_row, lock_rows
from crm.common.moments import spoken_moment
from crm.common.months import Month, amsterdam_day
from crm.common.validation import field_faults
from crm.contacts.models import Organisation
from crm.reports.builder import build_report
from crm.reports.models import DirectorText, EditionStatus, PartnerAction, ReportEdition
from crm.reports.monthly import MonthlyReport, Wording

LANGUAGES = ("nl", "en")


def issue_edition(*, month: Month, known_at: datetime, by: User, at: datetime) -> ReportEdition:
    """Freeze a month's figures as known at a moment; the same pair again gives the edition that stands.

    Raises `RuleError` where the month was not over at `at`, where `known_at` lies
    after it, or where the figures do not balance.
    """
    standing = edition_of(month, known_at)
    if standing:
        return standing
    faults = []
    if month.end > at:
        message = _("%(month)s is not over yet.") % {"month": month}
        faults.append(Fault("month_not_over", message, "month"))
    if known_at > at:
        faults.append(Fault("in_the_future", _("Nobody knows what will be known then."), "known_at"))
    refuse(faults)
    report = build_report(month=month, known_at=known_at)
    edition = ReportEdition(
        issued_by=by,
        month=month.first_day,
        known_at=known_at,
        rule_version=report.rule_version,
        payload=report.to_plain(),
        sha256=report.sha256,
        seed=month.year * 100 + month.month,
        issued_at=at,
        supersedes=_superseded(month, known_at),
    )
    try:
        with transaction.atomic():
            edition.save(force_insert=True)
    except IntegrityError:
        # Somebody issued the same pair in between: theirs stands.
        standing = edition_of(month, known_at)
        if standing is None:
            raise
        return standing
    return edition


def edition_of(month: Month, known_at: datetime) -> ReportEdition | None:
    """The edition of this pair, where it was issued."""
    return ReportEdition.objects.filter(month=month.first_day, known_at=known_at).first()


def _superseded(month: Month, known_at: datetime) -> ReportEdition | None:
    """The month's latest edition that knew less, unless another took its place."""
    earlier = ReportEdition.objects.filter(month=month.first_day, known_at__lt=known_at)
    latest = earlier.order_by("-known_at").first()
    if latest is None or ReportEdition.objects.filter(supersedes=latest).exists():
        return None
    return latest


def report_of(edition: ReportEdition) -> MonthlyReport:
    """The edition's figures; raises `RuleError` where they are no longer what was frozen."""
    report = MonthlyReport.from_plain(edition.payload)
    if report.sha256 != edition.sha256:
        message = _("The figures of %(edition)s are not those that were issued: restore them from a backup.")
        raise RuleError(Fault("figures_changed", message % {"edition": edition}, "payload"))
    return report


def archived(edition: ReportEdition, language: str) -> bytes | None:
    """The PDF in the archive, where there is one."""
    file = edition.pdf_nl if language == "nl" else edition.pdf_en
    if not file:
        return None
    with file.open("rb") as opened:
        data: bytes = opened.read()
    return data


def archive_pdfs(
    *, edition: ReportEdition, pdfs: Mapping[str, bytes], by: User, at: datetime
) -> ReportEdition:
    """Keep the PDFs by language (`nl`, `en`). A draft's may be replaced; those of an approved edition are final."""
    with transaction.atomic():
        fresh = lock_row(ReportEdition.objects.all(), edition.pk)
        if fresh.status != EditionStatus.DRAFT:
            message = _("The PDFs of %(edition)s are final: it was approved.") % {"edition": fresh}
            raise RuleError(Fault("pdfs_are_final", message, "status"))
        for language, data in pdfs.items():
            field = {"nl": fresh.pdf_nl, "en": fresh.pdf_en}[language]
            old, storage = field.name, field.storage
            field.save(f"{fresh}-{language}.pdf", ContentFile(data), save=False)
            if old:
                transaction.on_commit(partial(storage.delete, old))
        fresh.save(update_fields=["pdf_nl", "pdf_en"])
    return fresh


def approve_edition(*, edition: ReportEdition, by: User, at: datetime) -> ReportEdition:
    """Release an edition to the partners: figures and PDFs are final from here on. Needs both PDFs."""
    with transaction.atomic():
        fresh = lock_row(ReportEdition.objects.all(), edition.pk)
        faults = []
        if fresh.status != EditionStatus.DRAFT:
            message = _("%(edition)s was approved before.") % {"edition": fresh}
            faults.append(Fault("approved_already", message, "status"))
        elif not (fresh.pdf_nl and fresh.pdf_en):
            message = _("There is no PDF in both languages yet: run “manage.py monthly_report %(month)s”.")
            faults.append(Fault("no_pdf", message % {"month": fresh}, "pdf_nl"))
        refuse(faults)
        report_of(fresh)
        fresh.status, fresh.approved_at, fresh.approved_by = EditionStatus.APPROVED, at, by
        fresh.save(update_fields=["status", "approved_at", "approved_by"])
    return fresh


def director_text_for(month: Month) -> Wording:
    """The director's sentences for a month's report, empty where none were written."""
    text = DirectorText.objects.filter(month=month.first_day).first()
    return Wording(text.text_nl, text.text_en) if text else Wording("", "")


@transaction.atomic
def write_director_text(
    *, month: date, text_nl: str, text_en: str = "", by: User, at: datetime, version: int | None = None
) -> DirectorText:
    """Write (or rewrite) the director's sentences for a month's report, at most 400 characters each.

    Raises `StaleError` when somebody rewrote them since `version` was read.
    """
    existing = next(iter(lock_rows(DirectorText.objects.filter(month=month))), None)
    if existing is not None and version is not None and version != existing.version:
        words = {"who": existing.changed_by, "when": spoken_moment(existing.changed_at, amsterdam_day(at))}
        message = _("%(who)s changed this %(when)s. Nothing of yours was stored: look again.")
        raise StaleError(Fault("stale", message % words, "version"))
    row = existing or DirectorText(month=month, created_by=by, created_at=at)
    row.text_nl, row.text_en = text_nl.strip(), text_en.strip()
    row.changed_by, row.changed_at, row.version = by, at, row.version + 1 if existing else 1
    refuse([*field_faults(row), *_month_faults(month)])
    row.save()
    return row


@transaction.atomic
def ask_partner(
    *,
    month: date,
    action_nl: str,
    action_en: str,
    partner: Organisation,
    due_on: date,
    by: User,
    at: datetime,
    lead: Lead | None = None,
    done_on: date | None = None,
) -> PartnerAction:
    """Ask a partner for something in a month's report. `done_on` is for history: what is known to be done already."""
    row = PartnerAction(
        month=month,
        action_nl=action_nl.strip(),
        action_en=action_en.strip(),
        partner=partner,
        lead=lead,
        due_on=due_on,
        done_on=done_on,
        created_by=by,
        created_at=at,
        changed_by=by,
        changed_at=at,
    )
    faults = [*field_faults(row), *_month_faults(month)]
    if due_on < month:
        message = _("What is asked in a month's report is due in that month or later.")
        faults.append(Fault("due_too_early", message, "due_on"))
    refuse(faults)
    row.save()
    return row


@transaction.atomic
def close_action(
    *, action: PartnerAction, by: User, at: datetime, done_on: date | None = None, dropped_reason: str = ""
) -> PartnerAction:
    """An action was done on a day, or is dropped for a reason: one of the two."""
    fresh = lock_row(PartnerAction.objects.all(), action.pk)
    faults = []
    if fresh.done_on or fresh.dropped_reason:
        faults.append(Fault("closed_already", _("This action was closed before."), "done_on"))
    if bool(done_on) == bool(dropped_reason.strip()):
        message = _("Give the day on which it was done, or the reason why it is dropped.")
        faults.append(Fault("one_of_two", message, "done_on"))
    if done_on and done_on > amsterdam_day(at):
        faults.append(Fault("in_the_future", _("This day is still to come."), "done_on"))
    fresh.done_on, fresh.dropped_reason = done_on, dropped_reason.strip()
    fresh.changed_by, fresh.changed_at, fresh.version = by, at, fresh.version + 1
    refuse([*faults, *field_faults(fresh)])
    fresh.save()
    return fresh


def _month_faults(month: date) -> list[Fault]:
    if month.day == 1:
        return []
    return [Fault("first_day", _("A month is given by its first day."), "month")]
