"""Contact rounds as the desk starts them."""

from datetime import date, datetime

import factory

from crm.common.months import AMSTERDAM
from crm.desk.rounds.models import ContactRound
from crm.desk.rounds.services import start_round
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory

STARTED_AT = datetime(2026, 7, 1, 9, 0, tzinfo=AMSTERDAM)


class ContactRoundFactory(factory.Factory):
    """`ContactRoundFactory(organisations=[owner], participants=[user])`: the second half of 2026."""

    class Meta:
        model = ContactRound

    name = "Eigenaren, tweede halfjaar"
    scope = "owner"
    starts_on = date(2026, 7, 1)
    ends_on = date(2026, 12, 31)
    participants = factory.LazyFunction(lambda: [UserFactory(staff=True)])
    organisations = factory.LazyFunction(lambda: [OrganisationFactory(owner=True)])
    by = factory.LazyFunction(lambda: UserFactory(manager=True))
    at = STARTED_AT

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return start_round(**kwargs)
