"""Spreadsheets of people and where they work."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.contacts.checks import person_faults
from crm.contacts.models import Affiliation, Organisation, Person
from crm.contacts.services import change_person, record_affiliation, record_person
from crm.desk.sheets.kinds.base import OWN, OWN_REFERENCE, Field, Made, Planned, SheetKind, of
from crm.desk.sheets.lookups import ORGANISATION, RECORD_NUMBER
from crm.desk.sheets.models import SheetKindCode
from crm.desk.sheets.values import EMAIL, TEXT, choice_of, listed, plain_text

PLACES = ("organisations", "positions")
TEXTS = ("full_name", "email", "note")
AFFILIATION = "contacts.affiliation.person"


class People(SheetKind):
    code = SheetKindCode.PEOPLE
    model = Person
    name_fields = ("full_name", "email")
    fields = (
        Field("id", gettext_lazy("number"), RECORD_NUMBER, ("id", "nummer", "record"), is_key=True),
        OWN,
        of(
            Person, "full_name", TEXT,
            "volledige naam", "contact", "contactpersoon", "persoon", "full name", "contact name", "naam contactpersoon",
            is_needed=True,
        ),
        of(Person, "email", EMAIL, "e mail", "email", "mail", "emailadres", "e mailadres", "e mail address"),
        of(Person, "phone", TEXT, "telefoon", "tel", "mobiel", "telefoonnummer", "phone number", "mobile", "gsm"),
        of(Person, "language", choice_of(settings.LANGUAGES), "taal"),
        Field(
            "organisations", gettext_lazy("works at"), listed(ORGANISATION),
            ("organisatie", "organisation", "bedrijf", "bedrijfsnaam", "company", "werkgever", "werkt bij"),
        ),
        Field("positions", pgettext_lazy("job", "position"), listed(TEXT), ("functie", "rol", "job title", "title", "functietitel")),
        of(Person, "note", TEXT, "opmerking", "opmerkingen", "notitie", "notes", "remarks", "toelichting"),
    )  # fmt: skip

    def current(self, pks: Sequence[int]) -> dict[int, dict[str, Any]]:
        places = defaultdict(list)
        present = Affiliation.objects.filter(person__in=pks, valid_until__isnull=True).order_by("pk")
        for pk, organisation, position in present.values_list("person", "organisation", "position"):
            places[pk].append((organisation, plain_text(position)))
        return {
            row.pk: {
                **{name: plain_text(getattr(row, name)) for name in TEXTS},
                "id": row.pk,
                OWN_REFERENCE: self.reference_of.get(row.pk, ""),
                "phone": str(row.phone or ""),
                "language": row.language,
                "organisations": tuple(organisation for organisation, _position in places[row.pk]),
                "positions": tuple(position or None for _organisation, position in places[row.pk]),
            }
            for row in Person.objects.filter(pk__in=pks)
        }

    def find(self, row: Planned) -> int | None:
        if pk := row.values.get("id"):
            return self.must_exist(pk, self.lookups.people, f"#{pk}")
        found = self.find_own(row)
        if found in self.lookups.people:
            return found
        alike = self.lookups.people_by_email.get(row.values.get("email", "").lower(), [])
        if len(alike) > 1:
            message = _("There are %(count)d people with this e-mail address: add a column with the number.")
            row.add("email", message % {"count": len(alike)})
        return alike[0] if alike else None

    def new_keys(self, row: Planned) -> list[tuple[str, str]]:
        return [(name, row.values[name].lower()) for name in (OWN_REFERENCE, "email") if row.values.get(name)]

    def check(self, rows: Sequence[Planned]) -> None:
        stored = Person.objects.in_bulk([row.pk for row in rows if row.pk])
        for row in rows:
            person = stored[row.pk] if row.pk else Person()
            for name in (*TEXTS, "phone", "language"):
                if name in row.changes:
                    setattr(person, name, row.changes[name])
            if person.erased_at is None:
                row.blame(person_faults(person))
            elif row.changes:
                row.add("full_name", _("This person was erased: what is written here would bring them back."))
            self._check_places(row)
            self.check_reference(row)

    def _check_places(self, row: Planned) -> None:
        """New places are added; an import ends none, and gives nobody who works somewhere another position there."""
        organisations, positions = (row.planned.get(name) or () for name in PLACES)
        if len(positions) > len(organisations):
            row.add("positions", _("A position goes with an organisation: say where this person works."))
        for position in positions:
            if position and len(position) > 120:
                row.add(
                    "positions",
                    _("At most %(longest)d characters; this has %(length)d.")
                    % {"longest": 120, "length": len(position)},
                )
        if None in organisations or len(set(organisations)) < len(organisations):
            row.add("organisations", _("Write each organisation once, separated by semicolons."))
        before = dict(zip(*(row.current.get(name) or () for name in PLACES), strict=False))
        after = dict(zip(organisations, [*positions, *[None] * len(organisations)], strict=False))
        if set(before) - set(after) and "organisations" in row.changes:
            row.remarks.append(_("Where this person works already stays: an import ends no affiliation."))
        stays = [place for place in before if place in after and "positions" in row.changes]
        if any(after[place] != before[place] for place in stays):
            row.add(
                "positions", _("An import gives nobody another position: change it on the person's page.")
            )

    def _work(self, pk: int, values: dict[str, Any], planned: dict[str, Any]) -> list[int]:
        """Record the places that are new."""
        if not set(PLACES) & values.keys():
            return []
        person = Person.objects.get(pk=pk)
        present = set(
            person.affiliations.filter(valid_until__isnull=True).values_list("organisation", flat=True)
        )
        organisations, positions = (planned.get(name) or () for name in PLACES)
        made = []
        for number, place in enumerate(organisations):
            if place not in present:
                position = (positions[number] if number < len(positions) else None) or ""
                row = record_affiliation(
                    person=person,
                    organisation=Organisation.objects.get(pk=place),
                    position=position,
                    by=self.by,
                    at=self.at,
                )
                made.append(row.pk)
        return made

    def _facts(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: values[name] for name in (*TEXTS, "phone", "language") if name in values}

    def create(self, values: dict[str, Any]) -> Made:
        person = record_person(by=self.by, at=self.at, **self._facts(values))
        self.keep_reference(person.pk, values.get(OWN_REFERENCE, ""))
        return Made(person.pk, person.version, {AFFILIATION: self._work(person.pk, values, values)})

    def change(self, pk: int, changes: dict[str, Any], planned: dict[str, Any]) -> Made:
        person = change_person(
            person=Person.objects.get(pk=pk), by=self.by, at=self.at, **self._facts(changes)
        )
        if OWN_REFERENCE in changes:
            self.keep_reference(pk, changes[OWN_REFERENCE])
        return Made(pk, person.version, {AFFILIATION: self._work(pk, changes, planned)})

    def take_back_change(self, line: Any, before: dict[str, Any]) -> None:
        change_person(
            person=Person.objects.get(pk=line.record), by=self.by, at=self.at, **self._facts(before)
        )
        Affiliation.objects.filter(pk__in=line.beside.get(AFFILIATION, ())).delete()
        if OWN_REFERENCE in before:
            self.keep_reference(line.record, before[OWN_REFERENCE])
