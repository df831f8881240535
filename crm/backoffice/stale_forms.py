"""A form that somebody overtook: both versions field by field, and what the person chooses of them. Nothing typed is lost.

The form carries what it showed when it was opened (`record_seen`). From that, from what stands now and from what was typed
follows who changed what: a field that only the other changed is taken over, one that only this person changed stays, and
one that both changed is shown twice, to choose from.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dateformat import format as format_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.backoffice.forms import VERSION_FIELD

SEEN_FIELD = "record_seen"
CHOICE_PREFIX = "choose-"
THEIRS, YOURS = "theirs", "yours"
NOTHING = "–"
Posted = dict[str, list[str]]


@dataclass(frozen=True)
class Clash:
    """A field that both changed."""

    name: str
    label: str
    seen: str
    theirs: str
    yours: str

    @property
    def choice_name(self) -> str:
        return f"{CHOICE_PREFIX}{self.name}"


@dataclass(frozen=True)
class TakenOver:
    """A field that only the other changed: the form shows the new value."""

    label: str
    seen: str
    theirs: str


@dataclass(frozen=True)
class Overtaken:
    """What somebody saved while this form was open: by whom, when, and what it means for each field."""

    by: str
    at: Any
    clashes: list[Clash]
    taken_over: list[TakenOver]


def seen_in(form: forms.ModelForm) -> str:
    """What the form shows of its record now, to travel along in the form."""
    return json.dumps({name: _as_posted(form, name) for name in _comparable(form)})


def differs(form: forms.ModelForm, data: QueryDict) -> bool:
    """Whether the record is not any more as this form showed it; for records that carry no version."""
    seen = _read_seen(data)
    return any(name in seen and seen[name] != _as_posted(form, name) for name in _comparable(form))


def take_theirs(form: forms.ModelForm, data: QueryDict) -> QueryDict:
    """What was posted, with the stored value in each field for which somebody chose the other's."""
    chosen = [name for name in _comparable(form) if data.get(f"{CHOICE_PREFIX}{name}") == THEIRS]
    if not chosen:
        return data
    changed = data.copy()
    for name in chosen:
        _put(changed, form, name)
    return changed


def overtake(form: forms.ModelForm, data: QueryDict, row: Any) -> tuple[QueryDict, Overtaken]:
    """The form's data brought to the version that stands, and what changed meanwhile. `form` shows what stands."""
    changed = data.copy()
    seen = _read_seen(data)
    clashes, taken_over = [], []
    for name in _comparable(form):
        theirs, yours = _as_posted(form, name), _posted(form, name, data)
        before = seen.get(name, yours)
        if theirs in (before, yours):
            continue
        label = str(capfirst(form[name].label))
        if yours == before:
            _put(changed, form, name)
            taken_over.append(TakenOver(label, _in_words(form, name, before), _in_words(form, name, theirs)))
        else:
            said = (_in_words(form, name, posted) for posted in (before, theirs, yours))
            clashes.append(Clash(name, label, *said))
    for key in [key for key in changed if key.startswith(CHOICE_PREFIX)]:
        del changed[key]
    if VERSION_FIELD in form.fields:
        changed[VERSION_FIELD] = str(row.version)
    changed[SEEN_FIELD] = seen_in(form)
    who = getattr(row, "changed_by", None)
    return changed, Overtaken(str(who) if who else "", getattr(row, "changed_at", None), clashes, taken_over)


# ── values as a browser sends them ──────────────────────────────────────────
def _comparable(form: forms.ModelForm) -> Iterator[str]:
    for name, field in form.fields.items():
        if name != VERSION_FIELD and not field.disabled and not isinstance(field, forms.FileField):
            yield name


def _widget(field: forms.Field) -> forms.Widget:
    widget = field.widget
    return widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget


def _as_posted(form: forms.ModelForm, name: str) -> Posted:
    """The stored value of a field, as the browser would send it back untouched."""
    field = form.fields[name]
    value = field.prepare_value(form.get_initial_for_field(field, name))
    return _sent(_widget(field), form.add_prefix(name), value)


def _sent(widget: forms.Widget, key: str, value: Any) -> Posted:
    if isinstance(widget, forms.MultiWidget):
        values = value if isinstance(value, list) else widget.decompress(value)
        sent: Posted = {}
        for suffix, part, own in zip(widget.widgets_names, widget.widgets, values, strict=True):
            sent |= _sent(part, f"{key}{suffix}", own)
        return sent
    if isinstance(widget, forms.CheckboxInput):
        return {key: ["on"] if value else []}
    if isinstance(widget, forms.SelectMultiple | forms.CheckboxSelectMultiple):
        return {key: sorted(str(one) for one in (value or []))}
    shown = widget.format_value(value) if hasattr(widget, "format_value") else value
    if isinstance(shown, list | tuple | set):
        return {key: [str(one) for one in shown][:1] or [""]}
    return {key: ["" if shown is None else _plain(str(shown))]}


def _posted(form: forms.ModelForm, name: str, data: QueryDict) -> Posted:
    """What was sent of a field, in the same form."""
    widget, key = _widget(form.fields[name]), form.add_prefix(name)
    keys = (
        [f"{key}{suffix}" for suffix in widget.widgets_names]
        if isinstance(widget, forms.MultiWidget)
        else [key]
    )
    if isinstance(widget, forms.CheckboxInput):
        return {key: ["on"] if key in data else []}
    if isinstance(widget, forms.SelectMultiple | forms.CheckboxSelectMultiple):
        return {key: sorted(data.getlist(key))}
    return {key: [_plain(data.get(key, ""))] for key in keys}


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _put(data: QueryDict, form: forms.ModelForm, name: str) -> None:
    for key, values in _as_posted(form, name).items():
        data.setlist(key, values)
        if not values:
            del data[key]


def _read_seen(data: QueryDict) -> dict[str, Posted]:
    """What the form showed when it was opened; whatever else stands there is as good as nothing."""
    try:
        seen = json.loads(data.get(SEEN_FIELD, ""))
    except ValueError:
        return {}
    return (
        {name: value for name, value in seen.items() if isinstance(value, dict)}
        if isinstance(seen, dict)
        else {}
    )


# ── values as people read them ──────────────────────────────────────────────
def _in_words(form: forms.ModelForm, name: str, posted: Posted) -> str:
    """The value as people read it; what cannot be read as one stands as it was typed."""
    field = form.fields[name]
    data = QueryDict(mutable=True)
    for key, values in posted.items():
        data.setlist(key, [str(value) for value in values])
    typed = " ".join(text for values in posted.values() for text in map(str, values) if text)
    try:
        value = field.widget.value_from_datadict(data, {}, form.add_prefix(name))
        value = (
            field.clean(value)
            if isinstance(field, forms.ModelMultipleChoiceField)
            else field.to_python(value)
        )
    except ValidationError:
        return typed or NOTHING
    return _words_of(field, value) or NOTHING


def _words_of(field: Any, value: Any) -> str:
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(field.label_from_instance(one) for one in value)
    if isinstance(field, forms.ModelChoiceField):
        return field.label_from_instance(value) if value is not None else ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in _flat(field.choices)}
        values = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(one), str(one)) for one in values if one not in ("", None))
    if isinstance(field, forms.DateField) and value is not None:
        return format_date(value, "j F Y")
    if isinstance(field, forms.DateTimeField) and value is not None:
        return format_date(value, "j F Y H:i")
    return "" if value is None else str(value)


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label
