"""What an import leaves behind, and that the same rows a second time change nothing."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import User
from crm.acquisition.models import Lead, LeadIdentity, StageChange
from crm.acquisition.services import move_stage, move_stages, park_lead, record_lead
from crm.contacts.models import Organisation
from crm.desk.history.columns import FILES
from crm.desk.history.faults import HistoryError
from crm.desk.models import ImportBatch, ImportedRow
from crm.desk.services import import_history
from crm.estate.models import Area
from crm.targets.models import CountEvent, Observation
from tests.desk.folders import HistoryFolder, company
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory
from tests.factories.contacts import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    return HistoryFolder(tmp_path / "history")


@pytest.fixture
def run(administrator, now):
    """Write the folder and import it."""

    def run(folder, **options):
        arguments = {"by": administrator, "at": now} | options
        return import_history(folder=folder.write(), **arguments)

    return run


def counts() -> list[int]:
    models = (Organisation, Lead, StageChange, CountEvent, Observation, ImportedRow, ImportBatch, User)
    return [model.objects.count() for model in models]


def whole_story(folder: HistoryFolder) -> HistoryFolder:
    """A company that came in through a lead, moved, was counted by mistake once, and a measurement."""
    folder.add("areas", code="vredestein", counts_from="2028-01-01")
    folder.add(
        "organisations", ref="o2", name="Dochter", group_ref="o1", kvk="12345678", founded_on="2023-05-01"
    )
    folder.add("organisations", ref="o1", name="Moeder")
    folder.add(
        "leads",
        ref="L1",
        organisation_ref="o2",
        working_name="",
        track="startup",
        spin_off_expected="yes",
        confidentiality="strict",
        owner_email="Anna@Park.example",
    )
    folder.add(
        "stage_changes",
        lead_ref="L1",
        from_stage="identified",
        from_status="open",
        to_stage="established",
        to_status="established",
        occurred_on="2025-03-03",
        recorded_at="2025-03-06T10:00:00+01:00",
        note="Sleutel overgedragen",
    )
    folder.add(
        "stage_changes", lead_ref="L1", occurred_on="2025-02-01", recorded_at="2025-02-03T09:00:00+01:00"
    )
    folder.add(
        "count_events",
        ref="r1",
        kind="reversal",
        organisation_ref="o2",
        reverses_ref="e0",
        recorded_at="2025-03-04T11:00:00+01:00",
        note="Verkeerde dag",
    )
    folder.add(
        "count_events",
        ref="e1",
        organisation_ref="o2",
        lead_ref="L1",
        spin_off_origin="academic_ip",
        recorded_at="2025-03-06T10:00:00+01:00",
        confirmed_at="2025-03-07T10:00:00+01:00",
    )
    folder.add(
        "count_events",
        ref="e0",
        organisation_ref="o2",
        occurred_on="2025-03-01",
        confirmed_by="",
        confirmed_at="",
    )
    return folder.add("observations")


def test_every_file_becomes_rows_through_the_services(folder, run, now):
    result = run(whole_story(folder))
    assert (result.rows_new, result.rows_known, result.notices) == (10, 0, ())
    assert Area.objects.get(code="vredestein").counts_from == date(2028, 1, 1)
    daughter = Organisation.objects.get(name="Dochter")
    assert (daughter.group.name, daughter.founded_on) == ("Moeder", date(2023, 5, 1))
    assert daughter.kvk_numbers.get().number == "12345678"
    assert [kind.kind for kind in daughter.kinds.all()] == ["company"]
    lead = Lead.objects.get()
    assert (lead.stage, lead.status, lead.stage_since) == ("established", "established", date(2025, 3, 3))
    assert (lead.confidentiality, lead.spin_off_expected, lead.track) == ("strict", "yes", "startup")
    assert lead.owner.email == "anna@park.example"
    assert lead.code_name
    assert LeadIdentity.objects.get().organisation == daughter
    first, second = StageChange.objects.order_by("pk")
    assert (first.from_stage, first.to_stage, second.to_stage) == ("", "identified", "established")
    assert second.recorded_at == datetime(2025, 3, 6, 9, 0, tzinfo=UTC)
    assert (second.by.email, second.note.text) == ("anna@park.example", "Sleutel overgedragen")
    assert Observation.objects.get(value=491).known_at == datetime(2025, 6, 1, 7, 0, tzinfo=UTC)


def test_count_events_keep_their_own_moments_people_and_proof(folder, run):
    run(whole_story(folder))
    arrival = CountEvent.objects.get(spin_off_origin="academic_ip")
    assert (arrival.lead, arrival.area.code, arrival.category) == (Lead.objects.get(), "ut_campus", "startup")
    assert (arrival.recorded_by.email, arrival.confirmed_by.email) == (
        "anna@park.example",
        "bert@park.example",
    )
    assert arrival.confirmed_at == datetime(2025, 3, 7, 9, 0, tzinfo=UTC)
    assert (arrival.evidence_kind, arrival.evidence.reference) == ("register_extract", "Extract 12")
    pending = CountEvent.objects.get(occurred_on=date(2025, 3, 1))
    assert (pending.confirmed_by, pending.confirmed_at) == (None, None)
    reversal = CountEvent.objects.get(kind="reversal")
    assert (reversal.reverses, reversal.evidence.note) == (pending, "Verkeerde dag")


def test_count_events_write_no_stage_changes(folder, run):
    folder.add("leads", ref="L1").add("stage_changes", lead_ref="L1")
    run(company(folder, lead_ref="L1"))
    assert StageChange.objects.count() == 1
    assert Lead.objects.get().status == "open"


def test_people_who_are_unknown_are_made_inactive_and_cannot_log_in(folder, run):
    known = UserFactory(email="bert@park.example")
    run(company(folder))
    assert CountEvent.objects.get().confirmed_by == known
    former = User.objects.get(email="anna@park.example")
    assert (former.is_active, former.role, former.has_usable_password()) == (False, "staff", False)


def test_the_same_rows_a_second_time_change_nothing(folder, run):
    run(whole_story(folder))
    before = counts()
    result = run(folder)
    assert (result.rows_new, result.rows_known) == (0, 10)
    assert counts() == before


def test_the_same_values_written_otherwise_are_the_same_rows(folder, run, tmp_path):
    run(whole_story(folder))
    [first, _second] = folder.rows["stage_changes.csv"]
    first |= {
        "recorded_at": "2025-03-06T09:00:00Z",
        "by_email": "ANNA@park.example",
        "note": " Sleutel overgedragen ",
    }
    folder.rows["stage_changes.csv"].reverse()
    result = import_history(
        folder=folder.write(
            stage_changes=[column.name for column in reversed(FILES["stage_changes.csv"].columns)]
        ),
        by=User.objects.system(),
        at=datetime(2026, 10, 22, tzinfo=UTC),
    )
    assert (result.rows_new, result.rows_known) == (0, 10)


def test_new_rows_join_known_ones_across_folders(folder, run, tmp_path):
    run(whole_story(folder))
    later = HistoryFolder(tmp_path / "later")
    later.add("organisations", ref="o3", name="Zuster", group_ref="o1")
    later.add(
        "count_events",
        ref="d1",
        kind="departure",
        organisation_ref="o2",
        occurred_on="2025-04-01",
        recorded_at="2025-04-02T09:00:00Z",
        confirmed_at="2025-04-03T09:00:00Z",
    )
    later.add(
        "count_events",
        ref="r2",
        kind="reversal",
        organisation_ref="o2",
        reverses_ref="e1",
        recorded_at="2025-05-02T09:00:00Z",
        confirmed_at="2025-05-03T09:00:00Z",
    )
    result = run(later)
    assert (result.rows_new, result.rows_known) == (3, 0)
    assert Organisation.objects.get(name="Zuster").group.name == "Moeder"
    assert (
        CountEvent.objects.get(kind="reversal", confirmed_at__month=5).reverses.spin_off_origin
        == "academic_ip"
    )


def test_later_changes_join_the_chain_of_a_known_lead(folder, run, tmp_path, staff, now):
    folder.add("leads", ref="L1").add("stage_changes", lead_ref="L1")
    run(folder)
    park_lead(lead=Lead.objects.get(), on=date(2025, 4, 1), by=staff, at=datetime(2025, 4, 1, 9, tzinfo=UTC))
    later = HistoryFolder(tmp_path / "later")
    step = {"lead_ref": "L1", "from_stage": "identified", "from_status": "parked"}
    later.add("stage_changes", occurred_on="2025-05-01", recorded_at="2025-05-01T09:00:00Z", **step)
    run(later)
    assert Lead.objects.get().status == "open"
    assert [change.to_status for change in StageChange.objects.order_by("pk")] == ["open", "parked", "open"]


def test_a_later_row_that_was_recorded_before_what_is_known_is_refused(folder, run, tmp_path):
    folder.add("leads", ref="L1").add("stage_changes", lead_ref="L1", recorded_at="2025-03-09T09:00:00Z")
    run(folder)
    later = HistoryFolder(tmp_path / "later")
    step = {"lead_ref": "L1", "from_stage": "identified", "from_status": "open", "to_stage": "contacted"}
    later.add("stage_changes", recorded_at="2025-03-08T09:00:00Z", **step)
    with pytest.raises(HistoryError) as error:
        run(later)
    assert [(fault.column, fault.line) for fault in error.value.cell_faults] == [("recorded_at", 2)]


def test_a_lead_without_any_stage_change_waits_for_its_first(folder, run, tmp_path):
    folder.add("organisations", ref="o1")
    folder.add(
        "leads", ref="L1", organisation_ref="o1", working_name="Geheim", owner_email="anna@park.example"
    )
    result = run(folder)
    [notice] = result.notices
    assert "leads.csv:2" in notice
    assert "L1" in notice
    assert not Lead.objects.exists()
    assert run(folder).rows_known == 2
    later = HistoryFolder(tmp_path / "later")
    later.add("stage_changes", lead_ref="L1", to_stage="qualified")
    run(later)
    lead = Lead.objects.get()
    assert (lead.stage, lead.owner.email, lead.identity.working_name) == (
        "qualified",
        "anna@park.example",
        "Geheim",
    )
    assert run(folder).rows_known == 2
    assert run(later).rows_known == 1
    assert ImportedRow.objects.get(file="leads.csv").lead == lead


def test_a_lead_that_waits_begins_also_where_its_row_stands_there_again(folder, run):
    folder.add("leads", ref="L1")
    run(folder)
    folder.add("stage_changes", lead_ref="L1")
    result = run(folder)
    assert (result.rows_new, result.rows_known) == (1, 1)
    assert Lead.objects.get().identity.working_name == "Project"


def test_what_is_remembered_of_settled_rows_holds_no_personal_text(folder, run):
    run(whole_story(folder))
    remembered = json.dumps(list(ImportedRow.objects.values_list("content", flat=True)))
    for personal in ("park.example", "Dochter", "Moeder", "Sleutel", "Verkeerde", "Extract"):
        assert personal not in remembered
    assert "academic_ip" in remembered


def test_each_remembered_row_points_at_what_became_of_it(folder, run, administrator, now):
    run(whole_story(folder))
    batch = ImportBatch.objects.get()
    assert (batch.imported_by, batch.imported_at, batch.rows_new) == (administrator, now, 10)
    made = {
        "organisations.csv": "organisation",
        "leads.csv": "lead",
        "stage_changes.csv": "stage_change",
        "count_events.csv": "count_event",
        "observations.csv": "observation",
    }
    for row in ImportedRow.objects.all():
        assert row.batch == batch
        assert row.file == "areas.csv" or getattr(row, made[row.file]) is not None


def test_a_dry_run_says_the_same_and_keeps_nothing(folder, run):
    before = counts()
    result = run(whole_story(folder), is_dry_run=True)
    assert (result.rows_new, result.rows_known) == (10, 0)
    assert counts() == before
    assert Area.objects.get(code="vredestein").counts_from is None
    assert run(folder).rows_new == 10


def test_one_fault_and_nothing_is_kept(folder, run):
    before = counts()
    whole_story(folder).add("observations", value="-1", target="jobs")
    with pytest.raises(HistoryError):
        run(folder)
    assert counts() == before
    assert Area.objects.get(code="vredestein").counts_from is None


def test_any_file_may_be_missing(folder, run):
    assert run(folder.add("observations")).rows_new == 1


def test_a_file_with_only_its_header_is_no_fault(folder, run):
    folder.write_text("leads", ",".join(column.name for column in FILES["leads.csv"].columns) + "\n")
    assert run(folder).rows_new == 0
    assert not ImportBatch.objects.exists()


def test_columns_may_stand_in_any_order_and_a_bom_is_read(folder, run):
    folder.write_text(
        "organisations", "founded_on,name,ref,group_ref,kvk\n2020-02-29,Bedrijf,o1,,\n", "utf-8-sig"
    )
    assert run(folder).rows_new == 1
    assert Organisation.objects.get().founded_on == date(2020, 2, 29)


def test_changes_of_one_moment_are_put_in_the_order_in_which_they_link(folder, run):
    moment = {"occurred_on": "2025-03-03", "recorded_at": "2025-03-03T10:00:00Z", "lead_ref": "L1"}
    folder.add("leads", ref="L1")
    folder.add("stage_changes", from_stage="contacted", from_status="open", to_stage="qualified", **moment)
    folder.add("stage_changes", from_stage="identified", from_status="open", to_stage="contacted", **moment)
    folder.add("stage_changes", **moment)
    run(folder)
    assert [change.to_stage for change in StageChange.objects.order_by("pk")] == [
        "identified",
        "contacted",
        "qualified",
    ]


def test_a_measurement_that_is_there_already_is_known_as_it_stands(folder, run, staff, now):
    observation = Observation.objects.get(target__code="companies")
    known_at = observation.known_at.isoformat()
    folder.add(
        "observations",
        value=str(observation.value),
        reference_date="2024-01-01",
        source=observation.source,
        boundary_version=observation.boundary_version,
        known_at=known_at,
    )
    run(folder)
    assert Observation.objects.filter(target__code="companies").get() == observation
    folder.rows["observations.csv"].append(
        folder.rows["observations.csv"][0] | {"target": "jobs", "value": "1", "source": "Anders"}
    )
    with pytest.raises(HistoryError) as error:
        run(folder)
    assert {fault.column for fault in error.value.cell_faults} == {"value", "source"}


def test_progress_is_told_row_by_row(folder, run):
    told = []
    run(whole_story(folder), progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 10) for done in range(1, 11)]


def test_form_bulk_action_and_import_leave_the_same_rows(folder, run, staff, now):
    steps = [("", "", "identified", "open"), ("identified", "open", "contacted", "open")]
    folder.add("leads", ref="L1")
    for day, (from_stage, from_status, to_stage, to_status) in enumerate(steps, start=20):
        folder.add(
            "stage_changes",
            lead_ref="L1",
            from_stage=from_stage,
            from_status=from_status,
            to_stage=to_stage,
            to_status=to_status,
            occurred_on=f"2026-10-{day}",
            recorded_at=(now - timedelta(days=22 - day)).isoformat(),
            by_email=staff.email,
            note="Beurs",
        )
    run(folder)
    imported = Lead.objects.get()
    single, *several = (begun(staff, now - timedelta(days=2)) for _ in range(3))
    moved = {"to_stage": "contacted", "on": date(2026, 10, 21), "by": staff, "at": now - timedelta(days=1)}
    move_stages(leads=several, note="Beurs", **moved)
    move_stage(lead=single, note="Beurs", **moved)
    assert {story(lead) for lead in (imported, single, *several)} == {story(imported)}
    assert len(story(imported)) == 2


def begun(staff, at) -> Lead:
    """A lead recorded by the form, which has spoken with somebody."""
    lead = record_lead(
        track="startup", working_name="Project", on=date(2026, 10, 20), note="Beurs", by=staff, at=at
    )
    ActivityFactory(lead=lead, person=PersonFactory())
    return lead


def story(lead) -> tuple:
    """A lead's log without what tells one lead from another."""
    columns = ("from_stage", "to_stage", "from_status", "to_status", "occurred_on", "recorded_at", "by")
    rows = lead.stage_changes.order_by("pk")
    return tuple(
        (*values, reason, note)
        for *values, reason, note in rows.values_list(*columns, "reason", "note__text")
    )
