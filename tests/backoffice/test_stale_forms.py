"""Two people in one form: both versions are shown field by field, each fact is chosen, and nothing typed is lost."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.services import change_user
from crm.acquisition.models import Lead
from crm.acquisition.services import change_lead
from crm.contacts.services import change_organisation
from crm.reports.services import write_director_text
from tests.backoffice.conftest import logged_in
from tests.backoffice.crowd import Crowd
from tests.backoffice.test_saving import change_url
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db
INPUT = re.compile(r"<input[^>]*>")


def opened(client, url: str) -> dict:
    """What a browser would send back untouched."""
    form = client.get(url).context["adminform"].form
    sent = {}
    for name, field in form.fields.items():
        value = field.prepare_value(form.get_initial_for_field(field, name))
        if value is True:
            value = "on"
        if value not in (None, False, [], ""):
            sent[name] = value
    page = client.get(url)
    return {**sent, "record_seen": page.context["record_seen"]}


def test_a_fact_that_only_the_other_changed_is_taken_over_and_mine_stays(as_staff, manager, now):
    row = OrganisationFactory(name="Hamerlo", city="Enschede", website="")
    url = change_url(row)
    typed = opened(as_staff, url)
    change_organisation(organisation=row, by=manager, at=now, city="Hengelo")
    refused = as_staff.post(url, {**typed, "note": "Mijn lange notitie"})
    assert [(line.seen, line.theirs) for line in refused.context["overtaken"].taken_over] == [
        ("Enschede", "Hengelo")
    ]
    assert refused.context["overtaken"].clashes == []
    assert manager.full_name in refused.text
    row.refresh_from_db()
    assert (row.city, row.note) == ("Hengelo", "")
    form = refused.context["adminform"].form
    again = {
        name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False, [])
    }
    as_staff.post(url, {**again, "record_seen": refused.context["record_seen"]})
    row.refresh_from_db()
    assert (row.city, row.note, row.version) == ("Hengelo", "Mijn lange notitie", 3)


@pytest.mark.parametrize(("choice", "stands"), [("theirs", "van haar"), ("yours", "van mij")])
def test_a_fact_that_both_changed_is_chosen(as_staff, manager, now, choice, stands):
    row = OrganisationFactory(name="Hamerlo", note="eerst")
    url = change_url(row)
    typed = opened(as_staff, url)
    change_organisation(organisation=row, by=manager, at=now, note="van haar")
    refused = as_staff.post(url, {**typed, "note": "van mij"})
    (clash,) = refused.context["overtaken"].clashes
    assert (clash.seen, clash.theirs, clash.yours) == ("eerst", "van haar", "van mij")
    assert "van haar" in refused.text
    assert "van mij" in refused.text
    form = refused.context["adminform"].form
    again = {
        name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False, [])
    }
    as_staff.post(url, {**again, "record_seen": refused.context["record_seen"], "choose-note": choice})
    row.refresh_from_db()
    assert row.note == stands


def test_a_third_save_in_between_is_shown_anew(as_staff, manager, now):
    row = OrganisationFactory(note="eerst")
    url = change_url(row)
    typed = opened(as_staff, url)
    change_organisation(organisation=row, by=manager, at=now, note="tweede")
    refused = as_staff.post(url, {**typed, "note": "van mij"})
    change_organisation(organisation=row, by=manager, at=now, note="derde")
    form = refused.context["adminform"].form
    again = {
        name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False, [])
    }
    second = as_staff.post(
        url, {**again, "record_seen": refused.context["record_seen"], "choose-note": "yours"}
    )
    (clash,) = second.context["overtaken"].clashes
    assert (clash.theirs, clash.yours) == ("derde", "van mij")
    row.refresh_from_db()
    assert row.note == "derde"


@pytest.mark.parametrize("seen", ["", "{", "[]", '"x"', '{"note": 3}', '{"note": {"note": 7}}', "null"])
def test_what_the_form_says_it_showed_may_be_anything(as_staff, manager, now, seen):
    row = OrganisationFactory(note="eerst")
    change_organisation(organisation=row, by=manager, at=now, note="van haar")
    sent = {"name": row.name, "kinds": ["company"], "country": "NL", "note": "van mij"}
    response = as_staff.post(change_url(row), {**sent, "record_version": 1, "record_seen": seen})
    assert response.status_code == 200
    assert "van mij" in response.text
    row.refresh_from_db()
    assert row.note == "van haar"


def test_a_lead_shows_people_and_choices_in_words(as_staff, staff, manager, now):
    lead = LeadFactory(startup=True, owner=staff)
    url = reverse("admin:acquisition_lead_edit", args=[lead.pk])
    typed = opened(as_staff, url)
    change_lead(
        lead=Lead.objects.get(pk=lead.pk), by=manager, at=now, version=1, owner=manager, jobs_expected=40
    )
    refused = as_staff.post(url, {**typed, "owner": "", "jobs_expected": "12"})
    clashes = {clash.name: clash for clash in refused.context["overtaken"].clashes}
    assert clashes["owner"].theirs == str(manager)
    assert (clashes["jobs_expected"].theirs, clashes["jobs_expected"].yours) == ("40", "12")


def test_the_directors_sentences_are_not_overwritten_by_who_did_not_see_them(as_manager, administrator, now):
    text = write_director_text(month=now.date().replace(day=1), text_nl="Eerst.", by=administrator, at=now)
    url = change_url(text)
    typed = opened(as_manager, url)
    write_director_text(month=text.month, text_nl="Van de directeur.", by=administrator, at=now)
    refused = as_manager.post(url, {**typed, "text_nl": "Van mij."})
    assert [clash.theirs for clash in refused.context["overtaken"].clashes] == ["Van de directeur."]
    text.refresh_from_db()
    assert text.text_nl == "Van de directeur."


def test_a_record_without_a_version_is_held_to_what_the_form_showed(as_administrator, administrator, now):
    person = UserFactory(staff=True, full_name="Eerst")
    url = change_url(person)
    typed = opened(as_administrator, url)
    change_user(user=person, full_name="Tussendoor", role="staff", language="nl", by=administrator, at=now)
    refused = as_administrator.post(url, {**typed, "full_name": "Van mij"})
    assert [clash.theirs for clash in refused.context["overtaken"].clashes] == ["Tussendoor"]
    person.refresh_from_db()
    assert person.full_name == "Tussendoor"


def test_every_form_that_changes_a_record_carries_what_it_showed(administrator, manager):
    """Read from the site itself: a new form has this from its first day."""
    Crowd(1)
    seen = set()
    for user in (administrator, manager):
        client = logged_in(user)
        for model, room in admin.site._registry.items():
            row = model._default_manager.order_by("pk").first()
            if row is None or not room.allows_change:
                continue
            name = "edit" if model is Lead else "change"
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=[row.pk])
            page = client.get(url)
            if page.status_code == 200 and 'name="_save"' in page.text:
                assert 'name="record_seen"' in page.text, model
                seen.add(model._meta.label_lower)
    assert {"acquisition.lead", "contacts.organisation", "contacts.person", "estate.vacancy"} <= seen
    assert {
        "estate.building",
        "estate.unit",
        "estate.tenancy",
        "matching.housingneed",
        "accounts.user",
    } <= seen


def test_who_may_no_longer_change_the_record_gets_a_plain_no_and_nothing_is_stored(as_staff, staff):
    row = OrganisationFactory(note="eerst")
    url = change_url(row)
    typed = opened(as_staff, url)
    type(staff).objects.filter(pk=staff.pk).update(role="partner")
    answer = as_staff.post(url, {**typed, "note": "van mij"})
    assert answer.status_code == 403
    row.refresh_from_db()
    assert row.note == "eerst"
