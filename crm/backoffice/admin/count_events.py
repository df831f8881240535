"""The count ledger with its second person: recording, confirming, taking back."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.acquisition.models import Lead
from crm.backoffice.admin.base import RoomAdmin
from crm.backoffice.admin.home_lists import CountsFilter
from crm.backoffice.fields import DocumentField, day_input
from crm.backoffice.forms import RoomForm, Typed
from crm.backoffice.record_actions import ActionForm, RecordAction
from crm.backoffice.templatetags.desk import badge, day, moment
from crm.common.months import amsterdam_day
from crm.targets.choices import EventKind, EvidenceKind
from crm.targets.models import CountEvent
from crm.targets.services import confirm_event, record_event, reverse_event


class CountEventForm(RoomForm):
    """What happened to one company on the park, with its evidence."""

    evidence_text = forms.CharField(
        label=_("Evidence"),
        required=False,
        max_length=300,
        help_text=_("Number, title or place of the document."),
    )
    evidence_file = DocumentField(
        label=_("File"), required=False, help_text=_("PDF, JPEG, PNG or WebP, at most 10 MB.")
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            kinds = [choice for choice in EventKind.choices if choice[0] != EventKind.REVERSAL]
            self.fields["kind"].choices = kinds
        if "occurred_on" in self.fields and not self.instance.pk:
            self.fields["occurred_on"].initial = amsterdam_day(timezone.now())

    def _post_clean(self) -> None:
        """A service's fault about `evidence` belongs to the text of the evidence here."""
        super()._post_clean()
        for fault in self.rule_faults:
            if fault.field == "evidence" and "evidence_text" in self.fields:
                self.add_error("evidence_text", str(fault.message))


