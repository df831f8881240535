"""The twelve golden tests of docs/counting.md, as far as the ledger goes; races stand in test_races.py."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crm.common.errors import RuleError
from crm.common.months import AMSTERDAM, Month
from crm.contacts.models import Person
from crm.contacts.services import change_organisation
from crm.estate.models import Area
from crm.targets.progress import progress
from crm.targets.services import record_event
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.targets import EventFactory, area

pytestmark = pytest.mark.django_db
LATER = datetime(2040, 1, 1, tzinfo=UTC)
MARCH = date(2027, 3, 31)


def amsterdam(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def counted(code="startups", as_of=MARCH, known_at=LATER) -> int:
    return progress(as_of, known_at).as_json()["targets"][code]["counted"]


def shown(as_of=MARCH, known_at=LATER) -> dict:
    return progress(as_of, known_at).as_json()["targets"]


def test_1_an_arrival_confirmed_late_is_in_the_later_answer_and_never_in_the_earlier():
    EventFactory(startup=True, on=date(2027, 3, 20), confirmed_at=amsterdam("2027-06-03T15:00"))
    early, late = amsterdam("2027-04-07T12:00"), amsterdam("2027-06-30T12:00")
    assert (counted(known_at=early), counted(known_at=late)) == (0, 1)
    assert shown(known_at=early)["startups"]["pending"] == 1
    assert shown(known_at=late)["startups"]["pending"] == 0


def test_2_a_reversal_changes_later_answers_alone():
    event = EventFactory(startup=True, on=date(2027, 2, 10))
    before = shown(known_at=amsterdam("2027-04-07T12:00"))
    EventFactory(
        reversal=True,
        reverses=event,
        on=date(2027, 5, 3),
        recorded_at=amsterdam("2027-05-03T09:00"),
        confirmed_at=amsterdam("2027-05-04T09:00"),
    )
    assert shown(known_at=amsterdam("2027-04-07T12:00")) == before
    assert before["startups"]["counted"] == 1
    assert counted(as_of=MARCH, known_at=amsterdam("2027-05-04T08:59")) == 1
    assert counted(as_of=MARCH, known_at=amsterdam("2027-05-04T09:00")) == 0


def test_3_a_move_between_two_buildings_counts_nothing():
    startup = EventFactory(startup=True, on=date(2027, 1, 10)).organisation
    before = shown()
    move = EventFactory(organisation=startup, move=True, on=date(2027, 2, 10))
    assert shown() == before
    assert before["companies"]["net_since"] == 1
    assert move.kind == "move_within_park"


def test_4_another_name_legal_form_or_owner_counts_nothing(manager, now):
    owner, other = OrganisationFactory(), OrganisationFactory()
    branch = OrganisationFactory(group=owner)
    EventFactory(rd_branch=True, organisation=branch)
    EventFactory(rd_branch=True, organisation=OrganisationFactory(group=other))
    EventFactory(spin_off=True, organisation=OrganisationFactory())
    before = shown()
    change_organisation(organisation=branch, name="New Name N.V.", group=other, by=manager, at=now)
    branch.refresh_from_db()
    assert (branch.name, branch.group) == ("New Name N.V.", other)
    assert shown() == before


def test_5_a_takeover_by_a_multinational_is_shown_beside():
    multinational = OrganisationFactory(name="Multinational")
    tenant = OrganisationFactory(group=multinational)
    EventFactory(organisation=tenant, on=date(2025, 5, 1))
    EventFactory(
        organisation=tenant, reclassification=True, category="rd_branch", is_knowledge_intensive=True
    )
    branches = shown()["rd_branches"]
    assert (branches["counted"], branches["by_takeover"]) == (0, 1)


def test_7_the_vredestein_site_counts_from_its_day_on():
    EventFactory(startup=True, area="vredestein", on=date(2027, 12, 31))
    EventFactory(startup=True, area="vredestein", on=date(2028, 1, 1))
    new_year_day = date(2028, 1, 1)
    assert shown(new_year_day)["startups"]["to_date"] == 0
    Area.objects.filter(code="vredestein").update(counts_from=new_year_day)
    after = shown(new_year_day)
    assert (after["startups"]["counted"], after["startups"]["to_date"]) == (1, 1)
    assert after["companies"]["net_since"] == 1


def test_8_erasing_every_contact_person_and_every_note_leaves_all_counts(manager):
    startup = EventFactory(spin_off=True, evidence="statement", note="According to Kim").organisation
    PersonFactory(organisation=startup)
    before = shown()
    Person.objects.update(full_name="", email="", phone="", note="", erased_at=LATER)
    startup_event = EventFactory._meta.model.objects.get()
    startup_event.evidence.reference = startup_event.evidence.note = ""
    startup_event.evidence.save()
    startup_event.recorded_by.full_name = startup_event.recorded_by.email = "anonymous"
    startup_event.recorded_by.save()
    assert shown() == before


CLOCK_CHANGES = ["2026-12-31", "2027-03-28", "2027-10-31", "2028-02-29"]


@pytest.mark.parametrize("day", [date.fromisoformat(day) for day in CLOCK_CHANGES])
def test_10_what_is_confirmed_after_midnight_in_amsterdam_is_after_the_cut_off(day):
    cut_off = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=AMSTERDAM)
    EventFactory(startup=True, on=day, confirmed_at=cut_off + timedelta(minutes=30))
    for moment in (cut_off, cut_off.astimezone(UTC)):
        assert counted(as_of=day, known_at=moment) == 0
    in_time = cut_off.astimezone(UTC) - timedelta(minutes=30)
    EventFactory(startup=True, on=day, recorded_at=in_time, confirmed_at=in_time)
    for moment in (cut_off, cut_off.astimezone(UTC)):
        assert counted(as_of=day, known_at=moment) == 1


def test_10_the_month_ends_at_midnight_in_amsterdam():
    assert Month(2026, 12).end.astimezone(UTC) == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert Month(2027, 3).end.astimezone(UTC) == datetime(2027, 3, 31, 22, tzinfo=UTC)


def test_12_the_same_arrival_twice_is_refused_and_once_counted(staff, manager, now):
    company = OrganisationFactory()
    facts = {
        "kind": "arrival",
        "organisation": company,
        "area": area("ut_campus"),
        "category": "startup",
        "is_knowledge_intensive": True,
        "occurred_on": now.date(),
        "evidence_kind": "lease",
        "by": staff,
        "at": now,
    }
    record_event(**facts)
    with pytest.raises(RuleError):
        record_event(**facts)
    assert shown(now.date(), now)["startups"]["pending"] == 1
