"""A lead's own page: facts, stage path, what the next stage still needs, quick entry, the log, and what hangs on it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.acquisition.choices import ActivityKind, Confidentiality, LeadStatus, Stage
from crm.acquisition.facts import facts_of_one
from crm.acquisition.models import Activity, Lead, StageChange, Task
from crm.acquisition.services import add_task, change_lead, log_activity
from crm.acquisition.stages import Requirement, missing_for, next_stage
from crm.backoffice.lead_actions import STEPS
from crm.backoffice.lead_forms import EntryForm, missing_form, offer_people, people_of, show_on
from crm.backoffice.lead_timeline import LogEntry, log_of, stage_path
from crm.common.errors import RuleError
from crm.common.months import amsterdam_day
from crm.matching.models import HousingNeed

SHOWN = 30
AROUND = ("owner", "application_area", "identity", "referred_by", "decision_maker")


class LeadPage:
    """One request for a lead's page."""

    def __init__(self, admin: Any, request: HttpRequest, lead: Lead) -> None:
        self.admin, self.request, self.lead = admin, request, lead
        self.now = timezone.now()
        self.today = amsterdam_day(self.now)
        self.is_readable: bool = lead.is_name_readable
        self.may_work = self.is_readable and admin.has_change_permission(request, lead)
        self.activities: list[Activity] = (
            list(lead.activities.select_related("person", "created_by")) if self.is_readable else []
        )
        self.people = people_of(lead, self.activities) if self.is_readable else []
        self.missing, self.next_stage = self._missing()
        self.entry = self._entry_form()
        self.missing_form = missing_form(self.missing, lead, self.people) if self.may_work else None

    def _missing(self) -> tuple[list[Requirement], str | None]:
        stage = next_stage(self.lead.stage)
        if stage is None or self.lead.status != LeadStatus.OPEN or not self.is_readable:
            return [], None
        return missing_for(facts_of_one(self.lead), stage, self.today), stage

    def _entry_form(self, data: Any = None) -> EntryForm:
        kind = self.request.GET.get("kind", ActivityKind.MEETING)
        form = EntryForm(data, initial={"kind": kind, "occurred_on": self.today})
        offer_people(form.fields["person"], self.people)
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
        form = missing_form(self.missing, stored, self.people, self.request.POST)
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
        prefetch_related_objects([lead], STEPS)
        changes = list(lead.stage_changes.all())
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
        organisation = self.lead.identity.organisation_id
        return f"{url}?lead={self.lead.pk}" + (f"&organisation={organisation}" if organisation else "")

    def _log(self, changes: list[StageChange]) -> dict[str, Any]:
        activities = self.activities
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
        return {
            "tasks": list(Task.objects.open().filter(lead=lead).select_related("owner")),
            "people": self.people,
            "needs": list(HousingNeed.objects.filter(lead=lead)),
            "today": self.today,
        }


def lead_page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show a lead, or do what was posted from its page."""
    rows = admin.get_queryset(request).select_related(*AROUND)
    lead = rows.filter(pk=int(object_id)).first() if object_id.isascii() and object_id.isdecimal() else None
    if lead is None:
        raise Http404
    if not admin.has_view_permission(request, lead):
        raise PermissionDenied
    page = LeadPage(admin, request, lead)
    return page.post() if request.method == "POST" else page.show()
