"""A form saves through a service: its rules come out on the form, nothing typed is lost, and nobody overwrites another."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from crm.backoffice.constraints import CONSTRAINT_SENTENCES
from crm.contacts.models import Organisation, Person
from crm.contacts.services import change_organisation
from crm.estate.models import Area, Building, Tenancy, Unit
from crm.matching.models import HousingNeed
from crm.reports.models import DirectorText
from tests.factories.contacts import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def facts(**changes) -> dict:
    given = {
        "name": "Hamerlo Sensing",
        "kvk": "80000001",
        "kinds": ["company"],
        "size_class": "small",
        "country": "NL",
    }
    return given | changes


def change_url(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_a_new_organisation_is_recorded_with_who_and_when(as_staff, staff):
    response = as_staff.post(reverse("admin:contacts_organisation_add"), facts(), follow=True)
    organisation = Organisation.objects.get(name="Hamerlo Sensing")
    assert (organisation.created_by, organisation.version) == (staff, 1)
    assert organisation.created_at is not None
    assert [row.number for row in organisation.kvk_numbers.all()] == ["80000001"]
    assert [row.kind for row in organisation.kinds.all()] == ["company"]
    assert "Hamerlo Sensing" in response.text
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.user) == (str(organisation.pk), staff)
    assert "Hamerlo" not in entry.object_repr + entry.change_message


def test_every_rule_that_refuses_stands_at_its_field_and_what_was_typed_is_kept(as_staff):
    OrganisationFactory(kvk="80000001")
    response = as_staff.post(
        reverse("admin:contacts_organisation_add"),
        facts(founded_on="2999-01-01", note="Een lange notitie die niet verloren mag gaan"),
    )
    form = response.context["adminform"].form
    assert {"kvk", "founded_on"} <= set(form.errors)
    assert "Een lange notitie die niet verloren mag gaan" in response.text
    assert Organisation.objects.filter(name="Hamerlo Sensing").count() == 0
    assert LogEntry.objects.count() == 0


def test_a_change_sends_only_what_changed_and_counts_the_version(as_staff, staff):
    organisation = OrganisationFactory(name="Oud", kvk="80000002")
    given = facts(name="Nieuw", kvk="80000002", record_version=1)
    as_staff.post(change_url(organisation), given)
    organisation.refresh_from_db()
    assert (organisation.name, organisation.version, organisation.changed_by) == ("Nieuw", 2, staff)
    assert organisation.kvk_numbers.count() == 1


def test_a_form_that_somebody_else_overtook_is_refused_and_keeps_what_was_typed(as_staff, manager, now):
    organisation = OrganisationFactory(name="Oud")
    change_organisation(organisation=organisation, by=manager, at=now, city="Hengelo")
    given = facts(kvk="", city="Enschede", note="Mijn notitie", record_version=1)
    response = as_staff.post(change_url(organisation), given)
    organisation.refresh_from_db()
    assert (organisation.city, organisation.name) == ("Hengelo", "Oud")
    assert manager.full_name in response.text
    assert "Mijn notitie" in response.text


def test_the_form_carries_the_version_that_was_looked_at(as_staff):
    organisation = OrganisationFactory()
    assert 'name="record_version" value="1"' in as_staff.get(change_url(organisation)).text


def test_a_person_is_recorded_together_with_a_place_of_work(as_staff):
    office = OrganisationFactory()
    given = {
        "full_name": "Ingrid Solheim",
        "language": "nl",
        "organisation": office.pk,
        "position": "directeur",
    }
    as_staff.post(reverse("admin:contacts_person_add"), given)
    person = Person.objects.get(full_name="Ingrid Solheim")
    assert [(place.organisation, place.position) for place in person.affiliations.all()] == [
        (office, "directeur")
    ]


def test_changing_a_person_leaves_the_place_of_work_alone(as_staff):
    person = PersonFactory(organisation=OrganisationFactory(), position="directeur")
    as_staff.post(change_url(person), {"full_name": "Anders", "language": "en", "record_version": 1})
    person.refresh_from_db()
    assert (person.full_name, person.language, person.affiliations.count()) == ("Anders", "en", 1)


def test_space_is_recorded_from_building_to_tenancy(as_staff):
    area = Area.objects.get(code="ut_campus")
    as_staff.post(
        reverse("admin:estate_building_add"), {"name": "The Gallery", "area": area.pk, "city": "Enschede"}
    )
    building = Building.objects.get(name="The Gallery")
    unit = {
        "building": building.pk,
        "name": "1.01",
        "space_type": "office",
        "area_m2": "100",
        "area_kind": "vvo",
    }
    as_staff.post(reverse("admin:estate_unit_add"), unit)
    row = Unit.objects.get(building=building)
    tenant = OrganisationFactory()
    tenancy = {"tenant": tenant.pk, "unit": row.pk, "area_m2": "60", "valid_from": "2026-01-01"}
    as_staff.post(reverse("admin:estate_tenancy_add"), tenancy)
    assert Tenancy.objects.get(unit=row).tenant == tenant
    refused = as_staff.post(reverse("admin:estate_tenancy_add"), tenancy)
    assert "area_m2" in refused.context["adminform"].form.errors
    assert Tenancy.objects.count() == 1


def test_an_owners_share_is_added_on_a_page_of_its_own(as_staff):
    area = Area.objects.get(code="ut_campus")
    as_staff.post(
        reverse("admin:estate_building_add"), {"name": "The Gallery", "area": area.pk, "city": "Enschede"}
    )
    building, owner = Building.objects.get(), OrganisationFactory(owner=True)
    url = reverse("admin:estate_building_do", args=[building.pk, "owner"])
    as_staff.post(url, {"owner": owner.pk, "share": "60", "valid_from": "2026-01-01"})
    too_much = as_staff.post(url, {"owner": owner.pk, "share": "50", "valid_from": "2026-01-01"})
    assert too_much.context["form"].errors
    assert [str(share.share) for share in building.ownerships.all()] == ["60.00"]


def need(**changes) -> dict:
    given = {
        "title": "Droog lab",
        "source": "own",
        "parts-TOTAL_FORMS": 1,
        "parts-INITIAL_FORMS": 0,
        "parts-0-space_type": "dry_lab",
        "parts-0-area_from_m2": "200",
        "parts-0-area_to_m2": "260",
        "criteria-TOTAL_FORMS": 1,
        "criteria-INITIAL_FORMS": 0,
        "criteria-0-criterion": "power_kva",
        "criteria-0-strictness": "must",
        "criteria-0-asked": "60",
        "matches-TOTAL_FORMS": 0,
        "matches-INITIAL_FORMS": 0,
    }
    return given | changes


@pytest.mark.parametrize(
    ("criterion", "typed", "stored"),
    [
        ("power_kva", "60", 60),
        ("power_kva", "62,5", "62.5"),
        ("area_code", "ut_campus, bs_park", ["ut_campus", "bs_park"]),
        ("has_gases", "ja", True),
        ("environmental_category", "3.1", "3.1"),
        ("environmental_category", "6", "6"),
        ("cleanroom_iso_class", "5", 5),
        ("available_from", "2027-02-01", "2027-02-01"),
    ],
)
def test_a_criterion_is_stored_in_the_form_that_matching_reads(as_staff, criterion, typed, stored):
    company = OrganisationFactory()
    given = need(organisation=company.pk, **{"criteria-0-criterion": criterion, "criteria-0-asked": typed})
    as_staff.post(reverse("admin:matching_housingneed_add"), given)
    row = HousingNeed.objects.get()
    assert [asked.asked for asked in row.criteria.all()] == [stored]
    assert [str(part.area_from_m2) for part in row.parts.all()] == ["200.00"]


@pytest.mark.parametrize(
    ("criterion", "typed"),
    [("power_kva", "veel"), ("area_code", "mars"), ("has_gases", "nee"), ("vibration_class", "VC-Z")],
)
def test_a_criterion_that_matching_cannot_read_is_refused_at_its_field(as_staff, criterion, typed):
    given = need(
        organisation=OrganisationFactory().pk,
        **{"criteria-0-criterion": criterion, "criteria-0-asked": typed},
    )
    response = as_staff.post(reverse("admin:matching_housingneed_add"), given)
    assert 'class="error"' in response.text
    assert typed in response.text
    assert HousingNeed.objects.count() == 0


def test_asking_the_same_criterion_twice_is_refused(as_staff):
    second = {
        "criteria-TOTAL_FORMS": 2,
        "criteria-1-criterion": "power_kva",
        "criteria-1-strictness": "must",
        "criteria-1-asked": "80",
    }
    response = as_staff.post(
        reverse("admin:matching_housingneed_add"), need(organisation=OrganisationFactory().pk, **second)
    )
    assert response.status_code == 200
    assert 'class="error"' in response.text or 'role="alert"' in response.text
    assert HousingNeed.objects.count() == 0


def test_a_constraint_of_the_database_comes_out_as_a_sentence(as_staff):
    wrong = {"criteria-0-weight": "3"}  # a must has no weight
    response = as_staff.post(
        reverse("admin:matching_housingneed_add"), need(organisation=OrganisationFactory().pk, **wrong)
    )
    assert "a_should_has_a_weight_of_1_to_5" not in response.text
    assert str(CONSTRAINT_SENTENCES["a_should_has_a_weight_of_1_to_5"]) in response.text
    assert HousingNeed.objects.count() == 0


def test_a_need_of_nobody_is_refused(as_staff):
    response = as_staff.post(reverse("admin:matching_housingneed_add"), need())
    assert "organisation" in response.context["adminform"].form.errors
    assert HousingNeed.objects.count() == 0


def test_the_directors_text_is_written_per_month_and_rewritten(as_manager):
    as_manager.post(
        reverse("admin:reports_directortext_add"), {"month": "2026-10", "text_nl": "Een goede maand."}
    )
    text = DirectorText.objects.get()
    assert text.month == date(2026, 10, 1)
    as_manager.post(change_url(text), {"text_nl": "Een betere maand.", "record_version": 1})
    text.refresh_from_db()
    assert (text.text_nl, text.version) == ("Een betere maand.", 2)


@pytest.mark.parametrize("typed", ["oktober", "2026-13", "2026"])
def test_a_month_that_is_none_is_refused(as_manager, typed):
    response = as_manager.post(reverse("admin:reports_directortext_add"), {"month": typed, "text_nl": "x"})
    assert "month" in response.context["adminform"].form.errors
    assert DirectorText.objects.count() == 0


def test_only_an_administrator_sets_the_day_from_which_an_area_counts(as_manager, as_administrator):
    area = Area.objects.get(code="vredestein")
    as_manager.post(change_url(area), {"counts_from": "2028-01-01"})
    area.refresh_from_db()
    assert area.counts_from is None
    as_administrator.post(change_url(area), {"counts_from": "2028-01-01"})
    area.refresh_from_db()
    assert area.counts_from == date(2028, 1, 1)


def test_what_a_need_asks_is_read_in_words(as_staff):
    given = need(
        organisation=OrganisationFactory().pk,
        **{"criteria-0-criterion": "area_code", "criteria-0-asked": "ut_campus"},
    )
    as_staff.post(reverse("admin:matching_housingneed_add"), given)
    text = as_staff.get(change_url(HousingNeed.objects.get())).text
    assert "UT Campus" in text
    assert "area_code" not in text
