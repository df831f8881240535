"""Several people decide about one space or one need at the same moment; each race with a control without the locks."""

import threading
from datetime import date

import pytest
from django.db import DatabaseError, connection

from crm.acquisition.services import logbook
from crm.common.errors import RuleError
from crm.estate import vacancy_writing
from crm.estate.models import Tenancy
from crm.estate.services import places, withdraw_vacancy
from crm.matching import services
from crm.matching.models import HousingNeed, Match, MatchStatus, NeedStatus
from crm.matching.services import accept_match, decline_match, drop_need, propose_match
from tests.acquisition.racing import at_once
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.matching import MatchFactory, NeedFactory, SpaceFactory

pytestmark = pytest.mark.django_db(transaction=True)
STARTS_ON = date(2026, 12, 1)
PATIENCE = 20


def accepter(match, at):
    by = UserFactory()
    return lambda: accept_match(match=match, on=STARTS_ON, by=by, at=at)


def told(answers):
    """The refusals: their codes, and what the person reads."""
    return [(answer.codes, str(answer)) for answer in answers if isinstance(answer, RuleError)]


def unexplained(answers):
    """Who failed without hearing who was first: the database's bare error, or a rule that knows nobody."""
    return [
        answer
        for answer in answers
        if isinstance(answer, DatabaseError)
        or (isinstance(answer, RuleError) and "decided_before" not in answer.codes)
    ]


@pytest.fixture
def locks_off(monkeypatch):
    """Rows are read without locking, and both have checked before either writes."""
    meeting = threading.Barrier(2)
    checked = services._gone_vacancy

    def meet(vacancy):
        faults = checked(vacancy)
        meeting.wait(PATIENCE)
        return faults

    def switch_off():
        for room in (services, vacancy_writing, places, logbook):
            monkeypatch.setattr(room, "lock_row", lambda queryset, pk: queryset.get(pk=pk))
        monkeypatch.setattr(services, "lock_rows", lambda queryset: list(queryset.order_by("pk")))
        monkeypatch.setattr(services, "_gone_vacancy", meet)

    return switch_off


def test_of_two_companies_that_take_one_space_at_once_one_wins_and_the_other_hears_who(now):
    vacancy = SpaceFactory(unit_area_m2=400)
    matches = [MatchFactory(need=NeedFactory(lead=lead()), vacancy=vacancy) for _company in range(2)]
    answers = at_once(*(accepter(match, now) for match in matches))
    (won,) = [answer for answer in answers if isinstance(answer, Match)]
    ((codes, sentence),) = told(answers)
    assert codes == ["decided_before", "vacancy_is_gone"]
    assert won.decided_by.full_name in sentence
    assert Tenancy.objects.get().tenant == won.need.lead.identity.organisation
    states = [(match.status, match.need.status, match.need.lead.stage) for match in again(matches)]
    assert sorted(states) == [("accepted", "housed", "committed"), ("let_elsewhere", "open", "decision")]


def test_control_without_the_locks_nobody_tells_the_second_company_why(now, locks_off):
    vacancy = SpaceFactory(unit_area_m2=400)
    matches = [MatchFactory(vacancy=vacancy) for _company in range(2)]

    answers = at_once(*(accepter(match, now) for match in matches), deferred=True)
    print_how(answers)
    assert Tenancy.objects.count() == 2 or len(unexplained(answers)) == 1


def test_six_people_who_accept_one_match_begin_one_tenancy(now):
    match = MatchFactory(vacancy=SpaceFactory(unit_area_m2=2000))
    answers = at_once(*(accepter(match, now) for _person in range(6)))
    assert [codes for codes, _sentence in told(answers)] == [
        ["decided_before", "need_is_closed", "vacancy_is_gone"]
    ] * 5
    assert Tenancy.objects.count() == 1


