"""Verbs on places: areas, buildings, units, owners' shares and tenancies."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.common.errors import Fault, RuleError, StaleError, refuse
from crm.common.locks import lock_row
from crm.common.months import amsterdam_day
from crm.common.validation import validated
from crm.contacts.models import Organisation
from crm.estate.models import Area, Building, Ownership, Tenancy, Unit

WHOLE = Decimal(100)
Place = TypeVar("Place", Building, Unit, Tenancy)


@transaction.atomic
def set_counts_from(
    *, area: Area, counts_from: date | None, by: User, at: datetime, imported: bool = False
) -> Area:
    """From which day what happens in the area counts; None: toward no target.

    Only the future can be set: another date in the past would change figures that were read and reported, and the same
    pair of days must give the same answer for ever. Imported history, which comes before any report, may.
    """
    area = lock_row(Area.objects.all(), area.pk)
    today = amsterdam_day(at)
    if counts_from != area.counts_from and not imported:
        began = area.counts_from is not None and area.counts_from <= today
        early = counts_from is not None and counts_from < today
        refuse(
            Fault(code, message, "counts_from")
            for code, message, is_broken in (
                (
                    "began_to_count",
                    _("This area counts already since %(day)s: that stays, for it was reported."),
                    began,
                ),
                (
                    "counts_in_the_past",
                    _("Choose today (%(today)s) or a later day: the past was reported already."),
                    early,
                ),
            )
            if is_broken
            for message in [message % {"day": area.counts_from, "today": today}]
        )
    area.counts_from = counts_from
    area.save(update_fields=["counts_from"])
    return area


@transaction.atomic
def record_building(*, name: str, area: Area, by: User, at: datetime, **facts: Any) -> Building:
    building = Building(
        name=name.strip(), area=area, created_by=by, created_at=at, changed_by=by, changed_at=at, **facts
    )
    validated(building)
    building.save()
    return building


@transaction.atomic
def change_building(
    *, building: Building, by: User, at: datetime, version: int | None = None, **facts: Any
) -> Building:
    return change_place(building, by, at, version, facts)


@transaction.atomic
def record_unit(
    *, building: Building, name: str, space_type: str, area_m2: Decimal, by: User, at: datetime, **facts: Any
) -> Unit:
    unit = Unit(
        building=building,
        name=name.strip(),
        space_type=space_type,
        area_m2=area_m2,
        created_by=by,
        created_at=at,
        changed_by=by,
        changed_at=at,
        **facts,
    )
    validated(unit)
    unit.save()
    return unit


@transaction.atomic
def change_unit(*, unit: Unit, by: User, at: datetime, version: int | None = None, **facts: Any) -> Unit:
    return change_place(unit, by, at, version, facts)


@transaction.atomic
def change_tenancy(
    *, tenancy: Tenancy, by: User, at: datetime, version: int | None = None, **facts: Any
) -> Tenancy:
    return change_place(tenancy, by, at, version, facts)


def change_place(row: Place, by: User, at: datetime, version: int | None, facts: dict[str, Any]) -> Place:
    """Change fields of a locked row; refused when somebody saved in between."""
    row = lock_row(type(row)._default_manager.all(), row.pk)
    if version is not None and row.version != version:
        raise StaleError(
            Fault(
                "stale",
                _(
                    "%(name)s saved this in between, at %(moment)s. Nothing of yours was stored; look at what changed."
                )
                % {"name": row.changed_by, "moment": f"{row.changed_at:%Y-%m-%d %H:%M}"},
            )
        )
    for field, value in facts.items():
        setattr(row, field, value)
    row.changed_by, row.changed_at, row.version = by, at, row.version + 1
    validated(row)
    row.save()
    return row


@transaction.atomic
def record_ownership(
    *,
    building: Building,
    owner: Organisation,
    share: Decimal,
    valid_from: date,
    by: User,
    at: datetime,
    valid_until: date | None = None,
) -> Ownership:
    """An owner's share in per cent; the shares that stand on one day never exceed 100 %."""
    lock_row(Building.objects.all(), building.pk)
    ownership = Ownership(
        building=building, owner=owner, share=share, valid_from=valid_from, valid_until=valid_until
    )
    validated(ownership)
    others = Ownership.objects.filter(building=building).on(valid_from)
    total = others.aggregate(total=models.Sum("share"))["total"] or Decimal(0)
    if total + share > WHOLE:
        raise RuleError(
            Fault(
                "shares_over_100",
                _("Together the owners would hold %(total)s %%.") % {"total": total + share},
                "share",
            )
        )
    ownership.save()
    return ownership


@transaction.atomic
def begin_tenancy(
    *,
    unit: Unit,
    tenant: Organisation,
    area_m2: Decimal,
    valid_from: date,
    by: User,
    at: datetime,
    **facts: Any,
) -> Tenancy:
    """A company rents (a part of) a unit; the parts let on one day never exceed the unit."""
    unit = lock_row(Unit.objects.all(), unit.pk)
    tenancy = Tenancy(
        unit=unit,
        tenant=tenant,
        area_m2=area_m2,
        valid_from=valid_from,
        created_by=by,
        created_at=at,
        changed_by=by,
        changed_at=at,
        **facts,
    )
    validated(tenancy)
    let = (
        Tenancy.objects.filter(unit=unit)
        .current_on(valid_from)
        .aggregate(total=models.Sum("area_m2"))["total"]
    )
    if (let or Decimal(0)) + area_m2 > unit.area_m2:
        raise RuleError(
            Fault(
                "unit_is_full",
                _("Of the %(area)s m² of this unit %(let)s m² are let on that day.")
                % {"area": unit.area_m2, "let": let or 0},
                "area_m2",
            )
        )
    tenancy.save()
    return tenancy


@transaction.atomic
def end_tenancy(*, tenancy: Tenancy, valid_until: date, by: User, at: datetime) -> Tenancy:
    return change_place(tenancy, by, at, None, {"valid_until": valid_until})
