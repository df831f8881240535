"""Targets, the count ledger, observations and progress."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TargetsConfig(AppConfig):
    name = "crm.targets"
    label = "targets"
    verbose_name = _("Counting")
