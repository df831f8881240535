"""What a row of a log says, in the reader's language. Values that are keys of other rows stay numbers."""

from typing import Any

from django.apps import apps
from django.contrib.admin.models import ADDITION, LogEntry
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import AccountEvent, Language, Scope
from accounts.roles import Role
from crm.desk.models import ListExport
from crm.estate.models import Vacancy, VacancyChange

NOTHING = "–"
LONGEST = 120
AUDIT_LIST = "rules.audit"


def list_label(list_name: str) -> str:
    """What an exported list is called; one that is there no more keeps its name in the log."""
    if list_name == AUDIT_LIST:
        return _("Who did what")
    try:
        return str(capfirst(apps.get_model(list_name)._meta.verbose_name_plural))
    except (LookupError, ValueError):
        return list_name


def export_words(row: ListExport) -> str:
    told = {"list": list_label(row.list_name), "rows": row.rows, "format": row.get_format_display()}
    words = _("%(list)s: %(rows)s rows, %(format)s") % told
    return f"{words} · {row.filters}" if row.filters else words


def field_label(models: tuple[Any, ...], name: str) -> str:
    """The field's name on the screen; one that is there no more keeps its name in the log."""
    for model in models:
        found = next((field for field in model._meta.get_fields() if field.name == name), None)
        if found is not None:
            return str(capfirst(getattr(found, "verbose_name", name)))
    return name


def vacancy_words(row: VacancyChange) -> str:
    label = field_label((Vacancy,), row.field)
    field = next((field for field in Vacancy._meta.get_fields() if field.name == row.field), None)
    labels = dict(getattr(field, "flatchoices", None) or ())

    def shown(value: Any) -> str:
        known = labels.get(value) if isinstance(value, str) else None
        return str(known or (NOTHING if value in (None, "") else value))[:LONGEST]

    key = f" · {_('key')} {row.actor}" if row.actor else ""
    return f"{label}: {shown(row.old)} → {shown(row.new)}{key}"


def account_words(row: AccountEvent) -> str:
    """The act, with each changed field before and after, and the key by its prefix."""
    labels = {**dict(Role.choices), **dict(Language.choices), **dict(Scope.choices)}
    parts = [str(row.get_act_display())]
    if row.api_key_id:
        parts.append(str(row.api_key))
    for name, value in row.detail.items():
        values = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        between = ", " if name == "scopes" else " → "
        if values:
            parts.append(between.join(str(labels.get(item, item)) for item in values))
    return " · ".join(parts)


def in_form(row: LogEntry) -> tuple[str, str]:
    """A record by kind and number: a form's log keeps no name."""
    model = row.content_type.model_class() if row.content_type else None
    if model is None:
        return row.object_repr, ""
    key = row.object_id or ""
    return f"{capfirst(model._meta.verbose_name)} {key}", f"{model._meta.label_lower}:{key}"


def form_words(row: LogEntry) -> str:
    if row.action_flag == ADDITION:
        return _("Added")
    return str(row.get_change_message() or _("Changed"))[:300]
