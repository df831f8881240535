"""Housing needs, and spaces proposed to them: a vacancy linked to a unit that is free."""

from datetime import date, datetime
from decimal import Decimal

import factory

from crm.common.months import AMSTERDAM
from crm.estate.services import record_building, record_unit
from crm.matching.models import HousingNeed, Match
from crm.matching.services import propose_match, record_need
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.estate import VacancyFactory, area

ASKED_AT = datetime(2026, 10, 1, 9, 0, tzinfo=AMSTERDAM)
PROPOSED_ON = date(2026, 10, 15)
PROPOSED_AT = datetime(2026, 10, 15, 9, 0, tzinfo=AMSTERDAM)


class NeedFactory(factory.Factory):
    """`NeedFactory()` is of a company of its own; `NeedFactory(lead=lead)` of a lead; parts and criteria as given."""

    class Meta:
        model = HousingNeed

    title = "Lab van 200 m²"
    lead = None
    organisation = factory.LazyAttribute(lambda need: None if need.lead else OrganisationFactory())
    by = factory.LazyFunction(UserFactory)
    at = ASKED_AT

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return record_need(**kwargs)


class SpaceFactory(VacancyFactory):
    """A published vacancy linked to a unit of its own that nobody rents: `SpaceFactory(unit_area_m2=Decimal(400))`."""

    class Params:
        unit_area_m2 = Decimal(200)

    published = True
    unit = factory.LazyAttribute(lambda space: free_unit(space.unit_area_m2))


def free_unit(area_m2: Decimal):
    common = {"by": UserFactory(), "at": ASKED_AT}
    building = record_building(name="De Werf", area=area("ut_campus"), **common)
    return record_unit(building=building, name="1.04", space_type="office", area_m2=area_m2, **common)


class MatchFactory(factory.Factory):
    """A space proposed to a need: `MatchFactory(need=need)`, `MatchFactory(vacancy=vacancy)`."""

    class Meta:
        model = Match

    need = factory.LazyFunction(NeedFactory)
    vacancy = factory.LazyFunction(SpaceFactory)
    on = PROPOSED_ON
    by = factory.LazyFunction(UserFactory)
    at = PROPOSED_AT

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return propose_match(**kwargs)
