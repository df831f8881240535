"""Every changed fact of a lead leaves a row: what it was, what it became, who and when; and the rows stay."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from crm.acquisition.models import LeadEdit
from crm.acquisition.services import change_lead
from crm.common.errors import RuleError, StaleError
from crm.contacts.models import ApplicationArea, Technology
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def rows() -> dict[str, tuple[str, str]]:
    return {
        edit.field: (edit.words.old, edit.words.new) if edit.words else (edit.old, edit.new)
        for edit in LeadEdit.objects.all()
    }


def test_each_changed_fact_leaves_a_row_with_both_values(staff, now):
    person, area = PersonFactory(), ApplicationArea.objects.first()
    old, new = OrganisationFactory(name="Oud B.V."), OrganisationFactory(name="Nieuw B.V.")
    lead = LeadFactory(organisation=old, by=staff)
    technology = Technology.objects.first()
    change_lead(
        lead=lead,
        by=staff,
        at=now,
        version=lead.version,
        organisation=new,
        owner=staff,
        decision_maker=person,
        application_area=area,
        technologies=[technology],
        team=[staff],
        seeks_space=True,
        area_from_m2=100,
        decision_expected_on=date(2027, 3, 1),
        confidentiality="strict",
        offer_reference=" offerte.pdf ",
    )
    assert rows() == {
        "organisation": ("Oud B.V.", "Nieuw B.V."),
        "owner": ("", str(staff.pk)),
        "decision_maker": ("", str(person.pk)),
        "application_area": ("", area.code),
        "technologies": ("", technology.code),
        "team": ("", str(staff.pk)),
        "seeks_space": ("", "yes"),
        "area_from_m2": ("", "100"),
        "decision_expected_on": ("", "2027-03-01"),
        "confidentiality": ("confidential", "strict"),
        "offer_reference": ("", "offerte.pdf"),
    }
    assert {(edit.by, edit.at, edit.lead_id) for edit in LeadEdit.objects.all()} == {(staff, now, lead.pk)}


def test_a_fact_that_stays_the_same_leaves_no_row(staff, now):
    lead = LeadFactory(area_from_m2=100)
    before = LeadEdit.objects.count()
    change_lead(lead=lead, by=staff, at=now, version=lead.version, area_from_m2=100, track=lead.track)
    assert LeadEdit.objects.count() == before


def test_what_is_refused_leaves_no_row(staff, now):
    lead = LeadFactory()
    with pytest.raises(RuleError):
        change_lead(lead=lead, by=staff, at=now, version=lead.version, area_from_m2=9, area_to_m2=5)
    with pytest.raises(StaleError):
        change_lead(lead=lead, by=staff, at=now, version=lead.version + 1, area_from_m2=9)
    assert not LeadEdit.objects.exists()


def test_rows_are_never_changed_or_deleted(staff, now):
    lead = LeadFactory()
    change_lead(lead=lead, by=staff, at=now, version=lead.version, jobs_expected=5)
    for attempt in (
        lambda: LeadEdit.objects.update(new="6"),
        lambda: LeadEdit.objects.update(by=UserFactory()),
        lambda: LeadEdit.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert LeadEdit.objects.get().new == "5"


def test_words_can_be_blanked_for_an_erasure_and_the_row_stays(staff, now):
    lead = LeadFactory()
    change_lead(lead=lead, by=staff, at=now, version=lead.version, offer_reference="Jan Jansen.pdf")
    edit = LeadEdit.objects.get()
    edit.words.new = ""
    edit.words.save()
    assert (edit.old, edit.new, LeadEdit.objects.get().words.new) == ("", "", "")
