"""The board of a track: figures that equal their lists, moves that the server decides, and nothing half-done."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from crm.acquisition.models import Activity, Lead, StageChange
from crm.acquisition.services import close_lead, park_lead
from crm.contacts.models import ApplicationArea
from tests.backoffice.conftest import logged_in
from tests.backoffice.crowd import Crowd
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
STARTUP = "/admin/board/startup/"
ROLES = ["staff", "manager", "administrator"]


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def move(client, lead, to, **extra):
    data = {"lead": lead.pk, "from": lead.stage, "to": to, "version": lead.version} | extra
    return client.post(f"/admin/board/{lead.track}/move/", data)


def startup(**facts):
    return LeadFactory(startup=True, **facts)


def board(client, query=""):
    response = client.get(STARTUP + query)
    assert response.status_code == 200
    return response.context["board"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("query", ["", "?owner=me", "?owner=nobody", "?q=Geheim", "?q=Bedrijf", "?area=1"])
def test_every_number_equals_the_rows_of_its_list(role, query):
    user, area = UserFactory(**{role: True}), ApplicationArea.objects.get(pk=1)
    startup(area_from_m2=100, area_to_m2=300, jobs_expected=5, jobs_promised=8, owner=user)
    startup(strict=True, organisation=OrganisationFactory(name="Geheim"), area_from_m2=50)
    startup(stage="proposal", application_area=area, organisation=OrganisationFactory(name="Bedrijf 1"))
    LeadFactory(rd_branch=True)
    for facts in ({"parked": True}, {"lost": True}, {"referred": True}, {"established": True}):
        startup(**facts, owner=user)
        startup(**facts)
    startup(lost=True, at=NOON.replace(year=2024), on=date(2024, 3, 1))
    client = logged_in(user)
    drawn = board(client, query)
    for column in (*drawn.columns, *drawn.folded):
        listed = client.get(column.url).context["cl"]
        assert listed.result_count == column.count, column
        if not column.is_folded:
            rows = list(Lead.objects.filter(pk__in=[row.pk for row in listed.queryset]))
            assert column.area == sum(row.area_to_m2 or row.area_from_m2 or 0 for row in rows)
            assert column.jobs == sum(row.jobs_promised or row.jobs_expected or 0 for row in rows)
            assert len(column.cards) == column.count
    if not query:
        counts = {column.to: column.count for column in drawn.folded}
        assert counts == {"parked": 2, "established": 2, "lost": 2, "referred": 2, "withdrawn": 0}
        assert "2026" in parse_qs(urlsplit(drawn.folded[2].url).query)["came_in"]


def test_figures_are_of_the_whole_column_and_more_shows_the_rest(as_staff):
    for _ in range(30):
        startup(area_from_m2=10)
    column = board(as_staff).columns[0]
    assert (column.count, column.area, len(column.cards), column.hidden) == (30, 300, 25, 5)
    assert len(board(as_staff, column.more_url.partition("#")[0]).columns[0].cards) == 30


def test_the_longest_over_the_norm_comes_first_and_owners_together_when_asked(as_staff):
    anna, bob = UserFactory(full_name="Anna"), UserFactory(full_name="Bob")
    young = startup(stage="contacted", on=date(2026, 1, 5), owner=bob)
    old = startup(stage="contacted", on=date(2025, 1, 5), owner=bob)
    other = startup(stage="contacted", on=date(2025, 6, 5), owner=anna)
    cards = board(as_staff).columns[1].cards
    assert [card.lead.pk for card in cards] == [old.pk, other.pk, young.pk]
    assert (cards[0].is_over, cards[0].norm) == (True, 90)
    cards = board(as_staff, "?by=owner").columns[1].cards
    assert [card.lead.pk for card in cards] == [other.pk, old.pk, young.pk]


def test_a_hidden_name_stays_hidden_in_text_search_and_order(as_staff):
    hidden = startup(strict=True, organisation=OrganisationFactory(name="Zeer Geheim"))
    TaskFactory(lead=hidden, title="Bel Zeer Geheim")
    response = as_staff.get(STARTUP)
    assert "Zeer Geheim" not in response.text
    assert hidden.code_name in response.text
    assert board(as_staff, "?q=Zeer").columns[0].count == 0
    answer = move(as_staff, hidden, "contacted")
    assert answer.status_code == 403
    assert "Geheim" not in answer.text
    assert Lead.objects.get().stage == "identified"


def test_a_move_with_everything_there_moves_and_is_taken_back(as_staff):
    lead = startup(complete=True)
    answer = move(as_staff, lead, "qualified")
    assert answer.status_code == 200
    told = answer.json()
    assert told["where"] == "qualified"
    assert Lead.objects.get().stage == "qualified"
    assert "1" in told["heads"]["qualified"]
    back = as_staff.post(f"{STARTUP}take-back/", told["undo"])
    assert (back.status_code, back.json()["where"]) == (200, "identified")
    assert StageChange.objects.filter(reverses__isnull=False).count() == 1
    again = as_staff.post(f"{STARTUP}take-back/", told["undo"])
    assert (again.status_code, again.json()["where"]) == (409, "identified")


def test_a_stale_move_says_who_moved_it_and_where(as_staff, manager):
    lead = startup(complete=True)
    assert move(logged_in(manager), lead, "site_visit").status_code == 200
    answer = move(as_staff, lead, "contacted")
    assert answer.status_code == 409
    told = answer.json()
    assert told["where"] == "site_visit"
    assert manager.full_name in told["sentence"]
    assert 'data-place="site_visit"' in told["card"]


def test_what_is_missing_is_asked_and_stored_with_the_move(as_staff):
    company = OrganisationFactory()
    person = PersonFactory(organisation=company)
    lead = startup(organisation=company)
    asked = move(as_staff, lead, "qualified")
    assert asked.status_code == 422
    for name in ("contact-person", "missing-develops_technology", "missing-decision_maker"):
        assert f'name="{name}"' in asked.json()["panel"]
    assert "offer_reference" not in asked.json()["panel"]
    filled = {
        "panel": "1",
        "contact-kind": "call",
        "contact-occurred_on": "2026-10-20",
        "contact-person": person.pk,
        "missing-develops_technology": "true",
        "missing-has_rd_in_operations": "false",
        "missing-seeks_space": "false",
        "missing-decision_expected_on": "2027-01-01",
        "missing-decision_maker": person.pk,
    }
    wrong = move(as_staff, lead, "qualified", **filled | {"missing-decision_expected_on": "2031-01-01"})
    assert wrong.status_code == 422
    assert "aria-invalid" in wrong.json()["panel"]
    assert not Activity.objects.exists()
    assert Lead.objects.get().develops_technology is None
    assert move(as_staff, lead, "qualified", **filled).status_code == 200
    fresh = Lead.objects.get()
    assert (fresh.stage, fresh.develops_technology, fresh.decision_maker) == ("qualified", True, person)
    assert Activity.objects.get().person == person


def test_contact_in_the_future_is_refused_and_nothing_stays(as_staff):
    company = OrganisationFactory()
    person = PersonFactory(organisation=company)
    lead = startup(organisation=company)
    contact = {"contact-kind": "call", "contact-occurred_on": "2026-12-24", "contact-person": person.pk}
    answer = move(as_staff, lead, "contacted", panel="1", **contact)
    assert answer.status_code == 422
    assert 'class="error"' in answer.json()["panel"]
    assert (Lead.objects.get().stage, Activity.objects.count()) == ("identified", 0)


def test_an_ending_asks_its_reason_and_parking_asks_nothing(as_staff):
    lead = startup()
    assert 'name="end-reason"' in move(as_staff, lead, "lost").json()["panel"]
    answer = move(as_staff, lead, "lost", panel="1", **{"end-reason": "no_space"})
    assert (answer.status_code, answer.json()["where"]) == (200, "lost")
    assert move(as_staff, startup(), "parked").status_code == 200


def test_who_lost_the_role_a_moment_ago_is_told_and_moves_nothing(as_staff, staff):
    lead = startup(complete=True)
    User.objects.filter(pk=staff.pk).update(role=Role.PARTNER)
    answer = move(as_staff, lead, "contacted")
    assert answer.status_code == 403
    assert answer.json()["sentence"]
    assert Lead.objects.get().stage == "identified"


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_partners_and_brokers_have_no_board(role):
    client = logged_in(UserFactory(**{role: True}))
    assert client.get(STARTUP).status_code in (302, 403)
    assert move(client, startup(), "parked").status_code == 403


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"to": "established"}, 400),
        ({"to": "nowhere"}, 400),
        ({"version": "x"}, 409),
        ({"version": "9" * 40}, 409),
        ({"from": "decision"}, 409),
        ({"lead": "9999"}, 404),
        ({"lead": "\u0661"}, 404),
        ({"to": "contacted"}, 422),
    ],
)
def test_nonsense_is_answered_with_a_sentence(as_staff, data, status):
    lead = startup(stage="contacted", complete=True)
    whole = {"lead": lead.pk, "from": "contacted", "to": "qualified", "version": lead.version} | data
    answer = as_staff.post(f"{STARTUP}move/", whole)
    assert (answer.status_code, bool(answer.json()["sentence"])) == (status, True)


def test_odd_addresses_are_no_failure(as_staff):
    startup(organisation=OrganisationFactory(name="<script>alert(1)</script> 🚀 عربي"))
    startup(organisation=None, working_name="x" * 200)
    assert "<script>alert" not in as_staff.get(STARTUP).text
    assert as_staff.get("/admin/board/nonsense/").status_code == 404
    for query in ("?owner=x&area=y&whole=z&by=q", f"?q={'x' * 500}", "?q=%00", "?area=" + "9" * 30):
        assert as_staff.get(STARTUP + query).status_code == 200


def test_an_ended_lead_counts_in_the_year_of_its_standing_ending(as_staff, manager):
    lead = startup(parked=True, at=NOON.replace(year=2025), on=date(2025, 3, 1))
    close_lead(lead=lead, to_status="lost", reason="timing", on=date(2026, 2, 1), by=manager, at=NOON)
    park_lead(lead=startup(), on=date(2026, 2, 1), by=manager, at=NOON)
    assert {c.to: c.count for c in board(as_staff).folded if c.count} == {"parked": 1, "lost": 1}


def test_the_board_asks_equally_often_for_ten_leads_and_two_hundred(as_manager):
    def queries() -> int:
        as_manager.get(STARTUP)
        with CaptureQueriesContext(connection) as captured:
            as_manager.get(STARTUP)
        return len(captured)

    Crowd(10)
    few = queries()
    Crowd(190, first=10)
    assert few == queries()
    assert few <= 20


def test_the_last_board_is_remembered(as_staff):
    assert as_staff.get(reverse("admin:any_board")).url == "/admin/board/rd_branch/"
    as_staff.get(STARTUP)
    response = as_staff.get(reverse("admin:any_board"), follow=True)
    assert response.request["PATH_INFO"] == STARTUP
    assert 'aria-current="true"' in response.text
