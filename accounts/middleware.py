"""The interface speaks the language that the user chose, and no page opens before the second factor is given."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve, reverse
from django.utils import translation

from accounts.refusals import came_from
from accounts.second_factor import has_second_factor

# Set in the session when the second factor was given; it goes with the session.
SECOND_FACTOR_GIVEN = "second_factor_given"
# What somebody may open between password and second factor.
ON_THE_WAY = frozenset(
    {
        "accounts:log-in",
        "accounts:log-out",
        "accounts:second-factor",
        "accounts:set-up",
        "admin:logout",
        "healthz",
        "readyz",
    }
)


class UserLanguageMiddleware:
    """After authentication: activate the user's own language, whatever the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return self.get_response(request)
        with translation.override(user.language):
            request.LANGUAGE_CODE = user.language
            return self.get_response(request)


class SecondFactorMiddleware:
    """After authentication: a password alone opens nothing but the pages that ask for the second factor.

    The API knows keys, no sessions: there a session without the second factor is nobody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not settings.CRM_SECOND_FACTOR or not request.user.is_authenticated:
            return None
        match = request.resolver_match or resolve(request.path_info)
        if request.session.get(SECOND_FACTOR_GIVEN) or match.view_name in ON_THE_WAY:
            return None
        if match.namespace == "api":
            request.user = AnonymousUser()
            return None
        page = reverse("accounts:second-factor" if has_second_factor(request.user) else "accounts:set-up")
        wanted = request.get_full_path() if request.method in ("GET", "HEAD") else came_from(request)
        return HttpResponseRedirect(f"{page}?{urlencode({'next': wanted})}" if wanted else page)
