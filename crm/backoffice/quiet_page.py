"""The page of the quiet list: every row with its reasons, dealt with where it stands."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DESK_ROLES
from crm.acquisition.choices import ActivityKind
from crm.acquisition.models import Lead, Task
from crm.acquisition.services import add_task, finish_task, log_activity, reschedule_task
from crm.backoffice.empty_states import first_steps
from crm.backoffice.forms import REFUSALS, refused
from crm.backoffice.lead_forms import show_on
from crm.backoffice.quiet_forms import FORMS, MODELS, Deal, DrawnRow, deals_of, form_of, may_confirm
from crm.backoffice.quiet_snoozes import running_snoozes, snooze_for
from crm.backoffice.undo import Deed, contact_deed, hand_over_deed, offer_undo, snooze_deed, task_deed
from crm.common.errors import Fault, RuleError
from crm.common.months import amsterdam_day
from crm.desk.quiet import QuietRow, SubjectKind, quiet_list, quiet_page
from crm.desk.services import end_snooze, hand_over, snooze
from crm.estate.models import Tenancy, Vacancy
from crm.matching.models import HousingNeed
from crm.targets.models import CountEvent

ROWS_A_PAGE = 40
DUE_TODAY, HEAVY = 100, 60
SUBJECTS: dict[str, Any] = {
    SubjectKind.LEAD: Lead.objects.select_related("identity__organisation"),
    SubjectKind.NEED: HousingNeed.objects.select_related("lead", "organisation"),
    SubjectKind.VACANCY: Vacancy.objects.select_related("office"),
    SubjectKind.TENANCY: Tenancy.objects.select_related("tenant"),
    SubjectKind.COUNT_EVENT: CountEvent.objects.all(),
    SubjectKind.TASK: Task.objects.select_related("organisation"),
}
DONE = {
    "contact": lambda: _("Recorded."),
    "reschedule": lambda: _("Moved to another day."),
    "hand_over": lambda: _("Handed over."),
    "snooze": lambda: _("It stays out of the list until then."),
    "finish": lambda: _("The task is done."),
    "wake": lambda: _("Back in the list."),
}


def colleagues_of(user: User) -> list[User]:
    """Who of the desk can take something over from this person; one query."""
    return list(User.objects.filter(is_active=True, role__in=DESK_ROLES).exclude(pk=user.pk))


def mark_of(row: QuietRow) -> tuple[str, str, str]:
    """Shape, tone and word before the sentence."""
    if row.weight > DUE_TODAY:
        return "triangle", "bad", _("Late")
    if row.kind == SubjectKind.COUNT_EVENT:
        return "ring", "wait", _("Waits")
    if row.weight == DUE_TODAY:
        return "diamond", "warn", _("Today")
    if row.weight >= HEAVY:
        return "diamond", "warn", _("Overdue")
    return "ring", "wait", _("Attention")


def url_of(row: QuietRow) -> str:
    return reverse(f"admin:{MODELS[row.kind].replace('.', '_')}_change", args=[row.pk])


class QuietDesk:
    """One request: draws rows for this person, and carries out what was posted from one of them."""

    def __init__(self, user: User, now: datetime) -> None:
        self.user, self.now = user, now
        self.today = amsterdam_day(now)
        self.colleagues = colleagues_of(user)
        self.bound: dict[str, tuple[str, Any]] = {}  # a form with faults, by the key of its row
        self.deed: Deed | None = None  # what was done, for taking it back

    def draw(self, row: QuietRow) -> DrawnRow:
        key = f"{row.kind.value}-{row.pk}"
        name_posted, form_posted = self.bound.get(key, ("", None))
        promise = row.promise
        deals = []
        for name in deals_of(row, self.user):
            label, button, _form = FORMS[name]
            fresh = form_of(name, key, self.today, self.colleagues)
            version = promise.task_version if name == "reschedule" and promise else row.version
            form = form_posted if name == name_posted else fresh
            deals.append(Deal(name, str(label), str(button), form, version))
        return DrawnRow(
            row,
            url_of(row),
            *mark_of(row),
            deals=deals,
            task=promise.task if promise else None,
            task_version=promise.task_version if promise else None,
            confirm_url=self._confirm_url(row),
        )

    def _confirm_url(self, row: QuietRow) -> str:
        if not may_confirm(row, self.user):
            return ""
        return reverse("admin:targets_countevent_do", args=[row.pk, "confirm"])

    # ── what was posted ─────────────────────────────────────────────────────
    def deal(self, post: Any) -> list[Fault]:
        """Do it, or say every reason why not; a form with faults is kept, with all that was typed."""
        key, name = post.get("subject", ""), post.get("deal", "")
        if name not in DONE:
            raise Http404
        if name == "wake":
            return self._wake(post.get("snooze", ""))
        kind, subject = self._subject(key)
        if name == "finish":
            return self._refused(lambda: self._finish(post))
        form = form_of(name, key, self.today, self.colleagues, post)
        self.bound[key] = (name, form)
        if not form.is_valid():
            return [Fault("form", _("Not done. What you typed is still here."))]
        runs = {
            "contact": self._contact,
            "reschedule": self._reschedule,
            "hand_over": self._hand_over,
            "snooze": self._snooze,
        }
        faults = self._refused(lambda: runs[name](kind, subject, form.cleaned_data, post))
        show_on(form, faults)
        return faults

    def _refused(self, run: Callable[[], Any]) -> list[Fault]:
        try:
            with transaction.atomic():
                run()
        except REFUSALS as error:
            return refused(error)
        return []

    def _subject(self, key: str) -> tuple[SubjectKind, Any]:
        kind, _dash, number = key.partition("-")
        if kind not in SUBJECTS or not (number.isascii() and number.isdecimal() and len(number) < 18):
            raise Http404
        subject = SUBJECTS[kind].filter(pk=int(number)).first()
        if subject is None or not self._may_see(subject):
            raise Http404
        return SubjectKind(kind), subject

    def _may_see(self, subject: Any) -> bool:
        """A need of a hidden lead, or somebody else's task, does not exist for this person."""
        if isinstance(subject, HousingNeed) and subject.lead is not None:
            return self._reads(subject.lead)
        return not isinstance(subject, Task) or subject.owner_id == self.user.pk

    def _reads(self, lead: Lead) -> bool:
        readable = Lead.objects.with_readable_name(self.user)
        return bool(readable.filter(pk=lead.pk, is_name_readable=True).exists())

    def _promise(self, post: Any) -> Task:
        number = post.get("task", "")
        if not (number.isascii() and number.isdecimal() and len(number) < 18):
            raise Http404
        task = Task.objects.filter(pk=int(number)).first()
        if task is None:
            raise Http404
        if task.owner_id != self.user.pk:
            message = _("This task is no longer yours: %(who)s has it now. Nothing was changed.")
            raise RuleError(Fault("not_yours", message % {"who": task.owner}))
        return task

    def _allow(self, permission: str) -> None:
        if not self.user.has_perm(permission):
            raise PermissionDenied

    def _finish(self, post: Any) -> None:
        self._allow("acquisition.change_task")
        self.deed = task_deed(finish_task(task=self._promise(post), by=self.user, at=self.now))

    def _contact(self, kind: SubjectKind, subject: Any, values: dict[str, Any], _post: Any) -> None:
        self._allow("acquisition.add_activity")
        about = about_of(subject)
        if about is None or (kind == SubjectKind.LEAD and not self._reads(subject)):
            raise PermissionDenied
        by, at = self.user, self.now
        activity = log_activity(
            kind=values["kind"],
            occurred_on=values["occurred_on"],
            is_two_way=not values["is_one_way"] and values["kind"] != ActivityKind.NOTE,
            text=values["text"],
            by=by,
            at=at,
            **about,
        )
        task = None
        if values["next_step"]:
            task = add_task(
                title=values["next_step"], due_on=values["due_on"], owner=by, by=by, at=at, **about
            )
        self.deed = contact_deed(activity, task)

    def _reschedule(self, kind: SubjectKind, subject: Any, values: dict[str, Any], post: Any) -> None:
        self._allow("acquisition.change_task")
        task = self._promise(post)
        moved = reschedule_task(
            task=task,
            due_on=values["due_on"],
            start_time=task.start_time,
            by=self.user,
            at=self.now,
            version=version_in(post),
        )
        self.deed = task_deed(moved)

    def _hand_over(self, kind: SubjectKind, subject: Any, values: dict[str, Any], post: Any) -> None:
        self._allow(f"{MODELS[kind].replace('.', '.change_')}")
        is_teams = kind == SubjectKind.LEAD and subject.owner_id is None
        if is_teams and not self._reads(subject):
            raise PermissionDenied
        owner = next(person for person in self.colleagues if str(person.pk) == values["owner"])
        handed = hand_over(subject=subject, owner=owner, by=self.user, at=self.now, version=version_in(post))
        self.deed = hand_over_deed(handed)

    def _snooze(self, kind: SubjectKind, subject: Any, values: dict[str, Any], _post: Any) -> None:
        action = "confirm" if kind == SubjectKind.COUNT_EVENT else "change"
        self._allow(MODELS[kind].replace(".", f".{action}_"))
        row = snooze(
            subject=subject, until=values["until"], reason=values["reason"], by=self.user, at=self.now
        )
        self.deed = snooze_deed(row)

    def _wake(self, number: str) -> list[Fault]:
        row = snooze_for(self.user, number)
        return self._refused(lambda: end_snooze(snooze=row, by=self.user, at=self.now))


