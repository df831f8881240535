"""A calendar address is a secret: shown once, kept as a digest, one per person, dead when revoked or its user leaves."""

from datetime import timedelta

import pytest

from accounts.services import deactivate_user
from crm.common.errors import RuleError
from crm.desk.models import CalendarAddress, MorningChoice
from crm.desk.services import (
    choose_morning_mail,
    make_calendar_address,
    read_calendar_address,
    revoke_calendar_address,
    wants_morning_mail,
)
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def made(user, now):
    return make_calendar_address(user=user, by=user, at=now)


def test_the_token_has_256_bits_and_is_kept_nowhere(staff, now):
    address, token = made(staff, now)
    assert len(token) >= 43
    assert token not in repr(CalendarAddress.objects.values().get())
    assert read_calendar_address(token=token, at=now) == address


def test_a_new_address_ends_the_one_before(staff, now):
    _first, old = made(staff, now)
    second, new = made(staff, now)
    assert read_calendar_address(token=old, at=now) is None
    assert read_calendar_address(token=new, at=now) == second
    assert CalendarAddress.objects.filter(user=staff, revoked_at__isnull=True).count() == 1


def test_a_revoked_address_is_dead_at_once(staff, now):
    _address, token = made(staff, now)
    assert revoke_calendar_address(user=staff, by=staff, at=now) == 1
    assert revoke_calendar_address(user=staff, by=staff, at=now) == 0
    assert read_calendar_address(token=token, at=now) is None


def test_the_address_of_who_leaves_or_loses_the_desk_dies(staff, administrator, now):
    _address, token = made(staff, now)
    deactivate_user(user=staff, by=administrator, at=now)
    assert read_calendar_address(token=token, at=now) is None
    other = UserFactory(staff=True)
    _address, token = made(other, now)
    other.role = "partner"
    other.save()
    assert read_calendar_address(token=token, at=now) is None
    with pytest.raises(RuleError):
        made(other, now)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 5000, "%00"])
def test_a_wrong_token_takes_one_look_up_whatever_it_is(token, now, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert read_calendar_address(token=token, at=now) is None


def test_last_use_is_noted_once_a_minute(staff, now):
    _address, token = made(staff, now)
    for seconds in (0, 30, 61):
        read_calendar_address(token=token, at=now + timedelta(seconds=seconds))
    assert CalendarAddress.objects.get().last_used_at == now + timedelta(seconds=61)


def test_the_morning_mail_is_wanted_until_somebody_says_no(staff, now):
    assert wants_morning_mail(staff)
    assert choose_morning_mail(user=staff, is_wanted=False, by=staff, at=now)
    assert not choose_morning_mail(user=staff, is_wanted=False, by=staff, at=now)
    assert not wants_morning_mail(staff)
    assert choose_morning_mail(user=staff, is_wanted=True, by=staff, at=now)
    assert MorningChoice.objects.count() == 2
