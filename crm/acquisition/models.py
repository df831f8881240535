"""Leads on three tracks, the log of their stages, contact and tasks.

The name of whoever stands behind a lead lives in `LeadIdentity` alone: everything else, `__str__` and the log included,
speaks of the code name.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.acquisition.choices import ActivityKind, Answer, Confidentiality, LeadStatus, Reason, Stage, Track
from crm.acquisition.papers import Document as Document
from crm.acquisition.papers import EditedWords as EditedWords
from crm.acquisition.papers import LeadEdit as LeadEdit
from crm.acquisition.querysets import ActivityQuerySet, LeadQuerySet, StageChangeQuerySet
from crm.acquisition.tag_models import LeadTag as LeadTag
from crm.acquisition.task_models import Task as Task
from crm.acquisition.task_models import TaskChange as TaskChange
from crm.acquisition.withdrawing import StandingManager, Withdrawable
from crm.common.constraints import at_most, both_or_neither, not_empty, one_of
from crm.common.models import Recorded
from crm.common.validators import validate_plain_text
from crm.contacts.models import ApplicationArea, Organisation, Person, Technology

__all__ = [
    "Activity",
    "Lead",
    "LeadIdentity",
    "LeadTag",
    "NameReveal",
    "StageChange",
    "StageNote",
    "Task",
    "TaskChange",
]

USER = settings.AUTH_USER_MODEL


class Lead(Recorded):
    """A company that may settle on the park. Stage and status mirror the log's last standing row."""

    code_name = models.CharField(_("code name"), max_length=40, unique=True, null=True, editable=False)  # noqa: DJ001 "" would collide until the name is drawn
    track = models.CharField(_("track"), max_length=20, choices=Track.choices)
    stage = models.CharField(
        _("stage"), max_length=12, choices=Stage.choices, default=Stage.IDENTIFIED, editable=False
    )
    status = models.CharField(
        _("status"), max_length=12, choices=LeadStatus.choices, default=LeadStatus.OPEN, editable=False
    )
    stage_since = models.DateField(_("in this stage since"), editable=False)
    confidentiality = models.CharField(
        _("confidentiality"),
        max_length=12,
        choices=Confidentiality.choices,
        default=Confidentiality.CONFIDENTIAL,
    )
    owner = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("owner")
    )
    team: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        USER, related_name="+", blank=True, verbose_name=_("team")
    )
    application_area = models.ForeignKey(
        ApplicationArea,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("application area"),
    )
    technologies = models.ManyToManyField(
        Technology, related_name="+", blank=True, verbose_name=_("technologies")
    )
    tags: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        LeadTag, related_name="+", blank=True, verbose_name=_("tags")
    )
    spin_off_expected = models.CharField(
        _("spin-off expected"), max_length=8, choices=Answer.choices, default=Answer.UNKNOWN
    )
    referred_by = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("handed over by"),
    )
    referred_on = models.DateField(_("handed over on"), null=True, blank=True)
    # The profile test and what a stage requires (see stages.py).
    develops_technology = models.BooleanField(_("develops technology"), null=True, blank=True)
    has_rd_in_operations = models.BooleanField(_("has R&D in its operations"), null=True, blank=True)
    seeks_space = models.BooleanField(
        _("seeks space"), null=True, blank=True, help_text=_("Answer No where no space is sought.")
    )
    area_from_m2 = models.PositiveIntegerField(_("sought from m²"), null=True, blank=True)
    area_to_m2 = models.PositiveIntegerField(_("sought to m²"), null=True, blank=True)
    decision_expected_on = models.DateField(_("decision expected on"), null=True, blank=True)
    decision_maker = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("decision maker")
    )
    offer_reference = models.CharField(
        _("offer document"), max_length=200, blank=True, help_text=_("File or reference of the offer.")
    )
    settles_expected_on = models.DateField(_("expected to settle on"), null=True, blank=True)
    confirmation_on = models.DateField(_("confirmation signed on"), null=True, blank=True)
    confirmation_reference = models.CharField(
        _("signed confirmation or lease"),
        max_length=200,
        blank=True,
        help_text=_("File or reference of the signed document."),
    )
    jobs_expected = models.PositiveIntegerField(
        _("jobs expected"), null=True, blank=True, help_text=_("In three years.")
    )
    jobs_promised = models.PositiveIntegerField(
        _("jobs promised"), null=True, blank=True, help_text=_("Over three years.")
    )

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["status", "stage", "track"], name="lead_by_stage"),
            models.Index(fields=["owner", "status"], name="lead_by_owner"),
        ]
        constraints = [
            one_of("track", Track, "a_lead_has_a_known_track"),
            one_of("stage", Stage, "a_lead_has_a_known_stage"),
            one_of("status", LeadStatus, "a_lead_has_a_known_status"),
            one_of("confidentiality", Confidentiality, "a_lead_has_a_known_confidentiality"),
            one_of("spin_off_expected", Answer, "a_lead_has_a_known_spin_off_answer"),
            models.CheckConstraint(
                condition=Q(stage="established", status="established")
                | (~Q(stage="established") & ~Q(status="established")),
                name="an_established_lead_is_so_in_stage_and_status",
            ),
            at_most("area_from_m2", "area_to_m2", "a_sought_area_runs_from_small_to_large"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.code_name}"

    @property
    def reference(self) -> str:
        return f"L-{self.pk:04d}" if self.pk else ""


class LeadIdentity(models.Model):
    """Who stands behind a lead: an organisation or, before that is known, a working name."""

    lead = models.OneToOneField(Lead, models.CASCADE, related_name="identity", verbose_name=_("lead"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("organisation")
    )
    working_name = models.CharField(
        _("working name"), max_length=200, blank=True, validators=[validate_plain_text]
    )

    class Meta:
        verbose_name = _("name of a lead")
        verbose_name_plural = _("names of leads")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(working_name=""),
                name="a_lead_has_an_organisation_or_a_working_name",
            )
        ]

    def __str__(self) -> str:
        return str(self.lead)

    @property
    def name(self) -> str:
        """The real name. Ask `LeadQuerySet.named_for(user)` instead wherever a person reads it."""
        return self.organisation.name if self.organisation else self.working_name


