"""Verbs of somebody's own calendar: its secret address, and the morning mail."""

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SYSTEM_EMAIL, User
from accounts.roles import DESK_ROLES
from crm.common.errors import Fault, RuleError
from crm.common.locks import lock_row
from crm.common.months import AMSTERDAM
from crm.common.workdays import is_workday
from crm.desk.models import CalendarAddress, MorningChoice, MorningRound
from crm.messages.services import queue_mail

TOKEN_BYTES = 32  # 256 bits
NO_DIGEST = "0" * 64
LAST_USE_RESOLUTION = timedelta(minutes=1)
FIRST_HOUR, LAST_HOUR = 7, 12


@transaction.atomic
def make_calendar_address(*, user: User, by: User, at: datetime) -> tuple[CalendarAddress, str]:
    """Make the person's calendar address anew; the one before stops working. The token is returned this once."""
    _lock(user)
    if not user.is_active or user.role not in DESK_ROLES:
        raise RuleError(Fault("not_of_the_desk", _("Only who works at the desk has a calendar address.")))
    _revoke(user, by, at)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    address = CalendarAddress.objects.create(user=user, digest=_digest(token), created_at=at, created_by=by)
    return address, token


@transaction.atomic
def revoke_calendar_address(*, user: User, by: User, at: datetime) -> int:
    """The person's calendar address stops working at once; how many stopped (none the second time)."""
    _lock(user)
    return _revoke(user, by, at)


def read_calendar_address(*, token: str, at: datetime) -> CalendarAddress | None:
    """The address with this token, where it stands and its user still works at the desk; None for every other reason alike.

    Every wrong token takes the same path: one digest, one look-up, one comparison. Last use is noted once a minute.
    """
    digest = _digest(token)
    address = CalendarAddress.objects.select_related("user").filter(digest=digest).first()
    is_same = hmac.compare_digest(digest, address.digest if address else NO_DIGEST)
    if address is None or not is_same or address.revoked_at is not None:
        return None
    if not address.user.is_active or address.user.role not in DESK_ROLES:
        return None
    if address.last_used_at is None or at - address.last_used_at >= LAST_USE_RESOLUTION:
        CalendarAddress.objects.filter(pk=address.pk).update(last_used_at=at)
    return address


@transaction.atomic
def choose_morning_mail(*, user: User, is_wanted: bool, by: User, at: datetime) -> bool:
    """Switch the person's morning mail on or off; the same choice again leaves no row. Whether it changed."""
    _lock(user)
    if wants_morning_mail(user) == is_wanted:
        return False
    MorningChoice.objects.create(user=user, is_wanted=is_wanted, by=by, at=at)
    return True


def wants_morning_mail(user: User) -> bool:
    """The last choice; the mail is sent until somebody says no."""
    last = MorningChoice.objects.filter(user=user).order_by("-at", "-pk").first()
    return last is None or last.is_wanted


def due_for_morning_mail(at: datetime) -> list[User]:
    """Who is to be written now: on a working day from seven until noon in Amsterdam, who works at the desk, wants the
    mail and was not looked at today.
    """
    local = at.astimezone(AMSTERDAM)
    if not (FIRST_HOUR <= local.hour < LAST_HOUR and is_workday(local.date())):
        return []
    looked_at = MorningRound.objects.filter(day=local.date()).values("user")
    people = User.objects.filter(is_active=True, role__in=DESK_ROLES).exclude(email=SYSTEM_EMAIL)
    unwanted = _unwanted()
    return [user for user in people.exclude(pk__in=looked_at).order_by("pk") if user.pk not in unwanted]


def _unwanted() -> set[int]:
    """Whose last choice was to do without it."""
    last = dict(MorningChoice.objects.order_by("at", "pk").values_list("user", "is_wanted"))
    return {user for user, is_wanted in last.items() if not is_wanted}


@transaction.atomic
def queue_morning_mail(
    *, user: User, day: date, subject: str, body: str, html: str, at: datetime
) -> MorningRound:
    """Put the person's mail of this morning in the outbox, once whoever asks; without a body only the look is noted."""
    _lock(user)
    known = MorningRound.objects.filter(user=user, day=day).first()
    if known is not None:
        return known
    mail = None
    if body:
        key = f"morning:{user.pk}:{day.isoformat()}"
        mail = queue_mail(to=user.email, subject=subject, body=body, html=html, unique_key=key, at=at)
    return MorningRound.objects.create(user=user, day=day, at=at, mail=mail)


def _lock(user: User) -> None:
    """One writer at a time for what a person has one of."""
    lock_row(User.objects.all(), user.pk)


def _revoke(user: User, by: User, at: datetime) -> int:
    standing = CalendarAddress.objects.filter(user=user, revoked_at__isnull=True)
    return standing.update(revoked_at=at, revoked_by=by)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
