"""Suggestions under a long foreign key: as the list names a row, never a name that this user may not read."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model


class DeskAutocompleteView(AutocompleteJsonView):
    """Rows come from the target's own admin queryset, so that whatever it hides stays hidden here."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, Any]:
        return {"id": str(getattr(obj, to_field_name)), "text": suggestion(obj)}


def suggestion(obj: Model) -> str:
    """How a row is called in a field: by its `display_name` where the list has one."""
    name = getattr(obj, "display_name", None)
    reference = getattr(obj, "reference", "")
    if name is None:
        return str(obj)
    return f"{name} ({reference})" if reference else str(name)
