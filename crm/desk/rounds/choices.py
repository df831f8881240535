"""Closed lists of contact rounds."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RoundScope(models.TextChoices):
    """How the members of a round were chosen."""

    OWNER = "owner", _("Owners")
    BROKER = "broker", _("Broker offices")
    TENANT = "tenant", _("Tenants")
    PARTNER = "partner", _("Partners")
    CHOSEN = "chosen", _("A selection")


class MemberState(models.TextChoices):
    DONE = "done", pgettext_lazy("contact round", "Spoken to")
    OPEN = "open", _("Still to be called")
    UNREACHABLE = "unreachable", _("Not reachable")


def label_of(state: str, *, is_closed: bool) -> Any:
    """The state in words: once the round is closed, nobody is still to be called."""
    if is_closed and state == MemberState.OPEN:
        return _("Not called")
    return MemberState(state).label


class RoundAct(models.TextChoices):
    """What happened to a round."""

    STARTED = "started", pgettext_lazy("contact round", "Started")
    CHANGED = "changed", pgettext_lazy("contact round", "Changed")
    ADDED = "added", pgettext_lazy("contact round", "Added")
    UNREACHABLE = "unreachable", _("Not reachable")
    PUT_BACK = "put_back", pgettext_lazy("contact round", "To be called again")
    HANDED_OVER = "handed_over", _("Handed over")
    CLOSED = "closed", pgettext_lazy("contact round", "Closed")
