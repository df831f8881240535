"""Listings as offices offer them, and the places they lie in."""

from datetime import datetime
from decimal import Decimal

import factory

from crm.common.months import AMSTERDAM
from crm.estate.choices import AreaKind, SpaceType
from crm.estate.models import Area, Vacancy
from crm.estate.services import offer_vacancy, publish_vacancy
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory

OFFERED_AT = datetime(2026, 9, 1, 9, 0, tzinfo=AMSTERDAM)


def area(code: str) -> Area:
    return Area.objects.get(code=code)


class VacancyFactory(factory.Factory):
    """`VacancyFactory(office=office)`, `VacancyFactory(published=True, rent_per_m2_year=Decimal(150))`.

    An office of 200 m² (VVO) by default; every fact of a listing may be given, and `parts`.
    """

    class Meta:
        model = Vacancy

    class Params:
        published = factory.Trait(publish_by=factory.LazyFunction(lambda: UserFactory(staff=True)))
        lab = factory.Trait(space_type=SpaceType.WET_LAB, lab_level="ML-I", fume_hoods=2)

    office = factory.LazyFunction(lambda: OrganisationFactory(broker=True))
    by = factory.LazyFunction(lambda: UserFactory(broker=True))
    at = OFFERED_AT
    publish_by = None
    parts = ()
    actor = ""
    reference = factory.Sequence(lambda number: f"REF-{number}")
    title_nl = "Kantoorruimte aan de Hengelosestraat"
    street = "Hengelosestraat"
    house_number = 500
    postcode = "7521 AN"
    city = "Enschede"
    space_type = SpaceType.OFFICE
    area_m2 = Decimal(200)
    area_kind = AreaKind.VVO
    rent_per_m2_year = Decimal(145)

    @classmethod
    def _create(cls, model_class, *, office, by, at, publish_by, parts, actor, **facts):
        vacancy = offer_vacancy(office=office, facts=facts, by=by, at=at, parts=parts, actor=actor)
        return publish_vacancy(vacancy=vacancy, by=publish_by, at=at) if publish_by else vacancy
