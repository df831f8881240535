"""Tasks, contact, the stage log and the looks at hidden names. Leads themselves are in `leads.py`."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.acquisition.choices import ActivityKind
from crm.acquisition.models import Activity, Lead, LeadTag, NameReveal, StageChange, Task, TaskChange
from crm.acquisition.services import add_task, log_activity, make_tag, rename_tag, withdraw_activity
from crm.backoffice.admin.about_filters import ContactWith, TasksAbout
from crm.backoffice.admin.base import ReadOnlyAdmin, RoomAdmin
from crm.backoffice.admin.home_lists import MovementFilter
from crm.backoffice.desk_people import desk_users
from crm.backoffice.forms import Typed
from crm.backoffice.record_actions import RecordAction
from crm.backoffice.task_actions import TASK_ACTIONS, TaskBulkMixin
from crm.backoffice.templatetags.desk import avatar, badge, day, moment
from crm.backoffice.undo import offer_undo, task_deed
from crm.common.months import amsterdam_day


def about_readable_leads(request: HttpRequest, queryset: Any, path: str = "lead") -> Any:
    """Only rows about no lead, or about one whose name this user may read: their text and people give it away."""
    readable = Lead.objects.with_readable_name(request.user).filter(is_name_readable=True)
    return queryset.filter(Q(**{f"{path}__isnull": True}) | Q(**{f"{path}__in": readable.values("pk")}))


def subject(row: Any) -> str:
    """What a task or a contact is about, in words."""
    return str(row.lead or row.organisation or "–")


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("open", _("Open")),
            ("due", _("Due today or late")),
            ("late", _("Late")),
            ("done", _("Done")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "open":
            return queryset.open()
        if self.value() == "due":
            return queryset.open().filter(due_on__lte=amsterdam_day(timezone.now()))
        if self.value() == "late":
            return queryset.open().filter(due_on__lt=amsterdam_day(timezone.now()))
        return queryset.filter(done_at__isnull=False) if self.value() == "done" else queryset


@admin.register(Task)
class TaskAdmin(TaskBulkMixin, RoomAdmin):
    list_display = ("title", "about", "due", "state", "owner_mark")
    list_filter = (StateFilter, "owner", "kind", TasksAbout)
    list_select_related = ("lead", "organisation", "owner")
    search_fields = ("title", "lead__code_name", "organisation__name")
    date_hierarchy = "due_on"
    ordering = ("due_on", "pk")
    autocomplete_fields = ("lead", "organisation")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    ("kind", "owner"),
                    ("due_on", "start_time"),
                    "repeat",
                    ("lead", "organisation"),
                )
            },
        ),
    )
    record_actions = TASK_ACTIONS

    def get_queryset(self, request: HttpRequest) -> Any:
        return about_readable_leads(request, super().get_queryset(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A promise is kept or late: it is not rewritten."""
        return False

    def list_views(self, request: HttpRequest) -> list[tuple[str, str]]:
        mine = f"owner__id__exact={request.user.pk}"
        return [
            (gettext("My open tasks"), f"{mine}&state=open"),
            (gettext("All open"), "state=open"),
            (gettext("Late"), "state=late"),
            (gettext("All"), ""),
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            kwargs |= {"queryset": desk_users(), "initial": request.user.pk}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("about"))
    def about(self, row: Task) -> str:
        return subject(row)

    @admin.display(description=_("due on"), ordering="due_on")
    def due(self, row: Task) -> SafeString | str:
        return day(row.due_on)

    @admin.display(description=_("state"))
    def state(self, row: Task) -> SafeString:
        if row.done_at:
            return badge(_("Done"), "disc", "good")
        if row.due_on < amsterdam_day(timezone.now()):
            return badge(_("Late"), "triangle", "bad")
        return badge(_("Open"), "ring")

    @admin.display(description=_("owner"), ordering="owner__full_name")
    def owner_mark(self, row: Task) -> SafeString | str:
        return avatar(row.owner)

    def after_action(self, request: HttpRequest, row: Any, action: Any, result: Any) -> HttpResponse:
        if action.name not in ("finish", "reschedule", "hand-over"):
            return super().after_action(request, row, action, result)
        offer_undo(request, str(action.done), task_deed(result))
        return HttpResponseRedirect(self.way_back(request, row))

    def add_through(self, typed: Typed) -> Task:
        return add_task(by=typed.by, at=typed.at, **typed.values)


