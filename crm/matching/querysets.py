"""Needs and matches in the words of the business."""

from typing import Any

from django.db import models


class NeedQuerySet(models.QuerySet[Any]):
    def waiting(self) -> "NeedQuerySet":
        """Open or offered: somebody still looks for space."""
        return self.filter(status__in=["open", "offered"])


class MatchQuerySet(models.QuerySet[Any]):
    def undecided(self) -> "MatchQuerySet":
        return self.filter(decided_at__isnull=True)
