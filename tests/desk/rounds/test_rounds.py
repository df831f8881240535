"""A contact round: a frozen list, shared out, ticked off by the contact log, closed with its result kept."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from crm.acquisition.models import Lead
from crm.common.errors import RuleError, StaleError
from crm.contacts.services import change_organisation
from crm.desk.merging.services import merge_organisations
from crm.desk.rounds.models import ContactRound, RoundChange
from crm.desk.rounds.progress import progress_of, standing_of
from crm.desk.rounds.services import (
    add_members,
    change_round,
    close_round,
    hand_over_call,
    mark_unreachable,
    put_back,
)
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory, LeadFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.rounds import STARTED_AT, ContactRoundFactory

pytestmark = pytest.mark.django_db
LATER = STARTED_AT + timedelta(days=60)


@pytest.fixture
def owners():
    return [OrganisationFactory(owner=True, name=f"Eigenaar {letter}") for letter in "ABCD"]


@pytest.fixture
def found(owners):
    return ContactRoundFactory(organisations=owners)


def spoken(organisation=None, on=date(2026, 8, 3), at=LATER, **values):
    return ActivityFactory(organisation=organisation, occurred_on=on, at=at, **values)


def states(found) -> dict[str, str]:
    return {member.organisation.name[-1]: member.state for member in standing_of(found).members}


def member_of(found, organisation):
    return found.members.get(organisation=organisation)


def codes(error) -> set[str]:
    return {fault.code for fault in error.value.faults}


def test_logged_contact_ticks_off_by_itself_within_the_days_of_the_round(found, owners):
    first, second, third, _fourth = owners
    spoken(first)
    spoken(second, on=date(2026, 6, 30))
    spoken(third, kind="note")
    assert states(found) == {"A": "done", "B": "open", "C": "open", "D": "open"}
    spoken(second, on=date(2026, 7, 1))
    spoken(third, is_two_way=False)
    assert states(found) == {"A": "done", "B": "done", "C": "open", "D": "open"}
    heard = standing_of(found).heard
    assert (heard[third.pk].attempts, heard[third.pk].last_try) == (1, date(2026, 8, 3))


def test_contact_about_a_lead_of_theirs_counts_but_never_about_a_strict_one(found, owners):
    spoken(lead=LeadFactory(organisation=owners[0]))
    hidden = LeadFactory(organisation=owners[1], strict=True)
    spoken(lead=hidden)
    spoken(owners[1], lead=hidden)
    assert states(found) == {"A": "done", "B": "open", "C": "open", "D": "open"}
    assert owners[1].pk not in standing_of(found).heard


def test_calls_go_to_who_keeps_the_relation_and_the_rest_is_shared_out(owners):
    first, second = UserFactory(staff=True), UserFactory(staff=True)
    change_organisation(organisation=owners[0], by=first, at=STARTED_AT, keeper=second)
    change_organisation(organisation=owners[1], by=first, at=STARTED_AT, keeper=UserFactory(staff=True))
    found = ContactRoundFactory(organisations=owners, participants=[first, second])
    callers = {member.organisation_id: member.caller for member in found.members.select_related("caller")}
    assert callers[owners[0].pk] == second
    assert sorted(list(callers.values()).count(user) for user in (first, second)) == [2, 2]


def test_a_list_stays_as_it_was_and_names_can_be_added_once(found, owners):
    newcomer = OrganisationFactory(owner=True)
    assert found.members.count() == 4
    by = UserFactory(staff=True)
    assert add_members(round=found, organisations=[newcomer, owners[0]], by=by, at=LATER) == 1
    assert member_of(found, newcomer).is_addition
    with pytest.raises(RuleError) as error:
        add_members(round=found, organisations=[newcomer], by=by, at=LATER)
    assert codes(error) == {"on_the_list"}


def test_who_cannot_be_reached_has_a_reason_and_contact_counts_all_the_same(found, owners):
    by, member = UserFactory(staff=True), member_of(found, owners[0])
    with pytest.raises(RuleError) as error:
        mark_unreachable(member=member, reason="  ", by=by, at=LATER)
    assert "no_reason" in codes(error)
    mark_unreachable(member=member, reason="Nummer klopt niet", by=by, at=LATER)
    assert states(found)["A"] == "unreachable"
    put_back(member=member, by=by, at=LATER)
    assert states(found)["A"] == "open"
    mark_unreachable(member=member, reason="Weer niet", by=by, at=LATER)
    spoken(owners[0])
    assert states(found)["A"] == "done"
    assert [change.act for change in found.changes.order_by("pk")] == [
        "started",
        "unreachable",
        "put_back",
        "unreachable",
    ]


def test_a_call_is_handed_over_within_the_round_only(found, owners):
    by, member = UserFactory(staff=True), member_of(found, owners[0])
    with pytest.raises(RuleError) as error:
        hand_over_call(member=member, to=by, by=by, at=LATER)
    assert codes(error) == {"takes_no_part"}
    found.participants.add(by)
    assert hand_over_call(member=member, to=by, by=by, at=LATER).caller == by


def test_a_closed_round_keeps_its_result_whatever_is_logged_or_hidden_later(found, owners):
    lead = LeadFactory(organisation=owners[0])
    spoken(lead=lead)
    mark_unreachable(member=member_of(found, owners[1]), reason="Opgeheven", by=found.created_by, at=LATER)
    close_round(round=found, by=found.created_by, at=LATER, conclusion="Veel leegstand")
    kept = {"A": "done", "B": "unreachable", "C": "open", "D": "open"}
    spoken(owners[2])
    Lead.objects.filter(pk=lead.pk).update(confidentiality="strict")
    found.refresh_from_db()
    assert states(found) == kept
    progress = progress_of([found])[found.pk]
    assert (progress.done, progress.open, progress.unreachable, progress.percent) == (1, 2, 1, 25)
    with pytest.raises(RuleError) as error:
        mark_unreachable(member=member_of(found, owners[2]), reason="x", by=found.created_by, at=LATER)
    assert codes(error) == {"closed_already"}
    with pytest.raises(RuleError):
        close_round(round=found, by=found.created_by, at=LATER)


def test_a_round_that_cannot_be_is_refused_with_all_its_faults(staff):
    with pytest.raises(RuleError) as error:
        ContactRoundFactory(
            name=" ", ends_on=date(2026, 6, 1), participants=[], organisations=[], scope="nonsense"
        )
    assert {"ends_too_soon", "nobody_calls", "nobody_to_call"} <= codes(error)
    assert {"name", "scope"} <= {fault.field for fault in error.value.faults}
    assert not ContactRound.objects.exists()
    with pytest.raises(RuleError) as error:
        ContactRoundFactory(participants=[UserFactory(broker=True)], ends_on=date(2029, 1, 1))
    assert codes(error) == {"not_of_the_desk", "too_long"}


def test_who_leaves_a_round_leaves_the_calls_to_the_others(owners):
    first, second = UserFactory(staff=True), UserFactory(staff=True)
    found = ContactRoundFactory(organisations=owners, participants=[first, second])
    given = {"name": found.name, "goal": "", "ends_on": found.ends_on, "by": first, "at": LATER}
    change_round(round=found, participants=[second], version=1, **given)
    assert set(found.members.values_list("caller", flat=True)) == {second.pk}
    with pytest.raises(StaleError):
        change_round(round=found, participants=[second], version=1, **given)


def test_two_organisations_of_one_round_can_still_be_merged(found, owners):
    spoken(owners[1])
    merge_organisations(keep=owners[0], drop=owners[1], choices={}, by=UserFactory(manager=True), at=LATER)
    assert states(found) == {"A": "done", "C": "open", "D": "open"}


def test_what_happened_to_a_round_is_never_rewritten(found):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundChange.objects.filter(round=found).update(count=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundChange.objects.filter(round=found).delete()
