"""Organisations with their dated KvK numbers, people, and who works where."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.modelfields import PhoneNumberField

from crm.common.constraints import after, not_empty, one_of
from crm.common.models import Named, Recorded
from crm.common.validators import validate_https_url, validate_kvk_number, validate_plain_text
from crm.contacts.choices import OrganisationRole, SizeClass
from crm.contacts.querysets import OrganisationQuerySet, PersonQuerySet


class ExtensibleValue(Named):
    """A value of a list that staff extend: what is no longer offered stays with whatever has it."""

    is_active = models.BooleanField(_("offered"), default=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("merged into")
    )

    class Meta(Named.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_active=False),
                name="a_merged_%(class)s_is_not_offered",
            )
        ]


class ApplicationArea(ExtensibleValue):
    """One of the park's six application areas, such as MedTech."""

    class Meta(ExtensibleValue.Meta):
        verbose_name = _("application area")
        verbose_name_plural = _("application areas")


class Technology(ExtensibleValue):
    """A technology the park is strong in, such as photonics."""

    class Meta(ExtensibleValue.Meta):
        verbose_name = _("technology")
        verbose_name_plural = _("technologies")


class Organisation(Recorded):
    """A company, owner, broker, partner or institute. `group` is the parent it belongs to; empty: it stands alone."""

    name = models.CharField(_("name"), max_length=200, validators=[validate_plain_text])
    group = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="members",
        null=True,
        blank=True,
        verbose_name=_("group"),
        help_text=_("The parent group. R&D branches count once per group."),
    )
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    size_class = models.CharField(
        _("size of the group"), max_length=10, choices=SizeClass.choices, default=SizeClass.UNKNOWN
    )
    website = models.CharField(_("website"), max_length=200, blank=True, validators=[validate_https_url])
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True, region="NL")
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(
        _("country"), max_length=2, default="NL", help_text=_("Two letters, as in NL or DE.")
    )
    application_area = models.ForeignKey(
        ApplicationArea,
        models.PROTECT,
        related_name="organisations",
        null=True,
        blank=True,
        verbose_name=_("application area"),
    )
    technologies = models.ManyToManyField(
        Technology, related_name="organisations", blank=True, verbose_name=_("technologies")
    )
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("kept by"),
        help_text=_("Who at the desk keeps this relation."),
    )
    note = models.TextField(_("note"), blank=True, validators=[validate_plain_text])
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("merged into"),
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name", "pk"]
        indexes = [models.Index(Lower("name"), name="organisation_name_lower")]
        constraints = [
            not_empty("name", "an_organisation_has_a_name"),
            models.CheckConstraint(
                condition=Q(group__isnull=True) | ~Q(group=F("id")),
                name="an_organisation_is_not_its_own_group",
            ),
            one_of("size_class", SizeClass, "an_organisation_has_a_known_size_class"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="an_organisation_is_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def group_key(self) -> int:
        """The group that counts for R&D branches: the parent, or the organisation itself where it has none."""
        return self.group_id or self.pk


class OrganisationKind(models.Model):
    """One thing that an organisation is to the park."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="kinds", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=OrganisationRole.choices)

    class Meta:
        verbose_name = _("kind")
        verbose_name_plural = _("kinds")
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"], name="an_organisation_is_of_a_kind_once"
            ),
            one_of("kind", OrganisationRole, "an_organisation_is_of_a_known_kind"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class KvkNumber(models.Model):
    """A number in the trade register, with the days between which it was this organisation's."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="kvk_numbers", verbose_name=_("organisation")
    )
    number = models.CharField(_("KvK number"), max_length=8, validators=[validate_kvk_number])
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("KvK number")
        verbose_name_plural = _("KvK numbers")
        ordering = [F("valid_from").desc(nulls_last=True), "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(valid_until__isnull=True),
                name="a_current_kvk_number_is_held_once",
            ),
            after("valid_until", "valid_from", "a_kvk_number_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9]{8}$"), name="a_kvk_number_has_eight_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Person(Recorded):
    """Somebody we speak with."""

    full_name = models.CharField(_("name"), max_length=120, validators=[validate_plain_text])
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True, region="NL")
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="nl")
    note = models.TextField(_("note"), blank=True, validators=[validate_plain_text])
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("merged into"),
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["full_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="a_person_is_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or str(_("Erased person"))


class Affiliation(models.Model):
    """A person's place at an organisation, from and until a day."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="affiliations", verbose_name=_("organisation")
    )
    position = models.CharField(pgettext_lazy("job", "position"), max_length=120, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        constraints = [
            after("valid_until", "valid_from", "an_affiliation_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(valid_until__isnull=True),
                name="a_person_works_at_an_organisation_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.organisation}"


class BrokerAccess(models.Model):
    """A user acts for a broker's office: whose listings an API key may see and write."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user")
    )
    office = models.ForeignKey(
        Organisation, models.PROTECT, related_name="broker_accesses", verbose_name=_("office")
    )
    is_trusted = models.BooleanField(
        _("trusted"), default=False, help_text=_("Changes of a trusted office go live at once.")
    )

    class Meta:
        verbose_name = _("broker access")
        verbose_name_plural = _("broker accesses")

    def __str__(self) -> str:
        return f"{self.user} → {self.office}"
