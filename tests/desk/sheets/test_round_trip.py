"""An export of any of the five lists comes back as an import without a difference and without a fault."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.services import change_language
from crm.contacts.models import ApplicationArea, Technology
from crm.contacts.services import record_affiliation
from crm.desk.sheets.kinds.all import KINDS
from crm.desk.sheets.models import Verdict
from crm.desk.sheets.services import map_columns, take_sheet, work_now
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.estate import VacancyFactory, area
from tests.factories.matching import NeedFactory, SpaceFactory

NASTY = (
    "=HYPERLINK(1)",
    "'=x",
    "<script>alert(1)</script> & Zn.",
    "שלום עולם",
    "🚀 Raket",
    'Zeg "ja"; of, nee',
    "#123",
    "n/a",
)


@pytest.fixture
def world(staff, now):
    group = OrganisationFactory(name="Concern NV", country="DE")
    organisations = [
        OrganisationFactory(name=name, city=name[:80], note=f"{name}\ntwee regels") for name in NASTY
    ]
    organisations += [OrganisationFactory(name="Dubbel BV"), OrganisationFactory(name="Dubbel BV")]
    rich = OrganisationFactory(
        name="Rijk B.V.", kvk="01234567", kinds=("company", "broker"), group=group, founded_on=date(1998, 12, 31),
        size_class="medium", website="https://rijk.example", email="info@rijk.example", phone="053-4890000",
        application_area=ApplicationArea.objects.first(), technologies=list(Technology.objects.all()[:2]),
    )  # fmt: skip
    OrganisationFactory(name="Dochter", group=organisations[-1])
    person = PersonFactory(
        full_name="+Kim", phone="+31612345678", organisation=rich, position="Directeur; eigenaar"[:9]
    )
    record_affiliation(person=person, organisation=organisations[-2], by=staff, at=now)
    PersonFactory(full_name="Zonder werk", email="", language="en")
    LeadFactory(organisation=organisations[-1], complete=True, stage="proposal", owner=staff)
    LeadFactory(organisation=None, working_name="=Projekt", lost=True, jobs_expected=12)
    LeadFactory(strict=True, organisation=rich)
    LeadFactory(parked=True, seeks_space=False)
    LeadFactory(established=True)
    NeedFactory(
        organisation=organisations[-1], from_on=date(2027, 1, 1), rent_per_m2_year=Decimal("12.50"), fte_now=Decimal("1.5"),
        contact=person, owner=staff,
        parts=[
            {"space_type": "office", "area_from_m2": Decimal("100.5"), "area_to_m2": None},
            {"space_type": "dry_lab", "area_from_m2": None, "area_to_m2": Decimal(1200)},
        ],
    )  # fmt: skip
    NeedFactory(lead=LeadFactory(), parts=[{"space_type": "land", "area_from_m2": Decimal(1)}])
    NeedFactory()
    VacancyFactory(
        lab=True,
        power_kva=Decimal("12.25"),
        has_gases=True,
        contact_phone="+31534890000",
        energy_label="A+++",
    )
    VacancyFactory(office=None, reference="=1.x"[1:], area=area("ut_campus"), available_from=date(2027, 2, 1))
    SpaceFactory(description_nl="Regel een\nRegel twee", rent_on_request=True, rent_per_m2_year=None)


def looked_at(kind, data, by, now):
    """The import of a file up to its preview, its columns as they were guessed."""
    with translation.override(by.language):
        sheet = take_sheet(kind=kind, name="lijst", data=data, by=by, at=now)
    sheet = map_columns(sheet=sheet, mapping=sheet.mapping, options={"empties_clear": True}, by=by, at=now)
    return work_now(sheet=sheet, at=now)


@pytest.mark.parametrize(
    ("role", "language", "file_format"),
    [("staff", "nl", "csv"), ("manager", "nl", "xlsx"), ("manager", "en", "csv"), ("staff", "en", "xlsx")],
)
def test_every_export_comes_back_without_a_difference(
    world, staff, manager, now, language, file_format, role
):
    reader = staff if role == "staff" else manager
    change_language(user=reader, language=language, by=reader, at=now)
    reader.refresh_from_db()
    client = Client()
    client.force_login(reader)
    for code, kind in KINDS.items():
        address = reverse("admin:list_export", args=[kind.model._meta.label_lower, file_format])
        sheet = looked_at(code, client.get(address).content, reader, now)
        odd = sheet.lines.exclude(verdict=Verdict.UNCHANGED)
        assert [(line.label, line.faults, line.changes) for line in odd] == [], code
        assert sheet.counts[Verdict.UNCHANGED] == sheet.rows > 2, code
        mapped = set(sheet.mapping) - {""}
        assert mapped >= {field.name for field in kind.fields if not field.is_told}, code
