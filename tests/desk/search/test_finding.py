"""Known answers, on both databases: what is typed as people type it finds what they mean, the best first."""

from datetime import date

import pytest

from crm.contacts.models import Organisation, Person
from crm.desk.search import Kind, Reason, find, name_records
from crm.estate.services import record_building
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory, LeadFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.estate import VacancyFactory, area
from tests.factories.matching import NeedFactory

pytestmark = pytest.mark.django_db
ALL = list(Kind)


def found(text, user, kinds=ALL):
    return {(hit.kind, hit.title) for group in find(text=text, user=user, kinds=kinds) for hit in group.hits}


def titles(text, user, kind):
    return [
        hit.title
        for group in find(text=text, user=user, kinds=ALL)
        if group.kind == kind
        for hit in group.hits
    ]


def reasons(text, user):
    return {
        (hit.title, hit.reason, hit.found)
        for group in find(text=text, user=user, kinds=ALL)
        for hit in group.hits
    }


@pytest.fixture
def company(manager, now):
    organisation = OrganisationFactory(name="Vonderbeek Optics B.V.", kvk="12345678")
    Organisation.objects.filter(pk=organisation.pk).update(
        phone="+31534891234", email="info@vonderbeek.example"
    )
    return organisation


@pytest.mark.parametrize(
    "typed", ["Vondrebeek", "vonderbeek", "VONDERB", "optics von", "Vonderbeek BV", "derbe"]
)
def test_a_company_is_found_by_its_name_and_by_what_is_nearly_its_name(company, manager, typed):
    assert (Kind.ORGANISATION, company.name) in found(typed, manager)


def test_a_lead_is_found_by_its_companys_name_typed_wrong(company, manager):
    LeadFactory(organisation=company)
    assert (Kind.LEAD, company.name) in found("Vondrebeek", manager)


@pytest.mark.parametrize("typed", ["creme", "Crème", "CREME BRULEE", "brûlée"])
def test_accents_do_not_matter(manager, typed):
    OrganisationFactory(name="Crème Brûlée Machines")
    assert (Kind.ORGANISATION, "Crème Brûlée Machines") in found(typed, manager)


def test_letters_without_a_base_letter_are_found_both_ways(manager):
    OrganisationFactory(name="Ørsted Straße")
    for typed in ("orsted", "Ørsted", "strasse", "ORSTED strasse"):
        assert found(typed, manager) == {(Kind.ORGANISATION, "Ørsted Straße")}, typed


def test_a_kvk_number_finds_the_company_and_its_lead(company, manager):
    LeadFactory(organisation=company)
    assert reasons("12345678", manager) == {(company.name, Reason.KVK, "12345678")}
    assert found("1234 5678", manager) == {(Kind.LEAD, company.name), (Kind.ORGANISATION, company.name)}
    assert (Kind.ORGANISATION, company.name) in found("1234", manager)


@pytest.mark.parametrize("typed", ["053 489 1234", "053-4891234", "+31 (0)53 489 12 34", "4891234"])
def test_a_telephone_number_is_found_however_it_is_spaced(company, manager, typed):
    assert (Kind.ORGANISATION, company.name) in found(typed, manager)


def test_an_address_finds_person_and_company(company, manager):
    person = PersonFactory(full_name="Fenna de Vries", email="fenna@vonderbeek.example")
    assert reasons("fenna@vonderbeek.example", manager) == {
        (person.full_name, Reason.EMAIL, "fenna@vonderbeek.example")
    }
    assert (Kind.ORGANISATION, company.name) in found("info@vonderbeek", manager)


def test_references_come_first(manager):
    lead, need = LeadFactory(), NeedFactory(title="Nat lab")
    vacancy = VacancyFactory(reference="KT-2026-7")
    for typed, kind, pk in (
        (lead.reference, Kind.LEAD, lead.pk),
        (need.reference.lower(), Kind.NEED, need.pk),
        ("kt-2026-7", Kind.VACANCY, vacancy.pk),
    ):
        first = find(text=typed, user=manager, kinds=ALL)[0]
        assert (first.kind, first.hits[0].pk) == (kind, pk), typed


def test_the_code_name_finds_the_lead(manager):
    lead = LeadFactory()
    assert (Kind.LEAD, lead.identity.name) in found(lead.code_name, manager)


def test_buildings_spaces_and_needs_are_found(manager, now):
    record_building(
        name="De Sterrenwacht", area=area("ut_campus"), street="Drienerlolaan", by=manager, at=now
    )
    VacancyFactory(title_nl="Cleanroom in de Hallenweg", reference="CR-1")
    NeedFactory(title="Werkplaats met kraan")
    assert (Kind.BUILDING, "De Sterrenwacht") in found("sterenwacht", manager)
    assert (Kind.BUILDING, "De Sterrenwacht") in found("drienerlo", manager)
    assert (Kind.VACANCY, "Cleanroom in de Hallenweg") in found("cleanroom halen", manager) | found(
        "cleanroom hallenweg", manager
    )
    assert (Kind.NEED, "Werkplaats met kraan") in found("kraan", manager)


def test_a_note_is_found_by_its_words_and_names_its_day(manager):
    lead = LeadFactory(organisation=OrganisationFactory(name="Lichtbron"))
    ActivityFactory(lead=lead, text="Wil een café met trillingsvrije vloer", occurred_on=date(2026, 1, 2))
    [group] = find(text="CAFE trillingsvrije", user=manager, kinds=ALL)
    [hit] = group.hits
    assert (group.kind, hit.title, hit.lead_id, hit.on) == (Kind.NOTE, "Lichtbron", lead.pk, date(2026, 1, 2))
    assert "trillingsvrije" in hit.context


