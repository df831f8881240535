"""Spreadsheets of organisations."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.common.names import folded, normalised_name
from crm.common.validation import field_faults
from crm.contacts.checks import kind_faults, organisation_faults
from crm.contacts.choices import OrganisationRole, SizeClass
from crm.contacts.models import KvkNumber, Organisation, OrganisationKind
from crm.contacts.services import change_organisation, record_organisation
from crm.desk.merging.rows import read, written
from crm.desk.sheets.kinds.base import OWN, OWN_REFERENCE, Field, Made, Planned, SheetKind, of
from crm.desk.sheets.lookups import ORGANISATION, RECORD_NUMBER, value_list
from crm.desk.sheets.models import SheetKindCode
from crm.desk.sheets.opening import Cell
from crm.desk.sheets.values import (
    DAY,
    EMAIL,
    KVK,
    TEXT,
    WEB,
    Kind,
    Reading,
    choice_of,
    plain_text,
    several,
    text_in,
)

COUNTRIES = {
    "nederland": "NL", "the netherlands": "NL", "netherlands": "NL", "holland": "NL", "duitsland": "DE", "germany": "DE",
    "deutschland": "DE", "belgie": "BE", "belgium": "BE", "frankrijk": "FR", "france": "FR", "verenigd koninkrijk": "GB",
    "united kingdom": "GB", "engeland": "GB", "uk": "GB", "verenigde staten": "US", "united states": "US", "usa": "US",
    "zwitserland": "CH", "switzerland": "CH", "oostenrijk": "AT", "austria": "AT", "denemarken": "DK", "denmark": "DK",
    "zweden": "SE", "sweden": "SE", "noorwegen": "NO", "norway": "NO", "finland": "FI", "spanje": "ES", "spain": "ES",
    "italie": "IT", "italy": "IT", "portugal": "PT", "ierland": "IE", "ireland": "IE", "polen": "PL", "poland": "PL",
    "china": "CN", "japan": "JP", "zuid-korea": "KR", "south korea": "KR", "india": "IN", "taiwan": "TW", "canada": "CA",
}  # fmt: skip


def _read_country(cell: Cell, _reading: Reading) -> str:
    text = text_in(cell)
    return COUNTRIES.get(folded(text), text.upper() if len(text) == 2 else text)


COUNTRY = Kind(_read_country, TEXT.show, TEXT.cell)
TEXTS = ("name", "website", "email", "city", "country", "note")


class Organisations(SheetKind):
    code = SheetKindCode.ORGANISATIONS
    model = Organisation
    can_match_names = True
    name_fields = ("name", "kvk")
    own_rows = frozenset(
        {
            "contacts.organisationkind.organisation",
            "contacts.kvknumber.organisation",
            "contacts.organisation_technologies.organisation",
        }
    )
    fields = (
        Field("id", gettext_lazy("number"), RECORD_NUMBER, ("id", "nummer", "record"), is_key=True),
        OWN,
        of(
            Organisation, "name", TEXT,
            "bedrijf", "bedrijfsnaam", "organisatie", "organisation", "company", "company name", "naam bedrijf",
            "handelsnaam", "statutaire naam", is_needed=True,
        ),
        Field("kvk", gettext_lazy("KvK number"), KVK, ("kvk", "kvknr", "kvk nr", "kvk nummer", "coc", "kamer van koophandel", "coc number")),
        Field("kinds", gettext_lazy("kind"), several(choice_of(OrganisationRole.choices)), ("soort", "soorten", "kinds", "type", "rol")),
        of(Organisation, "application_area", value_list("application_areas"), "sector", "branche", "gebied", "domein"),
        Field("technologies", gettext_lazy("technologies"), several(value_list("technologies")), ("technologie", "technology")),
        of(Organisation, "size_class", choice_of(SizeClass.choices), "omvang", "grootte", "grootteklasse", "size"),
        of(Organisation, "group", ORGANISATION, "moeder", "moederbedrijf", "parent", "concern"),
        of(Organisation, "founded_on", DAY, "opgericht", "oprichting", "oprichtingsdatum", "founded", "startdatum"),
        of(Organisation, "email", EMAIL, "e mail", "email", "mail", "emailadres", "e mailadres", "e mail address"),
        of(Organisation, "phone", TEXT, "telefoon", "tel", "telefoonnummer", "phone number", "tel nr"),
        of(Organisation, "website", WEB, "web", "url", "www", "site", "homepage"),
        of(Organisation, "city", TEXT, "plaats", "plaatsnaam", "woonplaats", "vestigingsplaats", "stad", "town"),
        of(Organisation, "country", COUNTRY, "land", "landcode"),
        of(Organisation, "note", TEXT, "opmerking", "opmerkingen", "notitie", "notes", "remarks", "toelichting"),
    )  # fmt: skip

    def current(self, pks: Sequence[int]) -> dict[int, dict[str, Any]]:
        kinds, technologies = defaultdict(list), defaultdict(list)
        for pk, kind in OrganisationKind.objects.filter(organisation__in=pks).values_list(
            "organisation", "kind"
        ):
            kinds[pk].append(kind)
        through = Organisation.technologies.through._base_manager.filter(organisation__in=pks)
        for pk, technology in through.values_list("organisation", "technology"):
            technologies[pk].append(technology)
        numbers = dict(
            KvkNumber.objects.filter(organisation__in=pks, valid_until__isnull=True)
            .order_by("pk")
            .values_list("organisation", "number")
        )
        return {
            row.pk: {
                **{name: plain_text(getattr(row, name)) for name in TEXTS},
                "id": row.pk,
                OWN_REFERENCE: self.reference_of.get(row.pk, ""),
                "kvk": numbers.get(row.pk, ""),
                "kinds": tuple(sorted(kinds[row.pk])),
                "technologies": tuple(sorted(technologies[row.pk], key=str)),
                "phone": str(row.phone or ""),
                "size_class": row.size_class,
                "application_area": row.application_area_id,
                "group": row.group_id,
                "founded_on": row.founded_on,
            }
            for row in Organisation.objects.filter(pk__in=pks)
        }

    def find(self, row: Planned) -> int | None:
        known = self.lookups.organisations
        if pk := row.values.get("id"):
            return self.must_exist(pk, known, f"#{pk}")
        found = self.find_own(row)
        if found in known:
            return found
        found = self.lookups.kvk_holders.get(row.values.get("kvk", ""))
        if found in known:
            return found
        if not row.values.get("name"):
            return None
        alike = self.lookups.organisations_by_name.get(normalised_name(row.values["name"]), [])
        if alike and self.options.matches_names:
            if len(alike) > 1:
                message = _(
                    "There are %(count)d organisations of this name: add a column with the KvK number or the number."
                )
                row.add("name", message % {"count": len(alike)})
            return alike[0]
        if alike:
            row.remarks.append(
                _("There is an organisation of this name already (#%(number)d).") % {"number": alike[0]}
            )
        return None

    def new_keys(self, row: Planned) -> list[tuple[str, str]]:
        return [(name, row.values[name]) for name in (OWN_REFERENCE, "kvk") if row.values.get(name)]

    def check(self, rows: Sequence[Planned]) -> None:
        stored = Organisation.objects.select_related("group").in_bulk([row.pk for row in rows if row.pk])
        groups = Organisation.objects.in_bulk(
            {row.changes["group"] for row in rows if row.changes.get("group")}
        )
        for row in rows:
            organisation = stored[row.pk] if row.pk else Organisation()
            for name in (*TEXTS, "phone", "size_class", "founded_on"):
                if name in row.changes:
                    setattr(organisation, name, row.changes[name])
            if "group" in row.changes:
                organisation.group = groups.get(row.changes["group"])
            row.blame(organisation_faults(organisation, self.at))
            row.blame(kind_faults(row.changes.get("kinds", ())))
            self._check_number(row)
            self.check_reference(row)

    def _check_number(self, row: Planned) -> None:
        number = row.changes.get("kvk")
        if not number:
            return
        row.blame(field_faults(KvkNumber(number=number)), {"number": "kvk"})
        holder = self.lookups.kvk_holders.get(number)
        if holder is not None and holder != row.pk:
            message = _("This KvK number is already that of %(holder)s.")
            row.add("kvk", message % {"holder": self.lookups.organisations.get(holder, f"#{holder}")})

    def _facts(self, values: dict[str, Any]) -> dict[str, Any]:
        facts = {name: value for name, value in values.items() if name not in ("id", OWN_REFERENCE)}
        if "group" in facts:
            facts["group"] = Organisation.objects.get(pk=facts["group"]) if facts["group"] else None
        if "application_area" in facts:
            areas = {area.pk: area for area in self.lookups.application_areas}
            facts["application_area"] = areas.get(facts["application_area"])
        if "technologies" in facts:
            facts["technologies"] = [
                row for row in self.lookups.technologies if row.pk in facts["technologies"]
            ]
        return facts

    def create(self, values: dict[str, Any]) -> Made:
        row = record_organisation(by=self.by, at=self.at, **self._facts(values))
        self.keep_reference(row.pk, values.get(OWN_REFERENCE, ""))
        return Made(row.pk, row.version)

    def change(self, pk: int, changes: dict[str, Any], planned: dict[str, Any]) -> Made:
        row = Organisation.objects.get(pk=pk)
        beside: dict[str, Any] = {}
        if "kvk" in changes:
            beside["kvk_rows"] = [written(number) for number in row.kvk_numbers.order_by("pk")]
        row = change_organisation(organisation=row, by=self.by, at=self.at, **self._facts(changes))
        if OWN_REFERENCE in changes:
            self.keep_reference(pk, changes[OWN_REFERENCE])
        return Made(pk, row.version, beside)

    def take_back_change(self, line: Any, before: dict[str, Any]) -> None:
        """Facts go back by the verb; numbers with their days are put back row by row, for a verb would end them today."""
        facts = self._facts({name: value for name, value in before.items() if name != "kvk"})
        row = Organisation.objects.get(pk=line.record)
        change_organisation(organisation=row, by=self.by, at=self.at, **facts)
        if "kvk" in before:
            KvkNumber.objects.filter(organisation=row).delete()
            KvkNumber.objects.bulk_create(
                KvkNumber(**read(KvkNumber, each)) for each in line.beside["kvk_rows"]
            )
        if OWN_REFERENCE in before:
            self.keep_reference(line.record, before[OWN_REFERENCE])
