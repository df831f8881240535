"""Subjects in the states for which the quiet list names them, on Thursday 22 October 2026."""

from datetime import date, datetime
from decimal import Decimal

from crm.common.months import AMSTERDAM
from crm.estate.services import ask_broker, begin_tenancy
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.estate import VacancyFactory
from tests.factories.matching import free_unit


def moment(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9, 0, tzinfo=AMSTERDAM)


def ending_tenancy(notice_on: date = date(2026, 12, 31)):
    return begin_tenancy(
        unit=free_unit(Decimal(100)),
        tenant=OrganisationFactory(name="Huurder B.V."),
        area_m2=Decimal(100),
        valid_from=date(2024, 1, 1),
        valid_until=date(2027, 12, 31),
        notice_on=notice_on,
        by=UserFactory(),
        at=moment(10, 1),
    )


def unconfirmed_vacancy():
    return VacancyFactory(published=True, at=moment(6, 1))


def asked_vacancy():
    vacancy = VacancyFactory(at=moment(10, 1))
    return ask_broker(vacancy=vacancy, question="Is de vloer vlak?", by=UserFactory(), at=moment(10, 8))
