"""An organisation's portfolio: figures that open exactly their rows, contact logged in place, nothing of strict leads."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.acquisition.models import Activity, Task
from crm.common.months import amsterdam_day
from crm.contacts.services import grant_broker_access, record_person
from crm.desk.merging.services import merge_organisations
from crm.estate.models import Building, Vacancy
from crm.estate.services import (
    ask_broker,
    begin_tenancy,
    change_vacancy,
    record_building,
    record_ownership,
    record_unit,
)
from tests.backoffice.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import ActivityFactory, LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.estate import VacancyFactory, area
from tests.factories.matching import NeedFactory
from tests.factories.rounds import ContactRoundFactory

pytestmark = pytest.mark.django_db
LIST = reverse("admin:contacts_organisation_changelist")
# A figure on the page: a link into a list with a filter, around nothing but a number.
FIGURE = re.compile(r'<a (?:class="meta" )?href="(/admin/[a-z]+/[a-z]+/\?[^"]+)">(\d+)</a>')


def page(organisation) -> str:
    return reverse("admin:contacts_organisation_portfolio", args=[organisation.pk])


def today():
    return amsterdam_day(timezone.now())


def place(owner, by, name="Gebouw", share=100, building=None):
    at = timezone.now()
    if building is None:
        building = record_building(name=name, area=area("ut_campus"), by=by, at=at)
    record_ownership(
        building=building,
        owner=owner,
        share=Decimal(share),
        valid_from=today() - timedelta(days=900),
        by=by,
        at=at,
    )
    return building


def unit(building, by, name, area_m2=100):
    return record_unit(
        building=building, name=name, space_type="office", area_m2=Decimal(area_m2), by=by, at=timezone.now()
    )


def let(unit, tenant, by, area_m2=100, ends=None, notice=None, begun=400):
    return begin_tenancy(
        unit=unit,
        tenant=tenant,
        area_m2=Decimal(area_m2),
        valid_from=today() - timedelta(days=begun),
        valid_until=None if ends is None else today() + timedelta(days=ends),
        notice_on=None if notice is None else today() + timedelta(days=notice),
        by=by,
        at=timezone.now(),
    )


@pytest.fixture
def everything(staff):
    """One organisation that owns, brokers and rents, with a stranger beside it in every list."""
    all_in_one = OrganisationFactory(kinds=("real_estate_owner", "broker"), name="Alleskunner B.V.")
    other, at = OrganisationFactory(kinds=("real_estate_owner", "broker")), timezone.now()
    ours, theirs = place(all_in_one, staff, share=60), place(other, staff, "Elders")
    place(other, staff, share=40, building=ours)
    let(unit(ours, staff, "1"), other, staff, ends=200, notice=100)
    let(unit(ours, staff, "2"), other, staff, area_m2=40, ends=450, notice=90)
    let(unit(ours, staff, "3"), other, staff, ends=900, notice=600)
    unit(ours, staff, "4")
    let(unit(theirs, staff, "1"), all_in_one, staff, ends=90)
    let(unit(theirs, staff, "2"), all_in_one, staff, begun=-30)
    let(unit(theirs, staff, "3"), all_in_one, staff, begun=900, ends=-30)
    unit(theirs, staff, "4")
    for age in (1, 65, 80):
        offered = at - timedelta(days=age)
        VacancyFactory(office=all_in_one, building=ours, published=True, at=offered)
        VacancyFactory(office=other, published=True, at=offered)
    asked = VacancyFactory(office=all_in_one, at=at - timedelta(days=20))
    ask_broker(vacancy=asked, question="Welke verdieping?", by=staff, at=at - timedelta(days=9))
    answered = VacancyFactory(office=all_in_one, at=at - timedelta(days=20))
    ask_broker(vacancy=answered, question="Welke huur?", by=staff, at=at - timedelta(days=9))
    broker = UserFactory(broker=True)
    grant_broker_access(user=broker, office=all_in_one, by=staff, at=at)
    change_vacancy(
        vacancy=Vacancy.objects.get(pk=answered.pk),
        facts={"rent_per_m2_year": Decimal(150)},
        version=None,
        by=broker,
        at=at - timedelta(days=6),
    )
    for organisation in (all_in_one, other):
        lead = LeadFactory(organisation=organisation)
        NeedFactory(lead=lead)
        NeedFactory(organisation=organisation)
        TaskFactory(organisation=organisation)
        TaskFactory(lead=lead)
        ActivityFactory(organisation=organisation, occurred_on=today(), at=at)
        ActivityFactory(lead=lead, kind="note", occurred_on=today(), at=at)
        hidden = LeadFactory(organisation=organisation, strict=True)
        NeedFactory(lead=hidden)
        TaskFactory(lead=hidden)
        ActivityFactory(lead=hidden, occurred_on=today(), at=at)
    return all_in_one


def test_every_figure_opens_a_list_with_exactly_that_many_rows(as_staff, everything):
    response = as_staff.get(page(everything))
    figures = [(unescape(url), int(count)) for url, count in FIGURE.findall(response.text)]
    assert len({url for url, _count in figures}) >= 18
    opened = {url: as_staff.get(url).context["cl"].result_count for url, _count in figures}
    assert opened == dict(figures)
    assert sum(count > 0 for count in opened.values()) >= 17


def test_the_figures_are_what_was_recorded(as_staff, everything):
    context = as_staff.get(page(everything)).context
    owned, offered, rented = context["owned"], context["offered"], context["rented"]
    assert (len(owned.buildings), owned.units, owned.empty_units, owned.empty_m2) == (1, 4, 2, Decimal(160))
    assert owned.buildings[0].share == 60
    assert len(owned.ending) == 2, "one ends within a year, of one the notice date lies within half a year"
    assert {state: count for state, _label, count in offered.by_freshness} == {
        "fresh": 1,
        "soon": 1,
        "overdue": 1,
    }
    assert (len(offered.waiting), offered.answered, offered.answer_days) == (1, 1, 3)
    assert (len(rented.current), len(rented.to_come), rented.ended, rented.area_m2) == (1, 1, 1, Decimal(100))
    assert (len(rented.needs), len(rented.leads)) == (2, 1)


def test_nothing_of_a_strict_lead_shows_to_who_may_not_read_it(as_staff):
    owner, keeper = OrganisationFactory(owner=True), UserFactory(staff=True)
    hidden = LeadFactory(organisation=owner, strict=True, owner=keeper)
    person = PersonFactory(full_name="Kanarie Geheim")
    ActivityFactory(
        lead=hidden,
        organisation=owner,
        person=person,
        text="Zwaluwstaart",
        occurred_on=today(),
        at=timezone.now(),
    )
    TaskFactory(lead=hidden, organisation=owner, title="Zwaluwstaart bellen")
    NeedFactory(lead=hidden, title="Zwaluwstaart zoekt")
    for url in (page(owner), LIST, f"{LIST}?contact=over"):
        text = as_staff.get(url).text
        assert not re.search(f"Zwaluwstaart|Kanarie|{hidden.reference}|{hidden.code_name}", text), url
    assert owner.name in as_staff.get(f"{LIST}?contact=over").text
    seen = logged_in(keeper).get(page(owner)).text
    assert "Zwaluwstaart bellen" in seen
    assert "Kanarie Geheim" in seen
    assert owner.name not in logged_in(keeper).get(f"{LIST}?contact=over").text


def test_contact_and_a_next_step_are_recorded_in_one_go(as_staff, staff):
    owner = OrganisationFactory(owner=True)
    person = record_person(full_name="Anja", organisation=owner, by=staff, at=timezone.now())
    given = {
        "entry-kind": "call",
        "entry-text": "Leegstand besproken",
        "entry-occurred_on": "gisteren",
        "entry-person": person.pk,
        "entry-next_step": "Plattegrond opvragen",
        "entry-due_on": "over 2 weken",
    }
    response = as_staff.post(page(owner), given, follow=True)
    activity, task = Activity.objects.get(), Task.objects.get()
    assert (activity.organisation, activity.lead, activity.person) == (owner, None, person)
    assert activity.occurred_on == today() - timedelta(days=1)
    assert (task.organisation, task.owner, task.due_on) == (owner, staff, today() + timedelta(days=14))
    assert "Leegstand besproken" in response.text


def test_what_cannot_be_recorded_stays_on_the_page_and_nothing_is_stored(as_staff):
    owner = OrganisationFactory(owner=True)
    given = {"entry-kind": "call", "entry-text": "Bewaar mij", "entry-occurred_on": "blauwe maandag"}
    assert "Bewaar mij" in as_staff.post(page(owner), given).text
    given |= {"entry-occurred_on": "vandaag", "entry-next_step": "Zonder dag"}
    assert "Bewaar mij" in as_staff.post(page(owner), given).text
    given |= {"entry-next_step": "", "entry-person": PersonFactory().pk}
    assert as_staff.post(page(owner), given).context["entry"].errors
    assert not Activity.objects.exists()
    assert not Task.objects.exists()


def test_contact_ticks_off_the_rounds_that_run_and_leads_back_to_the_one_somebody_came_from(as_staff, staff):
    owner = OrganisationFactory(owner=True)
    found = ContactRoundFactory(
        organisations=[owner],
        participants=[staff],
        starts_on=today(),
        ends_on=today() + timedelta(days=30),
        at=timezone.now(),
    )
    given = {"entry-kind": "call", "entry-text": "x", "entry-occurred_on": "vandaag"}
    response = as_staff.post(f"{page(owner)}?round={found.pk}", given, follow=True)
    assert response.redirect_chain == [(reverse("admin:contact-round", args=[found.pk]), 302)]
    assert response.context["progress"].done == 1
    assert found.name in str(next(iter(response.context["messages"])))


def test_relations_open_on_their_portfolio_from_list_search_and_quiet_list(as_staff, staff):
    owner, company = OrganisationFactory(owner=True, name="Vindbaar Vastgoed"), OrganisationFactory()
    text = as_staff.get(LIST).text
    assert page(owner) in text
    assert page(company) not in text
    assert page(owner) in as_staff.get(reverse("admin:search"), {"q": "Vindbaar"}).text
    change = reverse("admin:contacts_organisation_change", args=[owner.pk])
    assert page(owner) in as_staff.get(change).text
    TaskFactory(organisation=owner, owner=staff)
    assert page(owner) in as_staff.get(reverse("admin:today")).text


def test_a_merged_organisation_leads_to_the_one_that_was_kept(as_staff, manager):
    keep, drop = OrganisationFactory(owner=True), OrganisationFactory(owner=True)
    merge_organisations(keep=keep, drop=drop, choices={}, by=manager, at=timezone.now())
    assert as_staff.get(page(drop)).headers["Location"] == page(keep)
    assert as_staff.get(reverse("admin:contacts_organisation_portfolio", args=[10**18])).status_code == 404


@pytest.mark.parametrize("role", ["administrator", "manager", "staff", "partner", "broker"])
def test_the_desk_reads_portfolios_and_nobody_else(role):
    owner = OrganisationFactory(owner=True)
    client = logged_in(UserFactory(**{role: True}))
    expected = {200} if role in ("administrator", "manager", "staff") else {302, 403}
    assert client.get(page(owner)).status_code in expected
    client.post(page(owner), {"entry-kind": "call", "entry-text": "x", "entry-occurred_on": "vandaag"})
    assert Activity.objects.exists() is (200 in expected)


@pytest.mark.parametrize("value", ["", "0", "abc", "9" * 30, "-1", "1;2"])
def test_a_filter_by_an_organisation_that_is_none_shows_no_row(as_staff, everything, value):
    for name, model in (("owned_by", "building"), ("tenant_is", "tenancy"), ("office_is", "vacancy")):
        response = as_staff.get(reverse(f"admin:estate_{model}_changelist"), {name: value})
        assert response.context["cl"].result_count == 0
    assert Building.objects.exists()


def test_the_page_asks_equally_often_whatever_there_is(as_staff, staff):
    def queries(organisation) -> int:
        as_staff.get(page(organisation))  # remembered as opened
        with CaptureQueriesContext(connection) as captured:
            assert as_staff.get(page(organisation)).status_code == 200
        return len(captured)

    def grow(organisation, number: int) -> None:
        for count in range(number):
            building = place(organisation, staff, f"Huis {count}")
            let(unit(building, staff, "1"), organisation, staff, ends=90, area_m2=50)
            VacancyFactory(office=organisation, building=building, published=True)
            lead = LeadFactory(organisation=organisation)
            NeedFactory(lead=lead)
            TaskFactory(lead=lead)
            ActivityFactory(lead=lead, person=PersonFactory(organisation=organisation))

    few, many = (OrganisationFactory(kinds=("real_estate_owner", "broker")) for _both in range(2))
    grow(few, 1)
    grow(many, 6)
    assert queries(few) == queries(many) <= 28
