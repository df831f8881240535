"""Editions of the monthly report (frozen figures, archived PDFs), what partners are asked to do, and deliveries."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.acquisition.models import Lead
from crm.common.constraints import both_or_neither, one_of
from crm.common.models import Recorded
from crm.common.validators import validate_plain_text
from crm.contacts.models import Organisation

USER = settings.AUTH_USER_MODEL


class EditionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Sent")


class EditionQuerySet(models.QuerySet["ReportEdition"]):
    def released(self) -> "EditionQuerySet":
        """What partners may read: approved or sent."""
        return self.filter(status__in=(EditionStatus.APPROVED, EditionStatus.SENT))

    def sent(self) -> "EditionQuerySet":
        return self.filter(status=EditionStatus.SENT)


class ReportEdition(models.Model):
    """One month as known at one moment. The payload is frozen when issued; a sent edition's PDF is never made again."""

    month = models.DateField(_("month"), help_text=_("The month's first day."))
    known_at = models.DateTimeField(_("known at"))
    rule_version = models.PositiveSmallIntegerField(_("rule version"))
    payload = models.JSONField(_("figures"), editable=False)
    sha256 = models.CharField(_("SHA-256 of the figures"), max_length=64, editable=False)
    seed = models.PositiveIntegerField(_("seed"), editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=EditionStatus.choices, default=EditionStatus.DRAFT, editable=False
    )
    pdf_nl = models.FileField(_("PDF in Dutch"), upload_to="editions/%Y/", blank=True, editable=False)
    pdf_en = models.FileField(_("PDF in English"), upload_to="editions/%Y/", blank=True, editable=False)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("issued by"))
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        USER,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("approved by"),
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True, editable=False)
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        related_name="superseded_by",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("supersedes"),
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("report edition")
        verbose_name_plural = _("report editions")
        ordering = ["-month", "-known_at"]
        permissions = [
            ("issue_reportedition", "Can issue and approve an edition"),
            ("send_reportedition", "Can send an edition"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "known_at"], name="an_edition_is_issued_once_per_month_and_moment"
            ),
            one_of("status", EditionStatus, "an_edition_has_a_known_status"),
            both_or_neither("approved_at", "approved_by", "an_approved_edition_says_by_whom"),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False), name="a_sent_edition_says_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class DirectorText(Recorded):
    """The director's three sentences on a month, at most 400 characters."""

    month = models.DateField(_("month"), unique=True, help_text=_("The month's first day."))
    text_nl = models.CharField(_("text in Dutch"), max_length=400, validators=[validate_plain_text])
    text_en = models.CharField(
        _("text in English"), max_length=400, blank=True, validators=[validate_plain_text]
    )

    class Meta:
        verbose_name = _("director's text")
        verbose_name_plural = _("director's texts")
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class PartnerAction(Recorded):
    """What a partner is asked to do in a month's report, and what became of it in the next."""

    month = models.DateField(_("asked in the report of"), help_text=_("The month's first day."))
    action_nl = models.CharField(_("action in Dutch"), max_length=80, validators=[validate_plain_text])
    action_en = models.CharField(_("action in English"), max_length=80, validators=[validate_plain_text])
    partner = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("partner"))
    lead = models.ForeignKey(
        Lead, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("lead")
    )
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    dropped_reason = models.CharField(_("dropped because"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("action asked of a partner")
        verbose_name_plural = _("actions asked of partners")
        ordering = ["-month", "due_on", "pk"]

    def __str__(self) -> str:
        return self.action_nl


class Delivery(models.Model):
    """One edition handed to one recipient by mail; the mail itself is in the outbox. Unique per edition and recipient."""

    edition = models.ForeignKey(
        ReportEdition, models.PROTECT, related_name="deliveries", verbose_name=_("edition")
    )
    recipient = models.EmailField(_("recipient"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    mail = models.OneToOneField("crm_messages.Mail", models.PROTECT, related_name="+", verbose_name=_("mail"))

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "recipient"], name="an_edition_is_delivered_once_per_recipient"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition} → {self.recipient}"
