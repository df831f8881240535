"""The log of norms in the words of the desk."""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef


class NormChangeQuerySet(models.QuerySet[Any]):
    def standing(self, known_at: datetime | None = None) -> "NormChangeQuerySet":
        """Decisions known at that moment (None: all) that were not withdrawn by then."""
        withdrawals = self.model.objects.filter(withdraws=OuterRef("pk"))
        rows = self.filter(withdraws__isnull=True)
        if known_at is not None:
            withdrawals = withdrawals.filter(at__lte=known_at)
            rows = rows.filter(at__lte=known_at)
        return rows.exclude(Exists(withdrawals))

    def in_force_on(self, day: date, known_at: datetime | None = None) -> "NormChangeQuerySet":
        """Standing decisions that hold by that day, in the order in which they took over."""
        return self.standing(known_at).filter(valid_from__lte=day).order_by("valid_from", "pk")
