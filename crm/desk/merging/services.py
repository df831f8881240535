"""Verbs on duplicates: merge two records, undo that, or say that they are two.

Nothing of the count ledger changes. Its rows keep naming the company they were written for, which therefore stays in its
table, marked `merged_into`. A company that stands in the ledger is not merged into one that does not: what happens to it
later must find its own arrival.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.common.errors import Fault, RuleError, refuse
from crm.common.locks import lock_row, lock_rows
from crm.contacts.models import Organisation, Person
from crm.desk.merging.checks import merge_faults, undo_faults
from crm.desk.merging.fields import field_choices
from crm.desk.merging.models import Merge, NotTheSame
from crm.desk.merging.moving import Moving
from crm.desk.merging.rows import links, read
from crm.desk.merging.walk import model_of


@transaction.atomic
def merge_organisations(
    *,
    keep: Organisation,
    drop: Organisation,
    choices: Mapping[str, str],
    by: User,
    at: datetime,
    keep_version: int | None = None,
    drop_version: int | None = None,
) -> Merge:
    """Move everything of `drop` to `keep` and mark it as merged; figures of the ledger stay what they are.

    `choices` says per field whose value stands (`keep`, `drop`, for a note also `both`); a field left out takes the
    default. The present KvK number that was not chosen ends on the day of the merge. Raises `RuleError` with every fault.
    """
    return _merge(Organisation, keep.pk, drop.pk, choices, by, at, (keep_version, drop_version))


@transaction.atomic
def merge_people(
    *,
    keep: Person,
    drop: Person,
    choices: Mapping[str, str],
    by: User,
    at: datetime,
    keep_version: int | None = None,
    drop_version: int | None = None,
) -> Merge:
    """As `merge_organisations`, for two people."""
    return _merge(Person, keep.pk, drop.pk, choices, by, at, (keep_version, drop_version))


def _merge(
    model: Any,
    keep_pk: int,
    drop_pk: int,
    choices: Mapping[str, str],
    by: User,
    at: datetime,
    versions: tuple[int | None, int | None],
) -> Merge:
    rows = {row.pk: row for row in lock_rows(model.objects.filter(pk__in={keep_pk, drop_pk}))}
    keep, drop = rows.get(keep_pk), rows.get(drop_pk)
    if keep is None or drop is None or keep_pk == drop_pk:
        raise RuleError(Fault("not_two", _("A merge is of two different records.")))
    chosen = {choice.name: choices.get(choice.name, choice.default) for choice in field_choices(keep, drop)}
    refuse(merge_faults(keep, drop, chosen, choices, versions, at))
    moving = Moving(keep=keep, drop=drop, by=by, at=at)
    moving.take_fields(chosen)
    moving.move_relations(chosen)
    moving.mark_dropped()
    name = model._meta.model_name
    return Merge.objects.create(
        **{f"kept_{name}": keep, f"dropped_{name}": drop},
        choices=chosen,
        changed=moving.changed,
        removed=moving.removed,
        linked=links(model, (keep_pk, drop_pk)),
        merged_by=by,
        merged_at=at,
    )


@transaction.atomic
def undo_merge(*, merge: Merge, by: User, at: datetime) -> Merge:
    """Put every row back as it was before the merge.

    Raises `RuleError` with all that stands in the way: rows that somebody changed, added or removed since.
    """
    model = model_of(merge)
    list(lock_rows(model.objects.filter(pk__in={merge.kept.pk, merge.dropped.pk})))
    fresh = lock_row(Merge.objects.all(), merge.pk)
    refuse(undo_faults(fresh))
    try:
        with transaction.atomic():
            _put_back(fresh)
    except IntegrityError as error:
        message = _("Something recorded since then uses what this merge set free, such as a KvK number.")
        raise RuleError(Fault("taken_since", message)) from error
    fresh.undone_by, fresh.undone_at = by, at
    fresh.save(update_fields=["undone_by", "undone_at"])
    return fresh


def _put_back(merge: Merge) -> None:
    for entry in reversed(merge.changed):
        model = model_of(entry["model"])
        model._base_manager.filter(pk=entry["pk"]).update(**read(model, entry["before"]))
    for entry in merge.removed:
        model = model_of(entry["model"])
        model(**read(model, entry["row"])).save(force_insert=True)


@transaction.atomic
def say_not_the_same(*, first: Any, second: Any, by: User, at: datetime) -> NotTheSame:
    """Remember that two likely duplicates are two; said again it changes nothing."""
    model, name = type(first), type(first)._meta.model_name
    pks = sorted({first.pk, second.pk})
    rows = lock_rows(model.objects.filter(pk__in=pks))
    if len(rows) != 2 or type(second) is not model:
        raise RuleError(Fault("not_two", _("Only two different records can be told apart.")))
    said, _is_new = NotTheSame.objects.get_or_create(
        **{f"first_{name}": rows[0], f"second_{name}": rows[1]}, defaults={"said_by": by, "said_at": at}
    )
    return said
