"""The audit view's pages: the list with its filters, one entry, and the list as a spreadsheet."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.models import User
from crm.acquisition.models import Lead
from crm.acquisition.services import reveal_name
from crm.backoffice.audit.reading import Asked, Entry, all_entries, one_entry, page, read_cursor, sources_for
from crm.backoffice.audit.sources import BY_CODE, KINDS
from crm.backoffice.audit.words import AUDIT_LIST
from crm.backoffice.fields import day_input
from crm.backoffice.forms import REFUSALS, refused
from crm.backoffice.list_export import MOST_ROWS, XLSX, Value, as_csv, as_xlsx
from crm.backoffice.templatetags.desk import grouped
from crm.common.months import AMSTERDAM, amsterdam_day
from crm.desk.list_models import ExportFormat
from crm.desk.lists import note_export

PER_PAGE = 50
VIEW, REVEAL = "rules.view_audit", "acquisition.view_namereveal"
SOONEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
BOUNDS = [MinValueValidator(SOONEST), MaxValueValidator(LATEST)]


class FilterForm(forms.Form):
    """What the view is narrowed to; `q` is the subject, so that an export's log keeps it out, as of every list."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    person = forms.ModelChoiceField(
        label=gettext_lazy("Who"),
        required=False,
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Everybody"),
    )
    q = forms.CharField(
        label=gettext_lazy("About"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("L-0012, a name, a space")}),
    )
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=day_input(), validators=BOUNDS)
    until = forms.DateField(
        label=gettext_lazy("Up to and including"), required=False, widget=day_input(), validators=BOUNDS
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = {source.kind for _place, source in sources_for(user)}
        self.fields["kind"].choices = [
            ("", _("Everything")),
            *((kind, label) for kind, label in KINDS if kind in kinds),
        ]
        self.fields["person"].queryset = User.objects.order_by("full_name", "email")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and since > until:
            self.add_error("until", _("The period ends before it begins."))
        return values

    def asked(self) -> Asked:
        """What is right of what was typed; the rest is named at its field and narrows nothing."""
        values = self.cleaned_data if self.is_bound else {}
        if self.is_bound and self.errors.get("until"):
            values = {**values, "until": None}
        person = values.get("person")
        return Asked(
            kind=values.get("kind") or "",
            person=person.pk if person else None,
            subject=(values.get("q") or "").strip(),
            since=values.get("since"),
            until=values.get("until"),
        )

    def query(self) -> dict[str, str]:
        return {
            name: self.data.get(name, "") for name in self.fields if self.is_bound and self.data.get(name)
        }


class LookForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Kept in the log, with your name and the moment."),
    )


def _checked(request: HttpRequest) -> None:
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    request.desk_model = "rules.normchange"


def _form(request: HttpRequest) -> FilterForm:
    form = FilterForm(request.GET, user=request.user)
    form.is_valid()
    return form


def audit_urls(site: Any) -> list[Any]:
    @never_cache
    def audit(request: HttpRequest) -> HttpResponse:
        _checked(request)
        form = _form(request)
        cursor = read_cursor(request.GET.get("after", ""))
        entries, following = page(request.user, form.asked(), cursor, PER_PAGE)
        query = form.query()
        context = {
            **site.each_context(request),
            "title": _("Who did what"),
            "form": form,
            "entries": entries,
            "is_first": cursor is None,
            "is_narrow": bool(query),
            "newest_url": f"?{urlencode(query)}",
            "older_url": f"?{urlencode({**query, 'after': str(following)})}" if following else "",
            "export_query": urlencode(query),
            "may_export": True,
        }
        return TemplateResponse(request, "admin/audit/list.html", context)

    @never_cache
    def entry(request: HttpRequest, code: str, pk: int) -> HttpResponse:
        _checked(request)
        source = BY_CODE.get(code)
        if source is None or not request.user.has_perm(source.permission):
            raise Http404
        found = one_entry(request.user, source, pk) if pk < 2**63 else None
        if found is None:
            raise Http404
        form, name = LookForm(), ""
        may_look = found.is_hidden and request.user.has_perm(REVEAL)
        if request.method == "POST":
            if not may_look:
                raise PermissionDenied
            form = LookForm(request.POST)
            if form.is_valid():
                name = _look(request, form, found)
        context = {
            **site.each_context(request),
            "title": source.label,
            "entry": found if not name else one_entry(request.user, source, pk, is_opened=True),
            "name": name,
            "form": form if may_look and not name else None,
        }
        return TemplateResponse(request, "admin/audit/entry.html", context)

    @never_cache
    def export(request: HttpRequest, export_format: str) -> HttpResponse:
        _checked(request)
        if export_format not in ExportFormat.values:
            raise Http404
        form = _form(request)
        return _exported(request, form, export_format)

    return [
        path("audit/", site.admin_view(audit), name="audit"),
        path("audit/export/<slug:export_format>/", site.admin_view(export), name="audit-export"),
        path("audit/<slug:code>/<int:pk>/", site.admin_view(entry), name="audit-entry"),
    ]


def _look(request: HttpRequest, form: LookForm, found: Entry) -> str:
    """The name behind the entry, once it is logged who looked and why; nothing where that was refused."""
    try:
        return reveal_name(
            lead=Lead.objects.get(pk=found.lead),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except REFUSALS as error:
        for fault in refused(error):
            form.add_error("reason", str(fault.message))
        return ""


def _exported(request: HttpRequest, form: FilterForm, export_format: str) -> HttpResponse:
    entries = list(all_entries(request.user, form.asked(), MOST_ROWS))
    query = urlencode(form.query())
    if len(entries) > MOST_ROWS:
        sentence = _("A spreadsheet takes %(most)s rows at most: choose a shorter period.")
        messages.error(request, sentence % {"most": grouped(MOST_ROWS)})
        return HttpResponseRedirect(f"{reverse('admin:audit')}?{query}")
    now = timezone.now()
    heads: list[Value] = [_("When"), _("Who"), _("What"), _("About"), _("Detail")]
    rows = [heads, *(_row(entry) for entry in entries)]
    note_export(
        list_name=AUDIT_LIST,
        query=query,
        export_format=export_format,
        rows=len(entries),
        by=request.user,
        at=now,
    )
    if export_format == ExportFormat.CSV:
        response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(as_xlsx(rows, _("Who did what")), content_type=XLSX)
    name = f"audit-{amsterdam_day(now):%Y-%m-%d}.{export_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _row(entry: Entry) -> list[Value]:
    return [
        entry.at.astimezone(AMSTERDAM).replace(tzinfo=None, microsecond=0),
        entry.by,
        str(entry.source.label),
        entry.subject,
        " · ".join(part for part in (entry.what, entry.typed) if part),
    ]