def test_a_need_that_takes_two_spaces_at_once_is_housed_once(now):
    need = NeedFactory()
    matches = [MatchFactory(need=need) for _space in range(2)]
    answers = at_once(*(accepter(match, now) for match in matches))
    assert [codes for codes, _sentence in told(answers)] == [["decided_before", "need_is_closed"]]
    need.refresh_from_db()
    assert Tenancy.objects.get() == need.tenancy
    assert sorted(match.status for match in again(matches)) == [MatchStatus.ACCEPTED, MatchStatus.DECLINED]


def test_control_without_the_locks_a_need_is_housed_twice_or_somebody_meets_a_bare_error(now, locks_off):
    need = NeedFactory()
    matches = [MatchFactory(need=need) for _space in range(2)]

    answers = at_once(*(accepter(match, now) for match in matches), deferred=True)
    print_how(answers)
    assert Tenancy.objects.count() == 2 or len(unexplained(answers)) == 1


def test_spaces_and_needs_proposed_crosswise_are_taken_without_a_deadlock(now):
    for _attempt in range(4):
        needs, spaces = [NeedFactory() for _need in range(3)], [SpaceFactory() for _space in range(3)]
        matches = [MatchFactory(need=need, vacancy=space) for need in needs for space in spaces]
        answers = at_once(*(accepter(match, now) for match in matches[::2] + matches[1::2]))
        assert len(answers) == len(told(answers)) + 3
        assert {need.status for need in HousingNeed.objects.filter(pk__in=[row.pk for row in needs])} == {
            NeedStatus.HOUSED
        }


def test_accepting_declining_dropping_and_withdrawing_at_once_end_in_one_story(now):
    for _attempt in range(5):
        match, by = MatchFactory(), UserFactory()
        given = {"by": by, "at": now}
        answers = at_once(
            accepter(match, now),
            lambda match=match, given=given: decline_match(match=match, reason="Te duur", **given),
            lambda match=match, given=given: drop_need(need=match.need, reason="Blijft zitten", **given),
            lambda match=match, given=given: withdraw_vacancy(vacancy=match.vacancy, reason="", **given),
        )
        (stands,) = again([match])
        accepted = stands.status == MatchStatus.ACCEPTED
        assert accepted == any(isinstance(answer, Match) and answer.decided_by != by for answer in answers)
        assert accepted == Tenancy.objects.filter(unit=match.vacancy.unit).exists()
        assert accepted == (stands.need.status == NeedStatus.HOUSED) == (stands.vacancy.status == "let")


def test_a_space_proposed_while_it_is_taken_is_refused_or_ends_with_the_others(now):
    for _attempt in range(5):
        match, need, by = MatchFactory(), NeedFactory(), UserFactory()
        at_once(
            accepter(match, now),
            lambda match=match, need=need, by=by: propose_match(
                need=need, vacancy=match.vacancy, on=now.date(), by=by, at=now
            ),
        )
        need.refresh_from_db()
        assert need.status == NeedStatus.OPEN
        assert not Match.objects.filter(need=need).undecided().exists()


def test_one_space_proposed_twice_at_once_stands_once(now):
    need, vacancy, by = NeedFactory(), SpaceFactory(), UserFactory()
    common = {"need": need, "vacancy": vacancy, "on": now.date(), "by": by, "at": now}
    answers = at_once(*[lambda: propose_match(**common)] * 4)
    assert [codes for codes, _sentence in told(answers)] == [["proposed_before"]] * 3
    assert Match.objects.get().need == need


def lead():
    unsigned = {"confirmation_on": None, "confirmation_reference": ""}
    return LeadFactory(stage="decision", complete=True, **unsigned)


def again(matches):
    return list(Match.objects.filter(pk__in=[match.pk for match in matches]).order_by("pk"))


def print_how(answers):
    """What the failure was, for whoever reads the run (`pytest -s`)."""
    print(  # noqa: T201 the control shows its failure
        f"\n{connection.vendor}, no locks: {Tenancy.objects.count()} tenancies;",
        *(f"{type(answer).__name__}: {str(answer).splitlines()[0]}" for answer in answers),
        sep="\n  ",
    )
