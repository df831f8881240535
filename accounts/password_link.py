"""A link by mail to choose a password: for who forgot it, and for who was invited and never had one.

The link is signed with the password's hash and the last log-in, so it ends when either changes, and after
`PASSWORD_RESET_TIMEOUT` seconds.
"""

import hashlib
from datetime import datetime
from functools import partial

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.invitations import invitation_stands
from accounts.models import SYSTEM_EMAIL, User
from accounts.post import post

# So many mails an hour to one address, and so many questions an hour from one line.
MAILS_AN_HOUR, QUESTIONS_AN_HOUR = 3, 30
HOUR = 60 * 60


def mail_link(*, email: str, line: str) -> None:
    """Send the link where an active user has this address; whoever asks cannot see whether."""
    if not (_counts(f"line:{line}", QUESTIONS_AN_HOUR) and _counts(f"address:{email}", MAILS_AN_HOUR)):
        return
    user = User.objects.filter(email__iexact=email, is_active=True).exclude(email=SYSTEM_EMAIL).first()
    if user is not None:
        post(partial(_letter, user))


def user_of_link(uid: str, token: str, at: datetime) -> User | None:
    """The active user whose link this is, while it stands: of an invitation, or for who forgot the password."""
    try:
        user = User.objects.get(pk=int(urlsafe_base64_decode(uid)), is_active=True)
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
    stands = default_token_generator.check_token(user, token) or invitation_stands(user, token, at)
    return user if stands else None


def link_of(user: User) -> str:
    """The link in full. It begins with the configured address: a forged Host header leads nobody astray."""
    uid, token = urlsafe_base64_encode(str(user.pk).encode()), default_token_generator.make_token(user)
    path = reverse("accounts:new-password", args=[uid, token])
    return f"{settings.CRM_PUBLIC_URL.rstrip('/')}{path}"


def _letter(user: User) -> EmailMessage:
    with translation.override(user.language):
        return EmailMessage(
            subject=_("Choose a password for Kennispark Twente"),
            body=render_to_string(
                "accounts/password_link.txt",
                {"user": user, "link": link_of(user), "minutes": settings.PASSWORD_RESET_TIMEOUT // 60},
            ),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[user.email],
            headers={"Auto-Submitted": "auto-generated"},
        )


def _counts(what: str, most: int) -> bool:
    """Count one more within the hour, and say whether that is still allowed. The cache holds no address in clear."""
    key = f"password-link:{hashlib.sha256(what.encode()).hexdigest()}"
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) <= most
    except ValueError:  # the hour ended between the two lines
        return True
