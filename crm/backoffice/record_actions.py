"""What can be done with one record besides changing it: one verb of a service behind one button, with a form where needed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import Confidentiality
from crm.backoffice.forms import REFUSALS, refused
from crm.common.errors import Fault
from crm.common.months import amsterdam_day

Run = Callable[[Any, dict[str, Any], User, datetime], Any]


def always(_row: Any) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class RecordAction:
    """A verb on one record. With a form (or a question) it has a page of its own; without, its button does it at once.

    `run(row, values, by, at)` calls the service; `applies(row)` says whether the record's state allows it;
    `permission`, where given, is asked instead of the right to change the record.
    """

    name: str
    label: str | Promise
    done: str | Promise
    run: Run
    applies: Callable[[Any], bool] = always
    permission: str = ""
    form_class: type[forms.Form] | None = None
    question: str | Promise = ""
    icon: str = "check"
    tone: str = ""


class ActionForm(forms.Form):
    """A form that knows the record, the person and the moment, and shows a service's faults."""

    def __init__(self, *args: Any, row: Any = None, user: Any = None, at: Any = None, **kwargs: Any) -> None:
        self.row, self.user, self.at = row, user, at
        super().__init__(*args, **kwargs)
        if "on" in self.fields:
            self.fields["on"].initial = amsterdam_day(at)

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """A fault stands at its field where the form has it, else above the form."""
        for fault in faults:
            name = self.field_of(fault)
            shown = name in self.fields and not self.fields[name].widget.is_hidden
            self.add_error(name if shown else None, str(fault.message))

    def field_of(self, fault: Fault) -> str:
        return "on" if fault.field == "occurred_on" and "on" in self.fields else fault.field


class RecordActionsMixin:
    """Gives a ModelAdmin its `record_actions`, their buttons and their pages."""

    record_actions: tuple[RecordAction, ...] = ()

    def get_urls(self) -> list[Any]:
        base = f"{self.opts.app_label}_{self.opts.model_name}"  # type: ignore[attr-defined]
        own = path(
            "<int:pk>/do/<slug:name>/",
            self.admin_site.admin_view(self.action_page),  # type: ignore[attr-defined]
            name=f"{base}_do",
        )
        return [own, *super().get_urls()]  # type: ignore[misc]

    def may_do(self, request: HttpRequest, row: Any, action: RecordAction) -> bool:
        """The action's own permission, or else the right to change such records, also where their fields are fixed."""
        opts = self.opts  # type: ignore[attr-defined]
        return bool(request.user.has_perm(action.permission or f"{opts.app_label}.change_{opts.model_name}"))

    def action_url(self, row: Any, action: RecordAction) -> str:
        opts = self.opts  # type: ignore[attr-defined]
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_do", args=[row.pk, action.name])

    def drawn_actions(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """The buttons of this record for this person."""
        return [
            {
                "label": action.label,
                "url": self.action_url(row, action),
                "icon": action.icon,
                "tone": action.tone,
                "at_once": action.form_class is None and not action.question,
            }
            for action in self.record_actions
            if action.applies(row) and self.may_do(request, row, action)
        ]

    def after_action(self, request: HttpRequest, row: Any, action: RecordAction, result: Any) -> HttpResponse:
        messages.success(request, str(action.done))
        return HttpResponseRedirect(self.way_back(request, row))

    def way_back(self, request: HttpRequest, row: Any) -> str:
        """The page of ours that the address names, or else the record."""
        return self.wanted_page(request) or self.record_url(row)

    def wanted_page(self, request: HttpRequest) -> str:
        """The page of ours that the address names as the next one; empty where it names none."""
        target = request.GET.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(
            target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return target if is_ours else ""

    def record_url(self, row: Any) -> str:
        opts = self.opts  # type: ignore[attr-defined]
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])

    def action_page(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Ask what the verb needs, do it, or show on the same page why not."""
        row = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        action = next((action for action in self.record_actions if action.name == name), None)
        if row is None or action is None or not self.has_view_permission(request, row):  # type: ignore[attr-defined]
            raise Http404
        if not self.may_do(request, row, action):
            raise PermissionDenied
        if not action.applies(row):
            return self.refuse_action(request, row)
        now = timezone.now()
        form_class = action.form_class or ActionForm
        given = {"row": row, "user": request.user, "at": now, "initial": self.action_initial(request)}
        if request.method != "POST":
            return self._action_response(request, row, action, form_class(**given))
        form = form_class(request.POST, request.FILES, **given)
        if form.is_valid():
            try:
                result = action.run(row, form.cleaned_data, request.user, now)
            except REFUSALS as error:
                form.show_faults(refused(error))
            else:
                return self.after_action(request, row, action, result)
        return self._action_response(request, row, action, form)

    def action_initial(self, request: HttpRequest) -> dict[str, Any]:
        """Values that a link to the page may bring along."""
        return {name: value for name, value in request.GET.items() if len(value) <= 200}

    def refuse_action(self, request: HttpRequest, row: Any) -> HttpResponse:
        """Somebody was faster: back to the record, which shows how it stands."""
        messages.error(request, _("This cannot be done with it as it stands now. Nothing was changed."))
        return HttpResponseRedirect(self.record_url(row))

    def _action_response(
        self, request: HttpRequest, row: Any, action: RecordAction, form: forms.Form
    ) -> HttpResponse:
        request.desk_model = self.opts.label_lower  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": capfirst(str(action.label)),
            "opts": self.opts,  # type: ignore[attr-defined]
            "row": row,
            "row_name": self.row_name(request, row),
            "record_url": self.record_url(row),
            "action": action,
            "form": form,
            "keeps_in_tab": self.keeps_in_tab(row),
            "facts": self.action_facts(request, row, action),
        }
        return TemplateResponse(request, "admin/action.html", context, status=200)

    def keeps_in_tab(self, row: Any) -> bool:
        """Whether what is typed about this record stays out of the browser's lasting store: it may tell a hidden name."""
        if row is None:
            return any(field.name == "lead" for field in self.opts.get_fields())  # type: ignore[attr-defined]
        return getattr(getattr(row, "lead", row), "confidentiality", "") == Confidentiality.STRICT

    def row_name(self, request: HttpRequest, row: Any) -> str:
        return str(getattr(row, "display_name", None) or row)

    def action_facts(self, request: HttpRequest, row: Any, action: RecordAction) -> list[tuple[str, Any]]:
        """What somebody should see of the record before deciding, as (name, value)."""
        return []
