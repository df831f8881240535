"""Who put what out of the quiet list, until when and why. Append-only: only the early end is filled in, once."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.acquisition.models import Lead
from crm.common.constraints import both_or_neither, not_empty
from crm.common.validators import validate_plain_text
from crm.estate.models import Tenancy, Vacancy
from crm.matching.models import HousingNeed
from crm.targets.models import CountEvent

USER = settings.AUTH_USER_MODEL
SUBJECTS = ("lead", "need", "vacancy", "tenancy", "count_event")


def exactly_one(*fields: str) -> Q:
    """One of the fields is filled and the others are empty."""
    condition = Q()
    for filled in fields:
        condition |= Q(**{f"{field}__isnull": field != filled for field in fields})
    return condition


class SnoozeQuerySet(models.QuerySet[Any]):
    def running_on(self, day: date) -> "SnoozeQuerySet":
        """Not ended early, and not yet come to its day: on that day the subject returns by itself."""
        return self.filter(until__gt=day, ended_at__isnull=True)


class Snooze(models.Model):
    """One subject of the quiet list stays out of it until a day, but for promises that are due."""

    lead = models.ForeignKey(
        Lead, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("lead")
    )
    need = models.ForeignKey(
        HousingNeed, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("housing need")
    )
    vacancy = models.ForeignKey(
        Vacancy, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("vacancy")
    )
    tenancy = models.ForeignKey(
        Tenancy, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("tenancy")
    )
    count_event = models.ForeignKey(
        CountEvent, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("count event")
    )
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, validators=[validate_plain_text])
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("ended by")
    )

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        verbose_name = _("snooze")
        verbose_name_plural = _("snoozes")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="snooze_at"),
            models.Index(fields=["until"], condition=Q(ended_at__isnull=True), name="snooze_running"),
        ]
        constraints = [
            models.CheckConstraint(condition=exactly_one(*SUBJECTS), name="a_snooze_is_of_one_subject"),
            not_empty("reason", "a_snooze_has_a_reason"),
            both_or_neither("ended_at", "ended_by", "an_ended_snooze_says_by_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_pk} → {self.until}"

    @property
    def subject_kind(self) -> str:
        return next(name for name in SUBJECTS if getattr(self, f"{name}_id") is not None)

    @property
    def subject_pk(self) -> int:
        return int(getattr(self, f"{self.subject_kind}_id"))
