"""Organisations, people, who works where, who acts for which office, and the value lists."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Prefetch, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from crm.acquisition.models import Lead
from crm.backoffice.admin.base import RoomAdmin, ValueListAdmin
from crm.backoffice.admin.inlines import RoomInline
from crm.backoffice.admin.merging import MergeableAdmin
from crm.backoffice.admin.relation_lists import (
    ContactFilter,
    KeeperFilter,
    RelationFilter,
    RelationListMixin,
)
from crm.backoffice.broker_pages import MAKE
from crm.backoffice.desk_people import desk_users
from crm.backoffice.fields import PickField, day_input
from crm.backoffice.forms import RoomForm, Typed
from crm.backoffice.navigation import may_see
from crm.backoffice.portfolio_page import portfolio_urls
from crm.contacts.choices import OrganisationRole
from crm.contacts.models import (
    Affiliation,
    ApplicationArea,
    BrokerAccess,
    KvkNumber,
    Organisation,
    Person,
    Technology,
)
from crm.contacts.services import (
    change_organisation,
    change_person,
    grant_broker_access,
    record_organisation,
    record_person,
)


class OrganisationForm(RoomForm):
    """An organisation with its kinds and its present KvK number."""

    kinds = forms.MultipleChoiceField(
        label=_("What it is to the park"),
        choices=OrganisationRole.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[OrganisationRole.COMPANY],
    )
    kvk = forms.CharField(label=_("KvK number"), required=False, max_length=8, help_text=_("Eight digits."))
    kvk_from = forms.DateField(
        label=_("KvK number valid from"),
        required=False,
        widget=day_input(),
        help_text=_("With another number: the day the old one ended. Empty: today."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "kinds" in self.fields:
            self.fields["kinds"].initial = [row.kind for row in self.instance.kinds.all()]
            current = self.instance.kvk_numbers.filter(valid_until__isnull=True).first()
            self.fields["kvk"].initial = current.number if current else ""


class AffiliationInline(RoomInline):
    model = Affiliation
    is_log = True
    fields = ("person", "position", "valid_from", "valid_until")
    verbose_name_plural = _("people who work or worked here")

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super()
            .get_queryset(request)
            .select_related("person")
            .order_by("valid_until", "person__full_name")
        )


class KvkNumberInline(RoomInline):
    model = KvkNumber
    is_log = True
    fields = ("number", "valid_from", "valid_until")


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return OrganisationRole.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.of_kind(self.value()) if self.value() in OrganisationRole.values else queryset


@admin.register(Organisation)
class OrganisationAdmin(RelationListMixin, MergeableAdmin):
    form = OrganisationForm
    list_display = (
        "name",
        "kinds_in_words",
        "spoken",
        "keeper_mark",
        "kvk_number",
        "city",
        "application_area",
        "group",
    )
    list_filter = (
        RelationFilter,
        ContactFilter,
        KeeperFilter,
        KindFilter,
        "application_area",
        "size_class",
    )
    actions = ("merge_two", "start_contact_round")
    search_fields = ("name", "kvk_numbers__number", "city")
    list_select_related = ("application_area", "group", "keeper")
    ordering = ("name", "pk")
    autocomplete_fields = ("group", "technologies")
    spare_columns = ("city", "group")
    narrow_columns = ("group", "kvk_number", "application_area")
    inlines = (AffiliationInline, KvkNumberInline)
    fieldsets = (
        (None, {"fields": ("name", ("kvk", "kvk_from"), "kinds", "keeper")}),
        (
            _("What it does"),
            {"fields": (("application_area", "size_class"), "technologies", ("group", "founded_on"))},
        ),
        (
            _("Where to reach it"),
            {"fields": (("email", "phone"), "website", ("city", "country"), "note")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        present = KvkNumber.objects.filter(organisation=OuterRef("pk"), valid_until__isnull=True)
        rows = (
            super()
            .get_queryset(request)
            .annotate(present_kvk=Subquery(present.values("number")[:1]))
            .prefetch_related("kinds")
        )
        return self.relation_rows(request, rows)

    def get_urls(self) -> list[Any]:
        return [*portfolio_urls(self), *super().get_urls()]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "keeper":
            kwargs["queryset"] = desk_users()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def record_tools(self, request: HttpRequest, row: Organisation) -> list[dict[str, str]]:
        """The relation's own page, then what mostly follows: who works there, a lead for it, a broker's access."""
        url = reverse("admin:contacts_organisation_portfolio", args=[row.pk])
        tools = [{"label": gettext("Portfolio and contact"), "url": url, "icon": "list"}]
        begun = ((Person, "contacts.person", _("Person")), (Lead, "acquisition.lead", _("Lead")))
        tools += [
            {
                "label": str(label),
                "url": f"{reverse(f'admin:{model._meta.app_label}_{model._meta.model_name}_add')}?organisation={row.pk}",
                "icon": "plus",
            }
            for model, name, label in begun
            if may_see(request.user, name, "add")
        ]
        is_office = any(kind.kind == OrganisationRole.BROKER for kind in row.kinds.all())
        if is_office and row.merged_into_id is None and request.user.has_perms(list(MAKE)):
            url = reverse("admin:broker", args=[row.pk])
            tools.append({"label": gettext("Access to the API"), "url": url, "icon": "key"})
        return tools

    def response_post_save_add(self, request: HttpRequest, obj: Organisation) -> HttpResponse:
        """A new company opens on its page, where a person or a lead is one click away."""
        return HttpResponseRedirect(self.wanted_page(request) or self.record_url(obj))

    @admin.display(description=_("kind"))
    def kinds_in_words(self, row: Organisation) -> str:
        return ", ".join(str(kind) for kind in row.kinds.all()) or "–"

    @admin.display(description=_("KvK number"))
    def kvk_number(self, row: Any) -> str:
        return row.present_kvk or "–"

    def add_through(self, typed: Typed) -> Organisation:
        return record_organisation(by=typed.by, at=typed.at, **typed.values)

    def change_through(self, row: Organisation, typed: Typed) -> Organisation:
        facts = dict(typed.changed)
        if "kvk" not in facts:
            facts.pop("kvk_from", None)
        elif typed.values.get("kvk_from"):
            facts["kvk_from"] = typed.values["kvk_from"]
        return change_organisation(organisation=row, by=typed.by, at=typed.at, version=typed.version, **facts)


class PersonForm(RoomForm):
    """Somebody we speak with and, when new, where this person works."""

    organisation = PickField(Affiliation._meta.get_field("organisation"), label=_("Works at"), required=False)
    position = forms.CharField(label=_("Position"), required=False, max_length=120)


class WorksAtInline(RoomInline):
    model = Affiliation
    is_log = True
    fields = ("organisation", "position", "valid_from", "valid_until")
    verbose_name_plural = _("where this person works or worked")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("organisation").order_by("valid_until", "pk")


@admin.register(Person)
class PersonAdmin(MergeableAdmin):
    form = PersonForm
    list_display = ("full_name", "works_at", "email", "phone", "language")
    list_filter = ("language",)
    search_fields = ("full_name", "email", "affiliations__organisation__name")
    spare_columns = ("language",)
    narrow_columns = ("phone",)
    inlines = (WorksAtInline,)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        facts = ("full_name", ("email", "phone"), "language", "note")
        if obj is not None:
            return [(None, {"fields": facts})]
        return [(None, {"fields": ("full_name", ("organisation", "position"), *facts[1:])})]

    def get_form(self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None:
            for name in ("organisation", "position"):
                form.base_fields.pop(name, None)
        return form

    def get_queryset(self, request: HttpRequest) -> Any:
        present = Affiliation.objects.filter(valid_until__isnull=True).select_related("organisation")
        return super().get_queryset(request).prefetch_related(Prefetch("affiliations", queryset=present))

    @admin.display(description=_("works at"))
    def works_at(self, row: Person) -> str:
        places = [
            f"{place.organisation} ({place.position})" if place.position else str(place.organisation)
            for place in row.affiliations.all()
        ]
        return ", ".join(places) or "–"

    def add_through(self, typed: Typed) -> Person:
        return record_person(by=typed.by, at=typed.at, **typed.values)

    def change_through(self, row: Person, typed: Typed) -> Person:
        return change_person(person=row, by=typed.by, at=typed.at, version=typed.version, **typed.changed)


@admin.register(ApplicationArea)
class ApplicationAreaAdmin(ValueListAdmin):
    allows_add = allows_change = False


@admin.register(Technology)
class TechnologyAdmin(ValueListAdmin):
    allows_add = allows_change = False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """What a field offers while typing: values that are not retired."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        is_list = request.path == reverse("admin:contacts_technology_changelist")
        return (found if is_list else found.filter(is_active=True)), may_repeat


@admin.register(BrokerAccess)
class BrokerAccessAdmin(RoomAdmin):
    list_display = ("user", "office", "is_trusted")
    list_filter = ("is_trusted",)
    list_select_related = ("user", "office")
    search_fields = ("user__full_name", "user__email", "office__name")
    autocomplete_fields = ("office",)
    fields = ("user", "office", "is_trusted")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(role=Role.BROKER, is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("user", "office")

    @property
    def add_label(self) -> str:
        return gettext("Give a broker access")

    def add_through(self, typed: Typed) -> BrokerAccess:
        return grant_broker_access(by=typed.by, at=typed.at, **typed.values)

    def change_through(self, row: BrokerAccess, typed: Typed) -> BrokerAccess:
        return grant_broker_access(
            user=row.user,
            office=row.office,
            is_trusted=typed.values["is_trusted"],
            by=typed.by,
            at=typed.at,
        )
