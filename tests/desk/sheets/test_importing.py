"""What an import promises: look first, all or nothing, found by KvK, own reference or number, remembered columns."""

from datetime import timedelta

import pytest

from crm.common.errors import RuleError
from crm.contacts.models import KvkNumber, Organisation, Person
from crm.contacts.services import change_organisation
from crm.desk.models import SheetImport
from crm.desk.sheets.models import SheetState, Verdict
from crm.desk.sheets.services import (
    KEPT,
    confirm_sheet,
    correct_rows,
    drop_sheet,
    forget_sheets,
    map_again,
    map_columns,
    take_sheet,
    undo_sheet,
    work_due,
    work_now,
)
from crm.estate.models import Vacancy
from tests.desk.sheets.steps import confirmed, faults, imported, looked_at, verdicts
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.estate import VacancyFactory

VACANCY = "Referentie;Titel;Soort;m2;Gemeten als;Straat;Huisnummer;Plaats;Huur\n"


def test_nothing_is_written_before_the_yes_and_everything_after_it(staff, now):
    sheet = looked_at("organisations", "Naam;KvK\nAcme;12345678\nBeta;\n", staff, now)
    assert (sheet.state, verdicts(sheet)) == (SheetState.CHECKED, ["create", "create"])
    assert not Organisation.objects.exists()
    sheet = confirmed(sheet, staff, now)
    assert (sheet.state, sheet.applied_by, sheet.content) == (SheetState.APPLIED, staff, None)
    assert Organisation.objects.count() == 2
    acme = Organisation.objects.get(name="Acme")
    assert (acme.created_by, acme.kvk_numbers.get().number) == (staff, "12345678")


def test_each_row_is_new_changed_unchanged_or_wrong_and_says_why(staff, now):
    OrganisationFactory(name="Acme", kvk="11111111", city="Enschede")
    OrganisationFactory(name="Beta", kvk="22222222", city="Hengelo")
    text = "Naam;KvK;Plaats;Opgericht\nAcme;11111111;Enschede;\nBeta;22222222;Almelo;\nGamma;;;\nDelta;123;;32-1-2020\n;;X;\n"
    sheet = looked_at("organisations", text, staff, now)
    assert verdicts(sheet) == ["unchanged", "update", "create", "fault", "fault"]
    assert sheet.lines.get(line=3).changes == [["city", "Hengelo", "Almelo"]]
    assert faults(sheet) == [(5, "founded_on"), (5, "kvk"), (6, "name")]


def test_one_bad_row_keeps_all_others_out(staff, now):
    sheet = looked_at("organisations", "Naam;Opgericht\nAcme;1-1-2020\nBeta;morgen\n", staff, now)
    with pytest.raises(RuleError):
        confirm_sheet(sheet=sheet, by=staff, at=now)
    assert not Organisation.objects.exists()


def test_a_bad_row_is_mended_on_the_spot_or_left_out(staff, now):
    sheet = looked_at("organisations", "Naam;Opgericht\nAcme;vorig jaar\nBeta;morgen\n", staff, now)
    sheet = correct_rows(
        sheet=sheet, corrections={2: {"founded_on": "1-1-2020"}}, left_out={3: True}, by=staff, at=now
    )
    sheet = work_now(sheet=sheet, at=now)
    assert verdicts(sheet) == ["create", "left_out"]
    confirmed(sheet, staff, now)
    assert list(Organisation.objects.values_list("name", flat=True)) == ["Acme"]


def test_what_was_left_out_can_be_taken_in_again(staff, now):
    sheet = looked_at("organisations", "Naam;Opgericht\nAcme;morgen\n", staff, now)
    for is_out, verdict in ((True, Verdict.LEFT_OUT), (False, Verdict.FAULT)):
        sheet = correct_rows(sheet=sheet, corrections={}, left_out={2: is_out}, by=staff, at=now)
        sheet = work_now(sheet=sheet, at=now)
        assert verdicts(sheet) == [verdict]


