"""Value lists: what their values are called in both languages, how often each is used, and the lists that may grow."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from crm.backoffice.forms import REFUSALS, refused
from crm.backoffice.value_titles import EXTENSIBLE_TITLES, TITLES
from crm.contacts.models import ExtensibleValue
from crm.contacts.values import EXTENSIBLE, add_value, change_value, restore_value, retire_value
from crm.desk.merging.values import merge_values, references
from crm.rules.lists import NamedChoices, closed_lists
from crm.rules.models import ValueChange
from crm.rules.names import given_names
from crm.rules.services import last_name_of, rename_value

VIEW, CHANGE = "rules.view_valuechange", "rules.change_valuechange"
LANGUAGES = ("nl", "en")


class ClosedForm(forms.Form):
    name_nl = forms.CharField(label=gettext_lazy("Dutch name"), max_length=60, required=False)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=60, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class OpenForm(forms.Form):
    name_nl = forms.CharField(label=gettext_lazy("Dutch name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120)
    position = forms.IntegerField(label=gettext_lazy("Position"), min_value=0, max_value=32_000)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class NewForm(forms.Form):
    name_nl = forms.CharField(label=gettext_lazy("Dutch name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120)


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(label=gettext_lazy("Goes up in"), queryset=None)
    is_sure = forms.BooleanField(
        label=gettext_lazy("Everything that has this value gets the other one. This cannot be undone.")
    )

    def __init__(self, *args: Any, value: ExtensibleValue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = type(value)._default_manager.filter(is_active=True).exclude(pk=value.pk)
        self.fields["into"].queryset = others


@dataclass(frozen=True)
class ValueLine:
    """A value as it is drawn: its names, and what the product calls it where that is something else."""

    code: str
    name_nl: str
    name_en: str
    delivered: str
    used: int
    state: str = ""


def _checked(request: HttpRequest) -> None:
    if not request.user.has_perm(VIEW if request.method == "GET" else CHANGE):
        raise PermissionDenied
    request.desk_model = "rules.normchange"


def delivered_names(codes: type[NamedChoices]) -> dict[str, tuple[str, str]]:
    """The product's own names, Dutch and English, by code."""
    names: dict[str, list[str]] = {code: [] for code in codes.values}
    for language in LANGUAGES:
        with translation.override(language):
            for one in codes:
                names[one.value].append(str(one.delivered_label))
    return {code: (nl, en) for code, (nl, en) in names.items()}


def closed_uses(codes: type[NamedChoices]) -> Counter[str]:
    """How many rows hold each code: one query for each field that has the list."""
    found: Counter[str] = Counter()
    for model in apps.get_models():
        if not model.__module__.startswith("crm."):
            continue
        for field in model._meta.local_fields:
            held = {value for value, _label in field.flatchoices} - {""} if field.flatchoices else set()
            if held == set(codes.values):
                counts = model._default_manager.order_by().values_list(field.name).annotate(n=Count("pk"))
                found += Counter({code: n for code, n in counts if code})
    return found


def open_uses(model: type[ExtensibleValue]) -> Counter[int]:
    """How many records have each value, by its key: one query for each field that points at the list."""
    found: Counter[int] = Counter()
    for field in references(model):
        rows = field.model._default_manager.order_by().filter(**{f"{field.name}__isnull": False})
        found += Counter(dict(rows.values_list(field.name).annotate(n=Count("pk"))))
    return found


def closed_lines(list_name: str, codes: type[NamedChoices]) -> list[ValueLine]:
    given, uses = given_names(), closed_uses(codes)
    lines = []
    for code, delivered in delivered_names(codes).items():
        own = given.get((list_name, code), ("", ""))
        shown = (own[0] or delivered[0], own[1] or delivered[1])
        before = " / ".join(delivered) if shown != delivered else ""
        lines.append(ValueLine(code, *shown, before, uses[code]))
    return lines


