"""What keeps two records from being merged, and a merge from being undone; all of it at once."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.common.errors import Fault
from crm.common.moments import spoken_moment
from crm.common.months import amsterdam_day
from crm.contacts.models import Organisation, Person
from crm.desk.merging.fields import BOTH, DROP, KEEP
from crm.desk.merging.models import Merge
from crm.desk.merging.rows import links, relations_of, written
from crm.desk.merging.walk import model_of
from crm.targets.models import CountEvent


def merge_faults(
    keep: Any,
    drop: Any,
    chosen: Mapping[str, str],
    given: Mapping[str, str],
    versions: tuple[int | None, int | None],
    at: datetime,
) -> list[Fault]:
    faults = [
        fault
        for row, version in zip((keep, drop), versions, strict=True)
        for fault in [*_gone(row), *_stale(row, version, at)]
    ]
    unknown = set(given) - set(chosen)
    for name, choice in chosen.items():
        if choice not in (KEEP, DROP) and not (choice == BOTH and name == "note"):
            unknown.add(name)
    if unknown:
        message = _("No such choice: %(fields)s.") % {"fields": ", ".join(sorted(unknown))}
        faults.append(Fault("unknown_choice", message))
    if isinstance(keep, Organisation):
        faults += _group_faults(keep, drop, chosen.get("group", KEEP)) + _ledger_faults(keep, drop)
    return faults + _collisions(keep, drop)


def _gone(row: Any) -> list[Fault]:
    if row.merged_into_id is not None:
        values = {"dropped": row, "kept": row.merged_into}
        return [
            Fault("merged_already", _("%(dropped)s was merged into %(kept)s already.") % values),
        ]
    if isinstance(row, Person) and row.erased_at is not None:
        return [Fault("erased", _("An erased person is merged with nobody."))]
    return []


def _stale(row: Any, version: int | None, at: datetime) -> list[Fault]:
    if version is None or version == row.version:
        return []
    values = {
        "who": row.changed_by,
        "what": row,
        "when": spoken_moment(row.changed_at, amsterdam_day(at)),
    }
    message = _("%(who)s changed %(what)s %(when)s. Nothing was merged: look again.") % values
    return [Fault("stale", message, "version")]


def _group_faults(keep: Organisation, drop: Organisation, whose: str) -> list[Fault]:
    """Neither may stand above the other, nor above the group that is taken: a group would contain itself."""
    for start in (keep.group, drop.group if whose == DROP else None):
        seen: set[int] = set()
        above = start
        while above is not None and above.pk not in seen:
            if above.pk in (keep.pk, drop.pk):
                message = _("One of the two is part of the other's group: they are two companies.")
                return [Fault("one_is_the_group", message, "group")]
            seen.add(above.pk)
            above = above.group
    above = drop.group
    if above is not None and above.pk == keep.pk:
        message = _("One of the two is part of the other's group: they are two companies.")
        return [Fault("one_is_the_group", message, "group")]
    return []


def stands_in_ledger(organisation: Organisation) -> bool:
    return CountEvent.objects.filter(Q(organisation=organisation) | Q(group=organisation)).exists()


def _ledger_faults(keep: Organisation, drop: Organisation) -> list[Fault]:
    if not stands_in_ledger(drop) or stands_in_ledger(keep):
        return []
    message = _("%(drop)s stands in the count ledger and %(keep)s does not: keep %(drop)s instead.")
    return [Fault("ledger_keeps", message % {"drop": drop, "keep": keep})]


def _collisions(keep: Any, drop: Any) -> list[Fault]:
    faults = []
    for relation in relations_of(type(keep)):
        if relation.moves and not relation.is_link and relation.colliding(keep.pk, drop.pk):
            values = {"what": capfirst(relation.model._meta.verbose_name_plural)}
            message = _("%(what)s of both carry the same reference: change one of them first.") % values
            faults.append(Fault("collision", message))
    return faults


def undo_faults(merge: Merge) -> list[Fault]:
    """Everything that was written since the merge to the rows that it touched."""
    if merge.undone_at is not None:
        return [Fault("undone_already", _("This merge was undone already."))]
    later = _later_merges(merge)
    if later:
        return later
    return _changed_since(merge) + _added_or_gone_since(merge)


def _later_merges(merge: Merge) -> list[Fault]:
    name = model_of(merge)._meta.model_name
    both = (merge.kept.pk, merge.dropped.pk)
    later = (
        Merge.objects.filter(undone_at__isnull=True, pk__gt=merge.pk)
        .filter(Q(**{f"kept_{name}__in": both}) | Q(**{f"dropped_{name}__in": both}))
        .select_related("kept_organisation", "dropped_organisation", "kept_person", "dropped_person")
        .order_by("-pk")
    )
    message = _("%(dropped)s was merged into %(kept)s later: undo that first.")
    return [
        Fault("merged_later", message % {"dropped": other.dropped, "kept": other.kept}) for other in later
    ]


def _changed_since(merge: Merge) -> list[Fault]:
    expected: dict[tuple[str, int], dict[str, Any]] = {}
    for entry in merge.changed:
        expected.setdefault((entry["model"], entry["pk"]), {}).update(entry["after"])
    counts: Counter[str] = Counter()
    for label in sorted({label for label, _pk in expected}):
        wanted = [pk for other, pk in expected if other == label]
        rows = {row.pk: row for row in model_of(label)._base_manager.filter(pk__in=wanted)}
        for pk in wanted:
            after = expected[label, pk]
            if pk not in rows or written(rows[pk], after) != after:
                counts[label] += 1
    return [_fault("changed_since", label, count) for label, count in sorted(counts.items())]


def _added_or_gone_since(merge: Merge) -> list[Fault]:
    present = links(model_of(merge), (merge.kept.pk, merge.dropped.pk))
    faults = []
    for relation, pks in sorted(present.items()):
        label = relation.rpartition(".")[0]
        then = set(merge.linked.get(relation, []))
        for code, count in (
            ("added_since", len(set(pks) - then)),
            ("gone_since", len(then - set(pks))),
        ):
            if count:
                faults.append(_fault(code, label, count))
    return faults


def _fault(code: str, label: str, count: int) -> Fault:
    """Kinds and numbers, never names: a row may be about a lead that this person may not read."""
    what = str(capfirst(model_of(label)._meta.verbose_name))
    sentences = {
        "changed_since": ngettext(
            "%(what)s: %(count)d row was changed since the merge.",
            "%(what)s: %(count)d rows were changed since the merge.",
            count,
        ),
        "added_since": ngettext(
            "%(what)s: %(count)d row was added since the merge.",
            "%(what)s: %(count)d rows were added since the merge.",
            count,
        ),
        "gone_since": ngettext(
            "%(what)s: %(count)d row is no longer there.",
            "%(what)s: %(count)d rows are no longer there.",
            count,
        ),
    }
    return Fault(code, sentences[code] % {"what": what, "count": count})
