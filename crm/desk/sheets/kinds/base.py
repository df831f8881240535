"""What every kind of spreadsheet shares: its fields, how a row finds its record, and what an import leaves to be undone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from crm.common.errors import Fault
from crm.desk.merging.rows import relations_of
from crm.desk.sheets.lookups import Lookups
from crm.desk.sheets.models import OwnReference
from crm.desk.sheets.values import TEXT, Kind, Unreadable

AT_ONCE = 500
OWN_REFERENCE = "own_reference"


@dataclass(frozen=True)
class Field:
    """One thing that a column may tell.

    `is_key`: it only finds the record. `only_new`: told when a record is made, fixed afterwards. `is_told`: it goes with
    a change (its day, its reason) and is nothing by itself.
    """

    name: str
    label: str | Promise
    kind: Kind
    aliases: tuple[str, ...] = ()
    is_needed: bool = False
    is_key: bool = False
    only_new: bool = False
    is_told: bool = False

    def __str__(self) -> str:
        return str(capfirst(str(self.label)))


def of(model: type[models.Model], name: str, kind: Kind, *aliases: str, **flags: bool) -> Field:
    """A field under the name that the model gives it."""
    meta: Any = model._meta.get_field(name)
    return Field(name, meta.verbose_name, kind, aliases, **flags)


OWN = Field(
    OWN_REFERENCE,
    gettext_lazy("own reference"),
    TEXT,
    (
        "eigen referentie",
        "referentie",
        "reference",
        "ref",
        "klantnummer",
        "debiteurnummer",
        "relatienummer",
        "code",
    ),
)


@dataclass
class Planned:
    """What one row would do: the values that were read, its record, what would change, and what is wrong."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    pk: int | None = None
    current: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    label: str = ""
    # Somebody else's: it may be found, and left as it is, and that is all.
    is_closed: bool = False

    def add(self, name: str, message: object) -> None:
        if (name, str(message)) not in self.faults:
            self.faults.append((name, str(message)))

    def blame(self, faults: Iterable[Fault], names: Mapping[str, str] | None = None) -> None:
        """Add a room's faults, but for fields that are blamed already: what could not be read is not also missing."""
        wrong = {name for name, _message in self.faults}
        for fault in faults:
            name = (names or {}).get(fault.field, fault.field)
            if name not in wrong:
                self.add(name, fault.message)

    @property
    def planned(self) -> dict[str, Any]:
        """The record's values as they would be."""
        return {**self.current, **self.changes}


@dataclass(frozen=True)
class Made:
    """What became of a row: its record, the version it has now, and the rows beside it that were made."""

    pk: int
    version: int
    beside: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Options:
    """What somebody chose beside the columns."""

    empties_clear: bool = False
    matches_names: bool = False


