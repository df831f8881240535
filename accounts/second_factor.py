"""The second factor: six digits from an authenticator app (RFC 6238), or a recovery code that works once.

The app's secret is encrypted and recovery codes are kept as digests, both under the product's secret key: a copy of
the database alone lets nobody in. After five wrong codes the second factor waits for a quarter of an hour.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

import pyotp
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Act, RecoveryCode, TotpDevice, User
from accounts.services import end_sessions, note

ISSUER = "Kennispark Twente"
STEP_SECONDS = 30
# A code of the half minute before or after is accepted too: clocks of phones differ.
TOLERANCE_STEPS = 1
CODE_DIGITS = 6
RECOVERY_CODES, RECOVERY_DIGITS, RECOVERY_GROUP = 10, 16, 4
WRONG_CODES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
SALT = "accounts.second_factor"


class Verdict(StrEnum):
    """What became of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


def has_second_factor(user: User) -> bool:
    """Whether the user has set up an authenticator app and proved it by a code."""
    return TotpDevice.objects.filter(user=user, confirmed_at__isnull=False).exists()


def provisioning_uri(device: TotpDevice) -> str:
    """What the QR code holds for the authenticator app."""
    return pyotp.TOTP(secret_of(device)).provisioning_uri(name=device.user.email, issuer_name=ISSUER)


def secret_of(device: TotpDevice) -> str:
    """The device's secret in clear (base32)."""
    return _cipher().decrypt(device.secret.encode()).decode()


@transaction.atomic
def begin_setup(*, user: User, at: datetime) -> TotpDevice:
    """The device that the user is setting up; asking again shows the same one until it is confirmed."""
    secret = _cipher().encrypt(pyotp.random_base32().encode()).decode()
    device, _is_new = TotpDevice.objects.get_or_create(user=user, defaults={"secret": secret, "made_at": at})
    return device


@transaction.atomic
def confirm_setup(*, user: User, code: str, at: datetime) -> list[str]:
    """The first right code proves the app; returns the recovery codes, which nothing can show again."""
    device = TotpDevice.objects.select_for_update().filter(user=user, confirmed_at__isnull=True).first()
    if device is None:
        raise ValidationError({"code": ValidationError(_("The second factor is set up already."), "set_up")})
    step = _matching_step(device, _plain(code), at)
    if step is None:
        message = _(
            "This code is not right. Check that the clock of your phone is, and type the newest code."
        )
        raise ValidationError({"code": ValidationError(message, "wrong_code")})
    device.confirmed_at, device.last_step = at, step
    device.save(update_fields=["confirmed_at", "last_step"])
    note(user=user, act=Act.SECOND_FACTOR_SET_UP, by=user, at=at)
    return _new_recovery_codes(user, at)


@transaction.atomic
def renew_recovery_codes(*, user: User, at: datetime) -> list[str]:
    """Ten new codes, returned once; those from before stop working."""
    note(user=user, act=Act.CODES_RENEWED, by=user, at=at)
    return _new_recovery_codes(user, at)


def _new_recovery_codes(user: User, at: datetime) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [_new_recovery_code() for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_digest(_plain(code), settings.SECRET_KEY), made_at=at)
        for code in codes
    )
    return codes


@transaction.atomic
def check_code(*, user: User, code: str, at: datetime) -> Verdict:
    """Judge a code at log-in. A right one is used up; five wrong ones in a row lock the second factor for a while."""
    device = TotpDevice.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    if device is None:
        return Verdict.WRONG
    if device.locked_until is not None and at < device.locked_until:
        return Verdict.LOCKED
    plain = _plain(code)
    if _use_app_code(device, plain, at) or _use_recovery_code(user, plain, at):
        device.wrong_codes, device.locked_until = 0, None
        verdict = Verdict.RIGHT
    elif device.wrong_codes + 1 < WRONG_CODES_ALLOWED:
        device.wrong_codes += 1
        verdict = Verdict.WRONG
    else:
        device.wrong_codes, device.locked_until = 0, at + LOCKED_FOR
        verdict = Verdict.LOCKED
    device.save(update_fields=["last_step", "wrong_codes", "locked_until"])
    return verdict


@transaction.atomic
def reset_second_factor(*, user: User, by: User, at: datetime) -> None:
    """Forget app and recovery codes and end all sessions: at the next log-in the user sets it up again."""
    RecoveryCode.objects.filter(user=user).delete()
    TotpDevice.objects.filter(user=user).delete()
    end_sessions(user=user, at=at)
    note(user=user, act=Act.SECOND_FACTOR_RESET, by=by, at=at)


def unused_recovery_codes(user: User) -> int:
    """How many recovery codes are left."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def locked_until(user: User) -> datetime | None:
    """Until when the user's second factor takes no code."""
    return TotpDevice.objects.filter(user=user).values_list("locked_until", flat=True).first()


def _use_app_code(device: TotpDevice, code: str, at: datetime) -> bool:
    step = _matching_step(device, code, at)
    if step is None:
        return False
    device.last_step = step
    return True


def _use_recovery_code(user: User, code: str, at: datetime) -> bool:
    if len(code) != RECOVERY_DIGITS:
        return False
    digests = [_digest(code, key) for key in _secret_keys()]
    left = RecoveryCode.objects.filter(user=user, digest__in=digests, used_at__isnull=True)
    return bool(left.update(used_at=at))


def _matching_step(device: TotpDevice, code: str, at: datetime) -> int | None:
    """The half minute whose code this is, where no code of it or a later one was used yet."""
    if len(code) != CODE_DIGITS:
        return None
    app, now = pyotp.TOTP(secret_of(device), interval=STEP_SECONDS), int(at.timestamp()) // STEP_SECONDS
    matching = [
        step
        for step in range(now - TOLERANCE_STEPS, now + TOLERANCE_STEPS + 1)
        if hmac.compare_digest(app.generate_otp(step), code) and step > device.last_step
    ]
    return matching[0] if matching else None


def _plain(code: str) -> str:
    """The digits of a code as somebody typed it, or nothing where it holds anything else."""
    digits = "".join(code.split()).replace("-", "")
    return digits if digits.isascii() and digits.isdecimal() else ""


def _new_recovery_code() -> str:
    digits = f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}}"
    return "-".join(
        digits[start : start + RECOVERY_GROUP] for start in range(0, RECOVERY_DIGITS, RECOVERY_GROUP)
    )


def _secret_keys() -> list[str]:
    """The key of today first, then those that it replaced."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _cipher() -> MultiFernet:
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"{SALT}:{key}".encode()).digest()))
            for key in _secret_keys()
        ]
    )


def _digest(code: str, key: str) -> str:
    return salted_hmac(SALT, code, secret=key, algorithm="sha256").hexdigest()
