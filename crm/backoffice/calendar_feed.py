"""The private calendar address: a door without a log-in, opened by a secret in the path.

A wrong secret, a revoked one and that of somebody who left get the same answer by the same path. The path is cut off in
every log (`crm.common.logs`, the proxy's configuration).
"""

import hashlib

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.addresses import client_address
from crm.backoffice.calendar_file import calendar_file
from crm.common.months import amsterdam_day
from crm.desk.agenda import calendar_of
from crm.desk.services import read_calendar_address

WINDOW = 60  # seconds
REQUESTS_A_WINDOW = 60  # from one network address, right or wrong: before the secret is looked at
LONGEST_TOKEN = 100


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of whoever this address belongs to."""
    now = timezone.now()
    seconds = _seconds_to_wait(client_address(request), int(now.timestamp()))
    if seconds:
        text = _("Too many requests: ask again in %(seconds)d seconds.") % {"seconds": seconds}
        answer = HttpResponse(text, status=429, content_type="text/plain; charset=utf-8")
        answer["Retry-After"] = str(seconds)
        return _private(answer)
    address = read_calendar_address(token=token[:LONGEST_TOKEN], at=now)
    if address is None:
        raise Http404
    user = address.user
    with translation.override(user.language):
        body = calendar_file(calendar_of(user=user, today=amsterdam_day(now)), user.language)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponseNotModified()
    else:
        answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'inline; filename="kennispark.ics"'
    answer["ETag"] = tag
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _seconds_to_wait(address: str, now: int) -> int:
    counter = f"calendar:{hashlib.sha256(address.encode()).hexdigest()[:32]}:{now // WINDOW}"
    used = 1 if cache.add(counter, 1, timeout=2 * WINDOW) else cache.incr(counter)
    return WINDOW - now % WINDOW if used > REQUESTS_A_WINDOW else 0
