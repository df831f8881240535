"""An organisation's portfolio: what it owns, offers and rents, when it was spoken to, and contact logged in place."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.acquisition.choices import ActivityKind
from crm.acquisition.models import Activity, Lead, Task
from crm.acquisition.services import add_task, log_activity
from crm.backoffice.lead_forms import EntryForm, Known, offer_people, show_on
from crm.backoffice.lead_log import LogEntry, contact_entry, in_order, task_entries
from crm.backoffice.navigation import may_see
from crm.backoffice.spoken_days import in_full
from crm.common.errors import RuleError
from crm.common.months import amsterdam_day
from crm.contacts.models import Affiliation, Organisation, Person
from crm.desk.portfolio.contact import contact_with, relations_kept, tasks_about
from crm.desk.portfolio.holdings import offered_by, owned_by, rented_by
from crm.desk.portfolio.norms import LastContact, Relation
from crm.desk.rounds.choices import MemberState
from crm.desk.rounds.progress import running_with

SHOWN = 30


def relations_of(row: Any) -> list[Relation]:
    return [relation for relation in Relation if getattr(row, f"is_{relation.value}")]


class PortfolioPage:
    """One request for an organisation's portfolio. `row` comes from `relations_kept`."""

    def __init__(self, admin: Any, request: HttpRequest, row: Any) -> None:
        self.admin, self.request, self.row = admin, request, row
        self.user: Any = request.user
        self.now = timezone.now()
        self.today = amsterdam_day(self.now)
        self.may_log = may_see(self.user, "acquisition.activity", "add")
        self.activities = list(
            contact_with(row, self.user).select_related(
                "person", "created_by", "lead__identity__organisation"
            )
        )
        self.people = self._people()
        self.rounds = running_with(row, self.today)
        self.entry = self._entry_form()

    def _people(self) -> list[Known]:
        """Who works there, and whoever was spoken with on their behalf."""
        places = Affiliation.objects.filter(organisation=self.row, valid_until__isnull=True)
        positions = {place.person: place.position for place in places.select_related("person")}
        spoken: dict[Person, Any] = {}
        for activity in self.activities:
            if activity.person is not None:
                known = spoken.get(activity.person, activity.occurred_on)
                spoken[activity.person] = max(activity.occurred_on, known)
        people = sorted({*positions, *spoken}, key=lambda person: (str(person), person.pk))
        return [
            Known(person, positions.get(person, ""), decides=False, spoken_on=spoken.get(person))
            for person in people
        ]

    def _entry_form(self, data: Any = None) -> EntryForm:
        form = EntryForm(
            data, initial={"kind": ActivityKind.CALL, "occurred_on": self.today}, today=self.today
        )
        offer_people(form.fields["person"], self.people)
        return form

    # ── writing ─────────────────────────────────────────────────────────────
    def post(self) -> HttpResponse:
        """Log contact and promise the next step, both or neither; every running round ticks it off by itself."""
        if not self.may_log:
            raise PermissionDenied
        self.entry = self._entry_form(self.request.POST)
        if not self.entry.is_valid():
            return self.show()
        values = self.entry.cleaned_data
        try:
            with transaction.atomic():
                log_activity(
                    organisation=self.row,
                    kind=values["kind"],
                    occurred_on=values["occurred_on"],
                    person=values["person"],
                    is_two_way=not values["is_one_way"] and values["kind"] != ActivityKind.NOTE,
                    text=values["text"],
                    by=self.user,
                    at=self.now,
                )
                if values["next_step"]:
                    add_task(
                        organisation=self.row,
                        title=values["next_step"],
                        due_on=values["due_on"],
                        owner=self.user,
                        by=self.user,
                        at=self.now,
                    )
        except RuleError as error:
            show_on(self.entry, error.faults)
            return self.show()
        return self._done(values)

    def _done(self, values: dict[str, Any]) -> HttpResponse:
        said = [_("Recorded on %(day)s.") % {"day": in_full(values["occurred_on"])}]
        if values["next_step"]:
            promised = {"what": values["next_step"], "day": in_full(values["due_on"])}
            said.append(_("Next step on %(day)s: %(what)s.") % promised)
        open_before = {member.pk for member in self.rounds if member.state != MemberState.DONE}
        said += [
            _("Ticked off in the round “%(name)s”.") % {"name": member.round}
            for member in running_with(self.row, self.today)
            if member.state == MemberState.DONE and member.pk in open_before
        ]
        messages.success(self.request, " ".join(said))
        if (member := self._asked_round()) is not None:
            return HttpResponseRedirect(reverse("admin:contact-round", args=[member.round_id]))
        return HttpResponseRedirect(portfolio_url(self.row.pk))

    def _asked_round(self) -> Any:
        """The round from which somebody came here, where this organisation is on its list."""
        asked = self.request.GET.get("round", "")
        return next((member for member in self.rounds if str(member.round_id) == asked), None)

    # ── showing ─────────────────────────────────────────────────────────────
    def show(self) -> HttpResponse:
        row = self.row
        relations = relations_of(row)
        tasks = list(
            tasks_about(row, self.user).select_related(
                "owner", "created_by", "done_by", "lead__identity__organisation"
            )
        )
        entries = self._entries(tasks)
        limit = None if "older" in self.request.GET else SHOWN
        rented = rented_by(row, self.user, self.today)
        context = {
            **self.admin.admin_site.each_context(self.request),
            "title": row.name,
            "opts": self.admin.opts,
            "row": row,
            "pk": row.pk,
            "relations": [relation.label for relation in relations],
            "last": LastContact(row.last_contact_on, row.norm_days, self.today),
            "today": self.today,
            "may_log": self.may_log,
            "entry": self.entry,
            "people": self.people,
            "rounds": self.rounds,
            "asked_round": self._asked_round(),
            "tasks": [task for task in tasks if task.done_at is None],
            "contacts": len(self.activities),
            "owned": owned_by(row, self.today) if row.is_owner else None,
            "offered": offered_by(row, self.today) if row.is_broker else None,
            "rented": rented,
            "shows_rented": bool(row.is_tenant or rented.current or rented.to_come or rented.ended),
            "handed_over": self._handed_over(),
            "log": entries[:limit],
            "log_hidden": len(entries) - SHOWN if limit and len(entries) > SHOWN else 0,
        }
        return TemplateResponse(self.request, "admin/portfolio/page.html", context)

    def _handed_over(self) -> dict[str, Any]:
        """Leads that this partner brought, as the page of referrals counts them."""
        counts: dict[str, Any] = Lead.objects.filter(referred_by=self.row).aggregate(
            leads=Count("pk"), running=Count("pk", filter=Q(status="open")), first=Min("referred_on")
        )
        return counts

    def _entries(self, tasks: list[Task]) -> list[LogEntry]:
        entries = [self._contact(activity) for activity in self.activities]
        entries += [entry for task in tasks for entry in task_entries(task)]
        return in_order(entries)

    @staticmethod
    def _contact(activity: Activity) -> LogEntry:
        """Contact about a lead says which: all of them are readable here."""
        entry = contact_entry(activity)
        if activity.lead is None:
            return entry
        about = _("About lead %(lead)s") % {"lead": activity.lead.reference}
        words = f"{about} · {entry.reference}" if entry.reference else about
        return LogEntry(
            entry.on, entry.at, entry.icon, entry.title, entry.by, entry.person, entry.text, words
        )


def portfolio_url(pk: int) -> str:
    return reverse("admin:contacts_organisation_portfolio", args=[pk])


def portfolio_urls(admin: Any) -> list[Any]:
    """The portfolio's address, beneath the organisation's own."""

    def portfolio(request: HttpRequest, object_id: int) -> HttpResponse:
        if not admin.has_view_permission(request):
            raise PermissionDenied
        found = Organisation.objects.filter(pk=object_id).first() if object_id < 2**63 else None
        if found is None:
            raise Http404
        if found.merged_into_id is not None:
            messages.info(request, _("That record was merged into this one."))
            return HttpResponseRedirect(portfolio_url(found.merged_into_id))
        user: Any = request.user
        rows = relations_kept(user, amsterdam_day(timezone.now())).select_related("keeper", "group")
        page = PortfolioPage(admin, request, rows.get(pk=object_id))
        return page.post() if request.method == "POST" else page.show()

    return [
        path(
            "<int:object_id>/portfolio/",
            admin.admin_site.admin_view(portfolio),
            name="contacts_organisation_portfolio",
        )
    ]