def test_a_record_is_found_by_kvk_own_reference_number_and_on_request_by_name(staff, now):
    first = imported("organisations", "Naam;Klantnummer\nAcme;K-1\n", staff, now)
    acme = Organisation.objects.get()
    change_organisation(organisation=acme, kvk="12345678", by=staff, at=now)
    for text, options in (
        ("Naam;KvK;Plaats\nAcme;12345678;A\n", {}),
        ("Klantnummer;Plaats\nK-1;B\n", {}),
        (f"Nummer;Plaats\n#{acme.pk};C\n", {}),
        ("Naam;Plaats\nACME B.V.;D\n", {"matches_names": True}),
    ):
        sheet = looked_at("organisations", text, staff, now, **options)
        assert [line.record for line in sheet.lines.all()] == [acme.pk], text
    assert first.counts == {"create": 1}
    sheet = looked_at("organisations", "Naam;Plaats\nAcme;D\n", staff, now)
    line = sheet.lines.get()
    assert (line.verdict, line.record) == (Verdict.CREATE, None)
    assert str(acme.pk) in line.remarks[0], "that one of this name exists is said"


def test_two_rows_about_one_record_are_told(staff, now):
    acme = OrganisationFactory(kvk="12345678")
    text = f"Nummer;Naam;KvK\n{acme.pk};Acme;12345678\n;Acme;12345678\n;Nieuw;87654321\n;Ook nieuw;87654321\n"
    sheet = looked_at("organisations", text, staff, now)
    assert {line.line for line in sheet.lines.filter(verdict=Verdict.FAULT)} == {3, 5}


def test_columns_are_remembered_for_the_same_heads(staff, manager, now):
    text = "Klant;Code van ons\nAcme;1\n"
    sheet = take_sheet(kind="organisations", name="a.csv", data=text.encode(), by=staff, at=now)
    assert sheet.mapping == ["", ""]
    map_columns(
        sheet=sheet, mapping=["name", "own_reference"], options={"matches_names": True}, by=staff, at=now
    )
    again = take_sheet(kind="organisations", name="b.csv", data=text.upper().encode(), by=manager, at=now)
    assert again.mapping == ["name", "own_reference"]
    assert again.options["matches_names"] is True
    other = take_sheet(kind="people", name="b.csv", data=text.encode(), by=staff, at=now)
    assert other.mapping == ["", ""]


@pytest.mark.parametrize("mapping", [["name", "name"], ["", ""], ["nonsense", ""], ["name"]])
def test_a_choice_of_columns_that_cannot_be_is_refused(staff, now, mapping):
    sheet = take_sheet(kind="organisations", name="a.csv", data=b"A;B\nx;y\n", by=staff, at=now)
    with pytest.raises(RuleError):
        map_columns(sheet=sheet, mapping=mapping, options={}, by=staff, at=now)


def test_an_empty_cell_leaves_what_stands_unless_asked_otherwise(staff, now):
    acme = OrganisationFactory(name="Acme", kvk="12345678", city="Enschede", website="https://acme.example")
    text = "Naam;KvK;Plaats;Website\nAcme;12345678;;-\n"
    assert verdicts(looked_at("organisations", text, staff, now)) == ["unchanged"]
    imported("organisations", text, staff, now, empties_clear=True)
    acme.refresh_from_db()
    assert (acme.city, acme.website, acme.name) == ("", "", "Acme")


def test_what_changed_between_the_look_and_the_yes_is_said_and_nothing_is_written(staff, manager, now):
    acme = OrganisationFactory(name="Acme", kvk="12345678", city="Enschede")
    sheet = looked_at("organisations", "Naam;KvK;Plaats\nAcme;12345678;Almelo\nBeta;;\n", staff, now)
    change_organisation(organisation=acme, city="Almelo", by=manager, at=now)
    sheet = confirmed(sheet, staff, now)
    assert (sheet.state, sheet.applied_by) == (SheetState.CHECKED, None)
    assert len(sheet.trouble) == 1
    assert verdicts(sheet) == ["unchanged", "create"]
    assert Organisation.objects.count() == 1
    assert confirmed(sheet, staff, now).state == SheetState.APPLIED


