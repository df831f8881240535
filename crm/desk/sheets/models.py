"""Imports of people's own spreadsheets: the file and its columns, what each row would do and did, and what is remembered."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.common.constraints import both_or_neither, not_empty, one_of

USER = settings.AUTH_USER_MODEL


class SheetKindCode(models.TextChoices):
    """What a spreadsheet holds, a row each."""

    ORGANISATIONS = "organisations", _("Organisations")
    PEOPLE = "people", _("People")
    LEADS = "leads", _("Leads")
    NEEDS = "needs", _("Housing needs")
    VACANCIES = "vacancies", _("Available space")


class SheetState(models.TextChoices):
    """How far an import is; `checking`, `applying` and `undoing` are work that is due."""

    MAPPING = "mapping", _("Columns to be said")
    CHECKING = "checking", _("Being looked through")
    CHECKED = "checked", _("Waits for your yes")
    APPLYING = "applying", _("Being written")
    APPLIED = "applied", _("Imported")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")
    DROPPED = "dropped", _("Not imported")


DUE_STATES = (SheetState.CHECKING, SheetState.APPLYING, SheetState.UNDOING)
ENDED_STATES = (SheetState.APPLIED, SheetState.UNDONE, SheetState.DROPPED)


class Verdict(models.TextChoices):
    CREATE = "create", _("New")
    UPDATE = "update", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    FAULT = "fault", _("Fault")
    LEFT_OUT = "left_out", _("Left out")


class SheetImport(models.Model):
    """One spreadsheet on its way in. The file itself is kept no longer than the import needs it."""

    kind = models.CharField(_("kind"), max_length=15, choices=SheetKindCode.choices)
    file_name = models.CharField(_("file"), max_length=120)
    file_hash = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    content = models.BinaryField(_("content"), null=True)
    heads = models.JSONField(_("heads"), default=list)
    samples = models.JSONField(_("examples"), default=list)
    mapping = models.JSONField(_("columns"), default=list)
    options = models.JSONField(_("options"), default=dict)
    corrections = models.JSONField(_("corrections"), default=dict)
    left_out = models.JSONField(_("rows left out"), default=list)
    notices = models.JSONField(_("notices"), default=list)
    trouble = models.JSONField(_("trouble"), default=list)
    state = models.CharField(
        _("state"), max_length=10, choices=SheetState.choices, default=SheetState.MAPPING
    )
    rows = models.PositiveIntegerField(_("rows"), default=0)
    counts = models.JSONField(_("counts"), default=dict)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    claimed_until = models.DateTimeField(_("claimed until"), null=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    applied_at = models.DateTimeField(_("imported at"), null=True)
    applied_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, verbose_name=_("imported by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, verbose_name=_("undone by")
    )
    forgotten_at = models.DateTimeField(_("details forgotten at"), null=True)

    class Meta:
        verbose_name = _("import of a spreadsheet")
        verbose_name_plural = _("imports of spreadsheets")
        ordering = ["-uploaded_at", "-pk"]
        indexes = [models.Index(fields=["state", "uploaded_at"], name="sheet_import_by_state")]
        constraints = [
            one_of("kind", SheetKindCode, "a_spreadsheet_is_of_a_known_kind"),
            one_of("state", SheetState, "a_spreadsheet_is_in_a_known_state"),
            both_or_neither("applied_at", "applied_by", "an_applied_spreadsheet_says_by_whom"),
            both_or_neither("undone_at", "undone_by", "an_undone_spreadsheet_says_by_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.uploaded_at:%Y-%m-%d %H:%M}"

    @property
    def is_due(self) -> bool:
        return self.state in DUE_STATES


class SheetLine(models.Model):
    """One row of a spreadsheet: what it would do, and after the import what it did.

    `record` is the key of its record in the table of the import's kind, and no foreign key: a merge must not move it, and
    the record may be gone. `before` holds the values that an undo puts back, `beside` the rows made beside the record.
    """

    sheet = models.ForeignKey(SheetImport, models.CASCADE, related_name="lines", verbose_name=_("import"))
    line = models.PositiveIntegerField(_("line"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    label = models.CharField(_("name"), max_length=200, blank=True)
    faults = models.JSONField(_("faults"), default=list)
    remarks = models.JSONField(_("remarks"), default=list)
    changes = models.JSONField(_("changes"), default=list)
    digest = models.CharField(_("digest"), max_length=32, blank=True)
    record = models.BigIntegerField(_("record"), null=True)
    version = models.PositiveIntegerField(_("version"), null=True)
    before = models.JSONField(_("before"), default=dict)
    beside = models.JSONField(_("beside"), default=dict)

    class Meta:
        verbose_name = _("row of a spreadsheet")
        verbose_name_plural = _("rows of spreadsheets")
        ordering = ["sheet", "line"]
        indexes = [models.Index(fields=["sheet", "verdict", "line"], name="sheet_line_by_verdict")]
        constraints = [
            one_of("verdict", Verdict, "a_sheet_line_has_a_known_verdict"),
            models.UniqueConstraint(fields=["sheet", "line"], name="a_sheet_line_stands_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.line}"


class SheetMapping(models.Model):
    """Which field each column of a set of heads stood for the last time; the same heads are read the same way again."""

    kind = models.CharField(_("kind"), max_length=15, choices=SheetKindCode.choices)
    heads_key = models.CharField(_("heads"), max_length=64)
    mapping = models.JSONField(_("columns"))
    options = models.JSONField(_("options"), default=dict)
    used_at = models.DateTimeField(_("used at"))
    used_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("used by"))

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [
            models.UniqueConstraint(fields=["kind", "heads_key"], name="a_set_of_heads_is_remembered_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.heads_key[:8]}"


class OwnReference(models.Model):
    """What a record is called in somebody's own administration, so that their next file finds it again."""

    kind = models.CharField(_("kind"), max_length=15, choices=SheetKindCode.choices)
    reference = models.CharField(_("own reference"), max_length=80)
    record = models.BigIntegerField(_("record"))

    class Meta:
        verbose_name = _("own reference")
        verbose_name_plural = _("own references")
        constraints = [
            models.UniqueConstraint(fields=["kind", "reference"], name="an_own_reference_means_one_record"),
            models.UniqueConstraint(fields=["kind", "record"], name="a_record_has_one_own_reference"),
            not_empty("reference", "an_own_reference_says_something"),
        ]

    def __str__(self) -> str:
        return self.reference
