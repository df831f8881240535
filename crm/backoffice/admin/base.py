"""What every room's admin shares: writing only through services, rules shown on the form, lists without surprises."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from crm.backoffice.admin.changelist import DeskChangeList
from crm.backoffice.admin.overtaking import ShowsBothVersions
from crm.backoffice.autocomplete import suggestion
from crm.backoffice.empty_states import empty_state
from crm.backoffice.fields import PickOne, PickSeveral, day_input, hour_input, moment_input
from crm.backoffice.forms import (
    REFUSALS,
    VERSION_FIELD,
    RoomForm,
    Typed,
    refused,
)
from crm.backoffice.navigation import may_see, siblings
from crm.backoffice.record_actions import RecordActionsMixin
from crm.backoffice.saved_views import drawn_saved_views, first_view_redirect, without_view
from crm.common.errors import StaleError
from crm.contacts.models import ExtensibleValue
from crm.desk.lists import kept_query
from crm.desk.sheets.kinds.all import KIND_OF_LIST

NOTHING = "–"
LONGEST_KEY = 19
JQUERY = ("admin/js/vendor/jquery/jquery.min.js", "admin/js/jquery.init.js", "admin/js/core.js")


class Nameless:
    """A record as Django's log of saved forms keeps it: kind and number, never a name that an erasure would miss."""

    def __init__(self, row: models.Model) -> None:
        self.pk, self._meta = row.pk, row._meta

    def __str__(self) -> str:
        return f"{self._meta.label_lower} {self.pk}"


