"""The admin site of the park."""

from django.contrib.admin import AdminSite


class BackofficeSite(AdminSite):
    """Django's admin under the park's own frame."""
