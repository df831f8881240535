"""A round of calls along a frozen list of organisations, its members, and the log of what happened to it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.common.constraints import at_most, both_or_neither, not_empty, one_of
from crm.common.models import Recorded
from crm.common.validators import validate_plain_text
from crm.contacts.models import Organisation
from crm.desk.rounds.choices import MemberState, RoundAct, RoundScope, label_of
from crm.desk.rounds.querysets import ContactRoundQuerySet, RoundMemberQuerySet

USER = settings.AUTH_USER_MODEL


class ContactRound(Recorded):
    """Everybody on the list is spoken to between two days. A closed round keeps its result as it stood then."""

    name = models.CharField(_("name"), max_length=80, validators=[validate_plain_text])
    scope = models.CharField(_("who is called"), max_length=10, choices=RoundScope.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    goal = models.TextField(_("goal"), blank=True, max_length=1000, validators=[validate_plain_text])
    participants: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        USER, related_name="+", verbose_name=_("who takes part")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        USER,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("closed by"),
    )
    conclusion = models.TextField(
        _("conclusion"), blank=True, max_length=2000, validators=[validate_plain_text]
    )

    objects = ContactRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact round")
        verbose_name_plural = _("contact rounds")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            not_empty("name", "a_contact_round_has_a_name"),
            one_of("scope", RoundScope, "a_contact_round_has_a_known_scope"),
            at_most("starts_on", "ends_on", "a_contact_round_ends_no_sooner_than_it_starts"),
            both_or_neither("closed_at", "closed_by", "a_closed_round_says_by_whom"),
        ]

    def __str__(self) -> str:
        return self.name


class RoundMember(models.Model):
    """One organisation of a round. Whether it was spoken to is not stored until the round is closed."""

    round = models.ForeignKey(
        ContactRound, models.PROTECT, related_name="members", verbose_name=_("contact round")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    caller = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("who calls"))
    is_addition = models.BooleanField(_("added later"), default=False)
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("added by"))
    unreachable_reason = models.CharField(
        _("why not reachable"), max_length=200, blank=True, validators=[validate_plain_text]
    )
    unreachable_at = models.DateTimeField(_("not reachable since"), null=True, blank=True)
    unreachable_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("marked by")
    )
    result = models.CharField(_("result"), max_length=12, choices=MemberState.choices, blank=True)
    contacted_on = models.DateField(_("spoken to on"), null=True, blank=True)

    objects = RoundMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a contact round")
        verbose_name_plural = _("members of a contact round")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "organisation"], name="an_organisation_is_in_a_round_once"
            ),
            one_of("result", MemberState, "a_round_member_has_a_known_result", blank=True),
            both_or_neither("unreachable_at", "unreachable_by", "an_unreachable_member_says_by_whom"),
            models.CheckConstraint(
                condition=Q(unreachable_at__isnull=True) | ~Q(unreachable_reason=""),
                name="an_unreachable_member_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(contacted_on__isnull=True) | Q(result="done"),
                name="a_kept_contact_belongs_to_a_done_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.organisation_id}"

    @property
    def state_label(self) -> Any:
        """The state in words, of a row that comes from `with_state`."""
        return label_of(self.state, is_closed=self.round.closed_at is not None)  # type: ignore[attr-defined]


class RoundChange(models.Model):
    """What happened to a round. Append-only; organisations and people stand here by number, so that no name stays behind."""

    round = models.ForeignKey(
        ContactRound, models.PROTECT, related_name="changes", verbose_name=_("contact round")
    )
    act = models.CharField(_("what happened"), max_length=12, choices=RoundAct.choices)
    subject = models.CharField(_("about"), max_length=40, blank=True)
    count = models.PositiveIntegerField(_("number"), default=1)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of a contact round")
        verbose_name_plural = _("changes of contact rounds")
        ordering = ["-at", "-pk"]
        constraints = [one_of("act", RoundAct, "a_round_change_is_of_a_known_kind")]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.at:%Y-%m-%d}"
