"""Verbs on what a listing says: offering it, and changing it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.common.errors import Fault, RuleError, refuse
from crm.contacts.models import BrokerAccess, Organisation
from crm.estate.choices import VacancyStatus
from crm.estate.models import Vacancy, VacancyPart
from crm.estate.vacancy_facts import (
    ADDRESS_FACTS,
    LIVE_FACTS,
    PLACE_FACTS,
    address_of,
    make_parts,
    place,
    state_facts,
)
from crm.estate.vacancy_log import differences, snapshot
from crm.estate.vacancy_rules import Draft, faults_of
from crm.estate.vacancy_writing import Changes, Hand, locked, log, move, store

Facts = Mapping[str, Any]
STATED_PLACE = frozenset({*PLACE_FACTS, "area_code"})


@transaction.atomic
def offer_vacancy(
    *,
    office: Organisation | None,
    facts: Facts,
    by: User,
    at: datetime,
    parts: Sequence[Facts] = (),
    actor: str = "",
    unread: Sequence[Fault] = (),
) -> Vacancy:
    """Store a new listing as `submitted`; offering it also says that it is available today.

    `facts` are named as the model's fields (or `area_code`); `parts` are those of a mixed space. `unread` are faults
    that the door found while reading: the rules are checked on the rest, and a RuleError names all of them at once.
    """
    vacancy = Vacancy(
        office=office,
        status=VacancyStatus.SUBMITTED,
        submitted_at=at,
        confirmed_at=at,
        confirmed_by=by,
        created_at=at,
        created_by=by,
        changed_at=at,
        changed_by=by,
    )
    rows = make_parts(parts)
    faults = _write(vacancy, facts, rows, unread)
    if not any(fault.field == "reference" for fault in faults):
        faults += _taken_reference(vacancy)
    refuse(faults)
    _insert(vacancy)
    _store_parts(vacancy, rows)
    log(vacancy, {"status": (None, vacancy.status)}, Hand(by, at, actor))
    return vacancy


@transaction.atomic
def change_vacancy(
    *,
    vacancy: Vacancy,
    facts: Facts,
    by: User,
    at: datetime,
    version: int | None,
    parts: Sequence[Facts] | None = None,
    actor: str = "",
    unread: Sequence[Fault] = (),
) -> Vacancy:
    """Change what a listing says; equal content changes nothing. Raises StaleError where `version` no longer stands.

    Rent, area and dates of a published listing go live at once. When an office that is not trusted changes anything
    else, or when an office changes a listing in question, refused, unpublished or withdrawn, the listing goes back to
    `submitted`, so that staff see it first. What is let stays as it is. Staff's own changes leave the status alone.
    """
    fresh, hand = locked(vacancy, version), Hand(by, at, actor)
    old_parts = list(fresh.parts.all())
    before = snapshot(fresh, old_parts)
    rows = old_parts if parts is None else make_parts(parts)
    faults = _write(fresh, facts, rows, unread)
    if fresh.reference != before["reference"] and not any(fault.field == "reference" for fault in faults):
        faults += _taken_reference(fresh)
    refuse(faults)
    changes: Changes = differences(before, snapshot(fresh, rows))
    if not changes:
        return fresh
    access = BrokerAccess.objects.filter(user=by, office=fresh.office_id).first() if fresh.office_id else None
    if access is not None and _must_be_seen(fresh, set(changes), access):
        changes |= move(fresh, "resubmit", hand)
    try:
        with transaction.atomic():
            store(fresh, changes, hand)
    except IntegrityError as error:
        _raise_taken(fresh, error)
    if "parts" in changes:
        fresh.parts.all().delete()
        _store_parts(fresh, rows)
    return fresh


def _write(vacancy: Vacancy, facts: Facts, parts: list[VacancyPart], unread: Sequence[Fault]) -> list[Fault]:
    """Write the facts onto the row and return every fault, those of reading first."""
    address = address_of(vacancy)
    faults = [*unread, *state_facts(vacancy, facts)]
    broken = {fault.field for fault in faults}
    has_moved = address != address_of(vacancy)
    if (has_moved or STATED_PLACE & set(facts)) and not {*ADDRESS_FACTS, *STATED_PLACE} & broken:
        faults += place(vacancy, set(facts), has_moved=has_moved)
    return faults + faults_of(Draft(vacancy, parts), broken)


def _must_be_seen(vacancy: Vacancy, changed: set[str], access: BrokerAccess) -> bool:
    """Whether staff look at an office's change before it (again) stands in the publication."""
    if vacancy.status == VacancyStatus.SUBMITTED:
        return False
    if vacancy.status == VacancyStatus.PUBLISHED:
        return not (access.is_trusted or changed <= LIVE_FACTS)
    return True


def _taken_reference(vacancy: Vacancy) -> list[Fault]:
    taken = Vacancy.objects.filter(office=vacancy.office_id, reference=vacancy.reference)
    if not taken.exclude(pk=vacancy.pk).exists():
        return []
    return [
        Fault(
            "reference_taken",
            _(
                "This office already has a listing with this reference: change that one, or use another reference."
            ),
            "reference",
        )
    ]


def _insert(vacancy: Vacancy) -> None:
    try:
        with transaction.atomic():
            vacancy.save(force_insert=True)
    except IntegrityError as error:
        _raise_taken(vacancy, error)


def _raise_taken(vacancy: Vacancy, error: IntegrityError) -> None:
    """Somebody took the reference in the same moment; any other broken constraint is a defect and goes on up."""
    faults = _taken_reference(vacancy)
    if not faults:
        raise error
    raise RuleError(faults) from error


def _store_parts(vacancy: Vacancy, parts: Sequence[VacancyPart]) -> None:
    if not parts:
        return
    for part in parts:
        part.pk, part.vacancy = None, vacancy
    VacancyPart.objects.bulk_create(parts)
