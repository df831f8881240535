"""Two values of a list become one: whatever had the one has the other from now on, and its log says so."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.models import Lead, LeadEdit
from crm.common.errors import Fault, refuse
from crm.common.locks import lock_rows
from crm.contacts.models import ExtensibleValue
from crm.contacts.values import log_value, model_of_list
from crm.rules.models import ValueAct, ValueChange


def references(model: Any) -> list[Any]:
    """Every key and list of keys in the house that points at the values of this list, but for a value's own."""
    found = [
        relation.field
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and relation.is_relation
    ]
    return [field for field in found if field.model is not model and not field.model._meta.auto_created]


def uses(value: ExtensibleValue) -> int:
    """How many records have this value."""
    return sum(
        field.model._default_manager.filter(**{field.name: value.pk}).count()
        for field in references(type(value))
    )


@transaction.atomic
def merge_values(*, list_name: str, keep: Any, drop: Any, by: User, at: datetime) -> ValueChange:
    """Everything that has `drop` has `keep` from now on; `drop` stays in its table, not offered, so that logs read it.

    Raises `RuleError` for a value and itself, and for one that went up in another already.
    """
    model = model_of_list(list_name)
    rows = {row.pk: row for row in lock_rows(model._default_manager.filter(pk__in=[keep.pk, drop.pk]))}
    keep, drop = rows[keep.pk], rows[drop.pk]
    faults = []
    if keep.pk == drop.pk:
        faults.append(Fault("same", _("A value is not merged into itself."), "into"))
    if drop.merged_into_id is not None:
        faults.append(Fault("merged", _("This value went up in another one.")))
    if not keep.is_active:
        faults.append(Fault("not_offered", _("That value is not offered any more."), "into"))
    refuse(faults)
    moved = {field.model._meta.label_lower: _move(field, keep, drop, by, at) for field in references(model)}
    model._default_manager.filter(merged_into=drop).update(merged_into=keep)
    drop.is_active, drop.merged_into = False, keep
    drop.save(update_fields=["is_active", "merged_into"])
    return log_value(
        list_name=list_name, value=drop, act=ValueAct.MERGED, by=by, at=at, into=keep.code, moved=moved
    )


def _move(field: Any, keep: Any, drop: Any, by: User, at: datetime) -> list[int]:
    """The records that had the one and have the other now, by their keys."""
    holders = lock_rows(field.model._default_manager.filter(**{field.name: drop.pk}))
    keys = [holder.pk for holder in holders]
    if field.many_to_many:
        _move_in_lists(field, keep, drop, holders, by, at)
    else:
        field.model._default_manager.filter(pk__in=keys).update(**{field.name: keep.pk})
        if field.model is Lead:
            _log_leads([(key, drop.code, keep.code) for key in keys], field.name, by, at)
    if any(one.name == "version" for one in field.model._meta.fields):
        # A form that was open with the old value is told so.
        field.model._default_manager.filter(pk__in=keys).update(
            version=F("version") + 1, changed_by=by, changed_at=at
        )
    return keys


def _move_in_lists(field: Any, keep: Any, drop: Any, holders: list[Any], by: User, at: datetime) -> None:
    edits = []
    for holder in holders:
        values = getattr(holder, field.name)
        before = sorted(values.values_list("code", flat=True))
        values.remove(drop)
        values.add(keep)
        edits.append((holder.pk, ",".join(before), ",".join(sorted(values.values_list("code", flat=True)))))
    if field.model is Lead:
        _log_leads(edits, field.name, by, at)


def _log_leads(edits: list[tuple[int, str, str]], name: str, by: User, at: datetime) -> None:
    LeadEdit.objects.bulk_create(
        LeadEdit(lead_id=lead, field=name, old=old, new=new, by=by, at=at) for lead, old, new in edits
    )
