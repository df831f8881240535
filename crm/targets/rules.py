"""What may be written in the ledger: every reason against an event, before a row of it exists.

Facts that the ledger does not hold (the size of a group, its R&D staff) are for the people who record and confirm.
"""

from datetime import date, datetime

from django.conf import settings
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from crm.common.errors import Fault
from crm.common.months import AMSTERDAM, add_months, amsterdam_day
from crm.common.validation import field_faults
from crm.targets.choices import Category, EventKind
from crm.targets.models import CountEvent, Evidence

CLASSIFYING = frozenset({EventKind.ARRIVAL, EventKind.RECLASSIFICATION})
LEAVING = frozenset({EventKind.DEPARTURE, EventKind.CLOSURE})
STARTUP_AGE_MONTHS = 5 * 12
EVIDENCE_FIELDS = {"reference": "evidence"}


def event_faults(event: CountEvent, proof: Evidence) -> list[Fault]:
    """What is wrong with an event by itself, whoever records it and by whatever door."""
    return [
        *field_faults(event),
        *_proof_faults(proof),
        *_category_faults(event),
        *_day_faults(event),
        *_reversal_faults(event),
        *_confirmation_faults(event),
    ]


def _proof_faults(proof: Evidence) -> list[Fault]:
    return [
        Fault(fault.code, fault.message, EVIDENCE_FIELDS.get(fault.field, fault.field))
        for fault in field_faults(proof)
    ]


def _category_faults(event: CountEvent) -> list[Fault]:
    faults = []
    if event.kind in CLASSIFYING:
        if not event.category:
            message = _("Give the category: an arrival or a reclassification has one.")
            faults.append(Fault("category_missing", message, "category"))
        if event.is_knowledge_intensive is None:
            message = _("Give the outcome of the profile test: yes or no.")
            faults.append(Fault("outcome_missing", message, "is_knowledge_intensive"))
    else:
        if event.category:
            message = _("Only an arrival or a reclassification has a category: leave it empty.")
            faults.append(Fault("category_not_asked", message, "category"))
        if event.is_knowledge_intensive is not None:
            message = _(
                "Only an arrival or a reclassification has an outcome of the profile test: leave it empty."
            )
            faults.append(Fault("outcome_not_asked", message, "is_knowledge_intensive"))
    if event.spin_off_origin and event.category != Category.STARTUP:
        message = _("A spin-off is a startup: give the category startup, or leave the origin empty.")
        faults.append(Fault("spin_off_is_a_startup", message, "spin_off_origin"))
    return faults


def _day_faults(event: CountEvent) -> list[Fault]:
    recorded_on = amsterdam_day(event.recorded_at)
    if event.occurred_on <= recorded_on:
        return []
    message = _("It happened no later than the day it is recorded (%(day)s).") % {
        "day": recorded_on.isoformat()
    }
    return [Fault("in_the_future", message, "occurred_on")]


def _reversal_faults(event: CountEvent) -> list[Fault]:
    original = event.reverses
    if event.kind != EventKind.REVERSAL:
        if original is None:
            return []
        return [Fault("reverses_not_asked", _("Only a reversal takes an event back."), "reverses")]
    if original is None:
        return [Fault("reverses_missing", _("Say which event it takes back."), "reverses")]
    faults = []
    if original.kind == EventKind.REVERSAL:
        message = _("A reversal is not taken back: record the event anew.")
        faults.append(Fault("reversal_of_a_reversal", message, "reverses"))
    if original.organisation_id != event.organisation_id:
        message = _("The event it takes back is another organisation's.")
        faults.append(Fault("other_organisation", message, "reverses"))
    earlier = CountEvent.objects.filter(reverses=original).select_related("recorded_by").first()
    if earlier is not None:
        message = _("%(who)s took this event back on %(when)s: once is enough.")
        values = {"who": earlier.recorded_by, "when": day_text(amsterdam_day(earlier.recorded_at))}
        faults.append(Fault("reversed_already", message % values, "reverses"))
    return faults


def _confirmation_faults(event: CountEvent) -> list[Fault]:
    if event.confirmed_by is None and event.confirmed_at is None:
        return []
    if event.confirmed_by is None:
        return [Fault("confirmer_missing", _("Say who confirmed it."), "confirmed_by")]
    if event.confirmed_at is None:
        return [Fault("confirmation_undated", _("Say when it was confirmed."), "confirmed_at")]
    faults = four_eyes_faults(event, event.confirmed_by)
    if event.confirmed_at < event.recorded_at:
        faults.append(
            Fault(
                "confirmed_too_early", _("It is confirmed after it is recorded, not before."), "confirmed_at"
            )
        )
    return faults


def four_eyes_faults(event: CountEvent, by: User) -> list[Fault]:
    """Who recorded an event does not confirm it, unless `CRM_FOUR_EYES` is off."""
    if not settings.CRM_FOUR_EYES or event.recorded_by_id != by.pk:
        return []
    message = _("%(who)s recorded this event; somebody else must confirm it.") % {"who": by}
    return [Fault("four_eyes", message, "confirmed_by")]


