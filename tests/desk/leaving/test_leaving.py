"""Somebody leaves: everything goes to colleagues with its log, every way in closes, or nothing happens at all."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from accounts.models import AccountEvent, Act
from accounts.services import activate_user
from crm.acquisition.models import Lead, LeadEdit, Task
from crm.acquisition.services import change_lead
from crm.common.errors import RuleError, StaleError
from crm.contacts.services import change_organisation
from crm.desk.bulk import services as bulk
from crm.desk.leaving.belongings import Kind, belongings
from crm.desk.lists import save_view
from crm.desk.mail.services import make_drop_address
from crm.desk.models import CalendarAddress, DropAddress
from crm.desk.services import begin_bulk, let_leave, make_calendar_address, snooze
from tests.factories.accounts import ApiKeyFactory, UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.matching import NeedFactory
from tests.factories.rounds import ContactRoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaver():
    return UserFactory(full_name="Sanne Vertrekt")


@pytest.fixture
def heir():
    return UserFactory(full_name="Noor de Wit")


def all_to(heir):
    return {kind.value: heir for kind in Kind}


def view(user, name, now, *, is_shared=True):
    return save_view(
        list_name="acquisition.lead",
        name=name,
        query="status__exact=open",
        is_shared=is_shared,
        by=user,
        at=now,
    )


def owners(*rows):
    found = []
    for row in rows:
        row.refresh_from_db()
        found.append(row.owner)
    return found


def test_relations_and_calls_go_too_and_the_drop_address_ends(leaver, heir, administrator, now):
    relation = OrganisationFactory(owner=True)
    change_organisation(organisation=relation, keeper=leaver, by=administrator, at=now)
    running = ContactRoundFactory(organisations=[relation], participants=[leaver])
    make_drop_address(user=leaver, by=leaver, at=now)
    let_leave(user=leaver, heirs=all_to(heir), by=administrator, at=now)
    relation.refresh_from_db()
    assert relation.keeper == heir
    assert running.members.get().caller == heir
    assert set(running.participants.all()) == {leaver, heir}
    assert not DropAddress.objects.filter(user=leaver, revoked_at__isnull=True).exists()


def test_what_runs_goes_to_a_colleague_and_what_ended_keeps_its_owner(leaver, heir, administrator, now):
    running, parked = LeadFactory(owner=leaver), LeadFactory(owner=leaver, parked=True)
    lost = LeadFactory(owner=leaver, lost=True)
    others = LeadFactory(owner=heir, team=[leaver])
    task, need = TaskFactory(owner=leaver, lead=running), NeedFactory(owner=leaver)
    shared, own = view(leaver, "Beurs", now), view(leaver, "Van mij", now, is_shared=False)
    view(heir, "beurs", now)
    let_leave(user=leaver, heirs=all_to(heir), by=administrator, at=now)
    assert owners(running, parked, task, need, shared) == [heir] * 5
    assert owners(lost, own) == [leaver] * 2
    assert shared.name == "Beurs 2"
    assert list(others.team.all()) == []
    assert {edit.field for edit in LeadEdit.objects.filter(lead=running)} == {"owner"}
    assert task.changes.get().by == administrator
    assert LeadEdit.objects.filter(lead=others, field="team", by=administrator).exists()


def test_every_way_in_is_closed_and_stays_so_when_the_account_opens_again(leaver, heir, administrator, now):
    key = ApiKeyFactory(user=leaver, at=now)
    make_calendar_address(user=leaver, by=leaver, at=now)
    session = SessionStore()
    session["_auth_user_id"] = str(leaver.pk)
    session.set_expiry(10**9)
    session.save()
    let_leave(user=leaver, heirs={}, by=administrator, at=now)
    leaver.refresh_from_db()
    key.refresh_from_db()
    assert not leaver.is_active
    assert key.revoked_by == administrator
    assert CalendarAddress.objects.get(user=leaver).revoked_by == administrator
    assert not Session.objects.exists()
    acts = list(AccountEvent.objects.filter(user=leaver).values_list("act", flat=True))
    assert {Act.LEFT, Act.SWITCHED_OFF, Act.KEY_REVOKED} <= set(acts)
    activate_user(user=leaver, by=administrator, at=now)
    assert belongings(leaver, now).keys == belongings(leaver, now).calendars == 0


def test_what_was_snoozed_returns_and_unfinished_bulk_work_stops(
    leaver, heir, administrator, now, monkeypatch
):
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    lead = LeadFactory(owner=leaver)
    row = snooze(subject=lead, until=now.date() + timedelta(days=9), reason="Vakantie", by=leaver, at=now)
    job = begin_bulk(
        deed="park",
        values={"until": "2026-12-01", "reason": "Later"},
        versions={lead.pk: lead.version},
        by=leaver,
        at=now,
    )
    let_leave(user=leaver, heirs=all_to(heir), by=administrator, at=now)
    row.refresh_from_db()
    job.refresh_from_db()
    assert (row.ended_by, job.finished_at) == (administrator, now)
    assert bulk.run_due_bulk(at=now + timedelta(days=1)) == 0


def test_a_strict_lead_goes_only_to_whom_may_read_it_and_else_nothing_happens(
    leaver, heir, administrator, now
):
    plain, strict = LeadFactory(owner=leaver), LeadFactory(owner=leaver, strict=True)
    task = TaskFactory(owner=leaver, lead=strict)
    with pytest.raises(RuleError) as refusal:
        let_leave(user=leaver, heirs=all_to(heir), by=administrator, at=now)
    fault = refusal.value.faults[0]
    assert (fault.code, fault.field) == ("may_not_read", Kind.STRICT_LEADS)
    assert strict.code_name in str(fault.message)
    assert owners(plain, strict, task) == [leaver] * 3
    leaver.refresh_from_db()
    assert leaver.is_active
    manager = UserFactory(manager=True)
    heirs = all_to(heir) | {Kind.STRICT_LEADS.value: manager}
    let_leave(user=leaver, heirs=heirs, by=administrator, at=now)
    assert owners(plain, strict, task) == [heir, manager, manager], "the task goes where its lead goes"


def test_a_task_about_a_strict_lead_of_somebody_else_needs_a_reader_too(leaver, heir, administrator, now):
    other = UserFactory()
    strict = LeadFactory(owner=other, strict=True, team=[leaver])
    task = TaskFactory(owner=leaver, lead=strict, title="Bel Kanarie BV")
    with pytest.raises(RuleError) as refusal:
        let_leave(user=leaver, heirs=all_to(heir), by=administrator, at=now)
    assert refusal.value.codes == ["may_not_read"]
    assert "Kanarie" not in str(refusal.value), "what somebody typed may be the name"
    let_leave(user=leaver, heirs=all_to(other), by=administrator, at=now)
    assert owners(task) == [other]


def test_a_try_says_the_same_and_leaves_everything(leaver, heir, administrator, now):
    lead, task = LeadFactory(owner=leaver), TaskFactory(owner=leaver)
    key = ApiKeyFactory(user=leaver, at=now)
    let_leave(user=leaver, heirs=all_to(heir), by=administrator, at=now, is_dry_run=True)
    assert owners(lead, task) == [leaver] * 2
    key.refresh_from_db()
    leaver.refresh_from_db()
    assert (key.revoked_at, leaver.is_active) == (None, True)
    with pytest.raises(RuleError) as refusal:
        let_leave(user=leaver, heirs={}, by=administrator, at=now, is_dry_run=True)
    assert {(fault.code, fault.field) for fault in refusal.value.faults} == {
        ("heir_needed", Kind.LEADS),
        ("heir_needed", Kind.TASKS),
    }


@pytest.mark.parametrize("what", ["new", "changed", "gone"])
def test_what_came_or_went_since_the_preview_is_not_handed_over_unseen(
    leaver, heir, administrator, now, what
):
    lead = LeadFactory(owner=leaver)
    seen = belongings(leaver, now).fingerprint
    if what == "new":
        TaskFactory(owner=leaver)
    elif what == "changed":
        change_lead(lead=lead, jobs_expected=3, by=heir, at=now, version=lead.version)
    else:
        change_lead(lead=lead, owner=heir, by=heir, at=now, version=lead.version)
    with pytest.raises(StaleError):
        let_leave(user=leaver, heirs=all_to(heir), by=administrator, at=now, seen=seen)
    leaver.refresh_from_db()
    assert leaver.is_active


def test_who_cannot_leave_and_who_cannot_take_over(leaver, heir, administrator, now):
    LeadFactory(owner=leaver)
    LeadFactory(owner=administrator)
    gone, partner = UserFactory(is_active=False), UserFactory(partner=True)
    for user, heirs, by, code in (
        (administrator, all_to(heir), administrator, "oneself"),
        (gone, {}, administrator, "left_already"),
        (administrator, all_to(heir), heir, "last_administrator"),
        (leaver, all_to(leaver), administrator, "not_of_the_desk"),
        (leaver, all_to(gone), administrator, "not_of_the_desk"),
        (leaver, all_to(partner), administrator, "not_of_the_desk"),
    ):
        with pytest.raises(RuleError) as refusal:
            let_leave(user=user, heirs=heirs, by=by, at=now)
        assert refusal.value.codes[0] == code
    assert Lead.objects.filter(owner__in=(leaver, administrator)).count() == 2


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_who_never_worked_at_the_desk_leaves_with_nothing_to_hand_over(role, administrator, now):
    user = UserFactory(role=role)
    ApiKeyFactory(user=user, at=now)
    assert let_leave(user=user, heirs={}, by=administrator, at=now).total == 0
    user.refresh_from_db()
    assert not user.is_active


def test_handing_over_hundreds_of_rows_stays_one_step(leaver, heir, administrator, now):
    for _ in range(20):
        TaskFactory(owner=leaver, lead=LeadFactory(owner=leaver))
    let_leave(user=leaver, heirs=all_to(heir), by=administrator, at=now)
    assert Task.objects.filter(owner=heir).count() == Lead.objects.filter(owner=heir).count() == 20
    assert AccountEvent.objects.get(act=Act.LEFT).detail == {"leads": 20, "tasks": 20}
