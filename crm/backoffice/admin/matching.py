"""Matches: spaces proposed to needs, and what became of them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.backoffice.admin.acquisition import about_readable_leads
from crm.backoffice.admin.base import RoomAdmin
from crm.backoffice.fields import day_input
from crm.backoffice.forms import RoomForm, Typed
from crm.backoffice.record_actions import ActionForm, RecordAction
from crm.backoffice.templatetags.desk import badge, day
from crm.common.months import amsterdam_day
from crm.matching.models import Match, MatchStatus
from crm.matching.services import accept_match, decline_match, propose_match

MATCH_MARKS = {
    MatchStatus.PROPOSED: ("ring", ""),
    MatchStatus.VIEWING: ("ring", ""),
    MatchStatus.VIEWED: ("ring", ""),
    MatchStatus.ACCEPTED: ("disc", "good"),
    MatchStatus.DECLINED: ("triangle", ""),
    MatchStatus.LET_ELSEWHERE: ("triangle", ""),
}


class MatchForm(RoomForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "proposed_on" in self.fields and not self.instance.pk:
            self.fields["proposed_on"].initial = amsterdam_day(timezone.now())


class AcceptForm(ActionForm):
    on = forms.DateField(label=_("Tenancy begins on"), widget=day_input())
    area_m2 = forms.DecimalField(
        label=_("Rented m²"),
        required=False,
        max_digits=9,
        decimal_places=2,
        help_text=_("Empty: the whole space."),
    )
    lease_reference = forms.CharField(label=_("Lease"), required=False, max_length=200)


class DeclineForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)


def is_undecided(match: Match) -> bool:
    return match.decided_at is None


@admin.register(Match)
class MatchAdmin(RoomAdmin):
    form = MatchForm
    list_display = ("need", "vacancy", "status_in_words", "proposed", "viewing", "reason")
    list_filter = ("status",)
    list_select_related = ("need", "vacancy")
    search_fields = ("need__title", "vacancy__reference", "vacancy__title_nl")
    date_hierarchy = "proposed_on"
    autocomplete_fields = ("need", "vacancy")
    narrow_columns = ("viewing",)
    fields = (("need", "vacancy"), "proposed_on")
    record_actions = (
        RecordAction(
            name="accept",
            label=_("Accept"),
            done=_("Accepted: the tenancy, the need and the lead follow."),
            run=lambda match, values, by, at: accept_match(match=match, by=by, at=at, **values),
            applies=is_undecided,
            form_class=AcceptForm,
            tone="primary",
        ),
        RecordAction(
            name="decline",
            label=_("Decline"),
            done=_("Declined."),
            run=lambda match, values, by, at: decline_match(match=match, by=by, at=at, **values),
            applies=is_undecided,
            form_class=DeclineForm,
            icon="close",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return about_readable_leads(request, super().get_queryset(request), "need__lead")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A proposal is accepted or declined, not rewritten."""
        return False

    def row_name(self, request: HttpRequest, row: Match) -> str:
        return f"{row.need.reference} – {row.vacancy}"

    @property
    def add_label(self) -> str:
        return gettext("Propose a space")

    @admin.display(description=_("status"), ordering="status")
    def status_in_words(self, row: Match) -> SafeString:
        return badge(row.get_status_display(), *MATCH_MARKS[MatchStatus(row.status)])

    @admin.display(description=_("proposed on"), ordering="proposed_on")
    def proposed(self, row: Match) -> SafeString | str:
        return day(row.proposed_on)

    @admin.display(description=_("viewing on"), ordering="viewing_on")
    def viewing(self, row: Match) -> SafeString | str:
        return day(row.viewing_on)

    def add_through(self, typed: Typed) -> Match:
        values = typed.values
        return propose_match(
            need=values["need"], vacancy=values["vacancy"], on=values["proposed_on"], by=typed.by, at=typed.at
        )