def open_lines(model: type[ExtensibleValue]) -> list[ValueLine]:
    uses = open_uses(model)
    return [
        ValueLine(
            value.code,
            value.name_nl,
            value.name_en,
            "",
            uses[value.pk],
            "merged" if value.merged_into_id else "" if value.is_active else "retired",
        )
        for value in model._default_manager.order_by("position", "code")
    ]


def _title(list_name: str) -> Any:
    title = EXTENSIBLE_TITLES.get(list_name) or TITLES.get(list_name)
    if title is None:
        raise Http404
    return title


def value_urls(site: Any) -> list[Any]:
    @never_cache
    def lists(request: HttpRequest) -> HttpResponse:
        _checked(request)
        renamed = Counter(list_name for list_name, _code in given_names())
        closed = [
            (name, TITLES[name], len(codes.values), renamed[name]) for name, codes in closed_lists().items()
        ]
        context = {
            **site.each_context(request),
            "title": _("Value lists"),
            "open_lists": [
                (name, EXTENSIBLE_TITLES[name], model._default_manager.count())
                for name, model in EXTENSIBLE.items()
            ],
            "closed_lists": sorted(closed, key=lambda one: str(one[1]).casefold()),
        }
        return TemplateResponse(request, "admin/values/lists.html", context)

    @never_cache
    def values(request: HttpRequest, list_name: str) -> HttpResponse:
        _checked(request)
        title = _title(list_name)
        model = EXTENSIBLE.get(list_name)
        form = NewForm(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            if model is None:
                raise Http404
            if form.is_valid() and _add(request, list_name, form):
                return HttpResponseRedirect(request.path)
        may_change = request.user.has_perm(CHANGE)
        context = {
            **site.each_context(request),
            "title": title,
            "list_name": list_name,
            "is_open": model is not None,
            "lines": open_lines(model) if model else closed_lines(list_name, closed_lists()[list_name]),
            "may_change": may_change,
            "form": form if may_change and model is not None else None,
        }
        return TemplateResponse(request, "admin/values/list.html", context)

    @never_cache
    def value(request: HttpRequest, list_name: str, code: str) -> HttpResponse:
        _checked(request)
        page = _OpenValue if list_name in EXTENSIBLE else _ClosedValue
        return page(site, request, list_name, code).answer()

    return [
        path("values/", site.admin_view(lists), name="values"),
        path("values/<str:list_name>/", site.admin_view(values), name="value-list"),
        path("values/<str:list_name>/<slug:code>/", site.admin_view(value), name="value"),
    ]


def _refused(form: forms.Form, error: Exception) -> None:
    for fault in refused(error):
        form.add_error(fault.field if fault.field in form.fields else None, str(fault.message))


def _add(request: HttpRequest, list_name: str, form: NewForm) -> bool:
    try:
        made = add_value(list_name=list_name, by=request.user, at=timezone.now(), **form.cleaned_data)
    except REFUSALS as error:
        _refused(form, error)
        return False
    messages.success(request, _("Added: %(name)s") % {"name": made.name})
    return True


class _ValuePage:
    """The page of one value: its names and its history."""

    form_class: type[forms.Form]

    def __init__(self, site: Any, request: HttpRequest, list_name: str, code: str) -> None:
        self.site, self.request, self.list_name, self.code = site, request, list_name, code
        self.title = _title(list_name)
        self.list_url = reverse("admin:value-list", args=[list_name])

    def initial(self) -> dict[str, Any]:
        raise NotImplementedError  # each kind of list has its own

    def keep_names(self, form: forms.Form) -> None:
        raise NotImplementedError  # each kind of list has its own verb

    def more(self) -> dict[str, Any]:
        return {}

    def answer(self) -> HttpResponse:
        form = self.form_class(initial={**self.initial(), "seen": last_name_of(self.list_name, self.code)})
        if self.request.method == "POST":
            done = self.act(self.request.POST.get("do", ""))
            if done is not None:
                return done
            form = self.form_class(self.request.POST)
            if form.is_valid() and self._saved(form):
                messages.success(self.request, _("Saved."))
                return HttpResponseRedirect(self.list_url)
        may_change = self.request.user.has_perm(CHANGE)
        history = ValueChange.objects.filter(list_name=self.list_name, code=self.code).select_related("by")
        context = {
            **self.site.each_context(self.request),
            "title": self.name,
            "list_title": self.title,
            "list_url": self.list_url,
            "code": self.code,
            "form": form if may_change else None,
            "history": history.order_by("-pk"),
            "may_change": may_change,
            **self.more(),
        }
        return TemplateResponse(self.request, "admin/values/value.html", context)

    name = ""

    def act(self, what: str) -> HttpResponse | None:
        return None

    def _saved(self, form: forms.Form) -> bool:
        try:
            self.keep_names(form)
        except REFUSALS as error:
            _refused(form, error)
            if any(fault.code == "stale" for fault in refused(error)):
                form.data = form.data.copy()
                form.data["seen"] = str(last_name_of(self.list_name, self.code))
            return False
        return True


class _ClosedValue(_ValuePage):
    form_class = ClosedForm

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        codes = closed_lists()[self.list_name]
        if self.code not in codes.values:
            raise Http404
        self.name = str(codes(self.code).label)
        self.delivered = delivered_names(codes)[self.code]

    def initial(self) -> dict[str, Any]:
        own = given_names().get((self.list_name, self.code), ("", ""))
        return {"name_nl": own[0], "name_en": own[1]}

    def more(self) -> dict[str, Any]:
        return {"delivered": self.delivered}

    def keep_names(self, form: forms.Form) -> None:
        rename_value(
            list_name=self.list_name,
            code=self.code,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class _OpenValue(_ValuePage):
    form_class = OpenForm

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        values = EXTENSIBLE[self.list_name]._default_manager.select_related("merged_into")
        found = values.filter(code=self.code).first()
        if found is None:
            raise Http404
        self.row, self.name = found, found.name
        self.merge_form = MergeForm(value=found)

    def initial(self) -> dict[str, Any]:
        return {"name_nl": self.row.name_nl, "name_en": self.row.name_en, "position": self.row.position}

    def more(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "merge_form": self.merge_form,
            "used": open_uses(type(self.row))[self.row.pk],
        }

    def keep_names(self, form: forms.Form) -> None:
        change_value(
            list_name=self.list_name,
            value=self.row,
            by=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )

    def act(self, what: str) -> HttpResponse | None:
        verbs = {
            "retire": (retire_value, _("Not offered any more.")),
            "restore": (restore_value, _("Offered again.")),
        }
        if what == "merge":
            return self._merge()
        if what not in verbs:
            return None
        verb, told = verbs[what]
        try:
            verb(list_name=self.list_name, value=self.row, by=self.request.user, at=timezone.now())
            messages.success(self.request, told)
        except REFUSALS as error:
            for fault in refused(error):
                messages.error(self.request, str(fault.message))
        return HttpResponseRedirect(self.request.path)

    def _merge(self) -> HttpResponse:
        form = MergeForm(self.request.POST, value=self.row)
        if not form.is_valid():
            messages.error(self.request, _("Nothing was merged: choose a value and say that you are sure."))
            return HttpResponseRedirect(self.request.path)
        try:
            merge_values(
                list_name=self.list_name,
                keep=form.cleaned_data["into"],
                drop=self.row,
                by=self.request.user,
                at=timezone.now(),
            )
            messages.success(
                self.request, _("Merged into %(name)s.") % {"name": form.cleaned_data["into"].name}
            )
        except REFUSALS as error:
            for fault in refused(error):
                messages.error(self.request, str(fault.message))
        return HttpResponseRedirect(self.list_url)
