"""Housing needs and the spaces that fit them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "crm.matching"
    label = "matching"
    verbose_name = _("Housing needs")
