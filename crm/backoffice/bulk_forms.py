"""What is asked before something is done with many leads, and the words for it."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from crm.acquisition.choices import TaskKind
from crm.acquisition.models import LeadTag
from crm.acquisition.services import AddTag, Deed, HandOver, NextStep, Park, RemoveTag
from crm.backoffice.desk_people import desk_users
from crm.backoffice.fields import day_input
from crm.desk.bulk.models import BulkDeed


class DeedForm(forms.Form):
    """Says the deed (`deed`) and its values as they are stored (`stored`)."""

    def deed(self) -> Deed:
        raise NotImplementedError  # each form has its own

    def stored(self) -> dict[str, Any]:
        raise NotImplementedError  # each form has its own


class HandOverForm(DeedForm):
    owner = forms.ModelChoiceField(label=gettext_lazy("To whom"), queryset=User.objects.none())
    with_tasks = forms.BooleanField(
        label=gettext_lazy("With the open tasks that the present owner has there"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = desk_users()  # type: ignore[attr-defined]

    def deed(self) -> HandOver:
        return HandOver(**self.cleaned_data)

    def stored(self) -> dict[str, Any]:
        return {"owner": self.cleaned_data["owner"].pk, "with_tasks": self.cleaned_data["with_tasks"]}


class ParkForm(DeedForm):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Stands in the log of each lead."),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=day_input(),
        help_text=gettext_lazy("On that day the owner gets a task: take it up again?"),
    )

    def deed(self) -> Park:
        return Park(**self.cleaned_data)

    def stored(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"], "until": self.cleaned_data["until"].isoformat()}


class AddTagForm(DeedForm):
    """One of the tags there are, or a new one: that is made with the yes, not before."""

    tag = forms.ModelChoiceField(
        label=gettext_lazy("Tag"), queryset=LeadTag.objects.all(), required=False, empty_label="–"
    )
    new_tag = forms.CharField(
        label=gettext_lazy("Or a new tag"),
        required=False,
        max_length=40,
        validators=LeadTag._meta.get_field("name").validators,
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        name = " ".join(values.get("new_tag", "").split())
        if name and values.get("tag"):
            self.add_error("new_tag", _("Choose a tag or type a new one, not both."))
        elif name:
            values["tag"] = LeadTag.objects.filter(name__iexact=name).first() or LeadTag(name=name)
        elif not values.get("tag") and not self.errors:
            self.add_error("tag", _("Choose a tag, or type a new one."))
        return values

    def deed(self) -> AddTag:
        return AddTag(tag=self.cleaned_data["tag"])

    def stored(self) -> dict[str, Any]:
        return {"tag": self.cleaned_data["tag"].pk}


class RemoveTagForm(DeedForm):
    tag = forms.ModelChoiceField(label=gettext_lazy("Tag"), queryset=LeadTag.objects.all(), empty_label="–")

    def deed(self) -> RemoveTag:
        return RemoveTag(tag=self.cleaned_data["tag"])

    def stored(self) -> dict[str, Any]:
        return {"tag": self.cleaned_data["tag"].pk}


class NextStepForm(DeedForm):
    title = forms.CharField(
        label=gettext_lazy("What"),
        max_length=200,
        validators=[*LeadTag._meta.get_field("name").validators[:1]],
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TaskKind.choices, initial=TaskKind.TASK)
    due_on = forms.DateField(label=gettext_lazy("By"), widget=day_input())
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("each lead’s own owner"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = desk_users()  # type: ignore[attr-defined]

    def deed(self) -> NextStep:
        return NextStep(**self.cleaned_data)

    def stored(self) -> dict[str, Any]:
        values = self.cleaned_data
        owner = values["owner"].pk if values["owner"] else None
        return {**values, "due_on": values["due_on"].isoformat(), "owner": owner}


FORMS: dict[str, type[DeedForm]] = {
    BulkDeed.HAND_OVER: HandOverForm,
    BulkDeed.PARK: ParkForm,
    BulkDeed.ADD_TAG: AddTagForm,
    BulkDeed.REMOVE_TAG: RemoveTagForm,
    BulkDeed.NEXT_STEP: NextStepForm,
}


def said(deed: Deed) -> str:
    """The deed as a sentence, above the preview and the result."""
    if isinstance(deed, HandOver):
        words = (
            _("Hand over to %(who)s, with the present owner’s open tasks.")
            if deed.with_tasks
            else _("Hand over to %(who)s. Open tasks stay with whom they are.")
        )
        return words % {"who": deed.owner}
    if isinstance(deed, Park):
        values = {"day": date_format(deed.until, "j F Y"), "why": deed.reason}
        return _("Park until %(day)s: %(why)s") % values
    if isinstance(deed, AddTag):
        return _("Add the tag “%(tag)s”.") % {"tag": deed.tag}
    if isinstance(deed, RemoveTag):
        return _("Remove the tag “%(tag)s”.") % {"tag": deed.tag}
    if isinstance(deed, NextStep):
        values = {"what": deed.title, "day": date_format(deed.due_on, "j F Y"), "who": str(deed.owner)}
        if deed.owner is None:
            return _("Next step “%(what)s” by %(day)s, for each lead’s own owner.") % values
        return _("Next step “%(what)s” by %(day)s, for %(who)s.") % values
    raise TypeError(deed)
