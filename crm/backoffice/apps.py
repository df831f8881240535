"""The backoffice: Django's admin with the park's own look, pages and words."""

from django.contrib.admin.apps import AdminConfig


class BackofficeConfig(AdminConfig):
    default_site = "crm.backoffice.site.BackofficeSite"
