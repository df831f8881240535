"""Bad files: every fault is named with file, line, column and the value as given, and nothing is kept."""

import pytest
from django.test import override_settings

from crm.acquisition.models import Lead
from crm.common.errors import RuleError
from crm.contacts.models import Organisation
from crm.desk.history.faults import CellFault, FolderError, HistoryError
from crm.desk.services import import_history
from crm.targets.models import CountEvent
from tests.desk.folders import HistoryFolder, company
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db
ORGANISATIONS = "ref,name,kvk,group_ref,founded_on"


@pytest.fixture
def folder(tmp_path):
    return HistoryFolder(tmp_path / "history")


@pytest.fixture
def faults_of(administrator, now):
    """Import what must not go in: its faults as (file, line, column, value)."""

    def faults_of(folder) -> list[tuple[str, int, str, str]]:
        before = Organisation.objects.count(), Lead.objects.count(), CountEvent.objects.count()
        with pytest.raises(HistoryError) as error:
            import_history(folder=folder.write(), by=administrator, at=now)
        assert (Organisation.objects.count(), Lead.objects.count(), CountEvent.objects.count()) == before
        assert all(fault.message for fault in error.value.cell_faults)
        return [(fault.file, fault.line, fault.column, fault.value) for fault in error.value.cell_faults]

    return faults_of


def test_five_faults_in_three_files_are_all_named_in_one_run(folder, faults_of):
    folder.add("organisations", ref="o1", kvk="1234567")
    folder.add("leads", ref="L1", organisation_ref="o9", track="rocket")
    company(folder, "o2", occurred_on="2025-02-30")
    folder.add("count_events", ref="e9", organisation_ref="o2", area="utrecht")
    assert faults_of(folder) == [
        ("organisations.csv", 2, "kvk", "1234567"),
        ("leads.csv", 2, "organisation_ref", "o9"),
        ("leads.csv", 2, "track", "rocket"),
        ("count_events.csv", 2, "occurred_on", "2025-02-30"),
        ("count_events.csv", 3, "area", "utrecht"),
    ]


def test_a_fault_is_one_line_with_the_value_as_given():
    fault = CellFault("leads.csv", 3, "track", "ro\nck\tet", "Unknown.")
    assert str(fault) == "leads.csv:3: track: ro\\nck\\tet: Unknown."
    assert "leads.csv:3: track: (" in str(CellFault("leads.csv", 3, "track", "", "Fill in."))


def test_faults_are_never_capped(folder, faults_of):
    for number in range(700):
        folder.add("organisations", ref=f"o{number}", founded_on="gisteren")
    assert len(faults_of(folder)) == 700


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"ref": ""}, "ref"),
        ({"ref": "x" * 101}, "ref"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Bel\x07"}, "name"),
        ({"kvk": "1234567a"}, "kvk"),
        ({"kvk": "１２３４５６７８"}, "kvk"),
        ({"group_ref": "o8"}, "group_ref"),
        ({"group_ref": "o1"}, "group_ref"),
        ({"founded_on": "01-02-2020"}, "founded_on"),
        ({"founded_on": "20200201"}, "founded_on"),
        ({"founded_on": "2026-10-23"}, "founded_on"),
        ({"founded_on": "0001-01-01"}, "founded_on"),
        ({"founded_on": "9999-01-01"}, "founded_on"),
    ],
)
def test_a_faulty_organisation(folder, faults_of, cells, column):
    folder.add("organisations", **({"ref": "o1"} | cells))
    assert [fault[:3] for fault in faults_of(folder)] == [("organisations.csv", 2, column)]


def test_groups_in_a_circle_are_all_named(folder, faults_of):
    for ref, group in (("o1", "o2"), ("o2", "o3"), ("o3", "o1"), ("o4", "o1"), ("o5", "")):
        folder.add("organisations", ref=ref, group_ref=group)
    assert [(line, column) for _file, line, column, _value in faults_of(folder)] == [
        (2, "group_ref"),
        (3, "group_ref"),
        (4, "group_ref"),
    ]


