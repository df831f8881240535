"""Verbs on people's lists: keep a view, open it first, drop it, and note what was exported."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from crm.common.errors import Fault, RuleError, refuse
from crm.common.locks import lock_row
from crm.common.validation import field_faults
from crm.desk.list_models import DefaultView, ListExport, SavedView

# What belongs to a moment and not to a view: the page, Django's marks of an error, a pop-up, the way back to all.
PASSING = frozenset({"p", "e", "_popup", "_to_field", "view", "all"})
SEARCH = "q"
MOST_VIEWS = 20


def views_for(user: User, list_name: str) -> QuerySet[Any]:
    """The views of a list that this person sees, their own and shared ones; `is_first` marks the one that opens first."""
    first = DefaultView.objects.filter(user=user, list_name=list_name, view=OuterRef("pk"))
    seen = SavedView.objects.filter(Q(owner=user) | Q(is_shared=True), list_name=list_name)
    return seen.annotate(is_first=Exists(first))


def kept_query(query: str) -> str:
    """A list's query string without what belongs to the moment."""
    return urlencode([pair for pair in parse_qsl(query.lstrip("?")) if pair[0] not in PASSING])


@transaction.atomic
def save_view(*, list_name: str, name: str, query: str, is_shared: bool, by: User, at: datetime) -> SavedView:
    """Keep a view of a list under a name; one's own view of that name (capitals aside) is replaced.

    Raises `RuleError` for a name that is empty, too long or holds control characters, for a query beyond 2,000
    characters, and beyond twenty views of one list.
    """
    row = SavedView(
        owner=by,
        list_name=list_name,
        name=name.strip(),
        query=kept_query(query),
        is_shared=is_shared,
        saved_at=at,
    )
    # Before the name is looked for: PostgreSQL refuses a NUL character even in a question.
    refuse(field_faults(row, exclude=("owner",)))
    own = SavedView.objects.filter(owner=by, list_name=list_name)
    row.pk = own.filter(name__iexact=row.name).values_list("pk", flat=True).first()
    if row.pk is None and own.count() >= MOST_VIEWS:
        message = _("You keep %(most)d views of this list already: drop one first.") % {"most": MOST_VIEWS}
        raise RuleError(Fault("too_many_views", message, "name"))
    row.save()
    return row


@transaction.atomic
def drop_view(*, view: SavedView, by: User, at: datetime) -> None:
    """Drop a view: one's own, or a shared one as a manager. Who had it as the first view sees the whole list again."""
    if view.owner_id != by.pk and not (view.is_shared and by.role in (Role.MANAGER, Role.ADMINISTRATOR)):
        raise RuleError(
            Fault("not_yours", _("This view is %(owner)s's: only they drop it.") % {"owner": view.owner})
        )
    view.delete()


@transaction.atomic
def hand_over_view(*, view: SavedView, owner: User, by: User, at: datetime) -> SavedView:
    """Give a shared view to somebody else; where they have one of that name already, it gets a number."""
    fresh = lock_row(SavedView.objects.all(), view.pk)
    taken = {
        name.lower()
        for name in SavedView.objects.filter(owner=owner, list_name=fresh.list_name).values_list(
            "name", flat=True
        )
    }
    name, number = fresh.name, 2
    while name.lower() in taken:
        name = f"{fresh.name[:55]} {number}"
        number += 1
    fresh.owner, fresh.name = owner, name
    fresh.save(update_fields=["owner", "name"])
    return fresh


@transaction.atomic
def open_first(*, list_name: str, view: SavedView | None, by: User, at: datetime) -> None:
    """Let a view open first for this person, or (None) the whole list again."""
    if view is not None and not views_for(by, list_name).filter(pk=view.pk).exists():
        raise RuleError(Fault("no_such_view", _("This view is not there any more.")))
    DefaultView.objects.filter(user=by, list_name=list_name).delete()
    if view is not None:
        DefaultView.objects.create(user=by, list_name=list_name, view=view)


def first_view_of(user: User, list_name: str) -> SavedView | None:
    """The view that opens first; one that is no longer shared does not."""
    return next((view for view in views_for(user, list_name) if view.is_first), None)


def note_export(
    *, list_name: str, query: str, export_format: str, rows: int, by: User, at: datetime
) -> ListExport:
    """Log that a list was exported. What was typed into the search may be a name: only the filters are kept."""
    filters = urlencode([pair for pair in parse_qsl(kept_query(query)) if pair[0] != SEARCH])
    return ListExport.objects.create(
        list_name=list_name, filters=filters[:2000], format=export_format, rows=rows, by=by, at=at
    )
