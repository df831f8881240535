"""Invitations: a mail with a link by which somebody who was given an account chooses their first password.

The link names the row of the log that says it was sent: a later invitation ends it, and so do the first password, the
account's closing, and seven days.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.models import AccountEvent, Act, User
from accounts.post import post
from accounts.services import note

DAYS = 7
SALT = "accounts.invitation"
# Closing the account withdraws what was sent before, also when it is opened again.
TURNS = (Act.INVITATION_SENT, Act.SWITCHED_OFF)


class Standing(Enum):
    NONE = "none"  # no mail was sent, and no password chosen
    SENT = "sent"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"  # the account was closed before a password was chosen


@dataclass(frozen=True)
class Invitation:
    """How a user's invitation stands at a moment; `sent_at` is of the last mail."""

    standing: Standing
    sent_at: datetime | None

    @property
    def expires_at(self) -> datetime | None:
        return self.sent_at + timedelta(days=DAYS) if self.sent_at else None


def with_invitation(users: "QuerySet[User]") -> "QuerySet[User]":
    """Annotate what `invitation_of` asks, for a list."""
    turns = AccountEvent.objects.filter(user=OuterRef("pk"), act__in=TURNS).order_by("-pk")
    sent = turns.filter(act=Act.INVITATION_SENT)
    return users.annotate(
        invitation_turn=Subquery(turns.values("act")[:1]), invitation_sent_at=Subquery(sent.values("at")[:1])
    )


def invitation_of(user: User, at: datetime) -> Invitation:
    """Where the invitation stands; a list asks `with_invitation` first, which saves a query per row."""
    if not hasattr(user, "invitation_turn"):
        user = with_invitation(User.objects.all()).get(pk=user.pk)
    sent_at: datetime | None = user.invitation_sent_at  # type: ignore[attr-defined]  # annotated
    if not user.password.startswith(UNUSABLE_PASSWORD_PREFIX):
        return Invitation(Standing.ACCEPTED, sent_at)
    if sent_at is None:
        return Invitation(Standing.NONE, None)
    if user.invitation_turn == Act.SWITCHED_OFF:  # type: ignore[attr-defined]  # annotated
        return Invitation(Standing.WITHDRAWN, sent_at)
    is_over = sent_at + timedelta(days=DAYS) <= at
    return Invitation(Standing.EXPIRED if is_over else Standing.SENT, sent_at)


@transaction.atomic
def send_invitation(*, user: User, by: User, at: datetime) -> AccountEvent:
    """Mail the link once the transaction stands; links of earlier mails end with it. Refused once a password was chosen."""
    standing = invitation_of(user, at).standing
    if standing is Standing.ACCEPTED:
        raise ValidationError(_("This user chose a password already: there is nothing to invite to."))
    if not user.is_active:
        raise ValidationError(_("This account is switched off: switch it on first."))
    event = note(user=user, act=Act.INVITATION_SENT, by=by, at=at)
    letter = partial(_letter, user, invitation_link(user, event), str(by))
    transaction.on_commit(partial(_hand_in, letter))
    return event


def _hand_in(letter: Callable[[], EmailMessage]) -> None:
    post(letter)


def invitation_link(user: User, event: AccountEvent) -> str:
    """The link in full, beginning with the configured address."""
    token = signing.dumps({"user": user.pk, "event": event.pk}, salt=SALT)
    uid = urlsafe_base64_encode(str(user.pk).encode())
    return f"{settings.CRM_PUBLIC_URL.rstrip('/')}{reverse('accounts:new-password', args=[uid, token])}"


def invitation_stands(user: User, token: str, at: datetime) -> bool:
    """Whether this is the link of the user's last invitation, within its days and before any password was chosen."""
    try:
        told = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return False
    if invitation_of(user, at).standing is not Standing.SENT:
        return False
    sent = AccountEvent.objects.filter(user=user, act=Act.INVITATION_SENT).order_by("-pk")
    return bool(told == {"user": user.pk, "event": sent.values_list("pk", flat=True).first()})


def _letter(user: User, link: str, sender: str) -> EmailMessage:
    with translation.override(user.language):
        return EmailMessage(
            subject=_("You have an account for Kennispark Twente"),
            body=render_to_string(
                "accounts/invitation.txt", {"user": user, "link": link, "days": DAYS, "sender": sender}
            ),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[user.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
