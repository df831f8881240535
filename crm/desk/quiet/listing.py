"""The list itself: facts in, rows out, the heaviest first."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from accounts.models import User
from crm.desk.quiet import reasons
from crm.desk.quiet.collecting import Collected, Subject, collect
from crm.desk.quiet.naming import names_of
from crm.desk.quiet.reasons import Reason
from crm.desk.quiet.rows import QuietReason, QuietRow
from crm.desk.quiet.sentences import sentence_of
from crm.rules.norms import Norms
from crm.rules.reading import norms_on


def quiet_list(*, user: User, today: date, now: datetime) -> list[QuietRow]:
    """Every subject that needs this person (or the team), the heaviest first, of equals the older."""
    return quiet_page(user=user, today=today, now=now)[0]


def quiet_page(
    *, user: User, today: date, now: datetime, start: int = 0, size: int | None = None
) -> tuple[list[QuietRow], int]:
    """A part of the list, and how many rows the whole has; only the rows of the part are named."""
    found = collect(user, today, now)
    ranked = ranked_subjects(found, today, norms_on(today, now))
    part = ranked[start:] if size is None else ranked[start : start + size]
    names = names_of([subject for subject, _why in part], user)
    rows = []
    for (kind, pk), why in part:
        name = names[(kind, pk)]
        first, *others = (_said(reason) for reason in why)
        is_own = first.task is not None or (kind, pk) in found.owned
        rows.append(
            QuietRow(
                kind=kind,
                pk=pk,
                title=name.title,
                reference=name.reference,
                owner=user if is_own else None,
                reason=first,
                others=tuple(others),
                is_readable=name.is_readable,
                version=name.version,
                organisation=name.organisation,
            )
        )
    return rows, len(ranked)


def ranked_subjects(found: Collected, today: date, norms: Norms) -> list[tuple[Subject, list[Reason]]]:
    """The subjects with a reason, each with its reasons in order. A snooze silences all of them but promises."""
    why: dict[Subject, list[Reason]] = defaultdict(list)
    for subject, promises in found.promises.items():
        why[subject] += [reasons.promise_reason(promise, today, norms) for promise in promises]
    judged: tuple[tuple[Mapping[Subject, Any], Callable[[Any, date, Norms], Iterable[Reason]]], ...] = (
        (found.leads, reasons.lead_reasons),
        (found.needs, reasons.need_reasons),
        (found.vacancies, reasons.vacancy_reasons),
        (found.tenancies, reasons.tenancy_reasons),
        (found.events, reasons.event_reasons),
    )
    for facts, judge in judged:
        for subject, known in facts.items():
            if subject not in found.snoozed:
                why[subject] += judge(known, today, norms)
    ranked = [
        (subject, reasons.in_order(found_reasons)) for subject, found_reasons in why.items() if found_reasons
    ]
    return sorted(ranked, key=lambda row: (-row[1][0].weight, row[1][0].since, row[0]))


def _said(reason: Reason) -> QuietReason:
    return QuietReason(
        code=reason.code.value,
        sentence=sentence_of(reason),
        weight=reason.weight,
        since=reason.since,
        task=reason.task,
        task_version=reason.version,
    )
