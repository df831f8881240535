"""The kinds of problem the API answers with (RFC 9457), and how one becomes a response."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.api.configuration import API_ROOT
from crm.api.naming import to_pointer
from crm.common.errors import Fault

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 500


@dataclass(frozen=True)
class Problem:
    """A kind of problem: what went wrong, why it happens, and what the caller does about it."""

    status: int
    title: Promise
    cause: Promise
    mend: Promise


PROBLEMS: dict[str, Problem] = {
    "invalid-input": Problem(
        400,
        _("The input is not valid"),
        _(
            "The body, a query key or a header does not have the form or the value that the contract asks for."
        ),
        _(
            "Every fault stands in `errors`, with the place (`pointer`), a fixed `code` and a sentence. Mend them all and send it again; nothing was stored."
        ),
    ),
    "unauthorised": Problem(
        401,
        _("A valid API key is needed"),
        _("No key was sent, or it is unknown, expired or revoked. Which of these is not said, on purpose."),
        _(
            "Send `Authorization: Bearer` with your key. Ask the area organisation for a new one when it has expired."
        ),
    ),
    "forbidden": Problem(
        403,
        _("This key may not do this"),
        _("The key is valid, but it lacks the scope, or its user does not act for a broker's office."),
        _(
            "`GET /me` shows the scopes and the office of your key. Ask the area organisation for what is missing."
        ),
    ),
    "not-found": Problem(
        404,
        _("There is nothing here for this key"),
        _("The address does not exist, ends in a slash, or belongs to another office."),
        _("Take addresses from earlier answers, without a slash at the end."),
    ),
    "method-not-allowed": Problem(
        405,
        _("This method is not possible here"),
        _("The resource exists, but not with this method."),
        _("The `Allow` header names the methods that are possible."),
    ),
    "not-acceptable": Problem(
        406,
        _("This form of answer does not exist"),
        _("The `Accept` header asks for something other than JSON."),
        _("Send `Accept: application/json`, or leave the header out."),
    ),
    "conflict": Problem(
        409,
        _("This does not go with what stands"),
        _("The reference is in use, or the listing's status does not allow the operation."),
        _("Read the listing again and decide what you want with it."),
    ),
    "request-in-flight": Problem(
        409,
        _("The first request with this key is still running"),
        _("Another request with the same `Idempotency-Key` has not been answered yet."),
        _("Wait for the seconds in `Retry-After` and send the same request again."),
    ),
    "precondition-failed": Problem(
        412,
        _("Somebody changed it in between"),
        _("The `ETag` in `If-Match` is not the one that stands now."),
        _("Read the resource again, repeat the change on what you get, and send the new `ETag`."),
    ),
    "too-large": Problem(
        413,
        _("The body is too large"),
        _("A body may have at most 1 MiB (1,048,576 bytes)."),
        _("Send less at once."),
    ),
    "unsupported-media-type": Problem(
        415,
        _("This kind of body cannot be read"),
        _("The `Content-Type` or the `Content-Encoding` is missing or is not one that this resource reads."),
        _(
            "Send `Content-Type: application/json` (a PATCH may also say `application/merge-patch+json`), not compressed."
        ),
    ),
    "idempotency-key-reused": Problem(
        422,
        _("This Idempotency-Key was used for another request"),
        _("Within 24 hours the same key came with another body or for another address."),
        _("Use a new key for every new request, and the same key only to repeat one."),
    ),
    "precondition-required": Problem(
        428,
        _("Say which version you change"),
        _("PUT, PATCH and DELETE need an `If-Match` header, so that nobody's change is lost."),
        _("Send the `ETag` of your last GET as `If-Match`."),
    ),
    "quota-exceeded": Problem(
        429,
        _("Too many requests"),
        _("A key may send 600 requests a minute."),
        _(
            "Wait for the seconds in `Retry-After`. The headers `RateLimit` and `RateLimit-Policy` show what is left."
        ),
    ),
    "internal-error": Problem(
        500,
        _("Something went wrong on our side"),
        _("A defect in this system. It is in our log."),
        _(
            "Send the request again later, with the same `Idempotency-Key` where it is a POST; tell us when it stays."
        ),
    ),
    "unavailable": Problem(
        503,
        _("The service is not available for a moment"),
        _("The database cannot be reached or is busy."),
        _("Wait for the seconds in `Retry-After` and send the request again."),
    ),
}


class ProblemError(Exception):
    """A request that cannot be answered as asked; `kind` is a key of PROBLEMS."""

    def __init__(
        self,
        kind: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind, self.faults, self.headers = kind, list(faults), dict(headers or {})
        super().__init__(kind)


def absolute(request: HttpRequest, path: str) -> str:
    """The address as the caller sees this system; where the caller's host is refused, as the settings name it."""
    try:
        return request.build_absolute_uri(path)
    except DisallowedHost:
        return settings.CRM_PUBLIC_URL.rstrip("/") + path


def problem_response(
    request: HttpRequest,
    kind: str,
    *,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer for a kind of problem; its detail is the faults' sentences, or else what to do."""
    problem = PROBLEMS[kind]
    messages = list(dict.fromkeys(str(fault.message) for fault in faults))
    body = {
        "type": absolute(request, f"{API_ROOT}/problems/{kind}"),
        "title": str(problem.title),
        "status": problem.status,
        "detail": " ".join(messages[:3]) or str(problem.cause),
    }
    if faults:
        body["errors"] = [
            {"pointer": to_pointer(fault.field), "code": fault.code, "detail": str(fault.message)}
            for fault in faults[:MOST_ERRORS]
        ]
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=problem.status, content_type=MEDIA_TYPE
    )
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def reading_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a plain view under /api: GET and HEAD, and the API's own 405 for every other method."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return problem_response(request, "method-not-allowed", headers={"Allow": "GET, HEAD"})
        return view(request, *args, **kwargs)

    return guarded
