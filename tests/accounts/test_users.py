"""Verbs on users: inviting, changing, switching off, passwords; every fault is named and nothing changes then."""

from contextlib import contextmanager

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.services import (
    activate_user,
    change_language,
    change_user,
    deactivate_user,
    invite_user,
    set_password,
)
from crm import settings as product_settings
from tests.factories.accounts import PASSWORD, ApiKeyFactory, UserFactory

pytestmark = pytest.mark.django_db


@contextmanager
def refused(**expected):
    """The block is refused with exactly these fault codes by field."""
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        yield
    found = {field: [error.code for error in errors] for field, errors in caught.value.error_dict.items()}
    assert found == expected


def log_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sessions_of(user) -> int:
    return sum(
        session.get_decoded().get("_auth_user_id") == str(user.pk) for session in Session.objects.all()
    )


def test_an_invited_user_cannot_log_in_until_a_password_is_set(administrator, now):
    user = invite_user(
        email=" New@Park.example ",
        full_name=" New One ",
        role=Role.STAFF,
        by=administrator,
        at=now,
        language="en",
    )
    user.refresh_from_db()
    assert (user.email, user.full_name, user.role, user.language, user.joined_at) == (
        "new@park.example",
        "New One",
        Role.STAFF,
        "en",
        now,
    )
    assert not user.has_usable_password()
    set_password(user=user, password="another-long-password", by=administrator, at=now)
    user.refresh_from_db()
    assert user.check_password("another-long-password")


def test_an_invitation_names_all_its_faults_at_once(administrator, now):
    before = User.objects.count()
    with refused(email=["email"], full_name=["name_missing"], role=["role"], language=["language"]):
        invite_user(email="nobody", full_name="  ", role="director", by=administrator, at=now, language="fr")
    assert User.objects.count() == before


def test_an_address_belongs_to_one_user_whatever_its_capitals(administrator, now):
    UserFactory(email="robin@park.example")
    with refused(email=["email_taken"]):
        invite_user(email="ROBIN@park.example", full_name="Robin", role="staff", by=administrator, at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email="ROBIN@park.example", full_name="Robin").save()


def test_the_database_knows_the_roles():
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email="x@park.example", full_name="X", role="director").save()


def test_name_role_and_language_change(staff, administrator, now):
    change_user(
        user=staff, full_name=" Other Name ", role=Role.MANAGER, language="en", by=administrator, at=now
    )
    staff.refresh_from_db()
    assert (staff.full_name, staff.role, staff.language) == ("Other Name", Role.MANAGER, "en")


def test_a_refused_change_changes_nothing(staff, administrator, now):
    with refused(full_name=["name_missing"], role=["role"], language=["language"]):
        change_user(user=staff, full_name="", role="x", language="x", by=administrator, at=now)
    stored = User.objects.get(pk=staff.pk)
    assert (stored.full_name, stored.role, stored.language) == (staff.full_name, Role.STAFF, "nl")


def test_the_last_administrator_stays_one(administrator, now):
    with refused(role=["last_administrator"]):
        change_user(
            user=administrator, full_name="A", role=Role.STAFF, language="nl", by=administrator, at=now
        )
    with refused(role=["last_administrator"]):
        deactivate_user(user=administrator, by=administrator, at=now)
    assert User.objects.get(pk=administrator.pk).is_active


def test_an_administrator_who_is_switched_off_does_not_count_as_another(administrator, now):
    other = UserFactory(administrator=True)
    deactivate_user(user=other, by=administrator, at=now)
    with refused(role=["last_administrator"]):
        deactivate_user(user=administrator, by=administrator, at=now)


def test_with_another_administrator_one_may_go(administrator, now):
    UserFactory(administrator=True)
    change_user(user=administrator, full_name="A", role=Role.STAFF, language="nl", by=administrator, at=now)
    administrator.refresh_from_db()
    assert administrator.role == Role.STAFF


