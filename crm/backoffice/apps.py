"""The backoffice: Django's admin with the park's own look, pages and words.

Two configurations, because Django's admin is an application of its own: `BackofficeConfig` is that admin with our site,
`DeskConfig` (before it, so that its widget templates win) brings our pages, styles and the admins of all rooms.
"""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class BackofficeConfig(AdminConfig):
    default_site = "crm.backoffice.site.BackofficeSite"
    default = False


class DeskConfig(AppConfig):
    name = "crm.backoffice"
    label = "backoffice"
    default = True
