"""The forms on a lead's page: quick entry, and the fields that the next stage still needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.acquisition.choices import ActivityKind
from crm.acquisition.models import Activity, Lead
from crm.acquisition.stages import Requirement
from crm.backoffice.fields import day_input
from crm.backoffice.spoken_days import SpokenDayField, say_understood
from crm.common.errors import Fault
from crm.contacts.models import Affiliation, Person

ENTRY_KINDS = [
    (kind.value, kind.label)
    for kind in (
        ActivityKind.CALL,
        ActivityKind.EMAIL,
        ActivityKind.MEETING,
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
    occurred_on = SpokenDayField(label=gettext_lazy("When"), prefer="past")
    person = forms.ModelChoiceField(
        label=gettext_lazy("With whom"), queryset=Person.objects.none(), required=False, empty_label="–"
    )
    is_one_way = forms.BooleanField(label=gettext_lazy("No answer yet"), required=False)
    next_step = forms.CharField(label=gettext_lazy("Next step"), required=False, max_length=200)
    due_on = SpokenDayField(label=gettext_lazy("By"), required=False, prefer="future")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("occurred_on", "due_on"):
            self.fields[name].today = today

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        say_understood(self)
        if values.get("next_step") and not values.get("due_on"):
            self.add_error("due_on", _("Give the day by which the next step is due."))
        if values.get("due_on") and not values.get("next_step"):
            self.add_error("next_step", _("Say what is due on that day."))
        return values


@dataclass(frozen=True)
class Known:
    """Somebody at the company: the position there, whether this person decides, and when somebody spoke last."""

    person: Person
    position: str
    decides: bool
    spoken_on: date | None


def people_of(lead: Lead, activities: Sequence[Activity]) -> list[Known]:
    """People who work at the organisation behind the lead, were spoken with about it, or decide."""
    places = (
        Affiliation.objects.filter(organisation=lead.identity.organisation_id, valid_until__isnull=True)
        if lead.identity.organisation_id
        else Affiliation.objects.none()
    )
    positions = {place.person: place.position for place in places.select_related("person")}
    spoken: dict[Person, date] = {}
    for activity in activities:
        if activity.person is not None:
            spoken[activity.person] = max(activity.occurred_on, spoken.get(activity.person, date.min))
    people = {*positions, *spoken, *([lead.decision_maker] if lead.decision_maker else [])}
    return [
        Known(person, positions.get(person, ""), person == lead.decision_maker, spoken.get(person))
        for person in sorted(people, key=lambda person: (str(person), person.pk))
    ]


def offer_people(field: Any, people: Sequence[Known]) -> None:
    """Choices without a query; what is posted is looked up among the same people."""
    field.queryset = Person.objects.filter(pk__in=[known.person.pk for known in people])
    field.choices = [("", "–"), *((known.person.pk, str(known.person)) for known in people)]


def missing_form(
    missing: Sequence[Requirement], lead: Lead, people: Sequence[Known], data: Any = None
) -> forms.ModelForm | None:
    """The fields of the lead that settle what the next stage still needs; None where only contact can settle it."""
    known = {field.name for field in Lead._meta.fields if field.editable}
    names = [name for requirement in missing for name in requirement.fields if name in known]
    if not names:
        return None

    def formfield(field: Any, **kwargs: Any) -> Any:
        if field.get_internal_type() == "DateField":
            kwargs["widget"] = day_input()
        return field.formfield(**kwargs)

    form_class = forms.modelform_factory(Lead, fields=names, formfield_callback=formfield)
    form = form_class(data, instance=lead, prefix="missing")
    if "decision_maker" in form.fields:
        offer_people(form.fields["decision_maker"], people)
    return form


def show_on(form: forms.BaseForm, faults: Sequence[Fault]) -> None:
    for fault in faults:
        form.add_error(fault.field if fault.field in form.fields else None, str(fault.message))
