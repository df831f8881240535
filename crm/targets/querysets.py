"""The ledger in the words of the business."""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

from crm.targets.choices import EventKind


class CountEventQuerySet(models.QuerySet[Any]):
    def not_taken_back(self, known_at: datetime) -> "CountEventQuerySet":
        """Without events that a reversal confirmed at or before `known_at` takes back."""
        reversal = self.model.objects.filter(reverses=OuterRef("pk"), confirmed_at__lte=known_at)
        return self.exclude(Exists(reversal))

    def standing(self, as_of: date, known_at: datetime) -> "CountEventQuerySet":
        """Events that happened up to `as_of`, were confirmed at `known_at` and not taken back by then.

        A reversal stands by its own confirmation, whatever its own day.
        """
        return (
            self.filter(occurred_on__lte=as_of, confirmed_at__lte=known_at)
            .exclude(kind=EventKind.REVERSAL)
            .not_taken_back(known_at)
        )

    def pending(self, known_at: datetime) -> "CountEventQuerySet":
        """Events recorded at `known_at` that nobody had confirmed by then and nothing had taken back."""
        return (
            self.filter(recorded_at__lte=known_at)
            .exclude(confirmed_at__lte=known_at)
            .exclude(kind=EventKind.REVERSAL)
            .not_taken_back(known_at)
        )

    def waiting_for_confirmation(self) -> "CountEventQuerySet":
        return self.filter(confirmed_at__isnull=True)


class ObservationQuerySet(models.QuerySet[Any]):
    def known(self, as_of: date, known_at: datetime) -> "ObservationQuerySet":
        """Latest reference date first; of two for one date, the later known first."""
        return self.filter(reference_date__lte=as_of, known_at__lte=known_at).order_by(
            "-reference_date", "-known_at", "-pk"
        )
