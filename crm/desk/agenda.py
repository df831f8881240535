"""What stands on somebody's calendar: tasks and visits under the names that the reader may read.

Two readers, two rules. On the screen of the desk a strictly confidential lead goes by its real name for those who may
read it. In a calendar or a mail, which leave the house, it goes by its code name for everybody, and what was typed about
it stays at home: a title may give the name away.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import Confidentiality, Repeat, TaskKind
from crm.acquisition.models import Lead, Task
from crm.acquisition.repeats import LENGTHS, start_of

DAYS_KEPT = 90


@dataclass(frozen=True)
class Entry:
    """One task as its reader may see it. `starts` is empty for what has a day and no hour."""

    task: Task
    title: str
    about: str
    is_strict: bool
    is_readable: bool
    starts: datetime | None

    @property
    def day(self) -> date:
        return self.task.due_on

    @property
    def ends(self) -> datetime | None:
        return self.starts + LENGTHS[TaskKind(self.task.kind)] if self.starts else None

    @property
    def is_done(self) -> bool:
        return self.task.done_at is not None

    @property
    def is_repeated(self) -> bool:
        return self.task.repeat != Repeat.NONE

    @property
    def icon(self) -> str:
        return {TaskKind.CALL: "phone", TaskKind.VISIT: "visit"}.get(TaskKind(self.task.kind), "task")


@dataclass(frozen=True)
class Week:
    """Seven days from a Monday, and what is late; every task stands in it once."""

    monday: date
    late: list[Entry]
    days: list[tuple[date, list[Entry]]]

    @property
    def entries(self) -> list[Entry]:
        return [*self.late, *(entry for _day, entries in self.days for entry in entries)]


def week_of(*, owner: User, reader: User, monday: date, today: date) -> Week:
    """The week of `owner` as `reader` may see it.

    Late is what is open and due before today: of this week and of all weeks before in the present week, of its own days
    in any other.
    """
    sunday = monday + timedelta(days=6)
    tasks = Task.objects.filter(owner=owner)
    wanted = Q(due_on__range=(monday, sunday))
    if monday <= today <= sunday:
        wanted |= Q(due_on__lt=monday, done_at__isnull=True)
    entries = _entries(tasks.filter(wanted), reader, is_leaving=False)
    late = [entry for entry in entries if not entry.is_done and entry.day < today]
    others = [entry for entry in entries if entry not in late]
    days = [monday + timedelta(days=number) for number in range(7)]
    return Week(monday, late, [(day, [entry for entry in others if entry.day == day]) for day in days])


def calendar_of(*, user: User, today: date) -> list[Entry]:
    """What leaves the house to the person's own calendar: all that is open, and calls and visits of the last 90 days."""
    kept = Q(
        done_at__isnull=False,
        kind__in=[TaskKind.CALL, TaskKind.VISIT],
        due_on__gte=today - timedelta(days=DAYS_KEPT),
    )
    tasks = Task.objects.filter(kept | Q(done_at__isnull=True), owner=user)
    return _entries(tasks, user, is_leaving=True)


def _entries(tasks: "QuerySet[Task]", reader: User, *, is_leaving: bool) -> list[Entry]:
    rows = list(tasks.select_related("organisation", "owner"))
    leads = _leads(rows, reader)
    entries = [_entry(task, leads.get(task.lead_id or 0), is_leaving=is_leaving) for task in rows]
    return sorted(entries, key=_in_order)


def _leads(tasks: Iterable[Task], reader: User) -> dict[int, Lead]:
    numbers = {task.lead_id for task in tasks if task.lead_id}
    return {lead.pk: lead for lead in Lead.objects.named_for(reader).filter(pk__in=numbers)}


def _entry(task: Task, lead: Lead | None, *, is_leaving: bool) -> Entry:
    is_strict = lead is not None and lead.confidentiality == Confidentiality.STRICT
    is_readable: bool = lead is None or lead.is_name_readable  # type: ignore[attr-defined]  # annotated
    if lead is None:
        title, about = task.title, str(task.organisation or "")
    elif not is_readable or (is_strict and is_leaving):
        title, about = title_without_text(task.kind), str(lead.code_name)
    else:
        title, about = task.title, str(lead.display_name)  # type: ignore[attr-defined]  # annotated
    starts = start_of(task.due_on, task.start_time) if task.start_time else None
    return Entry(task, title, about, is_strict, is_readable, starts)


def title_without_text(kind: str) -> str:
    """What a task is called where what was typed may not be read."""
    words = {TaskKind.CALL: _("Call"), TaskKind.VISIT: _("Visit")}
    return words.get(TaskKind(kind), _("Task"))


def _in_order(entry: Entry) -> tuple[date, bool, str, int]:
    """By day; what has no hour first, then by the clock."""
    hour = f"{entry.task.start_time:%H:%M}" if entry.task.start_time else ""
    return entry.day, bool(hour), hour, entry.task.pk
