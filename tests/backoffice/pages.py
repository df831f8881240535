"""Every list of the backoffice, read from the site itself, so that a new one is tested from its first day."""

from django.contrib import admin
from django.urls import reverse


def list_urls() -> dict[str, str]:
    """The lists by model, as `app.model`."""
    return {
        model._meta.label_lower: reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    }
