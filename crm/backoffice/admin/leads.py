"""Leads: the list by the name this user may read, the full form, and what can be done with a lead."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Max, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from crm.acquisition.choices import ActivityKind, Confidentiality, LeadStatus, Stage, Track
from crm.acquisition.models import Activity, Lead, LeadIdentity, StageChange, Task
from crm.acquisition.services import change_lead, record_lead
from crm.acquisition.stages import rank
from crm.backoffice.admin.about_filters import LeadsOf
from crm.backoffice.admin.lead_filters import CameInFilter, OwnerFilter, ReferredByFilter
from crm.backoffice.admin.merging import WarnsOfDuplicates
from crm.backoffice.dashboard import TRACK_WORDS
from crm.backoffice.desk_people import desk_users
from crm.backoffice.fields import PickField, day_input
from crm.backoffice.forms import RoomForm, Typed
from crm.backoffice.lead_actions import LEAD_ACTIONS
from crm.backoffice.lead_bulk import LeadBulkMixin, TagFilter
from crm.backoffice.lead_documents import document_urls
from crm.backoffice.lead_page import lead_page
from crm.backoffice.templatetags.desk import avatar, badge, day, icon, number, steps
from crm.backoffice.undo import move_deed, offer_undo
from crm.common.months import amsterdam_day

REFERENCE = re.compile(r"l-?0*([1-9][0-9]{0,17})", re.IGNORECASE | re.ASCII)
LEAD_STATUS_MARKS = {
    LeadStatus.OPEN: ("ring", ""),
    LeadStatus.PARKED: ("diamond", "warn"),
    LeadStatus.ESTABLISHED: ("disc", "good"),
}


def status_mark(lead: Lead) -> SafeString:
    name, tone = LEAD_STATUS_MARKS.get(lead.status, ("triangle", ""))
    return badge(lead.get_status_display(), name, tone)


class LeadForm(RoomForm):
    """A lead with the name behind it, which lives in a table of its own."""

    organisation = PickField(
        LeadIdentity._meta.get_field("organisation"), label=_("Organisation"), required=False
    )
    working_name = forms.CharField(
        label=_("Working name"),
        required=False,
        max_length=200,
        help_text=_("As long as the organisation is not known."),
    )
    on = forms.DateField(label=_("Known since"), widget=day_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("on", None)
            identity = getattr(self.instance, "identity", None)
            if identity and "organisation" in self.fields:
                self.fields["organisation"].initial = identity.organisation_id
                self.fields["working_name"].initial = identity.working_name
        elif "on" in self.fields:
            self.fields["on"].initial = amsterdam_day(timezone.now())


@admin.register(Lead)
class LeadAdmin(LeadBulkMixin, WarnsOfDuplicates):
    form = LeadForm
    list_display = (
        "name",
        "track_in_words",
        "stage_in_words",
        "next_step",
        "next_due",
        "area_sought",
        "jobs_expected_number",
        "spoken",
        "owner_mark",
    )
    list_filter = (
        OwnerFilter,
        "status",
        "track",
        "stage",
        "application_area",
        "confidentiality",
        TagFilter,
        CameInFilter,
        ReferredByFilter,
        LeadsOf,
    )
    list_select_related = ("owner", "application_area")
    search_fields = ("display_name", "code_name")
    search_help_text = _("Name, code name or reference.")
    ordering = ("-pk",)
    table_class = "leads"
    number_columns = ("area_sought", "jobs_expected_number")
    spare_columns = ("jobs_expected_number", "owner_mark")
    narrow_columns = ("track_in_words",)
    self_evident_columns = ("track_in_words", "stage_in_words", "next_step", "next_due")
    autocomplete_fields = ("referred_by", "decision_maker", "technologies", "tags")
    record_actions = LEAD_ACTIONS
    fieldsets = (
        (
            None,
            {"fields": (("organisation", "working_name"), ("track", "confidentiality"), ("owner", "team"))},
        ),
        (
            _("Profile"),
            {
                "fields": (
                    ("application_area", "spin_off_expected"),
                    ("technologies", "tags"),
                    ("develops_technology", "has_rd_in_operations"),
                )
            },
        ),
        (
            _("Space and jobs"),
            {"fields": (("seeks_space", "area_from_m2", "area_to_m2"), ("jobs_expected", "jobs_promised"))},
        ),
        (
            _("Decision"),
            {
                "fields": (
                    ("decision_expected_on", "decision_maker"),
                    ("offer_reference", "settles_expected_on"),
                    ("confirmation_on", "confirmation_reference"),
                )
            },
        ),
        (_("Handed over"), {"fields": (("referred_by", "referred_on"),)}),
    )

    # ── who reads what ──────────────────────────────────────────────────────
    def get_queryset(self, request: HttpRequest) -> Any:
        """Leads by the name this user may read; the list's next steps and last contact come in the same query."""
        tasks = Task.objects.open().filter(lead=OuterRef("pk")).order_by("due_on", "pk")
        contact = (
            Activity.objects.filter(lead=OuterRef("pk"), is_two_way=True)
            .exclude(kind=ActivityKind.NOTE)
            .order_by()
            .values("lead")
            .annotate(last=Max("occurred_on"))
        )
        return (
            super()
            .get_queryset(request)
            .named_for(request.user)
            .annotate(
                next_task=Subquery(tasks.values("title")[:1]),
                next_task_on=Subquery(tasks.values("due_on")[:1]),
                last_contact_on=Subquery(contact.values("last")[:1]),
            )
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A lead whose name somebody may not read is not this person's to change."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or getattr(obj, "is_name_readable", True))

    def may_do(self, request: HttpRequest, row: Any, action: Any) -> bool:
        if action.name == "reveal":
            return request.user.role == Role.ADMINISTRATOR and not row.is_name_readable
        return super().may_do(request, row, action) and row.is_name_readable

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Names as this user reads them, code names, and references such as L-0042; never a hidden name."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        match = REFERENCE.fullmatch(search_term.strip())
        if match and int(match[1]) < 2**63:
            found = found | queryset.filter(pk=int(match[1]))
        return found, may_repeat

    # ── pages ───────────────────────────────────────────────────────────────
    def get_urls(self) -> list[Any]:
        own = path(
            "<path:object_id>/edit/", self.admin_site.admin_view(self.edit_view), name="acquisition_lead_edit"
        )
        return [own, *document_urls(self), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A lead opens on its own page; the full form is one click away. Popups get the form."""
        if "_popup" in request.GET or "_popup" in request.POST:
            return super().change_view(request, object_id, form_url, extra_context)
        return lead_page(self, request, object_id)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form names people and organisations: it is closed to who may not read the lead's name."""
        if object_id is not None:
            lead = self.get_object(request, unquote(object_id))
            if lead is not None and not lead.is_name_readable:
                raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        request.desk_model = self.opts.label_lower
        cancel = reverse("admin:acquisition_lead_change", args=[object_id])
        return self.changeform_view(
            request,
            object_id,
            "",
            {
                "record_actions": [],
                "cancel_url": cancel,
                "show_save_and_continue": False,
                "show_save_and_add_another": False,
            },
        )

    def after_action(self, request: HttpRequest, row: Any, action: Any, result: Any) -> HttpResponse:
        """A revealed name is shown once, on the page itself: not in a message that is stored on the way."""
        if action.name == "reverse":
            return super().after_action(request, row, action, result)
        if isinstance(result, StageChange):
            offer_undo(request, str(action.done), move_deed(result))
            return HttpResponseRedirect(self.way_back(request, row))
        context = {
            **self.admin_site.each_context(request),
            "title": row.display_name,
            "name": result,
            "record_url": self.record_url(row),
        }
        return TemplateResponse(request, "admin/acquisition/lead/revealed.html", context)

    def row_name(self, request: HttpRequest, row: Any) -> str:
        name = getattr(row, "display_name", None)
        if name is None:
            name = Lead.objects.named_for(request.user).values_list("display_name", flat=True).get(pk=row.pk)
        return str(name)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return HttpResponseRedirect(self.record_url(obj))

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return HttpResponseRedirect(self.record_url(obj))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            first = (*fieldsets[0][1]["fields"], "on")
            return [(None, {"fields": first}), *fieldsets[1:]]
        return fieldsets

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            kwargs |= {"queryset": desk_users(), "initial": request.user.pk}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "team":
            kwargs |= {"queryset": desk_users(), "widget": forms.CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # ── the list ────────────────────────────────────────────────────────────
    def list_views(self, request: HttpRequest) -> list[tuple[str, str]]:
        return [
            (gettext("My open leads"), "owner=me&status__exact=open"),
            (gettext("All open"), "status__exact=open"),
            (gettext("Parked"), "status__exact=parked"),
            (gettext("Established"), "status__exact=established"),
            (gettext("All"), ""),
        ]

    @admin.display(description=_("lead"), ordering="display_name")
    def name(self, row: Any) -> SafeString:
        lock: SafeString | str = ""
        if row.confidentiality == Confidentiality.STRICT:
            lock = format_html(
                '{}<span class="sr">{}: </span>', icon("lock", "small"), gettext("Strictly confidential")
            )
        return format_html("{}{}", lock, row.display_name)

    @admin.display(description=_("track"), ordering="track")
    def track_in_words(self, row: Lead) -> SafeString:
        return format_html(
            '{}<span class="meta under">{}</span>', TRACK_WORDS[Track(row.track)], row.application_area or ""
        )

    @admin.display(description=_("stage"), ordering="stage_since")
    def stage_in_words(self, row: Lead) -> SafeString:
        if row.status != LeadStatus.OPEN:
            return status_mark(row)
        return format_html(
            '<span class="stage">{}{}</span>', steps(rank(row.stage) + 1), Stage(row.stage).label
        )

    @admin.display(description=_("next step"))
    def next_step(self, row: Any) -> SafeString | str:
        if not row.is_name_readable:
            return "–"
        if row.next_task:
            return str(row.next_task)
        if row.status == LeadStatus.OPEN:
            return badge(_("No next step"), "diamond", "warn")
        return "–"

    @admin.display(description=_("when"), ordering="next_task_on")
    def next_due(self, row: Any) -> SafeString | str:
        if row.next_task_on is None:
            return ""
        if row.next_task_on < amsterdam_day(timezone.now()):
            late = format_html('<span class="sr">{}: </span>{}', gettext("late"), day(row.next_task_on))
            return badge(late, "triangle", "bad")
        return day(row.next_task_on)

    @admin.display(description="m²", ordering="area_to_m2")
    def area_sought(self, row: Lead) -> str:
        low, high = row.area_from_m2, row.area_to_m2
        if low and high and low != high:
            return f"{number(low)}–{number(high)}"
        return number(high or low) if row.seeks_space is not False else gettext("none")

    @admin.display(description=_("jobs"), ordering="jobs_expected")
    def jobs_expected_number(self, row: Lead) -> str:
        return number(row.jobs_promised or row.jobs_expected)

    @admin.display(description=_("spoken"), ordering="last_contact_on")
    def spoken(self, row: Any) -> SafeString | str:
        return day(row.last_contact_on)

    @admin.display(description=_("owner"), ordering="owner__full_name")
    def owner_mark(self, row: Lead) -> SafeString | str:
        return avatar(row.owner)

    # ── writing ─────────────────────────────────────────────────────────────
    def add_through(self, typed: Typed) -> Lead:
        return record_lead(by=typed.by, at=typed.at, **typed.values)

    def change_through(self, row: Lead, typed: Typed) -> Lead:
        return change_lead(lead=row, by=typed.by, at=typed.at, version=typed.version or 0, **typed.changed)
