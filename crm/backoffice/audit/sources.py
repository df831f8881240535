"""The logs that the audit view reads: of each, whose hand and which moment, what it is about, and what it may tell.

A test walks the tables: a log that stands neither here nor in `WITHOUT_A_PERSON` fails it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AccountEvent, User
from crm.acquisition.choices import LeadStatus, Stage
from crm.acquisition.models import Document, LeadEdit, NameReveal, StageChange, TaskChange
from crm.backoffice.audit.words import account_words, export_words, form_words, in_form, vacancy_words
from crm.contacts.models import Organisation
from crm.desk.models import (
    CalendarAddress,
    ImportBatch,
    ListExport,
    Merge,
    MorningChoice,
    NotTheSame,
    RoundChange,
    Snooze,
)
from crm.estate.models import Vacancy, VacancyChange
from crm.reports.models import ReportEdition
from crm.rules.models import NormChange, ValueChange
from crm.rules.norms import in_words
from crm.targets.models import CountEvent, Observation

Subject = tuple[str, str]  # what it is called, and as `app.model:pk` where its page stands

# Logs of what the machine did by itself.
WITHOUT_A_PERSON: Mapping[str, str] = {
    "crm_messages_feedevent": "what brokers' programs read; the change itself stands in its own log",
    "crm_messages_mailattempt": "what a mail server answered",
    "desk_morninground": "which morning mail was made",
}


def nothing(_row: Any) -> str:
    return ""


def no_subject(_row: Any) -> Subject:
    return "", ""


@dataclass(frozen=True)
class Source:
    """A log, or one kind of row in it.

    `what` tells nothing that could name a hidden lead; `typed` may, and is hidden together with the name. `found_by` says
    how a typed subject is looked for: the key's path, its model and the columns that are read.
    """

    code: str
    kind: str
    label: str | Promise
    model: Any
    at: str
    by: str
    what: Callable[[Any], str] = nothing
    typed: Callable[[Any], str] = nothing
    lead: str = ""
    subject: Callable[[Any], Subject] = no_subject
    found_by: tuple[str, Any, tuple[str, ...]] | None = None
    related: tuple[str, ...] = ()
    only: Q = field(default_factory=Q)

    @property
    def permission(self) -> str:
        opts = self.model._meta
        return f"{opts.app_label}.view_{opts.model_name}"


KINDS: tuple[tuple[str, Promise], ...] = (
    ("reveal", gettext_lazy("Strict names revealed")),
    ("export", gettext_lazy("Lists exported")),
    ("leads", gettext_lazy("Leads and tasks")),
    ("space", gettext_lazy("Space")),
    ("counting", gettext_lazy("Counting and reports")),
    ("relations", gettext_lazy("Merges and imports")),
    ("desk", gettext_lazy("Quiet list and own settings")),
    ("forms", gettext_lazy("Saved forms")),
    ("access", gettext_lazy("Users and keys")),
    ("rules", gettext_lazy("Norms and value lists")),
)


def _stage_words(row: StageChange) -> str:
    before = _place(row.from_stage, row.from_status)
    words = (
        f"{before} → {_place(row.to_stage, row.to_status)}" if before else _place(row.to_stage, row.to_status)
    )
    return f"{words} ({_('taken back')})" if row.reverses_id else words


def _place(stage: str, status: str) -> str:
    if not stage:
        return ""
    label = str(Stage(stage).label)
    return label if status == LeadStatus.OPEN else f"{label}, {str(LeadStatus(status).label).lower()}"


def _snoozed(row: Snooze) -> Subject:
    if row.subject_kind == "lead":
        return "", ""
    column: Any = row._meta.get_field(row.subject_kind)
    target = column.related_model._meta.label_lower
    return f"{column.verbose_name} {row.subject_pk}", f"{target}:{row.subject_pk}"


def _merged(row: Merge) -> Subject:
    kept = row.kept_organisation or row.kept_person
    return str(kept), f"{kept._meta.label_lower}:{kept.pk}" if kept else ""


def _of(path: str) -> Callable[[Any], Subject]:
    """The subject is what the key points at."""

    def named(row: Any) -> Subject:
        target = getattr(row, path)
        return (str(target), f"{target._meta.label_lower}:{target.pk}") if target is not None else ("", "")

    return named


def _norm_words(row: NormChange) -> str:
    value = in_words(row.code, row.value) if row.value is not None else _("withdrawn")
    return _("%(value)s from %(day)s") % {"value": value, "day": f"{row.valid_from:%d-%m-%Y}"}


ORGANISATION = ("organisation", Organisation, ("name",))
PEOPLE = ("full_name", "email")

# fmt: off
SOURCES: tuple[Source, ...] = (
    Source("reveal", "reveal", gettext_lazy("Name revealed"), NameReveal, "at", "by", lead="lead_id",
           typed=lambda row: row.reason),
    Source("export", "export", gettext_lazy("List exported"), ListExport, "at", "by", what=export_words),
    Source("stage", "leads", gettext_lazy("Stage changed"), StageChange, "recorded_at", "by", lead="lead_id",
           what=_stage_words),
    Source("fact", "leads", gettext_lazy("Fact changed"), LeadEdit, "at", "by", lead="lead_id", related=("words", "by")),
    Source("document", "leads", gettext_lazy("Document added"), Document, "created_at", "created_by", lead="lead_id",
           typed=lambda row: row.name),
    Source("document-withdrawn", "leads", gettext_lazy("Document withdrawn"), Document, "withdrawn_at", "withdrawn_by",
           lead="lead_id", typed=lambda row: row.name, only=Q(withdrawn_at__isnull=False)),
    Source("task", "leads", gettext_lazy("Task changed"), TaskChange, "at", "by", lead="task__lead_id",
           what=lambda row: str(row.get_act_display()), typed=lambda row: row.task.title, related=("task",)),
    Source("vacancy", "space", gettext_lazy("Space changed"), VacancyChange, "at", "by", what=vacancy_words,
           subject=_of("vacancy"), found_by=("vacancy", Vacancy, ("title_nl", "title_en", "reference")),
           related=("vacancy",)),
    Source("count", "counting", gettext_lazy("Count recorded"), CountEvent, "recorded_at", "recorded_by",
           lead="lead_id", what=lambda row: str(row.get_kind_display()), subject=_of("organisation"),
           found_by=ORGANISATION, related=("organisation",)),
    Source("count-confirmed", "counting", gettext_lazy("Count confirmed"), CountEvent, "confirmed_at", "confirmed_by",
           lead="lead_id", what=lambda row: str(row.get_kind_display()), subject=_of("organisation"),
           found_by=ORGANISATION, related=("organisation",), only=Q(confirmed_at__isnull=False)),
    Source("observation", "counting", gettext_lazy("Observation recorded"), Observation, "known_at", "recorded_by",
           what=lambda row: f"{row.value} · {row.reference_date:%d-%m-%Y} · {row.source}", subject=_of("target"),
           related=("target",)),
    Source("edition", "counting", gettext_lazy("Report issued"), ReportEdition, "issued_at", "issued_by",
           what=lambda row: f"{row.month:%m-%Y}"),
    Source("edition-approved", "counting", gettext_lazy("Report approved"), ReportEdition, "approved_at",
           "approved_by", what=lambda row: f"{row.month:%m-%Y}", only=Q(approved_at__isnull=False)),
    Source("merge", "relations", gettext_lazy("Records merged"), Merge, "merged_at", "merged_by", subject=_merged,
           related=("kept_organisation", "kept_person")),
    Source("merge-undone", "relations", gettext_lazy("Merge undone"), Merge, "undone_at", "undone_by", subject=_merged,
           related=("kept_organisation", "kept_person"), only=Q(undone_at__isnull=False)),
    Source("not-the-same", "relations", gettext_lazy("Said not to be the same"), NotTheSame, "said_at", "said_by",
           what=lambda row: " – ".join(str(one) for one in (row.first_organisation or row.first_person,
                                                           row.second_organisation or row.second_person)),
           related=("first_organisation", "second_organisation", "first_person", "second_person")),
    Source("import", "relations", gettext_lazy("History imported"), ImportBatch, "imported_at", "imported_by",
           what=lambda row: _("%(count)s new rows") % {"count": row.rows_new}),
    Source("round", "relations", gettext_lazy("Contact round"), RoundChange, "at", "by", subject=_of("round"),
           what=lambda row: str(row.get_act_display()), related=("round",)),
    Source("snooze", "desk", gettext_lazy("Snoozed"), Snooze, "at", "by", lead="lead_id", subject=_snoozed,
           what=lambda row: _("until %(day)s") % {"day": f"{row.until:%d-%m-%Y}"}, typed=lambda row: row.reason,
           related=("need", "count_event")),
    Source("snooze-ended", "desk", gettext_lazy("Snooze ended"), Snooze, "ended_at", "ended_by", lead="lead_id",
           subject=_snoozed, related=("need", "count_event"), only=Q(ended_at__isnull=False)),
    Source("calendar", "desk", gettext_lazy("Calendar address made"), CalendarAddress, "created_at", "created_by",
           subject=_of("user"), found_by=("user", User, PEOPLE), related=("user",)),
    Source("calendar-revoked", "desk", gettext_lazy("Calendar address revoked"), CalendarAddress, "revoked_at",
           "revoked_by", subject=_of("user"), found_by=("user", User, PEOPLE), related=("user",),
           only=Q(revoked_at__isnull=False)),
    Source("morning", "desk", gettext_lazy("Morning mail chosen"), MorningChoice, "at", "by", subject=_of("user"),
           what=lambda row: _("Active") if row.is_wanted else _("Switched off"), found_by=("user", User, PEOPLE),
           related=("user",)),
    Source("form", "forms", gettext_lazy("Form saved"), LogEntry, "action_time", "user", what=form_words,
           subject=in_form, related=("content_type",)),
    Source("account", "access", gettext_lazy("User or key"), AccountEvent, "at", "by", what=account_words,
           subject=_of("user"), found_by=("user", User, PEOPLE), related=("user", "api_key")),
    Source("norm", "rules", gettext_lazy("Norm decided"), NormChange, "at", "by", what=_norm_words,
           typed=lambda row: row.reason, subject=lambda row: (str(row), f"norm:{row.code}")),
    Source("value", "rules", gettext_lazy("Value of a list"), ValueChange, "at", "by",
           what=lambda row: f"{row.get_act_display()}: {row.name_nl} / {row.name_en}".rstrip(": /"),
           subject=lambda row: (str(row), "")),
)
# fmt: on
BY_CODE: Mapping[str, Source] = {source.code: source for source in SOURCES}
