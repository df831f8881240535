"""Verbs on housing needs and matches."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.choices import LeadStatus, Stage
from crm.acquisition.models import Lead
from crm.acquisition.services import change_lead, move_stage, record_proposal
from crm.common.errors import Fault, RuleError, StaleError, refuse
from crm.common.locks import lock_row, lock_rows
from crm.common.months import amsterdam_day
from crm.common.validation import validated
from crm.contacts.models import Organisation
from crm.estate.choices import VacancyStatus
from crm.estate.models import Vacancy
from crm.estate.services import begin_tenancy, let_vacancy
from crm.matching.models import HousingNeed, Match, MatchStatus, NeedCriterion, NeedPart, NeedStatus

PROPOSABLE = frozenset(
    {VacancyStatus.SUBMITTED, VacancyStatus.QUESTION, VacancyStatus.PUBLISHED, VacancyStatus.UNPUBLISHED}
)
WAITING = frozenset({NeedStatus.OPEN, NeedStatus.OFFERED})
UNDECIDED = (MatchStatus.PROPOSED, MatchStatus.VIEWING, MatchStatus.VIEWED)


@transaction.atomic
def record_need(
    *,
    title: str,
    by: User,
    at: datetime,
    organisation: Organisation | None = None,
    lead: Lead | None = None,
    parts: Sequence[Mapping[str, Any]] = (),
    criteria: Sequence[Mapping[str, Any]] = (),
    **facts: Any,
) -> HousingNeed:
    """A company asks for space: `parts` as {space_type, area_from_m2, area_to_m2}, `criteria` as
    {criterion, strictness, weight, asked}."""
    need = HousingNeed(
        title=title.strip(),
        organisation=organisation,
        lead=lead,
        created_by=by,
        created_at=at,
        changed_by=by,
        changed_at=at,
        **facts,
    )
    if organisation is None and lead is None:
        raise RuleError(
            Fault("no_company", _("Say which organisation or lead asks for the space."), "organisation")
        )
    validated(need)
    need.save()
    for values in parts:
        part = NeedPart(need=need, **values)
        validated(part)
        part.save()
    for values in criteria:
        criterion = NeedCriterion(need=need, **values)
        validated(criterion)
        criterion.save()
    return need


@transaction.atomic
def change_need(
    *, need: HousingNeed, by: User, at: datetime, version: int | None = None, **facts: Any
) -> HousingNeed:
    need = lock_row(HousingNeed.objects.all(), need.pk)
    if version is not None and version != need.version:
        raise StaleError(
            Fault(
                "stale",
                _("%(name)s saved this in between. Nothing of yours was stored.") % {"name": need.changed_by},
            )
        )
    for field, value in facts.items():
        setattr(need, field, value)
    _stamp(need, by, at)
    return need


@transaction.atomic
def drop_need(*, need: HousingNeed, reason: str, by: User, at: datetime) -> HousingNeed:
    """Nobody looks for this space any more; open proposals end with it."""
    need = lock_row(HousingNeed.objects.all(), need.pk)
    refuse(
        fault
        for fault, broken in (
            (
                Fault(
                    "need_is_closed",
                    _("This need is already %(status)s.") % {"status": need.get_status_display()},
                ),
                need.status not in WAITING,
            ),
            (Fault("reason_missing", _("Say why the need is dropped."), "reason"), not reason.strip()),
        )
        if broken
    )
    for match in lock_rows(Match.objects.filter(need=need, status__in=UNDECIDED)):
        _decide(match, MatchStatus.DECLINED, reason.strip(), by, at)
    need.status, need.status_reason = NeedStatus.DROPPED, reason.strip()
    _stamp(need, by, at)
    return need


@transaction.atomic
def propose_match(*, need: HousingNeed, vacancy: Vacancy, on: date, by: User, at: datetime) -> Match:
    """Propose a space to a need; the lead behind the need gets the proposal in its log."""
    vacancy = lock_row(Vacancy.objects.all(), vacancy.pk)
    need = lock_row(HousingNeed.objects.all(), need.pk)
    faults = []
    if vacancy.status not in PROPOSABLE:
        faults.append(
            Fault(
                "vacancy_is_gone",
                _("This space is %(status)s.") % {"status": vacancy.get_status_display()},
                "vacancy",
            )
        )
    if need.status not in WAITING:
        faults.append(
            Fault(
                "need_is_closed",
                _("This need is already %(status)s.") % {"status": need.get_status_display()},
            )
        )
    if Match.objects.filter(need=need, vacancy=vacancy).exists():
        faults.append(Fault("proposed_before", _("This space was proposed to this need before."), "vacancy"))
    refuse(faults)
    match = Match(
        need=need, vacancy=vacancy, proposed_on=on, created_by=by, created_at=at, changed_by=by, changed_at=at
    )
    match.save()
    if need.status == NeedStatus.OPEN:
        need.status = NeedStatus.OFFERED
        _stamp(need, by, at)
    if need.lead is not None:
        record_proposal(
            lead=need.lead, reference=f"{need.reference} – {vacancy.reference}", on=on, by=by, at=at
        )
    return match


@transaction.atomic
def decline_match(*, match: Match, reason: str, by: User, at: datetime) -> Match:
    """The company does not want this space; the need is open again when nothing else is proposed."""
    need = lock_row(HousingNeed.objects.all(), match.need_id)
    match = lock_row(Match.objects.all(), match.pk)
    faults = _decided_before(match)
    if not reason.strip():
        faults.append(Fault("reason_missing", _("Say why the space was declined."), "reason"))
    refuse(faults)
    _decide(match, MatchStatus.DECLINED, reason.strip(), by, at)
    if need.status == NeedStatus.OFFERED and not need.matches.filter(status__in=UNDECIDED).exists():
        need.status = NeedStatus.OPEN
        _stamp(need, by, at)
    return match


@transaction.atomic
def accept_match(
    *,
    match: Match,
    on: date,
    by: User,
    at: datetime,
    area_m2: Decimal | None = None,
    lease_reference: str = "",
) -> Match:
    """The company takes the space: tenancy begins `on`, the need is housed, its lead is committed, other proposals for
    the space end. Locks vacancy, need and lead in that order; of two acceptances at once the second is told."""
    vacancy = lock_row(Vacancy.objects.all(), match.vacancy_id)
    need = lock_row(HousingNeed.objects.all(), match.need_id)
    lead = lock_row(Lead.objects.all(), need.lead_id) if need.lead_id else None
    match = lock_row(Match.objects.all(), match.pk)
    tenant = need.organisation or (lead.identity.organisation if lead else None)
    signed_on = min(on, amsterdam_day(at))
    faults = _decided_before(match)
    if vacancy.status not in PROPOSABLE:
        faults.append(
            Fault("let_to_another", _("This space is %(status)s.") % {"status": vacancy.get_status_display()})
        )
    if vacancy.unit is None:
        faults.append(Fault("unit_missing", _("Link the vacancy to its unit first."), "vacancy"))
    if tenant is None:
        faults.append(
            Fault(
                "organisation_missing",
                _("Say which organisation stands behind the lead first."),
                "organisation",
            )
        )
    refuse(faults)
    assert vacancy.unit is not None  # noqa: S101 narrowed by refuse above
    assert tenant is not None  # noqa: S101 narrowed by refuse above
    tenancy = begin_tenancy(
        unit=vacancy.unit,
        tenant=tenant,
        area_m2=area_m2 or vacancy.area_m2,
        valid_from=on,
        by=by,
        at=at,
        rent_per_m2_year=vacancy.rent_per_m2_year,
    )
    _decide(match, MatchStatus.ACCEPTED, "", by, at)
    need.status, need.tenancy = NeedStatus.HOUSED, tenancy
    _stamp(need, by, at)
    let_vacancy(vacancy=vacancy, on=on, by=by, at=at)
    for other in lock_rows(Match.objects.filter(vacancy=vacancy, status__in=UNDECIDED)):
        _decide(other, MatchStatus.LET_ELSEWHERE, _("Let to another"), by, at)
    if lead is not None and lead.status == LeadStatus.OPEN and lead.stage != Stage.COMMITTED:
        if lead.confirmation_on is None:
            lease = {
                "confirmation_on": signed_on,
                "confirmation_reference": lease_reference or f"{need.reference} – {vacancy.reference}",
            }
            lead = change_lead(lead=lead, by=by, at=at, version=lead.version, **lease)
        move_stage(lead=lead, to_stage=Stage.COMMITTED, on=signed_on, by=by, at=at)
    return match


def _decided_before(match: Match) -> list[Fault]:
    if match.decided_at is None:
        return []
    return [
        Fault(
            "decided_before",
            _("%(name)s already set this match to %(status)s.")
            % {"name": match.decided_by, "status": match.get_status_display()},
        )
    ]


def _decide(match: Match, status: str, reason: str, by: User, at: datetime) -> None:
    match.status, match.reason, match.decided_by, match.decided_at = status, reason, by, at
    _stamp(match, by, at)


def _stamp(row: Any, by: User, at: datetime) -> None:
    row.changed_by, row.changed_at, row.version = by, at, row.version + 1
    validated(row)
    row.save()
