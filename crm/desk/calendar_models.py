"""Each person's calendar address and morning mail. Read them from `crm.desk.models`."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.common.constraints import both_or_neither
from crm.messages.models import Mail

USER = settings.AUTH_USER_MODEL


class CalendarAddress(models.Model):
    """A secret address under which a calendar program reads one person's tasks: shown once, only its digest is kept."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("user"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made at"))
    created_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("made by"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("revoked by")
    )

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering = ["-created_at", "-pk"]
        constraints = [
            both_or_neither("revoked_at", "revoked_by", "a_revoked_address_says_by_whom"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(revoked_at__isnull=True),
                name="a_person_has_one_calendar_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}"


class MorningChoice(models.Model):
    """Somebody's choice to get the morning mail or not; the last one stands, and without any it is sent. Append-only."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("user"))
    is_wanted = models.BooleanField(_("morning mail"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("choice of the morning mail")
        verbose_name_plural = _("choices of the morning mail")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user}"


class MorningRound(models.Model):
    """That somebody's quiet list was looked at on a day, and the mail that came of it, if any. Append-only."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("user"))
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("at"))
    mail = models.ForeignKey(
        Mail, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("mail")
    )

    class Meta:
        verbose_name = _("morning round")
        verbose_name_plural = _("morning rounds")
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="a_person_is_written_once_a_morning")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.day}"
