"""Every refusal and failure under /api becomes problem+json here, whether DRF, a room or Django itself raised it."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views import defaults
from rest_framework import exceptions

from accounts.refusals import came_from, form_too_old
from crm.api.problems import ProblemError, problem_response
from crm.common.errors import RuleError, StaleError

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
CONFLICTS = frozenset({"reference_taken", "wrong_status"})
KINDS: dict[type[Exception], str] = {
    exceptions.ParseError: "invalid-input",
    exceptions.NotAuthenticated: "unauthorised",
    exceptions.AuthenticationFailed: "unauthorised",
    exceptions.PermissionDenied: "forbidden",
    PermissionDenied: "forbidden",
    exceptions.NotFound: "not-found",
    Http404: "not-found",
    exceptions.MethodNotAllowed: "method-not-allowed",
    exceptions.NotAcceptable: "not-acceptable",
    exceptions.UnsupportedMediaType: "unsupported-media-type",
    exceptions.Throttled: "quota-exceeded",
}


def is_api(request: HttpRequest) -> bool:
    return request.path_info == "/api" or request.path_info.startswith("/api/")


def problem_of_exception(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's handler: None lets Django log the error and answer 500."""
    request, view = context["request"]._request, context["view"]
    if isinstance(error, ProblemError):
        return problem_response(request, error.kind, faults=error.faults, headers=error.headers)
    if isinstance(error, RuleError):
        return problem_response(request, kind_of_rule(error), faults=error.faults)
    if isinstance(error, OperationalError):
        return problem_response(request, "unavailable", headers={"Retry-After": "5"})
    kind = next((kind for family, kind in KINDS.items() if isinstance(error, family)), None)
    if kind is None:
        return None
    return problem_response(request, kind, headers=_headers(kind, error, view))


def kind_of_rule(error: RuleError) -> str:
    if isinstance(error, StaleError):
        return "precondition-failed"
    return "conflict" if set(error.codes) <= CONFLICTS else "invalid-input"


def _headers(kind: str, error: Exception, view: Any) -> dict[str, str]:
    if kind == "unauthorised":
        return {"WWW-Authenticate": "Bearer"}
    if kind == "method-not-allowed":
        return {"Allow": ", ".join(view.allowed_methods)}
    if kind == "quota-exceeded" and isinstance(error, exceptions.Throttled):
        return {"Retry-After": str(int(error.wait or 1))}
    return {}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400, such as for a host that is not ours; and what was too much to take in."""
    if is_api(request):
        return problem_response(request, "invalid-input")
    if isinstance(exception, TOO_MUCH):
        return render(request, "413.html", {"back": came_from(request)}, status=413)
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem_response(request, "forbidden")
    return render(request, "403.html", {"back": came_from(request)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if is_api(request):
        return problem_response(request, "forbidden")
    return form_too_old(request, reason)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem_response(request, "not-found")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without the request: what failed may be what a page's frame asks for, such as who is logged in."""
    if is_api(request):
        return problem_response(request, "internal-error")
    page = loader.get_template("500.html").render({"back": came_from(request)})
    return HttpResponse(page, status=500)
