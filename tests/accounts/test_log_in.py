"""The one log-in: who gets in, where to, what a failure tells, and the lock-out with its end."""

import re
import time

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.urls import reverse
from django.utils import timezone, translation

from accounts.addresses import client_address
from accounts.models import User
from accounts.services import deactivate_user, invite_user
from tests.accounts.browsing import LOG_IN, MORNING, STEP, give_password
from tests.factories.accounts import PASSWORD, ApiKeyFactory, UserFactory

pytestmark = pytest.mark.django_db

HOMES = {
    "administrator": "/admin/",
    "manager": "/admin/",
    "staff": "/admin/",
    "partner": "/portal/",
    "broker": "/account/welcome/",
}


@pytest.mark.parametrize(("role", "home"), HOMES.items())
def test_each_role_comes_to_its_own_first_page(client, role, home):
    user = UserFactory(role=role, email="robin@park.example")
    response = give_password(client, " ROBIN@Park.example ")
    assert response.status_code == 302
    assert response["Location"] == home
    assert client.get(home).status_code == 200
    assert client.get("/")["Location"] == home
    assert client.get(LOG_IN)["Location"] == home
    assert client.session["_auth_user_id"] == str(user.pk)


def test_nobody_is_sent_to_the_log_in(client):
    assert client.get("/")["Location"] == LOG_IN
    for address in ("/portal/", "/account/welcome/", "/account/password/"):
        assert client.get(address)["Location"] == f"{LOG_IN}?next={address}"


def test_the_admins_own_log_in_is_the_one_log_in(client):
    assert reverse("admin:login") == "/admin/login/"
    for response in (client.get("/admin/login/?next=/admin/"), client.post("/admin/login/?next=/admin/")):
        assert response.status_code == 302
        assert response["Location"] == f"{LOG_IN}?next=/admin/"
    response = client.get("/admin/", follow=True)
    assert [address for address, _status in response.redirect_chain] == [
        "/admin/login/?next=/admin/",
        f"{LOG_IN}?next=%2Fadmin%2F",
    ]


@pytest.mark.parametrize(
    ("role", "wanted", "reached"),
    [
        ("staff", "/admin/settings/", "/admin/settings/"),
        ("staff", "https://elsewhere.example/", "/admin/"),
        ("staff", "//elsewhere.example/", "/admin/"),
        ("staff", "javascript:alert(1)", "/admin/"),
        ("partner", "/admin/", "/portal/"),
        ("broker", "/admin/settings/", "/account/welcome/"),
        ("partner", "/portal/", "/portal/"),
    ],
)
def test_the_wanted_page_is_reached_where_it_is_ours_and_open(client, role, wanted, reached):
    user = UserFactory(role=role)
    assert give_password(client, user.email, next=wanted)["Location"] == reached


def test_a_page_that_is_not_open_offers_to_log_in_as_somebody_else(client):
    partner = UserFactory(partner=True, language="en")
    client.force_login(partner)
    response = client.get("/admin/", follow=True)
    assert response.status_code == 200
    assert "is not open to you" in response.content.decode()


def test_a_log_in_gets_a_new_session_id(client):
    user = UserFactory(staff=True)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["session"] = session.session_key
    planted = session.session_key
    assert client.get(LOG_IN).status_code == 200
    give_password(client, user.email)
    assert client.cookies["session"].value != planted
    client.cookies["session"] = planted
    assert client.get("/admin/")["Location"].startswith("/admin/login/")


def comparable(response) -> str:
    return re.sub(r'value="[^"]*"', "", response.content.decode())


