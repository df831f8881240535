"""Connecting a broker's office in one step: an account, the right to act for the office, and a key for its program."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ApiKey, User
from accounts.roles import Role
from accounts.services import invite_user, issue_key
from crm.common.errors import Fault, RuleError, refuse
from crm.common.validation import faults_of
from crm.contacts.choices import OrganisationRole
from crm.contacts.models import BrokerAccess, Organisation
from crm.contacts.services import grant_broker_access


@dataclass(frozen=True)
class NewAccount:
    """The account that is made for the office: somebody's name and address, and the language they read."""

    full_name: str
    email: str
    language: str
    is_trusted: bool = False


@dataclass(frozen=True)
class Connected:
    """What was made; `text` is the key itself, which no row keeps."""

    user: User
    key: ApiKey
    text: str


@transaction.atomic
def connect_office(
    *,
    office: Organisation,
    account: NewAccount | User,
    label: str,
    scopes: Iterable[str],
    expires_at: datetime,
    by: User,
    at: datetime,
) -> Connected:
    """Make a key for an office, for an account that acts for it already or for a new one. All of it or nothing.

    Raises `RuleError` with every fault: of the account, of the office and of the key.
    """
    scopes = list(scopes)
    faults: list[Fault] = []
    user = account if isinstance(account, User) else None
    if not office.kinds.filter(kind=OrganisationRole.BROKER).exists():
        faults.append(Fault("no_office", _("This organisation is no broker."), "office"))
    if isinstance(account, NewAccount):
        try:
            user = invite_user(
                email=account.email,
                full_name=account.full_name,
                role=Role.BROKER,
                language=account.language,
                by=by,
                at=at,
            )
        except ValidationError as error:
            faults += faults_of(error)
    elif not BrokerAccess.objects.filter(user=account, office=office).exists():
        faults.append(Fault("acts_elsewhere", _("This account does not act for the office."), "account"))
    faults += _key_faults(user or by, label, scopes, expires_at, by, at)
    refuse(faults)
    if user is None:  # `refuse` raised where there is nobody
        raise RuleError(Fault("no_account", _("Choose an account.")))
    if isinstance(account, NewAccount):
        grant_broker_access(user=user, office=office, is_trusted=account.is_trusted, by=by, at=at)
    key, text = issue_key(user=user, label=label, scopes=scopes, expires_at=expires_at, by=by, at=at)
    return Connected(user, key, text)


def _key_faults(
    user: User, label: str, scopes: list[str], expires_at: datetime, by: User, at: datetime
) -> list[Fault]:
    """What the key's own verb would refuse, so that it is named together with the rest; nothing is left behind."""
    with transaction.atomic():
        try:
            issue_key(user=user, label=label, scopes=scopes, expires_at=expires_at, by=by, at=at)
        except ValidationError as error:
            return faults_of(error)
        transaction.set_rollback(True)
    return []