class SheetKind:
    """One import's hand on one kind of record."""

    code: ClassVar[str]
    model: ClassVar[Any]
    fields: ClassVar[tuple[Field, ...]]
    name_fields: ClassVar[tuple[str, ...]]
    can_match_names: ClassVar[bool] = False

    def __init__(self, by: User, at: datetime, options: Options | None = None) -> None:
        self.by, self.at, self.options = by, at, options or Options()
        self.lookups = Lookups(by)
        pairs = OwnReference.objects.filter(kind=self.code).order_by("pk").values_list("reference", "record")
        self.own_references = dict(pairs)
        self.reference_of = {record: reference for reference, record in pairs}

    @classmethod
    def by_name(cls) -> dict[str, Field]:
        return {each.name: each for each in cls.fields}

    # ── what each kind fills in ─────────────────────────────────────────────
    def current(self, pks: Sequence[int]) -> dict[int, dict[str, Any]]:
        """The values that stand, by record, in the same number of queries for any number of records."""
        raise NotImplementedError  # each kind reads its own tables

    def find(self, row: Planned) -> int | None:
        """The record that a row's keys mean; None where it is a new one. Raises `Unreadable` for a key that leads nowhere."""
        raise NotImplementedError  # each kind has its own keys

    def new_keys(self, row: Planned) -> list[tuple[str, str]]:
        """What no two rows of a file may both bring, as (field, value)."""
        raise NotImplementedError  # each kind has its own keys

    def check(self, rows: Sequence[Planned]) -> None:
        """Add every fault that the room's verbs would find. Nothing is written."""
        raise NotImplementedError  # each room has its own rules

    def create(self, values: dict[str, Any]) -> Made:
        raise NotImplementedError  # each room calls its own verb

    def change(self, pk: int, changes: dict[str, Any], planned: dict[str, Any]) -> Made:
        raise NotImplementedError  # each room calls its own verb

    def take_back_new(self, lines: Sequence[Any]) -> None:
        """Take away the records that an import made; nothing hangs on them. A record with a log stays, as withdrawn."""
        for start in range(0, len(lines), AT_ONCE):
            pks = [line.record for line in lines[start : start + AT_ONCE]]
            OwnReference.objects.filter(kind=self.code, record__in=pks).delete()
            self.model.objects.filter(pk__in=pks).delete()

    def take_back_change(self, line: Any, before: dict[str, Any]) -> None:
        raise NotImplementedError  # each room has its own way back

    # What hangs on a record that the import made, and is part of it.
    own_rows: ClassVar[frozenset[str]] = frozenset()

    # ── what they share ─────────────────────────────────────────────────────
    def find_own(self, row: Planned) -> int | None:
        return self.own_references.get(row.values.get(OWN_REFERENCE, ""))

    def must_exist(self, pk: int, known: Iterable[int], what: str) -> int:
        if pk not in known:
            raise Unreadable(_("There is no record with this number: %(what)s.") % {"what": what})
        return pk

    def name_of(self, values: Mapping[str, Any]) -> str:
        fields = self.by_name()
        parts = [fields[name].kind.show(values.get(name), self.lookups) for name in self.name_fields]
        return next((part for part in parts if part), "")[:200]

    def versions(self, pks: Sequence[int]) -> dict[int, tuple[int, str, datetime]]:
        """The version that stands of each record, who saved it and when."""
        found = {}
        for start in range(0, len(pks), AT_ONCE):
            rows = self.model.objects.filter(pk__in=pks[start : start + AT_ONCE]).order_by("pk")
            for pk, version, who, when in rows.values_list(
                "pk", "version", "changed_by__full_name", "changed_at"
            ):
                found[pk] = (version, who, when)
        return found

    def hanging(self, pks: Sequence[int], made: Mapping[str, set[int]]) -> dict[int, list[str]]:
        """What hangs on each record beside what the import itself made, in words."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for relation in relations_of(self.model):
            if relation.label in self.own_rows:
                continue
            ours = made.get(relation.label, set())
            for start in range(0, len(pks), AT_ONCE):
                rows = relation.rows(*pks[start : start + AT_ONCE])
                counts: defaultdict[int, int] = defaultdict(int)
                for row, target in rows.values_list("pk", f"{relation.field}_id"):
                    counts[target] += row not in ours
                name = relation.model._meta.verbose_name_plural
                for target, count in counts.items():
                    if count:
                        found[target].append(f"{count} {name}")
        return found

    def keep_reference(self, pk: int, reference: str) -> None:
        """Remember what this record is called in somebody's own administration; "" forgets it."""
        if not reference and pk not in self.reference_of:
            return
        OwnReference.objects.filter(kind=self.code, record=pk).delete()
        if reference:
            OwnReference.objects.create(kind=self.code, record=pk, reference=reference)

    def check_reference(self, row: Planned) -> None:
        reference = row.changes.get(OWN_REFERENCE)
        if not reference:
            return
        longest = OwnReference._meta.get_field("reference").max_length or 0
        if len(reference) > longest:
            message = _("At most %(longest)d characters; this has %(length)d.")
            row.add(OWN_REFERENCE, message % {"longest": longest, "length": len(reference)})
        elif self.own_references.get(reference, row.pk) != row.pk:
            row.add(OWN_REFERENCE, _("Another record has this reference."))


def frozen(value: Any) -> Any:
    """A value as JSON that `thawed` turns back into the same."""
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, tuple):
        return [frozen(part) for part in value]
    return value


def thawed(value: Any) -> Any:
    if isinstance(value, dict):
        return Decimal(value["number"]) if "number" in value else date.fromisoformat(value["day"])
    if isinstance(value, list):
        return tuple(thawed(part) for part in value)
    return value
