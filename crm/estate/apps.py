"""Areas, buildings, units, vacancies and tenancies."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EstateConfig(AppConfig):
    name = "crm.estate"
    label = "estate"
    verbose_name = _("Space")
