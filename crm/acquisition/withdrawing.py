"""Rows that were written down by mistake: taken back, out of every list and figure, and still there for the log."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StandingManager(models.Manager[Any]):
    """The rows that stand. Those that were taken back are read by `every` alone, which the log does."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(withdrawn_at__isnull=True)


class Withdrawable(models.Model):
    """A row that can be taken back, once, with who and when."""

    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("taken back by"),
    )

    class Meta:
        abstract = True
