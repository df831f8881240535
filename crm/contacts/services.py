"""Verbs on organisations and people: who they are, their KvK numbers, who works where, who acts for which office."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from crm.common.errors import Fault, RuleError, StaleError, refuse
from crm.common.locks import lock_row, lock_rows
from crm.common.models import Recorded
from crm.common.moments import spoken_moment
from crm.common.months import amsterdam_day
from crm.common.validation import field_faults
from crm.contacts.checks import kind_faults, kvk_faults, organisation_faults, person_faults
from crm.contacts.choices import OrganisationRole
from crm.contacts.models import Affiliation, BrokerAccess, KvkNumber, Organisation, OrganisationKind, Person

ORGANISATION_FACTS = frozenset(
    {
        "name",
        "group",
        "founded_on",
        "size_class",
        "website",
        "email",
        "phone",
        "city",
        "country",
        "application_area",
        "keeper",
        "note",
    }
)
Row = TypeVar("Row", Organisation, Person)
PERSON_FACTS = frozenset({"full_name", "email", "phone", "language", "note"})


@transaction.atomic
def record_organisation(
    *,
    name: str,
    by: User,
    at: datetime,
    kinds: Sequence[str] = (OrganisationRole.COMPANY,),
    kvk: str | None = None,
    kvk_from: date | None = None,
    group: Organisation | None = None,
    founded_on: date | None = None,
    **facts: Any,
) -> Organisation:
    """Record an organisation with its kinds and its present KvK number.

    `facts` are other fields of the organisation, `technologies` among them. Raises `RuleError` with every fault.
    """
    technologies = facts.pop("technologies", None)
    facts |= {"name": name, "group": group, "founded_on": founded_on}
    _refuse_unknown(facts, ORGANISATION_FACTS)
    organisation = Organisation(created_by=by, created_at=at, changed_by=by, changed_at=at)
    _set(organisation, facts)
    number = (kvk or "").strip()
    refuse([*organisation_faults(organisation, at), *kind_faults(kinds), *kvk_faults(number, organisation)])
    organisation.save()
    _set_kinds(organisation, kinds)
    if number:
        _add_number(organisation, number, kvk_from)
    if technologies is not None:
        organisation.technologies.set(technologies)
    return organisation


@transaction.atomic
def change_organisation(
    *, organisation: Organisation, by: User, at: datetime, version: int | None = None, **facts: Any
) -> Organisation:
    """Change an organisation's facts; also `kinds`, `technologies` and `kvk`.

    Another `kvk` ends the present number on `kvk_from` (default: today in Amsterdam); empty ends it without a new one.
    Raises `StaleError` when somebody saved since `version` was read, `RuleError` with every fault at once.
    """
    kinds, technologies = facts.pop("kinds", None), facts.pop("technologies", None)
    changes_number = "kvk" in facts
    number = (facts.pop("kvk", None) or "").strip()
    kvk_from = facts.pop("kvk_from", None) or amsterdam_day(at)
    _refuse_unknown(facts, ORGANISATION_FACTS)
    fresh = _lock(organisation, version, at)
    _set(fresh, facts)
    faults = organisation_faults(fresh, at)
    if kinds is not None:
        faults += kind_faults(kinds)
    if changes_number:
        faults += kvk_faults(number, fresh)
    refuse(faults)
    _save_changed(fresh, by, at)
    if kinds is not None:
        _set_kinds(fresh, kinds)
    if technologies is not None:
        fresh.technologies.set(technologies)
    if changes_number:
        _change_number(fresh, number, kvk_from)
    return fresh


@transaction.atomic
def record_person(
    *,
    full_name: str,
    by: User,
    at: datetime,
    organisation: Organisation | None = None,
    position: str = "",
    **facts: Any,
) -> Person:
    """Record somebody we speak with and, where given, the organisation they work at."""
    facts["full_name"] = full_name
    _refuse_unknown(facts, PERSON_FACTS)
    person = Person(created_by=by, created_at=at, changed_by=by, changed_at=at)
    _set(person, facts)
    refuse(person_faults(person))
    person.save()
    if organisation is not None:
        record_affiliation(
            person=person, organisation=organisation, position=position, valid_from=None, by=by, at=at
        )
    return person


@transaction.atomic
def change_person(
    *, person: Person, by: User, at: datetime, version: int | None = None, **facts: Any
) -> Person:
    _refuse_unknown(facts, PERSON_FACTS)
    fresh = _lock(person, version, at)
    _set(fresh, facts)
    refuse(person_faults(fresh))
    _save_changed(fresh, by, at)
    return fresh


@transaction.atomic
def record_affiliation(
    *,
    person: Person,
    organisation: Organisation,
    by: User,
    at: datetime,
    position: str = "",
    valid_from: date | None = None,
) -> Affiliation:
    """Somebody works at an organisation from a day on; at one organisation once at a time."""
    person = lock_row(Person.objects.all(), person.pk)
    affiliation = Affiliation(
        person=person, organisation=organisation, position=position.strip(), valid_from=valid_from
    )
    faults = field_faults(affiliation)
    if person.affiliations.filter(organisation=organisation, valid_until__isnull=True).exists():
        faults.append(Fault("works_there_already", _("This person works there already."), "organisation"))
    refuse(faults)
    affiliation.save()
    return affiliation


@transaction.atomic
def end_affiliation(*, affiliation: Affiliation, on: date, by: User, at: datetime) -> Affiliation:
    """Somebody left the organisation on a day."""
    fresh = lock_row(Affiliation.objects.all(), affiliation.pk)
    if fresh.valid_from is not None and on <= fresh.valid_from:
        message = _("They came on %(day)s: they leave after that.")
        raise RuleError(
            Fault("ends_too_early", message % {"day": fresh.valid_from.isoformat()}, "valid_until")
        )
    fresh.valid_until = on
    fresh.save(update_fields=["valid_until"])
    return fresh


@transaction.atomic
def grant_broker_access(
    *, user: User, office: Organisation, by: User, at: datetime, is_trusted: bool = False
) -> BrokerAccess:
    """Let a broker's user act for an office; granted again for the same office it only sets the trust."""
    faults = []
    if user.role != Role.BROKER:
        faults.append(
            Fault("no_broker", _("Only a user with the role of broker acts for an office."), "user")
        )
    if not office.kinds.filter(kind=OrganisationRole.BROKER).exists():
        faults.append(Fault("no_office", _("This organisation is no broker."), "office"))
    standing = lock_rows(BrokerAccess.objects.filter(user=user))
    access = standing[0] if standing else None
    if access and access.office_id != office.pk:
        message = _("This user already acts for %(office)s.") % {"office": access.office}
        faults.append(Fault("acts_elsewhere", message, "office"))
    refuse(faults)
    access = access or BrokerAccess(user=user, office=office)
    access.is_trusted = is_trusted
    access.save()
    return access


