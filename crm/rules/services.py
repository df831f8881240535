"""Verbs on the desk's own rules. Each leaves a row that says who decided what, from which day on and why."""

from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from crm.common.errors import Fault, RuleError, StaleError, refuse
from crm.common.locks import lock_row
from crm.common.months import amsterdam_day
from crm.common.validation import field_faults
from crm.rules.lists import closed_lists
from crm.rules.models import NormChange, ValueAct, ValueChange
from crm.rules.names import forget_names, given_names
from crm.rules.norms import BY_CODE, in_words
from crm.rules.reading import norms_on


def last_decision(code: str) -> int:
    """The number of the norm's last row, 0 where there is none: what a form was made from."""
    return NormChange.objects.filter(code=code).order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def change_norm(
    *, code: str, value: int, valid_from: date, reason: str, seen: int, by: User, at: datetime
) -> NormChange:
    """From a day on, today or later, a norm has another value. `seen` is the `last_decision` that the form showed.

    Raises `StaleError` when somebody decided in between, and `RuleError` for a value outside the norm's bounds, for a
    day that has passed (what was judged then stays as it was), for no reason, and for what changes nothing.
    """
    definition = BY_CODE.get(code)
    if definition is None:
        raise RuleError(Fault("no_such_norm", _("There is no such norm.")))
    if last_decision(code) != seen:
        message = _(
            "Somebody decided about this norm in the meantime. Look at it again; nothing was changed."
        )
        raise StaleError(Fault("stale", message))
    today = amsterdam_day(at)
    row = NormChange(code=code, value=value, valid_from=valid_from, reason=reason.strip(), by=by, at=at)
    faults = field_faults(row)
    if not definition.least <= value <= definition.most:
        message = _("Choose a value from %(least)s to %(most)s.")
        bounds = {"least": definition.least, "most": in_words(code, definition.most)}
        faults.append(Fault("out_of_bounds", message % bounds, "value"))
    if valid_from < today:
        message = _("A norm changes today or later: what was judged before stays as it was.")
        faults.append(Fault("in_the_past", message, "valid_from"))
    elif norms_on(valid_from)[code] == value:
        message = _("It is %(value)s on that day already.") % {"value": in_words(code, value)}
        faults.append(Fault("no_change", message, "value"))
    refuse(faults)
    row.save()
    return row


@transaction.atomic
def withdraw_norm_change(*, change: NormChange, reason: str, by: User, at: datetime) -> NormChange:
    """Take back a decision whose day has not come. Raises `RuleError` once it holds, or when it is withdrawn already."""
    change = lock_row(NormChange.objects.all(), change.pk)
    if NormChange.objects.filter(withdraws=change).exists() or change.withdraws_id is not None:
        raise RuleError(Fault("withdrawn", _("This decision is withdrawn already.")))
    if change.valid_from <= amsterdam_day(at):
        message = _("This norm holds already: decide anew, from a day on.")
        raise RuleError(Fault("in_force", message))
    row = NormChange(
        code=change.code, valid_from=change.valid_from, reason=reason.strip(), withdraws=change, by=by, at=at
    )
    refuse(field_faults(row, exclude=("value",)))
    row.save()
    return row


def last_name_of(list_name: str, code: str) -> int:
    """The number of the value's last row, 0 where there is none: what a form was made from."""
    rows = ValueChange.objects.filter(list_name=list_name, code=code).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


@transaction.atomic
def rename_value(
    *, list_name: str, code: str, name_nl: str, name_en: str, seen: int, by: User, at: datetime
) -> ValueChange:
    """Call a value of a closed list something else; an empty name gives back the one that the product came with.

    The code stays, and with it every rule and every row. Raises `StaleError` when somebody renamed in between, and
    `RuleError` for what is no value of a list, for a name that another value of the list has, and for what changes
    nothing.
    """
    codes = closed_lists().get(list_name)
    if codes is None or code not in codes.values:
        raise RuleError(Fault("no_such_value", _("There is no such value.")))
    if last_name_of(list_name, code) != seen:
        message = _("Somebody renamed this value in the meantime. Look at it again; nothing was changed.")
        raise StaleError(Fault("stale", message))
    names = (name_nl.strip(), name_en.strip())
    row = ValueChange(
        list_name=list_name, code=code, act=ValueAct.RENAMED, name_nl=names[0], name_en=names[1], by=by, at=at
    )
    given = given_names()
    faults = field_faults(row, exclude=("detail",))
    if given.get((list_name, code), ("", "")) == names:
        faults.append(Fault("no_change", _("It is called that already.")))
    for place, (field, language) in enumerate((("name_nl", "nl"), ("name_en", "en"))):
        with translation.override(language):
            others = {
                (
                    given.get((list_name, other.value), ("", ""))[place] or str(other.delivered_label)
                ).casefold()
                for other in codes
                if other.value != code
            }
        if names[place] and names[place].casefold() in others:
            message = _("Another value of this list is called that.")
            faults.append(Fault("name_taken", message, field))
    refuse(faults)
    row.save()
    forget_names()
    return row