def test_a_number_that_two_rows_or_somebody_here_hold(folder, faults_of):
    OrganisationFactory(kvk="87654321")
    folder.add("organisations", ref="o1", kvk="12345678").add("organisations", ref="o2", kvk="12345678")
    folder.add("organisations", ref="o3", kvk="87654321")
    assert [fault[1:] for fault in faults_of(folder)] == [(3, "kvk", "12345678"), (4, "kvk", "87654321")]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"working_name": " "}, "working_name"),
        ({"track": ""}, "track"),
        ({"spin_off_expected": "maybe"}, "spin_off_expected"),
        ({"confidentiality": "secret"}, "confidentiality"),
        ({"owner_email": "anna"}, "owner_email"),
        ({"organisation_ref": "o7"}, "organisation_ref"),
    ],
)
def test_a_faulty_lead(folder, faults_of, cells, column):
    folder.add("leads", ref="L1", **cells).add("stage_changes", lead_ref="L1")
    assert [fault[:3] for fault in faults_of(folder)] == [("leads.csv", 2, column)]


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ({"lead_ref": "L9"}, ["lead_ref"]),
        ({"to_stage": "Contact"}, ["to_stage"]),
        ({"to_status": ""}, ["to_status"]),
        ({"by_email": ""}, ["by_email"]),
        ({"occurred_on": "2025-03-04"}, ["occurred_on"]),
        ({"recorded_at": "2025-03-03T10:00:00"}, ["recorded_at"]),
        ({"recorded_at": "2025-03-03"}, ["recorded_at"]),
        ({"recorded_at": "2025-13-03T10:00:00Z"}, ["recorded_at"]),
        ({"recorded_at": "2026-10-22T10:00:01Z"}, ["recorded_at"]),
        ({"from_stage": "identified"}, ["from_stage"]),
        ({"from_status": "open"}, ["from_status"]),
        ({"to_stage": "established"}, ["to_stage"]),
        ({"to_status": "lost"}, ["reason"]),
        ({"to_status": "lost", "reason": "duplicate"}, ["reason"]),
        ({"to_status": "lost", "reason": "bored"}, ["reason"]),
        ({"reason": "timing"}, ["reason"]),
        ({"to_stage": "", "by_email": "x", "reason": "y"}, ["by_email", "reason", "to_stage"]),
    ],
)
def test_a_faulty_first_stage_change(folder, faults_of, cells, columns):
    folder.add("leads", ref="L1").add("stage_changes", **({"lead_ref": "L1"} | cells))
    assert [fault[:3] for fault in faults_of(folder)] == [
        ("stage_changes.csv", 2, column) for column in columns
    ]


def chain(folder, *steps) -> HistoryFolder:
    folder.add("leads", ref="L1").add("stage_changes", lead_ref="L1")
    for day, step in enumerate(steps, start=4):
        facts = {
            "from_stage": "identified",
            "from_status": "open",
            "occurred_on": f"2025-03-{day:02d}",
            "recorded_at": f"2025-03-{day:02d}T10:00:00Z",
        }
        folder.add("stage_changes", lead_ref="L1", **(facts | step))
    return folder


def test_a_chain_that_does_not_link_is_blamed_on_the_row_that_breaks_it(folder, faults_of):
    chain(
        folder,
        {"to_stage": "contacted"},
        {"from_stage": "qualified", "to_stage": "proposal"},
        {"from_stage": "proposal", "to_stage": "decision"},
    )
    assert faults_of(folder) == [("stage_changes.csv", 4, "from_stage", "qualified")]


def test_a_row_that_cannot_be_read_is_not_blamed_on_the_next(folder, faults_of):
    chain(
        folder,
        {"to_stage": "contactd"},
        {"from_stage": "contacted", "to_stage": "proposal"},
        {"from_stage": "contacted", "to_stage": "decision"},
    )
    assert [fault[1:3] for fault in faults_of(folder)] == [(3, "to_stage"), (5, "from_stage")]


