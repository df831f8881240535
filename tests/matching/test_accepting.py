"""A space is taken: the tenancy, the need, the space, the lead and the other proposals follow, all of them or none."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from crm.acquisition.choices import Stage
from crm.acquisition.models import StageChange
from crm.acquisition.services import change_lead
from crm.common.errors import RuleError
from crm.common.months import AMSTERDAM
from crm.estate.choices import VacancyStatus
from crm.estate.models import Tenancy, VacancyChange
from crm.estate.services import change_vacancy, withdraw_vacancy
from crm.matching.models import HousingNeed, Match, MatchStatus, NeedStatus
from crm.matching.services import accept_match, decline_match, drop_need
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.estate import VacancyFactory
from tests.factories.matching import PROPOSED_ON, MatchFactory, NeedFactory, SpaceFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)
STARTS_ON = date(2026, 12, 1)
YESTERDAY = datetime(2026, 10, 21, 9, 0, tzinfo=AMSTERDAM)


@pytest.fixture
def accept(staff, now):
    """Accepts a match; the tenancy begins on 1 December."""

    def accept(match, **given):
        return accept_match(match=match, by=staff, at=now, **({"on": STARTS_ON} | given))

    return accept


def lead_at(stage, **given):
    """A lead that lacks nothing but its signed confirmation."""
    unsigned = {"confirmation_on": None, "confirmation_reference": "", "at": YESTERDAY}
    return LeadFactory(stage=stage, complete=True, **(unsigned | given))


def match_of(lead, **given):
    return MatchFactory(need=NeedFactory(lead=lead), **given)


def story():
    """Everything that an acceptance writes, to see that a refused one wrote nothing."""
    return (
        Tenancy.objects.count(),
        StageChange.objects.count(),
        VacancyChange.objects.count(),
        *(
            list(model.objects.order_by("pk").values_list("status", "version"))
            for model in (HousingNeed, Match)
        ),
    )


def fresh(row):
    row.refresh_from_db()
    return row


def refusal(call, *arguments, **given):
    """Codes and fields of a refusal, after which everything stands as it stood."""
    before = story()
    with pytest.raises(RuleError) as refused:
        call(*arguments, **given)
    assert story() == before
    return [(fault.code, fault.field) for fault in refused.value.faults]


def test_a_company_takes_a_space_tenancy_need_and_vacancy_follow(accept, staff, now):
    match = MatchFactory()
    accepted = accept(match)
    need, vacancy, tenancy = fresh(match.need), fresh(match.vacancy), Tenancy.objects.get()
    assert (tenancy.unit, tenancy.tenant, tenancy.area_m2) == (vacancy.unit, need.organisation, 200)
    assert (tenancy.valid_from, tenancy.valid_until, tenancy.rent_per_m2_year) == (STARTS_ON, None, 145)
    assert (need.status, need.tenancy, need.changed_by) == (NeedStatus.HOUSED, tenancy, staff)
    assert vacancy.status == VacancyStatus.LET
    assert (accepted.status, accepted.decided_by, accepted.decided_at) == (MatchStatus.ACCEPTED, staff, now)
    assert VacancyChange.objects.get(vacancy=vacancy, field="let_on").new == STARTS_ON.isoformat()


def test_part_of_a_space_may_be_taken_at_its_own_size(accept):
    accept(MatchFactory(), area_m2=Decimal("120.5"))
    assert Tenancy.objects.get().area_m2 == Decimal("120.5")


def test_the_lease_is_kept_with_the_match_also_where_there_is_no_lead(accept):
    match = MatchFactory()
    accept(match, lease_reference=" lease-7.pdf ")
    assert fresh(match).lease_reference == "lease-7.pdf"


def test_other_proposals_of_the_space_end_and_needs_left_with_none_are_open_again(accept, staff, now):
    match = MatchFactory()
    left, elsewhere = NeedFactory(), NeedFactory()
    lost, also_lost = (MatchFactory(need=need, vacancy=match.vacancy) for need in (left, elsewhere))
    kept = MatchFactory(need=elsewhere)
    declined = MatchFactory(vacancy=match.vacancy)
    decline_match(match=declined, reason="Te duur", by=staff, at=now)
    accept(match)
    assert [fresh(row).status for row in (lost, also_lost)] == [MatchStatus.LET_ELSEWHERE] * 2
    assert (lost.decided_by, lost.decided_at) == (staff, now)
    assert (fresh(left).status, fresh(elsewhere).status) == (NeedStatus.OPEN, NeedStatus.OFFERED)
    assert fresh(kept).status == MatchStatus.PROPOSED
    assert (fresh(declined).status, declined.reason) == (MatchStatus.DECLINED, "Te duur")


def test_what_else_was_proposed_to_the_need_ends_as_declined(accept, staff):
    match = MatchFactory()
    other = MatchFactory(need=match.need)
    accept(match)
    assert (fresh(other).status, other.decided_by) == (MatchStatus.DECLINED, staff)
    assert match.vacancy.reference in other.reason
    assert fresh(other.vacancy).status == VacancyStatus.PUBLISHED


# ── The lead ───────────────────────────────────────────────────────────────────


def test_the_lead_is_committed_with_the_lease_as_its_confirmation(accept):
    lead = lead_at("decision")
    match = match_of(lead)
    accept(match, lease_reference="lease-7.pdf")
    assert (fresh(lead).stage, lead.confirmation_on) == (Stage.COMMITTED, TODAY)
    assert lead.confirmation_reference == fresh(match).lease_reference == "lease-7.pdf"
    assert lead.stage_changes.latest("pk").occurred_on == TODAY
    assert Tenancy.objects.get().tenant == lead.identity.organisation


def test_without_a_lease_the_proposal_is_the_confirmation(accept):
    match = match_of(lead_at("proposal"))
    accept(match)
    lead = fresh(match.need.lead)
    assert lead.confirmation_reference == f"{match.need.reference} – {match.vacancy.reference}"


def test_a_confirmation_that_is_there_stays_and_the_move_is_not_before_it(accept):
    signed_on = date(2026, 10, 20)
    lead = lead_at("decision", confirmation_on=signed_on, confirmation_reference="letter.pdf")
    accept(match_of(lead), on=date(2026, 10, 18), lease_reference="lease-7.pdf")
    assert (fresh(lead).confirmation_on, lead.confirmation_reference) == (signed_on, "letter.pdf")
    assert lead.stage_changes.latest("pk").occurred_on == signed_on


def test_a_date_of_signing_without_a_document_gets_the_lease(accept):
    lead = lead_at("decision", confirmation_on=date(2026, 10, 20))
    accept(match_of(lead), lease_reference="lease-7.pdf")
    assert fresh(lead).confirmation_reference == "lease-7.pdf"


def test_a_tenancy_told_of_afterwards_moves_the_lead_no_earlier_than_its_proposal(accept):
    lead = lead_at("site_visit", offer_reference="")
    accept(match_of(lead), on=date(2026, 9, 1))
    assert (fresh(lead).stage, lead.confirmation_on) == (Stage.COMMITTED, date(2026, 9, 1))
    assert lead.stage_changes.latest("pk").occurred_on == PROPOSED_ON


def test_the_move_is_not_before_the_leads_last_one(accept):
    lead = lead_at("decision", on=date(2026, 10, 21))
    accept(match_of(lead), on=date(2026, 9, 1))
    assert lead.stage_changes.latest("pk").occurred_on == date(2026, 10, 21)


def test_a_committed_or_established_lead_stays_where_it_is(accept):
    for lead in (lead_at("committed"), LeadFactory(established=True)):
        stage, version, changes = lead.stage, lead.version, lead.stage_changes.count()
        accept(match_of(lead))
        assert (fresh(lead).stage, lead.version, lead.stage_changes.count()) == (stage, version, changes)
    assert HousingNeed.objects.filter(status=NeedStatus.HOUSED).count() == 2


@pytest.mark.parametrize("status", ["parked", "lost", "referred", "withdrawn"])
def test_a_lead_that_is_not_open_is_to_be_reopened_first(accept, status):
    match = match_of(LeadFactory(stage="committed", **{status: True}))
    assert refusal(accept, match) == [("lead_is_not_open", "")]


def test_the_organisation_of_the_need_goes_before_that_of_its_lead(accept):
    daughter = OrganisationFactory()
    accept(MatchFactory(need=NeedFactory(lead=lead_at("decision"), organisation=daughter)))
    assert Tenancy.objects.get().tenant == daughter


# ── Refused, with nothing half written ─────────────────────────────────────────


def test_what_the_lead_still_needs_is_named_and_nothing_is_half_written(accept):
    lead = LeadFactory(stage="decision", seeks_space=False, develops_technology=True)
    match = match_of(lead)
    faults = refusal(accept, match)
    assert ("jobs", "jobs_promised") in faults
    assert {"rd", "decision_maker", "visit", "contact"} <= {code for code, _field in faults}
    assert not {"confirmation", "confirmation_date", "offer"} & {code for code, _field in faults}
    assert (fresh(lead).confirmation_on, lead.stage) == (None, Stage.DECISION)


def test_a_space_without_a_unit_is_to_be_linked_first(accept):
    assert refusal(accept, MatchFactory(vacancy=VacancyFactory())) == [("unit_missing", "vacancy")]


def test_a_lead_under_a_working_name_needs_its_organisation_first(accept):
    lead = lead_at("decision", organisation=None, working_name="Project Noord")
    match = match_of(lead)
    assert refusal(accept, match) == [("organisation_missing", "organisation")]
    company = OrganisationFactory()
    change_lead(lead=lead, version=lead.version, by=lead.created_by, at=YESTERDAY, organisation=company)
    accept(match)
    assert Tenancy.objects.get().tenant == company


def test_all_that_is_missing_is_named_at_once(accept):
    lead = lead_at("decision", organisation=None, working_name="Project Noord", jobs_promised=None)
    match = match_of(lead, vacancy=VacancyFactory())
    assert refusal(accept, match, area_m2=Decimal(0)) == [
        ("not_above_zero", "area_m2"),
        ("unit_missing", "vacancy"),
        ("organisation_missing", "organisation"),
        ("jobs", "jobs_promised"),
    ]


def test_a_unit_that_is_full_is_named_together_with_what_the_lead_lacks(accept):
    match = match_of(lead_at("decision", jobs_promised=None), vacancy=SpaceFactory(unit_area_m2=Decimal(150)))
    assert refusal(accept, match) == [("unit_is_full", "area_m2"), ("jobs", "jobs_promised")]


@pytest.mark.parametrize("reference", ["x" * 201, "lease\x00.pdf"])
def test_a_lease_that_cannot_be_stored_is_refused(accept, reference):
    faults = refusal(accept, MatchFactory(), lease_reference=reference)
    assert {field for _code, field in faults} == {"lease_reference"}


def test_a_withdrawn_space_can_no_longer_be_taken(accept, staff, now):
    match = MatchFactory()
    withdraw_vacancy(vacancy=match.vacancy, reason="", by=staff, at=now)
    assert refusal(accept, match) == [("vacancy_is_gone", "vacancy")]


def test_a_dropped_need_takes_no_space(accept, staff, now):
    match = MatchFactory()
    drop_need(need=match.need, reason="Blijft zitten", by=staff, at=now)
    assert refusal(accept, match) == [("decided_before", ""), ("need_is_closed", "")]


def test_who_comes_second_hears_who_was_first_and_that_the_space_is_let(accept, manager, now):
    first = MatchFactory()
    second = MatchFactory(vacancy=first.vacancy)
    accept_match(match=first, on=STARTS_ON, by=manager, at=now)
    assert refusal(accept, first) == [
        ("decided_before", ""),
        ("need_is_closed", ""),
        ("vacancy_is_gone", "vacancy"),
    ]
    with pytest.raises(RuleError, match=manager.full_name):
        accept(second)


def test_a_housed_need_takes_no_second_space(accept):
    need = NeedFactory()
    first, second = MatchFactory(need=need), MatchFactory(need=need)
    accept(first)
    assert refusal(accept, second) == [("decided_before", ""), ("need_is_closed", "")]
    assert Tenancy.objects.count() == 1


def test_a_rent_that_changed_since_the_proposal_is_the_rent_of_the_tenancy(accept, staff, now):
    match = MatchFactory()
    facts = {"rent_per_m2_year": Decimal(150)}
    change_vacancy(
        vacancy=match.vacancy,
        facts=facts,
        version=None,
        by=staff,
        at=now - timedelta(days=1),
    )
    accept(match)
    assert Tenancy.objects.get().rent_per_m2_year == 150
