"""Drop addresses: an ordinary address with a secret in it, and who is a colleague."""

from django.conf import settings

from accounts.models import SYSTEM_EMAIL, User
from accounts.roles import DESK_ROLES


def address_with(token: str) -> str:
    """`dossier@crm.example.org` with a token is `dossier+TOKEN@crm.example.org`; `*@file.example.org` is `TOKEN@…`."""
    local, _at, domain = settings.CRM_MAIL_ADDRESS.strip().lower().rpartition("@")
    if not local or not domain:
        return ""
    return f"{token}@{domain}" if local == "*" else f"{local}+{token}@{domain}"


def tokens_in(addresses: tuple[str, ...]) -> list[str]:
    """The secrets in those addresses that are made of ours."""
    local, _at, domain = settings.CRM_MAIL_ADDRESS.strip().lower().rpartition("@")
    found = []
    for address in addresses:
        name, _sign, host = address.lower().rpartition("@")
        if not local or host != domain:
            continue
        if local == "*":
            found.append(name[:40])
        elif name.startswith(f"{local}+"):
            found.append(name.removeprefix(f"{local}+")[:40])
    return list(dict.fromkeys(found))


def is_drop_address(address: str) -> bool:
    return bool(tokens_in((address,)))


def colleagues() -> dict[str, User]:
    """Who works at the desk, by e-mail address."""
    people = User.objects.filter(is_active=True, role__in=DESK_ROLES).exclude(email=SYSTEM_EMAIL)
    return {user.email.lower(): user for user in people}
