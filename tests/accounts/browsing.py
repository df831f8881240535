"""Steps that several tests of the entrance take."""

from datetime import datetime, timedelta

import pyotp
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import TotpDevice, User
from accounts.second_factor import secret_of
from crm.common.months import AMSTERDAM
from tests.factories.accounts import PASSWORD

LOG_IN, SECOND_FACTOR, SET_UP = (
    "/account/log-in/",
    "/account/second-factor/",
    "/account/second-factor/set-up/",
)
MORNING = datetime(2026, 10, 22, 9, 0, tzinfo=AMSTERDAM)
STEP = timedelta(seconds=30)


def give_password(client: Client, email: str, password: str = PASSWORD, **more):
    return client.post(LOG_IN, {"username": email, "password": password, **more})


def app_code(user: User, at: datetime) -> str:
    """What the user's authenticator app shows at this moment."""
    return pyotp.TOTP(secret_of(TotpDevice.objects.get(user=user))).at(at)


def wrong_code(user: User, at: datetime) -> str:
    """Six digits that are right neither now nor a half minute before or after."""
    near = {app_code(user, at + STEP * steps) for steps in range(-2, 3)}
    return next(code for number in range(10) if (code := f"{number:06}") not in near)


def filled(route: str) -> str:
    """A route's pattern as an address: every part in angle brackets or of a regular expression gets some value."""
    parts = []
    for part in route.split("/"):
        if part.startswith("<int:"):
            parts.append("1")
        elif "<" in part:
            parts.append(part.replace("<slug:language>", "nl") if part.endswith(".pdf") else "nothing")
        else:
            parts.append(part)
    return "/".join(parts)


def addresses(prefix: str, patterns=None, before: str = ""):
    """Every address of the product below `prefix`, from the URL resolver."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from addresses(prefix, pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith(prefix):
            yield "/" + filled(
                route.replace("(?P<url>.*)$", "no/such/page/").replace("\\Z", "").replace("$", "")
            )
