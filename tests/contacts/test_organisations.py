"""Recording and changing organisations and their KvK numbers."""

from datetime import date, timedelta

import pytest

from crm.common.errors import RuleError, StaleError
from crm.contacts import services
from crm.contacts.models import ApplicationArea, KvkNumber, Organisation, Technology
from crm.contacts.services import change_organisation, record_organisation
from tests.acquisition.racing import at_once
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)


def faults(error) -> set[tuple[str, str]]:
    return {(fault.code, fault.field) for fault in error.value.faults}


def kinds(organisation) -> set[str]:
    return set(organisation.kinds.values_list("kind", flat=True))


def numbers(organisation) -> list[tuple[str, date | None, date | None]]:
    rows = organisation.kvk_numbers.order_by("pk")
    return list(rows.values_list("number", "valid_from", "valid_until"))


def test_an_organisation_is_recorded_with_kinds_number_and_group(staff, now):
    group = OrganisationFactory()
    technology = Technology.objects.first()
    record_organisation(
        name=" Voorbeeld B.V. ",
        kinds=("company", "real_estate_owner"),
        kvk=" 12345678 ",
        kvk_from=date(2020, 1, 1),
        group=group,
        founded_on=date(2019, 5, 1),
        application_area=ApplicationArea.objects.first(),
        technologies=[technology],
        website="https://voorbeeld.example",
        by=staff,
        at=now,
    )
    stored = Organisation.objects.get(name="Voorbeeld B.V.")
    assert kinds(stored) == {"company", "real_estate_owner"}
    assert numbers(stored) == [("12345678", date(2020, 1, 1), None)]
    assert (stored.group, stored.group_key, stored.founded_on) == (group, group.pk, date(2019, 5, 1))
    assert (stored.created_by, stored.created_at, stored.version) == (staff, now, 1)
    assert list(stored.technologies.all()) == [technology]


def test_every_fault_of_an_organisation_is_named_at_once(staff, now):
    with pytest.raises(RuleError) as error:
        record_organisation(
            name=" ",
            kinds=("company", "circus"),
            kvk="123",
            founded_on=TODAY + timedelta(days=1),
            size_class="giant",
            website="http://insecure.example",
            note="x\x00",
            by=staff,
            at=now,
        )
    assert {field for _code, field in faults(error)} == {
        "name",
        "kinds",
        "kvk",
        "founded_on",
        "size_class",
        "website",
        "note",
    }
    assert not Organisation.objects.exists()


def test_a_kvk_number_that_is_held_is_refused_with_its_holder(staff, now):
    OrganisationFactory(name="De Houder", kvk="12345678")
    with pytest.raises(RuleError, match="De Houder") as error:
        record_organisation(name="Een ander", kvk="12345678", by=staff, at=now)
    assert faults(error) == {("kvk_taken", "kvk")}


def test_a_number_that_has_ended_may_be_held_by_another(staff, now):
    first = OrganisationFactory(kvk="12345678")
    change_organisation(organisation=first, kvk="", by=staff, at=now)
    second = record_organisation(name="Opvolger", kvk="12345678", by=staff, at=now)
    assert numbers(first) == [("12345678", None, TODAY)]
    assert Organisation.objects.with_kvk_number("12345678").get() == second


def test_another_number_ends_the_present_one(staff, now):
    organisation = OrganisationFactory(kvk="12345678", kvk_from=date(2020, 1, 1))
    change_organisation(
        organisation=organisation, kvk="87654321", kvk_from=date(2026, 1, 1), by=staff, at=now
    )
    assert numbers(organisation) == [
        ("12345678", date(2020, 1, 1), date(2026, 1, 1)),
        ("87654321", date(2026, 1, 1), None),
    ]
    change_organisation(organisation=organisation, kvk="87654321", by=staff, at=now)
    assert len(numbers(organisation)) == 2


def test_a_number_corrected_on_its_first_day_is_replaced(staff, now):
    organisation = OrganisationFactory(kvk="12345678", kvk_from=TODAY)
    change_organisation(organisation=organisation, kvk="87654321", by=staff, at=now)
    assert numbers(organisation) == [("87654321", TODAY, None)]


def test_a_first_number_is_added(staff, now):
    organisation = OrganisationFactory()
    change_organisation(organisation=organisation, kvk="87654321", by=staff, at=now)
    assert numbers(organisation) == [("87654321", TODAY, None)]


