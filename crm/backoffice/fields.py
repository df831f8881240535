"""Form fields of the backoffice: native day pickers and suggestions under long keys."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import QuerySet

from crm.backoffice.autocomplete import suggestion


def day_input() -> forms.DateInput:
    """A native date field: labelled, usable by keyboard and on a phone, and without a script of ours."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


SKIN = "admin/css/autocomplete.css"


def _without_stock_skin(media: forms.Media) -> forms.Media:
    css = [path for path in media._css.get("screen", []) if path != SKIN]
    return forms.Media(js=media._js, css={"screen": css})


class PickOne(AutocompleteSelect):
    """Suggestions while typing, in our own skin."""

    @property
    def media(self) -> forms.Media:
        return _without_stock_skin(super().media)


class PickSeveral(AutocompleteSelectMultiple):
    """As `PickOne`, for several rows."""

    @property
    def media(self) -> forms.Media:
        return _without_stock_skin(super().media)


class PickField(forms.ModelChoiceField):
    """A key that is not a field of the form's own model: suggestions come by way of `relation`, a model field to it."""

    def __init__(self, relation: Any, **kwargs: Any) -> None:
        queryset: QuerySet[Any] = relation.remote_field.model._default_manager.all()
        kwargs.setdefault("widget", PickOne(relation, admin.site))
        super().__init__(queryset, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return suggestion(obj)
