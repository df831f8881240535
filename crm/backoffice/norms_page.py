"""The norms of the desk: what they are today or were on a day, who decided so, and deciding anew from a day on."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from crm.backoffice.fields import day_input
from crm.backoffice.forms import REFUSALS, refused
from crm.common.months import amsterdam_day
from crm.rules.models import NormChange
from crm.rules.norms import BY_CODE, DEFINITIONS, GROUP_NAMES, GROUP_TEXTS, Definition, Group, in_words
from crm.rules.reading import norms_on
from crm.rules.services import change_norm, last_decision, withdraw_norm_change

DELIVERED_REASON = "As delivered"
VIEW, CHANGE = "rules.view_normchange", "rules.change_normchange"
PLACE = "rules.normchange"


class DayForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("As on"), required=False, widget=day_input())


class NormForm(forms.Form):
    """A new value from a day on, and why."""

    value = forms.IntegerField(label=gettext_lazy("New value"), min_value=1)
    valid_from = forms.DateField(
        label=gettext_lazy("Valid from"),
        widget=day_input(),
        help_text=gettext_lazy("Today or later. What was judged before stays as it was."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


@dataclass(frozen=True)
class NormLine:
    """A norm as it is drawn: its value on the day, since when it holds, and what is planned after it."""

    definition: Definition
    value: str
    since: date | None
    planned: list[tuple[str, date]]


@dataclass(frozen=True)
class Decision:
    """A row of a norm's history in words."""

    pk: int
    value: str
    valid_from: date
    at: Any
    by: str
    reason: str
    state: str
    withdrawal: Any
    may_withdraw: bool


def _checked(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    request.desk_model = PLACE


def _lines(day: date) -> dict[Group, list[NormLine]]:
    """All norms by group, with two queries."""
    norms, since, planned = norms_on(day), {}, {}
    for code, value, valid_from in (
        NormChange.objects.standing().order_by("valid_from", "pk").values_list("code", "value", "valid_from")
    ):
        if valid_from <= day:
            since[code] = valid_from
        else:
            planned.setdefault(code, []).append((in_words(code, value), valid_from))
    lines: dict[Group, list[NormLine]] = {group: [] for group in Group}
    for definition in DEFINITIONS:
        code = definition.code
        lines[definition.group].append(
            NormLine(definition, in_words(code, norms[code]), since.get(code), planned.get(code, []))
        )
    return lines


def _history(code: str, today: date, may_change: bool) -> list[Decision]:  # noqa: FBT001 what the page knows of its reader
    """The norm's decisions, the latest day first; `state` says what became of each."""
    rows = list(
        NormChange.objects.filter(code=code, withdraws__isnull=True)
        .select_related("by", "withdrawn_by_row__by")
        .order_by("-valid_from", "-pk")
    )
    standing = [row for row in rows if not hasattr(row, "withdrawn_by_row")]
    current = next((row for row in standing if row.valid_from <= today), None)
    drawn = []
    for row in rows:
        withdrawal = getattr(row, "withdrawn_by_row", None)
        if withdrawal is not None:
            state = "withdrawn"
        elif row.valid_from > today:
            state = "planned"
        else:
            state = "current" if row is current else "past"
        reason = _("As delivered") if row.reason == DELIVERED_REASON else row.reason
        drawn.append(
            Decision(
                row.pk,
                in_words(code, row.value),
                row.valid_from,
                row.at,
                str(row.by),
                reason,
                state,
                withdrawal,
                may_change and state == "planned",
            )
        )
    return drawn


def norm_urls(site: Any) -> list[Any]:
    """The page of all norms, and that of one."""

    @never_cache
    def norms(request: HttpRequest) -> HttpResponse:
        _checked(request, VIEW)
        today = amsterdam_day(timezone.now())
        form = DayForm(request.GET if "on" in request.GET else None)
        asked = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
        day = asked or today
        lines = _lines(day)
        context = {
            **site.each_context(request),
            "title": _("Norms and terms"),
            "groups": [(group, GROUP_NAMES[group], GROUP_TEXTS[group], lines[group]) for group in Group],
            "day": day,
            "today": today,
            "form": form,
            "may_change": request.user.has_perm(CHANGE),
        }
        return TemplateResponse(request, "admin/norms/list.html", context)

    @never_cache
    def norm(request: HttpRequest, code: str) -> HttpResponse:
        _checked(request, CHANGE if request.method == "POST" else VIEW)
        definition = BY_CODE.get(code)
        if definition is None:
            raise Http404
        today = amsterdam_day(timezone.now())
        form = NormForm(initial={"valid_from": today, "seen": last_decision(code)})
        if request.method == "POST":
            if request.POST.get("do") == "withdraw":
                return _withdraw(request, code)
            form = NormForm(request.POST)
            if form.is_valid() and _decide(request, code, form):
                return HttpResponseRedirect(reverse("admin:norm", args=[code]))
        may_change = request.user.has_perm(CHANGE)
        value = norms_on(today)[code]
        context = {
            **site.each_context(request),
            "title": definition.label,
            "subtitle": GROUP_NAMES[definition.group],
            "definition": definition,
            "value": in_words(code, value),
            "about": GROUP_TEXTS[definition.group],
            "least": definition.least,
            "most": in_words(code, definition.most),
            "history": _history(code, today, may_change),
            "form": form if may_change else None,
        }
        return TemplateResponse(request, "admin/norms/norm.html", context)

    return [
        path("norms/", site.admin_view(norms), name="norms"),
        path("norms/<slug:code>/", site.admin_view(norm), name="norm"),
    ]


def _decide(request: HttpRequest, code: str, form: NormForm) -> bool:
    """Whether it was decided; a refusal stands at its field, with all that was typed."""
    try:
        row = change_norm(code=code, by=request.user, at=timezone.now(), **form.cleaned_data)
    except REFUSALS as error:
        for fault in refused(error):
            form.add_error(fault.field if fault.field in form.fields else None, str(fault.message))
        if any(fault.code == "stale" for fault in refused(error)):
            form.data = form.data.copy()
            form.data["seen"] = str(last_decision(code))
        return False
    told = {"value": in_words(code, row.value), "day": f"{row.valid_from:%d-%m-%Y}"}
    messages.success(request, _("Decided: %(value)s from %(day)s.") % told)
    return True


def _withdraw(request: HttpRequest, code: str) -> HttpResponse:
    given = request.POST.get("change", "")
    change = None
    if given.isascii() and given.isdecimal() and len(given) < 19:
        change = NormChange.objects.filter(pk=given, code=code).first()
    if change is None:
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        withdraw_norm_change(change=change, reason=reason, by=request.user, at=timezone.now())
        messages.success(request, _("Withdrawn: the norm stays as it is."))
    except REFUSALS as error:
        for fault in refused(error):
            messages.error(request, str(fault.message))
    return HttpResponseRedirect(reverse("admin:norm", args=[code]))
