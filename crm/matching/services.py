"""Verbs on housing needs and matches.

Whoever needs several rows locks them in this order: vacancy, needs, lead, matches. The needs and the matches of a space
are locked together, in the order of their keys, so that two acceptances never wait for each other in a circle.
"""

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
from crm.acquisition.services.logbook import last_standing
from crm.common.errors import Fault, RuleError, StaleError, refuse
from crm.common.locks import lock_row, lock_rows
from crm.common.months import amsterdam_day
from crm.common.validation import text_faults, validated
from crm.contacts.models import Organisation
from crm.estate.choices import VacancyStatus
from crm.estate.models import Area, Tenancy, Vacancy
from crm.estate.services import begin_tenancy, let_vacancy
from crm.matching.models import HousingNeed, Match, MatchStatus, NeedCriterion, NeedPart, NeedStatus
from crm.matching.need_rules import criterion_faults, need_faults, part_faults, stored_criterion
from crm.matching.querysets import MatchQuerySet

PROPOSABLE = frozenset(
    {VacancyStatus.SUBMITTED, VacancyStatus.QUESTION, VacancyStatus.PUBLISHED, VacancyStatus.UNPUBLISHED}
)
WAITING = frozenset({NeedStatus.OPEN, NeedStatus.OFFERED})
LONGEST_REASON = 200
NEED_FACTS = frozenset(
    {
        "title",
        "organisation",
        "lead",
        "from_on",
        "latest_on",
        "term_months",
        "rent_per_m2_year",
        "total_per_month",
        "fte_now",
        "fte_in_12_months",
        "fte_in_24_months",
        "fte_in_36_months",
        "contact",
        "source",
        "owner",
    }
)


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
    {criterion, strictness, weight, asked}, `asked` of the kind that the criterion compares. Raises `RuleError` with
    every fault at once, of the need, its parts (`parts[0].…`) and its criteria (`criteria[0].…`)."""
    need = HousingNeed(created_by=by, created_at=at, changed_by=by, changed_at=at)
    _set(need, {"title": title, "organisation": organisation, "lead": lead, **facts})
    spaces = [NeedPart(**values) for values in parts]
    wishes = [stored_criterion(values) for values in criteria]
    area_codes = frozenset(Area.objects.values_list("code", flat=True))
    refuse([*need_faults(need), *part_faults(spaces), *criterion_faults(wishes, area_codes)])
    need.save()
    rows: list[NeedPart | NeedCriterion] = [*spaces, *wishes]
    for row in rows:
        row.need = need
        row.save()
    return need


@transaction.atomic
def change_need(
    *, need: HousingNeed, by: User, at: datetime, version: int | None = None, **facts: Any
) -> HousingNeed:
    """Change what is known of a need (`NEED_FACTS`); its status follows from proposals alone. Raises `StaleError` when
    somebody saved since `version` was read."""
    need = lock_row(HousingNeed.objects.all(), need.pk)
    if version is not None and version != need.version:
        raise StaleError(
            Fault(
                "stale",
                _("%(name)s saved this in between. Nothing of yours was stored.") % {"name": need.changed_by},
            )
        )
    _set(need, facts)
    refuse(need_faults(need))
    _stamp(need, by, at)
    return need


@transaction.atomic
def drop_need(*, need: HousingNeed, reason: str, by: User, at: datetime) -> HousingNeed:
    """Nobody looks for this space any more; open proposals end with it."""
    need = lock_row(HousingNeed.objects.all(), need.pk)
    reason = reason.strip()
    refuse([*_closed_need(need), *_reason_faults(reason, _("Say why the need is dropped."))])
    _end_proposals(Match.objects.filter(need=need), MatchStatus.DECLINED, reason, by, at)
    need.status, need.status_reason = NeedStatus.DROPPED, reason
    _stamp(need, by, at)
    return need


@transaction.atomic
def propose_match(*, need: HousingNeed, vacancy: Vacancy, on: date, by: User, at: datetime) -> Match:
    """Propose a space to a need, no later than today; the lead behind the need gets the proposal in its log."""
    vacancy = lock_row(Vacancy.objects.all(), vacancy.pk)
    need = lock_row(HousingNeed.objects.all(), need.pk)
    faults = [*_gone_vacancy(vacancy), *_closed_need(need)]
    if Match.objects.filter(need=need, vacancy=vacancy).exists():
        faults.append(Fault("proposed_before", _("This space was proposed to this need before."), "vacancy"))
    today = amsterdam_day(at)
    if on > today:
        message = _("This day is still to come: it happened no later than %(day)s.")
        faults.append(Fault("in_the_future", message % {"day": today.isoformat()}, "proposed_on"))
    refuse(faults)
    match = Match(
        need=need, vacancy=vacancy, proposed_on=on, created_by=by, created_at=at, changed_by=by, changed_at=at
    )
    match.save()
    if need.status == NeedStatus.OPEN:
        need.status = NeedStatus.OFFERED
        _stamp(need, by, at)
    if need.lead is not None:
        record_proposal(lead=need.lead, reference=_proposal(need, vacancy), on=on, by=by, at=at)
    return match


@transaction.atomic
def decline_match(*, match: Match, reason: str, by: User, at: datetime) -> Match:
    """The company does not want this space; the need is open again when nothing else is proposed."""
    need = lock_row(HousingNeed.objects.all(), match.need_id)
    match = lock_row(Match.objects.all(), match.pk)
    reason = reason.strip()
    refuse([*_decided_before(match), *_reason_faults(reason, _("Say why the space was declined."))])
    _decide(match, MatchStatus.DECLINED, reason, by, at)
    _reopen_unless_offered(need, by, at)
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
    """The company takes the space: a tenancy begins `on`, the need is housed, its lead committed, the space let.

    Other proposals of the space end as let to another, and a need that has none left is open again; the need's own
    other proposals end as declined. `area_m2`: the whole space where it is not given. Of two acceptances at once the
    second is told who was first. Raises `RuleError` with all that is missing, and then nothing was written.
    """
    vacancy = lock_row(Vacancy.objects.all(), match.vacancy_id)
    proposed = Match.objects.filter(vacancy=vacancy)
    needs = {row.pk: row for row in lock_rows(HousingNeed.objects.filter(pk__in=proposed.values("need")))}
    need = needs[match.need_id]
    lead = lock_row(Lead.objects.all(), need.lead_id) if need.lead_id else None
    match = lock_row(Match.objects.all(), match.pk)
    refuse([*_decided_before(match), *_closed_need(need), *_gone_vacancy(vacancy)])
    match.lease_reference = lease_reference.strip()
    tenant = need.organisation or (lead.identity.organisation if lead else None)
    taken = vacancy.area_m2 if area_m2 is None else area_m2
    # Both are tried before anything is refused, so that all that is missing is named at once; a refusal undoes both.
    faults: list[Fault] = []
    try:
        need.tenancy = _begin_tenancy(vacancy, tenant, taken, on=on, by=by, at=at)
    except RuleError as error:
        faults += error.faults
    if lead is not None:
        try:
            _commit_lead(lead, match, _proposal(need, vacancy), on=on, by=by, at=at)
        except RuleError as error:
            faults += error.faults
    refuse(faults)
    _decide(match, MatchStatus.ACCEPTED, "", by, at)
    need.status = NeedStatus.HOUSED
    _stamp(need, by, at)
    let_vacancy(vacancy=vacancy, on=on, by=by, at=at)
    _end_proposals(proposed, MatchStatus.LET_ELSEWHERE, "", by, at)
    took_another = _("Took %(space)s instead.") % {"space": vacancy.reference}
    _end_proposals(Match.objects.filter(need=need), MatchStatus.DECLINED, took_another, by, at)
    for other in needs.values():
        _reopen_unless_offered(other, by, at)
    return match


def _begin_tenancy(
    vacancy: Vacancy, tenant: Organisation | None, area_m2: Decimal, *, on: date, by: User, at: datetime
) -> Tenancy:
    faults = []
    if area_m2 <= 0:
        faults.append(Fault("not_above_zero", _("%(value)s is not above 0") % {"value": area_m2}, "area_m2"))
    if vacancy.unit is None:
        faults.append(Fault("unit_missing", _("Link the vacancy to its unit first."), "vacancy"))
    if tenant is None:
        message = _("Say which organisation stands behind the lead first.")
        faults.append(Fault("organisation_missing", message, "organisation"))
    if faults or vacancy.unit is None or tenant is None:
        raise RuleError(faults)
    return begin_tenancy(
        unit=vacancy.unit,
        tenant=tenant,
        area_m2=area_m2,
        valid_from=on,
        by=by,
        at=at,
        rent_per_m2_year=vacancy.rent_per_m2_year,
    )


def _commit_lead(lead: Lead, match: Match, proposal: str, *, on: date, by: User, at: datetime) -> None:
    """Move the locked lead to `committed`, its confirmation filled in where it has none.

    A company on the park that rents more stays where it stands. What was signed is known no later than today; the move
    is not before what the log already tells.
    """
    if lead.status == LeadStatus.ESTABLISHED:
        return
    if lead.status != LeadStatus.OPEN:
        message = _("The lead is not open (status: %(status)s): reopen it first.")
        raise RuleError(Fault("lead_is_not_open", message % {"status": lead.get_status_display()}))
    if lead.stage == Stage.COMMITTED:
        return
    signed_on = lead.confirmation_on or min(on, amsterdam_day(at))
    confirmation = {
        "confirmation_on": signed_on,
        "confirmation_reference": lead.confirmation_reference or match.lease_reference or proposal,
    }
    lead = change_lead(lead=lead, by=by, at=at, version=lead.version, **confirmation)
    last = last_standing(lead)
    days = [signed_on, match.proposed_on, *([last.occurred_on] if last else [])]
    move_stage(lead=lead, to_stage=Stage.COMMITTED, on=max(days), by=by, at=at)


def _set(need: HousingNeed, facts: Mapping[str, Any]) -> None:
    unknown = facts.keys() - NEED_FACTS
    if unknown:
        raise TypeError(f"a need has no such facts: {', '.join(sorted(unknown))}")
    for name, value in facts.items():
        setattr(need, name, value.strip() if isinstance(value, str) else value)


def _proposal(need: HousingNeed, vacancy: Vacancy) -> str:
    return f"{need.reference} – {vacancy.reference}"


def _closed_need(need: HousingNeed) -> list[Fault]:
    if need.status in WAITING:
        return []
    message = _("This need is already %(status)s.") % {"status": need.get_status_display()}
    return [Fault("need_is_closed", message)]


def _gone_vacancy(vacancy: Vacancy) -> list[Fault]:
    if vacancy.status in PROPOSABLE:
        return []
    message = _("This space is %(status)s.") % {"status": vacancy.get_status_display()}
    return [Fault("vacancy_is_gone", message, "vacancy")]


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


def _reason_faults(reason: str, when_missing: str) -> list[Fault]:
    if not reason:
        return [Fault("reason_missing", when_missing, "reason")]
    faults = text_faults(reason, "reason")
    if len(reason) > LONGEST_REASON:
        message = _("the text is longer than %(longest)d characters") % {"longest": LONGEST_REASON}
        faults.append(Fault("too_long", message, "reason"))
    return faults


def _end_proposals(matches: MatchQuerySet, status: str, reason: str, by: User, at: datetime) -> None:
    for match in lock_rows(matches.undecided()):
        _decide(match, status, reason, by, at)


def _reopen_unless_offered(need: HousingNeed, by: User, at: datetime) -> None:
    """A need to which nothing is proposed any more looks for space again."""
    if need.status == NeedStatus.OFFERED and not Match.objects.filter(need=need).undecided().exists():
        need.status = NeedStatus.OPEN
        _stamp(need, by, at)


def _decide(match: Match, status: str, reason: str, by: User, at: datetime) -> None:
    match.status, match.reason, match.decided_by, match.decided_at = status, reason, by, at
    _stamp(match, by, at)


def _stamp(row: HousingNeed | Match, by: User, at: datetime) -> None:
    row.changed_by, row.changed_at, row.version = by, at, row.version + 1
    validated(row)
    row.save()
