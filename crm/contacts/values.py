"""Verbs on the lists that an administrator extends. A value's code never changes, and no value is ever deleted.

Merging two values stands in `crm.desk.merging.values`: leads are above this room.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from crm.common.errors import Fault, RuleError, StaleError, refuse
from crm.common.locks import lock_row, lock_rows
from crm.common.validation import field_faults
from crm.contacts.models import ApplicationArea, ExtensibleValue, Technology
from crm.rules.models import ValueAct, ValueChange

EXTENSIBLE: Mapping[str, type[ExtensibleValue]] = {
    "contacts.application_area": ApplicationArea,
    "contacts.technology": Technology,
}
LONGEST_CODE = 40


def model_of_list(list_name: str) -> Any:
    """The list's model; raises `RuleError` where no such list may grow."""
    model = EXTENSIBLE.get(list_name)
    if model is None:
        raise RuleError(Fault("no_such_list", _("There is no such list.")))
    return model


def log_value(
    *, list_name: str, value: ExtensibleValue, act: ValueAct, by: User, at: datetime, **detail: Any
) -> ValueChange:
    """One row of the list's history, with the names as they are from now on."""
    return ValueChange.objects.create(
        list_name=list_name,
        code=value.code,
        act=act,
        name_nl=value.name_nl,
        name_en=value.name_en,
        detail=detail,
        by=by,
        at=at,
    )


@transaction.atomic
def add_value(*, list_name: str, name_nl: str, name_en: str, by: User, at: datetime) -> ExtensibleValue:
    """Add a value at the list's end; its code is made from the English name and stays for ever."""
    model = model_of_list(list_name)
    values = lock_rows(model._default_manager.all())
    last = model._default_manager.aggregate(last=Max("position"))["last"] or 0
    value = model(name_nl=name_nl.strip(), name_en=name_en.strip(), position=last + 1)
    value.code = _free_code(value.name_en, {other.code for other in values})
    refuse([*field_faults(value, exclude=("code",)), *_name_faults(value, values)])
    value.save()
    log_value(list_name=list_name, value=value, act=ValueAct.ADDED, by=by, at=at)
    return value


@transaction.atomic
def change_value(
    *,
    list_name: str,
    value: ExtensibleValue,
    name_nl: str,
    name_en: str,
    position: int,
    seen: int,
    by: User,
    at: datetime,
) -> ExtensibleValue:
    """Call a value something else, or give it another place in its list. Raises `StaleError` when somebody was first."""
    values = lock_rows(model_of_list(list_name)._default_manager.all())
    value = next(one for one in values if one.pk == value.pk)
    last = ValueChange.objects.filter(list_name=list_name, code=value.code).order_by("-pk").first()
    if (last.pk if last else 0) != seen:
        message = _("Somebody changed this value in the meantime. Look at it again; nothing was changed.")
        raise StaleError(Fault("stale", message))
    before = (value.name_nl, value.name_en, value.position)
    value.name_nl, value.name_en, value.position = name_nl.strip(), name_en.strip(), position
    faults = [*field_faults(value), *_name_faults(value, values)]
    if before == (value.name_nl, value.name_en, value.position):
        faults.append(Fault("no_change", _("It is called that already, and stands there.")))
    refuse(faults)
    value.save(update_fields=["name_nl", "name_en", "position"])
    is_renamed = before[:2] != (value.name_nl, value.name_en)
    act = ValueAct.RENAMED if is_renamed else ValueAct.MOVED
    log_value(list_name=list_name, value=value, act=act, by=by, at=at, position=[before[2], position])
    return value


@transaction.atomic
def retire_value(*, list_name: str, value: Any, by: User, at: datetime) -> ExtensibleValue:
    """Offer the value no longer: whatever has it keeps it, and reads it as before."""
    value = lock_row(model_of_list(list_name)._default_manager.all(), value.pk)
    if not value.is_active:
        raise RuleError(Fault("retired", _("This value is not offered any more already.")))
    value.is_active = False
    value.save(update_fields=["is_active"])
    log_value(list_name=list_name, value=value, act=ValueAct.RETIRED, by=by, at=at)
    return value


@transaction.atomic
def restore_value(*, list_name: str, value: Any, by: User, at: datetime) -> ExtensibleValue:
    """Offer a retired value again; one that went up in another stays there."""
    value = lock_row(model_of_list(list_name)._default_manager.all(), value.pk)
    if value.merged_into_id is not None:
        raise RuleError(Fault("merged", _("This value went up in another one.")))
    if value.is_active:
        raise RuleError(Fault("offered", _("This value is offered already.")))
    value.is_active = True
    value.save(update_fields=["is_active"])
    log_value(list_name=list_name, value=value, act=ValueAct.RESTORED, by=by, at=at)
    return value


def _free_code(name: str, taken: set[str]) -> str:
    stem = re.sub(r"-+", "_", slugify(name))[: LONGEST_CODE - 4] or "value"
    number, code = 2, stem
    while code in taken:
        code, number = f"{stem}_{number}", number + 1
    return code


def _name_faults(value: ExtensibleValue, values: list[Any]) -> list[Fault]:
    """Two values that are offered side by side may not be called the same."""
    others = [other for other in values if other.pk != value.pk and other.merged_into_id is None]
    return [
        Fault("name_taken", _("Another value of this list is called that."), field)
        for field in ("name_nl", "name_en")
        if getattr(value, field).casefold() in {getattr(other, field).casefold() for other in others}
    ]
