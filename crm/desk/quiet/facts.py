"""What is known of a subject as far as the quiet list asks for it. Plain values."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Promise:
    """An open task of the person who asks, due today or late. The title is empty where it could give a name away."""

    task: int
    title: str
    due_on: date
    version: int = 1


@dataclass(frozen=True, kw_only=True)
class LeadFacts:
    """An open lead; `spoken_on` is the last two-way contact, `recorded_on` the day on which it became a lead here."""

    stage: str
    stage_since: date
    recorded_on: date
    spoken_on: date | None = None
    decision_expected_on: date | None = None
    settles_expected_on: date | None = None
    has_arrival: bool = False
    has_next_step: bool = False


@dataclass(frozen=True, kw_only=True)
class NeedFacts:
    """A need that waits: when it was recorded or last offered something, and its proposals without an answer."""

    is_open: bool
    quiet_since: date
    proposed_on: date | None = None
    viewed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class VacancyFacts:
    """A broker's listing: until when its confirmation holds, and since when our question waits for an answer."""

    confirm_before: date | None = None
    asked_on: date | None = None


@dataclass(frozen=True)
class TenancyFacts:
    """A running tenancy and the last day to give notice."""

    notice_on: date


@dataclass(frozen=True)
class EventFacts:
    """A count event that nobody confirmed yet."""

    recorded_on: date
