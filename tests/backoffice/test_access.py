"""Users are invited and switched off, keys are made, replaced and revoked; a key's text is seen once and kept nowhere."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.services import authenticate_key, issue_key
from crm.contacts.models import BrokerAccess
from tests.factories.accounts import UserFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db

KEY = re.compile(r'id="key-text"[^>]*value="([^"]+)"')


def do(row, name: str) -> str:
    return reverse(f"admin:accounts_{row._meta.model_name}_do", args=[row.pk, name])


def key_form(user) -> dict:
    expires = timezone.localtime(timezone.now() + timedelta(days=30))
    return {
        "user": user.pk,
        "label": "Koppeling",
        "scopes": ["vacancies:read"],
        "expires_at": f"{expires:%Y-%m-%dT%H:%M}",
    }


@pytest.fixture
def broker():
    return UserFactory(broker=True)


@pytest.fixture
def key(broker, administrator):
    now = timezone.now()
    made, _secret = issue_key(
        user=broker,
        label="Koppeling",
        scopes=["vacancies:read"],
        expires_at=now + timedelta(days=30),
        by=administrator,
        at=now,
    )
    return made


def test_an_administrator_invites_a_user_who_cannot_log_in_yet(as_administrator):
    given = {"email": "Nieuw@Park.example", "full_name": "Nieuw Iemand", "role": "staff", "language": "nl"}
    as_administrator.post(reverse("admin:accounts_user_add"), given)
    user = User.objects.get(email="nieuw@park.example")
    assert not user.has_usable_password()


def test_an_address_that_is_taken_is_refused_at_its_field(as_administrator, broker):
    given = {"email": broker.email.upper(), "full_name": "Nieuw", "role": "staff", "language": "nl"}
    response = as_administrator.post(reverse("admin:accounts_user_add"), given)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert User.objects.filter(email__iexact=broker.email).count() == 1


def test_a_user_is_changed_but_for_the_address(as_administrator, broker):
    url = reverse("admin:accounts_user_change", args=[broker.pk])
    given = {"email": "ander@park.example", "full_name": "Ander", "role": "partner", "language": "en"}
    before = broker.email
    as_administrator.post(url, given)
    broker.refresh_from_db()
    assert (broker.full_name, broker.role, broker.language, broker.email) == (
        "Ander",
        "partner",
        "en",
        before,
    )


def test_the_last_administrator_stays_one(as_administrator, administrator):
    url = reverse("admin:accounts_user_change", args=[administrator.pk])
    response = as_administrator.post(url, {"full_name": "Ik", "role": "staff", "language": "nl"})
    assert "role" in response.context["adminform"].form.errors
    assert as_administrator.post(do(administrator, "deactivate")).context["form"].errors
    administrator.refresh_from_db()
    assert (administrator.role, administrator.is_active) == ("administrator", True)


def test_switching_a_user_off_ends_sessions_and_keys(as_administrator, client, broker, key):
    client.force_login(broker)
    as_administrator.post(do(broker, "deactivate"))
    broker.refresh_from_db()
    key.refresh_from_db()
    assert not broker.is_active
    assert key.revoked_at is not None
    ids = [session.get_decoded().get("_auth_user_id") for session in Session.objects.all()]
    assert str(broker.pk) not in ids
    as_administrator.post(do(broker, "activate"))
    broker.refresh_from_db()
    assert broker.is_active


def test_a_weak_password_is_refused_with_the_reason(as_administrator, broker):
    response = as_administrator.post(do(broker, "password"), {"password": "kort"})
    assert "password" in response.context["form"].errors
    as_administrator.post(do(broker, "password"), {"password": "een lang wachtwoord 17"})
    broker.refresh_from_db()
    assert broker.check_password("een lang wachtwoord 17")


def test_a_keys_text_is_shown_once_and_kept_nowhere(as_administrator, broker):
    answer = as_administrator.post(reverse("admin:accounts_apikey_add"), key_form(broker))
    text = KEY.search(answer.text)[1]
    key = ApiKey.objects.get()
    assert authenticate_key(secret=text, at=timezone.now()) == key
    assert "no-store" in answer["Cache-Control"]
    secret = text.split("_", 2)[2]
    assert secret not in as_administrator.get(reverse("admin:accounts_apikey_change", args=[key.pk])).text
    assert not LogEntry.objects.filter(change_message__contains=secret).exists()
    assert all(secret not in str(session.get_decoded()) for session in Session.objects.all())


def test_a_key_without_scope_or_label_is_refused(as_administrator, broker):
    given = key_form(broker) | {"scopes": [], "label": ""}
    errors = (
        as_administrator.post(reverse("admin:accounts_apikey_add"), given).context["adminform"].form.errors
    )
    assert {"scopes", "label"} <= set(errors)
    assert ApiKey.objects.count() == 0


def test_a_key_is_replaced_with_an_overlap(as_administrator, key):
    answer = as_administrator.post(do(key, "rotate"), {"overlap": 7})
    assert KEY.search(answer.text)
    key.refresh_from_db()
    assert key.replaced_by.user == key.user
    assert key.expires_at < timezone.now() + timedelta(days=8)


def test_a_revoked_key_offers_nothing_more(as_administrator, key):
    as_administrator.post(do(key, "revoke"))
    key.refresh_from_db()
    assert key.revoked_at is not None
    page = as_administrator.get(reverse("admin:accounts_apikey_change", args=[key.pk]))
    assert page.context["record_actions"] == []


@pytest.mark.parametrize("name", ["rotate", "revoke"])
def test_a_manager_reaches_no_key(as_manager, key, name):
    assert as_manager.post(do(key, name), {"overlap": 1}).status_code in (403, 404)
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_manager_looks_at_users_and_changes_none(as_manager, broker):
    url = reverse("admin:accounts_user_change", args=[broker.pk])
    assert as_manager.get(url).status_code == 200
    assert as_manager.post(url, {"full_name": "x", "role": "manager", "language": "nl"}).status_code == 403
    assert as_manager.post(do(broker, "deactivate")).status_code == 403
    broker.refresh_from_db()
    assert broker.is_active


def test_a_broker_is_given_access_to_an_office(as_administrator, broker):
    office = OrganisationFactory(broker=True)
    url = reverse("admin:contacts_brokeraccess_add")
    refused = as_administrator.post(url, {"user": broker.pk, "office": OrganisationFactory().pk})
    assert "office" in refused.context["adminform"].form.errors
    as_administrator.post(url, {"user": broker.pk, "office": office.pk, "is_trusted": "on"})
    access = BrokerAccess.objects.get()
    assert (access.user, access.office, access.is_trusted) == (broker, office, True)