@admin.register(TaskChange)
class TaskChangeAdmin(ReadOnlyAdmin):
    list_display = ("happened", "task", "act", "old", "new", "by")
    list_filter = ("act", "by")
    list_select_related = ("task", "by")
    search_fields = ("task__title",)
    date_hierarchy = "at"
    list_intro = _("Append-only: what became of a task. Owners stand here by number.")
    fields = ("task", "act", ("old", "new"), "by", "at")
    narrow_columns = ("old",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return about_readable_leads(request, super().get_queryset(request), "task__lead")

    @admin.display(description=_("at"), ordering="at")
    def happened(self, row: TaskChange) -> SafeString | str:
        return moment(row.at)


@admin.register(Activity)
class ActivityAdmin(RoomAdmin):
    list_display = ("happened", "kind", "about", "person", "two_way", "text_start", "by_mark")
    list_filter = ("kind", "is_two_way", "created_by", ContactWith)
    list_select_related = ("lead", "organisation", "person", "created_by")
    search_fields = ("text", "lead__code_name", "organisation__name", "person__full_name")
    date_hierarchy = "occurred_on"
    autocomplete_fields = ("lead", "organisation", "person")
    narrow_columns = ("text_start", "two_way")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("kind", "occurred_on"),
                    ("lead", "organisation"),
                    "person",
                    "is_two_way",
                    "text",
                    "reference",
                )
            },
        ),
    )

    record_actions = (
        RecordAction(
            name="withdraw",
            label=_("Take back"),
            done=_("Taken back. It counts for nothing any more; the log of the lead keeps it."),
            run=lambda activity, _values, by, at: withdraw_activity(activity=activity, by=by, at=at),
            applies=lambda activity: activity.kind != ActivityKind.PROPOSAL,
            permission="acquisition.add_activity",
            question=_(
                "For contact that was written down by mistake. It cannot be put back: it is written anew."
            ),
            icon="undo",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return about_readable_leads(request, super().get_queryset(request))

    def record_url(self, row: Any) -> str:
        """Of what was taken back there is no page any more: back to whom it was about, or to the list."""
        if row.withdrawn_at is None:
            return super().record_url(row)
        if row.lead_id:
            return reverse("admin:acquisition_lead_change", args=[row.lead_id])
        return reverse("admin:acquisition_activity_changelist")

    def after_action(self, request: HttpRequest, row: Any, action: Any, result: Any) -> HttpResponse:
        return super().after_action(request, result, action, result)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was written down of a contact stays as it was written."""
        return False

    @admin.display(description=_("on"), ordering="occurred_on")
    def happened(self, row: Activity) -> SafeString | str:
        return day(row.occurred_on)

    @admin.display(description=_("about"))
    def about(self, row: Activity) -> str:
        return subject(row)

    @admin.display(description=_("two-way"))
    def two_way(self, row: Activity) -> str:
        return gettext("Yes") if row.is_two_way else gettext("No")

    @admin.display(description=_("text"))
    def text_start(self, row: Activity) -> str:
        return row.text[:80] + "…" if len(row.text) > 80 else row.text or "–"

    @admin.display(description=_("recorded by"), ordering="created_by__full_name")
    def by_mark(self, row: Activity) -> SafeString | str:
        return avatar(row.created_by)

    def add_through(self, typed: Typed) -> Activity:
        return log_activity(by=typed.by, at=typed.at, **typed.values)


@admin.register(StageChange)
class StageChangeAdmin(ReadOnlyAdmin):
    list_display = ("happened", "lead", "step", "reason", "by", "recorded", "standing")
    list_filter = (MovementFilter, "to_stage", "to_status", "lead__track")
    list_select_related = ("lead", "by", "reversed_by")
    search_fields = ("lead__code_name",)
    date_hierarchy = "occurred_on"
    list_intro = _("Append-only: a step recorded by mistake is taken back by a row of its own.")
    fields = (
        "lead",
        ("from_stage", "to_stage"),
        ("from_status", "to_status"),
        "occurred_on",
        "recorded_at",
        "by",
        "reason",
    )
    narrow_columns = ("recorded", "reason")

    @admin.display(description=_("happened on"), ordering="occurred_on")
    def happened(self, row: StageChange) -> SafeString | str:
        return day(row.occurred_on)

    @admin.display(description=_("step"))
    def step(self, row: StageChange) -> str:
        if not row.from_stage:
            return str(row.get_to_stage_display())
        if row.from_stage == row.to_stage:
            return f"{row.get_from_status_display()} → {row.get_to_status_display()}"
        return f"{row.get_from_stage_display()} → {row.get_to_stage_display()}"

    @admin.display(description=_("recorded at"), ordering="recorded_at")
    def recorded(self, row: StageChange) -> SafeString | str:
        return moment(row.recorded_at)

    @admin.display(description=_("standing"))
    def standing(self, row: StageChange) -> SafeString:
        if row.reverses_id:
            return badge(_("Takes back"), "ring")
        if hasattr(row, "reversed_by"):
            return badge(_("Taken back"), "diamond", "warn")
        return badge(_("Stands"), "disc", "good")


@admin.register(NameReveal)
class NameRevealAdmin(ReadOnlyAdmin):
    list_display = ("revealed", "lead", "by", "reason")
    list_filter = ("by",)
    list_select_related = ("lead", "by")
    search_fields = ("lead__code_name", "reason")
    list_intro = _("Who looked at a strictly confidential name, and why.")
    fields = ("lead", "by", "at", "reason")

    @admin.display(description=_("at"), ordering="at")
    def revealed(self, row: NameReveal) -> SafeString | str:
        return moment(row.at)


@admin.register(LeadTag)
class LeadTagAdmin(RoomAdmin):
    list_display = ("name", "created_by", "made")
    list_select_related = ("created_by",)
    search_fields = ("name",)
    fields = ("name",)
    list_intro = _(
        "Words that leads carry together, such as a fair or a campaign. Put no names of people in them."
    )

    @admin.display(description=_("recorded at"), ordering="created_at")
    def made(self, row: LeadTag) -> SafeString | str:
        return moment(row.created_at)

    def add_through(self, typed: Typed) -> LeadTag:
        return make_tag(by=typed.by, at=typed.at, **typed.only("name"))

    def change_through(self, row: LeadTag, typed: Typed) -> LeadTag:
        return rename_tag(tag=row, by=typed.by, at=typed.at, **typed.only("name"))