class RoomAdmin(ShowsBothVersions, RecordActionsMixin, ModelAdmin):
    """Lists, searches and forms of one model. Nothing is saved here: `add_through` and `change_through` call services."""

    is_of_the_desk = True
    form = RoomForm
    list_per_page = 40
    list_max_show_all = 0
    show_full_result_count = False
    save_as = False
    view_on_site = False
    empty_value_display = "–"
    formfield_overrides = {
        models.DateField: {"widget": day_input()},
        models.DateTimeField: {"widget": moment_input(), "form_class": forms.DateTimeField},
        models.TimeField: {"widget": hour_input(), "form_class": forms.TimeField},
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 4})},
    }
    allows_add = True
    allows_change = True
    allows_delete = False
    # How columns behave: right-aligned figures, hidden below 1100 and 1024 px, shown without their name on a phone.
    number_columns: tuple[str, ...] = ()
    spare_columns: tuple[str, ...] = ()
    narrow_columns: tuple[str, ...] = ()
    self_evident_columns: tuple[str, ...] = ()
    list_intro = ""
    table_class = ""

    # ── what a room fills in ────────────────────────────────────────────────
    def add_through(self, typed: Typed) -> models.Model:
        """Make the row by a service and return it."""
        raise NotImplementedError  # each room calls its own verb

    def change_through(self, row: Any, typed: Typed) -> models.Model:
        """Change the row by a service and return it."""
        raise NotImplementedError  # each room calls its own verb

    def list_views(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Ready-made views above a list, as (name, query string)."""
        return []

    def record_tools(self, request: HttpRequest, row: Any) -> list[dict[str, str]]:
        """Buttons beside a record's title, as {label, url, icon}."""
        return []

    # ── who may ─────────────────────────────────────────────────────────────
    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.allows_add and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows_change and super().has_change_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see(request.user, self.opts.label_lower)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows_delete and super().has_delete_permission(request, obj)

    # ── writing ─────────────────────────────────────────────────────────────
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Nothing: the service writes in `save_related`, where the rows beneath are known too."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        typed = self.read_typed(request, form, formsets)
        if change:
            # The form wrote what was typed onto its instance; the service gets the row as it stands.
            self.refuse_if_overtaken(request, form.instance.pk)
            stored = self.model._default_manager.get(pk=form.instance.pk)
            saved = self.change_through(stored, typed)
        else:
            saved = self.add_through(typed)
        form.instance.pk = saved.pk
        form.instance.refresh_from_db()
        request.saved_row = saved

    def read_typed(self, request: HttpRequest, form: Any, formsets: Any) -> Typed:
        values = {name: value for name, value in form.cleaned_data.items() if name != VERSION_FIELD}
        changed = {name: values[name] for name in form.changed_data if name in values}
        rows, changed_rows = {}, set()
        for formset in formsets:
            if not formset.is_bound:
                continue
            name = formset.model._meta.model_name
            rows[name] = [
                {key: value for key, value in row.items() if key not in ("DELETE", formset.fk.name)}
                for row in formset.cleaned_data
                if any(key not in ("DELETE", "id") for key in row) and not row.get("DELETE")
            ]
            if formset.has_changed():
                changed_rows.add(name)
        return Typed(
            by=request.user,
            at=timezone.now(),
            values=values,
            changed=changed,
            version=form.cleaned_data.get(VERSION_FIELD),
            rows=rows,
            changed_rows=frozenset(changed_rows),
        )

    def message_user(
        self, request: HttpRequest, message: Any, level: Any = messages.INFO, *args: Any, **kwargs: Any
    ) -> None:
        """After saving: what was saved, in a word."""
        if level == messages.SUCCESS and hasattr(request, "saved_row"):
            message = _("Saved: %(what)s") % {"what": self.row_name(request, request.saved_row)}
        super().message_user(request, message, level, *args, **kwargs)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return super().log_addition(request, Nameless(obj), message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return super().log_change(request, Nameless(obj), message)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: Any = None
    ) -> Any:
        """Only the form's own fields: the rows beneath were saved by the service, not by their formsets."""
        return super().construct_change_message(request, form, [], add)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A rule that refuses rolls everything back and comes out on the same form, with all that was typed."""
        if object_id is not None and request.method == "POST":
            self.take_choices(request, object_id)
        context = {"add_label": self.add_label, **self._tools(request, object_id), **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)  # one transaction
        except REFUSALS as error:
            request.rule_faults = refused(error)
            if isinstance(error, StaleError):
                context |= self.both_versions(request, object_id)
            return super().changeform_view(request, object_id, form_url, context)

    def _tools(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        if object_id is None:
            return {}
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return {}
        return {
            "record_tools": self.record_tools(request, row),
            "record_actions": self.drawn_actions(request, row),
            "record_title": self.row_name(request, row),
            **self.record_context(request, row),
        }

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to the page of ours that sent somebody here, such as a lead's; else to the list."""
        target = self.wanted_page(request)
        return HttpResponseRedirect(target) if target else super().response_post_save_add(request, obj)

    def record_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """More for the record's page, such as `record_line`, the sentence under its title."""
        return {}

    def get_form(self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.rule_faults = getattr(request, "rule_faults", ())
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The declared fields, without the version, which the template writes itself."""
        fieldsets = super().get_fieldsets(request, obj)
        return [
            (name, {**options, "fields": [entry for entry in options["fields"] if entry != VERSION_FIELD]})
            for name, options in fieldsets
        ]

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rows beneath appear where there is something to read or to add."""
        return [
            inline
            for inline in super().get_inline_instances(request, obj)
            if obj is not None or inline.has_add_permission(request, obj)
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: Any = None,
        change: Any = None,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """One way to save a change; a new row may be followed by another."""
        if change:
            context.setdefault("show_save_and_add_another", False)
            context.setdefault("record_seen", self.seen_by(request, context["adminform"].form))
        context["keeps_in_tab"] = self.keeps_in_tab(obj)
        context.setdefault("show_save_and_continue", False)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """Rows that are only read take nothing from what was posted."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if inline.is_log:
            kwargs = {
                name: value for name, value in kwargs.items() if name in ("instance", "prefix", "queryset")
            }
        return kwargs

    # ── fields ──────────────────────────────────────────────────────────────
    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choices are the target admin's own rows, so that a field never names what a list hides."""
        target = self.admin_site._registry.get(db_field.remote_field.model)
        if target is not None and "queryset" not in kwargs:
            kwargs["queryset"] = target.get_queryset(request)
        if issubclass(db_field.remote_field.model, ExtensibleValue):
            kwargs["queryset"] = self._offered(db_field, request, kwargs["queryset"])
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", PickOne(db_field, self.admin_site))
        elif db_field.blank:
            kwargs.setdefault("empty_label", NOTHING)
        formfield = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if formfield is not None:
            formfield.label_from_instance = suggestion
        return formfield

    def _offered(self, db_field: Any, request: HttpRequest, values: Any) -> Any:
        """The values of a list that are offered, and the one that the record has."""
        key = (request.resolver_match.kwargs if request.resolver_match else {}).get("object_id", "")
        own = self.model._default_manager.none()
        if key.isdecimal() and len(key) < LONGEST_KEY:
            own = self.model._default_manager.filter(pk=key).values(db_field.name)
        return values.filter(Q(is_active=True) | Q(pk__in=own))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """People are invited in the settings, not beside a field."""
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        if formfield is not None and db_field.related_model is User:
            for right in ("can_add_related", "can_change_related", "can_view_related"):
                setattr(formfield.widget, right, False)
        return formfield

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nothing chosen is a dash; a field that must be filled and has no usual value starts there too."""
        kwargs.setdefault(
            "choices",
            db_field.get_choices(
                include_blank=db_field.blank or not db_field.has_default(), blank_choice=[("", NOTHING)]
            ),
        )
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", PickSeveral(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @property
    def media(self) -> forms.Media:
        """Only what related fields need; lists carry no script of Django's."""
        return forms.Media(js=[*JQUERY, "admin/js/admin/RelatedObjectLookups.js"])

    # ── lists ───────────────────────────────────────────────────────────────
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return DeskChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        first = first_view_redirect(request, self.opts.label_lower)
        if first is not None:
            return first
        without_view(request)
        return super().changelist_view(
            request,
            {
                "list_name": self.opts.label_lower,
                "list_query": kept_query(request.GET.urlencode()),
                "saved_views": drawn_saved_views(request, self.opts.label_lower),
                "title": capfirst(self.opts.verbose_name_plural),
                "subtitle": "",
                "sibling_lists": self._sibling_lists(request),
                "list_views": self._drawn_views(request),
                "add_label": self.add_label,
                "list_intro": self.list_intro,
                "import_kind": KIND_OF_LIST.get(self.opts.label_lower)
                if self.has_add_permission(request)
                else "",
                "table_class": self.table_class,
                **empty_state(self.opts.label_lower, request.user, may_add=self.has_add_permission(request)),
                **(extra_context or {}),
            },
        )

    @property
    def add_label(self) -> str:
        return str(capfirst(_("Add %s") % self.opts.verbose_name))

    def _sibling_lists(self, request: HttpRequest) -> list[dict[str, Any]]:
        own = self.opts.label_lower
        lines = []
        for model in siblings(own):
            if may_see(request.user, model):
                target = self.admin_site.get_model_admin(self._model(model))
                url = reverse(f"admin:{model.replace('.', '_')}_changelist")
                label = capfirst(target.opts.verbose_name_plural)
                lines.append({"label": label, "url": url, "current": model == own})
        return lines if len(lines) > 1 else []

    def _model(self, label: str) -> Any:
        return next(model for model in self.admin_site._registry if model._meta.label_lower == label)

    def _drawn_views(self, request: HttpRequest) -> list[dict[str, Any]]:
        here = request.GET.copy()
        for name in ("p", "o", "e"):
            here.pop(name, None)
        return [
            {"label": label, "url": f"?{query or 'view=all'}", "current": here.urlencode() == query}
            for label, query in self.list_views(request)
        ]


class ReadOnlyAdmin(RoomAdmin):
    """A log or a list that only services fill."""

    allows_add = False
    allows_change = False


class ValueListAdmin(RoomAdmin):
    """A value list with Dutch and English names."""

    list_display = ("name_in_words", "code", "name_nl", "name_en", "position")
    search_fields = ("name_nl", "name_en", "code")
    number_columns = ("position",)
    spare_columns = ("code",)

    def name_in_words(self, row: Any) -> str:
        return str(row.name)
