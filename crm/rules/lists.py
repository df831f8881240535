"""Closed lists: codes that rules depend on and that never change, with names that an administrator may change."""

import re
from enum import property as enum_property
from typing import Any

from django.db import models

from crm.rules.names import own_name


class NamedChoices(models.TextChoices):
    """A closed list whose labels are read as they are called here (`names_in_force`)."""

    @enum_property
    def label(self) -> Any:
        return own_name(list_name_of(type(self)), self.value, self._label_)

    @property
    def delivered_label(self) -> Any:
        """The name that the product came with."""
        return self._label_


def list_name_of(codes: type[models.TextChoices]) -> str:
    """`acquisition.lead_status`: the room and the list, as the log of names keeps them."""
    room = codes.__module__.split(".")[1]
    return f"{room}.{re.sub(r'(?<!^)(?=[A-Z])', '_', codes.__name__).lower()}"


def closed_lists() -> dict[str, type[NamedChoices]]:
    """Every closed list of the product by its name."""
    return {list_name_of(codes): codes for codes in sorted(NamedChoices.__subclasses__(), key=list_name_of)}
