"""Projects and milestones of the programme lines; its tables come with the planbord."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammeConfig(AppConfig):
    name = "crm.programme"
    label = "programme"
    verbose_name = _("Programme")
