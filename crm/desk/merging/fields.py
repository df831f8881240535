"""Which fields two records are compared on when they are merged, and whose value is taken unless somebody says otherwise."""

from dataclasses import dataclass
from typing import Any

from crm.contacts.choices import SizeClass
from crm.contacts.models import Organisation, Person

KEEP, DROP, BOTH = "keep", "drop", "both"
FIELDS: dict[type, tuple[str, ...]] = {
    Organisation: (
        "name",
        "group",
        "founded_on",
        "size_class",
        "website",
        "email",
        "phone",
        "city",
        "country",
        "application_area",
        "keeper",
        "note",
    ),
    Person: ("full_name", "email", "phone", "language", "note"),
}
KVK = "kvk"


@dataclass(frozen=True)
class FieldChoice:
    """One field of both records, and whose value is taken by default."""

    name: str
    label: str
    keep: Any
    drop: Any
    default: str

    @property
    def differs(self) -> bool:
        return bool(self.keep != self.drop)

    @property
    def allows_both(self) -> bool:
        return self.name == "note" and bool(self.keep) and bool(self.drop)


def field_choices(keep: Any, drop: Any) -> list[FieldChoice]:
    """Every field, and for organisations the present KvK number. The filled value is taken, else the older record's."""
    older = KEEP if (keep.created_at, keep.pk) <= (drop.created_at, drop.pk) else DROP
    pairs = [(name, getattr(keep, name), getattr(drop, name)) for name in FIELDS[type(keep)]]
    labels = {name: str(keep._meta.get_field(name).verbose_name) for name, _k, _d in pairs}
    if isinstance(keep, Organisation):
        pairs.insert(1, (KVK, present_number(keep), present_number(drop)))
        labels[KVK] = str(keep.kvk_numbers.model._meta.verbose_name)
    return [
        FieldChoice(name, labels[name], mine, other, _default(name, mine, other, older))
        for name, mine, other in pairs
    ]


def _default(name: str, keep: Any, drop: Any, older: str) -> str:
    has_keep, has_drop = is_filled(keep), is_filled(drop)
    if has_keep != has_drop:
        return KEEP if has_keep else DROP
    if name == "note" and has_keep and keep != drop:
        return BOTH
    return older


def is_filled(value: Any) -> bool:
    return value not in (None, "", SizeClass.UNKNOWN)


def present_number(organisation: Organisation) -> str:
    number = organisation.kvk_numbers.filter(valid_until__isnull=True).order_by("-pk").first()
    return number.number if number else ""
