"""What companies ask for, and which offered space was proposed to them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.acquisition.models import Lead
from crm.common.constraints import above_zero, at_most, both_or_neither, one_of
from crm.common.models import Recorded
from crm.common.validators import validate_plain_text
from crm.contacts.models import Organisation, Person
from crm.estate.choices import SpaceType
from crm.estate.models import Tenancy, Vacancy
from crm.matching.querysets import MatchQuerySet, NeedQuerySet
from crm.rules.lists import NamedChoices


class NeedStatus(NamedChoices):
    OPEN = "open", _("Open")
    OFFERED = "offered", _("Offered")
    HOUSED = "housed", _("Housed")
    DROPPED = "dropped", _("Dropped")


class NeedSource(NamedChoices):
    OWN = "own", _("Own contact")
    BROKER = "broker", _("Broker")
    NOVEL_T = "novel_t", _("Novel-T")
    IMPORTED = "imported", _("Import")


class MatchStatus(NamedChoices):
    PROPOSED = "proposed", _("Proposed")
    VIEWING = "viewing", _("Viewing planned")
    VIEWED = "viewed", _("Viewed")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    LET_ELSEWHERE = "let_elsewhere", _("Let to another")


class Strictness(NamedChoices):
    MUST = "must", _("Must")
    SHOULD = "should", _("Should")


FTE: dict[str, Any] = {"max_digits": 7, "decimal_places": 1, "null": True, "blank": True}


class HousingNeed(Recorded):
    """The space a company asks for; of an organisation or of a lead."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("organisation")
    )
    lead = models.ForeignKey(
        Lead, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("lead")
    )
    title = models.CharField(_("title"), max_length=120, validators=[validate_plain_text])
    from_on = models.DateField(_("from"), null=True, blank=True)
    latest_on = models.DateField(_("at the latest"), null=True, blank=True)
    term_months = models.PositiveSmallIntegerField(_("term in months"), null=True, blank=True)
    rent_per_m2_year = models.DecimalField(
        _("most rent per m² per year, excl. VAT"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    total_per_month = models.DecimalField(
        _("most per month, excl. VAT"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    fte_now = models.DecimalField(_("FTE now"), **FTE)
    fte_in_12_months = models.DecimalField(_("FTE in 12 months"), **FTE)
    fte_in_24_months = models.DecimalField(_("FTE in 24 months"), **FTE)
    fte_in_36_months = models.DecimalField(_("FTE in 36 months"), **FTE)
    contact = models.ForeignKey(
        Person, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("contact")
    )
    source = models.CharField(_("source"), max_length=10, choices=NeedSource.choices, default=NeedSource.OWN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("owner"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=NeedStatus.choices, default=NeedStatus.OPEN, editable=False
    )
    status_reason = models.CharField(_("reason"), max_length=200, blank=True, editable=False)
    tenancy = models.ForeignKey(
        Tenancy,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("tenancy"),
    )

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("housing need")
        verbose_name_plural = _("housing needs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(lead__isnull=False),
                name="a_need_is_of_an_organisation_or_a_lead",
            ),
            one_of("status", NeedStatus, "a_need_has_a_known_status"),
            models.CheckConstraint(
                condition=Q(status="housed", tenancy__isnull=False)
                | (~Q(status="housed") & Q(tenancy__isnull=True)),
                name="a_housed_need_points_at_its_tenancy",
            ),
            models.CheckConstraint(
                condition=~Q(status="dropped") | ~Q(status_reason=""), name="a_dropped_need_has_a_reason"
            ),
            at_most("from_on", "latest_on", "a_need_starts_before_its_latest_date"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def reference(self) -> str:
        return f"H-{self.pk:04d}" if self.pk else ""


class NeedPart(models.Model):
    """One kind of space within a need, from and to so many m²."""

    need = models.ForeignKey(
        HousingNeed, models.CASCADE, related_name="parts", verbose_name=_("housing need")
    )
    space_type = models.CharField(_("space type"), max_length=20, choices=SpaceType.choices)
    area_from_m2 = models.DecimalField(_("from m²"), max_digits=9, decimal_places=2, null=True, blank=True)
    area_to_m2 = models.DecimalField(_("to m²"), max_digits=9, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("space part")
        verbose_name_plural = _("space parts")
        ordering = ["pk"]
        constraints = [
            one_of("space_type", SpaceType, "a_need_part_has_a_known_space_type"),
            above_zero("area_from_m2", "a_need_part_starts_above_zero"),
            at_most("area_from_m2", "area_to_m2", "a_need_part_runs_from_small_to_large"),
        ]

    def __str__(self) -> str:
        return str(self.get_space_type_display())


class NeedCriterion(models.Model):
    """What a need asks of a space beyond its parts: a must, or a should with a weight."""

    need = models.ForeignKey(
        HousingNeed, models.CASCADE, related_name="criteria", verbose_name=_("housing need")
    )
    criterion = models.CharField(_("criterion"), max_length=40)
    strictness = models.CharField(_("strictness"), max_length=6, choices=Strictness.choices)
    weight = models.PositiveSmallIntegerField(_("weight"), null=True, blank=True)
    asked = models.JSONField(_("asked"))

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["need", "criterion"], name="a_need_asks_a_criterion_once"),
            models.CheckConstraint(
                condition=Q(strictness="must", weight__isnull=True)
                | Q(strictness="should", weight__gte=1, weight__lte=5),
                name="a_should_has_a_weight_of_1_to_5",
            ),
        ]

    def __str__(self) -> str:
        return self.criterion


class Match(Recorded):
    """A space proposed to a need, and what became of it."""

    need = models.ForeignKey(
        HousingNeed, models.PROTECT, related_name="matches", verbose_name=_("housing need")
    )
    vacancy = models.ForeignKey(Vacancy, models.PROTECT, related_name="+", verbose_name=_("vacancy"))
    status = models.CharField(
        _("status"), max_length=14, choices=MatchStatus.choices, default=MatchStatus.PROPOSED, editable=False
    )
    proposed_on = models.DateField(_("proposed on"))
    viewing_on = models.DateField(_("viewing on"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("decided by"),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    lease_reference = models.CharField(
        _("lease"),
        max_length=200,
        blank=True,
        editable=False,
        validators=[validate_plain_text],
        help_text=_("File or reference of the lease that followed."),
    )

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["-proposed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["need", "vacancy"], name="a_space_is_proposed_to_a_need_once"),
            models.UniqueConstraint(
                fields=["vacancy"], condition=Q(status="accepted"), name="a_space_is_accepted_once"
            ),
            one_of("status", MatchStatus, "a_match_has_a_known_status"),
            both_or_neither("decided_at", "decided_by", "a_decided_match_says_by_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} – {self.vacancy_id}"
