"""What a cell may point at: companies, people, leads, colleagues, places. Each list is read once, in one query."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import DESK_ROLES
from crm.acquisition.models import Lead
from crm.common.names import folded, normalised_name
from crm.contacts.models import ApplicationArea, KvkNumber, Organisation, Person, Technology
from crm.desk.sheets.opening import Cell
from crm.desk.sheets.values import Kind, Reading, Unreadable, text_in
from crm.estate.models import Area, Building, Unit

NUMBER = re.compile(r"#?0*([1-9]\d{0,17})", re.ASCII)
MARKED_NUMBER = re.compile(r"#0*([1-9]\d{0,17})", re.ASCII)
LEAD = re.compile(r"(?:l-?|#)?0*([1-9]\d{0,17})(?:\s.*)?", re.ASCII | re.IGNORECASE | re.DOTALL)
NEED = re.compile(r"(?:h-?|#)?0*([1-9]\d{0,17})", re.ASCII | re.IGNORECASE)
KVK = re.compile(r"\d{8}", re.ASCII)


class Lookups:
    """The lists of one import, for one reader."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def organisations(self) -> dict[int, str]:
        return dict(Organisation.objects.standing().order_by("pk").values_list("pk", "name"))

    @cached_property
    def organisations_by_name(self) -> dict[str, list[int]]:
        return _by(normalised_name, self.organisations.items())

    @cached_property
    def kvk_holders(self) -> dict[str, int]:
        present = KvkNumber.objects.filter(valid_until__isnull=True, organisation__merged_into__isnull=True)
        return dict(present.order_by("pk").values_list("number", "organisation_id"))

    @cached_property
    def merged(self) -> set[int]:
        return set(Organisation.objects.filter(merged_into__isnull=False).values_list("pk", flat=True))

    @cached_property
    def people(self) -> dict[int, tuple[str, str]]:
        rows = Person.objects.standing().order_by("pk").values_list("pk", "full_name", "email")
        return {pk: (name, email) for pk, name, email in rows}

    @cached_property
    def people_by_name(self) -> dict[str, list[int]]:
        return _by(folded, ((pk, name) for pk, (name, _email) in self.people.items()))

    @cached_property
    def people_by_email(self) -> dict[str, list[int]]:
        return _by(str.lower, ((pk, email) for pk, (_name, email) in self.people.items() if email))

    @cached_property
    def leads(self) -> dict[int, str | None]:
        return dict(Lead.objects.order_by("pk").values_list("pk", "code_name"))

    @cached_property
    def colleagues(self) -> dict[int, tuple[str, str]]:
        rows = User.objects.filter(role__in=DESK_ROLES).order_by("pk")
        return {pk: (name, email) for pk, name, email in rows.values_list("pk", "full_name", "email")}

    @cached_property
    def active_colleagues(self) -> set[int]:
        return set(User.objects.filter(is_active=True, role__in=DESK_ROLES).values_list("pk", flat=True))

    @cached_property
    def buildings(self) -> dict[int, str]:
        return dict(Building.objects.order_by("pk").values_list("pk", "name"))

    @cached_property
    def units(self) -> dict[int, str]:
        rows = Unit.objects.order_by("pk").values_list("pk", "building__name", "name")
        return {pk: f"{building}, {name}" for pk, building, name in rows}

    @cached_property
    def application_areas(self) -> list[ApplicationArea]:
        return list(ApplicationArea.objects.all())

    @cached_property
    def technologies(self) -> list[Technology]:
        return list(Technology.objects.all())

    @cached_property
    def areas(self) -> list[Area]:
        return list(Area.objects.all())


