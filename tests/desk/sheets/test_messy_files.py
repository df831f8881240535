"""The messy files of `tests/data` come out right, each against the answer that a person would give."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crm.contacts.models import Affiliation, KvkNumber, Organisation, Person
from crm.desk.sheets.models import SheetState, Verdict
from crm.desk.sheets.services import confirm_sheet, map_columns, take_sheet, work_now
from crm.matching.models import HousingNeed
from tests.factories.contacts import OrganisationFactory

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def bring_in(staff, now):
    """Import a file whole, with the columns as they were guessed."""

    def bring_in(kind, name):
        sheet = take_sheet(kind=kind, name=name, data=(DATA / name).read_bytes(), by=staff, at=now)
        sheet = map_columns(sheet=sheet, mapping=sheet.mapping, options={}, by=staff, at=now)
        sheet = work_now(sheet=sheet, at=now)
        assert [line.faults for line in sheet.lines.filter(verdict=Verdict.FAULT)] == []
        sheet = work_now(sheet=confirm_sheet(sheet=sheet, by=staff, at=now), at=now)
        assert (sheet.state, sheet.trouble) == (SheetState.APPLIED, [])
        return sheet

    return bring_in


def test_semicolons_windows_1252_and_an_empty_row(bring_in):
    sheet = bring_in("organisations", "windows_semicolons.csv")
    assert any("Windows-1252" in notice for notice in sheet.notices)
    found = {row.name: row for row in Organisation.objects.all()}
    assert set(found) == {"Café René B.V.", "Müller & Zoon – Techniek", "Œuvre N.V."}
    rene, muller, oeuvre = (found[name] for name in found)
    assert (rene.city, rene.founded_on, rene.website) == (
        "'s-Hertogenbosch",
        date(2019, 12, 31),
        "https://www.rene.example",
    )
    assert rene.note == "Omzet € 1,2 mln; groeit"
    assert (muller.founded_on, muller.website) == (date(1998, 5, 1), "https://muller.example")
    assert (oeuvre.founded_on, oeuvre.note) == (date(2020, 2, 29), "Twee\nregels")
    assert set(KvkNumber.objects.values_list("number", flat=True)) == {"01234567", "12345678"}
    assert [line.line for line in sheet.lines.all()] == [2, 3, 5]


def test_double_heads_empty_columns_and_dutch_and_english_numbers(bring_in):
    acme = OrganisationFactory(name="Acme B.V.")
    sheet = bring_in("needs", "double_heads.csv")
    lab, office = HousingNeed.objects.order_by("pk")
    assert (lab.title, lab.organisation, lab.total_per_month) == ("Lab", acme, Decimal("12500.50"))
    assert (lab.rent_per_m2_year, lab.from_on) == (Decimal(1250), date(2026, 12, 31))
    part = lab.parts.get()
    assert (part.space_type, part.area_from_m2, part.area_to_m2) == (
        "dry_lab",
        Decimal("12500.50"),
        Decimal(13000),
    )
    assert (office.total_per_month, office.from_on) == (Decimal(2500), date(2027, 1, 31))
    assert office.parts.get().space_type == "office"
    assert any("4" in notice for notice in sheet.notices), "the heads that came back are told"


def test_typed_cells_a_merged_title_and_a_kvk_number_that_lost_its_zero(bring_in):
    sheet = bring_in("organisations", "typed_cells.xlsx")
    acme, beta, gamma = Organisation.objects.order_by("name")
    assert (acme.city, str(acme.phone), acme.founded_on) == ("Enschede", "+31534890000", date(2019, 12, 31))
    assert (beta.email, beta.founded_on) == ("beta@beta.example", date(2020, 1, 1))
    assert gamma.founded_on == date(2020, 1, 1), "a bare Excel number in a column of days"
    assert set(KvkNumber.objects.values_list("number", flat=True)) == {"01234567", "12345678", "87654321"}
    told = [remark for line in sheet.lines.all() for remark in line.remarks]
    assert any("01234567" in remark for remark in told), "the zero comes back, and that is said"
    assert any("Kladblok" in notice for notice in sheet.notices), "a sheet that was not read is named"


def test_utf_16_with_tabs_right_to_left_and_emoji(bring_in):
    acme = OrganisationFactory(name="Acme B.V.")
    bring_in("people", "utf16_tabs.txt")
    assert set(Person.objects.values_list("full_name", flat=True)) == {"Zoë Ünal", "משה כהן", "🚀 Raket"}
    zoe = Person.objects.get(email="zoe@acme.example")
    assert str(zoe.phone) == "+31612345678"
    work = Affiliation.objects.get(person=zoe)
    assert (work.organisation, work.position) == (acme, "Directeur")
