"""Verbs that move a vacancy's status: staff publish, ask and refuse; the office confirms and withdraws."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from crm.estate.models import Vacancy
from crm.estate.vacancy_writing import Hand, checked_note, locked, move, store


@transaction.atomic
def publish_vacancy(*, vacancy: Vacancy, by: User, at: datetime) -> Vacancy:
    """Staff put the listing before those who look for space."""
    return _moved(vacancy, "publish", Hand(by, at))


@transaction.atomic
def ask_broker(*, vacancy: Vacancy, question: str, by: User, at: datetime) -> Vacancy:
    """Staff want to know something first; the office sees the question as the status' note."""
    return _moved(vacancy, "ask", Hand(by, at), checked_note(question, "question", is_required=True))


@transaction.atomic
def refuse_vacancy(*, vacancy: Vacancy, reason: str, by: User, at: datetime) -> Vacancy:
    """Staff refuse the listing and say why."""
    return _moved(vacancy, "refuse", Hand(by, at), checked_note(reason, "reason", is_required=True))


@transaction.atomic
def unpublish_vacancy(*, vacancy: Vacancy, by: User, at: datetime) -> Vacancy:
    """The listing leaves the publication, because nobody confirmed it or because staff say so."""
    return _moved(vacancy, "unpublish", Hand(by, at))


@transaction.atomic
def confirm_vacancy(*, vacancy: Vacancy, by: User, at: datetime, actor: str = "") -> Vacancy:
    """The office says that it is still available today."""
    vacancy, hand = locked(vacancy), Hand(by, at, actor)
    move(vacancy, "confirm", hand)
    before = vacancy.confirmed_at.isoformat() if vacancy.confirmed_at else None
    vacancy.confirmed_at, vacancy.confirmed_by = at, by
    store(vacancy, {"confirmed_at": (before, at.isoformat())}, hand)
    return vacancy


@transaction.atomic
def withdraw_vacancy(
    *,
    vacancy: Vacancy,
    reason: str,
    by: User,
    at: datetime,
    version: int | None = None,
    actor: str = "",
) -> Vacancy:
    """The office offers it no longer; the row and its history stay. Raises StaleError for an old version."""
    fresh, hand = locked(vacancy, version), Hand(by, at, actor)
    changes = move(fresh, "withdraw", hand, checked_note(reason, "reason", is_required=False))
    store(fresh, changes, hand)
    return fresh


@transaction.atomic
def let_vacancy(*, vacancy: Vacancy, on: date, by: User, at: datetime) -> Vacancy:
    """The space is let from that day on; the listing is closed for good."""
    fresh, hand = locked(vacancy), Hand(by, at)
    changes = move(fresh, "let", hand)
    store(fresh, changes | {"let_on": (None, on.isoformat())}, hand)
    return fresh


def _moved(vacancy: Vacancy, name: str, hand: Hand, note: str = "") -> Vacancy:
    fresh = locked(vacancy)
    store(fresh, move(fresh, name, hand, note), hand)
    return fresh