def test_a_row_whose_origin_cannot_be_read_is_a_gap_too(folder, faults_of):
    chain(
        folder,
        {"from_stage": "?", "to_stage": "contacted"},
        {"from_stage": "contacted", "to_stage": "proposal"},
    )
    assert [fault[1:3] for fault in faults_of(folder)] == [(3, "from_stage")]


def test_a_change_before_the_previous_one_and_a_second_beginning_are_refused(folder, faults_of):
    chain(
        folder,
        {"to_stage": "contacted", "occurred_on": "2025-03-02"},
        {"from_stage": "", "from_status": "", "to_stage": "identified"},
    )
    assert [fault[1:3] for fault in faults_of(folder)] == [
        (3, "occurred_on"),
        (4, "from_stage"),
        (4, "from_status"),
    ]


def test_an_established_lead_goes_nowhere(folder, faults_of):
    established = {"to_stage": "established", "to_status": "established"}
    chain(
        folder,
        established,
        {"from_stage": "established", "from_status": "established", "to_stage": "committed"},
    )
    assert faults_of(folder) == [("stage_changes.csv", 4, "to_status", "open")]


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ({"kind": "arrive"}, ["kind"]),
        ({"organisation_ref": ""}, ["organisation_ref"]),
        ({"organisation_ref": "o9"}, ["organisation_ref"]),
        ({"lead_ref": "L9"}, ["lead_ref"]),
        ({"lead_ref": "L1"}, ["lead_ref"]),
        ({"area": ""}, ["area"]),
        ({"category": ""}, ["category"]),
        ({"category": "scale_up"}, ["category"]),
        ({"is_knowledge_intensive": ""}, ["is_knowledge_intensive"]),
        ({"is_knowledge_intensive": "true"}, ["is_knowledge_intensive"]),
        ({"category": "company", "spin_off_origin": "student"}, ["spin_off_origin"]),
        ({"spin_off_origin": "thin_air"}, ["spin_off_origin"]),
        ({"occurred_on": "2025-03-05"}, ["occurred_on"]),
        ({"confirmed_by": ""}, ["confirmed_by"]),
        ({"confirmed_at": ""}, ["confirmed_at"]),
        ({"confirmed_by": "ANNA@park.example"}, ["confirmed_by"]),
        ({"confirmed_at": "2025-03-04T09:59:59+01:00"}, ["confirmed_at"]),
        ({"confirmed_at": "2026-10-22T10:00:01Z"}, ["confirmed_at"]),
        ({"evidence_kind": "rumour"}, ["evidence_kind"]),
        ({"evidence": "x" * 301}, ["evidence"]),
        ({"reverses_ref": "e-o1"}, ["reverses_ref"]),
        (
            {"kind": "departure", "category": "startup", "is_knowledge_intensive": "no"},
            ["category", "is_knowledge_intensive"],
        ),
        ({"kind": "reversal"}, ["reverses_ref"]),
        ({"kind": "reversal", "reverses_ref": "e9"}, ["reverses_ref"]),
        ({"kind": "reversal", "reverses_ref": "e2"}, ["reverses_ref"]),
        ({"kind": "closure", "spin_off_origin": "student"}, ["spin_off_origin"]),
    ],
)
def test_a_faulty_count_event(folder, faults_of, cells, columns):
    folder.add("leads", ref="L1")
    company(folder)
    folder.add("count_events", **({"ref": "e2", "organisation_ref": "o1"} | cells))
    assert [fault[:3] for fault in faults_of(folder)] == [
        ("count_events.csv", 3, column) for column in columns
    ]


