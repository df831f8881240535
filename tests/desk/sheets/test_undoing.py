"""An import is undone whole while nothing was built on it; else what stands in the way is named and nothing changes."""

import pytest

from crm.acquisition.models import Lead, StageChange
from crm.contacts.models import KvkNumber, Organisation, Person
from crm.contacts.services import change_organisation, record_affiliation
from crm.desk.sheets.models import OwnReference, SheetState
from crm.estate.models import Vacancy
from crm.matching.models import HousingNeed
from tests.desk.dump import hashes
from tests.desk.sheets.steps import imported, looked_at, undone
from tests.factories.acquisition import ActivityFactory, LeadFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.estate import VacancyFactory
from tests.factories.matching import MatchFactory, NeedFactory


def test_what_was_made_is_gone_and_what_was_changed_is_as_before(staff, now):
    acme = OrganisationFactory(name="Acme", kvk="12345678", city="Enschede", kinds=("company", "broker"))
    numbers = list(KvkNumber.objects.values())
    text = f"Nummer;Naam;KvK;Plaats;Soort;Klantnummer\n{acme.pk};Acme 2;87654321;;Bedrijf;K1\n;Beta;11111111;Almelo;;K2\n"
    sheet = imported("organisations", text, staff, now)
    acme.refresh_from_db()
    assert (acme.name, Organisation.objects.count(), OwnReference.objects.count()) == ("Acme 2", 2, 2)
    sheet = undone(sheet, staff, now)
    assert (sheet.state, sheet.trouble, sheet.undone_by) == (SheetState.UNDONE, [], staff)
    acme.refresh_from_db()
    assert (acme.name, acme.city) == ("Acme", "Enschede")
    assert set(acme.kinds.values_list("kind", flat=True)) == {"company", "broker"}
    assert list(KvkNumber.objects.values()) == numbers, "numbers with their days and all"
    assert Organisation.objects.count() == 1
    assert not OwnReference.objects.exists()


def test_people_with_their_places_and_needs_are_undone_too(staff, now):
    firm, kim = OrganisationFactory(name="Firma"), PersonFactory(email="kim@x.example", full_name="Kim")
    need = NeedFactory(organisation=firm, title="Oud")
    people = imported(
        "people", "Naam;E-mail;Bedrijf\nKimberly;kim@x.example;Firma\nLee;lee@x.example;Firma\n", staff, now
    )
    needs = imported("needs", f"Kenmerk;Onderwerp;Bedrijf\nH-{need.pk};Nieuw;Firma\n;Lab;Firma\n", staff, now)
    assert (Person.objects.count(), firm.affiliations.count(), HousingNeed.objects.count()) == (2, 2, 2)
    for sheet in (people, needs):
        assert undone(sheet, staff, now).state == SheetState.UNDONE
    kim.refresh_from_db()
    need.refresh_from_db()
    assert (kim.full_name, need.title) == ("Kim", "Oud")
    assert (Person.objects.count(), firm.affiliations.count(), HousingNeed.objects.count()) == (1, 0, 1)


def test_leads_go_back_by_their_log_and_new_ones_are_withdrawn_as_a_mistake(staff, now):
    lead = LeadFactory(complete=True, stage="qualified", jobs_expected=3)
    text = f"Kenmerk;Naam;Spoor;Fase;Banen\nL-{lead.pk};;;Bezoek;9\n;Project X;Startup;;4\n"
    sheet = imported("leads", text, staff, now)
    lead.refresh_from_db()
    assert (lead.stage, lead.jobs_expected) == ("site_visit", 9)
    sheet = undone(sheet, staff, now)
    assert (sheet.state, sheet.trouble) == (SheetState.UNDONE, [])
    lead.refresh_from_db()
    assert (lead.stage, lead.jobs_expected) == ("qualified", 3)
    assert StageChange.objects.filter(lead=lead, reverses__isnull=False).count() == 1
    new = Lead.objects.exclude(pk=lead.pk).get()
    assert (new.status, new.stage_changes.latest("pk").reason) == ("withdrawn", "mistake")


def test_listings_go_back_and_a_new_one_frees_its_reference(staff, now):
    old = VacancyFactory(reference="OUD-1", office=None)
    text = "Referentie;Titel;Soort;m2;Gemeten als;Straat;Huisnummer;Plaats;Huur\nOUD-1;;;250;;;;;\nN-1;Nieuw;Kantoor;90;VVO;Weg;1;Hengelo;145\n"
    assert undone(imported("vacancies", text, staff, now), staff, now).state == SheetState.UNDONE
    old.refresh_from_db()
    assert old.area_m2 == 200
    assert Vacancy.objects.exclude(pk=old.pk).get().status == "withdrawn"
    assert looked_at("vacancies", text, staff, now).counts == {"update": 1, "create": 1}


@pytest.mark.parametrize("built", ["changed", "contact", "lead", "gone"])
def test_what_was_built_on_an_import_stands_in_the_way_of_all_of_it(staff, manager, now, built):
    sheet = imported("organisations", "Naam\nAcme\nBeta\n", staff, now)
    acme = Organisation.objects.get(name="Acme")
    if built == "changed":
        change_organisation(organisation=acme, city="Almelo", by=manager, at=now)
    elif built == "contact":
        record_affiliation(person=PersonFactory(), organisation=acme, by=staff, at=now)
    elif built == "lead":
        LeadFactory(organisation=acme)
    else:
        acme.delete()
    before = hashes()
    sheet = undone(sheet, staff, now)
    assert (sheet.state, sheet.undone_by) == (SheetState.APPLIED, None)
    assert len(sheet.trouble) == 1
    assert "Acme" in sheet.trouble[0]
    assert Organisation.objects.filter(name="Beta").exists()
    assert {name: rows for name, rows in hashes().items() if "sheet" not in name} == {
        name: rows for name, rows in before.items() if "sheet" not in name
    }


def test_work_on_a_new_lead_a_need_or_a_listing_stands_in_the_way_too(staff, now):
    leads = imported("leads", "Naam;Spoor\nProject X;Startup\n", staff, now)
    ActivityFactory(lead=Lead.objects.get())
    OrganisationFactory(name="Firma")
    needs = imported("needs", "Onderwerp;Bedrijf\nLab;Firma\n", staff, now)
    MatchFactory(need=HousingNeed.objects.get())
    for sheet in (leads, needs):
        sheet = undone(sheet, staff, now)
        assert sheet.state == SheetState.APPLIED
        assert sheet.trouble
