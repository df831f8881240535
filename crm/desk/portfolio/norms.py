"""What the park is to a relation, and its last contact beside the norm, in calendar days. Pure.

The norms themselves are an administrator's: `crm.rules`.
"""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _


class Relation(models.TextChoices):
    """What makes an organisation one that the desk keeps in touch with; it can be several at once."""

    OWNER = "owner", _("Owners")
    BROKER = "broker", _("Broker offices")
    TENANT = "tenant", _("Tenants")
    PARTNER = "partner", _("Partners")


@dataclass(frozen=True)
class LastContact:
    """When somebody last spoke with them, beside how often that should be."""

    on: date | None
    norm_days: int | None
    today: date

    @property
    def days(self) -> int | None:
        return None if self.on is None else (self.today - self.on).days

    @property
    def is_over(self) -> bool:
        """Longer ago than the norm allows, or never."""
        if self.norm_days is None:
            return False
        return self.days is None or self.days > self.norm_days