class ReverseForm(ActionForm):
    occurred_on = forms.DateField(label=_("Found out on"), widget=day_input())
    evidence_kind = forms.ChoiceField(
        label=_("Kind of evidence"), required=False, choices=[("", "–"), *EvidenceKind.choices]
    )
    evidence = forms.CharField(label=_("Evidence"), required=False, max_length=300)
    note = forms.CharField(label=_("Why it is taken back"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["occurred_on"].initial = amsterdam_day(self.at)


def _reverse(event: CountEvent, values: dict[str, Any], by: User, at: datetime) -> CountEvent:
    return reverse_event(event=event, by=by, at=at, **values)


def _is_reversible(event: Any) -> bool:
    return event.kind != EventKind.REVERSAL and not event.reversals.exists()


class ConfirmedFilter(admin.SimpleListFilter):
    title = _("confirmation")
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("no", _("Waits for a second person")), ("yes", _("Confirmed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "no":
            return queryset.waiting_for_confirmation()
        return queryset.filter(confirmed_at__isnull=False) if self.value() == "yes" else queryset


class SpinOffFilter(admin.SimpleListFilter):
    title = _("spin-off")
    parameter_name = "spin_off"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.exclude(spin_off_origin__in=["", "student"])
        return queryset.filter(spin_off_origin__in=["", "student"]) if self.value() == "no" else queryset


@admin.register(CountEvent)
class CountEventAdmin(RoomAdmin):
    """Append-only: an event is recorded, confirmed by a second person, and taken back by another event."""

    form = CountEventForm
    list_display = (
        "happened",
        "kind_in_words",
        "organisation",
        "category_in_words",
        "area",
        "state",
        "evidence_in_words",
        "recorder",
    )
    list_display_links = ("happened", "organisation")
    list_filter = (
        ConfirmedFilter,
        CountsFilter,
        "kind",
        "category",
        SpinOffFilter,
        "is_knowledge_intensive",
        "area",
    )
    list_select_related = ("organisation", "area", "recorded_by", "confirmed_by")
    search_fields = ("organisation__name",)
    date_hierarchy = "occurred_on"
    autocomplete_fields = ("organisation", "unit", "lead")
    narrow_columns = ("evidence_in_words",)
    spare_columns = ("recorder", "area")
    self_evident_columns = ("kind_in_words", "state")
    list_intro = _(
        "An event counts when a second person has confirmed it. Nothing is rewritten: a mistake is taken back by an event of its own."
    )
    fieldsets = (
        (None, {"fields": (("kind", "occurred_on"), ("organisation", "lead"), ("area", "unit"))}),
        (
            _("For an arrival or a reclassification"),
            {"fields": (("category", "spin_off_origin"), "is_knowledge_intensive")},
        ),
        (_("Evidence"), {"fields": (("evidence_kind", "evidence_text"), "evidence_file", "note")}),
    )
    record_actions = (
        RecordAction(
            name="confirm",
            label=_("Confirm"),
            done=_("Confirmed: it counts from now on."),
            run=lambda event, values, by, at: confirm_event(event=event, by=by, at=at),
            applies=lambda event: event.confirmed_at is None,
            permission="targets.confirm_countevent",
            question=_(
                "You have seen the evidence and it agrees with what stands here. After this the row never changes."
            ),
            tone="primary",
        ),
        RecordAction(
            name="reverse",
            label=_("Take back"),
            done=_("The reversal is recorded; it takes effect when a second person confirms it."),
            run=_reverse,
            applies=_is_reversible,
            permission="targets.add_countevent",
            form_class=ReverseForm,
            icon="undo",
        ),
    )

    def get_urls(self) -> list[Any]:
        own = path(
            "<int:pk>/evidence/",
            self.admin_site.admin_view(self.evidence_file),
            name="targets_countevent_evidence",
        )
        return [own, *super().get_urls()]

    def evidence_file(self, request: HttpRequest, pk: int) -> FileResponse:
        """The document that proves the event, as a download."""
        event = self.get_object(request, str(pk))
        if event is None or not self.has_view_permission(request, event):
            raise Http404
        file = event.evidence.file if event.evidence else None
        if not file or not file.storage.exists(file.name):
            raise Http404
        return FileResponse(
            file.open("rb"), as_attachment=True, filename=f"{event.pk}-{Path(file.name).name}"
        )

    def record_tools(self, request: HttpRequest, row: Any) -> list[dict[str, str]]:
        if not (row.evidence and row.evidence.file):
            return []
        url = reverse("admin:targets_countevent_evidence", args=[row.pk])
        return [{"label": gettext("Evidence"), "url": url, "icon": "file"}]

    @property
    def add_label(self) -> str:
        return gettext("Record an event")

    def get_queryset(self, request: HttpRequest) -> Any:
        reversal = CountEvent.objects.filter(reverses=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                has_reversal=Exists(reversal),
                is_taken_back=Exists(reversal.filter(confirmed_at__isnull=False)),
            )
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def list_views(self, request: HttpRequest) -> list[tuple[str, str]]:
        year = amsterdam_day(timezone.now()).year
        return [
            (gettext("Waits for a second person"), "confirmed=no"),
            (
                gettext("Arrivals in %(year)d") % {"year": year},
                f"kind__exact=arrival&occurred_on__year={year}",
            ),
            (gettext("All"), ""),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return super().get_fieldsets(request, obj)
        facts: list[Any] = [("kind", "occurred_on"), ("organisation", "area"), ("unit", "lead_in_words")]
        if obj.category:
            facts += [("category", "spin_off_origin"), "is_knowledge_intensive"]
        proof = [("evidence_kind", "evidence_reference"), "evidence_note"]
        log: list[Any] = ["recorded_in_words", "confirmed_in_words"]
        if obj.reverses_id:
            log.append("reverses")
        return [(None, {"fields": facts}), (_("Evidence"), {"fields": proof}), (_("Log"), {"fields": log})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return (
            "lead_in_words",
            "evidence_reference",
            "evidence_note",
            "recorded_in_words",
            "confirmed_in_words",
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None:
            self._readable_leads_only(request, form)
        self._request_user = request.user
        return form

    def _readable_leads_only(self, request: HttpRequest, form: Any) -> None:
        """An event ties a lead to an organisation: nobody ties a name he may not read."""
        if "lead" in form.base_fields:
            leads = Lead.objects.named_for(request.user).filter(is_name_readable=True)
            form.base_fields["lead"].queryset = leads

    def record_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"record_line": state_mark(row)}

    def row_name(self, request: HttpRequest, row: CountEvent) -> str:
        return f"{row.get_kind_display()}: {row.organisation}"

    def action_facts(self, request: HttpRequest, row: Any, action: RecordAction) -> list[tuple[str, Any]]:
        evidence = row.evidence.reference if row.evidence else ""
        facts = [
            (gettext("happened on"), day(row.occurred_on)),
            (gettext("area"), row.area),
            (gettext("category"), category_in_words(row)),
            (gettext("evidence"), f"{row.get_evidence_kind_display()} {evidence}".strip() or "–"),
            (gettext("recorded by"), row.recorded_by),
        ]
        if row.reverses_id:
            facts.append((gettext("takes back"), row.reverses))
        return facts

    # ── the list ────────────────────────────────────────────────────────────
    @admin.display(description=_("happened on"), ordering="occurred_on")
    def happened(self, row: CountEvent) -> SafeString | str:
        return day(row.occurred_on)

    @admin.display(description=_("what"), ordering="kind")
    def kind_in_words(self, row: CountEvent) -> str:
        return str(row.get_kind_display())

    @admin.display(description=_("category"), ordering="category")
    def category_in_words(self, row: CountEvent) -> str:
        return category_in_words(row)

    @admin.display(description=_("state"), ordering="confirmed_at")
    def state(self, row: Any) -> SafeString:
        return state_mark(row)

    @admin.display(description=_("evidence"), ordering="evidence_kind")
    def evidence_in_words(self, row: CountEvent) -> str:
        return str(row.get_evidence_kind_display()) or "–"

    @admin.display(description=_("recorded by"), ordering="recorded_by__full_name")
    def recorder(self, row: CountEvent) -> str:
        return str(row.recorded_by)

    # ── the record ──────────────────────────────────────────────────────────
    @admin.display(description=_("lead"))
    def lead_in_words(self, row: CountEvent) -> str:
        """The lead, unless it would tie a hidden name to this organisation for who reads it."""
        if row.lead_id is None:
            return "–"
        lead = Lead.objects.named_for(self._request_user).get(pk=row.lead_id)
        return str(lead.reference) if lead.is_name_readable else gettext("strictly confidential")

    @admin.display(description=_("evidence"))
    def evidence_reference(self, row: CountEvent) -> str:
        return row.evidence.reference or "–" if row.evidence else "–"

    @admin.display(description=_("note"))
    def evidence_note(self, row: CountEvent) -> str:
        return row.evidence.note or "–" if row.evidence else "–"

    @admin.display(description=_("recorded"))
    def recorded_in_words(self, row: CountEvent) -> SafeString:
        return format_html("{} · {}", row.recorded_by, moment(row.recorded_at))

    @admin.display(description=_("confirmed"))
    def confirmed_in_words(self, row: CountEvent) -> SafeString | str:
        if row.confirmed_at is None:
            return gettext("not yet; a second person does it")
        return format_html("{} · {}", row.confirmed_by, moment(row.confirmed_at))

    def add_through(self, typed: Typed) -> CountEvent:
        values = dict(typed.values)
        evidence = values.pop("evidence_text")
        return record_event(evidence=evidence, by=typed.by, at=typed.at, **values)


def state_mark(event: Any) -> SafeString:
    """Whether an event counts, waits, or was taken back."""
    if getattr(event, "is_taken_back", False):
        return badge(_("Taken back"), "triangle", "")
    if event.confirmed_at is None:
        return badge(_("Waits for a second person"), "ring", "")
    if getattr(event, "has_reversal", False):
        return badge(_("Being taken back"), "diamond", "warn")
    return badge(_("Confirmed"), "disc", "good")


def category_in_words(event: CountEvent) -> str:
    if not event.category:
        return "–"
    words = [str(event.get_category_display())]
    if event.spin_off_origin and event.spin_off_origin != "student":
        words.append(gettext("spin-off"))
    if event.is_knowledge_intensive:
        words.append(gettext("knowledge-intensive"))
    return " · ".join(words)
