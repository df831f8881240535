"""Many leads at once: judged by the rule of the deed itself, each once, with the same rows as by hand."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from crm.acquisition.models import Lead, LeadEdit, StageChange, Task
from crm.acquisition.services import (
    AddTag,
    HandOver,
    NextStep,
    Park,
    RemoveTag,
    carry_out,
    change_lead,
    close_lead,
    judge,
    make_tag,
)
from crm.backoffice.management.commands.tick import DUE_WORK
from crm.common.errors import RuleError
from crm.desk.bulk import services as bulk
from crm.desk.models import BulkItem, BulkJob
from crm.desk.services import begin_bulk, forget_bulk, run_due_bulk, stop_bulk
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory

SOON = date(2026, 11, 5)
PARK = {"until": SOON.isoformat(), "reason": "Wacht op de nieuwe directeur"}


def versions(*leads):
    return {lead.pk: Lead.objects.get(pk=lead.pk).version for lead in leads}


def outcomes(job):
    return {item.lead_id: item.outcome for item in job.items.all()}


@pytest.fixture
def tag(staff, now):
    return make_tag(name="Hannover Messe", by=staff, at=now)


def rules(tag, colleague):
    return [
        HandOver(owner=colleague),
        Park(until=SOON, reason="Later"),
        AddTag(tag=tag),
        RemoveTag(tag=tag),
        NextStep(title="Bellen", due_on=SOON),
        NextStep(title="Bellen", due_on=SOON, owner=colleague),
    ]


@pytest.mark.django_db
def test_the_preview_says_exactly_whom_the_deed_then_refuses_and_why(staff, now, tag):
    """The same leads through every deed: preview first, then each for itself, and the words are the same."""
    colleague = UserFactory(full_name="Noor de Wit")
    kinds = [
        {"owner": staff},
        {"owner": colleague},
        {},
        {"owner": staff, "strict": True},
        {"owner": staff, "parked": True},
        {"owner": staff, "lost": True},
        {"owner": staff, "established": True},
        {"owner": staff, "tags": [tag]},
    ]
    refused = 0
    for deed in rules(tag, colleague):
        leads = [LeadFactory(**kind) for kind in kinds]
        for judged in judge(deed=deed, leads=leads, by=staff, at=now):
            lead, said = judged.lead, [str(fault.message) for fault in judged.faults]
            try:
                bulk.carry_out(deed=deed, lead=lead, by=staff, at=now, version=lead.version)
            except RuleError as error:
                answered = [str(fault.message) for fault in error.faults]
                refused += 1
            else:
                answered = []
            assert answered == said
    assert 10 < refused < 30, "the leads no longer show both answers"


@pytest.mark.django_db
def test_a_preview_asks_as_much_for_many_leads_as_for_few_and_writes_nothing(staff, now, tag):
    leads = [LeadFactory(owner=staff) for _ in range(12)]
    for deed in rules(tag, UserFactory()):
        counts = []
        for size in (2, 12):
            with CaptureQueriesContext(connection) as asked:
                judge(deed=deed, leads=leads[:size], by=staff, at=now)
            counts.append(len(asked))
            assert all(query["sql"].startswith("SELECT") for query in asked)
        assert counts[0] == counts[1] <= 4


@pytest.mark.django_db
def test_parking_many_leaves_the_steps_the_reasons_and_a_day_to_take_them_up_again(staff, now):
    leads = [LeadFactory(owner=staff, stage="contacted") for _ in range(3)]
    job = begin_bulk(deed="park", values=PARK, versions=versions(*leads), by=staff, at=now)
    assert job.finished_at == now
    for lead in leads:
        lead.refresh_from_db()
        step = lead.stage_changes.get(to_status="parked")
        assert (lead.status, lead.stage, step.by, step.note.text) == (
            "parked",
            "contacted",
            staff,
            PARK["reason"],
        )
        task = Task.objects.get(lead=lead)
        assert (task.due_on, task.owner) == (SOON, staff)


@pytest.mark.django_db
def test_handing_over_takes_the_present_owners_promises_along_and_nobody_elses(staff, now):
    colleague, third = UserFactory(), UserFactory()
    lead = LeadFactory(owner=staff)
    own, other = TaskFactory(lead=lead, owner=staff), TaskFactory(lead=lead, owner=third)
    values = {"owner": colleague.pk, "with_tasks": True}
    begin_bulk(deed="hand_over", values=values, versions=versions(lead), by=staff, at=now)
    lead.refresh_from_db()
    own.refresh_from_db()
    other.refresh_from_db()
    assert (lead.owner, own.owner, other.owner) == (colleague, colleague, third)
    assert LeadEdit.objects.get(lead=lead).field == "owner"
    assert own.changes.get().act == "handed_over"


@pytest.mark.django_db
def test_a_strict_lead_goes_only_to_whom_may_read_it(staff, now):
    outsider, member = UserFactory(), UserFactory()
    lead = LeadFactory(owner=staff, strict=True, team=[member])
    for owner, outcome in ((outsider, "refused"), (member, "done")):
        values = {"owner": owner.pk, "with_tasks": True}
        job = begin_bulk(deed="hand_over", values=values, versions=versions(lead), by=staff, at=now)
        assert outcomes(job) == {lead.pk: outcome}


@pytest.mark.django_db
def test_leads_that_somebody_may_not_read_are_neither_chosen_nor_counted(staff, now):
    hidden, own = LeadFactory(strict=True), LeadFactory(owner=staff)
    job = begin_bulk(deed="park", values=PARK, versions=versions(hidden, own), by=staff, at=now)
    assert outcomes(job) == {own.pk: "done"}
    assert bulk.progress_of(job).total == 1
    with pytest.raises(RuleError) as refusal:
        begin_bulk(deed="park", values=PARK, versions=versions(hidden), by=staff, at=now)
    assert refusal.value.codes == ["no_leads"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["partner", "broker"])
def test_who_may_change_no_lead_changes_none(role, now):
    lead = LeadFactory(open_name=True)
    with pytest.raises(RuleError):
        begin_bulk(deed="park", values=PARK, versions=versions(lead), by=UserFactory(role=role), at=now)
    assert not BulkJob.objects.exists()


@pytest.mark.django_db
def test_a_lead_that_somebody_changed_since_the_preview_is_refused_with_who(staff, now):
    first, second = LeadFactory(owner=staff), LeadFactory(owner=staff)
    seen = versions(first, second)
    faster = UserFactory(full_name="Noor de Wit", manager=True)
    change_lead(lead=first, by=faster, at=now, version=first.version, jobs_expected=12)
    job = begin_bulk(deed="park", values=PARK, versions=seen, by=staff, at=now)
    assert outcomes(job) == {first.pk: "refused", second.pk: "done"}
    assert "Noor de Wit" in job.items.get(lead=first).reason


@pytest.mark.django_db
def test_a_tag_is_added_and_removed_with_its_rows_in_the_log(staff, now, tag):
    lead = LeadFactory(owner=staff)
    for kind, tags in (("add_tag", [tag]), ("remove_tag", [])):
        job = begin_bulk(deed=kind, values={"tag": tag.pk}, versions=versions(lead), by=staff, at=now)
        assert outcomes(job) == {lead.pk: "done"}
        assert list(lead.tags.all()) == tags
    assert [(edit.old, edit.new) for edit in lead.edits.order_by("pk")] == [
        ("", str(tag.pk)),
        (str(tag.pk), ""),
    ]


@pytest.fixture
def many(monkeypatch, staff):
    """Seven leads where two are few: the worker does them, two at a time."""
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "BATCH", 2)
    return [LeadFactory(owner=staff) for _ in range(7)]


@pytest.mark.django_db
def test_many_leads_wait_for_the_worker_which_does_so_many_a_round(staff, now, many):
    job = begin_bulk(deed="park", values=PARK, versions=versions(*many), by=staff, at=now)
    assert set(outcomes(job).values()) == {"waiting"}
    assert run_due_bulk(at=now, limit=5) == 5
    job.refresh_from_db()
    assert (job.finished_at, bulk.progress_of(job).waiting) == (None, 2)
    assert run_due_bulk in [work for _word, work in DUE_WORK]
    assert run_due_bulk(at=now) == 2
    job.refresh_from_db()
    assert job.finished_at is not None
    assert set(outcomes(job).values()) == {"done"}
    assert run_due_bulk(at=now) == 0


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dies_at", [1, 2, 3, 4])
def test_a_worker_that_dies_in_the_middle_leaves_each_lead_to_be_done_once(
    staff, now, many, monkeypatch, dies_at
):
    """It dies after the lead's change and before its outcome is written: both go, and the next worker does it."""
    job = begin_bulk(deed="park", values=PARK, versions=versions(*many), by=staff, at=now)
    real, calls = bulk.carry_out, []

    def dying(**arguments):
        calls.append(1)
        done = real(**arguments)
        if len(calls) == dies_at:
            raise Killed
        return done

    monkeypatch.setattr(bulk, "carry_out", dying)
    with pytest.raises(Killed):
        run_due_bulk(at=now)
    assert StageChange.objects.filter(to_status="parked").count() == dies_at - 1
    assert run_due_bulk(at=now) == 0, "its lease still runs"
    assert run_due_bulk(at=now + bulk.LEASE + timedelta(seconds=1)) == 7 - (dies_at - 1)
    assert set(outcomes(job).values()) == {"done"}
    assert sorted(StageChange.objects.filter(to_status="parked").values_list("lead", flat=True)) == sorted(
        lead.pk for lead in many
    )
    assert Task.objects.count() == 7