def _refuse_unknown(facts: dict[str, Any], known: frozenset[str]) -> None:
    unknown = facts.keys() - known
    if unknown:
        raise TypeError(f"there are no such facts: {', '.join(sorted(unknown))}")


def _set(row: Any, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)


def _lock(row: Row, version: int | None, at: datetime) -> Row:
    fresh = lock_row(type(row)._default_manager.all(), row.pk)
    if version is not None and version != fresh.version:
        values = {"who": fresh.changed_by, "when": spoken_moment(fresh.changed_at, amsterdam_day(at))}
        message = _("%(who)s changed this %(when)s. Nothing of yours was stored: look again.") % values
        raise StaleError(Fault("stale", message, "version"))
    if fresh.merged_into_id is not None:
        message = _("This was merged into %(kept)s: change that one.") % {"kept": fresh.merged_into}
        raise RuleError(Fault("merged_away", message))
    return fresh


def _save_changed(row: Recorded, by: User, at: datetime) -> None:
    row.changed_by, row.changed_at, row.version = by, at, row.version + 1
    row.save()


def _change_number(organisation: Organisation, number: str, from_day: date) -> None:
    present = organisation.kvk_numbers.filter(valid_until__isnull=True).first()
    if present is not None:
        if present.number == number:
            return
        if present.valid_from is not None and present.valid_from >= from_day:
            # The number never was theirs on a full day: a correction, not a succession.
            present.delete()
        else:
            present.valid_until = from_day
            present.save(update_fields=["valid_until"])
    if number:
        _add_number(organisation, number, from_day)


def _add_number(organisation: Organisation, number: str, from_day: date | None) -> None:
    try:
        with transaction.atomic():
            KvkNumber.objects.create(organisation=organisation, number=number, valid_from=from_day)
    except IntegrityError as error:
        # Somebody else recorded it between our look and our write.
        raise RuleError(kvk_faults(number, organisation)) from error


def _set_kinds(organisation: Organisation, kinds: Iterable[str]) -> None:
    wanted = set(kinds)
    present = {row.kind: row for row in organisation.kinds.all()} if organisation.version > 1 else {}
    for kind in present.keys() - wanted:
        present[kind].delete()
    OrganisationKind.objects.bulk_create(
        OrganisationKind(organisation=organisation, kind=kind) for kind in sorted(wanted - present.keys())
    )