def _by(fold: Callable[[str], str], rows: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for pk, text in rows:
        if text:
            found[fold(text)].append(pk)
    return dict(found)


def _one(found: list[int], text: str, hint: str) -> int:
    if len(found) == 1:
        return found[0]
    if not found:
        raise Unreadable(_("“%(text)s” is not known here.") % {"text": text})
    message = ngettext(
        "There is %(count)d called “%(text)s”: %(hint)s.",
        "There are %(count)d called “%(text)s”: %(hint)s.",
        len(found),
    )
    raise Unreadable(message % {"count": len(found), "text": text, "hint": hint})


def _kind(
    find: Callable[[str, Lookups], int], show: Callable[[int, Lookups], str], *, export: Any = None
) -> Kind:
    """A key to another record. What the cell says of the record that stands there already means that record."""

    def read(cell: Cell, reading: Reading) -> int:
        text = text_in(cell)
        if reading.current is not None and text == show(reading.current, reading.lookups).strip():
            return int(reading.current)
        return find(text, reading.lookups)

    def shown(value: Any, lookups: Lookups) -> str:
        return "" if value is None else show(value, lookups)

    return Kind(read, shown, export or (lambda value, lookups: shown(value, lookups) or None))


def _find_organisation(text: str, lookups: Lookups) -> int:
    if match := MARKED_NUMBER.fullmatch(text):
        pk = int(match[1])
        if pk in lookups.organisations:
            return pk
        raise Unreadable(_("There is no organisation with number %(number)s.") % {"number": match[0]})
    if KVK.fullmatch(text):
        if text in lookups.kvk_holders:
            return lookups.kvk_holders[text]
        raise Unreadable(_("No organisation has the KvK number %(number)s.") % {"number": text})
    found = lookups.organisations_by_name.get(normalised_name(text), [])
    exact = [pk for pk in found if lookups.organisations[pk].strip() == text]
    hint = _("write its KvK number, or # and its number")
    return _one(exact if len(exact) == 1 else found, text, hint)


def _find_person(text: str, lookups: Lookups) -> int:
    if match := MARKED_NUMBER.fullmatch(text):
        if int(match[1]) in lookups.people:
            return int(match[1])
        raise Unreadable(_("There is no person with number %(number)s.") % {"number": match[0]})
    found = lookups.people_by_email.get(text.lower()) or lookups.people_by_name.get(folded(text), [])
    return _one(found, text, _("write the e-mail address, or # and the number"))


def _find_colleague(text: str, lookups: Lookups) -> int:
    wanted = folded(text)
    active = [pk for pk in lookups.colleagues if pk in lookups.active_colleagues]
    found = [pk for pk in active if lookups.colleagues[pk][1].lower() == text.lower()]
    found = found or [pk for pk in active if folded(lookups.colleagues[pk][0]) == wanted]
    return _one(found, text, _("write the e-mail address"))


def _find_lead(text: str, lookups: Lookups) -> int:
    match = LEAD.fullmatch(text)
    if match and int(match[1]) in lookups.leads:
        return int(match[1])
    raise Unreadable(_("There is no lead %(text)s. Write its reference, as in L-0012.") % {"text": text})


def _find_building(text: str, lookups: Lookups) -> int:
    wanted = folded(text)
    return _one(
        [pk for pk, name in lookups.buildings.items() if folded(name) == wanted], text, _("mend it by hand")
    )


def _find_unit(text: str, lookups: Lookups) -> int:
    wanted = folded(text)
    return _one(
        [pk for pk, name in lookups.units.items() if folded(name) == wanted], text, _("mend it by hand")
    )


ORGANISATION = _kind(_find_organisation, lambda pk, lookups: lookups.organisations.get(pk, f"#{pk}"))
PERSON = _kind(_find_person, lambda pk, lookups: lookups.people.get(pk, (f"#{pk}", ""))[0])
COLLEAGUE = _kind(_find_colleague, lambda pk, lookups: lookups.colleagues.get(pk, (f"#{pk}", ""))[0])
LEAD_KEY = _kind(_find_lead, lambda pk, _lookups: f"L-{pk:04d}")
BUILDING = _kind(_find_building, lambda pk, lookups: lookups.buildings.get(pk, f"#{pk}"))
UNIT = _kind(_find_unit, lambda pk, lookups: lookups.units.get(pk, f"#{pk}"))


def value_list(name: str) -> Kind:
    """A value of one of the park's lists, by its code or its name in either language; `name` is the list's lookup."""

    def find(text: str, lookups: Lookups) -> int:
        wanted = folded(text)
        rows = getattr(lookups, name)
        for row in rows:
            if wanted in (folded(row.code), folded(row.name_nl), folded(row.name_en)):
                return int(row.pk)
        known = ", ".join(str(row) for row in rows)
        raise Unreadable(
            _("“%(text)s” is not known. Choose one of: %(known)s.") % {"text": text, "known": known}
        )

    def show(pk: int, lookups: Lookups) -> str:
        return next((str(row) for row in getattr(lookups, name) if row.pk == pk), "")

    return _kind(find, show)


def number_key(pattern: re.Pattern[str], example: str) -> Kind:
    """The record's own number, as an export writes it."""

    def read(cell: Cell, _reading: Reading) -> int:
        text = text_in(cell)
        match = pattern.fullmatch(text)
        if match is None:
            message = _("“%(text)s” is no number of a record. Write it as an export does: %(example)s.")
            raise Unreadable(message % {"text": text, "example": example})
        return int(match[1])

    return Kind(read, lambda value, _lookups: f"#{value}" if value else "", lambda value, _lookups: value)


def reference_key(pattern: re.Pattern[str], letter: str) -> Kind:
    """A reference such as L-0012."""
    plain = number_key(pattern, f"{letter}-0012")

    def show(value: Any, _lookups: Any) -> str:
        return f"{letter}-{value:04d}" if value else ""

    return Kind(plain.read, show, lambda value, lookups: show(value, lookups) or None)


RECORD_NUMBER = number_key(NUMBER, "#12")
LEAD_REFERENCE = reference_key(LEAD, "L")
NEED_REFERENCE = reference_key(NEED, "H")