def version_in(post: Any) -> int | None:
    """The version that the person was looking at, where the row has one."""
    text = post.get("version", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def about_of(subject: Any) -> dict[str, Any] | None:
    """The lead or the organisation that contact about this subject is with."""
    if isinstance(subject, Lead):
        return {"lead": subject}
    if isinstance(subject, HousingNeed):
        return {"lead": subject.lead} if subject.lead else {"organisation": subject.organisation}
    if isinstance(subject, Tenancy):
        return {"organisation": subject.tenant}
    if isinstance(subject, Vacancy) and subject.office:
        return {"organisation": subject.office}
    return None


def today_page(site: Any, request: HttpRequest) -> HttpResponse:
    """Show the whole list, or deal with one of its rows and come back."""
    user: Any = request.user
    desk = QuietDesk(user, timezone.now())
    page = page_in(request.GET.get("p", ""))
    if request.method == "POST":
        page = page_in(request.POST.get("p", ""))
        faults = desk.deal(request.POST)
        if not faults:
            offer_undo(request, DONE[request.POST["deal"]](), desk.deed)
            return HttpResponseRedirect(_way_back(request, page))
        if not desk.bound:
            for fault in faults:
                messages.error(request, str(fault.message))
            return HttpResponseRedirect(_way_back(request, page))
    rows, total, page = _rows(desk, page)
    context = {
        **site.each_context(request),
        "title": _("Needs attention"),
        "today": desk.today,
        "quiet_rows": [desk.draw(row) for row in rows],
        "total": total,
        "first_steps": None if total else first_steps(user),
        "page": page,
        "pages": pages_of(total),
        "first": (page - 1) * ROWS_A_PAGE + 1,
        "last": min(page * ROWS_A_PAGE, total),
        "snoozes": running_snoozes(user, desk.today),
    }
    return TemplateResponse(request, "admin/quiet/page.html", context)


def _rows(desk: QuietDesk, page: int) -> tuple[list[QuietRow], int, int]:
    """The rows of the page; with a form that has faults, those of the page on which its row stands now."""
    given = {"user": desk.user, "today": desk.today, "now": desk.now}
    if not desk.bound:
        rows, total = quiet_page(**given, start=(page - 1) * ROWS_A_PAGE, size=ROWS_A_PAGE)
        if rows or not total:
            return rows, total, page
        return _rows(desk, pages_of(total))
    every = quiet_list(**given)
    (key,) = desk.bound
    place = next((n for n, row in enumerate(every) if f"{row.kind.value}-{row.pk}" == key), 0)
    page = place // ROWS_A_PAGE + 1
    return every[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE], len(every), page


def pages_of(total: int) -> int:
    return max(1, -(-total // ROWS_A_PAGE))


def page_in(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _way_back(request: HttpRequest, page: int) -> str:
    """The page on which the row stood: the home page, or this part of the list."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    own = reverse("admin:today") + (f"?p={page}" if page > 1 else "")
    return target if is_ours else own
