"""A lead's log as it is drawn: steps, contact, notes, matches, tasks, changed facts and documents in one line of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.acquisition.choices import ActivityKind
from crm.acquisition.models import Activity, Document, StageChange, Task
from crm.backoffice.lead_edits import EditLine
from crm.common.months import amsterdam_day
from crm.matching.models import Match, MatchStatus

KIND_ICONS = {
    ActivityKind.CALL: "phone",
    ActivityKind.EMAIL: "mail",
    ActivityKind.MEETING: "talk",
    ActivityKind.VISIT: "visit",
    ActivityKind.PROPOSAL: "file",
    ActivityKind.NOTE: "note",
}
ALL = "all"
LOG_VIEWS = (
    (ALL, gettext_lazy("Everything")),
    ("contact", gettext_lazy("Contact")),
    ("mail", gettext_lazy("E-mail")),
    ("notes", gettext_lazy("Notes")),
    ("changes", gettext_lazy("Stages")),
    ("matches", gettext_lazy("Spaces")),
    ("tasks", gettext_lazy("Tasks")),
    ("edits", gettext_lazy("Facts")),
    ("documents", gettext_lazy("Documents")),
)
DECIDED_ICONS = {
    MatchStatus.ACCEPTED: "check",
    MatchStatus.DECLINED: "close",
    MatchStatus.LET_ELSEWHERE: "close",
}


@dataclass(frozen=True)
class LogEntry:
    """One line of the log, whatever it records."""

    on: date
    at: datetime
    icon: str
    title: str
    by: str
    person: str = ""
    text: str = ""
    reference: str = ""
    is_taken_back: bool = False
    edits: tuple[EditLine, ...] = ()
    mail: Any = None  # a MailLine, where it is a mail that was filed


def in_order(entries: Iterable[LogEntry]) -> list[LogEntry]:
    """The latest first; what happened on one day in the order in which it was written down."""
    return sorted(entries, key=lambda entry: (entry.on, entry.at), reverse=True)


def step_entry(change: StageChange) -> LogEntry:
    text = change.note.text if change.note else ""
    if change.reverses_id:
        title = _("Last step taken back, to %(stage)s") % {"stage": change.get_to_stage_display()}
    elif not change.from_stage:
        title = _("Recorded as a lead")
    elif change.from_stage != change.to_stage:
        title = _("To %(stage)s") % {"stage": change.get_to_stage_display()}
    else:
        title = str(change.get_to_status_display())
    if change.reason:
        title = f"{title}: {change.get_reason_display()}"
    return LogEntry(
        on=change.occurred_on,
        at=change.recorded_at,
        icon="undo" if change.reverses_id else "moved",
        title=title,
        by=str(change.by),
        text=text,
        is_taken_back=hasattr(change, "reversed_by"),
    )


def contact_entry(activity: Activity) -> LogEntry:
    title = str(activity.get_kind_display())
    if not activity.is_two_way and activity.kind not in (ActivityKind.NOTE, ActivityKind.PROPOSAL):
        title = _("%(kind)s, no answer") % {"kind": title}
    return LogEntry(
        on=activity.occurred_on,
        at=activity.created_at,
        icon=KIND_ICONS[activity.kind],
        title=title,
        by=str(activity.created_by),
        person=str(activity.person) if activity.person else "",
        text=activity.text,
        reference=activity.reference,
        is_taken_back=activity.withdrawn_at is not None,
    )


def task_entries(task: Task) -> list[LogEntry]:
    """A promise, and its being kept."""
    made = LogEntry(
        on=amsterdam_day(task.created_at),
        at=task.created_at,
        icon="task",
        title=_("Task: %(title)s") % {"title": task.title},
        by=str(task.created_by),
        text="" if task.owner_id == task.created_by_id else _("For %(owner)s") % {"owner": task.owner},
    )
    if task.done_at is None:
        return [made]
    title = _("Done: %(title)s") % {"title": task.title}
    done = LogEntry(amsterdam_day(task.done_at), task.done_at, "check", title, str(task.done_by))
    return [made, done]


def match_entries(match: Match) -> list[LogEntry]:
    """A space proposed, the viewing, and what was decided."""
    space = {"space": match.vacancy}
    entries = [
        LogEntry(
            on=match.proposed_on,
            at=match.created_at,
            icon="vacancy",
            title=_("Proposed: %(space)s") % space,
            by=str(match.created_by),
            reference=str(match.need),
        )
    ]
    if match.viewing_on:
        title = _("Viewing: %(space)s") % space
        entries.append(LogEntry(match.viewing_on, match.created_at, "visit", title, ""))
    if match.decided_at:
        words = {"status": match.get_status_display(), **space}
        entries.append(
            LogEntry(
                on=amsterdam_day(match.decided_at),
                at=match.decided_at,
                icon=DECIDED_ICONS.get(MatchStatus(match.status), "ask"),
                title=_("%(status)s: %(space)s") % words,
                by=str(match.decided_by),
                text=match.reason,
            )
        )
    return entries


def edit_entries(lines: Sequence[EditLine]) -> list[LogEntry]:
    """What one person changed at one moment is one entry with a line for each fact."""
    entries = []
    for (at, by), together in groupby(lines, key=lambda line: (line.at, line.by)):
        facts = tuple(together)
        entries.append(LogEntry(amsterdam_day(at), at, "edit", _("Facts changed"), by, edits=facts))
    return entries


def document_entries(document: Document) -> list[LogEntry]:
    added = LogEntry(
        on=amsterdam_day(document.created_at),
        at=document.created_at,
        icon="file",
        title=_("Document: %(name)s") % {"name": document.name},
        by=str(document.created_by),
        text=document.note,
        is_taken_back=document.withdrawn_at is not None,
    )
    if document.withdrawn_at is None:
        return [added]
    title = _("Document withdrawn: %(name)s") % {"name": document.name}
    on = amsterdam_day(document.withdrawn_at)
    return [added, LogEntry(on, document.withdrawn_at, "trash", title, str(document.withdrawn_by))]


def without_content(entries: Iterable[LogEntry]) -> list[LogEntry]:
    """What may be read by somebody who may not read the name: that a step was made, when and by whom."""
    return [LogEntry(entry.on, entry.at, entry.icon, entry.title, entry.by) for entry in entries]
