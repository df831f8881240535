"""The people whom history names by their e-mail address."""

from collections.abc import Iterable

from accounts.models import User
from accounts.roles import Role
from crm.desk.history.columns import FILES
from crm.desk.history.run import Run, is_waiting_lead
from crm.desk.history.values import EMAIL


class People:
    """Users by e-mail address, whatever its capitals; who is not there yet is made inactive and without a password."""

    def __init__(self, emails: Iterable[str]) -> None:
        wanted = set(emails)
        self._users = {
            user.email.lower(): user for user in User.objects.all() if user.email.lower() in wanted
        }
        for email in sorted(wanted - self._users.keys()):
            self._users[email] = _former(email)

    def __getitem__(self, email: str) -> User:
        return self._users[email]


def named_in(run: Run) -> set[str]:
    """Every address in the new rows, and in rows of leads that still wait for their first stage change."""
    emails = {
        row[column.name]
        for name, spec in FILES.items()
        for column in spec.columns
        if column.kind is EMAIL
        for row in run.new[name]
        if row[column.name]
    }
    waiting = {known.content["owner_email"] for known in run.known.values() if is_waiting_lead(known)}
    return emails | (waiting - {""})


def _former(email: str) -> User:
    """A user who cannot log in: history's people may have left long ago."""
    return User.objects.create_user(email, full_name=email, role=Role.STAFF, is_active=False)
