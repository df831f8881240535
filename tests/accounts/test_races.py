"""Two at the same moment: one code lets one in, and guessing in parallel wins no extra guess."""

from collections import Counter

import pytest

from accounts.models import TotpDevice, User
from accounts.second_factor import Verdict, begin_setup, check_code, confirm_setup
from tests.accounts.browsing import MORNING, STEP, app_code, wrong_code
from tests.acquisition.racing import at_once
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def equipped() -> tuple[User, list[str]]:
    user, before = UserFactory(staff=True), MORNING - STEP * 10
    begin_setup(user=user, at=before)
    return user, confirm_setup(user=user, code=app_code(user, before), at=before)


def verdicts(user: User, code: str, times: int) -> Counter:
    return Counter(at_once(*[lambda: check_code(user=user, code=code, at=MORNING)] * times))


def test_one_code_lets_one_of_four_in(equipped):
    user, _codes = equipped
    assert verdicts(user, app_code(user, MORNING), 4) == {Verdict.RIGHT: 1, Verdict.WRONG: 3}


def test_one_recovery_code_lets_one_of_four_in(equipped):
    user, codes = equipped
    assert verdicts(user, codes[0], 4) == {Verdict.RIGHT: 1, Verdict.WRONG: 3}


def test_guessing_in_parallel_wins_no_extra_guess(equipped):
    user, _codes = equipped
    assert verdicts(user, wrong_code(user, MORNING), 8) == {Verdict.WRONG: 4, Verdict.LOCKED: 4}
    assert TotpDevice.objects.get(user=user).locked_until is not None
