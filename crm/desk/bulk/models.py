"""Bulk work and its leads. Read them from `crm.desk.models`."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.acquisition.models import Lead
from crm.common.constraints import one_of

USER = settings.AUTH_USER_MODEL


class BulkDeed(models.TextChoices):
    HAND_OVER = "hand_over", _("Hand over")
    PARK = "park", _("Park")
    ADD_TAG = "add_tag", _("Add a tag")
    REMOVE_TAG = "remove_tag", _("Remove a tag")
    NEXT_STEP = "next_step", _("Set a next step")


class Outcome(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Changed")
    REFUSED = "refused", _("Refused")


class BulkJobQuerySet(models.QuerySet[Any]):
    def due(self, at: datetime) -> "BulkJobQuerySet":
        """Not finished, and in nobody's hands: a lease that ran out belongs to a worker that died."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=at), finished_at__isnull=True)


class BulkJob(models.Model):
    """One deed for many leads: whose, which, with what. It is finished once no lead of it waits."""

    deed = models.CharField(_("what"), max_length=12, choices=BulkDeed.choices)
    values = models.JSONField(_("with"), default=dict)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk work")
        verbose_name_plural = _("bulk work")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["at"], condition=Q(finished_at__isnull=True), name="bulk_job_unfinished")
        ]
        constraints = [one_of("deed", BulkDeed, "bulk_work_is_of_a_known_kind")]

    def __str__(self) -> str:
        return f"{self.get_deed_display()} {self.at:%Y-%m-%d %H:%M}"


class BulkItem(models.Model):
    """One lead of a bulk job, the version that was seen in the preview, and what became of it."""

    job = models.ForeignKey(BulkJob, models.CASCADE, related_name="items", verbose_name=_("bulk work"))
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="+", verbose_name=_("lead"))
    version = models.PositiveIntegerField(_("version"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    reason = models.TextField(_("why not"), blank=True)

    class Meta:
        verbose_name = _("lead of bulk work")
        verbose_name_plural = _("leads of bulk work")
        ordering = ["pk"]
        indexes = [models.Index(fields=["job"], condition=Q(outcome="waiting"), name="bulk_item_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["job", "lead"], name="bulk_work_has_a_lead_once"),
            one_of("outcome", Outcome, "a_bulk_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(outcome="refused") | Q(reason=""), name="only_a_refusal_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.lead_id}"