def test_changing_says_who_and_counts_the_version(staff, now):
    organisation = OrganisationFactory(kinds=("company", "broker"))
    technology = Technology.objects.first()
    changed = change_organisation(
        organisation=organisation,
        by=staff,
        at=now,
        version=1,
        name="Nieuwe naam",
        kinds=("company", "land_owner"),
        technologies=[technology],
    )
    stored = Organisation.objects.get()
    assert (stored.name, stored.changed_by, stored.changed_at, stored.version) == (
        "Nieuwe naam",
        staff,
        now,
        2,
    )
    assert changed.version == 2
    assert kinds(stored) == {"company", "land_owner"}
    assert list(stored.technologies.all()) == [technology]


def test_all_faults_of_a_change_are_named_and_nothing_changes(staff, now):
    OrganisationFactory(kvk="12345678")
    organisation = OrganisationFactory(name="Oud")
    with pytest.raises(RuleError) as error:
        change_organisation(
            organisation=organisation, name="", kinds=("x",), kvk="12345678", by=staff, at=now
        )
    assert {field for _code, field in faults(error)} == {"name", "kinds", "kvk"}
    organisation.refresh_from_db()
    assert (organisation.name, organisation.version) == ("Oud", 1)


def test_a_stale_version_is_refused_with_who_changed_it(staff, now):
    organisation = OrganisationFactory()
    colleague = UserFactory(full_name="Sam de Vries")
    change_organisation(organisation=organisation, city="Enschede", by=colleague, at=now, version=1)
    with pytest.raises(StaleError, match="Sam de Vries"):
        change_organisation(organisation=organisation, city="Hengelo", by=staff, at=now, version=1)


def test_a_group_is_never_its_own_part(staff, now):
    top = OrganisationFactory()
    middle = OrganisationFactory(group=top)
    below = OrganisationFactory(group=middle)
    for group in (top, middle, below):
        with pytest.raises(RuleError) as error:
            change_organisation(organisation=top, group=group, by=staff, at=now)
        assert faults(error) == {("group_in_a_circle", "group")}
    change_organisation(organisation=below, group=top, by=staff, at=now)


def test_a_circle_that_is_there_already_does_not_hang(staff, now):
    first, second = OrganisationFactory(), OrganisationFactory()
    Organisation.objects.filter(pk=first.pk).update(group=second)
    Organisation.objects.filter(pk=second.pk).update(group=first)
    third = OrganisationFactory()
    change_organisation(organisation=third, group=Organisation.objects.get(pk=first.pk), by=staff, at=now)


def test_a_fact_that_no_organisation_has_is_a_programming_error(staff, now):
    with pytest.raises(TypeError, match="colour"):
        record_organisation(name="X", colour="red", by=staff, at=now)
    with pytest.raises(TypeError, match="version_"):
        change_organisation(organisation=OrganisationFactory(), version_=1, by=staff, at=now)


@pytest.mark.django_db(transaction=True)
def test_one_of_several_at_once_gets_the_number_and_the_others_hear_who_has_it(now):
    people = [UserFactory() for _ in range(4)]

    def record(by):
        return lambda: record_organisation(name=f"Bedrijf van {by.full_name}", kvk="12345678", by=by, at=now)

    answers = at_once(*map(record, people))
    [won] = [answer for answer in answers if isinstance(answer, Organisation)]
    refused = [answer for answer in answers if isinstance(answer, RuleError)]
    assert [error.codes for error in refused] == [["kvk_taken"]] * 3
    assert all(won.name in str(error) for error in refused)
    assert Organisation.objects.count() == KvkNumber.objects.count() == 1


def test_a_number_taken_between_look_and_write_is_refused_all_the_same(staff, now, monkeypatch):
    OrganisationFactory(name="De Houder", kvk="12345678")
    honest = services.kvk_faults
    looks = []

    def blind_once(number, organisation):
        looks.append(number)
        return [] if len(looks) == 1 else honest(number, organisation)

    monkeypatch.setattr(services, "kvk_faults", blind_once)
    with pytest.raises(RuleError, match="De Houder"):
        record_organisation(name="Een ander", kvk="12345678", by=staff, at=now)
    assert Organisation.objects.count() == 1


def test_querysets_speak_of_kinds():
    broker, owner, partner = (
        OrganisationFactory(broker=True),
        OrganisationFactory(owner=True),
        OrganisationFactory(partner=True, kinds=("founding_partner", "business_support")),
    )
    assert list(Organisation.objects.brokers()) == [broker]
    assert list(Organisation.objects.owners()) == [owner]
    assert list(Organisation.objects.partners()) == [partner]
