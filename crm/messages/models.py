"""The outbox (mail that must go out exactly as often as promised) and the feed that programs read after a cursor."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.common.constraints import one_of


class MailState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class Mail(models.Model):
    """One mail to one recipient. `unique_key` makes putting it in twice harmless; the Message-ID never changes."""

    unique_key = models.CharField(max_length=200, unique=True, editable=False)
    message_id = models.CharField(max_length=255, unique=True, editable=False)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    html = models.TextField(_("text as HTML"), blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=MailState.choices, default=MailState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    queued_at = models.DateTimeField(_("queued at"))
    due_at = models.DateTimeField(_("due at"))
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-queued_at", "-pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="mail_waiting_due")]
        constraints = [
            one_of("state", MailState, "a_mail_has_a_known_state"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="a_sent_mail_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class MailAttempt(models.Model):
    """One try to hand a mail to the server, and what the server said. Append-only."""

    mail = models.ForeignKey(Mail, models.PROTECT, related_name="tries", verbose_name=_("mail"))
    at = models.DateTimeField(_("at"))
    error = models.CharField(
        _("error"), max_length=300, blank=True, help_text=_("Empty: the server took it.")
    )

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.error or "250"


class FeedEvent(models.Model):
    """Something that happened to a subject, for one audience, read in order of its number. Append-only."""

    audience = models.CharField(max_length=80, help_text="Who may read it, such as `office:12`.")
    kind = models.SlugField(max_length=40)
    subject = models.CharField(max_length=80, help_text="The subject's public id, such as a vacancy's.")
    at = models.DateTimeField()
    payload = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["audience", "id"], name="feed_of_an_audience")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