def test_hostile_and_foreign_text_is_kept_as_text_or_named_as_too_long(staff, now):
    names = [
        "<script>alert(1)</script>",
        "שלום עולם",
        "🚀",
        "=HYPERLINK(1)",
        "x" * 500,
        "Robert'); DROP TABLE--",
    ]
    text = "Naam\n" + "\n".join(f'"{name}"' for name in names) + "\n"
    sheet = looked_at("organisations", text, staff, now)
    assert faults(sheet) == [(6, "name")]
    sheet = correct_rows(sheet=sheet, corrections={}, left_out={6: True}, by=staff, at=now)
    confirmed(work_now(sheet=sheet, at=now), staff, now)
    assert set(Organisation.objects.values_list("name", flat=True)) == set(names) - {"x" * 500}


def test_control_characters_are_a_fault_and_no_crash(staff, now):
    sheet = looked_at("organisations", "Naam;Notitie\nAc\x07me;x\x1fy\n", staff, now)
    assert {name for _line, name in faults(sheet)} == {"name", "note"}


def test_a_person_gets_a_place_of_work_and_loses_none(staff, now):
    old, new = OrganisationFactory(name="Oud"), OrganisationFactory(name="Nieuw")
    kim = PersonFactory(email="kim@x.example", organisation=old, position="Chef")
    sheet = imported("people", "Naam;E-mail;Bedrijf;Functie\nKim;kim@x.example;Nieuw;Baas\n", staff, now)
    assert sheet.state == SheetState.APPLIED
    assert set(kim.affiliations.values_list("organisation", "position", "valid_until")) == {
        (old.pk, "Chef", None),
        (new.pk, "Baas", None),
    }
    assert Person.objects.count() == 1


def test_a_listing_is_offered_by_its_reference_and_changed_the_next_time(staff, now):
    office = OrganisationFactory(name="Makelaar X", broker=True)
    sheet = imported(
        "vacancies", f"{VACANCY}A-1;Kantoor;Kantoor;250,5;VVO;Dorpsweg;1;Enschede;145\n", staff, now
    )
    assert (sheet.state, sheet.trouble) == (SheetState.APPLIED, [])
    vacancy = Vacancy.objects.get()
    assert (vacancy.status, str(vacancy.area_m2), vacancy.office) == ("submitted", "250.50", None)
    sheet = imported("vacancies", "Referentie;m2\nA-1;300\n", staff, now)
    assert sheet.counts == {"update": 1}
    vacancy.refresh_from_db()
    assert vacancy.area_m2 == 300
    assert vacancy.changes.filter(field="area_m2", old="250.50", new="300.00", by=staff).exists()
    VacancyFactory(office=office, reference="A-1")
    assert faults(looked_at("vacancies", "Referentie;m2\nA-1;400\n", staff, now)) == [(2, "reference")]


def test_the_rules_of_a_form_hold_for_a_row(staff, now):
    text = f"{VACANCY}A 1!;;Kasteel;-5;VVO;;;;\n"
    assert {name for _line, name in faults(looked_at("vacancies", text, staff, now))} >= {
        "reference",
        "title_nl",
        "space_type",
        "area_m2",
    }
    text = "Onderwerp;Bedrijf;Van m²;Tot m²;Soort\nLab;;100;50;Kantoor\n"
    assert {name for _line, name in faults(looked_at("needs", text, staff, now))} >= {
        "organisation",
        "areas_to_m2",
    }


def test_a_kvk_number_of_another_is_refused_by_its_holder(staff, now):
    OrganisationFactory(name="Houder", kvk="12345678")
    other = OrganisationFactory(name="Ander")
    sheet = looked_at("organisations", f"Nummer;KvK\n{other.pk};12345678\n", staff, now)
    assert "Houder" in sheet.lines.get().faults[0][1]
    assert KvkNumber.objects.count() == 1


