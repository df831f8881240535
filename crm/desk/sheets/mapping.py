"""Which field each column stands for: remembered from the last time with these heads, else guessed from the words."""

from collections.abc import Sequence
from hashlib import sha256

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from crm.common.errors import Fault
from crm.desk.sheets.heading import folded_head
from crm.desk.sheets.kinds.base import SheetKind
from crm.desk.sheets.models import SheetMapping


def heads_key(heads: Sequence[str]) -> str:
    """The same for the same heads in the same order, capitals and punctuation aside."""
    return sha256("\n".join(folded_head(head) for head in heads).encode()).hexdigest()


def labels_of_kind(kind: type[SheetKind]) -> dict[str, str]:
    """From the names that we give the fields, in each language, to the fields."""
    words: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for field in kind.fields:
                words.setdefault(folded_head(str(field.label)), field.name)
    for field in kind.fields:
        words.setdefault(folded_head(field.name), field.name)
    return words


def words_of_kind(kind: type[SheetKind]) -> dict[str, str]:
    """The same with what else people call them."""
    words = labels_of_kind(kind)
    for field in kind.fields:
        for alias in field.aliases:
            words.setdefault(folded_head(alias), field.name)
    return words


def guessed(kind: type[SheetKind], heads: Sequence[str]) -> list[str]:
    """A field per column, "" for a column that is left out; no field twice, and our own names before other words."""
    mapping = [""] * len(heads)
    for words in (labels_of_kind(kind), words_of_kind(kind)):
        for place, head in enumerate(heads):
            name = words.get(folded_head(head)) or words.get(folded_head(head.rpartition(": ")[2]), "")
            if not mapping[place] and name not in mapping:
                mapping[place] = name
    return mapping


def remembered(kind: type[SheetKind], heads: Sequence[str]) -> SheetMapping | None:
    return SheetMapping.objects.filter(kind=kind.code, heads_key=heads_key(heads)).first()


def mapping_faults(kind: type[SheetKind], heads: Sequence[str], mapping: Sequence[str]) -> list[Fault]:
    """What is wrong with a choice of fields; `field` is the column's place."""
    fields = kind.by_name()
    faults = []
    for place, name in enumerate(mapping):
        if name and name not in fields:
            faults.append(Fault("unknown_field", _("There is no such field."), str(place)))
        elif name and name in mapping[:place]:
            message = _("“%(field)s” is chosen for more than one column.") % {"field": fields[name]}
            faults.append(Fault("twice", message, str(place)))
    if len(mapping) != len(heads) or not any(mapping):
        faults.append(Fault("no_columns", _("Say of at least one column what it is."), ""))
    return faults
