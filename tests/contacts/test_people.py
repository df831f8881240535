"""People, where they work, and who acts for which office."""

from datetime import date

import pytest

from crm.common.errors import RuleError, StaleError
from crm.contacts.models import Affiliation, BrokerAccess, Person
from crm.contacts.services import (
    change_person,
    end_affiliation,
    grant_broker_access,
    record_affiliation,
    record_person,
)
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)


def faults(error) -> set[tuple[str, str]]:
    return {(fault.code, fault.field) for fault in error.value.faults}


def test_a_person_is_recorded_with_their_place(staff, now):
    organisation = OrganisationFactory()
    person = record_person(
        full_name=" Kim Jansen ",
        organisation=organisation,
        position="Directeur",
        email="kim@bedrijf.example",
        phone="053 489 9111",
        by=staff,
        at=now,
    )
    stored = Person.objects.get()
    assert (stored.full_name, stored.email, str(stored.phone)) == (
        "Kim Jansen",
        "kim@bedrijf.example",
        "+31534899111",
    )
    assert person.affiliations.get().position == "Directeur"
    assert list(Person.objects.working_at(organisation)) == [stored]


def test_every_fault_of_a_person_is_named_at_once(staff, now):
    with pytest.raises(RuleError) as error:
        record_person(full_name=" ", email="kim", phone="1", note="\x00", by=staff, at=now)
    assert {field for _code, field in faults(error)} == {"full_name", "email", "phone", "note"}
    assert not Person.objects.exists()


def test_a_fault_of_the_place_takes_the_person_back(staff, now):
    with pytest.raises(RuleError) as error:
        record_person(
            full_name="Kim", organisation=OrganisationFactory(), position="x" * 121, by=staff, at=now
        )
    assert {field for _code, field in faults(error)} == {"position"}
    assert not Person.objects.exists()


def test_changing_a_person_counts_the_version_and_refuses_a_stale_one(staff, now):
    person = PersonFactory()
    change_person(person=person, email="", by=staff, at=now, version=1)
    stored = Person.objects.get()
    assert (stored.email, stored.changed_by, stored.version) == ("", staff, 2)
    with pytest.raises(StaleError):
        change_person(person=person, email="a@b.example", by=staff, at=now, version=1)
    with pytest.raises(RuleError):
        change_person(person=person, full_name="", by=staff, at=now)
    with pytest.raises(TypeError, match="erased_at"):
        change_person(person=person, erased_at=now, by=staff, at=now)


def test_a_person_works_at_an_organisation_once_at_a_time(staff, now):
    organisation, person = OrganisationFactory(), PersonFactory()
    place = record_affiliation(
        person=person, organisation=organisation, valid_from=date(2026, 1, 1), by=staff, at=now
    )
    with pytest.raises(RuleError) as error:
        record_affiliation(person=person, organisation=organisation, by=staff, at=now)
    assert faults(error) == {("works_there_already", "organisation")}
    with pytest.raises(RuleError) as error:
        end_affiliation(affiliation=place, on=date(2026, 1, 1), by=staff, at=now)
    assert faults(error) == {("ends_too_early", "valid_until")}
    end_affiliation(affiliation=place, on=TODAY, by=staff, at=now)
    record_affiliation(person=person, organisation=organisation, by=staff, at=now)
    assert Affiliation.objects.count() == 2


def test_a_place_without_a_first_day_may_end_any_day(staff, now):
    place = record_affiliation(person=PersonFactory(), organisation=OrganisationFactory(), by=staff, at=now)
    end_affiliation(affiliation=place, on=date(2000, 1, 1), by=staff, at=now)
    place.refresh_from_db()
    assert place.valid_until == date(2000, 1, 1)


def test_a_broker_acts_for_one_office_and_may_be_trusted(administrator, now):
    user, office = UserFactory(broker=True), OrganisationFactory(broker=True)
    grant_broker_access(user=user, office=office, by=administrator, at=now)
    assert BrokerAccess.objects.get().is_trusted is False
    grant_broker_access(user=user, office=office, is_trusted=True, by=administrator, at=now)
    assert BrokerAccess.objects.get().is_trusted is True
    with pytest.raises(RuleError) as error:
        grant_broker_access(user=user, office=OrganisationFactory(broker=True), by=administrator, at=now)
    assert faults(error) == {("acts_elsewhere", "office")}


def test_only_a_broker_acts_and_only_for_a_broker(administrator, now):
    with pytest.raises(RuleError) as error:
        grant_broker_access(
            user=UserFactory(staff=True), office=OrganisationFactory(), by=administrator, at=now
        )
    assert faults(error) == {("no_broker", "user"), ("no_office", "office")}
    assert not BrokerAccess.objects.exists()


def test_an_erased_person_is_shown_as_such():
    person = PersonFactory()
    assert str(person) == person.full_name
    assert str(Person(full_name=""))
