"""From where a request came, as the lock-out counts it."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's address. `X-Forwarded-For` is believed only as far as proxies of our own wrote it.

    Each of our proxies adds one entry at the end, so with n of them the client is the nth from the end; what stands
    before it was sent by the client and may be invented.
    """
    nearest = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXY_COUNT
    entries = [entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if not proxies or len(entries) < proxies:
        return nearest
    try:
        return str(ip_address(entries[-proxies]))
    except ValueError:
        return nearest
