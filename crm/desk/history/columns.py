"""The six files of a history folder: their columns, and by what a row of each is recognised."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from crm.acquisition.choices import Answer, Confidentiality, LeadStatus, Reason, Stage, Track
from crm.desk.history.values import (
    DAY,
    EMAIL,
    KVK,
    MOMENT_KIND,
    REF,
    WHOLE_NUMBER,
    YES_NO,
    Kind,
    one_of,
    text_of,
)
from crm.targets.choices import Category, EventKind, EvidenceKind, SpinOffOrigin

AREAS = "areas.csv"
ORGANISATIONS = "organisations.csv"
LEADS = "leads.csv"
STAGE_CHANGES = "stage_changes.csv"
COUNT_EVENTS = "count_events.csv"
OBSERVATIONS = "observations.csv"
LONGEST_NOTE = 10_000


@dataclass(frozen=True)
class Column:
    """A column; `personal` values are kept as a digest beside the import, so that an erasure leaves nothing behind."""

    name: str
    kind: Kind
    is_required: bool = False
    personal: bool = False


@dataclass(frozen=True)
class FileSpec:
    """A file: its columns, and the `key` columns by which a row is recognised."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


FILES: Mapping[str, FileSpec] = {
    spec.name: spec
    for spec in (
        FileSpec(
            AREAS,
            (Column("code", text_of(40), is_required=True), Column("counts_from", DAY)),
            key=("code",),
        ),
        FileSpec(
            ORGANISATIONS,
            (
                Column("ref", REF, is_required=True),
                Column("name", text_of(200), is_required=True, personal=True),
                Column("kvk", KVK),
                Column("group_ref", REF),
                Column("founded_on", DAY),
            ),
            key=("ref",),
        ),
        FileSpec(
            LEADS,
            (
                Column("ref", REF, is_required=True),
                Column("organisation_ref", REF),
                Column("working_name", text_of(200), personal=True),
                Column("track", one_of(Track.values), is_required=True),
                Column("spin_off_expected", one_of(Answer.values)),
                Column("confidentiality", one_of(Confidentiality.values)),
                Column("owner_email", EMAIL, personal=True),
            ),
            key=("ref",),
        ),
        FileSpec(
            STAGE_CHANGES,
            (
                Column("lead_ref", REF, is_required=True),
                Column("from_stage", one_of(Stage.values)),
                Column("to_stage", one_of(Stage.values), is_required=True),
                Column("from_status", one_of(LeadStatus.values)),
                Column("to_status", one_of(LeadStatus.values), is_required=True),
                Column("occurred_on", DAY, is_required=True),
                Column("recorded_at", MOMENT_KIND, is_required=True),
                Column("by_email", EMAIL, is_required=True, personal=True),
                Column("reason", one_of(Reason.values)),
                Column("note", text_of(LONGEST_NOTE), personal=True),
            ),
            key=(
                "lead_ref",
                "occurred_on",
                "recorded_at",
                "from_stage",
                "to_stage",
                "from_status",
                "to_status",
            ),
        ),
        FileSpec(
            COUNT_EVENTS,
            (
                Column("ref", REF, is_required=True),
                Column("kind", one_of(EventKind.values), is_required=True),
                Column("organisation_ref", REF, is_required=True),
                Column("lead_ref", REF),
                Column("area", text_of(40), is_required=True),
                Column("category", one_of(Category.values)),
                Column("spin_off_origin", one_of(SpinOffOrigin.values)),
                Column("is_knowledge_intensive", YES_NO),
                Column("occurred_on", DAY, is_required=True),
                Column("recorded_by", EMAIL, is_required=True, personal=True),
                Column("recorded_at", MOMENT_KIND, is_required=True),
                Column("confirmed_by", EMAIL, personal=True),
                Column("confirmed_at", MOMENT_KIND),
                Column("evidence_kind", one_of(EvidenceKind.values)),
                Column("evidence", text_of(300), personal=True),
                Column("reverses_ref", REF),
                Column("note", text_of(LONGEST_NOTE), personal=True),
            ),
            key=("ref",),
        ),
        FileSpec(
            OBSERVATIONS,
            (
                Column("target", text_of(40), is_required=True),
                Column("value", WHOLE_NUMBER, is_required=True),
                Column("reference_date", DAY, is_required=True),
                Column("source", text_of(200), is_required=True),
                Column("boundary_version", text_of(40), is_required=True),
                Column("known_at", MOMENT_KIND, is_required=True),
            ),
            key=("target", "reference_date", "known_at"),
        ),
    )
}
