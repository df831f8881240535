"""What the norms are on a day: one query for all of them, asked once and handed on."""

from datetime import date, datetime

from crm.rules.models import NormChange
from crm.rules.norms import DELIVERED, Norms


def norms_on(day: date, known_at: datetime | None = None) -> Norms:
    """All norms as they are on that day, as far as they were known at that moment (None: now).

    The same pair gives the same answer for ever: a decision holds from its own day on and is never made for a day that
    has passed.
    """
    decided = NormChange.objects.in_force_on(day, known_at).values_list("code", "value")
    return Norms({**DELIVERED.values, **dict(decided)})


def contact_days(kind: str, on: date, known_at: datetime | None = None) -> int:
    """The norm for contact with an `owner`, `broker`, `tenant` or `partner`; who asks for more uses `norms_on` once."""
    return norms_on(on, known_at).contact_days(kind)
