"""The log of accounts: one row per act, with who and when, without names and without secrets."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AccountEvent, Act, Scope
from accounts.second_factor import begin_setup, confirm_setup, renew_recovery_codes, reset_second_factor
from accounts.services import (
    activate_user,
    change_language,
    change_user,
    deactivate_user,
    invite_user,
    issue_key,
    revoke_key,
    rotate_key,
    set_password,
)
from tests.accounts.browsing import app_code
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "another-long-password"


def acts(user) -> list[str]:
    return list(AccountEvent.objects.filter(user=user).order_by("pk").values_list("act", flat=True))


def test_every_act_on_a_user_leaves_one_row_with_who_and_when(administrator, now):
    user = invite_user(email="new@park.example", full_name="New One", role="staff", by=administrator, at=now)
    given = {"user": user, "by": administrator, "at": now}
    set_password(password=PASSWORD, **given)
    change_user(full_name="Other Name", role="manager", language="en", **given)
    change_language(language="nl", **given)
    deactivate_user(**given)
    activate_user(**given)
    assert acts(user) == [
        Act.INVITED,
        Act.PASSWORD_SET,
        Act.CHANGED,
        Act.CHANGED,
        Act.SWITCHED_OFF,
        Act.SWITCHED_ON,
    ]
    rows = AccountEvent.objects.filter(user=user)
    assert {(row.by, row.at) for row in rows} == {(administrator, now)}
    first, second = rows.filter(act=Act.CHANGED).order_by("pk")
    assert first.detail == {"role": ["staff", "manager"], "language": ["nl", "en"], "full_name": True}
    assert second.detail == {"language": ["en", "nl"]}
    assert str(first) == f"{first.get_act_display()}: {user}"


def test_what_changes_nothing_leaves_no_row(staff, administrator, now):
    change_user(
        user=staff,
        full_name=staff.full_name,
        role=staff.role,
        language=staff.language,
        by=administrator,
        at=now,
    )
    change_language(user=staff, language=staff.language, by=staff, at=now)
    assert acts(staff) == []


def test_every_act_on_a_key_leaves_one_row(administrator, now):
    user = UserFactory(broker=True)
    key, text = issue_key(
        user=user,
        label="Website",
        scopes=[Scope.VACANCIES_READ],
        expires_at=now + timedelta(days=9),
        by=administrator,
        at=now,
    )
    successor, _text = rotate_key(key=key, overlap=timedelta(days=1), by=administrator, at=now)
    revoke_key(key=key, by=administrator, at=now)
    revoke_key(key=key, by=administrator, at=now)
    rows = AccountEvent.objects.filter(user=user).order_by("pk")
    assert [(row.act, row.api_key) for row in rows] == [
        (Act.KEY_MADE, key),
        (Act.KEY_MADE, successor),
        (Act.KEY_ROTATED, key),
        (Act.KEY_REVOKED, key),
    ]
    assert rows[0].detail == {"scopes": ["vacancies:read"]}
    secret = text.split("_", 2)[2]
    assert not [row for row in rows.values() if secret in str(row)]


def test_every_act_on_a_second_factor_leaves_one_row(staff, administrator, now):
    begin_setup(user=staff, at=now)
    confirm_setup(user=staff, code=app_code(staff, now), at=now)
    renew_recovery_codes(user=staff, at=now)
    reset_second_factor(user=staff, by=administrator, at=now)
    assert acts(staff) == [Act.SECOND_FACTOR_SET_UP, Act.CODES_RENEWED, Act.SECOND_FACTOR_RESET]


def test_a_row_holds_no_name_and_no_address(administrator, now):
    user = invite_user(
        email="canary@park.example", full_name="Canary Bird", role="staff", by=administrator, at=now
    )
    change_user(user=user, full_name="Canary Fish", role="staff", language="nl", by=administrator, at=now)
    assert "canary" not in str(list(AccountEvent.objects.values())).lower()


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_accountevent SET act = 'changed'", "DELETE FROM accounts_accountevent"]
)
def test_the_database_refuses_to_rewrite_the_log(statement, staff, administrator, now):
    deactivate_user(user=staff, by=administrator, at=now)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert acts(staff) == [Act.SWITCHED_OFF]


def test_the_log_is_read_by_administrators_alone(client, administrator, manager, now):
    change_user(user=manager, full_name="Changed", role="manager", language="en", by=administrator, at=now)
    client.force_login(administrator)
    page = client.get("/admin/accounts/accountevent/")
    assert page.status_code == 200
    assert "Nederlands → Engels" in page.content.decode() or "Dutch → English" in page.content.decode()
    row = AccountEvent.objects.latest("pk")
    assert client.get(f"/admin/accounts/accountevent/{row.pk}/change/").status_code == 200
    assert client.get("/admin/accounts/accountevent/add/").status_code == 403
    client.force_login(manager)
    assert client.get("/admin/accounts/accountevent/").status_code == 403