@pytest.mark.django_db
def test_what_is_left_of_somebodys_work_is_refused_once_they_may_not_any_more(staff, now, many):
    job = begin_bulk(deed="park", values=PARK, versions=versions(*many), by=staff, at=now)
    run_due_bulk(at=now, limit=2)
    staff.is_active = False
    staff.save()
    run_due_bulk(at=now)
    assert sorted(outcomes(job).values()) == ["done"] * 2 + ["refused"] * 5


@pytest.mark.django_db
def test_work_can_be_stopped_and_what_was_done_stays(staff, now, many):
    job = begin_bulk(deed="park", values=PARK, versions=versions(*many), by=staff, at=now)
    run_due_bulk(at=now, limit=3)
    stop_bulk(job=job, by=staff, at=now)
    assert sorted(outcomes(job).values()) == ["done"] * 3 + ["refused"] * 4
    assert run_due_bulk(at=now) == 0
    with pytest.raises(RuleError):
        stop_bulk(job=job, by=staff, at=now)


@pytest.mark.django_db
def test_finished_work_is_forgotten_after_ninety_days_and_the_leads_keep_their_log(staff, now):
    lead = LeadFactory(owner=staff)
    begin_bulk(deed="park", values=PARK, versions=versions(lead), by=staff, at=now)
    forget_bulk(at=now + timedelta(days=90))
    assert BulkJob.objects.count() == 1
    forget_bulk(at=now + timedelta(days=90, seconds=1))
    assert (BulkJob.objects.count(), BulkItem.objects.count()) == (0, 0)
    assert lead.stage_changes.filter(to_status="parked").exists()


