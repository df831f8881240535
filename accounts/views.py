"""The pages of accounts: log-in, second factor, own password, and where somebody goes from there."""

from datetime import datetime
from typing import Any, cast

import segno
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.addresses import client_address
from accounts.forms import CodeForm, ForgottenForm, LogInForm, NewPasswordForm, OwnPasswordForm
from accounts.middleware import SECOND_FACTOR_GIVEN
from accounts.models import User
from accounts.password_link import mail_link, user_of_link
from accounts.roles import DESK_ROLES, Role
from accounts.second_factor import (
    Verdict,
    begin_setup,
    check_code,
    confirm_setup,
    has_second_factor,
    locked_until,
    provisioning_uri,
    renew_recovery_codes,
    secret_of,
    unused_recovery_codes,
)
from accounts.services import set_password

HOMES = {Role.PARTNER: "portal:home", Role.BROKER: "accounts:welcome"}
DESK_HOME = "admin:index"
WAIT_STATUS = 429
# What stands in the address instead of the token once the session holds it.
TOKEN_KEPT, PASSWORD_TOKEN = "choose", "password_token"

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _person(request: HttpRequest) -> User:
    """Who is logged in, on a page that `login_required` guards."""
    return cast(User, request.user)


def _home_of(user: User) -> str:
    return reverse(HOMES.get(Role(user.role), DESK_HOME))


def _wanted(request: HttpRequest) -> str:
    """The address that the user was on the way to, where it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else ""


def _after_log_in(request: HttpRequest, user: User) -> str:
    """Where the user wanted to go, or the user's own first page; the desk is no place for others."""
    wanted = _wanted(request)
    is_closed = wanted.startswith(reverse(DESK_HOME)) and user.role not in DESK_ROLES
    return wanted if wanted and not is_closed else _home_of(user)


@require_safe
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """The address without a path: each role's own first page, or the log-in."""
    if not request.user.is_authenticated:
        return redirect("accounts:log-in")
    return redirect(_home_of(request.user))


@sensitive_post_parameters("password")
@get_or_post
@never_cache
def log_in(request: HttpRequest) -> HttpResponse:
    """The one log-in for all roles."""
    if request.user.is_authenticated and request.method != "POST" and not _wanted(request):
        return redirect(_home_of(request.user))
    form = LogInForm(request, request.POST) if request.method == "POST" else LogInForm(request)
    if form.is_valid():
        user = form.get_user()
        request.session.pop(SECOND_FACTOR_GIVEN, None)
        login(request, user)
        return redirect(_after_log_in(request, user))
    return render(
        request,
        "accounts/log_in.html",
        {"form": form, "next": _wanted(request), "has_ended": "ended" in request.GET},
    )


@require_POST
@never_cache
def log_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    return render(request, "registration/logged_out.html")


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """What django-axes answers after too many failures: when to try again, and nothing about the address."""
    attempts = AccessAttempt.objects.filter(
        username=(credentials or {}).get("username"), ip_address=client_address(request)
    )
    now = timezone.now()
    latest = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    return _wait(request, (latest or now) + get_cool_off(request), now)


def _wait(request: HttpRequest, until: datetime, now: datetime) -> HttpResponse:
    response = render(request, "accounts/locked_out.html", {"until": until}, status=WAIT_STATUS)
    response["Retry-After"] = str(max(1, int((until - now).total_seconds()) + 1))
    response["Cache-Control"] = "no-store"
    return response


def _second_factor_given(request: HttpRequest) -> None:
    """The session may open pages from now on, under a new id."""
    request.session.cycle_key()
    request.session[SECOND_FACTOR_GIVEN] = True


@get_or_post
@never_cache
@login_required
def set_up(request: HttpRequest) -> HttpResponse:
    """Scan a QR code, prove the app by a code, then see the recovery codes once."""
    now = timezone.now()
    if not settings.CRM_SECOND_FACTOR:
        raise Http404
    if has_second_factor(_person(request)):
        return redirect("accounts:second-factor")
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if form.is_valid():
        try:
            codes = confirm_setup(user=_person(request), code=form.cleaned_data["code"], at=now)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _second_factor_given(request)
            return _show_codes(request, codes)
    device = begin_setup(user=_person(request), at=now)
    secret = secret_of(device)
    context = {
        "form": form,
        "next": _wanted(request),
        "qr": segno.make(provisioning_uri(device), error="m").svg_data_uri(
            scale=4, border=4, dark="#000", light="#fff"
        ),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }
    return render(request, "mfa/set_up.html", context)


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(
        request, "mfa/recovery_codes.html", {"codes": codes, "next": _after_log_in(request, _person(request))}
    )


