"""Who reads the name behind a lead, and that nothing else holds it."""

import pytest
from django.db.models import Q

from crm.acquisition.models import Lead
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db
LEVELS = ("open", "confidential", "strict")
READABLE = {
    "manager": {"open", "confidential", "strict"},
    "administrator": {"open", "confidential"},
    "staff": {"open", "confidential"},
    "partner": {"open"},
    "broker": set(),
}


@pytest.fixture
def leads():
    return {
        level: LeadFactory(confidentiality=level, organisation=OrganisationFactory(name=f"Kanarie {level}"))
        for level in LEVELS
    }


def shown(user, leads) -> dict[str, str]:
    by_key = {lead.pk: lead.display_name for lead in Lead.objects.named_for(user)}
    return {level: by_key[lead.pk] for level, lead in leads.items()}


@pytest.mark.parametrize(("role", "readable"), READABLE.items())
def test_each_role_reads_its_names_and_code_names_elsewhere(leads, role, readable):
    user = UserFactory(**{role: True})
    for level, name in shown(user, leads).items():
        expected = f"Kanarie {level}" if level in readable else leads[level].code_name
        assert name == expected, (role, level)


@pytest.mark.parametrize("role", ["staff", "administrator"])
def test_the_owner_and_the_team_read_a_strict_name(leads, role):
    owner, member = UserFactory(**{role: True}), UserFactory(**{role: True})
    strict = LeadFactory(
        strict=True, owner=owner, team=[member], organisation=OrganisationFactory(name="Kanarie")
    )
    for user in (owner, member):
        assert Lead.objects.named_for(user).get(pk=strict.pk).display_name == "Kanarie"
        assert shown(user, leads)["strict"] == leads["strict"].code_name


def test_a_partner_on_the_team_still_reads_only_open_names(leads):
    partner = UserFactory(partner=True)
    strict = LeadFactory(strict=True, owner=partner, team=[partner])
    assert Lead.objects.named_for(partner).get(pk=strict.pk).display_name == strict.code_name


def test_a_working_name_is_shown_where_there_is_no_organisation_yet(staff):
    lead = LeadFactory(organisation=None, working_name="Project Kanarie")
    assert Lead.objects.named_for(staff).get(pk=lead.pk).display_name == "Project Kanarie"


def test_a_team_of_many_gives_one_row(staff):
    lead = LeadFactory(strict=True, owner=staff, team=[staff, UserFactory(), UserFactory()])
    assert Lead.objects.named_for(staff).filter(pk=lead.pk).count() == 1


@pytest.mark.parametrize("role", READABLE)
def test_a_search_on_the_shown_name_is_no_oracle(leads, role):
    user = UserFactory(**{role: True})
    found = Lead.objects.named_for(user).filter(display_name__icontains="kanarie")
    assert {lead.confidentiality for lead in found} == READABLE[role]


def test_everything_but_the_identity_speaks_of_the_code_name(leads):
    for lead in leads.values():
        spoken = [
            str(lead),
            repr(lead),
            lead.reference,
            str(lead.identity),
            *map(str, lead.stage_changes.all()),
        ]
        assert not any("Kanarie" in text for text in spoken)
        assert lead.code_name in str(lead)


def test_the_lead_table_itself_holds_no_name(leads):
    texts = [
        field.name for field in Lead._meta.fields if field.get_internal_type() in ("CharField", "TextField")
    ]
    anywhere = Q()
    for name in texts:
        anywhere |= Q(**{f"{name}__icontains": "kanarie"})
    assert not Lead.objects.filter(anywhere).exists()
