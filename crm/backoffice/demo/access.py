"""Log-ins and API keys of the demo: drawn at random when the park is loaded, never stored in clear in the database."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import Scope, User
from accounts.roles import Role
from accounts.services import issue_key, set_password
from crm.backoffice.demo.loader import ADMINISTRATOR
from crm.backoffice.demo.park import DOMAIN
from crm.contacts.models import BrokerAccess

LOGINS = ("manager", "manager2", "staff", "staff3", "partner", "makelaar1")
KEYS = 2
KEY_LIFE = timedelta(days=365)


@dataclass
class Access:
    """What `var/demo-access.json` holds."""

    url: str = ""
    users: list[dict[str, str]] = field(default_factory=list)
    api_keys: list[dict[str, str]] = field(default_factory=list)
    report: str = ""

    def as_text(self) -> str:
        lines = ["", f"Backoffice   {self.url}/admin/", f"API          {self.url}/api/v1/openapi.json"]
        if self.report:
            lines.append(f"Report       {self.report}")
        lines += ["", "Log-ins"]
        lines += [f"  {user['role']:<14} {user['email']:<34} {user['password']}" for user in self.users]
        lines += ["", "API keys of broker offices"]
        lines += [f"  {key['broker']:<40} {key['key']}" for key in self.api_keys]
        return "\n".join(lines)


def read_access(path: Path) -> Access | None:
    """What an earlier run wrote, or None where that file is missing or no longer fits the database."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        access = Access(**found)
    except (OSError, ValueError, TypeError):
        return None
    users = User.objects.in_bulk([user["email"] for user in access.users], field_name="email")
    fits = all(
        user["email"] in users and users[user["email"]].check_password(user["password"])
        for user in access.users
    )
    return access if fits and access.users else None


def renew_access() -> Access:
    """Give the demo's users new passwords and the first broker offices new keys."""
    now = timezone.now()
    administrator = User.objects.get(email=f"{ADMINISTRATOR}@{DOMAIN}")
    access = Access()
    for login in (ADMINISTRATOR, *LOGINS):
        user = User.objects.get(email=f"{login}@{DOMAIN}")
        password = "-".join(secrets.token_hex(2) for _part in range(4))
        set_password(user=user, password=password, by=administrator, at=now)
        access.users.append({"role": user.role, "email": user.email, "password": password})
    offices = (
        BrokerAccess.objects.select_related("user", "office").filter(user__role=Role.BROKER).order_by("pk")
    )
    for broker in offices[:KEYS]:
        _key, secret = issue_key(
            user=broker.user,
            label="Demo",
            scopes=Scope.values,
            expires_at=now + KEY_LIFE,
            by=administrator,
            at=now,
        )
        access.api_keys.append({"broker": broker.office.name, "key": secret})
    return access


def write_access(path: Path, access: Access) -> None:
    """Write the file for its owner's eyes only, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(access), file, ensure_ascii=False, indent=2)
    half.chmod(0o600)
    half.replace(path)
