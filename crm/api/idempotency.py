"""`Idempotency-Key` on every POST: a repeated request gets the same answer and stores nothing again."""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.response import Response

from accounts.idempotency import Claim, claim_key, keep_answer, release_key
from accounts.models import IdempotencyRecord
from crm.api.problems import ProblemError
from crm.api.views import DoorView
from crm.common.errors import Fault

Handler = Callable[..., Response]
QUOTED = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"', re.ASCII)
BARE = re.compile(r"[\x21\x23-\x7e]{1,255}", re.ASCII)
KEPT_HEADERS = ("Location", "ETag")


def idempotent(handler: Handler) -> Handler:
    """For a POST handler. Only answers of success are kept: a refused request stored nothing and may be mended."""

    @wraps(handler)
    def guarded(view: DoorView, request: Any, *args: Any, **kwargs: Any) -> Response | HttpResponse:
        key = _key_of(request.headers.get("Idempotency-Key"))
        if key is None:
            return view.written(lambda: handler(view, request, *args, **kwargs))
        view.read_body()
        claim, record = claim_key(
            api_key=request.auth,
            key=key,
            method_and_path=f"{request.method} {request.path}"[:400],
            body_digest=hashlib.sha256(request.raw_body).hexdigest(),
            at=timezone.now(),
        )
        if claim == Claim.ANSWERED:
            return _replay(record)
        if claim == Claim.RUNNING:
            raise ProblemError("request-in-flight", headers={"Retry-After": "1"})
        if claim == Claim.OTHER_REQUEST:
            raise ProblemError("idempotency-key-reused")
        return _run(view, lambda: handler(view, request, *args, **kwargs), record)

    guarded.is_idempotent = True  # type: ignore[attr-defined]
    return guarded


def _run(view: DoorView, work: Callable[[], Response], record: IdempotencyRecord) -> Response:
    """The work and the kept answer are one transaction: killed in between, neither is there."""
    is_kept = False
    try:
        with transaction.atomic():
            response = view.written(work)
            body = view.request.accepted_renderer.render(response.data).decode()
            headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            if not keep_answer(record=record, status=response.status_code, headers=headers, body=body):
                raise ProblemError("request-in-flight", headers={"Retry-After": "1"})
        is_kept = True
    finally:
        if not is_kept:
            release_key(record=record)
    return response


def _replay(record: IdempotencyRecord) -> HttpResponse:
    headers = {**record.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(record.body, status=record.status, headers=headers, content_type="application/json")


def _key_of(header: str | None) -> str | None:
    """The key without its quotes; a bare one is taken too, for many clients send it so."""
    if header is None:
        return None
    quoted = QUOTED.fullmatch(header.strip())
    if quoted:
        return quoted[1]
    if not BARE.fullmatch(header.strip()):
        raise ProblemError(
            "invalid-input",
            faults=[
                Fault("idempotency_key", _("Idempotency-Key is a quoted text of 1 to 255 ASCII characters."))
            ],
        )
    return header.strip()
