"""Space on offer: the listing as a broker submits it, and the log of everything that changed in it."""

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from crm.common.constraints import above_zero, after, at_most, both_or_neither, not_negative, one_of
from crm.common.models import Recorded
from crm.common.validators import (
    validate_bag_object,
    validate_https_url,
    validate_plain_text,
    validate_postcode,
    validate_reference,
)
from crm.contacts.models import Organisation
from crm.estate.choices import (
    AreaKind,
    DeliveryLevel,
    EnergyLabel,
    EnvironmentalCategory,
    LabLevel,
    SpaceType,
    VacancyStatus,
    VatOption,
    VibrationClass,
)
from crm.estate.models.places import Area, Building, Unit
from crm.estate.querysets import VacancyQuerySet

EURO: dict[str, Any] = {"max_digits": 8, "decimal_places": 2, "null": True, "blank": True}
MEASURE: dict[str, Any] = {"max_digits": 8, "decimal_places": 2, "null": True, "blank": True}
MONTHS: dict[str, Any] = {"null": True, "blank": True, "validators": [MaxValueValidator(300)]}


class Vacancy(Recorded):
    """A space offered by a broker's office (or by staff). An attribute that is empty is unknown: neither yes nor no."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("broker"),
        help_text=_("The office that offers it; empty where staff entered it."),
    )
    reference = models.CharField(_("reference"), max_length=64, validators=[validate_reference])
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=VacancyStatus.choices,
        default=VacancyStatus.SUBMITTED,
        editable=False,
    )
    status_note = models.CharField(_("reason or question"), max_length=500, blank=True, editable=False)
    title_nl = models.CharField(
        _("title in Dutch"), max_length=120, blank=True, validators=[validate_plain_text]
    )
    title_en = models.CharField(
        _("title in English"), max_length=120, blank=True, validators=[validate_plain_text]
    )
    description_nl = models.TextField(
        _("description in Dutch"), max_length=5000, blank=True, validators=[validate_plain_text]
    )
    description_en = models.TextField(
        _("description in English"), max_length=5000, blank=True, validators=[validate_plain_text]
    )
    street = models.CharField(_("street"), max_length=80, blank=True, validators=[validate_plain_text])
    house_number = models.PositiveIntegerField(
        _("house number"), null=True, blank=True, validators=[MaxValueValidator(99_999)]
    )
    house_number_addition = models.CharField(
        _("addition"), max_length=10, blank=True, validators=[validate_plain_text]
    )
    postcode = models.CharField(_("postcode"), max_length=7, blank=True, validators=[validate_postcode])
    city = models.CharField(_("city"), max_length=80, blank=True, validators=[validate_plain_text])
    bag_object_id = models.CharField(
        _("BAG object"), max_length=16, blank=True, validators=[validate_bag_object]
    )
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="vacancies", null=True, blank=True, verbose_name=_("area")
    )
    building = models.ForeignKey(
        Building, models.PROTECT, related_name="vacancies", null=True, blank=True, verbose_name=_("building")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="vacancies", null=True, blank=True, verbose_name=_("unit")
    )
    space_type = models.CharField(_("space type"), max_length=20, choices=SpaceType.choices)
    area_m2 = models.DecimalField(_("area in m²"), max_digits=9, decimal_places=2)
    area_kind = models.CharField(_("measured as"), max_length=3, choices=AreaKind.choices)
    area_certified = models.BooleanField(_("measured by certificate"), null=True, blank=True)
    divisible_from_m2 = models.DecimalField(
        _("divisible from m²"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    rent_per_m2_year = models.DecimalField(_("rent per m² per year, excl. VAT"), **EURO)
    rent_on_request = models.BooleanField(_("rent on request"), default=False)
    rent_checked = models.BooleanField(_("unusual rent checked"), default=False)
    service_costs_per_m2_year = models.DecimalField(_("service costs per m² per year"), **EURO)
    vat_option = models.CharField(
        _("VAT"), max_length=10, choices=VatOption.choices, default=VatOption.UNKNOWN
    )
    available_from = models.DateField(_("available from"), null=True, blank=True)
    available_until = models.DateField(_("available until"), null=True, blank=True)
    temporary_until = models.DateField(_("temporary until"), null=True, blank=True)
    minimum_term_months = models.PositiveSmallIntegerField(_("minimum term in months"), **MONTHS)
    notice_months = models.PositiveSmallIntegerField(_("notice in months"), **MONTHS)
    delivery_level = models.CharField(
        _("delivery level"), max_length=10, choices=DeliveryLevel.choices, blank=True
    )
    energy_label = models.CharField(_("energy label"), max_length=6, choices=EnergyLabel.choices, blank=True)
    energy_label_exemption = models.CharField(
        _("reason for exemption from the label"), max_length=200, blank=True
    )
    power_kva = models.DecimalField(_("power in kVA"), **MEASURE)
    contracted_power_kw = models.DecimalField(_("contracted power in kW"), **MEASURE)
    floor_load_kn_m2 = models.DecimalField(_("floor load in kN/m²"), **MEASURE)
    clear_height_m = models.DecimalField(_("clear height in m"), **MEASURE)
    fume_hoods = models.PositiveSmallIntegerField(_("fume hoods"), null=True, blank=True)
    parking_places = models.PositiveIntegerField(
        _("parking places"), null=True, blank=True, validators=[MaxValueValidator(99_999)]
    )
    parking_price_per_year = models.DecimalField(_("price of a parking place per year"), **EURO)
    lab_level = models.CharField(_("lab level"), max_length=8, choices=LabLevel.choices, blank=True)
    cleanroom_iso_class = models.PositiveSmallIntegerField(
        _("cleanroom ISO class"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )
    vibration_class = models.CharField(
        _("vibration class"), max_length=4, choices=VibrationClass.choices, blank=True
    )
    environmental_category = models.CharField(
        _("environmental category"), max_length=3, choices=EnvironmentalCategory.choices, blank=True
    )
    has_gases = models.BooleanField(_("gases"), null=True, blank=True)
    has_extraction = models.BooleanField(_("extraction"), null=True, blank=True)
    has_loading_dock = models.BooleanField(_("loading dock"), null=True, blank=True)
    has_goods_lift = models.BooleanField(_("goods lift"), null=True, blank=True)
    has_247_access = models.BooleanField(_("access day and night"), null=True, blank=True)
    has_cold_storage = models.BooleanField(_("cold storage"), null=True, blank=True)
    has_shared_facilities = models.BooleanField(_("shared facilities"), null=True, blank=True)
    co_brokers = models.JSONField(_("co-brokers"), default=list, blank=True)
    contact_name = models.CharField(
        _("contact"), max_length=120, blank=True, validators=[validate_plain_text]
    )
    contact_email = models.EmailField(_("contact's e-mail address"), blank=True)
    contact_phone = PhoneNumberField(_("contact's phone"), blank=True, region="NL")
    url = models.CharField(_("web page"), max_length=400, blank=True, validators=[validate_https_url])
    submitted_at = models.DateTimeField(_("submitted at"), editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("confirmed by"),
    )

    objects = VacancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("vacancy")
        verbose_name_plural = _("vacancies")
        ordering = ["-submitted_at", "-pk"]
        indexes = [
            models.Index(fields=["office", "changed_at", "id"], name="vacancy_of_office_by_change"),
            models.Index(fields=["status", "space_type", "area_m2"], name="vacancy_for_matching"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "reference"], name="a_reference_is_used_once_per_office"
            ),
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(office__isnull=True),
                name="a_reference_without_office_is_used_once",
            ),
            models.CheckConstraint(condition=~Q(title_nl="") | ~Q(title_en=""), name="a_vacancy_has_a_title"),
            one_of("status", VacancyStatus, "a_vacancy_has_a_known_status"),
            one_of("space_type", SpaceType, "a_vacancy_has_a_known_space_type"),
            one_of("area_kind", AreaKind, "a_vacancy_is_measured_in_a_known_kind"),
            above_zero("area_m2", "a_vacancy_has_an_area_above_zero"),
            above_zero("divisible_from_m2", "a_smallest_part_is_above_zero"),
            at_most("divisible_from_m2", "area_m2", "a_smallest_part_is_at_most_the_whole"),
            not_negative("rent_per_m2_year", "a_vacancy_rent_is_not_negative"),
            not_negative("service_costs_per_m2_year", "service_costs_are_not_negative"),
            after("available_until", "available_from", "a_vacancy_ends_after_it_starts"),
            both_or_neither("confirmed_at", "confirmed_by", "a_confirmed_vacancy_says_by_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def title(self) -> str:
        return self.title_nl or self.title_en


class VacancyPart(models.Model):
    """A part of a mixed space."""

    vacancy = models.ForeignKey(Vacancy, models.CASCADE, related_name="parts", verbose_name=_("vacancy"))
    space_type = models.CharField(_("space type"), max_length=20, choices=SpaceType.choices)
    area_m2 = models.DecimalField(_("area in m²"), max_digits=9, decimal_places=2)
    rent_per_m2_year = models.DecimalField(_("rent per m² per year, excl. VAT"), **EURO)

    class Meta:
        verbose_name = _("part")
        verbose_name_plural = _("parts")
        ordering = ["pk"]
        constraints = [
            one_of("space_type", SpaceType, "a_part_has_a_known_space_type"),
            above_zero("area_m2", "a_part_has_an_area_above_zero"),
            not_negative("rent_per_m2_year", "a_part_rent_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_space_type_display()} {self.area_m2} m²"


class VacancyChange(models.Model):
    """One field of a vacancy changed: the price history and the audit log in one. Append-only.

    `actor` is the API key's prefix, or empty where a person did it by hand.
    """

    vacancy = models.ForeignKey(Vacancy, models.PROTECT, related_name="changes", verbose_name=_("vacancy"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    actor = models.CharField(_("key"), max_length=12, blank=True)
    field = models.CharField(_("field"), max_length=40)
    old = models.JSONField(_("old"), null=True)
    new = models.JSONField(_("new"), null=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="vacancy_change_at")]

    def __str__(self) -> str:
        return f"{self.field}: {self.old} → {self.new}"
