"""Tasks come back, move, change hands and stop; each step leaves a row that says who and when."""

from datetime import date, time, timedelta

import pytest
from django.db import DatabaseError, transaction

from crm.acquisition.models import Task, TaskChange
from crm.acquisition.repeats import next_due, start_of
from crm.acquisition.services import add_task, end_repeat, finish_task, hand_over_task, reschedule_task
from crm.common.errors import RuleError, StaleError
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory

TODAY = date(2026, 10, 22)


@pytest.mark.parametrize(
    ("repeat", "counted_from", "after", "due"),
    [
        ("none", date(2026, 10, 1), TODAY, None),
        ("weekly", date(2026, 10, 1), TODAY, date(2026, 10, 29)),
        ("weekly", date(2026, 10, 2), TODAY, date(2026, 10, 23)),
        ("fortnightly", date(2026, 10, 1), TODAY, date(2026, 10, 29)),
        ("monthly", date(2026, 1, 31), date(2026, 1, 31), date(2026, 2, 28)),
        ("monthly", date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)),
        ("monthly", date(2026, 10, 22), TODAY, date(2026, 11, 22)),
        ("quarterly", date(2026, 1, 15), TODAY, date(2027, 1, 15)),
        ("half_yearly", date(2026, 3, 31), TODAY, date(2027, 3, 31)),
        ("yearly", date(2024, 2, 29), TODAY, date(2027, 2, 28)),
        ("yearly", date(2024, 2, 29), date(2027, 12, 31), date(2028, 2, 29)),
        ("weekly", date(2026, 12, 1), date(2026, 12, 1), date(2026, 12, 8)),
    ],
)
def test_the_next_turn_is_the_first_whole_step_later(repeat, counted_from, after, due):
    assert next_due(repeat, counted_from, after) == due


@pytest.mark.parametrize(
    ("day", "hour", "utc"),
    [
        (date(2027, 3, 28), time(2, 30), None),
        (date(2027, 3, 28), time(3, 0), "01:00"),
        (date(2026, 10, 25), time(2, 30), "00:30"),
        (date(2026, 10, 26), time(2, 30), "01:30"),
    ],
)
def test_an_hour_is_one_of_the_clock_in_amsterdam(day, hour, utc):
    start = start_of(day, hour)
    shown = start and f"{(start - start.utcoffset()).replace(tzinfo=None):%H:%M}"
    assert shown == utc


