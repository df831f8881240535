"""The home page: targets against their pace, what waits, the pipeline, arrivals, and a month that balances."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from crm.acquisition.services import close_lead, park_lead, reopen_lead, reverse_change
from crm.backoffice.dashboard import dashboard
from tests.backoffice.conftest import logged_in
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db


def desk(user):
    return dashboard(user, NOON)


def test_a_target_shows_what_is_counted_against_goal_and_pace(manager):
    for _number in range(17):
        EventFactory(startup=True, on=date(2026, 3, 20))
    EventFactory(spin_off=True, on=date(2026, 3, 20))
    branches, startups, spin_offs = desk(manager).targets
    assert (branches.counted, startups.counted, spin_offs.counted) == (0, 18, 1)
    assert (branches.goal, startups.goal, spin_offs.goal) == (5, 20, 10)
    assert (startups.is_on_pace, spin_offs.is_on_pace) == (True, False)  # pace on 22 October: 16.2 and 8.1
    assert (startups.pace, spin_offs.pace) == ("16,2", "8,1")
    assert startups.bar == "75.00%"  # 18 of a scale to 24
    assert startups.goal_at == "83.33%"


def test_every_number_links_to_the_rows_behind_it(as_manager, manager):
    EventFactory(startup=True, on=date(2026, 3, 20))
    EventFactory(spin_off=True, on=date(2026, 4, 20))
    EventFactory(startup=True, on=date(2025, 4, 20))
    EventFactory(rd_branch=True, on=date(2026, 5, 20))
    for target in desk(manager).targets:
        rows = as_manager.get(target.url).context["cl"].result_count
        assert rows == target.counted, target.title


def test_a_waiting_event_is_named_beside_the_target(manager):
    EventFactory(startup=True, on=date(2026, 3, 20), pending=True)
    startups = desk(manager).targets[1]
    assert startups.counted == 0
    assert "1" in startups.words


def test_the_pipeline_adds_up_and_links_to_its_leads(as_manager, manager):
    LeadFactory(rd_branch=True, stage="qualified", area_to_m2=500, jobs_expected=20)
    LeadFactory(startup=True, stage="qualified", area_from_m2=80, jobs_expected=4)
    LeadFactory(startup=True, stage="contacted", jobs_promised=6, jobs_expected=9)
    LeadFactory(startup=True, stage="contacted", lost=True)
    home = desk(manager)
    total = home.pipeline_sum.total
    assert (total.leads, total.area, total.jobs) == (3, 580, 30)
    assert sum(row.total.leads for row in home.pipeline) == total.leads
    for row in home.pipeline:
        assert as_manager.get(row.url).context["cl"].result_count == row.total.leads
        for cell in row.cells:
            assert as_manager.get(cell.url).context["cl"].result_count == cell.leads


def test_what_waits_is_the_persons_own_and_the_teams(manager):
    staff = UserFactory(staff=True)
    lead = LeadFactory(owner=manager)
    TaskFactory(owner=manager, title="Mijn taak", due_on=date(2026, 10, 20), lead=lead)
    TaskFactory(owner=manager, title="Later", due_on=date(2026, 10, 23), lead=LeadFactory(owner=manager))
    theirs = TaskFactory(owner=staff, title="Andermans taak", due_on=date(2026, 10, 20))
    EventFactory(pending=True, by=manager, on=date(2026, 10, 1))
    other = EventFactory(pending=True, on=date(2026, 10, 1))
    home = desk(manager)
    assert [(drawn.row.kind, drawn.row.pk) for drawn in home.waiting] == [
        ("lead", lead.pk),
        ("count_event", other.pk),
    ]
    assert home.waiting_total == 2
    assert [drawn.row.pk for drawn in desk(staff).waiting] == [theirs.pk]


def test_a_late_promise_says_how_late(manager):
    TaskFactory(owner=manager, due_on=date(2026, 10, 20))
    TaskFactory(owner=manager, due_on=date(2026, 10, 22))
    late, today = desk(manager).waiting
    assert (late.tone, today.tone) == ("bad", "warn")
    assert "2" in late.row.reason.sentence


def test_the_home_page_shows_ten_and_says_how_many_there_are(as_manager, manager):
    for _number in range(12):
        LeadFactory(owner=manager)
    home = desk(manager)
    assert (len(home.waiting), home.waiting_total) == (10, 12)
    text = as_manager.get(reverse("admin:index")).text
    assert f'<a href="{reverse("admin:today")}">' in text


def test_a_hidden_name_stays_hidden_on_the_home_page(as_staff, staff):
    lead = LeadFactory(
        strict=True, working_name="Zeer Geheim", organisation=None, owner=UserFactory(staff=True)
    )
    TaskFactory(owner=staff, lead=lead, due_on=date(2026, 10, 20), title="Bel Zeer Geheim")
    assert [drawn.row.title for drawn in desk(staff).waiting] == [lead.code_name]
    for name in ("admin:index", "admin:today"):
        with time_machine.travel(NOON, tick=False):
            assert "Geheim" not in as_staff.get(reverse(name)).text


def test_arrivals_of_this_year_say_who_waits(manager):
    EventFactory(startup=True, on=date(2026, 3, 20))
    EventFactory(startup=True, on=date(2026, 4, 20), pending=True)
    taken_back = EventFactory(startup=True, on=date(2026, 5, 20))
    EventFactory(reversal=True, reverses=taken_back, on=date(2026, 6, 1))
    EventFactory(startup=True, on=date(2025, 5, 20))
    home = desk(manager)
    assert (home.arrivals_count, home.arrivals_pending) == (2, 1)


def numbers(movement) -> dict[str, list[int]]:
    return {row.label: row.numbers for row in movement.rows}


def test_the_months_movement_balances_whatever_happened(manager, now):
    stays = LeadFactory(startup=True)
    LeadFactory(startup=True, at=now, on=date(2026, 10, 3))
    lost, parked, returned = LeadFactory(), LeadFactory(), LeadFactory(parked=True)
    mistake = LeadFactory()
    given = {"on": date(2026, 10, 10), "by": manager, "at": now}
    close_lead(lead=lost, to_status="lost", reason="no_space", **given)
    park_lead(lead=parked, **given)
    reopen_lead(lead=returned, **given)
    change = park_lead(lead=mistake, **given)
    reverse_change(change=change, by=manager, at=now)
    movement = desk(manager).movement
    assert movement.is_balanced
    rows = [row.numbers for row in movement.rows]
    assert rows[0] == [0, 3, 1]  # the month's first day: lost, parked and mistake; stays
    assert rows[-1] == [0, 2, 2]
    assert stays.status == "open"


def test_a_movement_that_does_not_balance_says_so(as_manager, manager):
    lead = LeadFactory(startup=True)
    type(lead).objects.filter(pk=lead.pk).update(status="parked")  # a write past the log
    assert not desk(manager).movement.is_balanced
    with time_machine.travel(NOON, tick=False):
        assert (
            reverse("admin:acquisition_stagechange_changelist") in as_manager.get(reverse("admin:index")).text
        )


@pytest.mark.parametrize("role", ["staff", "manager", "administrator"])
def test_the_home_page_opens_in_an_empty_park(role):
    assert logged_in(UserFactory(**{role: True})).get(reverse("admin:index")).status_code == 200
