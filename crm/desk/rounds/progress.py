"""How far rounds are: one question to the contact log for all of them, however many there are."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q

from crm.acquisition.choices import ActivityKind
from crm.acquisition.models import Activity
from crm.desk.portfolio.contact import BEHIND, not_strict
from crm.desk.rounds.choices import MemberState
from crm.desk.rounds.models import ContactRound, RoundMember


@dataclass(frozen=True)
class Progress:
    """How many of a list were spoken to, are still to be called, and cannot be reached."""

    done: int = 0
    open: int = 0
    unreachable: int = 0

    @property
    def total(self) -> int:
        return self.done + self.open + self.unreachable

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


def as_progress(counts: "Counter[str]") -> Progress:
    return Progress(counts[MemberState.DONE], counts[MemberState.OPEN], counts[MemberState.UNREACHABLE])


def progress_of(rounds: Sequence[ContactRound]) -> dict[int, Progress]:
    """By round; one query."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    rows = (
        RoundMember.objects.filter(round__in=[row.pk for row in rounds])
        .with_state()
        .order_by()
        .values("round", "state")
        .annotate(count=Count("pk"))
    )
    for row in rows:
        counts[row["round"]][row["state"]] += row["count"]
    return {found.pk: as_progress(counts[found.pk]) for found in rounds}


@dataclass
class Heard:
    """What was tried with one member within the round: attempts without an answer, and who spoke with them last."""

    attempts: int = 0
    last_try: date | None = None
    spoken_by: str = ""


@dataclass(frozen=True)
class Standing:
    """A round on a day: its members in the order of calling, and how far each colleague is."""

    members: list[Any]
    progress: Progress
    by_caller: list[tuple[Any, Progress]]
    heard: dict[int, Heard] = field(default_factory=dict)


def standing_of(found: ContactRound) -> Standing:
    """Members by state: to be called first, in order of name. Three queries."""
    members = list(found.members.with_state().select_related("organisation", "caller", "unreachable_by"))
    order = {MemberState.OPEN: 0, MemberState.UNREACHABLE: 1, MemberState.DONE: 2}
    members.sort(key=lambda row: (order[row.state], row.organisation.name.casefold(), row.pk))
    by_caller: dict[Any, Counter[str]] = defaultdict(Counter)
    for member in members:
        by_caller[member.caller][member.state] += 1
    lines = [(caller, as_progress(counts)) for caller, counts in by_caller.items()]
    lines.sort(key=lambda line: (line[0].full_name, line[0].pk))
    return Standing(
        members,
        as_progress(Counter(member.state for member in members)),
        lines,
        _heard(found) if found.closed_at is None else {},
    )


def _heard(found: ContactRound) -> dict[int, Heard]:
    ours = found.members.values("organisation")
    rows = (
        not_strict(Activity.objects.exclude(kind__in=[ActivityKind.NOTE, ActivityKind.PROPOSAL]))
        .filter(occurred_on__gte=found.starts_on, occurred_on__lte=found.ends_on)
        .filter(Q(organisation__in=ours) | Q(**{f"{BEHIND}__in": ours}))
        .order_by("occurred_on", "pk")
        .values_list("organisation", BEHIND, "is_two_way", "occurred_on", "created_by__full_name")
    )
    heard: dict[int, Heard] = defaultdict(Heard)
    for own, behind, is_two_way, on, by in rows:
        for pk in {own, behind} - {None}:
            if is_two_way:
                heard[pk].spoken_by = by
            else:
                heard[pk].attempts += 1
                heard[pk].last_try = on
    return dict(heard)


def running_with(organisation: Any, day: date) -> list[Any]:
    """The rounds that run on that day with this organisation on their list, as members with their state."""
    rows = RoundMember.objects.filter(
        organisation=organisation,
        round__closed_at__isnull=True,
        round__starts_on__lte=day,
        round__ends_on__gte=day,
    )
    return list(rows.with_state().select_related("round", "caller").order_by("round__ends_on", "pk"))
