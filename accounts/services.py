"""Verbs on users and API keys. Authorisation is checked at the door, never here.

Each raises `ValidationError` with all faults by field and changes nothing then.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SYSTEM_EMAIL, AccountEvent, Act, ApiKey, Language, Scope, User
from accounts.roles import Role

KEY_FORM = "kp"
PREFIX_BYTES, SECRET_BYTES = 4, 32
# No other text reaches the database: PostgreSQL, for one, takes no NUL.
PREFIX = re.compile(rf"[0-9a-f]{{{2 * PREFIX_BYTES}}}")
LAST_USE_RESOLUTION = timedelta(minutes=1)
# Compared when no key fits, so that an unknown prefix takes as long as a known one.
NO_DIGEST = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class _Fault:
    code: str
    message: str
    field: str


def _refuse(faults: Iterable[_Fault]) -> None:
    """Raise Django's ValidationError with every fault under its field (accounts knows no class of the park)."""
    named: dict[str, list[ValidationError]] = {}
    for fault in faults:
        named.setdefault(fault.field, []).append(ValidationError(fault.message, fault.code))
    if named:
        raise ValidationError(named)


def note(
    *, user: User, act: Act, by: User, at: datetime, api_key: ApiKey | None = None, **detail: Any
) -> AccountEvent:
    """Write the log row of an act; `detail` holds no names and no secret."""
    return AccountEvent.objects.create(user=user, act=act, api_key=api_key, detail=detail, by=by, at=at)


@transaction.atomic
def invite_user(
    *, email: str, full_name: str, role: str, by: User, at: datetime, language: str = Language.DUTCH
) -> User:
    """Make a user who cannot log in until a password is set."""
    email = email.strip().lower()
    faults = []
    try:
        validate_email(email)
    except ValidationError as error:
        faults.append(_Fault("email", error.messages[0], "email"))
    if User.objects.filter(email__iexact=email).exists():
        faults.append(_Fault("email_taken", _("There is a user with this e-mail address already."), "email"))
    if not full_name.strip():
        faults.append(_Fault("name_missing", _("Give the user's name."), "full_name"))
    faults += _role_faults(role) + _language_faults(language)
    _refuse(faults)
    user = User.objects.create_user(
        email, None, full_name=full_name.strip(), role=role, language=language, joined_at=at
    )
    note(user=user, act=Act.INVITED, by=by, at=at, role=str(role))
    return user


def _role_faults(role: str) -> list[_Fault]:
    if role in Role.values:
        return []
    return [_Fault("role", _("There is no role “%(role)s”.") % {"role": role}, "role")]


def _language_faults(language: str) -> list[_Fault]:
    if language in Language.values:
        return []
    message = _("There is no language “%(language)s”.") % {"language": language}
    return [_Fault("language", message, "language")]


@transaction.atomic
def change_language(*, user: User, language: str, by: User, at: datetime) -> User:
    """The interface speaks this language to the user from now on."""
    _refuse(_language_faults(language))
    before, user.language = user.language, language
    user.save(update_fields=["language"])
    if before != language:
        note(user=user, act=Act.CHANGED, by=by, at=at, language=[before, str(language)])
    return user


@transaction.atomic
def change_user(*, user: User, full_name: str, role: str, language: str, by: User, at: datetime) -> User:
    """Change a user's name, role and language; the last active administrator stays one."""
    faults = _role_faults(role) + _language_faults(language)
    if not full_name.strip():
        faults.append(_Fault("name_missing", _("Give the user's name."), "full_name"))
    if user.role == Role.ADMINISTRATOR and role != Role.ADMINISTRATOR:
        faults += _last_administrator(user)
    _refuse(faults)
    changed: dict[str, Any] = {
        name: [str(getattr(user, name)), str(new)]
        for name, new in (("role", role), ("language", language))
        if getattr(user, name) != new
    }
    if user.full_name != full_name.strip():
        changed["full_name"] = True  # a name in the log would outlive the person's erasure
    user.full_name, user.role, user.language = full_name.strip(), role, language
    user.save(update_fields=["full_name", "role", "language"])
    if changed:
        note(user=user, act=Act.CHANGED, by=by, at=at, **changed)
    return user


def _last_administrator(user: User) -> list[_Fault]:
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    if others.exists():
        return []
    return [
        _Fault("last_administrator", _("This is the last administrator; appoint another one first."), "role")
    ]


def _system_faults(user: User) -> list[_Fault]:
    if user.email != SYSTEM_EMAIL:
        return []
    return [_Fault("system", _("Commands write in this user's name; nobody logs in as it."), "user")]


@transaction.atomic
def set_password(*, user: User, password: str, by: User, at: datetime) -> User:
    """Set a password; every session of the user ends by itself, for its hash is part of the session."""
    _refuse(_system_faults(user))
    try:
        validate_password(password, user)
    except ValidationError as error:
        _refuse(
            _Fault(problem.code or "password", message, "password")
            for problem in error.error_list
            for message in problem.messages
        )
    user.set_password(password)
    user.save(update_fields=["password"])
    note(user=user, act=Act.PASSWORD_SET, by=by, at=at)
    return user


