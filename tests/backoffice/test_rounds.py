"""The pages of contact rounds: started with a look first, called down by whoever takes part, closed by managers."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.common.months import amsterdam_day
from crm.desk.lists import save_view
from crm.desk.models import ListExport
from crm.desk.rounds.models import ContactRound
from tests.backoffice.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.rounds import ContactRoundFactory

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("admin:contact-rounds"), reverse("admin:contact-round-new")


def page(found, name="contact-round", *more) -> str:
    return reverse(f"admin:{name}", args=[found.pk, *more])


def today():
    return amsterdam_day(timezone.now())


def started(participants, organisations, **values):
    return ContactRoundFactory(
        participants=participants,
        organisations=organisations,
        starts_on=today() - timedelta(days=5),
        ends_on=today() + timedelta(days=30),
        at=timezone.now(),
        **values,
    )


def spoken(organisation, **values):
    ActivityFactory(organisation=organisation, occurred_on=today(), at=timezone.now(), **values)


@pytest.fixture
def owners():
    return [OrganisationFactory(owner=True, name=f"Eigenaar {letter}") for letter in "ABCD"]


@pytest.fixture
def found(staff, owners):
    return started([staff, UserFactory(staff=True)], owners)


def form(manager, **values) -> dict:
    return {
        "name": "60 eigenaren dit halfjaar",
        "source": "owner",
        "starts_on": today().isoformat(),
        "ends_on": (today() + timedelta(days=180)).isoformat(),
        "participants": [manager.pk],
        "goal": "Leegstand en plannen",
    } | values


def test_a_round_is_looked_at_before_it_is_started(as_manager, manager, owners):
    OrganisationFactory(broker=True, name="Makelaar")
    looked = as_manager.post(NEW, form(manager))
    assert [row.name for row in looked.context["preview"]] == [owner.name for owner in owners]
    assert not ContactRound.objects.exists()
    as_manager.post(NEW, form(manager, start="yes"))
    found = ContactRound.objects.get()
    assert (found.members.count(), found.scope, found.created_by) == (4, "owner", manager)


def test_a_view_of_the_list_or_chosen_rows_make_a_round(as_manager, manager, owners):
    view = save_view(
        list_name="contacts.organisation",
        name="A",
        query="q=Eigenaar+B",
        is_shared=False,
        by=manager,
        at=timezone.now(),
    )
    as_manager.post(NEW, form(manager, source=f"view-{view.pk}", start="yes"))
    assert [row.organisation for row in ContactRound.objects.get().members.all()] == [owners[1]]
    chosen = {"action": "start_contact_round", "_selected_action": [owners[1].pk, owners[2].pk]}
    answer = as_manager.post(reverse("admin:contacts_organisation_changelist"), chosen)
    given = as_manager.get(answer.headers["Location"]).context["form"].initial
    assert given["source"] == "chosen"
    as_manager.post(NEW, form(manager, source="chosen", chosen=given["chosen"], start="yes"))
    latest = ContactRound.objects.order_by("pk").last()
    assert {row.organisation_id for row in latest.members.all()} == {owners[1].pk, owners[2].pk}


def test_what_is_wrong_stands_at_its_field_and_nothing_is_started(as_manager, manager, owners):
    given = form(manager, ends_on=(today() - timedelta(days=3)).isoformat(), start="yes")
    errors = as_manager.post(NEW, given).context["form"].errors
    assert set(errors) == {"ends_on"}
    errors = as_manager.post(NEW, form(manager, source="partner", start="yes")).context["form"].errors
    assert set(errors) == {"source"}
    assert "participants" in as_manager.post(NEW, form(manager, participants=[])).context["form"].errors
    assert not ContactRound.objects.exists()


def test_every_figure_of_a_round_opens_a_list_with_exactly_that_many_rows(as_staff, found, owners, staff):
    spoken(owners[0])
    member = found.members.get(organisation=owners[1])
    given = {"deal": "unreachable", "member": member.pk, f"u{member.pk}-reason": "Verhuisd"}
    as_staff.post(page(found), given)
    line = as_staff.get(LIST).context["running"][0]
    progress = line["progress"]
    assert (progress.done, progress.open, progress.unreachable) == (1, 2, 1)
    text = as_staff.get(LIST).text
    for state, count in (("done", 1), ("open", 2), ("unreachable", 1)):
        assert f'{page(found)}?show={state}">{count}<' in text
        assert len(as_staff.get(f"{page(found)}?show={state}").context["rows"]) == count
    response = as_staff.get(page(found))
    linked = re.findall(r'href="(\?who=\d+&amp;show=[a-z]+)">(\d+)<', response.text)
    assert len(linked) == 6
    for query, count in linked:
        opened = as_staff.get(page(found) + query.replace("&amp;", "&"))
        assert len(opened.context["rows"]) == int(count)
    assert sum(int(count) for _query, count in linked) == 4


def test_ones_own_calls_come_first(as_staff, found, owners, staff):
    following = as_staff.get(page(found)).context["following"]
    assert following.caller == staff
    for member in found.members.filter(caller=staff).select_related("organisation"):
        spoken(member.organisation)
    assert as_staff.get(page(found)).context["following"].caller != staff
    for owner in owners:
        spoken(owner)
    response = as_staff.get(page(found))
    assert response.context["following"] is None


def test_whoever_calls_marks_adds_and_hands_over(as_staff, found, owners, staff):
    member = found.members.filter(caller=staff).first()
    other = found.participants.exclude(pk=staff.pk).get()
    response = as_staff.post(page(found), {"deal": "unreachable", "member": member.pk})
    assert response.context["rows"]
    as_staff.post(page(found), {"deal": "hand_over", "member": member.pk, f"c{member.pk}-to": other.pk})
    member.refresh_from_db()
    assert (member.caller, member.unreachable_at) == (other, None)
    newcomer = OrganisationFactory(owner=True)
    as_staff.post(page(found), {"deal": "add", "organisation": newcomer.pk})
    again = as_staff.post(page(found), {"deal": "add", "organisation": newcomer.pk})
    assert again.context["add_form"].errors
    assert found.members.count() == 5
    assert as_staff.post(page(found), {"deal": "hand_over", "member": "999999"}).status_code == 404
    assert as_staff.post(page(found), {"deal": "vanish", "member": member.pk}).status_code == 404


def test_a_manager_changes_and_closes_it_and_then_nothing_moves(as_manager, as_staff, found, owners, staff):
    assert as_staff.post(page(found, "contact-round-close"), {}).status_code == 403
    assert as_staff.get(page(found, "contact-round-change")).status_code == 403
    given = {"name": "Andere naam", "ends_on": found.ends_on, "participants": [staff.pk], "version": 1}
    as_manager.post(page(found, "contact-round-change"), given)
    stale = as_manager.post(page(found, "contact-round-change"), given)
    assert stale.context["form"].non_field_errors()
    spoken(owners[0])
    assert as_manager.get(page(found, "contact-round-close")).context["progress"].done == 1
    as_manager.post(page(found, "contact-round-close"), {"conclusion": "Veel leegstand"})
    response = as_staff.get(page(found))
    assert "Andere naam" in response.text
    assert "Veel leegstand" in response.text
    assert not response.context["may_mark"]
    as_staff.post(page(found), {"deal": "add", "organisation": OrganisationFactory().pk})
    assert found.members.count() == 4


def test_a_round_leaves_the_house_as_a_list_and_that_is_logged(as_staff, found, owners):
    spoken(owners[0])
    answer = as_staff.get(page(found, "contact-round-export", "csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 5
    assert {row[0] for row in rows[1:]} == {owner.name for owner in owners}
    assert as_staff.get(page(found, "contact-round-export", "xlsx")).content[:2] == b"PK"
    assert ListExport.objects.filter(list_name="desk.contactround", rows=4).count() == 2
    assert as_staff.get(page(found, "contact-round-export", "pdf")).status_code == 404


@pytest.mark.parametrize("role", ["administrator", "manager", "staff", "partner", "broker"])
def test_who_may_do_what_with_rounds(role, owners):
    user = UserFactory(**{role: True})
    client, found = logged_in(user), started([UserFactory(staff=True)], owners)
    desk, starts = role in ("administrator", "manager", "staff"), role in ("administrator", "manager")
    pages = {LIST: desk, page(found): desk, page(found, "contact-round-export", "csv"): desk}
    pages |= {
        NEW: starts,
        page(found, "contact-round-close"): starts,
        page(found, "contact-round-change"): starts,
    }
    for url, may in pages.items():
        assert (client.get(url).status_code == 200) is may, url
    member = found.members.first()
    client.post(page(found), {"deal": "unreachable", "member": member.pk, f"u{member.pk}-reason": "x"})
    member.refresh_from_db()
    assert (member.unreachable_at is not None) is desk


def test_the_pages_ask_equally_often_whatever_there_is(as_manager, manager):
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_manager.get(url).status_code == 200
        return len(captured)

    def grown(number: int):
        organisations = [OrganisationFactory(owner=True) for _number in range(number)]
        found = started([manager, UserFactory(staff=True)], organisations)
        for organisation in organisations[::2]:
            spoken(organisation)
        return found

    small = grown(2)
    as_manager.get(LIST)
    few = queries(LIST), queries(page(small))
    large = grown(12)
    assert (queries(LIST), queries(page(large))) == few
    assert max(few) <= 20