def test_an_event_is_reversed_once_for_its_own_organisation_and_afterwards(folder, faults_of):
    company(company(folder, "o1"), "o2")
    reversal = {"kind": "reversal", "reverses_ref": "e-o1", "organisation_ref": "o1"}
    early = {"recorded_at": "2025-03-04T09:59:59+01:00"}
    folder.add(
        "count_events", ref="r1", **(reversal | early | {"reverses_ref": "e-o2", "organisation_ref": "o1"})
    )
    folder.add("count_events", ref="r2", **reversal).add("count_events", ref="r3", **reversal)
    folder.add("count_events", ref="r4", **(reversal | {"reverses_ref": "r2"}))
    assert [fault[1:3] for fault in faults_of(folder)] == [
        (4, "organisation_ref"),
        (4, "recorded_at"),
        (6, "reverses_ref"),
        (7, "reverses_ref"),
    ]


def test_events_of_earlier_imports_are_held_to_the_same(folder, faults_of, administrator, now, tmp_path):
    company(company(folder, "o1"), "o2")
    reversal = {"kind": "reversal", "reverses_ref": "e-o1", "organisation_ref": "o1"}
    folder.add("count_events", ref="r1", **reversal)
    import_history(folder=folder.write(), by=administrator, at=now)
    later = HistoryFolder(tmp_path / "later")
    later.add("count_events", ref="r2", **reversal)
    later.add("count_events", ref="r3", **(reversal | {"reverses_ref": "r1"}))
    later.add("count_events", ref="r4", **(reversal | {"reverses_ref": "e-o2"}))
    assert [fault[1:3] for fault in faults_of(later)] == [
        (2, "reverses_ref"),
        (3, "reverses_ref"),
        (4, "organisation_ref"),
    ]


def test_a_move_from_outside_is_a_fault_of_its_kind_once_the_whole_story_is_told(folder, faults_of):
    company(folder)
    moment = {
        "organisation_ref": "o1",
        "occurred_on": "2025-05-01",
        "recorded_at": "2025-05-01T09:00:00Z",
        "confirmed_at": "2025-05-02T09:00:00Z",
    }
    folder.add("count_events", ref="d1", **(moment | {"kind": "departure", "occurred_on": "2025-04-01"}))
    folder.add("count_events", ref="m1", **(moment | {"kind": "move_within_park"}))
    assert faults_of(folder) == [("count_events.csv", 4, "kind", "move_within_park")]


def test_a_story_with_a_gap_is_not_blamed_for_what_the_gap_may_explain(folder, faults_of):
    company(folder)
    moment = {
        "organisation_ref": "o1",
        "recorded_at": "2025-06-01T09:00:00Z",
        "confirmed_at": "2025-06-02T09:00:00Z",
    }
    folder.add("count_events", ref="d1", **(moment | {"kind": "departure", "occurred_on": "2025-04-01"}))
    folder.add("count_events", ref="e2", **(moment | {"occurred_on": "2025-04-31"}))
    folder.add(
        "count_events", ref="m1", **(moment | {"kind": "move_within_park", "occurred_on": "2025-05-05"})
    )
    assert faults_of(folder) == [("count_events.csv", 4, "occurred_on", "2025-04-31")]


def test_whoever_recorded_may_confirm_where_two_are_not_asked(folder, administrator, now):
    company(folder, confirmed_by="anna@park.example")
    with override_settings(CRM_FOUR_EYES=False):
        assert import_history(folder=folder.write(), by=administrator, at=now).rows_new == 2


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"target": "happiness"}, "target"),
        ({"target": "startups"}, "target"),
        ({"value": "1.5"}, "value"),
        ({"value": "-3"}, "value"),
        ({"value": "2147483648"}, "value"),
        ({"reference_date": "2025-06-02"}, "reference_date"),
        ({"source": ""}, "source"),
        ({"boundary_version": ""}, "boundary_version"),
        ({"known_at": "2026-10-22T10:00:01Z"}, "known_at"),
    ],
)
def test_a_faulty_measurement(folder, faults_of, cells, column):
    assert [fault[:3] for fault in faults_of(folder.add("observations", **cells))] == [
        ("observations.csv", 2, column)
    ]


