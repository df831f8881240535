"""What can be done with a lead: moving, parking, reopening, ending, taking the last step back, revealing a hidden name."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from crm.acquisition.choices import LeadStatus, Reason, Stage
from crm.acquisition.facts import facts_of_one
from crm.acquisition.models import Lead, StageChange
from crm.acquisition.services import (
    close_lead,
    move_stage,
    park_lead,
    reopen_lead,
    reveal_name,
    reverse_change,
)
from crm.acquisition.stages import ENDINGS, REASONS, missing_for, next_stage, rank
from crm.backoffice.fields import day_input
from crm.backoffice.record_actions import ActionForm, RecordAction
from crm.common.errors import Fault

NOTE = forms.Textarea(attrs={"rows": 3})
STEPS = Prefetch("stage_changes", StageChange.objects.select_related("by", "note", "reversed_by"))
NAMED = 2  # more missing facts than this are counted, not named


class LeadActionForm(ActionForm):
    """Carries the version of the lead that the person was looking at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.row.version


class DatedForm(LeadActionForm):
    on = forms.DateField(label=gettext_lazy("On"), widget=day_input())
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=5000, widget=NOTE)


class MoveForm(DatedForm):
    """Another stage; what it still needs is named beside each."""

    to_stage = forms.ChoiceField(label=gettext_lazy("To"), widget=forms.RadioSelect)
    field_order = ("to_stage", "on", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_stage"].choices = self._stages()
        following = next_stage(self.row.stage)
        if following and following != Stage.ESTABLISHED and "to_stage" not in self.initial:
            self.initial["to_stage"] = following

    def _stages(self) -> list[tuple[str, str]]:
        """Every stage but the present one and `established`, each with how much is still missing."""
        facts, today = facts_of_one(self.row), self.fields["on"].initial
        choices = []
        for stage in Stage:
            if stage in (self.row.stage, Stage.ESTABLISHED):
                continue
            label = str(stage.label)
            if rank(stage) < rank(self.row.stage):
                label = _("%(stage)s (back)") % {"stage": label}
            else:
                missing = missing_for(facts, stage, today)
                if len(missing) > NAMED:
                    words = _("%(stage)s (%(count)d facts still needed)")
                    label = words % {"stage": label, "count": len(missing)}
                elif missing:
                    needs = ", ".join(str(requirement.text) for requirement in missing)
                    label = _("%(stage)s (still needed: %(needs)s)") % {"stage": label, "needs": needs}
            choices.append((stage.value, label))
        return choices

    def field_of(self, fault: Fault) -> str:
        """A missing requirement belongs to the stage that asks for it; that somebody was faster, to the whole."""
        name = super().field_of(fault)
        return name if name in self.fields or fault.code == "stale" else "to_stage"


class CloseForm(DatedForm):
    """Lost, referred or withdrawn, with a reason that goes with it."""

    ending = forms.ChoiceField(label=gettext_lazy("How it ended"))
    field_order = ("ending", "on", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ending"].choices = [
            ("", "–"),
            *(
                (
                    LeadStatus(status).label,
                    [(f"{status}:{reason}", Reason(reason).label) for reason in REASONS[status]],
                )
                for status in ENDINGS
            ),
        ]

    def field_of(self, fault: Fault) -> str:
        return "ending" if fault.field in ("to_status", "reason") else super().field_of(fault)


class NoteForm(LeadActionForm):
    note = forms.CharField(
        label=gettext_lazy("Why it is taken back"), required=False, max_length=5000, widget=NOTE
    )


class RevealForm(ActionForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Kept in the log with your name and the moment."),
    )


def _dated(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("on", "note", "version")}


def _move(lead: Lead, values: dict[str, Any], by: User, at: datetime) -> StageChange:
    return move_stage(lead=lead, to_stage=values["to_stage"], by=by, at=at, **_dated(values))


def _close(lead: Lead, values: dict[str, Any], by: User, at: datetime) -> StageChange:
    status, _colon, reason = values["ending"].partition(":")
    return close_lead(lead=lead, to_status=status, reason=reason, by=by, at=at, **_dated(values))


def last_step(lead: Lead) -> StageChange | None:
    """The lead's last standing change, where it can be taken back: not its first, and not one from the ledger."""
    prefetch_related_objects([lead], STEPS)
    standing = [
        change
        for change in lead.stage_changes.all()
        if change.reverses_id is None and not hasattr(change, "reversed_by")
    ]
    last = max(standing, key=lambda change: change.pk, default=None)
    if last is None or not last.from_stage or last.to_status == LeadStatus.ESTABLISHED:
        return None
    return last


def _reverse(lead: Lead, values: dict[str, Any], by: User, at: datetime) -> StageChange | None:
    change = last_step(lead)
    if change is None:
        return None
    return reverse_change(change=change, by=by, at=at, note=values["note"], version=values["version"])


def has_status(*statuses: str) -> Any:
    return lambda lead: lead.status in statuses


LEAD_ACTIONS: tuple[RecordAction, ...] = (
    RecordAction(
        name="move",
        label=gettext_lazy("Move"),
        done=gettext_lazy("The lead is moved."),
        run=_move,
        applies=has_status(LeadStatus.OPEN),
        form_class=MoveForm,
        icon="moved",
    ),
    RecordAction(
        name="park",
        label=gettext_lazy("Park"),
        done=gettext_lazy("The lead is parked: out of the forecast, not out of the log."),
        run=lambda lead, values, by, at: park_lead(lead=lead, by=by, at=at, **_dated(values)),
        applies=has_status(LeadStatus.OPEN),
        form_class=DatedForm,
        icon="later",
    ),
    RecordAction(
        name="reopen",
        label=gettext_lazy("Reopen"),
        done=gettext_lazy("The lead is open again, in the stage it had."),
        run=lambda lead, values, by, at: reopen_lead(lead=lead, by=by, at=at, **_dated(values)),
        applies=has_status(LeadStatus.PARKED, *ENDINGS),
        form_class=DatedForm,
        icon="undo",
    ),
    RecordAction(
        name="close",
        label=gettext_lazy("Close"),
        done=gettext_lazy("The lead is closed. It keeps the stage it reached."),
        run=_close,
        applies=has_status(LeadStatus.OPEN, LeadStatus.PARKED),
        form_class=CloseForm,
        icon="close",
    ),
    RecordAction(
        name="reverse",
        label=gettext_lazy("Take back the last step"),
        done=gettext_lazy("The last step is taken back; both rows stay in the log."),
        run=_reverse,
        applies=lambda lead: last_step(lead) is not None,
        form_class=NoteForm,
        question=gettext_lazy(
            "For a step that was recorded by mistake. The log keeps it, with a row that takes it back."
        ),
        icon="undo",
    ),
    RecordAction(
        name="reveal",
        label=gettext_lazy("Reveal the name"),
        done="",
        run=lambda lead, values, by, at: reveal_name(lead=lead, reason=values["reason"], by=by, at=at),
        permission="acquisition.view_namereveal",
        form_class=RevealForm,
        icon="eye",
    ),
)