def test_long_work_is_due_until_a_round_does_it_and_two_workers_do_not_do_it_twice(staff, now):
    sheet = take_sheet(kind="organisations", name="a.csv", data=b"Naam\nAcme\n", by=staff, at=now)
    sheet = map_columns(sheet=sheet, mapping=sheet.mapping, options={}, by=staff, at=now)
    assert sheet.is_due
    told = []
    SheetImport.objects.update(claimed_until=now + timedelta(minutes=1))
    assert work_due(at=now) == 0, "another worker has it"
    assert work_due(at=now + timedelta(minutes=2), progress=lambda *step: told.append(step)) == 1, (
        "which died"
    )
    assert told == [(sheet.pk, 1, 1)]
    sheet.refresh_from_db()
    assert sheet.state == SheetState.CHECKED


def test_a_step_out_of_turn_is_refused(staff, now):
    sheet = imported("organisations", "Naam\nAcme\n", staff, now)
    for verb in (confirm_sheet, drop_sheet):
        with pytest.raises(RuleError):
            verb(sheet=sheet, by=staff, at=now)
    with pytest.raises(RuleError):
        correct_rows(sheet=sheet, corrections={}, left_out={}, by=staff, at=now)


def test_what_is_not_imported_is_forgotten_at_once_and_the_rest_after_thirty_days(staff, now):
    dropped = drop_sheet(sheet=looked_at("organisations", "Naam\nA\n", staff, now), by=staff, at=now)
    assert (dropped.content, dropped.lines.count()) == (None, 0)
    done = imported("organisations", "Naam\nB\n", staff, now)
    waiting = looked_at("organisations", "Naam\nC\n", staff, now)
    assert forget_sheets(at=now + KEPT - timedelta(days=1)) == 0
    assert forget_sheets(at=now + KEPT + timedelta(days=1)) == 2
    for sheet, state in ((done, SheetState.APPLIED), (waiting, SheetState.DROPPED)):
        sheet.refresh_from_db()
        assert (sheet.state, sheet.content, sheet.lines.count()) == (state, None, 0)
    with pytest.raises(RuleError, match="30"):
        undo_sheet(sheet=done, by=staff, at=now + KEPT + timedelta(days=1))


def test_a_file_of_no_known_kind_is_not_taken(staff, now):
    with pytest.raises(RuleError):
        take_sheet(kind="invoices", name="a.csv", data=b"Naam\nA\n", by=staff, at=now)
    assert not SheetImport.objects.exists()


def test_one_goes_back_to_the_columns_and_what_was_mended_stays(staff, now):
    sheet = looked_at("organisations", "Naam;Opgericht\nAcme;vorig jaar\n", staff, now)
    mended = correct_rows(
        sheet=sheet, corrections={2: {"founded_on": "1-1-2020"}}, left_out={}, by=staff, at=now
    )
    back = map_again(sheet=work_now(sheet=mended, at=now), by=staff, at=now)
    assert back.state == SheetState.MAPPING
    again = map_columns(sheet=back, mapping=back.mapping, options={}, by=staff, at=now)
    assert verdicts(work_now(sheet=again, at=now)) == ["create"]


def test_a_file_that_changes_nothing_is_not_imported(staff, now):
    text = "Naam;KvK\nAcme;12345678\n"
    imported("organisations", text, staff, now)
    with pytest.raises(RuleError) as refused:
        confirm_sheet(sheet=looked_at("organisations", text, staff, now), by=staff, at=now)
    assert [fault.code for fault in refused.value.faults] == ["nothing_to_do"]


def test_an_undo_is_promised_from_the_day_of_the_import_not_of_the_file(staff, now):
    sheet = looked_at("organisations", "Naam\nAcme\n", staff, now)
    late = now + KEPT - timedelta(days=1)
    sheet = confirmed(sheet, staff, late)
    assert forget_sheets(at=now + KEPT + timedelta(days=1)) == 0
    sheet.refresh_from_db()
    assert sheet.forgotten_at is None
