"""The second factor: nothing opens before it, a code is right once, recovery codes work once, the lock ends."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import RecoveryCode, TotpDevice
from accounts.second_factor import (
    Verdict,
    begin_setup,
    check_code,
    confirm_setup,
    has_second_factor,
    locked_until,
    provisioning_uri,
    renew_recovery_codes,
    reset_second_factor,
    secret_of,
    unused_recovery_codes,
)
from tests.accounts.browsing import (
    LOG_IN,
    MORNING,
    SECOND_FACTOR,
    SET_UP,
    STEP,
    addresses,
    app_code,
    give_password,
    wrong_code,
)
from tests.factories.accounts import ApiKeyFactory, UserFactory

pytestmark = pytest.mark.django_db
ROLES = {
    "administrator": "/admin/",
    "manager": "/admin/",
    "staff": "/admin/",
    "partner": "/portal/",
    "broker": "/account/welcome/",
}


@pytest.fixture
def _required(settings):
    settings.CRM_SECOND_FACTOR = True


@pytest.fixture
def user():
    return UserFactory(staff=True, language="en")


def equipped(user, at=MORNING - timedelta(days=1)):
    """The user with an app that was set up at `at`; returns the recovery codes."""
    begin_setup(user=user, at=at)
    return confirm_setup(user=user, code=app_code(user, at), at=at)


# ── codes ───────────────────────────────────────────────────────────────────
def test_the_secret_and_the_recovery_codes_cannot_be_read_from_the_database(user):
    codes = equipped(user)
    device = TotpDevice.objects.get(user=user)
    assert len(secret_of(device)) == 32
    assert secret_of(device) not in device.secret
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"\d{4}(-\d{4}){3}", code) for code in codes)
    kept = str(list(RecoveryCode.objects.values()))
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


def test_a_change_of_the_secret_key_keeps_apps_and_codes_while_the_old_one_is_a_fallback(user, settings):
    codes, old = equipped(user), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key" * 8, [old]
    assert check_code(user=user, code=app_code(user, MORNING), at=MORNING) is Verdict.RIGHT
    assert check_code(user=user, code=codes[0], at=MORNING) is Verdict.RIGHT


def test_the_app_is_told_whose_account_it_is(user):
    uri = provisioning_uri(begin_setup(user=user, at=MORNING))
    assert uri.startswith("otpauth://totp/Kennispark%20Twente:")
    assert user.email.replace("@", "%40") in uri


def test_setting_up_shows_one_secret_until_a_code_proves_it(user):
    first = begin_setup(user=user, at=MORNING)
    assert secret_of(begin_setup(user=user, at=MORNING)) == secret_of(first)
    assert not has_second_factor(user)
    with pytest.raises(ValidationError) as caught:
        confirm_setup(user=user, code=wrong_code(user, MORNING), at=MORNING)
    assert [error.code for error in caught.value.error_dict["code"]] == ["wrong_code"]
    assert not has_second_factor(user)
    assert check_code(user=user, code=app_code(user, MORNING), at=MORNING) is Verdict.WRONG
    assert len(confirm_setup(user=user, code=app_code(user, MORNING), at=MORNING)) == 10
    assert has_second_factor(user)


def test_an_app_that_is_set_up_cannot_be_replaced_by_setting_up_again(user):
    equipped(user)
    secret = secret_of(TotpDevice.objects.get(user=user))
    begin_setup(user=user, at=MORNING)
    with pytest.raises(ValidationError) as caught:
        confirm_setup(user=user, code=app_code(user, MORNING), at=MORNING)
    assert [error.code for error in caught.value.error_dict["code"]] == ["set_up"]
    assert secret_of(TotpDevice.objects.get(user=user)) == secret


@pytest.mark.parametrize("steps", range(-3, 4))
def test_a_clock_may_differ_by_half_a_minute(user, steps):
    equipped(user)
    verdict = check_code(user=user, code=app_code(user, MORNING + STEP * steps), at=MORNING)
    assert verdict is (Verdict.RIGHT if abs(steps) <= 1 else Verdict.WRONG)


def test_a_code_is_right_once(user):
    equipped(user)
    code = app_code(user, MORNING)
    assert check_code(user=user, code=code, at=MORNING) is Verdict.RIGHT
    assert check_code(user=user, code=code, at=MORNING) is Verdict.WRONG
    assert check_code(user=user, code=code, at=MORNING + STEP) is Verdict.WRONG


def test_a_code_from_before_the_last_one_is_not_right_any_more(user):
    equipped(user)
    assert check_code(user=user, code=app_code(user, MORNING + STEP), at=MORNING) is Verdict.RIGHT
    assert check_code(user=user, code=app_code(user, MORNING), at=MORNING) is Verdict.WRONG
    later = MORNING + STEP * 2
    assert check_code(user=user, code=app_code(user, later), at=later) is Verdict.RIGHT


def test_the_code_that_proved_the_app_does_not_log_in(user):
    equipped(user, at=MORNING)
    assert check_code(user=user, code=app_code(user, MORNING), at=MORNING) is Verdict.WRONG


def test_a_code_may_be_typed_with_spaces(user):
    equipped(user)
    code = app_code(user, MORNING)
    assert check_code(user=user, code=f" {code[:3]} {code[3:]} ", at=MORNING) is Verdict.RIGHT


@pytest.mark.parametrize(
    "typed", ["", "abcdef", "12345", "1234567", "١٢٣٤٥٦", "１２３４５６", "-", "\x00" * 6, "9" * 500]
)
def test_anything_else_is_wrong(user, typed):
    equipped(user)
    assert check_code(user=user, code=typed, at=MORNING) is Verdict.WRONG


def test_another_users_code_is_wrong(user):
    other = UserFactory(staff=True)
    codes = equipped(other)
    equipped(user)
    assert check_code(user=user, code=app_code(other, MORNING), at=MORNING) is Verdict.WRONG
    assert check_code(user=user, code=codes[0], at=MORNING) is Verdict.WRONG


def test_without_an_app_no_code_is_right(user):
    assert check_code(user=user, code="000000", at=MORNING) is Verdict.WRONG
    assert locked_until(user) is None


def test_a_recovery_code_works_once(user):
    codes = equipped(user)
    assert check_code(user=user, code=codes[3].replace("-", " "), at=MORNING) is Verdict.RIGHT
    assert RecoveryCode.objects.get(used_at__isnull=False).used_at == MORNING
    assert unused_recovery_codes(user) == 9
    assert check_code(user=user, code=codes[3], at=MORNING) is Verdict.WRONG
    assert check_code(user=user, code=codes[4], at=MORNING) is Verdict.RIGHT


def test_new_recovery_codes_end_the_old_ones(user):
    old = equipped(user)
    new = renew_recovery_codes(user=user, at=MORNING)
    assert not set(old) & set(new)
    assert check_code(user=user, code=old[0], at=MORNING) is Verdict.WRONG
    assert check_code(user=user, code=new[0], at=MORNING) is Verdict.RIGHT


def test_five_wrong_codes_in_a_row_lock_for_a_quarter_of_an_hour(user):
    codes = equipped(user)
    for _attempt in range(4):
        assert check_code(user=user, code=wrong_code(user, MORNING), at=MORNING) is Verdict.WRONG
    assert check_code(user=user, code=wrong_code(user, MORNING), at=MORNING) is Verdict.LOCKED
    end = MORNING + timedelta(minutes=15)
    assert locked_until(user) == end
    just_before = end - timedelta(seconds=1)
    assert check_code(user=user, code=app_code(user, just_before), at=just_before) is Verdict.LOCKED
    assert check_code(user=user, code=codes[0], at=just_before) is Verdict.LOCKED
    assert check_code(user=user, code=app_code(user, end), at=end) is Verdict.RIGHT
    assert locked_until(user) is None


def test_a_right_code_begins_the_count_of_wrong_ones_anew(user):
    equipped(user)
    for minute in range(3):
        at = MORNING + timedelta(minutes=minute)
        for _attempt in range(4):
            assert check_code(user=user, code=wrong_code(user, at), at=at) is Verdict.WRONG
        assert check_code(user=user, code=app_code(user, at), at=at) is Verdict.RIGHT


def test_a_reset_forgets_app_and_codes_and_ends_sessions(user, administrator):
    codes, browser = equipped(user), Client()
    browser.force_login(user)
    with time_machine.travel(MORNING, tick=False):
        browser.force_login(user)
        reset_second_factor(user=user, by=administrator, at=MORNING)
        assert browser.get("/admin/")["Location"].startswith("/admin/login/")
    assert not has_second_factor(user)
    assert unused_recovery_codes(user) == 0
    assert check_code(user=user, code=codes[0], at=MORNING) is Verdict.WRONG


def test_the_database_refuses_an_app_that_no_code_confirmed(user):
    begin_setup(user=user, at=MORNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        TotpDevice.objects.update(confirmed_at=MORNING)


# ── pages ───────────────────────────────────────────────────────────────────
def closed_addresses() -> list[str]:
    found = [*addresses("admin/"), *addresses("portal/"), *addresses("account/")]
    on_the_way = {LOG_IN, SECOND_FACTOR, SET_UP, "/account/log-out/", "/admin/logout/", "/admin/login/"}
    return sorted({address for address in found if address not in on_the_way} | {"/"})


def test_the_walk_below_sees_the_whole_product():
    found = closed_addresses()
    assert len(found) > 100
    assert {"/", "/admin/", "/portal/", "/account/welcome/", "/admin/accounts/apikey/add/"} <= set(found)


@pytest.mark.usefixtures("_required")
@pytest.mark.parametrize("role", ROLES)
def test_nothing_opens_on_a_password_alone(client, role):
    user = UserFactory(role=role)
    give_password(client, user.email)
    for address in closed_addresses():
        for response in (client.get(address), client.post(address)):
            assert response.status_code == 302, address
            assert response["Location"].startswith(SET_UP), address
    equipped(user)
    for address in closed_addresses():
        response = client.get(address)
        assert response.status_code == 302, address
        assert re.match(rf"{SECOND_FACTOR}(\?|$)", response["Location"]), address


@pytest.mark.usefixtures("_required")
@pytest.mark.parametrize(("role", "home"), ROLES.items())
def test_setting_up_leads_to_recovery_codes_and_then_to_the_first_page(client, role, home):
    user = UserFactory(role=role, language="en")
    with time_machine.travel(MORNING, tick=False):
        give_password(client, user.email)
        before = client.session.session_key
        assert client.get(SECOND_FACTOR)["Location"] == SET_UP
        page = client.get(home, follow=True)
        assert page.redirect_chain[-1][0].startswith(SET_UP)
        assert 'src="data:image/svg+xml' in page.content.decode()
        wrong = client.post(SET_UP, {"code": wrong_code(user, MORNING)})
        assert wrong.context["form"].errors
        assert client.get(home).status_code == 302
        shown = client.post(SET_UP, {"code": app_code(user, MORNING), "next": home})
        assert "no-store" in shown["Cache-Control"]
        codes = re.findall(r"\d{4}-\d{4}-\d{4}-\d{4}", shown.content.decode())
        assert len(codes) == 10
        assert f'href="{home}"' in shown.content.decode()
        assert client.session.session_key != before
        assert client.get(home).status_code == 200
        assert client.get(SET_UP)["Location"] == SECOND_FACTOR
        assert client.get(SECOND_FACTOR)["Location"] == home


@pytest.mark.usefixtures("_required")
def test_a_code_after_the_password_opens_the_wanted_page_under_a_new_session_id(client, user):
    equipped(user)
    with time_machine.travel(MORNING, tick=False):
        give_password(client, user.email, next="/admin/settings/")
        before = client.session.session_key
        asked = client.get("/admin/settings/")
        assert asked["Location"] == f"{SECOND_FACTOR}?next=%2Fadmin%2Fsettings%2F"
        assert client.get(SET_UP)["Location"] == SECOND_FACTOR
        given = client.post(SECOND_FACTOR, {"code": app_code(user, MORNING), "next": "/admin/settings/"})
        assert given["Location"] == "/admin/settings/"
        assert client.session.session_key != before
        assert client.get("/admin/settings/").status_code == 200


@pytest.mark.usefixtures("_required")
def test_a_wrong_and_a_replayed_code_open_nothing(client, user):
    equipped(user)
    other = Client()
    with time_machine.travel(MORNING, tick=False):
        code = app_code(user, MORNING)
        for browser in (client, other):
            give_password(browser, user.email)
        for typed in ("", "x" * 41, wrong_code(user, MORNING)):
            assert client.post(SECOND_FACTOR, {"code": typed}).context["form"].errors
        assert client.get("/admin/").status_code == 302
        assert client.post(SECOND_FACTOR, {"code": code}).status_code == 302
        assert client.get("/admin/").status_code == 200
        assert other.post(SECOND_FACTOR, {"code": code}).context["form"].errors
        assert other.get("/admin/").status_code == 302


@pytest.mark.usefixtures("_required")
def test_a_recovery_code_opens_once(client, user):
    codes = equipped(user)
    other = Client()
    with time_machine.travel(MORNING, tick=False):
        for browser in (client, other):
            give_password(browser, user.email)
        assert client.post(SECOND_FACTOR, {"code": codes[0]})["Location"] == "/admin/"
        assert other.post(SECOND_FACTOR, {"code": codes[0]}).status_code == 200
        assert other.get("/admin/").status_code == 302


@pytest.mark.usefixtures("_required")
def test_too_many_wrong_codes_say_when_to_try_again(client, user):
    equipped(user)
    with time_machine.travel(MORNING, tick=False):
        give_password(client, user.email)
        answers = [client.post(SECOND_FACTOR, {"code": wrong_code(user, MORNING)}) for _attempt in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert "09:15" in answers[-1].content.decode()
    assert answers[-1]["Retry-After"] == "901"


@pytest.mark.usefixtures("_required")
def test_logging_in_again_asks_for_the_second_factor_again(client, user):
    equipped(user)
    with time_machine.travel(MORNING, tick=False):
        give_password(client, user.email)
        client.post(SECOND_FACTOR, {"code": app_code(user, MORNING)})
        assert client.get("/admin/").status_code == 200
        give_password(client, user.email)
        assert client.get("/admin/").status_code == 302


@pytest.mark.usefixtures("_required")
def test_half_way_one_may_log_out(client, user):
    give_password(client, user.email)
    assert client.post("/account/log-out/").status_code == 200
    assert client.get("/")["Location"] == LOG_IN


@pytest.mark.usefixtures("_required")
def test_programs_need_a_key_and_no_second_factor(client):
    key = ApiKeyFactory()
    headers = {"Authorization": f"Bearer {key.secret}"}
    assert client.get("/api/v1/areas", headers=headers).status_code == 200
    give_password(client, key.user.email)
    assert client.get("/api/v1/areas").status_code == 401
    assert client.get("/api/v1/areas", headers=headers).status_code == 200
    assert client.get("/healthz").status_code == 200


@pytest.mark.usefixtures("_required")
def test_recovery_codes_are_renewed_after_the_second_factor_alone(client, user):
    equipped(user)
    address = "/account/second-factor/recovery-codes/"
    with time_machine.travel(MORNING, tick=False):
        give_password(client, user.email)
        assert client.post(address)["Location"] == SECOND_FACTOR
        client.post(SECOND_FACTOR, {"code": app_code(user, MORNING)})
        assert "You have 10 recovery codes left" in client.get(address).content.decode()
        new = re.findall(r"\d{4}-\d{4}-\d{4}-\d{4}", client.post(address).content.decode())
    assert len(new) == 10
    assert check_code(user=user, code=new[0], at=MORNING) is Verdict.RIGHT


def test_where_no_second_factor_is_asked_a_password_opens_the_pages(client, user):
    give_password(client, user.email)
    assert client.get("/admin/settings/").status_code == 200
    for address in (SET_UP, SECOND_FACTOR, "/account/second-factor/recovery-codes/"):
        assert client.get(address).status_code == 404
