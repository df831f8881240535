"""What every form of a record does when somebody saved in between: show both versions, and take what the person chooses."""

from typing import Any

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from crm.backoffice.forms import VERSION_FIELD
from crm.backoffice.stale_forms import SEEN_FIELD, differs, overtake, seen_in, take_theirs
from crm.common.errors import Fault, StaleError


class ShowsBothVersions:
    """For a ModelAdmin: `take_choices` before saving, `both_versions` after a refusal, `seen_by` for the page."""

    def stored_form(self, request: HttpRequest, object_id: str) -> Any:
        """The form as it would show what stands now; None where there is no such record to change."""
        row = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if row is None or not self.has_change_permission(request, row):  # type: ignore[attr-defined]
            return None
        fields = flatten_fieldsets(self.get_fieldsets(request, row))  # type: ignore[attr-defined]
        form_class = self.get_form(request, row, change=True, fields=fields)  # type: ignore[attr-defined]
        return form_class(instance=row)

    def take_choices(self, request: HttpRequest, object_id: str) -> None:
        """Put the other's value into each field for which it was chosen."""
        form = self.stored_form(request, object_id)
        if form is not None:
            request.POST = take_theirs(form, request.POST)  # type: ignore[assignment]

    def refuse_if_overtaken(self, request: HttpRequest, object_id: Any) -> None:
        """For records without a version: what the form showed must be what still stands."""
        form = self.stored_form(request, str(object_id))
        if form is None or VERSION_FIELD in form.fields or SEEN_FIELD not in request.POST:
            return
        if differs(form, request.POST):
            message = _("Somebody changed this while you had it open. Nothing of yours was stored.")
            raise StaleError(Fault("stale", message))

    def both_versions(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        """Bring what was posted to the version that stands, and say what changed meanwhile."""
        form = self.stored_form(request, object_id) if object_id is not None else None
        if form is None:
            return {}
        data, overtaken = overtake(form, request.POST, form.instance)
        for inline in self.get_inline_instances(request, form.instance):  # type: ignore[attr-defined]
            if not inline.is_log:
                _as_new_rows(data, inline.get_formset(request, form.instance).get_default_prefix())
        request.POST = data  # type: ignore[assignment]
        return {"overtaken": overtaken}

    def seen_by(self, request: HttpRequest, form: Any) -> str:
        """What the page's form shows of its record; one that comes back goes on from what was seen first."""
        return str(request.POST.get(SEEN_FIELD, "")) if form.is_bound else seen_in(form)


def _as_new_rows(data: QueryDict, prefix: str) -> None:
    """Rows beneath as they were typed, without the numbers of stored rows that may be there no more."""
    if f"{prefix}-INITIAL_FORMS" in data:
        data[f"{prefix}-INITIAL_FORMS"] = "0"
    for key in [key for key in data if key.startswith(f"{prefix}-") and key.endswith("-id")]:
        data[key] = ""
