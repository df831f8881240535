"""How often the desk speaks with whom, and whose contact counts for that."""

from datetime import date, timedelta

import pytest

from crm.desk.portfolio.contact import over_norm, relations_kept
from crm.desk.portfolio.norms import LastContact
from crm.rules.services import change_norm, last_decision
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory, LeadFactory
from tests.factories.contacts import OrganisationFactory

TODAY = date(2026, 11, 2)
AT = TODAY


@pytest.mark.django_db
def test_the_shortest_norm_holds_for_who_is_several_things(staff):
    both = OrganisationFactory(kinds=("real_estate_owner", "broker"))
    assert row(both, staff).norm_days == 90
    assert row(OrganisationFactory(kinds=("company",)), staff).norm_days is None


@pytest.mark.django_db
def test_a_norm_decided_anew_is_the_one_that_contact_stands_beside(staff, administrator):
    owner = OrganisationFactory(owner=True)
    spoken(owner, days=100)
    assert owner not in over_norm(relations_kept(staff, TODAY))
    change_norm(
        code="contact_owner",
        value=60,
        valid_from=TODAY,
        reason="Vaker spreken",
        seen=last_decision("contact_owner"),
        by=administrator,
        at=moment(),
    )
    assert row(owner, staff).norm_days == 60
    assert owner in over_norm(relations_kept(staff, TODAY))


@pytest.mark.parametrize(
    ("days", "is_over"), [(180, False), (181, True), (None, True)], ids=["on the day", "a day late", "never"]
)
def test_contact_is_over_the_norm_the_day_after_it(days, is_over):
    on = None if days is None else TODAY - timedelta(days=days)
    assert LastContact(on, 180, TODAY).is_over is is_over
    assert LastContact(on, None, TODAY).is_over is False


def spoken(organisation=None, days=1, **values):
    on = TODAY - timedelta(days=days)
    return ActivityFactory(
        organisation=organisation, occurred_on=on, at=values.pop("at", None) or moment(), **values
    )


def moment():
    from_day = TODAY - timedelta(days=0)
    return LeadFactory.at.replace(year=from_day.year, month=from_day.month, day=from_day.day)


def row(organisation, user):
    return relations_kept(user, TODAY).get(pk=organisation.pk)


@pytest.mark.django_db
def test_own_contact_and_that_of_its_leads_count_and_the_later_is_the_last(staff):
    owner = OrganisationFactory(owner=True)
    assert row(owner, staff).last_contact_on is None
    spoken(owner, days=40)
    assert row(owner, staff).last_contact_on == TODAY - timedelta(days=40)
    lead = LeadFactory(organisation=owner)
    spoken(lead=lead, days=10)
    assert row(owner, staff).last_contact_on == TODAY - timedelta(days=10)


@pytest.mark.django_db
def test_a_note_or_a_call_without_an_answer_is_no_contact(staff):
    owner = OrganisationFactory(owner=True)
    spoken(owner, kind="note")
    spoken(owner, is_two_way=False)
    assert row(owner, staff).last_contact_on is None


@pytest.mark.django_db
def test_contact_of_a_strict_lead_counts_for_its_readers_alone(staff):
    company, keeper = OrganisationFactory(broker=True), UserFactory(staff=True)
    lead = LeadFactory(organisation=company, strict=True, owner=keeper)
    spoken(lead=lead, days=3)
    spoken(company, lead=lead, days=2)
    assert row(company, staff).last_contact_on is None
    assert row(company, keeper).last_contact_on == TODAY - timedelta(days=2)
    assert company in over_norm(relations_kept(staff, TODAY))
    assert company not in over_norm(relations_kept(keeper, TODAY))


@pytest.mark.django_db
def test_over_the_norm_is_counted_in_the_database_as_on_the_page(staff):
    for kinds in (("real_estate_owner",), ("broker",), ("founding_partner", "broker"), ("company",)):
        for days in (None, 59, 60, 61, 90, 91, 180, 181):
            organisation = OrganisationFactory(kinds=kinds)
            if days:
                spoken(organisation, days=days)
    kept = relations_kept(staff, TODAY)
    by_hand = {
        found.pk for found in kept if LastContact(found.last_contact_on, found.norm_days, TODAY).is_over
    }
    assert set(over_norm(kept).values_list("pk", flat=True)) == by_hand
    assert 0 < len(by_hand) < kept.count()
