"""The forms of contact rounds: who is called, when, by whom; and what can be said about one of them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from crm.backoffice.desk_people import desk_users
from crm.backoffice.fields import PickField, day_input
from crm.desk.list_models import SavedView
from crm.desk.rounds.choices import RoundScope
from crm.desk.rounds.models import ContactRound, RoundMember

VIEW = "view-"


class RoundForm(forms.Form):
    """What can be said of a round at any time; `version` is what the person was looking at."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    ends_on = forms.DateField(label=gettext_lazy("Until and with"), widget=day_input())
    participants = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who takes part"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Who keeps a relation calls it; the rest is shared out evenly."),
    )
    goal = forms.CharField(
        label=gettext_lazy("Goal"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What everybody should hear or ask."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["participants"]
        people.queryset = desk_users()


class NewRoundForm(RoundForm):
    """A new round: also who is called, by what they are, by a view of the list, or as chosen there."""

    source = forms.ChoiceField(label=gettext_lazy("Who is called"))
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=day_input())
    chosen = forms.CharField(required=False, max_length=9000, widget=forms.HiddenInput)
    field_order = ("name", "source", "starts_on", "ends_on", "participants", "goal")

    def __init__(self, *args: Any, views: Sequence[SavedView], chosen: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        choices: list[tuple[str, Any]] = [
            (scope.value, scope.label) for scope in RoundScope if scope != RoundScope.CHOSEN
        ]
        if chosen:
            words = _("The %(count)d organisations chosen in the list") % {"count": chosen}
            choices.insert(0, (RoundScope.CHOSEN.value, words))
        choices += [(f"{VIEW}{view.pk}", _("View: %(name)s") % {"name": view.name}) for view in views]
        source: Any = self.fields["source"]
        source.choices = choices


class AddForm(forms.Form):
    organisation = PickField(
        RoundMember._meta.get_field("organisation"), label=gettext_lazy("One more organisation")
    )


class UnreachableForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why not"), max_length=200)


class CallerForm(forms.Form):
    to = forms.ModelChoiceField(label=gettext_lazy("To whom"), queryset=User.objects.none(), empty_label="–")

    def offer(self, people: Sequence[User]) -> None:
        field: Any = self.fields["to"]
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])
        field.choices = [("", "–"), *((person.pk, str(person)) for person in people)]


class CloseForm(forms.Form):
    conclusion = forms.CharField(
        label=gettext_lazy("What came of it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def initial_of(found: ContactRound) -> dict[str, Any]:
    return {
        "name": found.name,
        "ends_on": found.ends_on,
        "participants": list(found.participants.values_list("pk", flat=True)),
        "goal": found.goal,
        "version": found.version,
    }
