"""Spreadsheets of housing needs: what is asked, by whom, and the kinds of space in it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from crm.acquisition.models import Lead
from crm.contacts.models import Organisation, Person
from crm.desk.sheets.kinds.base import OWN, OWN_REFERENCE, Field, Made, Planned, SheetKind, of
from crm.desk.sheets.lookups import COLLEAGUE, LEAD_KEY, NEED_REFERENCE, ORGANISATION, PERSON
from crm.desk.sheets.models import SheetKindCode
from crm.desk.sheets.values import DAY, TEXT, WHOLE, choice_of, decimal_of, listed, plain_text
from crm.estate.choices import SpaceType
from crm.matching.models import HousingNeed, NeedPart, NeedSource
from crm.matching.need_rules import need_faults, part_faults
from crm.matching.services import change_need, record_need

AREA, EURO, FTE = decimal_of(2), decimal_of(2), decimal_of(1)
KEYS: dict[str, Any] = {"organisation": Organisation, "lead": Lead, "contact": Person, "owner": User}
NUMBERS = (
    "term_months", "rent_per_m2_year", "total_per_month", "fte_now", "fte_in_12_months", "fte_in_24_months",
    "fte_in_36_months",
)  # fmt: skip
PLAIN = ("title", "from_on", "latest_on", "source", *NUMBERS)
PARTS = ("space_types", "areas_from_m2", "areas_to_m2")
PART_FIELDS = dict(zip(("space_type", "area_from_m2", "area_to_m2"), PARTS, strict=True))


class Needs(SheetKind):
    code = SheetKindCode.NEEDS
    model = HousingNeed
    name_fields = ("title",)
    own_rows = frozenset({"matching.needpart.need", "matching.needcriterion.need"})
    fields = (
        Field("reference", gettext_lazy("reference"), NEED_REFERENCE, ("id", "nummer", "vraagnummer"), is_key=True),
        OWN,
        of(HousingNeed, "title", TEXT, "omschrijving", "vraag", "naam", "name", "onderwerp", is_needed=True),
        of(HousingNeed, "organisation", ORGANISATION, "bedrijf", "bedrijfsnaam", "company", "kvk", "kvk nummer", "kvk number"),
        of(HousingNeed, "lead", LEAD_KEY),
        Field("space_types", gettext_lazy("space type"), listed(choice_of(SpaceType.choices)), ("soort ruimte", "ruimte", "type", "soort")),
        Field("areas_from_m2", gettext_lazy("from m²"), listed(AREA), ("m2 van", "van m2", "vanaf m2", "oppervlakte van", "m2")),
        Field("areas_to_m2", gettext_lazy("to m²"), listed(AREA), ("m2 tot", "tot m2", "oppervlakte tot", "tot en met m2")),
        of(HousingNeed, "from_on", DAY, "ingang", "ingangsdatum", "per", "start"),
        of(HousingNeed, "latest_on", DAY, "uiterlijk", "deadline"),
        of(HousingNeed, "term_months", WHOLE, "termijn", "looptijd", "maanden"),
        of(HousingNeed, "rent_per_m2_year", EURO, "huur", "huur per m2", "max huur", "budget per m2"),
        of(HousingNeed, "total_per_month", EURO, "budget", "per maand", "max per maand", "budget per maand"),
        of(HousingNeed, "fte_now", FTE, "fte"),
        of(HousingNeed, "fte_in_12_months", FTE),
        of(HousingNeed, "fte_in_24_months", FTE),
        of(HousingNeed, "fte_in_36_months", FTE),
        of(HousingNeed, "contact", PERSON, "contactpersoon", "person"),
        of(HousingNeed, "source", choice_of(NeedSource.choices), "bron", "via"),
        of(HousingNeed, "owner", COLLEAGUE, "eigenaar", "behandelaar", "accountmanager"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readable = Lead.objects.with_readable_name(self.by).filter(is_name_readable=True)
        self.readable = set(readable.values_list("pk", flat=True))
        self.known: dict[int, int | None] = dict(HousingNeed.objects.order_by("pk").values_list("pk", "lead"))

    def _is_readable(self, pk: int) -> bool:
        lead = self.known.get(pk)
        return lead is None or lead in self.readable

    def current(self, pks: Sequence[int]) -> dict[int, dict[str, Any]]:
        parts = defaultdict(list)
        for part in NeedPart.objects.filter(need__in=pks).order_by("pk"):
            parts[part.need_id].append(part)
        return {
            need.pk: {
                **{name: getattr(need, name) for name in PLAIN},
                **{name: getattr(need, f"{name}_id") for name in KEYS},
                **{
                    name: tuple(getattr(part, column) for part in parts[need.pk])
                    for column, name in PART_FIELDS.items()
                },
                "title": plain_text(need.title),
                "reference": need.pk,
                OWN_REFERENCE: self.reference_of.get(need.pk, ""),
            }
            for need in HousingNeed.objects.filter(pk__in=pks)
        }

    def find(self, row: Planned) -> int | None:
        found = row.values.get("reference") or self.find_own(row)
        if found is None:
            return None
        # A need of a lead that is not this person's to read is not there for them, as in the list.
        readable = found in self.known and self._is_readable(found)
        if not readable and not row.values.get("reference"):
            return None
        return self.must_exist(found, {found} if readable else (), f"H-{found:04d}")

    def new_keys(self, row: Planned) -> list[tuple[str, str]]:
        return [(OWN_REFERENCE, row.values[OWN_REFERENCE])] if row.values.get(OWN_REFERENCE) else []

    def check(self, rows: Sequence[Planned]) -> None:
        stored = HousingNeed.objects.in_bulk([row.pk for row in rows if row.pk])
        for row in rows:
            need = stored[row.pk] if row.pk else HousingNeed()
            need.organisation = need.lead = None
            for name in PLAIN:
                if name in row.changes:
                    setattr(need, name, row.changes[name])
            # Stand-ins: the rules ask only whether there is one.
            need.organisation = Organisation(pk=row.planned.get("organisation"))
            need.lead = Lead(pk=row.planned.get("lead"))
            for name in ("organisation", "lead"):
                if row.planned.get(name) is None:
                    setattr(need, name, None)
            row.blame(need_faults(need))
            self._check_parts(row)
            self.check_reference(row)

    def _check_parts(self, row: Planned) -> None:
        if not set(PARTS) & row.changes.keys():
            return
        if row.pk:
            for name in set(PARTS) & row.changes.keys():
                row.add(name, _("The kinds of space are told when a need is recorded, and stay as they are."))
            return
        names = {f"parts[{n}].{column}": name for n in range(20) for column, name in PART_FIELDS.items()}
        lengths = [len(row.changes.get(name) or ()) for name in PARTS]
        if max(lengths[1:]) > lengths[0]:
            row.add("space_types", _("Say of which kind of space these m² are."))
        parts = self._parts(row.changes)
        row.blame(part_faults([NeedPart(**part) for part in parts]), names)

    @staticmethod
    def _parts(values: dict[str, Any]) -> list[dict[str, Any]]:
        columns = [list(values.get(name) or ()) for name in PARTS]
        count = len(columns[0])
        padded: list[list[Any]] = [[*column, *[None] * count][:count] for column in columns]
        return [dict(zip(PART_FIELDS, part, strict=True)) for part in zip(*padded, strict=True)]

    def _facts(self, values: dict[str, Any]) -> dict[str, Any]:
        facts = {name: values[name] for name in PLAIN if name in values}
        for name, model in KEYS.items():
            if name in values:
                facts[name] = model.objects.get(pk=values[name]) if values[name] else None
        return facts

    def create(self, values: dict[str, Any]) -> Made:
        facts = {"source": NeedSource.IMPORTED, **self._facts(values)}
        need = record_need(by=self.by, at=self.at, parts=self._parts(values), **facts)
        self.keep_reference(need.pk, values.get(OWN_REFERENCE, ""))
        return Made(need.pk, need.version)

    def change(self, pk: int, changes: dict[str, Any], planned: dict[str, Any]) -> Made:
        need = change_need(
            need=HousingNeed.objects.get(pk=pk), by=self.by, at=self.at, **self._facts(changes)
        )
        if OWN_REFERENCE in changes:
            self.keep_reference(pk, changes[OWN_REFERENCE])
        return Made(pk, need.version)

    def take_back_change(self, line: Any, before: dict[str, Any]) -> None:
        need = HousingNeed.objects.get(pk=line.record)
        change_need(need=need, by=self.by, at=self.at, **self._facts(before))
        if OWN_REFERENCE in before:
            self.keep_reference(line.record, before[OWN_REFERENCE])
