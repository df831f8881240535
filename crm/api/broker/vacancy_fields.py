"""The fields of a vacancy in the API, in the order of the documentation: one table for reading, answering and OpenAPI."""

from django.utils.translation import gettext_lazy as _

from crm.api.fields import Choice, Day, Field, Flag, Items, Number, Phone, Text, Whole
from crm.estate.choices import (
    AreaKind,
    DeliveryLevel,
    EnergyLabel,
    EnvironmentalCategory,
    LabLevel,
    SpaceType,
    VatOption,
    VibrationClass,
)
from crm.estate.vacancy_columns import MOST_PARTS
from crm.estate.vacancy_rules import MOST_CO_BROKERS, MOST_FUME_HOODS

SPACE_TYPE = {"name": "space_type", "about": _("Kind of space."), "codes": SpaceType.values, "required": True}
RENT = {
    "name": "rent_per_m2_year",
    "about": _("Rent in euro per m² per year, excluding VAT."),
    "example": "145.00",
}

PART_FIELDS: tuple[Field, ...] = (
    Choice(**SPACE_TYPE, example="office"),
    Number(name="area_m2", about=_("Floor area in m²."), example="120.00", above_zero=True, required=True),
    Number(**RENT),
)
CO_BROKER_FIELDS: tuple[Field, ...] = (
    Text(
        name="name", about=_("Name of the office."), example="Makelaardij Voorbeeld", most=120, required=True
    ),
    Text(name="email", about=_("E-mail address."), example="verhuur@makelaardij.example", most=254),
    Phone(name="phone", about=_("Phone in E.164."), example="+31534890001"),
)
TEXTS: tuple[Field, ...] = (
    Text(
        name="reference",
        about=_("Your own reference, unique within your office."),
        example="KP-2026-014",
        most=64,
        shortest=1,
        pattern="^[A-Za-z0-9._-]{1,64}$",
        required=True,
    ),
    Text(
        name="title_nl",
        about=_("Title in Dutch; one title is required."),
        example="Laboratorium in The Gallery",
        most=120,
    ),
    Text(
        name="title_en",
        about=_("Title in English; one title is required."),
        example="Laboratory in The Gallery",
        most=120,
    ),
    Text(
        name="description_nl",
        about=_("Description in Dutch, plain text."),
        example="Licht laboratorium op de tweede verdieping.",
        most=5000,
    ),
    Text(
        name="description_en",
        about=_("Description in English, plain text."),
        example="Bright laboratory on the second floor.",
        most=5000,
    ),
)
PLACE: tuple[Field, ...] = (
    Text(name="street", about=_("Street."), example="Hengelosestraat", most=80),
    Whole(name="house_number", about=_("House number."), example=500, least=1, most=99_999),
    Text(name="house_number_addition", about=_("Addition to the house number."), example="A", most=10),
    Text(
        name="postcode",
        about=_("Dutch postcode; answered as 7522 NB."),
        example="7521 AN",
        most=10,
    ),
    Text(name="city", about=_("City."), example="Enschede", most=80),
    Text(
        name="bag_object_id",
        about=_("BAG object: 16 digits as text, positions 5 and 6 are 01; may replace the address."),
        example="0153010000345678",
        most=16,
        pattern="^[0-9]{4}01[0-9]{10}$",
    ),
    Text(
        name="area_code",
        about=_("Area of the park (see /areas); follows from the address where that is known."),
        example="ut_campus",
        most=40,
    ),
)
SPACE: tuple[Field, ...] = (
    Choice(**SPACE_TYPE, example="wet_lab"),
    Items(
        name="parts",
        about=_("Parts of a mixed space; together at most the whole area."),
        example=[],
        members=PART_FIELDS,
        most=MOST_PARTS,
        item_name="VacancyPart",
    ),
    Number(
        name="area_m2",
        about=_("Floor area in m², as measured by areaKind."),
        example="240.00",
        above_zero=True,
        below=10_000_000,
        required=True,
    ),
    Choice(
        name="area_kind",
        about=_("How the area was measured (NEN 2580): lettable, gross or usable."),
        example="vvo",
        codes=AreaKind.values,
        required=True,
    ),
    Flag(name="area_certified", about=_("Whether there is a measurement certificate."), example=True),
    Number(
        name="divisible_from_m2",
        about=_("Smallest part in m² that can be let on its own."),
        example="80.00",
        above_zero=True,
        below=10_000_000,
    ),
)
MONEY: tuple[Field, ...] = (
    Number(**RENT),
    Flag(
        name="rent_on_request",
        about=_("The rent is told on request; then leave rentPerM2Year out."),
        example=False,
        is_nullable=False,
    ),
    Flag(
        name="rent_checked",
        about=_("A rent below 20 or above 1,000 was checked and is per m² per year."),
        example=False,
        is_nullable=False,
    ),
    Number(
        name="service_costs_per_m2_year",
        about=_("Service costs in euro per m² per year, excluding VAT."),
        example="35.00",
    ),
    Choice(
        name="vat_option",
        about=_("Whether the rent is taxed with VAT."),
        example="taxed",
        codes=VatOption.values,
    ),
)
TERMS: tuple[Field, ...] = (
    Day(name="available_from", about=_("First day on which it is available."), example="2026-12-01"),
    Day(
        name="available_until",
        about=_("Day on which the offer ends; after availableFrom."),
        example="2027-12-01",
    ),
    Day(name="temporary_until", about=_("End of a temporary lease; after availableFrom."), example=None),
    Whole(name="minimum_term_months", about=_("Shortest lease in months."), example=12, most=300),
    Whole(name="notice_months", about=_("Notice in months."), example=6, most=300),
    Choice(
        name="delivery_level",
        about=_("State in which it is delivered."),
        example="turnkey",
        codes=DeliveryLevel.values,
    ),
)
BUILDING: tuple[Field, ...] = (
    Choice(
        name="energy_label",
        about=_("Energy label; an office worse than C needs energyLabelExemption."),
        example="A",
        codes=EnergyLabel.values,
    ),
    Text(
        name="energy_label_exemption",
        about=_("Ground on which the label obligation does not hold."),
        example=None,
        most=200,
    ),
    Number(name="power_kva", about=_("Power of the connection in kVA."), example="120.00"),
    Number(name="contracted_power_kw", about=_("Contracted power in kW."), example="80.00"),
    Number(name="floor_load_kn_m2", about=_("Floor load in kN/m²."), example="5.00"),
    Number(name="clear_height_m", about=_("Clear height in m."), example="3.20"),
    Whole(name="fume_hoods", about=_("Number of fume hoods."), example=4, most=MOST_FUME_HOODS),
    Whole(name="parking_places", about=_("Number of parking places."), example=6, most=99_999),
    Number(
        name="parking_price_per_year",
        about=_("Price of a parking place in euro per year, excluding VAT."),
        example="450.00",
    ),
    Choice(
        name="lab_level",
        about=_("Containment level of the laboratory."),
        example="ML-II",
        codes=LabLevel.values,
    ),
    Whole(name="cleanroom_iso_class", about=_("ISO class of the cleanroom."), example=None, least=1, most=9),
    Choice(
        name="vibration_class",
        about=_("Vibration class of the floor."),
        example="VC-C",
        codes=VibrationClass.values,
    ),
    Choice(
        name="environmental_category",
        about=_("Environmental category that the zoning plan permits."),
        example="3.1",
        codes=EnvironmentalCategory.values,
    ),
    Flag(name="has_gases", about=_("Gases are supplied; null is unknown."), example=True),
    Flag(name="has_extraction", about=_("Extraction; null is unknown."), example=True),
    Flag(name="has_loading_dock", about=_("Loading dock; null is unknown."), example=False),
    Flag(name="has_goods_lift", about=_("Goods lift; null is unknown."), example=True),
    Flag(name="has_247_access", about=_("Access day and night; null is unknown."), example=True),
    Flag(name="has_cold_storage", about=_("Cold storage; null is unknown."), example=None),
    Flag(name="has_shared_facilities", about=_("Shared facilities; null is unknown."), example=True),
)
CONTACT: tuple[Field, ...] = (
    Items(
        name="co_brokers",
        about=_("Other offices that offer the same space with you."),
        example=[],
        members=CO_BROKER_FIELDS,
        most=MOST_CO_BROKERS,
        item_name="CoBroker",
    ),
    Text(
        name="contact_name",
        about=_("Who answers questions about this space."),
        example="Sanne Voorbeeld",
        most=120,
    ),
    Text(
        name="contact_email",
        about=_("E-mail address of the contact."),
        example="sanne@makelaardij.example",
        most=254,
    ),
    Phone(name="contact_phone", about=_("Phone of the contact in E.164."), example="+31534890000"),
    Text(
        name="url",
        about=_("Web page of the listing; https only."),
        example="https://makelaardij.example/kp-2026-014",
        most=400,
    ),
)
VACANCY_FIELDS: tuple[Field, ...] = (*TEXTS, *PLACE, *SPACE, *MONEY, *TERMS, *BUILDING, *CONTACT)
READ_ONLY_KEYS = frozenset(
    {
        "id",
        "status",
        "statusNote",
        "submittedAt",
        "publishedAt",
        "confirmedAt",
        "confirmBefore",
        "updatedAt",
        "quality",
        "openQuestions",
        "version",
    }
)
WITHDRAWAL_FIELDS: tuple[Field, ...] = (
    Text(
        name="reason",
        about=_("Why you offer it no longer, for staff; plain text."),
        example="De eigenaar gebruikt de ruimte zelf.",
        most=500,
        shortest=1,
        required=True,
    ),
)