def test_the_language_is_one_we_speak(staff, now):
    change_language(user=staff, language="en", by=staff, at=now)
    assert User.objects.get(pk=staff.pk).language == "en"
    with refused(language=["language"]):
        change_language(user=staff, language="de", by=staff, at=now)
    assert User.objects.get(pk=staff.pk).language == "en"


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("elf-letters", ["password_too_short"]),
        ("password123456", ["password_too_common"]),
        ("845920174638", ["password_entirely_numeric"]),
        ("12345", ["password_too_short", "password_too_common", "password_entirely_numeric"]),
        ("robin.example@park", ["password_too_similar"]),
    ],
)
def test_a_weak_password_is_refused_with_every_reason(administrator, now, password, codes):
    user = UserFactory(email="robin.example@park.nl", full_name="Robin Example")
    with refused(password=codes):
        set_password(user=user, password=password, by=administrator, at=now)
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_passwords_are_kept_as_argon2():
    assert product_settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"


def test_the_products_first_hasher_makes_an_argon2_hash(settings):
    settings.PASSWORD_HASHERS = product_settings.PASSWORD_HASHERS
    hashed = make_password(PASSWORD)
    assert hashed.startswith("argon2$argon2id$")
    assert identify_hasher(hashed).algorithm == "argon2"


def test_a_new_password_ends_every_session(staff, administrator, now):
    browser, other = log_in(staff), log_in(UserFactory(staff=True))
    assert browser.get("/admin/settings/").status_code == 200
    set_password(user=staff, password="another-long-password", by=administrator, at=now)
    assert browser.get("/admin/settings/").status_code == 302
    assert other.get("/admin/settings/").status_code == 200


def test_switching_off_ends_sessions_and_keys_at_once(administrator):
    user, bystander = UserFactory(staff=True), UserFactory(staff=True)
    browser, _other = log_in(user), log_in(bystander)
    key, theirs = ApiKeyFactory(user=user), ApiKeyFactory(user=bystander)
    at = timezone.now()
    deactivate_user(user=user, by=administrator, at=at)
    user.refresh_from_db()
    key.refresh_from_db()
    theirs.refresh_from_db()
    assert not user.is_active
    assert (sessions_of(user), sessions_of(bystander)) == (0, 1)
    assert browser.get("/admin/settings/").status_code == 302
    assert (key.revoked_at, key.revoked_by) == (at, administrator)
    assert theirs.revoked_at is None


def test_switching_on_again_brings_no_session_and_no_key_back(administrator):
    user = UserFactory(staff=True)
    browser, key = log_in(user), ApiKeyFactory(user=user)
    deactivate_user(user=user, by=administrator, at=timezone.now())
    activate_user(user=user, by=administrator, at=timezone.now())
    user.refresh_from_db()
    key.refresh_from_db()
    assert user.is_active
    assert key.revoked_at is not None
    assert browser.get("/admin/settings/").status_code == 302


@pytest.mark.parametrize("is_active", [True, False])
def test_nobody_logs_in_as_the_system_user(is_active, client):
    system = User.objects.system()
    assert not system.is_active
    assert not system.has_usable_password()
    User.objects.filter(pk=system.pk).update(is_active=is_active)
    for password in ("", "!", system.password):
        request = RequestFactory().post("/")
        assert authenticate(request, username=system.email, password=password) is None


def test_the_system_user_gets_no_password_and_is_not_switched_on(administrator, now):
    system = User.objects.system()
    with refused(user=["system"]):
        set_password(user=system, password="another-long-password", by=administrator, at=now)
    with refused(user=["system"]):
        activate_user(user=system, by=administrator, at=now)
    stored = User.objects.system()
    assert not stored.is_active
    assert not stored.has_usable_password()


def test_pages_speak_the_users_language_whatever_the_browser_asks_for(client):
    for language, other, word in (("nl", "en", b'<html lang="nl">'), ("en", "nl", b'<html lang="en">')):
        client.force_login(UserFactory(staff=True, language=language))
        assert word in client.get("/admin/settings/", headers={"Accept-Language": other}).content
