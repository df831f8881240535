"""What a search gives back: records by kind, each with the reason why it was found."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """What can be found; the value is the model, as `app.model`."""

    LEAD = "acquisition.lead"
    ORGANISATION = "contacts.organisation"
    PERSON = "contacts.person"
    VACANCY = "estate.vacancy"
    NEED = "matching.housingneed"
    BUILDING = "estate.building"
    NOTE = "acquisition.activity"


class Reason(StrEnum):
    """In which fact the text was found."""

    NAME = "name"
    CODE_NAME = "code_name"
    REFERENCE = "reference"
    KVK = "kvk"
    EMAIL = "email"
    PHONE = "phone"
    STREET = "street"
    NOTE = "note"


class Tier(IntEnum):
    """How well a text fits; lower comes first."""

    NUMBER = 0  # a reference, KvK number, address or telephone number as it stands
    WHOLE = 1
    PREFIX = 2
    WORDS = 3  # every word begins a word
    PARTS = 4  # every word stands somewhere
    NEAR = 5  # typing errors


@dataclass(frozen=True)
class Hit:
    """One record. `found` is the value that matched, `lead_id` the lead that a note is about."""

    kind: Kind
    pk: int
    title: str
    context: str = ""
    reason: Reason = Reason.NAME
    found: str = ""
    on: date | None = None
    lead_id: int | None = None
    rank: tuple[int, int, int] = (Tier.NEAR, 0, 0)


@dataclass(frozen=True)
class Group:
    kind: Kind
    hits: list[Hit]
    has_more: bool = False