@pytest.mark.parametrize("cells", [{"code": "utrecht"}, {"code": ""}, {"counts_from": "2028"}])
def test_a_faulty_area(folder, faults_of, cells):
    [column] = cells
    folder.add("areas", **({"code": "vredestein", "counts_from": "2028-01-01"} | cells))
    assert [fault[:3] for fault in faults_of(folder)] == [("areas.csv", 2, column)]


def test_a_row_that_stands_twice_is_named_with_its_first_line(folder, administrator, now):
    folder.add("observations").add("observations")
    folder.add("organisations", ref="o1", name="A").add("organisations", ref="o1", name="B")
    with pytest.raises(HistoryError) as error:
        import_history(folder=folder.write(), by=administrator, at=now)
    found = [(fault.file, fault.line, fault.column) for fault in error.value.cell_faults]
    assert found == [("organisations.csv", 3, "ref"), ("observations.csv", 3, "target")]
    assert all("2" in fault.message for fault in error.value.cell_faults)


def test_a_known_row_with_other_content_is_refused_cell_by_cell(folder, faults_of, administrator, now):
    company(folder).add("areas", code="vredestein", counts_from="2028-01-01")
    import_history(folder=folder.write(), by=administrator, at=now)
    folder.rows["areas.csv"][0]["counts_from"] = "2029-01-01"
    folder.rows["organisations.csv"][0]["name"] = "Andere naam"
    folder.rows["count_events.csv"][0] |= {"is_knowledge_intensive": "no", "note": "Erbij"}
    assert faults_of(folder) == [
        ("areas.csv", 2, "counts_from", "2029-01-01"),
        ("organisations.csv", 2, "name", "Andere naam"),
        ("count_events.csv", 2, "is_knowledge_intensive", "no"),
        ("count_events.csv", 2, "note", "Erbij"),
    ]


def test_a_faulty_version_of_a_known_row_is_named_for_its_fault(folder, faults_of, administrator, now):
    folder.add("organisations", ref="o1")
    import_history(folder=folder.write(), by=administrator, at=now)
    folder.rows["organisations.csv"][0]["kvk"] = "12"
    assert faults_of(folder) == [("organisations.csv", 2, "kvk", "12")]


def test_what_depends_on_a_faulty_row_has_no_fault_of_its_own(folder, faults_of):
    folder.add("organisations", ref="o1", kvk="1").add("organisations", ref="o2", group_ref="o1")
    folder.add("leads", ref="L1", organisation_ref="o2").add("stage_changes", lead_ref="L1")
    folder.add("count_events", ref="e1", organisation_ref="o2", lead_ref="L1")
    folder.add("leads", ref="L2").add("stage_changes", lead_ref="L2", to_status="?")
    folder.add("organisations", ref="o3").add("count_events", ref="e3", organisation_ref="o3", lead_ref="L2")
    folder.add("count_events", ref="r1", kind="reversal", organisation_ref="o2", reverses_ref="e1")
    assert [fault[:3] for fault in faults_of(folder)] == [
        ("organisations.csv", 2, "kvk"),
        ("stage_changes.csv", 3, "to_status"),
    ]


@pytest.mark.parametrize(
    ("text", "encoding", "line"),
    [
        (f"{ORGANISATIONS}\no1,Bedrijf,,,\no2,Café,,,\n", "cp1252", 3),
        (f"{ORGANISATIONS}\no1,Café,,,\n", "utf-16", 1),
    ],
)
def test_another_encoding_is_named_and_the_rest_is_still_checked(folder, faults_of, text, encoding, line):
    folder.write_text("organisations", text + "o9,,,,\n", encoding)
    folder.add("leads", ref="L1", organisation_ref="o1", track="x")
    found = [fault[:3] for fault in faults_of(folder)]
    assert found == [
        ("organisations.csv", line, "-"),
        ("organisations.csv", text.count("\n") + 1, "name"),
        ("leads.csv", 2, "track"),
    ]


