"""API keys: shown once, kept as a digest, ending by expiry, rotation, revocation or their user's end."""

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import ApiKey, Scope
from accounts.services import authenticate_key, deactivate_user, issue_key, revoke_key, rotate_key
from tests.accounts.test_users import refused
from tests.factories.accounts import ApiKeyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(now):
    return ApiKeyFactory(at=now)


def test_a_key_of_256_bits_is_returned_once_and_kept_as_a_digest(administrator, now):
    user = UserFactory(broker=True)
    key, text = issue_key(
        user=user,
        label=" Website ",
        scopes=[Scope.VACANCIES_WRITE, Scope.VACANCIES_READ, Scope.VACANCIES_READ],
        expires_at=now + timedelta(days=1),
        by=administrator,
        at=now,
    )
    form, prefix, secret = text.split("_", 2)
    assert form == "kp"
    assert len(secret) == 43  # 32 bytes in base64
    stored = ApiKey.objects.values().get(pk=key.pk)
    assert (stored["label"], stored["prefix"], stored["scopes"]) == (
        "Website",
        prefix,
        ["vacancies:read", "vacancies:write"],
    )
    assert (stored["created_at"], stored["created_by_id"], stored["user_id"]) == (
        now,
        administrator.pk,
        user.pk,
    )
    assert stored["digest"] == hashlib.sha256(text.encode()).hexdigest()
    assert not [value for value in stored.values() if secret in str(value)]
    assert str(key) == f"Website ({prefix}…)"


def test_no_two_keys_are_alike(now):
    keys = [ApiKeyFactory(at=now) for _number in range(20)]
    assert len({key.secret for key in keys}) == len({key.prefix for key in keys}) == 20


def test_a_key_names_all_its_faults_at_once(administrator, now):
    user = UserFactory(broker=True)
    deactivate_user(user=user, by=administrator, at=now)
    with refused(
        scopes=["scope", "scope"], label=["label_missing"], expires_at=["expiry"], user=["inactive"]
    ):
        issue_key(user=user, label=" ", scopes=["all", "none"], expires_at=now, by=administrator, at=now)
    with refused(scopes=["scopes_missing"], user=["inactive"]):
        issue_key(user=user, label="x", scopes=[], expires_at=now + timedelta(1), by=administrator, at=now)
    assert not ApiKey.objects.exists()


def test_the_right_text_finds_its_key(key, now):
    assert authenticate_key(secret=key.secret, at=now) == key


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text + "A",
        lambda text: text.upper(),
        lambda text: "kp_00000000_" + text.split("_", 2)[2],
        lambda text: "xx_" + text.split("_", 1)[1],
        lambda text: text.split("_", 2)[2],
        lambda text: " " + text,
        lambda _text: "",
        lambda _text: "kp__",
        lambda _text: "kp_é_x",
        lambda _text: "__",
        lambda _text: "kp_\0000000_x",
        lambda text: text + "\ud800",
    ],
    ids=[
        "wrong secret",
        "longer",
        "capitals",
        "unknown prefix",
        "other form",
        "secret alone",
        "a space",
        "empty",
        "no prefix",
        "letters of no alphabet of ours",
        "dashes",
        "a NUL",
        "half a character",
    ],
)
def test_any_other_text_finds_none(key, now, spoil):
    assert authenticate_key(secret=spoil(key.secret), at=now) is None
    key.refresh_from_db()
    assert key.last_used_at is None


def test_a_key_ends_at_the_moment_it_expires(key, now):
    assert authenticate_key(secret=key.secret, at=key.expires_at - timedelta(seconds=1)) == key
    assert authenticate_key(secret=key.secret, at=key.expires_at) is None


def test_a_revoked_key_stops_at_once_and_says_by_whom(key, administrator, now):
    revoke_key(key=key, by=administrator, at=now)
    assert authenticate_key(secret=key.secret, at=now) is None
    revoke_key(key=key, by=key.user, at=now + timedelta(hours=1))
    key.refresh_from_db()
    assert (key.revoked_at, key.revoked_by) == (now, administrator)


def test_a_key_of_someone_who_is_switched_off_does_not_work(key, now):
    key.user.is_active = False
    key.user.save()
    assert authenticate_key(secret=key.secret, at=now) is None


def test_last_use_is_noted_at_most_once_a_minute(key, now):
    for seconds, noted in ((0, 0), (1, 0), (59, 0), (60, 60), (61, 60), (200, 200)):
        authenticate_key(secret=key.secret, at=now + timedelta(seconds=seconds))
        key.refresh_from_db()
        assert key.last_used_at == now + timedelta(seconds=noted)


def test_within_a_minute_a_key_is_read_and_never_written(key, now, django_assert_num_queries):
    authenticate_key(secret=key.secret, at=now)
    with django_assert_num_queries(1):
        authenticate_key(secret=key.secret, at=now + timedelta(seconds=30))


def test_rotation_leaves_both_keys_working_for_the_overlap(key, administrator, now):
    later = now + timedelta(days=10)
    successor, text = rotate_key(key=key, overlap=timedelta(days=2), by=administrator, at=later)
    key.refresh_from_db()
    assert (successor.replaces, successor.user, successor.label, successor.scopes) == (
        key,
        key.user,
        key.label,
        key.scopes,
    )
    assert successor.created_by == administrator
    assert successor.expires_at == later + timedelta(days=30)  # the old key's own life
    assert authenticate_key(secret=text, at=later) == successor
    assert authenticate_key(secret=key.secret, at=later + timedelta(days=1)) == key
    assert authenticate_key(secret=key.secret, at=later + timedelta(days=2)) is None
    assert authenticate_key(secret=text, at=later + timedelta(days=2)) == successor


def test_an_overlap_never_lengthens_a_key(key, administrator, now):
    expiry = key.expires_at
    rotate_key(
        key=key, overlap=timedelta(days=90), by=administrator, at=now, expires_at=now + timedelta(days=5)
    )
    key.refresh_from_db()
    assert key.expires_at == expiry
    assert key.replaced_by.expires_at == now + timedelta(days=5)


def test_a_key_has_one_successor(key, administrator, now):
    rotate_key(key=key, overlap=timedelta(days=1), by=administrator, at=now)
    with refused(key=["rotated"]):
        rotate_key(key=key, overlap=timedelta(days=1), by=administrator, at=now)
    assert ApiKey.objects.count() == 2


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_key_that_ended_has_no_successor(key, administrator, now, end):
    at = now
    if end == "revoked":
        revoke_key(key=key, by=administrator, at=now)
    else:
        at = key.expires_at
    with refused(key=["key_ended"]):
        rotate_key(key=key, overlap=timedelta(days=1), by=administrator, at=at)


def test_the_database_refuses_a_revocation_without_a_person(key, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(pk=key.pk).update(revoked_at=now)


def test_the_database_refuses_a_key_that_ends_before_it_is_made(key):
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(pk=key.pk).update(expires_at=key.created_at)
