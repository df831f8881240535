"""Who may do what, read from the same table that every page and the API ask (`accounts.roles`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from accounts.roles import DESK_ROLES, Role, role_allows
from crm.acquisition.choices import Confidentiality
from crm.backoffice.navigation import GROUPS

NOTHING = "–"
# What a role may do beyond reading and writing lists, as the permission that its door asks for.
RIGHTS: tuple[tuple[str, Promise], ...] = (
    ("targets.confirm_countevent", gettext_lazy("Confirm a count that somebody else recorded")),
    ("reports.issue_reportedition", gettext_lazy("Issue the monthly report")),
    ("reports.send_reportedition", gettext_lazy("Send the monthly report")),
    ("acquisition.view_namereveal", gettext_lazy("Reveal a strictly confidential name, which is logged")),
    ("desk.view_listexport", gettext_lazy("See which lists were exported")),
    ("rules.view_audit", gettext_lazy("See who did what")),
    ("rules.change_normchange", gettext_lazy("Decide about norms and terms")),
    ("accounts.add_apikey", gettext_lazy("Make and revoke API keys")),
    ("accounts.change_user", gettext_lazy("Invite people and change their role")),
)
ALWAYS, OWN, NEVER = gettext_lazy("always"), gettext_lazy("owner and team only"), gettext_lazy("never")
# As `LeadQuerySet.with_readable_name` decides; a test compares the two.
NAMES: dict[str, dict[str, Promise]] = {
    Confidentiality.OPEN: {
        Role.ADMINISTRATOR: ALWAYS,
        Role.MANAGER: ALWAYS,
        Role.STAFF: ALWAYS,
        Role.PARTNER: ALWAYS,
        Role.BROKER: NEVER,
    },
    Confidentiality.CONFIDENTIAL: {
        Role.ADMINISTRATOR: ALWAYS,
        Role.MANAGER: ALWAYS,
        Role.STAFF: ALWAYS,
        Role.PARTNER: NEVER,
        Role.BROKER: NEVER,
    },
    Confidentiality.STRICT: {
        Role.ADMINISTRATOR: OWN,
        Role.MANAGER: ALWAYS,
        Role.STAFF: OWN,
        Role.PARTNER: NEVER,
        Role.BROKER: NEVER,
    },
}
ABOUT: dict[str, Promise] = {
    Role.ADMINISTRATOR: gettext_lazy("Runs the system: people, keys, rules and logs."),
    Role.MANAGER: gettext_lazy("Leads acquisition: all leads, confirms counts, issues and sends reports."),
    Role.STAFF: gettext_lazy("Works on leads, needs and space every day."),
    Role.PARTNER: gettext_lazy(
        "Reads the portal: progress, published space and report editions. Open leads by name, confidential ones by code name."
    ),
    Role.BROKER: gettext_lazy(
        "Offers space by the API: reads and writes the office’s own listings, and reads value lists. Never a lead, a need or another office."
    ),
}


@dataclass(frozen=True)
class RoleLine:
    """A row of a table: what it is about, and per role what that role may do with it."""

    label: str
    cells: list[tuple[str, str]]


def actions_of(admin: Any, role: str) -> list[str]:
    """What the role may do in this list: the table of roles, and what the list offers at all."""
    opts = admin.opts
    words = (
        ("view", True, pgettext("may", "read")),
        ("add", admin.allows_add, pgettext("may", "add")),
        ("change", admin.allows_change, pgettext("may", "change")),
        ("delete", admin.allows_delete, pgettext("may", "delete")),
    )
    if role not in DESK_ROLES:
        return []
    return [
        word
        for action, is_offered, word in words
        if is_offered and role_allows(role, f"{opts.app_label}.{action}_{opts.model_name}")
    ]


def _list_lines(site: Any, models: tuple[str, ...]) -> Iterator[RoleLine]:
    admins = {model._meta.label_lower: admin for model, admin in site._registry.items()}
    for model in models:
        if model in admins:
            admin = admins[model]
            cells = [(str(role.label), ", ".join(actions_of(admin, role)) or NOTHING) for role in Role]
            yield RoleLine(str(capfirst(admin.opts.verbose_name_plural)), cells)


def list_tables(site: Any) -> list[tuple[str, list[RoleLine]]]:
    """The lists of the backoffice by their place in the navigation, then those that stand in no place."""
    tables, placed = [], set()
    for group in GROUPS:
        for place in group.places:
            lines = list(_list_lines(site, place.models))
            placed |= set(place.models)
            if lines:
                tables.append((str(place.label), lines))
    others = tuple(
        model._meta.label_lower for model in site._registry if model._meta.label_lower not in placed
    )
    rest = list(_list_lines(site, others))
    return [*tables, (_("Other"), rest)] if rest else tables


def role_urls(site: Any) -> list[Any]:
    def roles(request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("accounts.change_user"):
            raise PermissionDenied
        request.desk_model = "accounts.user"
        counts = {role: User.objects.filter(role=role, is_active=True).count() for role in Role}
        rights = [
            RoleLine(
                str(label),
                [(str(role.label), _("yes") if role_allows(role, code) else NOTHING) for role in Role],
            )
            for code, label in RIGHTS
        ]
        names = [
            RoleLine(
                str(Confidentiality(level).label), [(str(role.label), str(by_role[role])) for role in Role]
            )
            for level, by_role in NAMES.items()
        ]
        context = {
            **site.each_context(request),
            "title": _("Who may do what"),
            "roles": [(role, role.label, ABOUT[role], counts[role]) for role in Role],
            "sections": [
                (_("Special rights"), rights),
                (_("Who reads the name of a lead"), names),
                *list_tables(site),
            ],
        }
        return TemplateResponse(request, "admin/roles.html", context)

    return [path("roles/", site.admin_view(roles), name="roles")]
