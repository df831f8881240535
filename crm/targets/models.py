"""The targets as data, the append-only count ledger, and measurements from outside."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.acquisition.models import Lead
from crm.common.constraints import both_or_neither, not_empty, not_negative, one_of
from crm.common.models import Named
from crm.common.validators import validate_plain_text
from crm.contacts.models import Organisation
from crm.estate.models import Area, Unit
from crm.targets.choices import (
    RULE_VERSION,
    Category,
    Curve,
    EventKind,
    EvidenceKind,
    SpinOffOrigin,
    TargetCode,
    TargetKind,
)
from crm.targets.querysets import CountEventQuerySet, ObservationQuerySet

USER = settings.AUTH_USER_MODEL


class Target(Named):
    """A promise of the strategy: what is counted, from where to where and by when."""

    kind = models.CharField(_("kind"), max_length=10, choices=TargetKind.choices)
    goal = models.PositiveIntegerField(
        _("goal"), help_text=_("Per year for a yearly flow, in all for the others.")
    )
    baseline = models.PositiveIntegerField(_("baseline"), null=True, blank=True)
    baseline_on = models.DateField(_("baseline on"), null=True, blank=True)
    window_from = models.DateField(_("window from"), null=True, blank=True)
    goal_on = models.DateField(_("by"))
    curve = models.CharField(_("plan line"), max_length=10, choices=Curve.choices)
    definition_nl = models.TextField(_("definition in Dutch"))
    definition_en = models.TextField(_("definition in English"))
    source_nl = models.CharField(_("source in Dutch"), max_length=200)
    source_en = models.CharField(_("source in English"), max_length=200)

    class Meta(Named.Meta):
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            one_of("code", TargetCode, "a_target_is_one_of_the_six"),
            one_of("kind", TargetKind, "a_target_is_of_a_known_kind"),
            both_or_neither("baseline", "baseline_on", "a_baseline_says_of_when"),
            models.CheckConstraint(
                condition=~Q(kind="stock") | Q(baseline__isnull=False), name="a_stock_has_a_baseline"
            ),
        ]


class Evidence(models.Model):
    """The proof of a count event and the note with it, beside the ledger so that an erasure can blank the text."""

    reference = models.CharField(_("evidence"), max_length=300, blank=True, validators=[validate_plain_text])
    file = models.FileField(_("file"), upload_to="evidence/%Y/", blank=True)
    note = models.TextField(_("note"), blank=True, validators=[validate_plain_text])

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return self.reference


class CountEvent(models.Model):
    """What happened to one company on the park. Append-only: only the confirmation is filled in, once.

    It counts when a second person has confirmed it and no confirmed reversal takes it back (`standing`).
    """

    kind = models.CharField(_("kind"), max_length=20, choices=EventKind.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    group = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("group"),
        help_text=_("The group on the day of recording; a takeover later on changes no count."),
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("area"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("unit")
    )
    lead = models.ForeignKey(
        Lead, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("lead")
    )
    category = models.CharField(_("category"), max_length=10, choices=Category.choices, blank=True)
    spin_off_origin = models.CharField(
        _("origin of the spin-off"), max_length=20, choices=SpinOffOrigin.choices, blank=True
    )
    is_knowledge_intensive = models.BooleanField(_("knowledge-intensive"), null=True, blank=True)
    occurred_on = models.DateField(_("happened on"))
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))
    confirmed_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    evidence_kind = models.CharField(
        _("kind of evidence"), max_length=20, choices=EvidenceKind.choices, blank=True
    )
    evidence = models.OneToOneField(
        Evidence, models.PROTECT, related_name="event", null=True, blank=True, verbose_name=_("evidence")
    )
    reverses = models.ForeignKey(
        "self", models.PROTECT, related_name="reversals", null=True, blank=True, verbose_name=_("takes back")
    )
    rule_version = models.PositiveSmallIntegerField(_("rule version"), default=RULE_VERSION)

    objects = CountEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("count event")
        verbose_name_plural = _("count events")
        ordering = ["-occurred_on", "-recorded_at", "-pk"]
        indexes = [
            models.Index(fields=["-confirmed_at", "-id"], name="count_event_confirmed"),
            models.Index(fields=["-recorded_at", "-id"], name="count_event_recorded"),
            models.Index(fields=["organisation", "kind", "occurred_on"], name="count_event_of_organisation"),
            models.Index(fields=["occurred_on", "confirmed_at"], name="count_event_as_of"),
        ]
        constraints = [
            one_of("kind", EventKind, "a_count_event_is_of_a_known_kind"),
            one_of("category", Category, "a_count_event_has_a_known_category", blank=True),
            one_of("spin_off_origin", SpinOffOrigin, "a_spin_off_has_a_known_origin", blank=True),
            one_of("evidence_kind", EvidenceKind, "evidence_is_of_a_known_kind", blank=True),
            models.CheckConstraint(
                condition=Q(spin_off_origin="") | Q(category="startup"), name="a_spin_off_is_a_startup"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind__in=["arrival", "reclassification"], is_knowledge_intensive__isnull=False)
                    & ~Q(category="")
                )
                | (
                    ~Q(kind__in=["arrival", "reclassification"])
                    & Q(is_knowledge_intensive__isnull=True, category="")
                ),
                name="only_an_arrival_or_reclassification_has_a_category",
            ),
            both_or_neither("confirmed_at", "confirmed_by", "a_confirmed_event_says_by_whom"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(confirmed_at__gte=models.F("recorded_at")),
                name="an_event_is_confirmed_after_it_is_recorded",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
                name="only_a_reversal_takes_back",
            ),
            models.UniqueConstraint(fields=["reverses"], name="an_event_is_reversed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_on}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None


class Observation(models.Model):
    """A stock measured from outside on a day: value, source and boundary; `known_at` is when we learnt it. Append-only."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="observations", verbose_name=_("target"))
    value = models.PositiveIntegerField(_("value"))
    reference_date = models.DateField(_("reference date"))
    source = models.CharField(_("source"), max_length=200, validators=[validate_plain_text])
    boundary_version = models.CharField(
        _("boundary version"), max_length=40, help_text=_("Which outline of the park was measured.")
    )
    known_at = models.DateTimeField(_("known at"))
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("recorded by"))

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["-reference_date", "-known_at"]
        constraints = [
            not_negative("value", "an_observation_is_not_negative"),
            not_empty("source", "an_observation_has_a_source"),
            models.UniqueConstraint(
                fields=["target", "reference_date", "known_at"], name="an_observation_is_known_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.reference_date}: {self.value}"


class Indicator(Named):
    """Something the strategy measures beside its targets, such as events held; observed later, defined here."""

    unit = models.CharField(_("unit"), max_length=40, blank=True)
    definition_nl = models.TextField(_("definition in Dutch"), blank=True)
    definition_en = models.TextField(_("definition in English"), blank=True)

    class Meta(Named.Meta):
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