@transaction.atomic
def deactivate_user(*, user: User, by: User, at: datetime) -> User:
    """The user cannot log in any more; sessions end at once and keys are revoked. What the user did stays in the log."""
    if user.role == Role.ADMINISTRATOR:
        _refuse(_last_administrator(user))
    user.is_active = False
    user.save(update_fields=["is_active"])
    for key in user.api_keys.filter(revoked_at__isnull=True):
        revoke_key(key=key, by=by, at=at)
    end_sessions(user=user, at=at)
    note(user=user, act=Act.SWITCHED_OFF, by=by, at=at)
    return user


@transaction.atomic
def end_sessions(*, user: User, at: datetime) -> int:
    """Log the user out everywhere, and return from how many sessions."""
    ended = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=at)
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    Session.objects.filter(pk__in=ended).delete()
    return len(ended)


@transaction.atomic
def activate_user(*, user: User, by: User, at: datetime) -> User:
    """The user may log in again; revoked keys stay revoked."""
    _refuse(_system_faults(user))
    user.is_active = True
    user.save(update_fields=["is_active"])
    note(user=user, act=Act.SWITCHED_ON, by=by, at=at)
    return user


@transaction.atomic
def issue_key(
    *, user: User, label: str, scopes: Iterable[str], expires_at: datetime, by: User, at: datetime
) -> tuple[ApiKey, str]:
    """Make a key of 256 random bits. The text is returned once; only its SHA-256 is kept."""
    wanted = sorted(set(scopes))
    faults = [
        _Fault("scope", _("There is no scope “%(scope)s”.") % {"scope": scope}, "scopes")
        for scope in wanted
        if scope not in Scope.values
    ]
    if not wanted:
        faults.append(_Fault("scopes_missing", _("Choose at least one scope."), "scopes"))
    if not label.strip():
        faults.append(_Fault("label_missing", _("Say which program uses the key."), "label"))
    if expires_at <= at:
        faults.append(_Fault("expiry", _("A key expires after it is made."), "expires_at"))
    if not user.is_active:
        faults.append(_Fault("inactive", _("This user is not active."), "user"))
    _refuse(faults)
    prefix, secret = secrets.token_hex(PREFIX_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    text = f"{KEY_FORM}_{prefix}_{secret}"
    key = ApiKey(
        user=user,
        label=label.strip(),
        prefix=prefix,
        digest=_digest(text),
        scopes=wanted,
        created_at=at,
        created_by=by,
        expires_at=expires_at,
    )
    key.save()
    note(user=user, act=Act.KEY_MADE, by=by, at=at, api_key=key, scopes=[str(scope) for scope in wanted])
    return key, text


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@transaction.atomic
def rotate_key(
    *, key: ApiKey, overlap: timedelta, by: User, at: datetime, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make the key's successor; the old one goes on for `overlap`, so that programs can change over."""
    faults = []
    if key.revoked_at is not None or key.expires_at <= at:
        faults.append(_Fault("key_ended", _("This key has ended; make a new one."), "key"))
    if ApiKey.objects.filter(replaces=key).exists():
        faults.append(_Fault("rotated", _("This key has a successor already."), "key"))
    _refuse(faults)
    life = key.expires_at - key.created_at
    successor, text = issue_key(
        user=key.user, label=key.label, scopes=key.scopes, expires_at=expires_at or at + life, by=by, at=at
    )
    successor.replaces = key
    successor.save(update_fields=["replaces"])
    key.expires_at = min(key.expires_at, at + overlap)
    key.save(update_fields=["expires_at"])
    note(user=key.user, act=Act.KEY_ROTATED, by=by, at=at, api_key=key)
    return successor, text


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User, at: datetime) -> ApiKey:
    """The key stops working at once; revoking it again changes nothing."""
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by = at, by
        key.save(update_fields=["revoked_at", "revoked_by"])
        note(user=key.user, act=Act.KEY_REVOKED, by=by, at=at, api_key=key)
    return key


def authenticate_key(*, secret: str, at: datetime) -> ApiKey | None:
    """The key with this text, where it stands and its user is active; None for every other reason alike.

    Last use is noted at most once a minute, so that reading an API does not become writing.
    """
    parts = secret.split("_", 2)
    has_form = len(parts) == 3 and parts[0] == KEY_FORM and PREFIX.fullmatch(parts[1])
    key = ApiKey.objects.select_related("user").filter(prefix=parts[1]).first() if has_form else None
    is_same = hmac.compare_digest(_digest(secret), key.digest if key else NO_DIGEST)
    if (
        key is None
        or not is_same
        or key.revoked_at is not None
        or key.expires_at <= at
        or not key.user.is_active
    ):
        return None
    if key.last_used_at is None or at - key.last_used_at >= LAST_USE_RESOLUTION:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
    return key
