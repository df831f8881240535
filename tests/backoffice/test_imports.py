"""The import pages: who may, what is not theirs, short and long files, and as many queries for few rows as for many."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.backoffice import sheet_pages
from crm.contacts.models import Organisation
from crm.desk.models import SheetImport
from crm.desk.sheets import opening
from crm.desk.sheets.models import SheetState
from tests.backoffice.conftest import logged_in
from tests.desk.sheets.steps import imported, looked_at
from tests.factories.accounts import UserFactory

IMPORTS = reverse("admin:imports")
CSV = b"Naam;Plaats\nAcme;Enschede\nBeta;Hengelo\n"


def give(client, data=CSV, kind="organisations", name="lijst.csv"):
    return client.post(IMPORTS, {"kind": kind, "file": SimpleUploadedFile(name, data)})


def page(sheet):
    return reverse("admin:import", args=[sheet.pk])


def do(sheet, act):
    return reverse("admin:import-do", args=[sheet.pk, act])


def columns(sheet):
    return {f"column-{place}": name for place, name in enumerate(sheet.mapping)}


def test_a_file_comes_in_is_looked_at_imported_and_undone(as_staff):
    sheet_url = give(as_staff).url
    sheet = SheetImport.objects.get()
    assert sheet_url == page(sheet)
    assert b"Enschede" in as_staff.get(sheet_url).content, "a column shows what is in it"
    as_staff.post(do(sheet, "map"), columns(sheet))
    seen = as_staff.get(sheet_url)
    assert seen.context["to_write"] == 2
    assert not Organisation.objects.exists()
    as_staff.post(do(sheet, "confirm"))
    assert Organisation.objects.count() == 2
    assert (
        reverse("admin:contacts_organisation_change", args=[Organisation.objects.first().pk])
        in as_staff.get(sheet_url).content.decode()
    )
    as_staff.post(do(sheet, "undo"))
    assert not Organisation.objects.exists()
    assert as_staff.get(sheet_url).status_code == 200
    assert as_staff.get(IMPORTS).status_code == 200


def test_a_bad_file_is_answered_on_the_page_and_nothing_is_kept(as_staff, monkeypatch):
    for data in (b"", b"%PDF-1.7", b"Naam\n"):
        answer = give(as_staff, data)
        assert answer.status_code == 200
        assert len(answer.context["faults"]) == 1
    monkeypatch.setattr(opening, "MOST_BYTES", 5)
    assert "MB" in give(as_staff).context["faults"][0]
    assert as_staff.post(IMPORTS, {"kind": "nonsense"}).context["faults"]
    assert not SheetImport.objects.exists()


def test_cells_are_mended_and_rows_left_out_on_the_page(as_staff):
    give(as_staff, b"Naam;Opgericht\nAcme;gisteren\nBeta;ooit\n")
    sheet = SheetImport.objects.get()
    as_staff.post(do(sheet, "map"), columns(sheet))
    refused = as_staff.post(do(sheet, "confirm"))
    assert refused.context["faults"]
    as_staff.post(
        do(sheet, "mend"),
        {"cell-2-founded_on": "1-1-2020", "seen": ["2", "3"], "out-3": "on", "cell-9-x": "?"},
    )
    sheet.refresh_from_db()
    assert sheet.counts == {"create": 1, "left_out": 1}
    faults = as_staff.get(reverse("admin:import-faults", args=[sheet.pk])).content.decode("utf-8-sig")
    assert len(faults.splitlines()) == 1


def test_all_faulty_rows_can_be_left_out_and_faults_taken_along(as_staff):
    give(as_staff, b"Naam;Opgericht\nAcme;=gisteren\nBeta;\n")
    sheet = SheetImport.objects.get()
    as_staff.post(do(sheet, "map"), columns(sheet))
    faults = as_staff.get(reverse("admin:import-faults", args=[sheet.pk])).content.decode("utf-8-sig")
    assert "'=gisteren" in faults, "no formula leaves the house"
    as_staff.post(do(sheet, "leave-out"))
    sheet.refresh_from_db()
    assert sheet.counts == {"create": 1, "left_out": 1}


def test_a_long_file_is_due_and_a_round_does_it(as_staff, monkeypatch):
    monkeypatch.setattr(sheet_pages, "AT_ONCE", 1)
    give(as_staff)
    sheet = SheetImport.objects.get()
    for act, state in (
        ("map", SheetState.CHECKED),
        ("confirm", SheetState.APPLIED),
        ("undo", SheetState.UNDONE),
    ):
        as_staff.post(do(sheet, act), columns(sheet))
        waiting = as_staff.get(reverse("admin:import-progress", args=[sheet.pk])).json()
        assert (waiting["due"], waiting["rows"]) == (True, 2)
        assert b"<progress" in as_staff.get(page(sheet)).content
        call_command("tick")
        sheet.refresh_from_db()
        assert sheet.state == state
        assert not as_staff.get(reverse("admin:import-progress", args=[sheet.pk])).json()["due"]


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_who_does_not_work_at_the_desk_imports_nothing(role, staff, now):
    client = logged_in(UserFactory(**{role: True}))
    sheet = looked_at("organisations", CSV, staff, now)
    for answer in (give(client), client.get(page(sheet)), client.post(do(sheet, "confirm"))):
        assert answer.status_code in (302, 403)
    assert not Organisation.objects.exists()


def test_an_import_is_its_makers_and_the_managers(as_staff, as_manager, as_administrator, manager, now):
    other = looked_at("leads", "Naam;Spoor\nZeer geheim;Startup\n", UserFactory(staff=True), now)
    for client in (as_staff, as_administrator):
        assert client.get(page(other)).status_code == 404
        assert client.post(do(other, "confirm")).status_code == 404
        assert client.get(reverse("admin:import-faults", args=[other.pk])).status_code == 404
        assert b"lijst.csv" not in client.get(IMPORTS).content
    assert as_manager.get(page(other)).status_code == 200
    assert as_staff.get(reverse("admin:import", args=[10**18])).status_code == 404


def test_acts_that_are_none_and_steps_out_of_turn_are_answered(as_staff, staff, now):
    sheet = imported("organisations", CSV, staff, now)
    assert as_staff.post(do(sheet, "explode")).status_code == 404
    assert as_staff.get(do(sheet, "undo")).status_code == 405
    assert as_staff.post(do(sheet, "confirm")).context["faults"]
    assert as_staff.post(do(sheet, "map"), columns(sheet)).context["faults"]


def test_what_is_in_a_file_is_shown_as_text(as_staff, staff, now):
    sheet = looked_at("organisations", "Naam;Opgericht\n<script>alert(1)</script>;<b>\n", staff, now)
    assert b"<script>alert" not in as_staff.get(page(sheet)).content
    assert b"&lt;script&gt;alert" in as_staff.get(page(sheet)).content


def test_a_page_of_rows_takes_as_many_queries_for_200_rows_as_for_10(as_staff, staff, now):
    counts = []
    for rows in (10, 200):
        text = "Naam;Opgericht\n" + "".join(f"Bedrijf {rows} {number};\n" for number in range(rows))
        sheet = looked_at("organisations", text, staff, now)
        with CaptureQueriesContext(connection) as queries:
            as_staff.get(f"{page(sheet)}?show=all")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_export_takes_as_many_queries_for_many_rows_as_for_few(as_staff, staff, now):
    address = reverse("admin:list_export", args=["contacts.organisation", "csv"])
    as_staff.get(address)
    counts = []
    for rows in (10, 190):
        imported("organisations", "Naam\n" + "".join(f"B {rows} {n}\n" for n in range(rows)), staff, now)
        with CaptureQueriesContext(connection) as queries:
            as_staff.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