def test_the_likely_encoding_is_said(folder, administrator, now):
    folder.write_text("organisations", f"{ORGANISATIONS}\no1,Café,,,\n", "cp1252")
    with pytest.raises(HistoryError, match="Windows-1252"):
        import_history(folder=folder.path, by=administrator, at=now)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "-", "")]),
        ("\n\n", [(1, "-", "")]),
        ("ref;name;kvk\n", [(1, "-", "ref;name;kvk")]),
        (f"{ORGANISATIONS},colour\no1,A,,,,red\n", [(1, "colour", "colour")]),
        (f"{ORGANISATIONS},\no1,A,,,,\n", [(1, "-", "")]),
        (f"{ORGANISATIONS},name\no1,A,,,,B\n", [(1, "name", "name")]),
        ("ref,name,kvk,founded_on\no1,A,,\n", [(1, "group_ref", "")]),
        ("name,kvk,group_ref,founded_on\nA,,,\nB,,,\n", [(1, "ref", "")]),
        (f"{ORGANISATIONS}\no1,A,,\no2,B,,,,\no3,C,,,\n", [(2, "ref", "o1"), (3, "ref", "o2")]),
        (f'{ORGANISATIONS}\no1,"A"x,,,\no2,,,,\n', [(2, "-", ""), (3, "name", "")]),
        (f'{ORGANISATIONS}\no1,A,,,\no2,"B,,,\n', [(3, "-", "")]),
    ],
)
def test_a_file_that_is_no_table_of_these_columns(folder, faults_of, text, expected):
    folder.write_text("organisations", text)
    assert [fault[1:] for fault in faults_of(folder)] == expected


def test_a_missing_column_is_named_once_and_not_on_every_row(folder, faults_of):
    folder.write_text("organisations", "name,kvk,group_ref,founded_on\n" + "A,,,\n" * 50)
    folder.write_text("count_events", "ref,kind\ne1,arrival\n")
    found = faults_of(folder)
    assert found[0] == ("organisations.csv", 1, "ref", "")
    assert {(file, line) for file, line, _column, _value in found[1:]} == {("count_events.csv", 1)}


def test_lines_are_counted_as_an_editor_counts_them(folder, faults_of):
    text = f'{ORGANISATIONS}\r\no1,"Naam\r\nop drie\r\nregels",,,\r\n\r\no2,,,,\r\n,,,,\r\no3,B,1,,\r\n'
    folder.write_text("organisations", text)
    assert [fault[1:] for fault in faults_of(folder)] == [(6, "name", ""), (8, "kvk", "1")]


def test_a_cell_too_long_to_read_is_a_fault_and_no_crash(folder, faults_of):
    folder.write_text("organisations", f"{ORGANISATIONS}\no1,{'x' * 200_000},,,\no2,,,,\n")
    assert [fault[1:3] for fault in faults_of(folder)] == [(2, "-"), (3, "name")]


def test_a_folder_that_is_not_there_is_a_file_or_is_empty(folder, tmp_path, administrator, now):
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "readme.txt").write_text("x")
    for name in ("nowhere", "file", "empty"):
        with pytest.raises(FolderError, match=name) as error:
            import_history(folder=tmp_path / name, by=administrator, at=now)
        assert isinstance(error.value, RuleError)


def test_a_file_of_another_name_is_told_and_left_alone(folder, administrator, now):
    folder.add("organisations", ref="o1")
    folder.write_text("organisaties", "ref\n")
    (folder.path / "readme.txt").write_text("x")
    result = import_history(folder=folder.write(), by=administrator, at=now)
    [notice] = result.notices
    assert "organisaties.csv" in notice


def test_a_file_that_cannot_be_opened_is_a_fault(folder, faults_of):
    folder.add("organisations", ref="o1").write()
    (folder.path / "leads.csv").mkdir()
    assert [fault[:2] for fault in faults_of(folder)] == [("leads.csv", 1)]
