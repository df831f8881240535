"""The park's ground and stones: areas, buildings with their owners, units and who rents them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.common.constraints import above_zero, after, at_most, not_negative, one_of
from crm.common.models import Named, Recorded
from crm.common.validators import validate_bag_object, validate_plain_text, validate_postcode
from crm.contacts.models import Organisation
from crm.estate.choices import AreaKind, SpaceType
from crm.estate.querysets import (
    AreaQuerySet,
    BuildingQuerySet,
    OwnershipQuerySet,
    TenancyQuerySet,
    UnitQuerySet,
)


class Area(Named):
    """A part of the park or a satellite. What happens in it counts from `counts_from` on; empty: never."""

    counts_from = models.DateField(
        _("counts from"), null=True, blank=True, help_text=_("Empty: counts toward no target.")
    )

    objects = AreaQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("area")
        verbose_name_plural = _("areas")


class Building(Recorded):
    """A building on the park."""

    name = models.CharField(_("name"), max_length=120, validators=[validate_plain_text])
    area = models.ForeignKey(Area, models.PROTECT, related_name="buildings", verbose_name=_("area"))
    street = models.CharField(_("street"), max_length=80, blank=True)
    house_number = models.PositiveIntegerField(_("house number"), null=True, blank=True)
    house_number_addition = models.CharField(_("addition"), max_length=10, blank=True)
    postcode = models.CharField(_("postcode"), max_length=7, blank=True, validators=[validate_postcode])
    city = models.CharField(_("city"), max_length=80, default="Enschede")
    built_in = models.PositiveSmallIntegerField(_("built in"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, validators=[validate_plain_text])

    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Ownership(models.Model):
    """An owner's share in a building, in per cent, between two days."""

    building = models.ForeignKey(
        Building, models.CASCADE, related_name="ownerships", verbose_name=_("building")
    )
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("owner"))
    share = models.DecimalField(_("share in %"), max_digits=5, decimal_places=2)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = OwnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("owner's share")
        verbose_name_plural = _("owners' shares")
        ordering = ["-share", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=100), name="a_share_is_above_0_and_at_most_100"
            ),
            after("valid_until", "valid_from", "an_ownership_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.share} %"


class Unit(Recorded):
    """A part of a building that can be let on its own."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="units", verbose_name=_("building"))
    name = models.CharField(_("name"), max_length=80, validators=[validate_plain_text])
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    space_type = models.CharField(_("space type"), max_length=20, choices=SpaceType.choices)
    area_m2 = models.DecimalField(_("area in m²"), max_digits=9, decimal_places=2)
    area_kind = models.CharField(
        _("measured as"), max_length=3, choices=AreaKind.choices, default=AreaKind.VVO
    )
    bag_object_id = models.CharField(
        _("BAG object"), max_length=16, blank=True, validators=[validate_bag_object]
    )

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["building", "floor", "name"]
        constraints = [
            above_zero("area_m2", "a_unit_has_an_area_above_zero"),
            one_of("space_type", SpaceType, "a_unit_has_a_known_space_type"),
            one_of("area_kind", AreaKind, "a_unit_is_measured_in_a_known_kind"),
            models.UniqueConstraint(
                fields=["building", "name"], name="a_unit_has_its_own_name_in_the_building"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.building}, {self.name}"


class Tenancy(Recorded):
    """A company rents a unit, or part of it, from a day on."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tenancies", verbose_name=_("unit"))
    tenant = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("tenant"))
    area_m2 = models.DecimalField(_("rented area in m²"), max_digits=9, decimal_places=2)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    notice_on = models.DateField(
        _("notice date"), null=True, blank=True, help_text=_("Last day to give notice.")
    )
    rent_per_m2_year = models.DecimalField(
        _("rent per m² per year"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    fte_now = models.DecimalField(_("FTE now"), max_digits=7, decimal_places=1, null=True, blank=True)
    fte_in_12_months = models.DecimalField(
        _("FTE in 12 months"), max_digits=7, decimal_places=1, null=True, blank=True
    )
    fte_in_24_months = models.DecimalField(
        _("FTE in 24 months"), max_digits=7, decimal_places=1, null=True, blank=True
    )
    fte_in_36_months = models.DecimalField(
        _("FTE in 36 months"), max_digits=7, decimal_places=1, null=True, blank=True
    )

    objects = TenancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tenancy")
        verbose_name_plural = _("tenancies")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            above_zero("area_m2", "a_tenancy_has_an_area_above_zero"),
            after("valid_until", "valid_from", "a_tenancy_ends_after_it_starts"),
            at_most("notice_on", "valid_until", "notice_is_given_before_the_lease_ends"),
            not_negative("rent_per_m2_year", "a_rent_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.tenant}, {self.unit}"
