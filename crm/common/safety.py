"""Refuses to start with settings that would put the park's data at risk."""

from django.core.exceptions import ImproperlyConfigured

MINIMUM_KEY_LENGTH = 50
MINIMUM_KEY_VARIETY = 5
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})


def refuse_unsafe_settings(*, debug: bool, demo: bool, secret_key: str, allowed_hosts: list[str]) -> None:
    """Raise `ImproperlyConfigured` naming every unsafe setting at once.

    Outside DEBUG the key must be long and varied and `ALLOWED_HOSTS` must name hosts. The demo gives up TLS and the
    second factor, therefore it may only answer on loopback.
    """
    faults = []
    if not debug:
        weak = len(secret_key) < MINIMUM_KEY_LENGTH or len(set(secret_key)) < MINIMUM_KEY_VARIETY
        if weak or secret_key.startswith("django-insecure"):
            faults.append(f"SECRET_KEY must be random and at least {MINIMUM_KEY_LENGTH} characters long.")
        if not allowed_hosts or any("*" in host or host.startswith(".") for host in allowed_hosts):
            faults.append("ALLOWED_HOSTS must name each host in full; '*' is refused.")
    if demo and not set(allowed_hosts) <= LOOPBACK:
        faults.append("CRM_DEMO=true only serves on loopback: set ALLOWED_HOSTS=127.0.0.1,localhost.")
    if faults:
        raise ImproperlyConfigured(" ".join([*faults, "See .env.example."]))
