"""A lead's own page: facts, stage path, what the next stage still needs, quick entry, the log, and what hangs on it."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.acquisition.choices import ActivityKind, Confidentiality, LeadStatus, Stage, Track
from crm.acquisition.facts import facts_seen
from crm.acquisition.models import Activity, Document, Lead, StageChange, Task
from crm.acquisition.services import add_document, add_task, change_lead, log_activity
from crm.acquisition.stages import Requirement, missing_for, next_stage
from crm.backoffice.lead_actions import STEPS
from crm.backoffice.lead_circle import circle_of
from crm.backoffice.lead_documents import DocumentForm
from crm.backoffice.lead_edits import edit_lines, in_words
from crm.backoffice.lead_forms import EntryForm, missing_form, offer_people, people_of, show_on
from crm.backoffice.lead_log import (
    ALL,
    LOG_VIEWS,
    LogEntry,
    contact_entry,
    document_entries,
    edit_entries,
    in_order,
    match_entries,
    step_entry,
    task_entries,
    without_content,
)
from crm.backoffice.lead_mail import drop_address_of, filings_of, mail_entries
from crm.backoffice.lead_timeline import stage_path
from crm.backoffice.spoken_days import in_full
from crm.backoffice.undo import contact_deed, offer_undo
from crm.common.errors import RuleError
from crm.common.months import amsterdam_day
from crm.matching.models import HousingNeed, Match
from crm.rules.reading import norms_on
from crm.targets.choices import Category

SHOWN = 30
# What a company of the track is counted as; one that is knowledge-intensive may be of any category.
CATEGORIES = {Track.RD_BRANCH: Category.RD_BRANCH.value, Track.STARTUP: Category.STARTUP.value}
EDITABLE = frozenset(field.name for field in Lead._meta.fields if field.editable)
VIEWS_OF = {ActivityKind.NOTE: ("notes",), ActivityKind.EMAIL: ("contact", "mail")}
AROUND = ("owner", "application_area", "identity__organisation", "referred_by", "decision_maker")


class LeadPage:
    """One request for a lead's page."""

    def __init__(self, admin: Any, request: HttpRequest, lead: Lead) -> None:
        self.admin, self.request, self.lead = admin, request, lead
        self.now = timezone.now()
        self.today = amsterdam_day(self.now)
        self.is_readable: bool = lead.is_name_readable
        self.may_work = self.is_readable and admin.has_change_permission(request, lead)
        self.contact = self._contact()
        self.activities = [activity for activity in self.contact if activity.withdrawn_at is None]
        self.people = people_of(lead, self.activities) if self.is_readable else []
        self.missing, self.next_stage = self._missing()
        self.entry = self._entry_form()
        self.document_form = DocumentForm()
        self.missing_form = missing_form(self.missing, lead, self.people) if self.may_work else None

    def _contact(self) -> list[Activity]:
        """All contact with the lead, what was taken back included: the log shows that too."""
        if not self.is_readable:
            return []
        rows = Activity.every.filter(lead=self.lead)
        return list(rows.select_related("person", "created_by", "withdrawn_by"))

    def _missing(self) -> tuple[list[Requirement], str | None]:
        stage = next_stage(self.lead.stage)
        if stage is None or self.lead.status != LeadStatus.OPEN or not self.is_readable:
            return [], None
        return missing_for(facts_seen(self.lead, self.activities), stage, self.today), stage

    def _entry_form(self, data: Any = None) -> EntryForm:
        kind = self.request.GET.get("kind", ActivityKind.CALL)
        form = EntryForm(data, initial={"kind": kind, "occurred_on": self.today}, today=self.today)
        offer_people(form.fields["person"], self.people)
        return form

    # ── writing ─────────────────────────────────────────────────────────────
    def post(self) -> HttpResponse:
        if not self.may_work:
            raise PermissionDenied
        if "save_missing" in self.request.POST:
            return self._save_missing()
        if "add_document" in self.request.POST:
            return self._save_document()
        return self._save_entry()

    def _save_entry(self) -> HttpResponse:
        self.entry = self._entry_form(self.request.POST)
        if not self.entry.is_valid():
            return self.show()
        values = self.entry.cleaned_data
        by: Any = self.request.user
        try:
            with transaction.atomic():
                activity = log_activity(
                    lead=self.lead,
                    kind=values["kind"],
                    occurred_on=values["occurred_on"],
                    person=values["person"],
                    is_two_way=not values["is_one_way"] and values["kind"] != ActivityKind.NOTE,
                    text=values["text"],
                    by=by,
                    at=self.now,
                )
                task = None
                if values["next_step"]:
                    task = add_task(
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
        said = _("Recorded on %(day)s.") % {"day": in_full(values["occurred_on"])}
        if values["next_step"]:
            promised = {"what": values["next_step"], "day": in_full(values["due_on"])}
            next_step = _("Next step on %(day)s: %(what)s.") % promised
            said = f"{said} {next_step}"
        offer_undo(self.request, said, contact_deed(activity, task))
        return HttpResponseRedirect(self.admin.record_url(self.lead))

    def _save_document(self) -> HttpResponse:
        """The file is kept; what stands in the quick entry came along, and stays there, recorded or not."""
        typed = {name: self.request.POST.get(f"entry-{name}", "") for name in self.entry.fields}
        self.entry.initial |= {name: value for name, value in typed.items() if value}
        form = self.document_form = DocumentForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            return self.show()
        file = form.cleaned_data["file"]
        try:
            document = add_document(
                lead=self.lead,
                name=file.name,
                content=file,
                size=file.size,
                note=form.cleaned_data["note"],
                by=self.request.user,
                at=self.now,
            )
        except RuleError as error:
            show_on(form, error.faults)
            return self.show()
        said = _("“%(name)s” is kept with this lead.") % {"name": document.name}
        if typed["text"] or typed["next_step"]:
            self.document_form = DocumentForm()
            messages.success(self.request, said)
            messages.info(self.request, _("What you typed is still here, and not recorded yet."))
            return self.show()
        return self._done(said)

    def _save_missing(self) -> HttpResponse:
        stored = Lead.objects.get(pk=self.lead.pk)
        form = missing_form(self.missing, stored, self.people, self.request.POST)
        self.missing_form = form
        self._say_filled_in(stored, form)
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

    def _say_filled_in(self, stored: Lead, form: Any) -> None:
        """Somebody filled in meanwhile what was typed here: both are said, for the field is gone from the form."""
        asked = form.fields if form is not None else {}
        for key, typed in self.request.POST.items():
            name = key.removeprefix("missing-")
            if name == key or not typed or name in asked or name not in EDITABLE:
                continue
            label = capfirst(Lead._meta.get_field(name).verbose_name)
            words = {
                "label": label,
                "who": stored.changed_by,
                "theirs": in_words(stored, name),
                "yours": typed[:200],
            }
            if words["theirs"] != words["yours"]:
                sentence = _(
                    "%(label)s: %(who)s filled in “%(theirs)s” meanwhile. You typed “%(yours)s”, which is not stored."
                )
                messages.warning(self.request, sentence % words)

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
            "path": stage_path(lead, changes, self.today, norms_on(self.today)),
            "next_stage": Stage(self.next_stage).label if self.next_stage else "",
            "move_url": reverse("admin:acquisition_lead_do", args=[lead.pk, "move"]),
            "move_now": self.next_stage if self.next_stage != Stage.ESTABLISHED else "",
            "arrival_url": self._arrival_url(),
            "missing": self.missing,
            "missing_contact": [requirement for requirement in self.missing if requirement.activity],
            "missing_form": self.missing_form,
            "entry": self.entry,
            "entry_typed": bool(self.entry.initial.get("text") or self.entry.initial.get("next_step")),
            "document_form": self.document_form if self.may_work else None,
            "tags": list(lead.tags.all()) if self.is_readable else [],
            "lead_address": drop_address_of(lead) if self.may_work else "",
            "has_drop": self.may_work and bool(settings.CRM_MAIL_ADDRESS),
            "today": self.today,
            **self._records(changes),
        }
        return TemplateResponse(self.request, "admin/acquisition/lead/page.html", context)

    def _arrival_url(self) -> str:
        """Where the arrival is recorded that makes the lead an established one, with what is known of it filled in."""
        if not self.request.user.has_perm("targets.add_countevent"):
            return ""
        known = {"lead": self.lead.pk, "next": self.admin.record_url(self.lead)}
        if self.lead.identity.organisation_id:
            known["organisation"] = self.lead.identity.organisation_id
        if self.lead.track in CATEGORIES:
            known["category"] = CATEGORIES[self.lead.track]
        return f"{reverse('admin:targets_countevent_add')}?{urlencode(known)}"

    def _records(self, changes: list[StageChange]) -> dict[str, Any]:
        """The log and what stands beside it: of a lead that this person may not read, the bare steps alone."""
        if not self.is_readable:
            entries = without_content(in_order(map(step_entry, changes)))
            return {
                "tasks": [],
                "people": [],
                "needs": [],
                "circle": None,
                "documents": [],
                **self._log(entries),
            }
        lead = self.lead
        circle, needs = circle_of(lead, self.request.user, self.today)
        tasks = list(Task.objects.filter(lead=lead).select_related("owner", "created_by", "done_by"))
        documents = list(lead.documents.select_related("created_by", "withdrawn_by"))
        entries = self._entries(changes, tasks, documents, needs)
        return {
            "tasks": [task for task in tasks if task.done_at is None],
            "people": self.people,
            "needs": needs,
            "circle": circle if lead.identity.organisation else None,
            "documents": [document for document in documents if document.withdrawn_at is None],
            **self._log(entries),
        }

    def _entries(
        self,
        changes: list[StageChange],
        tasks: list[Task],
        documents: list[Document],
        needs: list[HousingNeed],
    ) -> list[LogEntry]:
        """What the chosen view shows; of the rest, what costs a query is not even asked for."""
        which = self._which()

        def wants(*views: str) -> bool:
            return which in (ALL, *views)

        entries: list[LogEntry] = []
        if wants("changes"):
            entries += map(step_entry, changes)
        proposed = set()
        if needs and wants("matches"):
            matches = Match.objects.filter(need__in=needs).select_related(
                "need", "vacancy", "created_by", "decided_by"
            )
            for match in matches:
                proposed.add(f"{match.need.reference} – {match.vacancy.reference}")
                entries += match_entries(match)
        entries += self._contact_entries(proposed, wants)
        if wants("tasks"):
            entries += [entry for task in tasks for entry in task_entries(task)]
        if wants("edits"):
            edits = list(self.lead.edits.select_related("by", "words").order_by("-at", "pk"))
            entries += edit_entries(edit_lines(edits))
        if wants("documents"):
            entries += [entry for document in documents for entry in document_entries(document)]
        return in_order(entries)

    def _contact_entries(self, proposed: set[str], wants: Any) -> list[LogEntry]:
        """Contact, notes and mail. A proposed space stands in the log once, as the match that it is; a filed mail as the mail."""
        filings = filings_of(self.lead)
        filed = {filing.activity_id for filing in filings}
        entries = mail_entries(filings) if wants("contact", "mail") else []
        for activity in self.contact:
            is_told = activity.pk in filed or activity.reference in proposed
            if not is_told and wants(*VIEWS_OF.get(activity.kind, ("contact",))):
                entries.append(contact_entry(activity))
        return entries

    def _which(self) -> str:
        asked = self.request.GET.get("log", ALL)
        return asked if asked in dict(LOG_VIEWS) else ALL

    def _log(self, entries: list[LogEntry]) -> dict[str, Any]:
        which = self._which()
        limit = None if "older" in self.request.GET else SHOWN
        return {
            "log": entries[:limit],
            "log_hidden": len(entries) - SHOWN if limit and len(entries) > SHOWN else 0,
            "log_views": [(name, label, name == which) for name, label in LOG_VIEWS],
            "log_which": which,
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
