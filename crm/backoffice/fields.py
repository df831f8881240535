"""Form fields of the backoffice: native day pickers and suggestions under long keys."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.backoffice.autocomplete import suggestion
from crm.common.months import Month


def day_input() -> forms.DateInput:
    """A native date field: labelled, usable by keyboard and on a phone, and without a script of ours."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def hour_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


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


class MonthField(forms.Field):
    """A calendar month, typed as 2026-10 or picked; its value is the month's first day."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-10"})
    default_error_messages = {"invalid": _("Write a month as year and month: 2026-10.")}

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        try:
            return Month.parse(str(value)).first_day
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid") from error

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != data


SIGNATURES = {
    "pdf": (b"%PDF-",),
    "jpg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "webp": (b"RIFF",),
}
LARGEST_DOCUMENT = 10 * 1024 * 1024


class DocumentField(forms.FileField):
    """A PDF or picture of at most 10 MB, known by its first bytes; stored under a random name, for names tell tales."""

    default_error_messages = {
        "kind": _("Send a PDF, or a picture as JPEG, PNG or WebP."),
        "large": _("The file is larger than 10 MB."),
    }

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        if file is None:
            return None
        if file.size > LARGEST_DOCUMENT:
            raise forms.ValidationError(self.error_messages["large"], "large")
        head = file.read(16)
        file.seek(0)
        kind = next((kind for kind, starts in SIGNATURES.items() if head.startswith(starts)), None)
        if kind is None or (kind == "webp" and head[8:12] != b"WEBP"):
            raise forms.ValidationError(self.error_messages["kind"], "kind")
        file.name = f"{uuid4().hex}.{kind}"
        return file