@pytest.mark.django_db
def test_a_next_step_needs_somebody_who_does_it_and_a_lead_that_still_runs(staff, now):
    ended = LeadFactory(owner=staff)
    close_lead(lead=ended, to_status="lost", reason="no_space", on=now.date(), by=staff, at=now)
    nobodys, own = LeadFactory(), LeadFactory(owner=staff)
    values = {"title": "Bellen", "kind": "call", "due_on": SOON.isoformat(), "owner": None}
    job = begin_bulk(
        deed="next_step", values=values, versions=versions(ended, nobodys, own), by=staff, at=now
    )
    assert outcomes(job) == {ended.pk: "refused", nobodys.pk: "refused", own.pk: "done"}
    assert Task.objects.get().owner == staff


@pytest.mark.django_db
def test_what_was_chosen_and_is_gone_begins_nothing(staff, now):
    lead = LeadFactory(owner=staff)
    with pytest.raises(RuleError) as refused:
        begin_bulk(deed="add_tag", values={"tag": 404}, versions=versions(lead), by=staff, at=now)
    assert [fault.code for fault in refused.value.faults] == ["gone"]
    assert not BulkJob.objects.exists()


@pytest.mark.django_db
def test_more_leads_than_one_yes_may_change_are_refused(staff, now, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_LEADS", 1)
    leads = [LeadFactory(owner=staff), LeadFactory(owner=staff)]
    with pytest.raises(RuleError) as refused:
        begin_bulk(deed="park", values=PARK, versions=versions(*leads), by=staff, at=now)
    assert [fault.code for fault in refused.value.faults] == ["too_many"]


@pytest.mark.django_db
def test_a_round_that_is_full_leaves_the_next_work_for_the_next_round(staff, now, many):
    begin_bulk(deed="park", values=PARK, versions=versions(*many[:3]), by=staff, at=now)
    later = begin_bulk(
        deed="park", values=PARK, versions=versions(*many[3:]), by=staff, at=now + timedelta(minutes=1)
    )
    assert run_due_bulk(at=now + timedelta(minutes=2), limit=3) == 3
    assert set(outcomes(later).values()) == {"waiting"}


@pytest.mark.django_db
def test_a_row_that_clashes_at_that_moment_is_refused_and_the_others_are_done(staff, now, monkeypatch):
    leads = [LeadFactory(owner=staff), LeadFactory(owner=staff)]

    def clash(*, lead, **given):
        if lead.pk == leads[0].pk:
            raise IntegrityError("a_lead_is_parked_once")
        return carry_out(lead=lead, **given)

    monkeypatch.setattr(bulk, "carry_out", clash)
    job = begin_bulk(deed="park", values=PARK, versions=versions(*leads), by=staff, at=now)
    assert outcomes(job) == {leads[0].pk: "refused", leads[1].pk: "done"}
    assert job.items.get(lead=leads[0]).reason