@get_or_post
@never_cache
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code after the password."""
    now = timezone.now()
    if not settings.CRM_SECOND_FACTOR:
        raise Http404
    if request.session.get(SECOND_FACTOR_GIVEN):
        return redirect(_after_log_in(request, _person(request)))
    if not has_second_factor(_person(request)):
        return redirect("accounts:set-up")
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if form.is_valid():
        verdict = check_code(user=_person(request), code=form.cleaned_data["code"], at=now)
        if verdict is Verdict.RIGHT:
            _second_factor_given(request)
            return redirect(_after_log_in(request, _person(request)))
        if verdict is Verdict.LOCKED:
            return _wait(request, locked_until(_person(request)) or now, now)
        form.add_error("code", _("This code is not right, or it was used before. Type the newest one."))
    return render(request, "mfa/second_factor.html", {"form": form, "next": _wanted(request)})


@get_or_post
@never_cache
@login_required
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """How many recovery codes are left, and a way to get new ones."""
    if not has_second_factor(_person(request)):
        raise Http404
    if request.method == "POST":
        return _show_codes(request, renew_recovery_codes(user=_person(request), at=timezone.now()))
    left = unused_recovery_codes(_person(request))
    return render(request, "mfa/new_recovery_codes.html", {"left": left, "home": _home_of(_person(request))})


@sensitive_post_parameters("old_password", "password")
@get_or_post
@never_cache
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; other sessions end by themselves."""
    form = OwnPasswordForm(_person(request), request.POST or None)
    if form.is_valid():
        try:
            user = set_password(
                user=_person(request),
                password=form.cleaned_data["password"],
                by=_person(request),
                at=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("The password is changed. Your other sessions have ended."))
            return redirect(_home_of(user))
    return render(request, "accounts/password.html", {"form": form, "home": _home_of(_person(request))})


@get_or_post
@never_cache
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Ask for a link to choose a password; the answer is the same whoever has the address."""
    form = ForgottenForm(request.POST) if request.method == "POST" else ForgottenForm()
    if form.is_valid():
        mail_link(email=form.cleaned_data["email"], line=client_address(request))
        return render(request, "accounts/link_sent.html", {"minutes": settings.PASSWORD_RESET_TIMEOUT // 60})
    return render(request, "accounts/forgotten_password.html", {"form": form})


@sensitive_post_parameters("password")
@get_or_post
@never_cache
def new_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Choose a password by the link from the mail. The token moves into the session: no other site's log learns it."""
    if token != TOKEN_KEPT:
        if user_of_link(uid, token, timezone.now()) is None:
            return render(request, "accounts/link_ended.html", status=410)
        request.session[PASSWORD_TOKEN] = token
        return redirect("accounts:new-password", uid, TOKEN_KEPT)
    user = user_of_link(uid, request.session.get(PASSWORD_TOKEN, ""), timezone.now())
    if user is None:
        return render(request, "accounts/link_ended.html", status=410)
    form = NewPasswordForm(request.POST) if request.method == "POST" else NewPasswordForm()
    if form.is_valid():
        try:
            set_password(user=user, password=form.cleaned_data["password"], by=user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            logout(request)
            messages.success(request, _("The password is set. Log in with it."))
            return redirect("accounts:log-in")
    return render(request, "accounts/new_password.html", {"form": form, "owner": user})


@require_safe
@never_cache
@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """A broker's first page: the office's software talks to the API, this page says where and with which keys."""
    if _person(request).role != Role.BROKER:
        return redirect(_home_of(_person(request)))
    now = timezone.now()
    keys = [(key, key.expires_at > now) for key in _person(request).api_keys.filter(revoked_at__isnull=True)]
    return render(
        request,
        "accounts/welcome.html",
        {"keys": keys, "is_second_factor": has_second_factor(_person(request))},
    )
