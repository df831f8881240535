"""Users and API keys in the admin: who sees them, what a password or a key's text leaves behind, and the verbs."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.second_factor import begin_setup, confirm_setup, has_second_factor
from tests.accounts.browsing import app_code
from tests.factories.accounts import ApiKeyFactory, UserFactory

pytestmark = pytest.mark.django_db

USERS, KEYS = "/admin/accounts/user/", "/admin/accounts/apikey/"
KEY_TEXT = re.compile(r"kp_[0-9a-f]{8}_[\w-]{43}")


def do(client, root, pk, name, **values):
    return client.post(f"{root}{pk}/do/{name}/", values)


def test_an_administrator_finds_people_and_never_a_password_or_its_hash(as_administrator, administrator):
    user = UserFactory(broker=True, full_name="Robin Vinder")
    for address in (f"{USERS}?q=vinder", f"{USERS}?role__exact=broker", f"{USERS}{user.pk}/change/"):
        page = as_administrator.get(address).content.decode()
        assert "Robin Vinder" in page
        assert user.password not in page
        assert "md5$" not in page
    assert "Robin Vinder" not in as_administrator.get(f"{USERS}?role__exact=partner").content.decode()


@pytest.mark.parametrize("role", ["manager", "staff"])
def test_others_change_no_users_and_see_no_keys(client, role):
    person, key = UserFactory(role=role), ApiKeyFactory()
    client.force_login(person)
    for address in (KEYS, f"{KEYS}add/", f"{KEYS}{key.pk}/change/"):
        assert client.get(address).status_code == 403
    assert client.post(f"{USERS}add/", {}).status_code == 403
    for name in ("password", "deactivate", "activate", "second-factor"):
        response = do(client, USERS, key.user.pk, name, password="another-long-password")
        assert response.status_code in (403, 404)
    for name in ("rotate", "revoke"):
        assert do(client, KEYS, key.pk, name, overlap=1).status_code in (403, 404)
    key.user.refresh_from_db()
    key.refresh_from_db()
    assert key.user.is_active
    assert key.revoked_at is None
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_the_admin_is_closed_to_partners_and_brokers(client, role):
    client.force_login(UserFactory(role=role))
    for address in (USERS, KEYS, f"{USERS}add/"):
        assert client.get(address)["Location"].startswith("/admin/login/")


def test_inviting_and_then_setting_a_password_lets_somebody_in(as_administrator, client):
    form = {"email": "new@park.example", "full_name": "New One", "role": "staff", "language": "nl"}
    assert as_administrator.post(f"{USERS}add/", form).status_code == 302
    user = User.objects.get(email="new@park.example")
    assert not user.has_usable_password()
    assert as_administrator.get(f"{USERS}{user.pk}/do/password/").status_code == 200
    weak = do(as_administrator, USERS, user.pk, "password", password="short")
    assert weak.context["form"].errors["password"]
    assert do(as_administrator, USERS, user.pk, "password", password="a long  password ").status_code == 302
    login = client.post("/account/log-in/", {"username": form["email"], "password": "a long  password "})
    assert login["Location"] == "/admin/"
    kept = str([*LogEntry.objects.values(), *(session.get_decoded() for session in Session.objects.all())])
    assert "a long  password" not in kept


def test_an_invitation_that_is_refused_keeps_what_was_typed(as_administrator):
    UserFactory(email="robin@park.example")
    form = {"email": "ROBIN@park.example", "full_name": "Robin", "role": "staff", "language": "nl"}
    response = as_administrator.post(f"{USERS}add/", form)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert User.objects.filter(full_name="Robin").count() == 0
    assert 'value="ROBIN@park.example"' in response.content.decode()


def test_no_user_is_deleted(as_administrator):
    user = UserFactory()
    assert as_administrator.get(f"{USERS}{user.pk}/delete/").status_code == 403
    assert as_administrator.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    page = as_administrator.get(USERS).content.decode()
    assert "delete_selected" not in page


def test_switching_off_asks_first_and_on_again_needs_no_question(as_administrator, administrator):
    user = UserFactory(staff=True)
    assert as_administrator.get(f"{USERS}{user.pk}/do/deactivate/").status_code == 200
    user.refresh_from_db()
    assert user.is_active
    do(as_administrator, USERS, user.pk, "deactivate")
    user.refresh_from_db()
    assert not user.is_active
    do(as_administrator, USERS, user.pk, "activate")
    user.refresh_from_db()
    assert user.is_active


def test_the_last_administrator_is_told_why_it_stays(as_administrator, administrator):
    response = do(as_administrator, USERS, administrator.pk, "deactivate")
    assert response.status_code == 200
    assert response.context["form"].errors
    administrator.refresh_from_db()
    assert administrator.is_active


def test_a_lost_phone_is_answered_by_a_reset(as_administrator):
    user, at = UserFactory(staff=True), timezone.now()
    assert (
        f"{user.pk}/do/second-factor/"
        not in as_administrator.get(f"{USERS}{user.pk}/change/").content.decode()
    )
    begin_setup(user=user, at=at)
    confirm_setup(user=user, code=app_code(user, at), at=at)
    assert (
        f"{user.pk}/do/second-factor/" in as_administrator.get(f"{USERS}{user.pk}/change/").content.decode()
    )
    do(as_administrator, USERS, user.pk, "second-factor")
    assert not has_second_factor(user)


def test_a_new_key_is_shown_once_on_the_answer_itself(as_administrator):
    broker = UserFactory(broker=True)
    response = as_administrator.post(
        f"{KEYS}add/",
        {
            "user": broker.pk,
            "label": "Website",
            "scopes": ["vacancies:read"],
            "expires_at": "2030-01-01T12:00",
        },
    )
    assert response.status_code == 200, response.content
    assert "no-store" in response["Cache-Control"]
    text = KEY_TEXT.search(response.content.decode()).group()
    key = ApiKey.objects.get()
    assert text.split("_")[1] == key.prefix
    assert (key.user, key.label, key.scopes) == (broker, "Website", ["vacancies:read"])
    for address in (KEYS, f"{KEYS}{key.pk}/change/", f"{KEYS}{key.pk}/history/", "/admin/"):
        assert text.split("_", 2)[2] not in as_administrator.get(address).content.decode()
    kept = str([*LogEntry.objects.values(), *(session.get_decoded() for session in Session.objects.all())])
    assert text.split("_", 2)[2] not in kept


def test_a_key_is_rotated_with_its_text_shown_once_and_revoked_after_a_question(as_administrator):
    key = ApiKeyFactory()
    shown = do(as_administrator, KEYS, key.pk, "rotate", overlap=3)
    assert "no-store" in shown["Cache-Control"]
    text = KEY_TEXT.search(shown.content.decode()).group()
    successor = ApiKey.objects.get(replaces=key)
    assert text.split("_")[1] == successor.prefix
    again = do(as_administrator, KEYS, key.pk, "rotate", overlap=3)
    assert again.context["form"].errors
    assert as_administrator.get(f"{KEYS}{successor.pk}/do/revoke/").status_code == 200
    successor.refresh_from_db()
    assert successor.revoked_at is None
    do(as_administrator, KEYS, successor.pk, "revoke")
    successor.refresh_from_db()
    assert successor.revoked_at is not None


def test_a_key_is_neither_changed_nor_deleted(as_administrator):
    key = ApiKeyFactory(label="Website")
    assert as_administrator.post(f"{KEYS}{key.pk}/change/", {"label": "Other"}).status_code == 403
    assert as_administrator.post(f"{KEYS}{key.pk}/delete/", {"post": "yes"}).status_code == 403
    key.refresh_from_db()
    assert key.label == "Website"
