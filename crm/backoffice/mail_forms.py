"""The form that puts a mail on a record: everything that would otherwise be guessed is asked, with what is known filled in."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from crm.acquisition.models import Lead, Task
from crm.backoffice.fields import PickField
from crm.backoffice.mail_words import why_refused
from crm.backoffice.spoken_days import SpokenDayField, say_understood
from crm.common.months import amsterdam_day
from crm.desk.mail.models import IncomingMail
from crm.desk.mail.parsed import Address
from crm.desk.mail.services import day_to_record, name_of, wrote_to_us
from crm.desk.mail.suggesting import PERSON, Suggestions

OTHER = "other"
THEY, WE = "they", "we"


class FilingForm(forms.Form):
    """Which lead, which day, who wrote, with whom, and which files."""

    lead = forms.ChoiceField(label=gettext_lazy("On the record of"), widget=forms.RadioSelect)
    other_lead = PickField(Task._meta.get_field("lead"), label=gettext_lazy("Another lead"), required=False)
    direction = forms.ChoiceField(
        label=gettext_lazy("Who wrote"),
        widget=forms.RadioSelect,
        choices=[(THEY, gettext_lazy("They wrote to us")), (WE, gettext_lazy("We wrote; no answer yet"))],
        help_text=gettext_lazy("Only what they wrote counts as contact with them."),
    )
    person = forms.ChoiceField(label=gettext_lazy("With whom"), widget=forms.RadioSelect, required=False)
    new_name = forms.CharField(label=gettext_lazy("Name of the new person"), max_length=120, required=False)
    occurred_on = SpokenDayField(label=gettext_lazy("When"), prefer="past")
    attachments = forms.MultipleChoiceField(
        label=gettext_lazy("Into the documents"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        mail: IncomingMail,
        found: Suggestions,
        user: User,
        at: datetime,
        own: Any,
        asked: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mail, self.found = mail, found
        self.fields["occurred_on"].today = amsterdam_day(at)
        self.fields["occurred_on"].initial = day_to_record(mail, at)
        self.fields["other_lead"].queryset = Lead.objects.named_for(user).filter(is_name_readable=True)
        wrote = wrote_to_us(mail, own)
        self.fields["direction"].initial = {True: THEY, False: WE}.get(wrote)
        self._offer_leads(asked)
        self._offer_people()
        self._offer_files()

    def _offer_leads(self, asked: int | None) -> None:
        leads = [(str(one.lead.pk), one) for one in self.found.leads]
        self.suggested = dict(leads)
        self.fields["lead"].choices = [
            *((pk, one.lead.display_name) for pk, one in leads),
            (OTHER, _("Another lead")),
        ]
        strong = [one for one in self.found.leads if one.weight >= PERSON]
        first = self.fields["lead"]
        if asked is not None and str(asked) in self.suggested:
            first.initial = str(asked)
        elif asked is not None and self.fields["other_lead"].queryset.filter(pk=asked).exists():
            first.initial, self.fields["other_lead"].initial = OTHER, asked
        elif strong and (len(strong) == 1 or strong[0].weight > strong[1].weight):
            first.initial = str(strong[0].lead.pk)
        elif not leads:
            first.initial = OTHER

    def _offer_people(self) -> None:
        choices = [(str(person.pk), str(person)) for person in self.found.people]
        for row in self.found.strangers:
            words = {"name": name_of(row), "email": row.email}
            choices.append((f"new:{row.pk}", _("New person: %(name)s, %(email)s") % words))
        self.fields["person"].choices = [*choices, ("", _("Nobody in particular"))]
        if len(self.found.people) == 1:
            self.fields["person"].initial = str(self.found.people[0].pk)
        elif not self.found.people and not self.found.strangers:
            del self.fields["person"]
        if len(self.found.strangers) == 1:
            self.fields["new_name"].initial = name_of(self.found.strangers[0])
            self.fields["new_name"].help_text = _(
                "Recorded at the lead’s organisation, once you choose “New person” above."
            )
        else:
            del self.fields["new_name"]

    def _offer_files(self) -> None:
        rows = list(self.mail.attachments.all())
        keepable = [row for row in rows if not row.refusal]
        self.refused = [(row, why_refused(row.refusal)) for row in rows if row.refusal]
        self.fields["attachments"].choices = [
            (row.pk, _("%(name)s (picture in the text)") % {"name": row.name} if row.in_text else row.name)
            for row in keepable
        ]
        self.fields["attachments"].initial = [row.pk for row in keepable if not row.in_text]
        if not keepable:
            del self.fields["attachments"]

    def lead_choices(self) -> list[tuple[Any, Any]]:
        """Each radio with its suggestion, for the page to say why."""
        return [(radio, self.suggested.get(radio.data["value"])) for radio in self["lead"]]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        say_understood(self)
        if values.get("lead") == OTHER and not values.get("other_lead") and "other_lead" not in self.errors:
            self.add_error("other_lead", _("Choose the lead."))
        return values

    def chosen_lead(self) -> Any:
        value = self.cleaned_data["lead"]
        return self.cleaned_data["other_lead"] if value == OTHER else self.suggested[value].lead

    def chosen_person(self) -> dict[str, Any]:
        """Somebody known, or an address and a name to record."""
        value = self.cleaned_data.get("person", "")
        if value.startswith("new:"):
            row = next(row for row in self.found.strangers if f"new:{row.pk}" == value)
            return {"new_person": Address(row.email, self.cleaned_data.get("new_name") or name_of(row))}
        return {"person": next((person for person in self.found.people if str(person.pk) == value), None)}

    def chosen_files(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data.get("attachments", ())]