def test_a_failure_does_not_tell_whether_the_address_exists(client, administrator):
    known, gone = UserFactory(staff=True), UserFactory(staff=True)
    deactivate_user(user=gone, by=administrator, at=timezone.now())
    invited = invite_user(
        email="invited@park.example", full_name="I", role="staff", by=administrator, at=timezone.now()
    )
    answers = {
        name: give_password(client, email, password)
        for name, email, password in (
            ("wrong password", known.email, "not-the-password"),
            ("unknown address", "nobody@park.example", PASSWORD),
            ("switched off", gone.email, PASSWORD),
            ("without a password", invited.email, "!"),
            ("system", User.objects.system().email, PASSWORD),
        )
    }
    assert {response.status_code for response in answers.values()} == {200}
    assert len({comparable(response) for response in answers.values()}) == 1
    assert "_auth_user_id" not in client.session


def test_an_unknown_address_costs_a_hash_like_a_known_one(client, monkeypatch, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    known = UserFactory(staff=True)
    off = UserFactory(staff=True)
    User.objects.filter(pk=off.pk).update(is_active=False)
    hashed = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self, *args, **kwargs):
        hashed.append(1)
        return encode(self, *args, **kwargs)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    work, took = {}, {}
    for email in (known.email, "nobody@park.example", off.email, User.objects.system().email):
        hashed.clear()
        start = time.perf_counter()
        give_password(client, email, "not-the-password")
        work[email], took[email] = len(hashed), time.perf_counter() - start
    assert set(work.values()) == {1}
    # Generous, for the machine may be busy; without the hash the ratio is above ten.
    assert max(took.values()) < 5 * min(took.values())


@pytest.mark.parametrize("email", ["", "a" * 300 + "@park.example", "nul\x00@park.example", "é@park.example"])
@pytest.mark.parametrize("password", ["", "x" * 1001, "nul\x00", "ü" * 20])
def test_odd_input_is_refused_on_the_same_page(client, email, password):
    response = give_password(client, email, password)
    assert response.status_code == 200
    assert response.context["form"].errors


def fail(client, email, times: int, **headers):
    for _attempt in range(times):
        response = client.post(LOG_IN, {"username": email, "password": "wrong"}, **headers)
    return response


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Try again after <strong>09:15</strong>"), ("nl", "09:15")]
)
def test_the_fifth_failure_locks_and_says_when_to_try_again(client, language, sentence):
    user = UserFactory(staff=True)
    headers = {"headers": {"Accept-Language": language}}
    with time_machine.travel(MORNING, tick=False):
        assert fail(client, user.email, 4, **headers).status_code == 200
        locked = fail(client, user.email, 1, **headers)
    assert locked.status_code == 429
    assert locked["Retry-After"] == "901"
    assert "no-store" in locked["Cache-Control"]
    assert f'<html lang="{language}">' in locked.content.decode()
    assert sentence in locked.content.decode()
    assert user.email not in locked.content.decode()


def test_the_lock_holds_for_the_right_password_and_ends_after_a_quarter_of_an_hour(client):
    user = UserFactory(staff=True)
    with time_machine.travel(MORNING, tick=False) as clock:
        fail(client, user.email, 5)
        assert give_password(client, user.email).status_code == 429
        clock.shift(STEP * 28)
        again = give_password(client, user.email)
        assert again.status_code == 429
        assert again["Retry-After"] == "61"  # trying during the lock makes it no longer
        clock.shift(STEP * 3)
        assert give_password(client, user.email)["Location"] == "/admin/"


def test_capitals_and_spaces_begin_no_new_count(client):
    user = UserFactory(staff=True, email="robin@park.example")
    for spelling in ("robin@park.example", "Robin@park.example", " ROBIN@park.example", "robin@PARK.example"):
        assert fail(client, spelling, 1).status_code == 200
    assert fail(client, "robin@Park.Example", 1).status_code == 429
    assert AccessAttempt.objects.get().username == user.email


def test_an_address_that_nobody_has_is_locked_alike(client):
    assert fail(client, "nobody@park.example", 4).status_code == 200
    assert fail(client, "nobody@park.example", 1).status_code == 429


def test_another_user_on_the_same_line_is_not_locked(client):
    user, colleague = UserFactory(staff=True), UserFactory(staff=True)
    fail(client, user.email, 5)
    assert give_password(client, colleague.email).status_code == 302


