"""Imports: which file brought which row, so that the same rows a second time change nothing."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.acquisition.models import Lead, StageChange
from crm.contacts.models import Organisation
from crm.desk.bulk.models import BulkItem, BulkJob
from crm.desk.calendar_models import CalendarAddress, MorningChoice, MorningRound
from crm.desk.list_models import DefaultView, ListExport, SavedView
from crm.desk.mail.models import (
    AsideMail,
    DropAddress,
    IncomingMail,
    MailAttachment,
    MailFiling,
    MailParticipant,
    MailSource,
)
from crm.desk.merging.models import Merge, NotTheSame
from crm.desk.rounds.models import ContactRound, RoundChange, RoundMember
from crm.desk.sheets.models import OwnReference, SheetImport, SheetLine, SheetMapping
from crm.desk.snoozes import Snooze
from crm.targets.models import CountEvent, Observation

__all__ = [
    "AsideMail",
    "BulkItem",
    "BulkJob",
    "CalendarAddress",
    "ContactRound",
    "DefaultView",
    "DropAddress",
    "ImportBatch",
    "ImportedRow",
    "IncomingMail",
    "ListExport",
    "MailAttachment",
    "MailFiling",
    "MailParticipant",
    "MailSource",
    "Merge",
    "MorningChoice",
    "MorningRound",
    "NotTheSame",
    "OwnReference",
    "RoundChange",
    "RoundMember",
    "SavedView",
    "SheetImport",
    "SheetLine",
    "SheetMapping",
    "Snooze",
]


class ImportBatch(models.Model):
    """One import that went through, all or nothing."""

    imported_at = models.DateTimeField(_("imported at"))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("imported by")
    )
    rows_new = models.PositiveIntegerField(_("new rows"))
    rows_known = models.PositiveIntegerField(_("known rows"))

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-imported_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.imported_at:%Y-%m-%d %H:%M}"


class ImportedRow(models.Model):
    """A row as it stood in its file, recognised by `key`, and what became of it."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="rows", verbose_name=_("import"))
    file = models.CharField(_("file"), max_length=40)
    key = models.CharField(_("key"), max_length=300)
    content = models.JSONField(_("content"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("organisation")
    )
    lead = models.ForeignKey(
        Lead, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("lead")
    )
    stage_change = models.ForeignKey(
        StageChange, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("stage change")
    )
    count_event = models.ForeignKey(
        CountEvent, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("count event")
    )
    observation = models.ForeignKey(
        Observation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("observation")
    )

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["file", "key"], name="an_imported_row_is_known_once")]

    def __str__(self) -> str:
        return f"{self.file} {self.key}"
