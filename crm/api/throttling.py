"""How many requests a key may send in a minute, and the headers that say what is left."""

from typing import Any

from django.core.cache import cache
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import ApiKey
from crm.api.configuration import REQUESTS_A_MINUTE

WINDOW = 60


class KeyThrottle(BaseThrottle):
    """Counts in windows of one minute of the clock, in the cache that all processes share."""

    def __init__(self) -> None:
        self.seconds_left = WINDOW

    def allow_request(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        now = int(timezone.now().timestamp())
        self.seconds_left = WINDOW - now % WINDOW
        counter = f"api-quota:{request.auth.pk}:{now // WINDOW}"
        used = 1 if cache.add(counter, 1, timeout=2 * WINDOW) else cache.incr(counter)
        request.quota_headers = {
            "RateLimit-Policy": f'"default";q={REQUESTS_A_MINUTE};w={WINDOW}',
            "RateLimit": f'"default";r={max(REQUESTS_A_MINUTE - used, 0)};t={self.seconds_left}',
        }
        return used <= REQUESTS_A_MINUTE

    def wait(self) -> float:
        return self.seconds_left
