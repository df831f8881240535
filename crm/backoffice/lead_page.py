"""A lead's own page: facts, stage path, what the next stage still needs, quick entry, the log, and what hangs on it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.acquisition.choices import ActivityKind, Confidentiality, LeadStatus, Stage
from crm.acquisition.facts import facts_of_one
from crm.acquisition.models import Lead, StageChange, Task
from crm.acquisition.services import add_task, change_lead, log_activity
from crm.acquisition.stages import Requirement, missing_for, next_stage
from crm.backoffice.fields import day_input
from crm.backoffice.lead_timeline import LogEntry, log_of, stage_path
from crm.common.errors import Fault, RuleError
from crm.common.months import amsterdam_day
from crm.contacts.models import Affiliation, Person
from crm.matching.models import HousingNeed

SHOWN = 30
ENTRY_KINDS = [
    (kind.value, kind.label)
    for kind in (
        ActivityKind.MEETING,
        ActivityKind.CALL,
        ActivityKind.EMAIL,
        ActivityKind.VISIT,
        ActivityKind.NOTE,
    )
]


class EntryForm(forms.Form):
    """What was said, when and with whom; and, in the same breath, what is promised next."""

    prefix = "entry"
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ENTRY_KINDS, widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("What was discussed"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    occurred_on = forms.DateField(label=gettext_lazy("When"), widget=day_input())
    person = forms.ModelChoiceField(
        label=gettext_lazy("With whom"), queryset=Person.objects.none(), required=False, empty_label="–"
    )
    is_one_way = forms.BooleanField(label=gettext_lazy("No answer yet"), required=False)
    next_step = forms.CharField(label=gettext_lazy("Next step"), required=False, max_length=200)
    due_on = forms.DateField(label=gettext_lazy("By"), required=False, widget=day_input())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("next_step") and not values.get("due_on"):
            self.add_error("due_on", _("Give the day by which the next step is due."))
        if values.get("due_on") and not values.get("next_step"):
            self.add_error("next_step", _("Say what is due on that day."))
        return values


def missing_form(
    missing: Sequence[Requirement], lead: Lead, admin: Any, data: Any = None
) -> forms.ModelForm | None:
    """The fields of the lead that settle what the next stage still needs; None where only contact can settle it."""
    known = {field.name for field in Lead._meta.fields if field.editable}
    names = [name for requirement in missing for name in requirement.fields if name in known]
    if not names:
        return None

    def formfield(field: Any, **kwargs: Any) -> Any:
        if field.get_internal_type() == "DateField":
            kwargs["widget"] = day_input()
        if field.name == "decision_maker":
            kwargs["queryset"] = people_of(lead)
        return field.formfield(**kwargs)

    form_class = forms.modelform_factory(Lead, fields=names, formfield_callback=formfield)
    return form_class(data, instance=lead, prefix="missing")


def people_of(lead: Lead) -> Any:
    """People who work at the organisation behind the lead, were spoken with about it, or decide."""
    organisation = lead.identity.organisation_id if hasattr(lead, "identity") else None
    keys = set(
        Affiliation.objects.filter(organisation=organisation, valid_until__isnull=True).values_list(
            "person", flat=True
        )
        if organisation
        else ()
    )
    keys |= set(lead.activities.filter(person__isnull=False).values_list("person", flat=True))
    if lead.decision_maker_id:
        keys.add(lead.decision_maker_id)
    return Person.objects.filter(pk__in=keys)


class LeadPage:
    """One request for a lead's page."""

    def __init__(self, admin: Any, request: HttpRequest, lead: Lead) -> None:
        self.admin, self.request, self.lead = admin, request, lead
        self.now = timezone.now()
        self.today = amsterdam_day(self.now)
        self.is_readable: bool = lead.is_name_readable
        self.may_work = self.is_readable and admin.has_change_permission(request, lead)
        self.people = people_of(lead) if self.is_readable else Person.objects.none()
        self.missing, self.next_stage = self._missing()
        self.entry = self._entry_form()
        self.missing_form = missing_form(self.missing, lead, admin) if self.may_work else None

    def _missing(self) -> tuple[list[Requirement], str | None]:
        stage = next_stage(self.lead.stage)
        if stage is None or self.lead.status != LeadStatus.OPEN or not self.is_readable:
            return [], None
        return missing_for(facts_of_one(self.lead), stage, self.today), stage

    def _entry_form(self, data: Any = None) -> EntryForm:
        kind = self.request.GET.get("kind", ActivityKind.MEETING)
        form = EntryForm(data, initial={"kind": kind, "occurred_on": self.today})
        form.fields["person"].queryset = self.people
        return form

    # ── writing ─────────────────────────────────────────────────────────────
    def post(self) -> HttpResponse:
        if not self.may_work:
            raise PermissionDenied
        if "save_missing" in self.request.POST:
            return self._save_missing()
        return self._save_entry()

    def _save_entry(self) -> HttpResponse:
        self.entry = self._entry_form(self.request.POST)
        if not self.entry.is_valid():
            return self.show()
        values = self.entry.cleaned_data
        by: Any = self.request.user
        try:
            with transaction.atomic():
                log_activity(
                    lead=self.lead,
                    kind=values["kind"],
                    occurred_on=values["occurred_on"],
                    person=values["person"],
                    is_two_way=not values["is_one_way"] and values["kind"] != ActivityKind.NOTE,
                    text=values["text"],
                    by=by,
                    at=self.now,
                )
                if values["next_step"]:
                    add_task(
                        lead=self.lead,
                        title=values["next_step"],
                        due_on=values["due_on"],
                        owner=by,
                        by=by,
                        at=self.now,
                    )
        except RuleError as error:
            show_on(self.entry, error.faults)
            return self.show()
        return self._done(_("Recorded."))

    def _save_missing(self) -> HttpResponse:
        stored = Lead.objects.get(pk=self.lead.pk)
        form = missing_form(self.missing, stored, self.admin, self.request.POST)
        self.missing_form = form
        if form is None:
            return self._done(_("Nothing was missing any more."))
        if not form.is_valid():
            return self.show()
        facts = {name: form.cleaned_data[name] for name in form.changed_data}
        version = self.request.POST.get("version", "")
        try:
            change_lead(
                lead=Lead.objects.get(pk=self.lead.pk),
                by=self.request.user,
                at=self.now,
                version=int(version) if version.isdecimal() else 0,
                **facts,
            )
        except RuleError as error:
            show_on(form, error.faults)
            return self.show()
        return self._done(_("Saved."))

    def _done(self, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence)
        return HttpResponseRedirect(self.admin.record_url(self.lead))

    # ── showing ─────────────────────────────────────────────────────────────
    def show(self) -> HttpResponse:
        lead = self.lead
        changes = list(lead.stage_changes.select_related("by", "note", "reversed_by"))
        context = {
            **self.admin.admin_site.each_context(self.request),
            "title": lead.display_name,
            "opts": self.admin.opts,
            "lead": lead,
            "edit_url": reverse("admin:acquisition_lead_edit", args=[lead.pk]),
            "history_url": reverse("admin:acquisition_lead_history", args=[lead.pk]),
            "record_actions": self.admin.drawn_actions(self.request, lead),
            "is_readable": self.is_readable,
            "is_strict": lead.confidentiality == Confidentiality.STRICT,
            "may_work": self.may_work,
            "path": stage_path(lead, changes, self.today),
            "next_stage": Stage(self.next_stage).label if self.next_stage else "",
            "move_url": reverse("admin:acquisition_lead_do", args=[lead.pk, "move"]),
            "arrival_url": self._arrival_url(),
            "missing": self.missing,
            "missing_contact": [requirement for requirement in self.missing if requirement.activity],
            "missing_form": self.missing_form,
            "entry": self.entry,
            **self._log(changes),
            **self._around(),
        }
        return TemplateResponse(self.request, "admin/acquisition/lead/page.html", context)

    def _arrival_url(self) -> str:
        """Where the arrival is recorded that makes the lead an established one."""
        if not self.request.user.has_perm("targets.add_countevent"):
            return ""
        url = reverse("admin:targets_countevent_add")
        organisation = self.lead.identity.organisation_id if hasattr(self.lead, "identity") else None
        return f"{url}?lead={self.lead.pk}" + (f"&organisation={organisation}" if organisation else "")

    def _log(self, changes: list[StageChange]) -> dict[str, Any]:
        activities = (
            list(self.lead.activities.select_related("person", "created_by")) if self.is_readable else []
        )
        which = self.request.GET.get("log", "all")
        entries = log_of(changes if which != "contact" else [], activities if which != "changes" else [])
        if not self.is_readable:
            entries = [LogEntry(entry.on, entry.at, entry.icon, entry.title, entry.by) for entry in entries]
        limit = None if "older" in self.request.GET else SHOWN
        views = [("all", _("Everything")), ("contact", _("Contact")), ("changes", _("Changes"))]
        return {
            "log": entries[:limit],
            "log_hidden": len(entries) - SHOWN if limit and len(entries) > SHOWN else 0,
            "log_views": [(name, label, name == which) for name, label in views],
            "log_which": which,
        }

    def _around(self) -> dict[str, Any]:
        lead = self.lead
        if not self.is_readable:
            return {"tasks": [], "people": [], "needs": []}
        spoken: dict[int, date] = {}
        for activity in lead.activities.filter(person__isnull=False).order_by("occurred_on"):
            spoken[activity.person_id] = activity.occurred_on
        places = {
            place.person_id: place.position
            for place in Affiliation.objects.filter(person__in=self.people, valid_until__isnull=True)
        }
        return {
            "tasks": list(Task.objects.open().filter(lead=lead).select_related("owner")),
            "people": [
                {
                    "person": person,
                    "position": places.get(person.pk, ""),
                    "decides": person.pk == lead.decision_maker_id,
                    "spoken_on": spoken.get(person.pk),
                }
                for person in self.people
            ],
            "needs": list(HousingNeed.objects.filter(lead=lead).prefetch_related("parts")),
            "today": self.today,
        }


def show_on(form: forms.BaseForm, faults: Sequence[Fault]) -> None:
    for fault in faults:
        form.add_error(fault.field if fault.field in form.fields else None, str(fault.message))


def lead_page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show a lead, or do what was posted from its page."""
    lead = admin.get_object(request, object_id)
    if lead is None:
        raise Http404
    if not admin.has_view_permission(request, lead):
        raise PermissionDenied
    page = LeadPage(admin, request, lead)
    return page.post() if request.method == "POST" else page.show()
