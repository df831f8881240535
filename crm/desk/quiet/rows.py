"""What the quiet list says: rows, each with its heaviest reason and the others. Plain values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accounts.models import User


class SubjectKind(StrEnum):
    """What a row is about. A promise that belongs to no lead is a subject of its own."""

    LEAD = "lead"
    NEED = "need"
    VACANCY = "vacancy"
    TENANCY = "tenancy"
    COUNT_EVENT = "count_event"
    TASK = "task"


@dataclass(frozen=True)
class QuietReason:
    """Why something needs somebody now, in the reader's language; `task` is the promise it is about, where it is one."""

    code: str
    sentence: str
    weight: int
    since: date
    task: int | None = None
    task_version: int = 1


@dataclass(frozen=True, kw_only=True)
class QuietRow:
    """One subject that needs its owner (or the team, where `owner` is None).

    `title` is the code name, and `is_readable` False, where this person may not read the name.
    `version` is that of a lead or a need, against lost updates; `organisation` the office
    or tenant of a listing, a lease or a promise.
    """

    kind: SubjectKind
    pk: int
    title: str
    reference: str
    owner: User | None
    reason: QuietReason
    others: tuple[QuietReason, ...] = ()
    is_readable: bool = True
    version: int | None = None
    organisation: int | None = None

    @property
    def weight(self) -> int:
        return self.reason.weight

    @property
    def reasons(self) -> tuple[QuietReason, ...]:
        """The heaviest first."""
        return (self.reason, *self.others)

    @property
    def promise(self) -> QuietReason | None:
        """The promise that is due soonest, where one is due."""
        return next((reason for reason in self.reasons if reason.task is not None), None)
