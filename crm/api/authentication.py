"""Who calls: `Authorization: Bearer <key>`. What may be wrong with a key is never told apart."""

import re

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import ApiKey, Scope, User
from accounts.services import authenticate_key

SCHEME = "bearer"
SECRET = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
# A sandbox key reads and rehearses what a broker's key may do, and stores nothing.
REHEARSED = frozenset({Scope.VACANCIES_READ, Scope.VACANCIES_WRITE})


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME or not SECRET.fullmatch(secret.strip()):
            return None
        key = authenticate_key(secret=secret.strip(), at=timezone.now())
        return (key.user, key) if key is not None else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def is_rehearsal(key: ApiKey) -> bool:
    """Whether what is written with this key is checked and then forgotten."""
    return Scope.SANDBOX in key.scopes and Scope.VACANCIES_WRITE not in key.scopes


def key_allows(key: ApiKey, scope: str) -> bool:
    return scope in key.scopes or (Scope.SANDBOX in key.scopes and scope in REHEARSED)
