"""Contacts in the words of the business."""

from typing import Any

from django.db import models
from django.db.models import Q

from crm.contacts.choices import PARTNER_ROLES, OrganisationRole


class OrganisationQuerySet(models.QuerySet[Any]):
    def standing(self) -> "OrganisationQuerySet":
        """Those that were not merged into another; what the ledger says of a merged one stays with it."""
        return self.filter(merged_into__isnull=True)

    def of_kind(self, kind: str) -> "OrganisationQuerySet":
        return self.filter(kinds__kind=kind)

    def brokers(self) -> "OrganisationQuerySet":
        return self.of_kind(OrganisationRole.BROKER)

    def owners(self) -> "OrganisationQuerySet":
        return self.of_kind(OrganisationRole.REAL_ESTATE_OWNER)

    def partners(self) -> "OrganisationQuerySet":
        """Founding and acquisition partners and business support: those who receive and act on the report."""
        return self.filter(kinds__kind__in=PARTNER_ROLES).distinct()

    def with_kvk_number(self, number: str) -> "OrganisationQuerySet":
        """Who holds this number now."""
        return self.filter(Q(kvk_numbers__number=number, kvk_numbers__valid_until__isnull=True))


class PersonQuerySet(models.QuerySet[Any]):
    def standing(self) -> "PersonQuerySet":
        """Those that were not merged into another; what the ledger says of a merged one stays with it."""
        return self.filter(merged_into__isnull=True)

    def working_at(self, organisation: Any) -> "PersonQuerySet":
        return self.filter(affiliations__organisation=organisation, affiliations__valid_until__isnull=True)