@pytest.mark.django_db
class TestTasks:
    def test_a_late_repeated_task_comes_back_once_after_today_in_its_series(self, staff, now):
        first = TaskFactory(owner=staff, due_on=date(2026, 9, 30), repeat="monthly", kind="call")
        finish_task(task=first, by=staff, at=now)
        second = Task.objects.open().get()
        assert (second.due_on, second.series, second.owner, second.kind) == (
            date(2026, 10, 30),
            first,
            staff,
            "call",
        )
        finish_task(task=second, by=staff, at=now + timedelta(days=1))
        third = Task.objects.open().get()
        assert (third.due_on, third.series) == (date(2026, 11, 30), first)

    def test_a_task_done_early_comes_back_after_its_own_day(self, staff, now):
        task = TaskFactory(due_on=date(2026, 12, 1), repeat="weekly")
        finish_task(task=task, by=staff, at=now)
        assert Task.objects.open().get().due_on == date(2026, 12, 8)

    def test_a_task_is_done_once_and_comes_back_once(self, staff, now):
        task = TaskFactory(repeat="weekly")
        finish_task(task=task, by=staff, at=now)
        with pytest.raises(RuleError) as caught:
            finish_task(task=task, by=staff, at=now)
        assert caught.value.codes == ["done_already"]
        assert Task.objects.open().count() == 1

    def test_a_series_whose_hour_is_skipped_that_day_has_none_then(self, staff, now):
        task = TaskFactory(due_on=date(2027, 3, 21), start_time=time(2, 30), repeat="weekly", at=now)
        finish_task(task=task, by=staff, at=now)
        following = Task.objects.open().get()
        assert (following.due_on, following.start_time) == (date(2027, 3, 28), None)

    def test_moving_leaves_a_row_and_the_series_is_counted_from_the_new_day(self, staff, now):
        task = TaskFactory(due_on=TODAY, repeat="weekly")
        moved = reschedule_task(
            task=task, due_on=date(2026, 10, 27), start_time=time(10, 30), by=staff, at=now, version=1
        )
        change = TaskChange.objects.get()
        assert (change.act, change.old, change.new, change.by, change.at) == (
            "rescheduled",
            "2026-10-22",
            "2026-10-27T10:30",
            staff,
            now,
        )
        assert moved.version == 2
        finish_task(task=task, by=staff, at=now)
        assert Task.objects.open().get().due_on == date(2026, 11, 3)

    @pytest.mark.parametrize(
        ("day", "hour", "code"),
        [
            (TODAY - timedelta(days=1), None, "in_the_past"),
            (TODAY + timedelta(days=1), None, "same_day"),
            (date(2027, 3, 28), time(2, 30), "skipped_hour"),
            (date(9999, 12, 31), None, "too_far"),
        ],
    )
    def test_a_day_that_cannot_be_is_refused_and_nothing_moves(self, staff, now, day, hour, code):
        task = TaskFactory(due_on=TODAY + timedelta(days=1))
        with pytest.raises(RuleError) as caught:
            reschedule_task(task=task, due_on=day, start_time=hour, by=staff, at=now)
        assert caught.value.codes == [code]
        assert not TaskChange.objects.exists()

    def test_who_looked_at_an_older_version_is_told_who_changed_it(self, staff, now):
        task = TaskFactory(due_on=TODAY)
        reschedule_task(task=task, due_on=TODAY + timedelta(days=2), by=staff, at=now, version=1)
        for verb, given in (
            (reschedule_task, {"due_on": TODAY + timedelta(days=3)}),
            (hand_over_task, {"owner": UserFactory()}),
        ):
            with pytest.raises(StaleError, match=staff.full_name):
                verb(task=task, by=staff, at=now, version=1, **given)
        assert TaskChange.objects.count() == 1

    def test_handing_over_leaves_numbers_and_no_names(self, staff, now):
        task, heir = TaskFactory(owner=staff), UserFactory()
        assert hand_over_task(task=task, owner=heir, by=staff, at=now).owner == heir
        change = TaskChange.objects.get()
        assert (change.act, change.old, change.new) == ("handed_over", str(staff.pk), str(heir.pk))

    @pytest.mark.parametrize(
        ("heir", "code"),
        [
            ({"is_active": False}, "not_of_the_desk"),
            ({"role": "partner"}, "not_of_the_desk"),
            ({"role": "broker"}, "not_of_the_desk"),
        ],
    )
    def test_nobody_outside_the_desk_takes_a_task(self, staff, now, heir, code):
        with pytest.raises(RuleError) as caught:
            hand_over_task(task=TaskFactory(), owner=UserFactory(**heir), by=staff, at=now)
        assert caught.value.codes == [code]

    def test_a_task_about_a_strict_lead_goes_only_to_who_may_read_it(self, staff, manager, now):
        lead = LeadFactory(strict=True, owner=staff)
        task, stranger = TaskFactory(lead=lead, owner=staff), UserFactory(staff=True)
        with pytest.raises(RuleError) as caught:
            hand_over_task(task=task, owner=stranger, by=staff, at=now)
        assert caught.value.codes == ["may_not_read"]
        lead.team.add(stranger)
        hand_over_task(task=task, owner=stranger, by=staff, at=now)
        hand_over_task(task=task, owner=manager, by=staff, at=now)
        assert TaskChange.objects.count() == 2

    def test_a_stopped_series_ends_with_the_task_that_is_open(self, staff, now):
        task = TaskFactory(repeat="yearly")
        end_repeat(task=task, by=staff, at=now)
        finish_task(task=task, by=staff, at=now)
        assert not Task.objects.open().exists()
        assert set(TaskChange.objects.values_list("act", flat=True)) == {"repeat_ended", "done"}
        with pytest.raises(RuleError):
            end_repeat(task=TaskFactory(), by=staff, at=now)

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"title": "x" * 500}, "title"),
            ({"title": " "}, "title"),
            ({"title": "nul\x00"}, "title"),
            ({"kind": "party"}, "kind"),
            ({"repeat": "hourly"}, "repeat"),
            ({"due_on": date(2027, 3, 28), "start_time": time(2, 15)}, "start_time"),
            ({"due_on": date(2099, 1, 1), "repeat": "weekly"}, "due_on"),
        ],
    )
    def test_a_fault_names_its_field_and_nothing_is_stored(self, staff, now, given, field):
        values = {"title": "Bel", "due_on": TODAY, "owner": staff, "by": staff, "at": now} | given
        with pytest.raises(RuleError) as caught:
            add_task(**values)
        assert {fault.field for fault in caught.value.faults} == {field}
        assert not Task.objects.exists()

    @pytest.mark.parametrize("title", ["שלום עולם", "🎉 feest", "<script>alert(1)</script>"])
    def test_every_script_is_a_title(self, staff, now, title):
        assert add_task(title=title, due_on=TODAY, owner=staff, by=staff, at=now).title == title

    def test_the_log_is_append_only(self, staff, now):
        finish_task(task=TaskFactory(), by=staff, at=now)
        for attempt in (lambda: TaskChange.objects.update(old="x"), TaskChange.objects.all().delete):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                attempt()