def test_the_user_on_another_line_is_not_locked(client):
    user = UserFactory(staff=True)
    fail(client, user.email, 5)
    response = client.post(LOG_IN, {"username": user.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    assert response.status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.9", "192.0.2.1"),  # no proxy of ours: whatever stands there is invented
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "203.0.113.5, 198.51.100.9", "198.51.100.9"),  # the first was sent along by the client
        (2, "203.0.113.5, 198.51.100.9, 10.0.0.2", "198.51.100.9"),
        (2, "198.51.100.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "nonsense", "192.0.2.1"),
        (1, "2001:DB8::9", "2001:db8::9"),
    ],
)
def test_the_address_behind_our_proxies_is_counted_and_no_invented_one(
    rf, settings, proxies, forwarded, address
):
    settings.TRUSTED_PROXY_COUNT = proxies
    request = rf.post("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == address


def test_inventing_addresses_does_not_get_round_the_lock(client):
    user = UserFactory(staff=True)
    answers = [
        fail(client, user.email, 1, headers={"X-Forwarded-For": f"203.0.113.{number}"}) for number in range(5)
    ]
    assert answers[-1].status_code == 429


def test_a_log_in_forgets_the_failures_before_it(client):
    user = UserFactory(staff=True)
    fail(client, user.email, 4)
    give_password(client, user.email)
    client.logout()
    assert fail(client, user.email, 4).status_code == 200


def test_no_password_stays_behind_after_a_failure(client):
    give_password(client, "robin@park.example", "a-password-typed-wrongly")
    assert "a-password-typed-wrongly" not in str(AccessAttempt.objects.values().get())


def test_logging_out_ends_the_session_of_every_role(client):
    for role in HOMES:
        client.force_login(UserFactory(role=role))
        key = client.session.session_key
        assert client.get("/account/log-out/").status_code == 405
        assert client.post("/account/log-out/").status_code == 200
        client.cookies["session"] = key
        assert client.get("/")["Location"] == LOG_IN


def test_pages_of_the_entrance_are_kept_nowhere_and_carry_the_policy(client):
    broker = UserFactory(broker=True)
    responses = [client.get(LOG_IN)]
    client.force_login(broker)
    responses += [client.get("/account/welcome/"), client.get("/account/password/")]
    for response in responses:
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("role", ["administrator", "partner", "broker"])
def test_anybody_changes_the_own_password_after_the_old_one(client, role):
    user = UserFactory(role=role)
    client.force_login(user)
    address = "/account/password/"
    wrong = client.post(address, {"old_password": "not-it", "password": "a-new-long-password"})
    weak = client.post(address, {"old_password": PASSWORD, "password": "short"})
    assert set(wrong.context["form"].errors) == {"old_password"}
    assert set(weak.context["form"].errors) == {"password"}
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert (
        client.post(address, {"old_password": PASSWORD, "password": "a-new-long-password"}).status_code == 302
    )
    user.refresh_from_db()
    assert user.check_password("a-new-long-password")
    assert client.get(HOMES[role]).status_code == 200  # this session goes on


def test_the_welcome_page_lists_the_brokers_own_standing_keys(client, administrator):
    broker = UserFactory(broker=True, language="en")
    key, other = ApiKeyFactory(user=broker, label="Website"), ApiKeyFactory(label="Somebody else's")
    client.force_login(broker)
    page = client.get("/account/welcome/").content.decode()
    assert f"kp_{key.prefix}_…" in page
    assert "works until" in page
    assert key.secret not in page
    assert other.prefix not in page
    with translation.override("en"), time_machine.travel(key.expires_at + STEP, tick=False):
        client.force_login(broker)
        assert "ended on" in client.get("/account/welcome/").content.decode()


def test_the_welcome_page_is_for_brokers(client):
    client.force_login(UserFactory(partner=True))
    assert client.get("/account/welcome/")["Location"] == "/portal/"
