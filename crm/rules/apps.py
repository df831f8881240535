"""Norms of the desk and names of values, as administrators decide about them: dated, with their history."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulesConfig(AppConfig):
    name = "crm.rules"
    label = "rules"
    verbose_name = _("rules of the desk")
