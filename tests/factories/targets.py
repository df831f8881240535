"""Events of the ledger on any day, recorded and confirmed at any moment."""

from datetime import date, datetime, time, timedelta

import factory

from crm.common.months import AMSTERDAM
from crm.estate.models import Area
from crm.targets.models import CountEvent
from crm.targets.services import record_event
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory


def area(code: str) -> Area:
    return Area.objects.get(code=code)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=AMSTERDAM)


class EventFactory(factory.Factory):
    """`EventFactory(startup=True, on=date(2027, 3, 20))`, `EventFactory(departure=True, organisation=firm, on=day)`.

    An arrival of a company on the UT Campus by default, recorded at noon of its day and confirmed a day later by a
    second person; `pending=True` leaves the confirmation out, `confirmed_at=` gives it. Written as history is, so
    no lead moves.
    """

    class Meta:
        model = CountEvent

    class Params:
        startup = factory.Trait(category="startup", is_knowledge_intensive=True)
        spin_off = factory.Trait(
            category="startup", is_knowledge_intensive=True, spin_off_origin="academic_ip"
        )
        rd_branch = factory.Trait(category="rd_branch", is_knowledge_intensive=True)
        departure = factory.Trait(kind="departure")
        closure = factory.Trait(kind="closure")
        move = factory.Trait(kind="move_within_park")
        reclassification = factory.Trait(kind="reclassification", category="company")
        reversal = factory.Trait(kind="reversal")

    kind = "arrival"
    area = "ut_campus"
    on = date(2027, 3, 20)
    organisation = factory.LazyAttribute(
        lambda event: event.reverses.organisation if event.reverses else OrganisationFactory()
    )
    reverses = None
    pending = False

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        on, pending = kwargs.pop("on"), kwargs.pop("pending")
        if kwargs["kind"] in ("arrival", "reclassification"):
            kwargs = {"category": "company", "is_knowledge_intensive": False} | kwargs
        recorded_at = kwargs.pop("recorded_at", noon(on))
        if not pending:
            kwargs.setdefault("confirmed_at", recorded_at + timedelta(days=1))
            kwargs.setdefault("confirmed_by", UserFactory())
        return record_event(
            occurred_on=on,
            area=area(kwargs.pop("area")),
            by=kwargs.pop("by", None) or UserFactory(),
            at=recorded_at,
            imported=True,
            **kwargs,
        )
