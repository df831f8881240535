"""Putting a row off, letting it return, and handing it over."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from crm.acquisition.models import Lead, Task
from crm.acquisition.services import finish_task, reschedule_task
from crm.common.errors import RuleError, StaleError
from crm.desk.models import Snooze
from crm.desk.services import end_snooze, hand_over, snooze
from crm.matching.models import HousingNeed
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.matching import NeedFactory
from tests.factories.quiet import ending_tenancy, unconfirmed_vacancy
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 22)
LATER = date(2026, 11, 2)


def refused(call, **given) -> list[str]:
    with pytest.raises(RuleError) as error:
        call(**given)
    return sorted(error.value.codes)


def test_each_kind_of_subject_is_put_off_with_a_reason(staff, now):
    for subject in (
        LeadFactory(),
        NeedFactory(),
        unconfirmed_vacancy(),
        ending_tenancy(),
        EventFactory(pending=True, on=TODAY),
    ):
        row = snooze(subject=subject, until=LATER, reason=" Na hun beurs ", by=staff, at=now)
        assert (row.subject_pk, row.reason, row.by, row.at) == (subject.pk, "Na hun beurs", staff, now)
    assert Snooze.objects.running_on(TODAY).count() == 5
    assert Snooze.objects.running_on(LATER).count() == 0


def test_every_fault_of_a_snooze_is_named_at_once(staff, now):
    given = {"subject": LeadFactory(), "by": staff, "at": now}
    assert refused(snooze, until=TODAY, reason=" ", **given) == ["blank", "not_ahead"]
    assert refused(snooze, until=TODAY + timedelta(days=61), reason="x" * 201, **given) == [
        "max_length",
        "too_far",
    ]
    assert refused(snooze, until=LATER, reason="\x00", **given) == ["plain_text"]
    assert Snooze.objects.count() == 0
    snooze(until=TODAY + timedelta(days=60), reason="‮<script> 🙈", **given)


def test_a_promise_that_is_due_is_not_put_off(staff, now):
    lead = LeadFactory(owner=staff)
    task = TaskFactory(lead=lead, owner=staff, due_on=TODAY)
    loose = TaskFactory(owner=staff, due_on=TODAY)
    given = {"until": LATER, "reason": "druk", "by": staff, "at": now}
    assert refused(snooze, subject=lead, **given) == ["promise_due"]
    assert refused(snooze, subject=loose, **given) == ["promise_due"]
    reschedule_task(task=task, due_on=LATER, by=staff, at=now)
    assert snooze(subject=lead, **given).lead == lead


def test_a_snooze_is_ended_once(staff, now):
    lead = LeadFactory()
    first, second = (snooze(subject=lead, until=LATER, reason="later", by=staff, at=now) for _time in "ab")
    end_snooze(snooze=first, by=staff, at=now)
    assert Snooze.objects.running_on(TODAY).count() == 0
    assert refused(end_snooze, snooze=second, by=staff, at=now) == ["ended_already"]


def test_the_log_of_snoozes_is_never_rewritten(staff, now):
    row = snooze(subject=LeadFactory(), until=LATER, reason="later", by=staff, at=now)
    for change in ({"until": TODAY}, {"reason": "anders"}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Snooze.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        row.delete()


@pytest.mark.parametrize("filled", [(), ("lead", "need")])
def test_the_database_wants_exactly_one_subject(staff, now, filled):
    subjects = {"lead": LeadFactory(), "need": NeedFactory()}
    with pytest.raises(IntegrityError, match="a_snooze_is_of_one_subject"), transaction.atomic():
        Snooze.objects.create(
            until=LATER, reason="x", by=staff, at=now, **{name: subjects[name] for name in filled}
        )


def test_a_lead_changes_hands_with_what_was_promised_there(staff, now):
    colleague = UserFactory(staff=True)
    lead = LeadFactory(owner=staff, strict=True)
    task = TaskFactory(lead=lead, owner=staff)
    other = TaskFactory(lead=lead, owner=UserFactory())
    hand_over(subject=lead, owner=colleague, by=staff, at=now)
    assert Lead.objects.get(pk=lead.pk).owner == colleague
    assert Task.objects.get(pk=task.pk).owner == colleague
    assert Task.objects.get(pk=other.pk).owner == other.owner


def test_of_somebody_elses_lead_only_the_own_promise_changes_hands(staff, now):
    lead = LeadFactory(owner=UserFactory(staff=True))
    task = TaskFactory(lead=lead, owner=staff)
    colleague = UserFactory(staff=True)
    hand_over(subject=lead, owner=colleague, by=staff, at=now)
    assert Lead.objects.get(pk=lead.pk).owner == lead.owner
    assert Task.objects.get(pk=task.pk).owner == colleague


def test_a_need_and_a_task_change_hands_and_the_rest_belongs_to_the_team(staff, now):
    colleague = UserFactory(staff=True)
    need, task = NeedFactory(owner=staff), TaskFactory(owner=staff)
    hand_over(subject=need, owner=colleague, by=staff, at=now)
    hand_over(subject=task, owner=colleague, by=staff, at=now)
    assert HousingNeed.objects.get().owner == Task.objects.get().owner == colleague
    assert refused(hand_over, subject=ending_tenancy(), owner=colleague, by=staff, at=now) == ["no_owner"]


def test_only_colleagues_who_may_read_the_name_take_over(staff, now):
    lead = LeadFactory(owner=UserFactory(staff=True), strict=True)
    task = TaskFactory(lead=lead, owner=staff)
    for owner, code in (
        (staff, "same_owner"),
        (UserFactory(partner=True), "not_of_the_desk"),
        (UserFactory(staff=True, is_active=False), "not_of_the_desk"),
        (UserFactory(staff=True), "may_not_read"),
    ):
        assert refused(hand_over, subject=task, owner=owner, by=staff, at=now) == [code]
        assert refused(hand_over, subject=lead, owner=owner, by=staff, at=now) == [code]
    assert Task.objects.get(pk=task.pk).owner == staff


def test_a_task_moves_to_a_day_to_come_and_never_twice_from_one_version(staff, now):
    task = TaskFactory(owner=staff)
    assert refused(reschedule_task, task=task, due_on=date(2026, 10, 21), by=staff, at=now) == ["in_the_past"]
    moved = reschedule_task(task=task, due_on=LATER, by=staff, at=now, version=task.version)
    assert (moved.due_on, moved.version, moved.changed_by) == (LATER, task.version + 1, staff)
    with pytest.raises(StaleError):
        reschedule_task(task=task, due_on=LATER, by=staff, at=now, version=task.version)
    finish_task(task=task, by=staff, at=now)
    assert refused(reschedule_task, task=task, due_on=LATER, by=staff, at=now) == ["done_already"]


def test_a_lead_saved_in_between_stays_with_its_owner(staff, now):
    lead = LeadFactory(owner=staff)
    task = TaskFactory(lead=lead, owner=staff)
    with pytest.raises(StaleError):
        hand_over(subject=lead, owner=UserFactory(staff=True), by=staff, at=now, version=lead.version + 5)
    assert Task.objects.get(pk=task.pk).owner == staff
