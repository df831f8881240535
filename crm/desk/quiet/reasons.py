"""Why something needs somebody, and how much: the table of the quiet list. Pure: no clock, no database.

Promises, stalling, silence and answers count working days; norms of a stage and dates count calendar days. A lead is
stalled by the same calendar norm as in the monthly report, and how far it is over weighs in working days.

Two rows of the table say less than they might. *Need without candidates* is read from proposals: which spaces would have
fitted a need in the past is kept nowhere. *Outgrows* waits for the months that a growth forecast gives.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crm.acquisition.choices import Stage
from crm.common.months import add_months
from crm.common.workdays import add_workdays, workdays_between
from crm.desk.quiet.facts import EventFacts, LeadFacts, NeedFacts, Promise, TenancyFacts, VacancyFacts
from crm.rules.norms import Norms


class Code(StrEnum):
    PROMISE_DUE = "promise_due"
    DECISION_PASSED = "decision_passed"
    ARRIVAL_NOT_RECORDED = "arrival_not_recorded"
    WAITING_FOR_SECOND = "waiting_for_second"
    STALLED = "stalled"
    SILENCE = "silence"
    NO_NEXT_STEP = "no_next_step"
    ANSWER_DUE = "answer_due"
    VIEWING_ANSWER_DUE = "viewing_answer_due"
    BROKER_UNCONFIRMED = "broker_unconfirmed"
    BROKER_UNANSWERED = "broker_unanswered"
    NEED_WITHOUT_CANDIDATES = "need_without_candidates"
    LEASE_ENDS = "lease_ends"


@dataclass(frozen=True)
class Reason:
    """A reason with its weight; `since` is the day from which it holds, `days` to `title` are what its sentence tells."""

    code: Code
    weight: int
    since: date
    days: int = 0
    late_days: int = 0
    limit: int = 0
    on: date | None = None
    stage: str = ""
    title: str = ""
    task: int | None = None
    version: int = 1


def in_order(reasons: Iterable[Reason]) -> list[Reason]:
    """The heaviest first; of equals the older."""
    return sorted(reasons, key=lambda reason: (-reason.weight, reason.since, reason.task or 0, reason.code))


def promise_reason(promise: Promise, today: date, norms: Norms) -> Reason:
    """Its weight, and 5 for each working day late, at most 50."""
    late = workdays_between(promise.due_on, today)
    return Reason(
        Code.PROMISE_DUE,
        norms.weight("promise_due") + min(5 * late, 50),
        promise.due_on,
        days=late,
        late_days=(today - promise.due_on).days,
        on=promise.due_on,
        title=promise.title,
        task=promise.task,
        version=promise.version,
    )


def lead_reasons(lead: LeadFacts, today: date, norms: Norms) -> Iterator[Reason]:
    if lead.stage == Stage.DECISION and _is_over(lead.decision_expected_on, today):
        yield _passed(Code.DECISION_PASSED, lead.decision_expected_on, norms)
    if lead.stage == Stage.COMMITTED and not lead.has_arrival and _is_over(lead.settles_expected_on, today):
        yield _passed(Code.ARRIVAL_NOT_RECORDED, lead.settles_expected_on, norms)
    yield from _stalled(lead, today, norms)
    yield from _silence(lead, today, norms)
    if not lead.has_next_step:
        yield Reason(Code.NO_NEXT_STEP, norms.weight("no_next_step"), lead.recorded_on)


def need_reasons(need: NeedFacts, today: date, norms: Norms) -> Iterator[Reason]:
    for code, day in ((Code.ANSWER_DUE, need.proposed_on), (Code.VIEWING_ANSWER_DUE, need.viewed_on)):
        if day is not None:
            waited = workdays_between(day, today)
            if waited >= norms["wait_answer"]:
                yield Reason(code, norms.weight("answer_due"), day, days=waited, on=day)
    days = (today - need.quiet_since).days
    if need.is_open and days >= norms["wait_need"]:
        yield Reason(
            Code.NEED_WITHOUT_CANDIDATES, norms.weight("need_without_candidates"), need.quiet_since, days=days
        )


def vacancy_reasons(vacancy: VacancyFacts, today: date, norms: Norms) -> Iterator[Reason]:
    if vacancy.confirm_before is not None and vacancy.confirm_before < today:
        weight = norms.weight("broker_silent")
        yield Reason(Code.BROKER_UNCONFIRMED, weight, vacancy.confirm_before, on=vacancy.confirm_before)
    if vacancy.asked_on is not None:
        waited = workdays_between(vacancy.asked_on, today)
        if waited >= norms["wait_broker"]:
            yield Reason(Code.BROKER_UNANSWERED, norms.weight("broker_silent"), vacancy.asked_on, days=waited)


def tenancy_reasons(tenancy: TenancyFacts, today: date, norms: Norms) -> Iterator[Reason]:
    ahead = norms["notice_ahead"]
    if today <= tenancy.notice_on <= add_months(today, ahead):
        began = add_months(tenancy.notice_on, -ahead)
        yield Reason(Code.LEASE_ENDS, norms.weight("lease_ends"), began, on=tenancy.notice_on)


def event_reasons(event: EventFacts, today: date, norms: Norms) -> Iterator[Reason]:
    waited = workdays_between(event.recorded_on, today)
    if waited > norms["wait_second_person"]:
        yield Reason(
            Code.WAITING_FOR_SECOND, norms.weight("waiting_for_second"), event.recorded_on, days=waited
        )


def _is_over(day: date | None, today: date) -> bool:
    return day is not None and day < today


def _passed(code: Code, day: date | None, norms: Norms) -> Reason:
    return Reason(code, norms.weight(code), day or date.max, on=day)


def _stalled(lead: LeadFacts, today: date, norms: Norms) -> Iterator[Reason]:
    """Its weight, and 1 for each five working days over the norm, at most 30."""
    norm = norms.stage_days(lead.stage)
    days = (today - lead.stage_since).days
    if norm is not None and days > norm:
        reached = lead.stage_since + timedelta(days=norm)
        over = workdays_between(reached, today)
        weight = norms.weight("stalled") + min(over // 5, 30)
        yield Reason(Code.STALLED, weight, reached, days=days, limit=norm, stage=lead.stage)


def _silence(lead: LeadFacts, today: date, norms: Norms) -> Iterator[Reason]:
    """Its weight, and 1 for each two working days over, at most 25. Who was never spoken to is silent since the stage began."""
    limit = norms.silence_workdays(lead.stage)
    last = lead.spoken_on or lead.stage_since
    if limit is None or (today - last).days < limit:  # cheap: fewer calendar days are fewer working days too
        return
    silent = workdays_between(last, today)
    if silent >= limit:
        weight = norms.weight("silence") + min((silent - limit) // 2, 25)
        since = add_workdays(last, limit)
        yield Reason(Code.SILENCE, weight, since, days=silent, limit=limit, on=lead.spoken_on)
