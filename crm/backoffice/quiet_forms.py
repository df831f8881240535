"""The forms in a row of the quiet list, and which of them a row offers to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from crm.acquisition.choices import ActivityKind
from crm.backoffice.fields import day_input
from crm.backoffice.lead_forms import ENTRY_KINDS
from crm.backoffice.navigation import may_see
from crm.desk.quiet import QuietRow, SubjectKind

MODELS: Mapping[str, str] = {
    SubjectKind.LEAD: "acquisition.lead",
    SubjectKind.NEED: "matching.housingneed",
    SubjectKind.VACANCY: "estate.vacancy",
    SubjectKind.TENANCY: "estate.tenancy",
    SubjectKind.COUNT_EVENT: "targets.countevent",
    SubjectKind.TASK: "acquisition.task",
}


class ContactForm(forms.Form):
    """What was said, and in the same breath what is promised next."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ENTRY_KINDS, initial=ActivityKind.CALL)
    occurred_on = forms.DateField(label=gettext_lazy("When"), widget=day_input())
    is_one_way = forms.BooleanField(label=gettext_lazy("No answer yet"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What was discussed"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    next_step = forms.CharField(label=gettext_lazy("Next step"), required=False, max_length=200)
    due_on = forms.DateField(label=gettext_lazy("By"), required=False, widget=day_input())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("next_step") and not values.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Give the day by which the next step is due."))
        if values.get("due_on") and not values.get("next_step") and "next_step" not in self.errors:
            self.add_error("next_step", _("Say what is due on that day."))
        return values


class RescheduleForm(forms.Form):
    due_on = forms.DateField(label=gettext_lazy("New day"), widget=day_input())


class HandOverForm(forms.Form):
    owner = forms.ChoiceField(label=gettext_lazy("To whom"))

    def offer(self, colleagues: Sequence[User]) -> None:
        field: Any = self.fields["owner"]
        field.choices = [("", "–"), *((str(person.pk), str(person)) for person in colleagues)]


class SnoozeForm(forms.Form):
    until = forms.DateField(
        label=gettext_lazy("Until"), widget=day_input(), help_text=gettext_lazy("At most 60 days ahead.")
    )
    reason = forms.CharField(label=gettext_lazy("Why it can wait"), max_length=200)


FORMS: Mapping[str, tuple[str | Promise, str | Promise, type[forms.Form]]] = {
    "contact": (gettext_lazy("Log contact"), gettext_lazy("Record"), ContactForm),
    "reschedule": (gettext_lazy("Reschedule"), gettext_lazy("Move to that day"), RescheduleForm),
    "hand_over": (gettext_lazy("Hand over"), gettext_lazy("Hand over"), HandOverForm),
    "snooze": (gettext_lazy("Snooze"), gettext_lazy("Snooze"), SnoozeForm),
}


@dataclass(frozen=True)
class Deal:
    """One way to deal with a row: a form that opens within it."""

    name: str
    label: str
    button: str
    form: forms.Form
    version: int | None = None

    @property
    def is_open(self) -> bool:
        """A form that came back with faults stays open."""
        return self.form.is_bound


@dataclass(frozen=True)
class DrawnRow:
    """A row as it is drawn for one person."""

    row: QuietRow
    url: str
    shape: str
    tone: str
    word: str
    deals: list[Deal] = field(default_factory=list)
    task: int | None = None
    task_version: int | None = None
    confirm_url: str = ""

    @property
    def key(self) -> str:
        return f"{self.row.kind.value}-{self.row.pk}"


def deals_of(row: QuietRow, user: User) -> list[str]:
    """What may be done with this row in place, by this person."""
    may_change = may_see(user, MODELS[row.kind], "change")
    promise = row.promise
    names = []
    if _has_contact(row) and row.is_readable and may_see(user, "acquisition.activity", "add"):
        names.append("contact")
    if promise is not None:
        names.append("reschedule")
    if row.kind in (SubjectKind.LEAD, SubjectKind.NEED, SubjectKind.TASK) and may_change:
        names += ["hand_over"] if row.is_readable or promise is not None else []
    if promise is None and (may_change or may_confirm(row, user)):
        names.append("snooze")
    return names


def may_confirm(row: QuietRow, user: User) -> bool:
    return row.kind == SubjectKind.COUNT_EVENT and may_see(user, "targets.countevent", "confirm")


def _has_contact(row: QuietRow) -> bool:
    return row.kind in (SubjectKind.LEAD, SubjectKind.NEED, SubjectKind.VACANCY, SubjectKind.TENANCY)


def form_of(name: str, key: str, today: date, colleagues: Sequence[User], data: Any = None) -> forms.Form:
    """The form by its name, for one row; its fields carry the row's key so that no two on a page are alike."""
    _label, _button, form_class = FORMS[name]
    form = form_class(data, prefix=f"{key}-{name}", initial={"occurred_on": today})
    if isinstance(form, HandOverForm):
        form.offer(colleagues)
    return form