def form_faults(event: CountEvent) -> list[Fault]:
    """What is asked beyond that of whoever records an event today; history is taken as it was written down."""
    faults = []
    if event.kind == EventKind.ARRIVAL:
        if not event.evidence_kind:
            faults.append(Fault("evidence_missing", _("Say what proves the arrival."), "evidence_kind"))
        if event.category == Category.STARTUP and event.is_knowledge_intensive is False:
            message = _(
                "A startup has passed the profile test: record a company that has not as another company."
            )
            faults.append(Fault("startup_failed_profile", message, "is_knowledge_intensive"))
        faults += _double_faults(event)
    if event.unit is not None and event.unit.building.area_id != event.area_id:
        faults.append(Fault("unit_elsewhere", _("The unit lies in another area."), "unit"))
    return faults


def _double_faults(event: CountEvent) -> list[Fault]:
    twin = (
        CountEvent.objects.not_taken_back(event.recorded_at)
        .filter(
            kind=EventKind.ARRIVAL,
            organisation=event.organisation_id,
            area=event.area_id,
            occurred_on=event.occurred_on,
        )
        .select_related("recorded_by")
        .first()
    )
    if twin is None:
        return []
    message = _("%(who)s recorded this arrival already, on %(when)s.")
    values = {"who": twin.recorded_by, "when": moment_text(twin.recorded_at)}
    return [Fault("arrival_recorded_already", message % values, "organisation")]


def history_faults(event: CountEvent, known_at: datetime, *, is_imported: bool = False) -> list[Fault]:
    """What the rest of the ledger, as known at the moment, says against an event.

    Of imported history it is asked once the whole of it is there, for a file need not tell it in order; what was taken
    back since is not asked again.
    """
    if event.pk and not CountEvent.objects.not_taken_back(known_at).filter(pk=event.pk).exists():
        return []
    if event.kind == EventKind.MOVE_WITHIN_PARK:
        return _move_faults(event, known_at, is_imported=is_imported)
    if event.kind == EventKind.ARRIVAL and event.category == Category.STARTUP:
        return _age_faults(event, known_at)
    return []


def _move_faults(event: CountEvent, known_at: datetime, *, is_imported: bool) -> list[Fault]:
    """A move needs a company inside the park.

    Of a company that was here before the ledger began nothing may be known: it counts as inside until a standing
    departure or closure says otherwise. Where the last that is known of it lies in an area that does not count (outside
    the park), the form asks for an arrival; history keeps the word that was used then.
    """
    day = event.occurred_on
    trail = (
        CountEvent.objects.not_taken_back(known_at)
        .filter(organisation=event.organisation_id, occurred_on__lte=day)
        .filter(
            Q(kind__in=[EventKind.ARRIVAL, EventKind.MOVE_WITHIN_PARK])
            | Q(kind__in=LEAVING, confirmed_at__lte=known_at)
        )
        .exclude(pk=event.pk)
        .select_related("area")
    )
    # Of one day, being here is taken as later than leaving: who left that evening may have moved that morning.
    last = max(
        trail,
        key=lambda other: (other.occurred_on, other.kind not in LEAVING, other.recorded_at),
        default=None,
    )
    if last is None:
        return []
    if last.kind in LEAVING:
        message = _("The company left the park on %(day)s: from outside it is an arrival, not a move.")
        return [Fault("move_from_outside", message % {"day": day_text(last.occurred_on)}, "kind")]
    counts_from = last.area.counts_from
    if not is_imported and (counts_from is None or counts_from > day):
        message = _(
            "The company was last in %(area)s, outside the park: from there it is an arrival, not a move."
        )
        return [Fault("move_from_outside", message % {"area": last.area}, "kind")]
    return []


def _age_faults(event: CountEvent, known_at: datetime) -> list[Fault]:
    """A startup was founded at most five years before it arrived; a return is not asked, for it adds nothing."""
    founded_on, day = event.organisation.founded_on, event.occurred_on
    if founded_on is None or day <= add_months(founded_on, STARTUP_AGE_MONTHS):
        return []
    arrivals = CountEvent.objects.not_taken_back(known_at).filter(kind=EventKind.ARRIVAL)
    if arrivals.filter(organisation=event.organisation_id, occurred_on__lt=day).exists():
        return []
    message = _("A startup arrives within five years of its founding, and this one was founded on %(day)s.")
    return [Fault("startup_too_old", message % {"day": day_text(founded_on)}, "category")]


def day_text(day: date) -> str:
    """A day in the reader's language."""
    return date_format(day, "j F Y")


def moment_text(moment: datetime) -> str:
    """A moment in Amsterdam, in the reader's language."""
    local = moment.astimezone(AMSTERDAM)
    return f"{day_text(local.date())} {local:%H:%M}"