class NameReveal(models.Model):
    """An administrator looked at a strictly confidential name. Append-only."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="+", verbose_name=_("lead"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("revealed name")
        verbose_name_plural = _("revealed names")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="name_reveal_at")]
        constraints = [not_empty("reason", "revealing_a_name_takes_a_reason")]

    def __str__(self) -> str:
        return f"{self.lead} {self.at:%Y-%m-%d}"


class StageChange(models.Model):
    """One step of a lead, append-only. `occurred_on` is when it happened, `recorded_at` when we wrote it down.

    A step recorded by mistake is taken back by a row that `reverses` it; figures read the standing rows as known at a
    moment (`StageChangeQuerySet.standing`).
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="stage_changes", verbose_name=_("lead"))
    from_stage = models.CharField(_("from stage"), max_length=12, choices=Stage.choices, blank=True)
    to_stage = models.CharField(_("to stage"), max_length=12, choices=Stage.choices)
    from_status = models.CharField(_("from status"), max_length=12, choices=LeadStatus.choices, blank=True)
    to_status = models.CharField(_("to status"), max_length=12, choices=LeadStatus.choices)
    occurred_on = models.DateField(_("happened on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices, blank=True)
    note = models.ForeignKey(
        "StageNote", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("note")
    )
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        related_name="reversed_by",
        null=True,
        blank=True,
        verbose_name=_("takes back"),
    )

    objects = StageChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage change")
        verbose_name_plural = _("stage changes")
        ordering = ["-occurred_on", "-recorded_at", "-pk"]
        indexes = [
            models.Index(fields=["-recorded_at", "-id"], name="stage_change_recorded"),
            models.Index(
                fields=["lead", "-occurred_on", "-id"],
                include=["to_stage", "to_status", "recorded_at"],
                name="stage_change_of_lead_as_of",
            ),
            models.Index(fields=["occurred_on"], name="stage_change_by_day"),
        ]
        constraints = [
            one_of("to_stage", Stage, "a_change_leads_to_a_known_stage"),
            one_of("to_status", LeadStatus, "a_change_leads_to_a_known_status"),
            one_of("reason", Reason, "a_change_has_a_known_reason", blank=True),
            models.CheckConstraint(
                condition=Q(from_stage="", from_status="") | (~Q(from_stage="") & ~Q(from_status="")),
                name="a_first_change_comes_from_nothing",
            ),
            models.UniqueConstraint(fields=["lead"], condition=Q(from_stage=""), name="a_lead_begins_once"),
            models.CheckConstraint(
                condition=~Q(to_status__in=["lost", "referred", "withdrawn"])
                | ~Q(reason="")
                | Q(reverses__isnull=False),
                name="an_ending_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.from_stage or '–'} → {self.to_stage}"


class StageNote(models.Model):
    """Free text with a stage change, beside the log so that an erasure can blank it."""

    text = models.TextField(_("note"), blank=True, validators=[validate_plain_text])

    class Meta:
        verbose_name = _("note with a stage change")
        verbose_name_plural = _("notes with stage changes")

    def __str__(self) -> str:
        return self.text[:60]


class Activity(Withdrawable, Recorded):
    """Contact with a lead or a relation (owner, broker, tenant), or a note about it."""

    lead = models.ForeignKey(
        Lead, models.PROTECT, related_name="activities", null=True, blank=True, verbose_name=_("lead")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ActivityKind.choices)
    occurred_on = models.DateField(_("on"))
    is_two_way = models.BooleanField(
        _("two-way contact"), default=True, help_text=_("They answered or were there.")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("with")
    )
    text = models.TextField(_("text"), blank=True, validators=[validate_plain_text])
    reference = models.CharField(_("document"), max_length=200, blank=True)

    objects = StandingManager.from_queryset(ActivityQuerySet)()
    every = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-occurred_on", "-pk"]
        indexes = [models.Index(fields=["lead", "kind", "occurred_on"], name="activity_of_lead")]
        constraints = [
            one_of("kind", ActivityKind, "an_activity_is_of_a_known_kind"),
            both_or_neither("withdrawn_at", "withdrawn_by", "an_activity_taken_back_says_by_whom"),
            models.CheckConstraint(
                condition=Q(lead__isnull=False) | Q(organisation__isnull=False),
                name="an_activity_concerns_a_lead_or_an_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_on}"
