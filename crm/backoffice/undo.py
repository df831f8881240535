"""Taking back what was just done: a button beside the sentence that says it was done, for half an hour, for who did it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.models import Activity, Lead, StageChange, Task
from crm.acquisition.services import (
    reverse_change,
    take_back_task_change,
    withdraw_activity,
    withdraw_task,
)
from crm.backoffice.forms import REFUSALS, refused
from crm.common.errors import Fault, RuleError
from crm.desk.models import Snooze
from crm.desk.services import HandedOver, end_snooze, take_back_hand_over
from crm.matching.models import HousingNeed

SALT = "crm.backoffice.undo"
LONGEST_S = 30 * 60
TAG = "undo"
RECORDS: Mapping[str, type[models.Model]] = {"lead": Lead, "need": HousingNeed}


@dataclass(frozen=True)
class Deed:
    """Something that was done and can be taken back, as keys and the versions that it left."""

    kind: str
    facts: dict[str, Any]


def contact_deed(activity: Activity, task: Task | None) -> Deed:
    promised = {} if task is None else {"task": task.pk, "task_version": task.version}
    return Deed("contact", {"activity": activity.pk, **promised})


def task_deed(task: Task) -> Deed:
    return Deed("task", {"task": task.pk, "version": task.version})


def move_deed(change: StageChange) -> Deed:
    return Deed("move", {"change": change.pk, "version": change.lead.version})


def snooze_deed(row: Snooze) -> Deed:
    return Deed("snooze", {"snooze": row.pk})


def hand_over_deed(handed: HandedOver) -> Deed:
    facts: dict[str, Any] = {"tasks": [[task.pk, task.version] for task in handed.tasks]}
    if handed.subject is not None:
        kind = "lead" if isinstance(handed.subject, Lead) else "need"
        before = handed.owner_before.pk if handed.owner_before else None
        facts |= {
            "record": kind,
            "pk": handed.subject.pk,
            "version": handed.subject.version,
            "before": before,
        }
    return Deed("hand_over", facts)


def offer_undo(request: HttpRequest, sentence: str, deed: Deed | None) -> None:
    """Say that it was done; with a deed, beside a button that takes it back."""
    tags = ""
    if deed is not None:
        facts = {"kind": deed.kind, "by": request.user.pk, **deed.facts}
        tags = f"{TAG} {signing.dumps(facts, salt=SALT, compress=True)}"
    messages.success(request, sentence, extra_tags=tags)


# ── what each takes ─────────────────────────────────────────────────────────
def _found(row: Any) -> Any:
    if row is None:
        raise RuleError(Fault("gone", _("There is nothing left to take back.")))
    return row


def _contact(facts: dict[str, Any], by: User, at: datetime) -> None:
    withdraw_activity(activity=_found(Activity.every.filter(pk=facts["activity"]).first()), by=by, at=at)
    if "task" in facts:
        task = _found(Task.every.filter(pk=facts["task"]).first())
        withdraw_task(task=task, by=by, at=at, version=facts["task_version"])


def _task(facts: dict[str, Any], by: User, at: datetime) -> None:
    task = _found(Task.every.filter(pk=facts["task"]).first())
    take_back_task_change(task=task, by=by, at=at, version=facts["version"])


def _move(facts: dict[str, Any], by: User, at: datetime) -> None:
    change = _found(StageChange.objects.filter(pk=facts["change"]).first())
    reverse_change(change=change, by=by, at=at, version=facts["version"])


def _snooze(facts: dict[str, Any], by: User, at: datetime) -> None:
    end_snooze(snooze=_found(Snooze.objects.filter(pk=facts["snooze"]).first()), by=by, at=at)


def _hand_over(facts: dict[str, Any], by: User, at: datetime) -> None:
    subject: Any = None
    before = None
    if "record" in facts:
        subject = _found(RECORDS[facts["record"]]._default_manager.filter(pk=facts["pk"]).first())
        subject.version = facts["version"]
        before = User.objects.filter(pk=facts["before"]).first() if facts["before"] else None
    versions = dict(facts["tasks"])
    tasks = list(Task.objects.filter(pk__in=versions).order_by("pk"))
    for task in tasks:
        task.version = versions[task.pk]
    handed = HandedOver(subject=subject, owner_before=before, tasks=tuple(tasks))
    take_back_hand_over(handed=handed, by=by, at=at)


Run = Callable[[dict[str, Any], User, datetime], None]
DEEDS: Mapping[str, tuple[str, Run]] = {
    "contact": ("acquisition.add_activity", _contact),
    "task": ("acquisition.change_task", _task),
    "move": ("acquisition.change_lead", _move),
    "snooze": ("acquisition.change_lead", _snooze),
    "hand_over": ("acquisition.change_lead", _hand_over),
}


def undo(request: HttpRequest) -> HttpResponse:
    """Take it back, or say why that is not possible any more; then the page on which the button stood."""
    by: Any = request.user
    target = _way_back(request)
    try:
        facts = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=LONGEST_S)
    except signing.BadSignature:
        messages.error(request, _("That was too long ago to take back here. Nothing was changed."))
        return HttpResponseRedirect(target)
    permission, run = DEEDS[facts["kind"]]
    if facts["by"] != by.pk or not by.has_perm(permission):
        raise PermissionDenied
    try:
        with transaction.atomic():
            run(facts, by, timezone.now())
    except REFUSALS as error:
        reasons = " ".join(str(fault.message) for fault in refused(error))
        messages.error(request, f"{_('Not taken back.')} {reasons}")
    else:
        messages.success(request, _("Taken back. The log keeps both."))
    return HttpResponseRedirect(target)


def _way_back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else reverse("admin:today")
