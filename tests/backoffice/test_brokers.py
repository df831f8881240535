"""An office is connected in one step: account, right and key at once, the key shown once, a sheet in both languages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountEvent, ApiKey, User
from crm.contacts.models import BrokerAccess
from tests.backoffice.conftest import logged_in
from tests.backoffice.crowd import Crowd
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db
OFFICES = reverse("admin:brokers")


@pytest.fixture
def office():
    return OrganisationFactory(broker=True, name="Makelaar Voorbeeld")


def broker_of(office=None):
    return BrokerAccess.objects.create(
        user=UserFactory(broker=True), office=office or OrganisationFactory(broker=True)
    )


def typed(administrator, **given):
    expires = (timezone.now() + timedelta(days=100)).date()
    return {
        "full_name": "Sanne Voorbeeld",
        "email": "sanne@makelaar.example",
        "language": "en",
        "label": "Realworks",
        "scopes": ["vacancies:read", "vacancies:write"],
        "expires_on": expires.isoformat(),
        "contact": administrator.pk,
    } | given


def page_of(office):
    return reverse("admin:broker", args=[office.pk])


@pytest.mark.parametrize("role", ["manager", "staff", "partner", "broker"])
def test_administrators_alone_connect_an_office(role, office, administrator):
    client = logged_in(UserFactory(**{role: True}))
    for response in (
        client.get(OFFICES),
        client.get(page_of(office)),
        client.post(page_of(office), typed(administrator)),
    ):
        assert response.status_code in (302, 403)
    assert not ApiKey.objects.exists()
    if role in ("manager", "staff"):
        record = client.get(reverse("admin:contacts_organisation_change", args=[office.pk])).text
        assert page_of(office) not in record


def test_one_step_makes_account_right_and_a_key_that_works(as_administrator, administrator, office):
    record = as_administrator.get(reverse("admin:contacts_organisation_change", args=[office.pk])).text
    assert page_of(office) in record
    answer = as_administrator.post(page_of(office), typed(administrator))
    key = ApiKey.objects.get()
    text = answer.context["text"]
    assert text.startswith(f"kp_{key.prefix}_")
    assert answer.text.count(text) >= 2, "in its field and on the sheet"
    assert "no-store" in answer["Cache-Control"]
    user = User.objects.get(email="sanne@makelaar.example")
    assert (user.role, BrokerAccess.objects.get(user=user).office) == ("broker", office)
    me = Client().get("/api/v1/me", headers={"authorization": f"Bearer {text}"})
    assert me.status_code == 200
    assert "Makelaar Voorbeeld" in me.text
    assert set(AccountEvent.objects.values_list("act", flat=True)) == {"invited", "key_made"}


def test_the_key_is_nowhere_afterwards(as_administrator, administrator, office):
    text = as_administrator.post(page_of(office), typed(administrator)).context["text"]
    key = ApiKey.objects.get()
    secret = text.rpartition("_")[2]
    pages = [
        page_of(office),
        reverse("admin:broker-sheet", args=[office.pk, key.pk]),
        reverse("admin:audit"),
        reverse("admin:accounts_apikey_change", args=[key.pk]),
    ]
    for url in pages:
        content = as_administrator.get(url).text
        assert secret not in content, url
        assert key.prefix in content, url


def test_a_further_key_is_made_for_an_account_of_the_office_alone(as_administrator, administrator, office):
    access = broker_of(office)
    elsewhere = broker_of()
    given = typed(administrator, full_name="", email="")
    assert (
        as_administrator.post(page_of(office), given | {"account": elsewhere.user_id}).context["form"].errors
    )
    assert not ApiKey.objects.exists()
    as_administrator.post(page_of(office), given | {"account": access.user_id})
    assert ApiKey.objects.get().user == access.user
    assert User.objects.filter(role="broker").count() == 2


def test_all_that_is_wrong_is_named_at_once_and_nothing_is_made(as_administrator, administrator, office):
    UserFactory(email="sanne@makelaar.example")
    yesterday = (timezone.now() - timedelta(days=2)).date().isoformat()
    answer = as_administrator.post(page_of(office), typed(administrator, expires_on=yesterday))
    assert set(answer.context["form"].errors) == {"email", "expires_on"}
    answer = as_administrator.post(page_of(office), typed(administrator, full_name="", scopes=[], label=""))
    assert set(answer.context["form"].errors) == {"full_name", "scopes", "label"}
    assert not ApiKey.objects.exists()
    assert not BrokerAccess.objects.exists()
    assert not AccountEvent.objects.exists()


def test_what_is_no_office_has_no_page(as_administrator, administrator):
    company = OrganisationFactory()
    for pk in (company.pk, 999_999, 10**30):
        assert as_administrator.get(f"{OFFICES}{pk}/").status_code == 404
    other = broker_of()
    office = OrganisationFactory(broker=True)
    as_administrator.post(page_of(other.office), typed(administrator))
    key = ApiKey.objects.get()
    assert as_administrator.get(reverse("admin:broker-sheet", args=[office.pk, key.pk])).status_code == 404


def test_the_sheet_says_all_that_an_office_needs_in_the_language_asked_for(
    as_administrator, administrator, office, settings
):
    settings.CRM_PUBLIC_URL = "https://crm.park.example/"
    as_administrator.post(page_of(office), typed(administrator))
    key = ApiKey.objects.get()
    url = reverse("admin:broker-sheet", args=[office.pk, key.pk])
    english = as_administrator.get(url, {"language": "en", "contact": administrator.pk}).context["sheet"]
    for needed in (
        'curl -sS "https://crm.park.example/api/v1/me"',
        f"kp_{key.prefix}_…",
        "https://crm.park.example/api/v1/openapi.json",
        "after 75 days",
        "Read own vacancies, Write own vacancies",
        administrator.email,
        "Makelaar Voorbeeld",
    ):
        assert needed in english, needed
    for query in ({"language": "xx"}, {"contact": "x"}, {"contact": "9" * 30}):
        assert as_administrator.get(url, query).status_code == 200


def test_the_list_of_offices_costs_the_same_whatever_their_number(as_administrator):
    counts = []
    as_administrator.get(OFFICES)
    for first, size in ((0, 10), (10, 190)):
        Crowd(size, first)
        with CaptureQueriesContext(connection) as queries:
            assert as_administrator.get(OFFICES).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
