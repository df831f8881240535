"""Per partner: how many leads they handed over, what became of each, and what was promised back."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.backoffice.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import RECORDED_AT, LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db
LIST = reverse("admin:referrals")
AT = RECORDED_AT.replace(day=7)


def page(partner) -> str:
    return reverse("admin:referral-partner", args=[partner.pk])


def referred(partner, **values):
    return LeadFactory(referred_by=partner, referred_on=date(2026, 1, 6), at=AT, **values)


def test_the_list_counts_as_many_leads_as_the_partners_page_shows(as_staff):
    partner = OrganisationFactory(kinds=("acquisition_partner",))
    idle = OrganisationFactory(kinds=("acquisition_partner",))
    for values in ({}, {"parked": True}, {"lost": True}, {"established": True}, {"strict": True}):
        referred(partner, **values)
    lines = {line["partner"]: line["counts"] for line in as_staff.get(LIST).context["lines"]}
    assert lines[partner] | {"referred_by": 0} == {
        "referred_by": 0, "leads": 5, "running": 3, "established": 1, "ended": 1
    }  # fmt: skip
    assert lines[idle]["leads"] == 0
    assert as_staff.get(page(partner)).context["page"].paginator.count == 5


def test_a_name_that_may_not_be_read_stands_as_its_code_name(as_staff):
    partner, owner = OrganisationFactory(), UserFactory(staff=True)
    hidden = referred(partner, strict=True, owner=owner, organisation=None, working_name="Zwaluwstaart")
    TaskFactory(lead=hidden, organisation=partner, title="Zwaluwstaart terugkoppelen")
    text = as_staff.get(page(partner)).text
    assert "Zwaluwstaart" not in text
    assert hidden.code_name in text
    assert {line["partner"]: line for line in as_staff.get(LIST).context["lines"]}[partner][
        "promises"
    ] is None
    assert "Zwaluwstaart terugkoppelen" in logged_in(owner).get(page(partner)).text


def test_what_was_promised_back_is_a_task_with_that_partner(as_staff):
    partner, lead = OrganisationFactory(), LeadFactory()
    TaskFactory(organisation=partner, lead=lead, title="Laten weten hoe het afloopt")
    TaskFactory(organisation=OrganisationFactory(), title="Iets anders")
    response = as_staff.get(page(partner))
    assert [task.title for task in response.context["promises"]] == ["Laten weten hoe het afloopt"]
    assert lead.identity.organisation.name in response.text


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_partners_and_brokers_see_none_of_it(role):
    client = logged_in(UserFactory(**{role: True}))
    for url in (LIST, page(OrganisationFactory())):
        assert client.get(url).status_code in (302, 403)


def test_an_unknown_partner_is_not_found(as_staff):
    assert as_staff.get(reverse("admin:referral-partner", args=[999])).status_code == 404


def test_both_pages_ask_equally_often_whatever_there_is(as_staff):
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_staff.get(url).status_code == 200
        return len(captured)

    partner = OrganisationFactory()
    referred(partner)
    TaskFactory(organisation=partner, lead=LeadFactory())
    as_staff.get(LIST)
    few = queries(LIST), queries(page(partner))
    for _number in range(8):
        referred(partner)
        referred(OrganisationFactory())
        TaskFactory(organisation=partner, lead=LeadFactory())
    assert (queries(LIST), queries(page(partner))) == few
    assert max(few) <= 12
