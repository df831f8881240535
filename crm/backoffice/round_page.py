"""One contact round: how far it is, who comes next, and every member dealt with where it stands."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.backoffice.forms import REFUSALS, refused
from crm.backoffice.lead_forms import show_on
from crm.backoffice.navigation import may_see
from crm.backoffice.round_forms import AddForm, CallerForm, UnreachableForm
from crm.common.months import amsterdam_day
from crm.contacts.models import Affiliation
from crm.desk.rounds.choices import MemberState, label_of
from crm.desk.rounds.models import ContactRound, RoundMember
from crm.desk.rounds.progress import Heard, standing_of
from crm.desk.rounds.services import add_members, hand_over_call, mark_unreachable, put_back

MARKS = {
    MemberState.OPEN: ("ring", "wait"),
    MemberState.DONE: ("disc", "good"),
    MemberState.UNREACHABLE: ("triangle", "warn"),
}


class RoundPage:
    """One request for a round. `show` and `who` in the address narrow the list, never the figures."""

    def __init__(self, site: Any, request: HttpRequest, found: ContactRound) -> None:
        self.site, self.request, self.round = site, request, found
        self.now = timezone.now()
        self.today = amsterdam_day(self.now)
        self.is_running = found.closed_at is None
        self.may_mark = self.is_running and may_see(request.user, "desk.roundmember", "change")
        self.participants = list(found.participants.all())
        self.add_form = AddForm()
        self.bound: dict[int, tuple[str, Any]] = {}

    # ── writing ─────────────────────────────────────────────────────────────
    def post(self) -> HttpResponse:
        if not self.may_mark:
            if may_see(self.request.user, "desk.roundmember", "change"):
                messages.error(self.request, _("This round is closed: its result stays as it is."))
                return HttpResponseRedirect(self.url)
            raise PermissionDenied
        deal = self.request.POST.get("deal", "")
        if deal == "add":
            return self._add()
        member = self._member(self.request.POST.get("member", ""))
        given: dict[str, Any] = {"member": member, "by": self.request.user, "at": self.now}
        if deal == "put_back":
            return self._did(lambda: put_back(**given), _("To be called again."))
        if deal == "unreachable":
            form: Any = UnreachableForm(self.request.POST, prefix=f"u{member.pk}")
            run, said = (
                (lambda: mark_unreachable(**given, **form.cleaned_data)),
                _("Marked as not reachable."),
            )
        elif deal == "hand_over":
            form = CallerForm(self.request.POST, prefix=f"c{member.pk}")
            form.offer(self.participants)
            run, said = (lambda: hand_over_call(**given, **form.cleaned_data)), _("Handed over.")
        else:
            raise Http404
        self.bound[member.pk] = (deal, form)
        return self._did(run, said, form) if form.is_valid() else self.show()

    def _add(self) -> HttpResponse:
        self.add_form = form = AddForm(self.request.POST)
        if not form.is_valid():
            return self.show()
        return self._did(
            lambda: add_members(
                round=self.round,
                organisations=[form.cleaned_data["organisation"]],
                by=self.request.user,
                at=self.now,
            ),
            _("Added to the round."),
            form,
        )

    def _did(self, run: Any, said: str, form: Any = None) -> HttpResponse:
        try:
            run()
        except REFUSALS as error:
            faults = refused(error)
            if form is not None:
                show_on(form, faults)
                return self.show()
            for fault in faults:
                messages.error(self.request, str(fault.message))
        else:
            messages.success(self.request, said)
        return HttpResponseRedirect(self.request.get_full_path())

    def _member(self, key: str) -> RoundMember:
        number = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
        member = RoundMember.objects.filter(round=self.round, pk=number).first()
        if member is None:
            raise Http404
        return member

    @property
    def url(self) -> str:
        return reverse("admin:contact-round", args=[self.round.pk])

    # ── showing ─────────────────────────────────────────────────────────────
    def show(self) -> HttpResponse:
        standing = standing_of(self.round)
        state, who = self.request.GET.get("show", ""), self.request.GET.get("who", "")
        state = state if state in MemberState.values else ""
        members = [
            member
            for member in standing.members
            if (not state or member.state == state) and (not who or str(member.caller_id) == who)
        ]
        user_pk = self.request.user.pk
        to_call = [member for member in standing.members if member.state == MemberState.OPEN]
        # One's own first; who is done helps a colleague.
        following = next((row for row in to_call if row.caller_id == user_pk), next(iter(to_call), None))
        context = {
            **self.site.each_context(self.request),
            "title": self.round.name,
            "round": self.round,
            "today": self.today,
            "is_running": self.is_running,
            "may_mark": self.may_mark,
            "may_change": self.is_running and may_see(self.request.user, "desk.contactround", "change"),
            "progress": standing.progress,
            "by_caller": standing.by_caller,
            "rows": [self._drawn(member, standing.heard) for member in members],
            "views": self._views(standing.progress, who),
            "state": state,
            "who": next((caller for caller, _p in standing.by_caller if str(caller.pk) == who), None),
            "following": following if self.is_running else None,
            "following_people": self._people(following) if following and self.is_running else [],
            "add_form": self.add_form,
            "participants": self.participants,
            "url": self.url,
        }
        return TemplateResponse(self.request, "admin/rounds/page.html", context)

    def _views(self, progress: Any, who: str) -> list[tuple[str, str, bool, Any]]:
        asked = self.request.GET.get("show", "")
        tail = f"&who={who}" if who.isdecimal() else ""
        counts = {
            "": progress.total,
            MemberState.OPEN.value: progress.open,
            MemberState.DONE.value: progress.done,
            MemberState.UNREACHABLE.value: progress.unreachable,
        }
        labels = {"": _("Everybody")}
        for state in MemberState:
            labels[state.value] = str(label_of(state, is_closed=not self.is_running))
        # Beside a colleague's name the figures of the whole round would not be those of the list.
        return [
            (f"?show={name}{tail}", labels[name], name == asked, "" if tail else count)
            for name, count in counts.items()
        ]

    def _drawn(self, member: Any, heard: dict[int, Heard]) -> dict[str, Any]:
        deal, form = self.bound.get(member.pk, ("", None))
        shape, tone = MARKS[MemberState(member.state)]
        drawn = {
            "member": member,
            "shape": shape,
            "tone": tone,
            "heard": heard.get(member.organisation_id, Heard()),
            "url": self._log_url(member),
            "is_open": deal,
        }
        if self.may_mark and member.state == MemberState.OPEN:
            unreachable = UnreachableForm(prefix=f"u{member.pk}")
            drawn["unreachable"] = form if deal == "unreachable" else unreachable
            caller = CallerForm(prefix=f"c{member.pk}")
            caller.offer([person for person in self.participants if person.pk != member.caller_id])
            drawn["caller"] = form if deal == "hand_over" else caller
        return drawn

    def _log_url(self, member: Any) -> str:
        url = reverse("admin:contacts_organisation_portfolio", args=[member.organisation_id])
        return f"{url}?round={self.round.pk}" if self.is_running else url

    def _people(self, member: Any) -> list[Any]:
        places = Affiliation.objects.filter(organisation=member.organisation_id, valid_until__isnull=True)
        return list(places.select_related("person").order_by("person__full_name")[:3])
