"""Closed lists of the contacts room."""

from django.utils.translation import gettext_lazy as _

from crm.rules.lists import NamedChoices


class OrganisationRole(NamedChoices):
    """What an organisation is to the park; it can be several things at once."""

    COMPANY = "company", _("Company")
    REAL_ESTATE_OWNER = "real_estate_owner", _("Real-estate owner")
    LAND_OWNER = "land_owner", _("Land owner")
    BROKER = "broker", _("Broker")
    FOUNDING_PARTNER = "founding_partner", _("Founding partner")
    ACQUISITION_PARTNER = "acquisition_partner", _("Acquisition partner")
    BUSINESS_SUPPORT = "business_support", _("Business support")
    KNOWLEDGE_INSTITUTE = "knowledge_institute", _("Knowledge institute")


OWNER_ROLES = (OrganisationRole.REAL_ESTATE_OWNER, OrganisationRole.LAND_OWNER)
PARTNER_ROLES = (
    OrganisationRole.FOUNDING_PARTNER,
    OrganisationRole.ACQUISITION_PARTNER,
    OrganisationRole.BUSINESS_SUPPORT,
)


class SizeClass(NamedChoices):
    """Size of the organisation's group; large is ≥ 250 staff, or > €50 m turnover and > €43 m balance."""

    UNKNOWN = "unknown", _("Unknown")
    MICRO = "micro", _("Micro (fewer than 10 staff)")
    SMALL = "small", _("Small (10–49 staff)")
    MEDIUM = "medium", _("Medium (50–249 staff)")
    LARGE = "large", _("Large (250 staff or more)")
