"""What can be done with tasks, one at a time or several chosen in the list: done, another day, another owner."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from crm.acquisition.choices import Repeat
from crm.acquisition.models import Task
from crm.acquisition.services import end_repeat, finish_task, hand_over_task, reschedule_task
from crm.backoffice.desk_people import desk_users
from crm.backoffice.fields import day_input, hour_input
from crm.backoffice.forms import REFUSALS, refused
from crm.backoffice.record_actions import ActionForm, RecordAction

NAMED = 5  # more refusals than this are counted, not named


class VersionedForm(ActionForm):
    """Carries the version of the task that the person was looking at; several tasks at once have none."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.row is not None:
            self.fields["version"].initial = self.row.version


class RescheduleForm(VersionedForm):
    due_on = forms.DateField(label=gettext_lazy("New day"), widget=day_input())
    start_time = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=hour_input(),
        help_text=gettext_lazy("Empty: some time that day. Clock of Amsterdam."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.row is not None:
            self.fields["due_on"].initial = self.row.due_on
            self.fields["start_time"].initial = self.row.start_time


class HandOverForm(VersionedForm):
    owner = forms.ModelChoiceField(label=gettext_lazy("New owner"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = desk_users()
        self.fields["owner"].queryset = people.exclude(pk=self.row.owner_id) if self.row else people


def is_open(task: Task) -> bool:
    return task.done_at is None


def _move(task: Task, values: dict[str, Any], by: User, at: datetime) -> Task:
    return reschedule_task(task=task, by=by, at=at, **values)


def _hand_over(task: Task, values: dict[str, Any], by: User, at: datetime) -> Task:
    return hand_over_task(task=task, by=by, at=at, **values)


def _finish(task: Task, _values: dict[str, Any], by: User, at: datetime) -> Task:
    return finish_task(task=task, by=by, at=at)


TASK_ACTIONS = (
    RecordAction(
        name="finish",
        label=gettext_lazy("Done"),
        done=gettext_lazy("The task is done."),
        run=_finish,
        applies=is_open,
        tone="primary",
    ),
    RecordAction(
        name="reschedule",
        label=gettext_lazy("Reschedule"),
        done=gettext_lazy("The task moved."),
        run=_move,
        applies=is_open,
        form_class=RescheduleForm,
        icon="later",
    ),
    RecordAction(
        name="hand-over",
        label=gettext_lazy("Hand over"),
        done=gettext_lazy("The task changed hands."),
        run=_hand_over,
        applies=is_open,
        form_class=HandOverForm,
        icon="people",
    ),
    RecordAction(
        name="end-repeat",
        label=gettext_lazy("Stop repeating"),
        done=gettext_lazy("The task comes back no more."),
        run=lambda task, values, by, at: end_repeat(task=task, by=by, at=at),
        applies=lambda task: is_open(task) and task.repeat != Repeat.NONE,
        question=gettext_lazy("This task stays; once it is done, no next one is made."),
        icon="close",
    ),
)


class TaskBulkMixin:
    """Gives the task list its actions on chosen rows. Each task is its own change: who is refused is named with the reason."""

    actions = ("finish_chosen", "reschedule_chosen", "hand_over_chosen")

    def get_actions(self, request: HttpRequest) -> Any:
        """For whoever may change tasks; the form's fields are fixed, the actions are not."""
        return super().get_actions(request) if may_change_tasks(request) else {}  # type: ignore[misc]

    @admin.action(description=gettext_lazy("Done"))
    def finish_chosen(self, request: HttpRequest, queryset: Any) -> None:
        _each(request, queryset, {}, _finish)

    @admin.action(description=gettext_lazy("Reschedule"))
    def reschedule_chosen(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self._asked(request, queryset, RescheduleForm, _move)

    @admin.action(description=gettext_lazy("Hand over"))
    def hand_over_chosen(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self._asked(request, queryset, HandOverForm, _hand_over)

    def _asked(
        self, request: HttpRequest, queryset: Any, form_class: type[VersionedForm], run: Callable[..., Any]
    ) -> HttpResponse | None:
        """Ask once for all chosen tasks, then do it for each."""
        given = {"user": request.user, "at": timezone.now()}
        form = form_class(request.POST, **given) if "do" in request.POST else form_class(**given)
        if form.is_bound and form.is_valid():
            values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            _each(request, queryset, values, run)
            return HttpResponseRedirect(request.get_full_path())
        name = request.POST["action"]
        request.desk_model = self.opts.label_lower  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": self.get_actions(request)[name][2],
            "opts": self.opts,  # type: ignore[attr-defined]
            "tasks": list(queryset),
            "form": form,
            "action": name,
            "box": ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/acquisition/task/bulk.html", context)


def may_change_tasks(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("acquisition.change_task"))


def _each(request: HttpRequest, queryset: Any, values: dict[str, Any], run: Callable[..., Any]) -> None:
    if not may_change_tasks(request):
        raise PermissionDenied
    done, refusals, now = 0, [], timezone.now()
    for task in queryset:
        try:
            run(task, values, request.user, now)
        except REFUSALS as error:
            reasons = " ".join(str(fault.message) for fault in refused(error))
            refusals.append(f"{task}: {reasons}")
        else:
            done += 1
    if done:
        words = ngettext("%(count)d task changed.", "%(count)d tasks changed.", done)
        messages.success(request, words % {"count": done})
    for refusal in refusals[:NAMED]:
        messages.error(request, refusal)
    if len(refusals) > NAMED:
        words = _("And %(count)d more were refused.")
        messages.error(request, words % {"count": len(refusals) - NAMED})
