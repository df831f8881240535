"""What a role may do: the one table that the admin, the API and the pages ask.

Authorisation is checked at the door; services trust their caller. A permission is `app_label.action_model`, as in
Django; the table is written in app labels and actions because a role is about rooms, not single models.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

VIEW = frozenset({"view"})
WORK = frozenset({"view", "add", "change"})
ALL = frozenset({"view", "add", "change", "delete"})


class Role(models.TextChoices):
    """The five groups of people who use the system."""

    ADMINISTRATOR = "administrator", _("Administrator")
    MANAGER = "manager", _("Acquisition manager")
    STAFF = "staff", _("Acquisition staff")
    PARTNER = "partner", _("Partner")
    BROKER = "broker", _("Broker")


DESK_ROLES = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.STAFF})

ROOM_ACTIONS: dict[str, dict[str, frozenset[str]]] = {
    Role.MANAGER: {
        "contacts": WORK,
        "crm_messages": VIEW,
        "estate": WORK,
        "acquisition": WORK,
        "matching": WORK,
        "targets": WORK,
        "programme": WORK,
        "reports": WORK,
        "desk": WORK,
        "accounts": VIEW,
        "rules": VIEW,
    },
    Role.STAFF: {
        "contacts": WORK,
        "estate": WORK,
        "acquisition": WORK,
        "matching": WORK,
        "targets": VIEW,
        "programme": VIEW,
        "reports": VIEW,
        "desk": VIEW,
        "rules": VIEW,
    },
}
EXTRA: dict[str, frozenset[str]] = {
    Role.MANAGER: frozenset(
        {"targets.confirm_countevent", "reports.issue_reportedition", "reports.send_reportedition"}
    ),
    # Recording an arrival is daily work; a second person, a manager, confirms it.
    # A contact round is a manager's to start and close; whoever calls says who cannot be reached.
    Role.STAFF: frozenset({"targets.add_countevent", "desk.change_roundmember"}),
}
# Who looked at a strictly confidential name is for administrators alone.
NEVER: dict[str, frozenset[str]] = {
    Role.MANAGER: frozenset(
        {"accounts.view_apikey", "accounts.view_accountevent", "acquisition.view_namereveal"}
    ),
    Role.STAFF: frozenset({"acquisition.view_namereveal", "desk.view_listexport", "rules.view_audit"}),
}


def role_allows(role: str, permission: str) -> bool:
    """Whether people with this role hold a permission such as `acquisition.change_lead`."""
    if role == Role.ADMINISTRATOR:
        return True
    if permission in NEVER.get(role, ()):
        return False
    app_label, _dot, codename = permission.partition(".")
    if permission in EXTRA.get(role, ()):
        return True
    action = codename.partition("_")[0]
    return action in ROOM_ACTIONS.get(role, {}).get(app_label, ())


def role_enters(role: str, app_label: str) -> bool:
    """Whether people with this role see anything at all of a room."""
    return role == Role.ADMINISTRATOR or app_label in ROOM_ACTIONS.get(role, {})
