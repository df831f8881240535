"""The norms by which the desk judges: what each is about, in which unit, between which bounds. Pure.

What a norm is on a day stands in the log (`reading.norms_on`); functions that judge are given the `Norms` of that day, so
that a judgement of last year is explained by the norms of last year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

MONTHS = 24
YEARS = 1830  # days: five years, and a few


class Group(StrEnum):
    STAGE = "stage"
    SILENCE = "silence"
    ANSWERS = "answers"
    CONTACT = "contact"
    WEIGHT = "weight"


class Unit(StrEnum):
    DAYS = "days"
    WORKDAYS = "workdays"
    MONTHS = "months"
    POINTS = "points"


GROUP_NAMES: Mapping[Group, Promise] = {
    Group.STAGE: _("Days in a stage"),
    Group.SILENCE: _("Silence"),
    Group.ANSWERS: _("Answers and confirmations"),
    Group.CONTACT: _("Contact with relations"),
    Group.WEIGHT: _("Weights of the quiet list"),
}
GROUP_TEXTS: Mapping[Group, Promise] = {
    Group.STAGE: _(
        "A lead that stands longer in its stage is stalled: on the board, in the quiet list and in the report."
    ),
    Group.SILENCE: _("An open lead with whom nobody spoke for so many working days asks for attention."),
    Group.ANSWERS: _("How long something may wait before the quiet list mentions it."),
    Group.CONTACT: _("How many calendar days may pass between two contacts with a relation of the park."),
    Group.WEIGHT: _("What comes first in the quiet list: the heavier, the higher. Lateness adds to it."),
}


@dataclass(frozen=True)
class Definition:
    """One norm: its code never changes; `delivered` holds until somebody decides otherwise."""

    code: str
    group: Group
    label: Promise
    unit: Unit
    delivered: int
    least: int
    most: int


def _in_stage(stage: str, label: Promise, days: int) -> Definition:
    return Definition(f"stage_{stage}", Group.STAGE, label, Unit.DAYS, days, 1, YEARS)


def _silent_in(stage: str, label: Promise, days: int) -> Definition:
    return Definition(f"silence_{stage}", Group.SILENCE, label, Unit.WORKDAYS, days, 1, 520)


def _contact_with(kind: str, label: Promise, days: int) -> Definition:
    return Definition(f"contact_{kind}", Group.CONTACT, label, Unit.DAYS, days, 1, YEARS)


def _weighs(reason: str, label: Promise, points: int) -> Definition:
    return Definition(f"weight_{reason}", Group.WEIGHT, label, Unit.POINTS, points, 1, 200)


DEFINITIONS: tuple[Definition, ...] = (
    _in_stage("contacted", _("Contacted"), 90),
    _in_stage("qualified", _("Qualified"), 120),
    _in_stage("site_visit", _("Site visit"), 90),
    _in_stage("proposal", _("Proposal"), 120),
    _in_stage("decision", _("Decision"), 90),
    _in_stage("committed", _("Committed"), 270),
    _silent_in("contacted", _("Contacted"), 30),
    _silent_in("qualified", _("Qualified"), 30),
    _silent_in("site_visit", _("Site visit"), 14),
    _silent_in("proposal", _("Proposal"), 14),
    _silent_in("decision", _("Decision"), 14),
    _silent_in("committed", _("Committed"), 14),
    Definition(
        "wait_second_person", Group.ANSWERS, _("A second person confirms a count"), Unit.WORKDAYS, 2, 1, 260
    ),
    Definition(
        "wait_answer", Group.ANSWERS, _("An answer to a proposed or viewed space"), Unit.WORKDAYS, 10, 1, 260
    ),
    Definition("wait_broker", Group.ANSWERS, _("A broker answers our question"), Unit.WORKDAYS, 5, 1, 260),
    Definition("wait_need", Group.ANSWERS, _("A need without a proposed space"), Unit.DAYS, 30, 1, YEARS),
    Definition("notice_ahead", Group.ANSWERS, _("A notice date comes into sight"), Unit.MONTHS, 6, 1, MONTHS),
    _contact_with("owner", _("Real-estate owner"), 180),
    _contact_with("broker", _("Broker"), 90),
    _contact_with("tenant", _("Tenant"), 365),
    _contact_with("partner", _("Partner"), 60),
    _weighs("promise_due", _("A promise is due"), 100),
    _weighs("decision_passed", _("The expected day of the decision has passed"), 90),
    _weighs("arrival_not_recorded", _("No arrival recorded after the planned day"), 90),
    _weighs("waiting_for_second", _("Waits for a second person"), 85),
    _weighs("stalled", _("Stalled"), 60),
    _weighs("answer_due", _("An answer is due"), 55),
    _weighs("silence", _("Silence"), 50),
    _weighs("no_next_step", _("No next step"), 45),
    _weighs("broker_silent", _("A broker is silent"), 40),
    _weighs("need_without_candidates", _("A need without candidates"), 40),
    _weighs("lease_ends", _("A lease ends"), 40),
)
BY_CODE: Mapping[str, Definition] = {definition.code: definition for definition in DEFINITIONS}


def in_words(code: str, value: int) -> str:
    """The value with its unit, in the reader's language: “90 days”."""
    unit = BY_CODE[code].unit if code in BY_CODE else Unit.POINTS
    words = {
        Unit.DAYS: ngettext("%(count)d day", "%(count)d days", value),
        Unit.WORKDAYS: ngettext("%(count)d working day", "%(count)d working days", value),
        Unit.MONTHS: ngettext("%(count)d month", "%(count)d months", value),
        Unit.POINTS: "%(count)d",
    }
    return words[unit] % {"count": value}


@dataclass(frozen=True)
class Norms:
    """All norms as they are on one day."""

    values: Mapping[str, int]

    def __getitem__(self, code: str) -> int:
        return self.values[code]

    def stage_days(self, stage: str) -> int | None:
        """Calendar days in a stage after which a lead is stalled; None where the stage has no norm."""
        return self.values.get(f"stage_{stage}")

    def silence_workdays(self, stage: str) -> int | None:
        """Working days without two-way contact after which a lead in that stage is silent."""
        return self.values.get(f"silence_{stage}")

    def contact_days(self, kind: str) -> int:
        """Calendar days between two contacts with an `owner`, `broker`, `tenant` or `partner`."""
        return self.values[f"contact_{kind}"]

    def weight(self, reason: str) -> int:
        return self.values[f"weight_{reason}"]


DELIVERED = Norms({definition.code: definition.delivered for definition in DEFINITIONS})