def test_whole_names_come_before_beginnings_words_and_parts(manager):
    for name in ("Zandbeek", "Van Beek", "Beekman", "Beek B.V."):
        OrganisationFactory(name=name)
    assert titles("beek", manager, Kind.ORGANISATION) == ["Beek B.V.", "Beekman", "Van Beek", "Zandbeek"]


def test_a_whole_name_is_found_among_many_that_hold_it(manager):
    template = OrganisationFactory(name="Reeks")
    Organisation.objects.bulk_create(
        Organisation(
            name=f"Reeks {number}",
            created_at=template.created_at,
            created_by=manager,
            changed_at=template.changed_at,
            changed_by=manager,
        )
        for number in range(150)
    )
    OrganisationFactory(name="Reeks Zeven")
    assert titles("reeks", manager, Kind.ORGANISATION)[0] == "Reeks"
    assert titles("reeks zeven", manager, Kind.ORGANISATION)[0] == "Reeks Zeven"
    [group] = find(text="reeks", user=manager, kinds=ALL)
    assert (len(group.hits), group.has_more) == (6, True)


def test_an_erased_person_is_not_found(manager, now):
    person = PersonFactory(full_name="Weg Gewist")
    Person.objects.filter(pk=person.pk).update(erased_at=now)
    assert found("gewist", manager) == set()


@pytest.mark.parametrize(
    "typed",
    [
        "x" * 500,
        "a\0b",
        "🙂🙂",
        "%",
        "_",
        "100%",
        "a_b",
        "'; DROP TABLE x; --",
        '"',
        "\\",
        "مرحبا",
        "<script>",
    ],
)
def test_whatever_is_typed_is_answered(manager, company, typed):
    assert (Kind.ORGANISATION, company.name) not in found(typed, manager)


def test_only_the_kinds_asked_for_are_found(company, manager):
    LeadFactory(organisation=company)
    assert {kind for kind, _title in found("vonderbeek", manager, [Kind.LEAD])} == {Kind.LEAD}


# ── what is hidden ──────────────────────────────────────────────────────────
# Not a word that code names are made of: those are found by everybody.
CANARY = "Kwarkzolder"


@pytest.fixture
def hidden():
    """A strict lead of somebody else, with a working name, a note and a need."""
    owner = UserFactory(staff=True)
    lead = LeadFactory(working_name=f"{CANARY} Geheim", organisation=None, strict=True, owner=owner)
    ActivityFactory(lead=lead, text=f"Gesproken over {CANARY}", by=owner)
    NeedFactory(lead=lead, title=f"{CANARY} zoekt een lab")
    return lead


@pytest.mark.parametrize("role", ["staff", "administrator", "partner", "broker"])
@pytest.mark.parametrize("typed", [CANARY, "kwarkzoldr", "kwarkz", "Gesproken over", "geheim"])
def test_a_strict_name_its_notes_and_its_needs_give_no_hit_to_others(hidden, role, typed):
    assert find(text=typed, user=UserFactory(**{role: True}), kinds=ALL) == []


@pytest.mark.parametrize("typed", [CANARY, "kwarkzoldr"])
def test_the_owner_and_a_manager_find_them(hidden, manager, typed):
    for user in (hidden.owner, manager):
        assert (Kind.LEAD, f"{CANARY} Geheim") in found(typed, user)
    assert {kind for kind, _title in found(CANARY, manager)} == {Kind.LEAD, Kind.NOTE, Kind.NEED}


def test_a_strict_leads_organisation_does_not_lead_to_it(staff):
    organisation = OrganisationFactory(name=f"{CANARY} Optiek", kvk="87654321")
    lead = LeadFactory(organisation=organisation, strict=True, owner=UserFactory(staff=True))
    for typed in (CANARY, "87654321", "kwarkzoldr"):
        assert found(typed, staff) == {(Kind.ORGANISATION, organisation.name)}, typed
    [group] = find(text=lead.reference, user=staff, kinds=ALL)
    assert [(hit.title, hit.context) for hit in group.hits] == [(lead.code_name, lead.reference)]


def test_hidden_rows_do_not_push_visible_ones_out(staff):
    owner = UserFactory(staff=True)
    for number in range(3):
        LeadFactory(working_name=f"{CANARY} {number}", organisation=None, strict=True, owner=owner)
    LeadFactory(working_name=f"{CANARY} open", organisation=None, owner=owner)
    [group] = find(text=CANARY, user=staff, kinds=ALL, per_kind=1)
    assert [hit.title for hit in group.hits] == [f"{CANARY} open"]
    assert not group.has_more


def test_records_are_named_as_this_person_reads_them_now(hidden, staff, manager):
    company = OrganisationFactory(name="Lichtbron")
    records = [(Kind.LEAD, hidden.pk), (Kind.ORGANISATION, company.pk), (Kind.PERSON, 10**9)]
    assert [hit.title for hit in name_records(user=staff, records=records, kinds=ALL)] == [
        hidden.code_name,
        "Lichtbron",
    ]
    assert name_records(user=manager, records=records, kinds=ALL)[0].title == f"{CANARY} Geheim"
    assert name_records(user=staff, records=records, kinds=[Kind.PERSON]) == []
