"""Spreadsheets of space on offer. A row makes a listing as staff would; publishing stays an act of its own."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException

from crm.contacts.models import Organisation
from crm.desk.sheets.kinds.base import Field, Made, Planned, SheetKind, frozen, of, thawed
from crm.desk.sheets.lookups import BUILDING, ORGANISATION, RECORD_NUMBER, UNIT, value_list
from crm.desk.sheets.models import SheetKindCode
from crm.desk.sheets.opening import Cell
from crm.desk.sheets.values import (
    DAY,
    EMAIL,
    TEXT,
    WEB,
    WHOLE,
    YES_NO,
    Kind,
    Reading,
    choice_of,
    decimal_of,
    plain_text,
    text_in,
)
from crm.estate.models import Area, Building, Unit, Vacancy
from crm.estate.services import change_vacancy, offer_vacancy, withdraw_vacancy
from crm.estate.vacancy_facts import PLACE_FACTS, place, state_facts
from crm.estate.vacancy_rules import Draft, faults_of

NUMBER = decimal_of(2)
KEYS: dict[str, Any] = {"area": Area, "building": Building, "unit": Unit}
NOT_FACTS = frozenset({"id", "office"})
LONGEST_REFERENCE = 64


def _read_phone(cell: Cell, _reading: Reading) -> str:
    """International, as the room wants it; what cannot be read goes on as it is, and the room says so."""
    text = text_in(cell)
    try:
        number = PhoneNumber.from_string(text, region="NL")
    except NumberParseException:
        return text
    return str(number.as_e164) if number.is_valid() else text


PHONE = Kind(_read_phone, TEXT.show, TEXT.cell)


def _choices(name: str) -> Kind:
    field: Any = Vacancy._meta.get_field(name)
    return choice_of([choice for choice in field.flatchoices if choice[0]])


class Vacancies(SheetKind):
    code = SheetKindCode.VACANCIES
    model = Vacancy
    name_fields = ("title_nl", "title_en", "reference")
    own_rows = frozenset({"estate.vacancypart.vacancy", "estate.vacancychange.vacancy"})
    fields = (
        Field("id", gettext_lazy("number"), RECORD_NUMBER, ("id", "nummer", "record"), is_key=True),
        of(
            Vacancy, "reference", TEXT,
            "referentie",
            "eigen referentie", "own reference", "ref", "objectnummer", "kenmerk", "objectcode", is_needed=True,
        ),
        of(Vacancy, "office", ORGANISATION, "makelaar", "kantoor makelaar", "aanbieder", "office", only_new=True),
        of(Vacancy, "title_nl", TEXT, "titel", "title", "naam", "object"),
        of(Vacancy, "title_en", TEXT),
        of(Vacancy, "space_type", _choices("space_type"), "soort ruimte", "soort", "type", "bestemming", is_needed=True),
        of(Vacancy, "area_m2", NUMBER, "m2", "oppervlakte", "vloeroppervlak", "oppervlak", "metrage", is_needed=True),
        of(Vacancy, "area_kind", _choices("area_kind"), "meetwijze", "vvo bvo", "gemeten als", is_needed=True),
        of(Vacancy, "area_certified", YES_NO),
        of(Vacancy, "divisible_from_m2", NUMBER, "deelbaar vanaf", "vanaf m2"),
        of(Vacancy, "rent_per_m2_year", NUMBER, "huur", "huurprijs", "huur per m2", "huurprijs per m2", "prijs per m2"),
        of(Vacancy, "rent_on_request", YES_NO, "op aanvraag"),
        of(Vacancy, "rent_checked", YES_NO),
        of(Vacancy, "service_costs_per_m2_year", NUMBER, "servicekosten"),
        of(Vacancy, "vat_option", _choices("vat_option"), "btw"),
        of(Vacancy, "street", TEXT, "straat", "adres", "straatnaam", "address"),
        of(Vacancy, "house_number", WHOLE, "huisnummer", "nr", "nummer huis", "huisnr"),
        of(Vacancy, "house_number_addition", TEXT, "toevoeging"),
        of(Vacancy, "postcode", TEXT, "pc", "postal code", "zip"),
        of(Vacancy, "city", TEXT, "plaats", "woonplaats", "stad"),
        of(Vacancy, "bag_object_id", TEXT, "bag", "bag id", "verblijfsobject"),
        of(Vacancy, "area", value_list("areas"), "gebied", "deelgebied"),
        of(Vacancy, "building", BUILDING, "gebouw"),
        of(Vacancy, "unit", UNIT),
        of(Vacancy, "available_from", DAY, "beschikbaar", "beschikbaar vanaf", "per", "oplevering"),
        of(Vacancy, "available_until", DAY, "beschikbaar tot"),
        of(Vacancy, "temporary_until", DAY, "tijdelijk tot"),
        of(Vacancy, "minimum_term_months", WHOLE, "minimale huurtermijn", "huurtermijn"),
        of(Vacancy, "notice_months", WHOLE, "opzegtermijn"),
        of(Vacancy, "delivery_level", _choices("delivery_level"), "opleveringsniveau"),
        of(Vacancy, "energy_label", _choices("energy_label"), "energielabel", "label"),
        of(Vacancy, "energy_label_exemption", TEXT),
        of(Vacancy, "power_kva", NUMBER, "kva", "vermogen"),
        of(Vacancy, "contracted_power_kw", NUMBER),
        of(Vacancy, "floor_load_kn_m2", NUMBER, "vloerbelasting"),
        of(Vacancy, "clear_height_m", NUMBER, "vrije hoogte", "hoogte"),
        of(Vacancy, "fume_hoods", WHOLE, "zuurkasten"),
        of(Vacancy, "parking_places", WHOLE, "parkeerplaatsen", "parkeren"),
        of(Vacancy, "parking_price_per_year", NUMBER),
        of(Vacancy, "lab_level", _choices("lab_level"), "labniveau"),
        of(Vacancy, "cleanroom_iso_class", WHOLE, "iso klasse"),
        of(Vacancy, "vibration_class", _choices("vibration_class"), "trillingsklasse"),
        of(Vacancy, "environmental_category", _choices("environmental_category"), "milieucategorie"),
        *(
            of(Vacancy, name, YES_NO)
            for name in (
                "has_gases", "has_extraction", "has_loading_dock", "has_goods_lift", "has_247_access", "has_cold_storage",
                "has_shared_facilities",
            )
        ),
        of(Vacancy, "description_nl", TEXT, "omschrijving", "beschrijving", "description"),
        of(Vacancy, "description_en", TEXT),
        of(Vacancy, "contact_name", TEXT, "contactpersoon"),
        of(Vacancy, "contact_email", EMAIL, "e mail", "email", "mail"),
        of(Vacancy, "contact_phone", PHONE, "telefoon", "tel"),
        of(Vacancy, "url", WEB, "link", "website", "webpagina"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Vacancy.objects.order_by("pk").values_list("pk", "office", "reference")
        self.by_reference: dict[tuple[int | None, str], int] = {
            (office, reference): pk for pk, office, reference in rows
        }
        self.by_plain_reference: dict[str, list[int]] = {}
        for (_office, reference), pk in self.by_reference.items():
            self.by_plain_reference.setdefault(reference, []).append(pk)
        self.known = set(self.by_reference.values())

    def current(self, pks: Sequence[int]) -> dict[int, dict[str, Any]]:
        names = [field.name for field in self.fields if field.name != "id"]
        return {row.pk: {"id": row.pk, **_values(row, names)} for row in Vacancy.objects.filter(pk__in=pks)}

    def find(self, row: Planned) -> int | None:
        if pk := row.values.get("id"):
            return self.must_exist(pk, self.known, f"#{pk}")
        reference = row.values.get("reference", "")
        if "office" in row.values:
            return self.by_reference.get((row.values["office"], reference))
        found = self.by_plain_reference.get(reference, [])
        if len(found) > 1:
            message = _("%(count)d listings have this reference: add a column with the broker.")
            row.add("reference", message % {"count": len(found)})
        return found[0] if found else None

    def new_keys(self, row: Planned) -> list[tuple[str, str]]:
        if not row.values.get("reference"):
            return []
        return [("reference", f"{row.values.get('office', '')} {row.values['reference']}")]

    def check(self, rows: Sequence[Planned]) -> None:
        keys = [row.pk for row in rows if row.pk]
        stored = Vacancy.objects.select_related("area", "building__area", "unit__building__area").in_bulk(
            keys
        )
        for row in rows:
            facts = self._facts(row.changes)
            if row.pk and not facts:
                continue
            vacancy = stored[row.pk] if row.pk else Vacancy()
            faults = state_facts(vacancy, facts)
            broken = {fault.field for fault in faults}
            if not broken and (
                not row.pk or set(facts) & {*PLACE_FACTS, "postcode", "house_number", "bag_object_id"}
            ):
                faults += place(vacancy, set(facts), has_moved=True)
            parts = list(vacancy.parts.all()) if row.pk else []
            row.blame([*faults, *faults_of(Draft(vacancy, parts), broken)])
            self._check_taken(row, vacancy)

    def _check_taken(self, row: Planned, vacancy: Vacancy) -> None:
        office = row.planned.get("office")
        holder = self.by_reference.get((office, vacancy.reference))
        if holder is not None and holder != row.pk:
            message = _(
                "This office already has a listing with this reference: change that one, or use another reference."
            )
            row.add("reference", message)

    def _facts(self, values: dict[str, Any]) -> dict[str, Any]:
        facts = {name: value for name, value in values.items() if name not in NOT_FACTS}
        for name, model in KEYS.items():
            if name in facts:
                facts[name] = model.objects.get(pk=facts[name]) if facts[name] else None
        return facts

    def create(self, values: dict[str, Any]) -> Made:
        office = Organisation.objects.get(pk=values["office"]) if values.get("office") else None
        row = offer_vacancy(office=office, facts=self._facts(values), by=self.by, at=self.at)
        return Made(row.pk, row.version)

    def change(self, pk: int, changes: dict[str, Any], planned: dict[str, Any]) -> Made:
        row = Vacancy.objects.get(pk=pk)
        names = [field.name for field in self.fields if field.name not in NOT_FACTS]
        before = _values(row, names)
        fresh = change_vacancy(vacancy=row, facts=self._facts(changes), by=self.by, at=self.at, version=None)
        after = _values(Vacancy.objects.get(pk=pk), names)
        # The address finds the building and the area: what an undo puts back is more than what was written.
        moved = {name: frozen(before[name]) for name in names if before[name] != after[name]}
        return Made(pk, fresh.version, {"moved": moved})  # type: ignore[dict-item]  # JSON all the same

    def take_back_new(self, lines: Sequence[Any]) -> None:
        """The log keeps each listing: it is withdrawn, and its reference is free for the next file."""
        hand: dict[str, Any] = {"by": self.by, "at": self.at}
        for line in lines:
            row = Vacancy.objects.get(pk=line.record)
            freed = f"{row.reference[: LONGEST_REFERENCE - 24]}.undone-{line.sheet_id}-{line.line}"
            row = change_vacancy(vacancy=row, facts={"reference": freed}, version=None, **hand)
            withdraw_vacancy(vacancy=row, reason=_("The import was undone."), **hand)

    def take_back_change(self, line: Any, before: dict[str, Any]) -> None:
        row = Vacancy.objects.get(pk=line.record)
        back = {name: thawed(value) for name, value in line.beside["moved"].items()}
        change_vacancy(vacancy=row, facts=self._facts(back), by=self.by, at=self.at, version=None)


def _values(row: Vacancy, names: Sequence[str]) -> dict[str, Any]:
    values = {}
    for name in names:
        value = getattr(row, f"{name}_id") if name in KEYS or name == "office" else getattr(row, name)
        if name == "contact_phone":
            value = value.as_e164 if value else ""
        values[name] = plain_text(value) if isinstance(value, str) else value
    return values
