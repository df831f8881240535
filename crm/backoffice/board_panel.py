"""The panel that a move opens where something is missing: exactly those fields, contact and reason, nothing else."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.models import User
from crm.acquisition.choices import ActivityKind, LeadStatus, Reason, Stage
from crm.acquisition.facts import facts_of_one
from crm.acquisition.models import Lead, StageChange
from crm.acquisition.services import change_lead, close_lead, log_activity, move_stage, park_lead
from crm.acquisition.stages import ENDINGS, REASONS, Requirement, is_forward, missing_for
from crm.backoffice.fields import day_input
from crm.backoffice.lead_forms import missing_form, offer_people, people_of, show_on
from crm.common.errors import Fault
from crm.contacts.models import Person


class DoneForm(forms.Form):
    """Contact or a visit that took place: the day, and with whom."""

    occurred_on = forms.DateField(label=gettext_lazy("When"), widget=day_input())
    person = forms.ModelChoiceField(
        label=gettext_lazy("With whom"), queryset=Person.objects.none(), empty_label="–"
    )


class ContactForm(DoneForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            (kind.value, kind.label) for kind in (ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.MEETING)
        ],
    )
    field_order = ("kind", "occurred_on", "person")


class EndForm(forms.Form):
    """Why a lead ends: one of the reasons of that ending."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Panel:
    """One move of one lead, with the forms that settle what it still needs; `settle` stores and moves, or does neither."""

    def __init__(self, lead: Any, to: str, today: date, data: Any = None) -> None:
        self.lead, self.to, self.today = lead, to, today
        stored = Lead.objects.select_related("identity", "decision_maker").get(pk=lead.pk)
        self.missing = self._missing(stored)
        activities = list(lead.activities.select_related("person"))
        people = people_of(stored, activities)
        self.has_people = bool(people)
        self.facts = missing_form(self.missing, stored, people, data)
        self.end = self._end_form(data)
        self.done = {
            requirement.activity: self._done_form(requirement, people, data)
            for requirement in self.missing
            if requirement.activity
        }

    def _missing(self, lead: Lead) -> list[Requirement]:
        if self.to not in Stage.values or not is_forward(lead.stage, self.to):
            return []
        return missing_for(facts_of_one(lead), self.to, self.today)

    def _end_form(self, data: Any) -> EndForm | None:
        if self.to not in ENDINGS:
            return None
        form = EndForm(data, prefix="end")
        form.fields["reason"].choices = [
            ("", "–"),
            *((reason, Reason(reason).label) for reason in REASONS[self.to]),
        ]
        return form

    def _done_form(self, requirement: Requirement, people: Any, data: Any) -> DoneForm:
        form_class = DoneForm if requirement.activity == ActivityKind.VISIT else ContactForm
        form = form_class(data, prefix=requirement.key, initial={"occurred_on": self.today})
        offer_people(form.fields["person"], people)
        if requirement.activity == ActivityKind.VISIT:
            form.fields["person"].required = False
        return form

    @property
    def asked(self) -> list[forms.BaseForm]:
        return [form for form in (*self.done.values(), self.facts, self.end) if form is not None]

    @property
    def sections(self) -> list[tuple[str, forms.BaseForm]]:
        """The forms with a heading where what they ask is an event, and not a fact with a label of its own."""
        said = [
            (str(requirement.text), self.done[requirement.activity])
            for requirement in self.missing
            if requirement.activity
        ]
        return [*said, *(("", form) for form in (self.facts, self.end) if form is not None)]

    @property
    def needs_person(self) -> bool:
        """Whether somebody must be named while nobody at the company is known yet."""
        asked = [form.fields["person"] for form in self.done.values()]
        decides = self.facts is not None and "decision_maker" in self.facts.fields
        return not self.has_people and (decides or any(field.required for field in asked))

    @property
    def asks(self) -> bool:
        return bool(self.asked)

    def is_valid(self) -> bool:
        # Every form is asked, so that every fault is shown at once.
        return [form for form in self.asked if not form.is_valid()] == []

    def show_faults(self, faults: list[Fault]) -> None:
        """Each fault at the field that has its name, else above the first form."""
        for fault in faults:
            owner = next((form for form in self.asked if fault.field in form.fields), None)
            if owner is None:
                owner = self.done.get(
                    next((row.activity for row in self.missing if row.key == fault.code), "")
                )
            show_on(owner or self.asked[0], [fault])

    def settle(self, *, version: int, by: User, at: datetime) -> StageChange:
        """Store what was asked and move, in one transaction: whatever refuses, nothing of it stays."""
        lead = Lead.objects.get(pk=self.lead.pk)
        with transaction.atomic():
            if self.facts is not None:
                facts = {name: self.facts.cleaned_data[name] for name in self.facts.changed_data}
                change_lead(lead=lead, by=by, at=at, version=version, **facts)
                version = lead.version
            for activity, form in self.done.items():
                values = form.cleaned_data
                log_activity(
                    lead=lead,
                    kind=values.get("kind") or activity,
                    occurred_on=values["occurred_on"],
                    person=values["person"],
                    by=by,
                    at=at,
                )
            extra = self.end.cleaned_data if self.end is not None else {}
            return move(lead, self.to, on=self.today, version=version, by=by, at=at, **extra)


def move(
    lead: Lead,
    to: str,
    *,
    on: date,
    version: int,
    by: User,
    at: datetime,
    reason: str = "",
    note: str = "",
) -> StageChange:
    """The verb behind a column: a stage, parked, or one of the endings."""
    if to == LeadStatus.PARKED:
        return park_lead(lead=lead, on=on, by=by, at=at, version=version, note=note)
    if to in ENDINGS:
        return close_lead(
            lead=lead, to_status=to, reason=reason, on=on, by=by, at=at, version=version, note=note
        )
    return move_stage(lead=lead, to_stage=to, on=on, by=by, at=at, version=version, note=note)
