"""Organisations and people, recorded as the product records them."""

from datetime import datetime

import factory

from crm.common.months import AMSTERDAM
from crm.contacts.models import Organisation, Person
from crm.contacts.services import record_organisation, record_person
from tests.factories.accounts import UserFactory

RECORDED_AT = datetime(2026, 1, 5, 9, 0, tzinfo=AMSTERDAM)


class OrganisationFactory(factory.Factory):
    """`OrganisationFactory(broker=True)`, `OrganisationFactory(group=parent, kvk="12345678")`."""

    class Meta:
        model = Organisation

    class Params:
        broker = factory.Trait(kinds=("broker",))
        owner = factory.Trait(kinds=("real_estate_owner",))
        partner = factory.Trait(kinds=("founding_partner",))

    name = factory.Sequence(lambda number: f"Testbedrijf {number} B.V.")
    kinds = ("company",)
    by = factory.LazyFunction(UserFactory)
    at = RECORDED_AT

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return record_organisation(**kwargs)


class PersonFactory(factory.Factory):
    """`PersonFactory(organisation=office, position="director")`."""

    class Meta:
        model = Person

    full_name = factory.Sequence(lambda number: f"Kim Contact{number}")
    email = factory.Sequence(lambda number: f"kim{number}@bedrijf.example")
    by = factory.LazyFunction(UserFactory)
    at = RECORDED_AT

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return record_person(**kwargs)
