"""The board of one track: a column per stage with its count, m² and jobs, the most urgent cards of each, and what is folded.

Figures are summed by the database over every lead of a column, whatever is drawn of it, and each has the list behind it.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from crm.acquisition.choices import Confidentiality, LeadStatus, Stage
from crm.acquisition.models import Lead
from crm.acquisition.stages import ENDINGS
from crm.backoffice.dashboard import OPEN_STAGES, per_cent
from crm.contacts.models import ApplicationArea
from crm.rules.norms import Norms
from crm.rules.reading import norms_on

SHOWN = 25
FOLDED = (LeadStatus.PARKED, LeadStatus.ESTABLISHED, *ENDINGS)
KEPT = ("owner", "area", "q", "by")


def in_order(leads: Any) -> Any:
    """The order of the cards in a column: most days over the stage's norm first, then most days in the stage.

    Within one stage the norm is the same for all, so the longest there is also the furthest over it.
    """
    return leads.order_by("stage_since", "pk")


@dataclass(frozen=True)
class Filters:
    """What a board is narrowed to, as its address says it: `owner` is `me`, `nobody` or a key, as in the list."""

    owner: str = ""
    area: str = ""
    q: str = ""
    by: str = ""
    whole: str = ""

    @classmethod
    def read(cls, data: QueryDict) -> "Filters":
        values = {name: data.get(name, "").strip()[:200].replace("\0", "") for name in KEPT}
        if values["owner"] not in ("", "me", "nobody") and not _is_key(values["owner"]):
            values["owner"] = ""
        if not _is_key(values["area"]):
            values["area"] = ""
        values["by"] = "owner" if values["by"] == "owner" else ""
        whole = data.get("whole", "")
        return cls(**values, whole=whole if whole in OPEN_STAGES else "")

    @property
    def is_narrow(self) -> bool:
        return bool(self.owner or self.area or self.q)

    def query(self, **changes: str) -> str:
        values = {name: getattr(self, name) for name in KEPT} | changes
        return urlencode({name: value for name, value in values.items() if value})

    def list_query(self) -> dict[str, str]:
        """The same narrowing in the words of the list of leads."""
        values = {"owner": self.owner, "application_area__id__exact": self.area, "q": self.q}
        return {name: value for name, value in values.items() if value}


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


@dataclass(frozen=True)
class Card:
    """A lead as it is drawn for one person: the name is what that person may read."""

    lead: Any
    to: str
    days: int
    norm: int | None
    may_move: bool
    is_strict: bool
    next_step: str
    next_on: date | None
    is_late: bool

    @property
    def is_over(self) -> bool:
        return self.norm is not None and self.days > self.norm

    @property
    def bar(self) -> str:
        """How much of the bar is within the norm; the rest of a full bar is over it."""
        if not self.norm:
            return "0%"
        return per_cent(self.norm / self.days * 100 if self.is_over else self.days / self.norm * 100)


@dataclass(frozen=True)
class Column:
    to: str
    label: str
    count: int
    area: int
    jobs: int
    url: str
    is_folded: bool = False
    cards: list[Card] = field(default_factory=list)
    more_url: str = ""
    words: str = ""

    @property
    def hidden(self) -> int:
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Board:
    track: str
    filters: Filters
    columns: list[Column]
    folded: list[Column]
    targets: list[tuple[str, str]]

    @property
    def is_empty(self) -> bool:
        return not any(column.count for column in self.columns)


class BoardReading:
    """One person's look at one track on one day."""

    def __init__(self, request: HttpRequest, track: str, today: date) -> None:
        self.request, self.track, self.today = request, track, today
        self.filters = Filters.read(request.GET)
        self.admin: Any = admin.site.get_model_admin(Lead)
        self.may_change = bool(request.user.has_perm("acquisition.change_lead"))

    @cached_property
    def norms(self) -> Norms:
        return norms_on(self.today)

    def leads(self) -> Any:
        """Every lead of the track that the filters leave, by the name this person may read."""
        rows = self.admin.get_queryset(self.request).filter(track=self.track)
        return self._narrow(rows)

    def _narrow(self, rows: Any) -> Any:
        filters = self.filters
        if filters.owner == "me":
            rows = rows.filter(owner=self.request.user)
        elif filters.owner == "nobody":
            rows = rows.filter(owner__isnull=True)
        elif filters.owner:
            rows = rows.filter(owner=filters.owner)
        if filters.area:
            rows = rows.filter(application_area=filters.area)
        if filters.q:
            rows, _may_repeat = self.admin.get_search_results(self.request, rows, filters.q)
        return rows

    def heads(self) -> tuple[list[Column], list[Column]]:
        """The columns with their figures, without cards: one query for the open, one for the folded."""
        summed = {row["stage"]: row for row in self._sums()}
        columns = [
            Column(
                to=stage.value,
                label=str(stage.label),
                count=summed.get(stage, {}).get("leads", 0),
                area=summed.get(stage, {}).get("area") or 0,
                jobs=summed.get(stage, {}).get("jobs") or 0,
                url=self._list_url(status__exact=LeadStatus.OPEN, stage__exact=stage.value),
            )
            for stage in OPEN_STAGES
        ]
        return columns, self._folded()

    def _sums(self) -> Any:
        # By key: the list's own annotations (names, next steps) are not worked out for a sum.
        leads = Lead.objects.open().filter(track=self.track)
        if self.filters.q:
            leads = leads.filter(pk__in=self.leads().order_by().values("pk"))
        else:
            leads = self._narrow(leads)
        return (
            leads.order_by()
            .values("stage")
            .annotate(
                leads=Count("pk"),
                area=Sum(Coalesce(F("area_to_m2"), F("area_from_m2"))),
                jobs=Sum(Coalesce(F("jobs_promised"), F("jobs_expected"))),
            )
        )

    def _folded(self) -> list[Column]:
        year = str(self.today.year)
        leads = Lead.objects.filter(track=self.track).filter(
            Q(status=LeadStatus.PARKED)
            | Q(
                pk__in=Lead.objects.filter(track=self.track, status__in=FOLDED)
                .came_to_status_in(self.today.year)
                .values("pk")
            )
        )
        if self.filters.q:
            leads = leads.filter(pk__in=self.leads().order_by().values("pk"))
        else:
            leads = self._narrow(leads)
        counts = dict(leads.order_by().values_list("status").annotate(leads=Count("pk")))
        folded = []
        for status in FOLDED:
            when = {} if status == LeadStatus.PARKED else {"came_in": year}
            url = self._list_url(status__exact=status, **when)
            words = _("now") if status == LeadStatus.PARKED else _("this year")
            label, count = str(LeadStatus(status).label), counts.get(status, 0)
            folded.append(Column(str(status), label, count, 0, 0, url, is_folded=True, words=words))
        return folded

    def _list_url(self, **query: str) -> str:
        values = {**query, "track__exact": self.track, **self.filters.list_query()}
        return f"{reverse('admin:acquisition_lead_changelist')}?{urlencode(values)}"

    def board(self) -> Board:
        heads, folded = self.heads()
        columns = [self._with_cards(column) for column in heads]
        targets = [(column.to, column.label) for column in (*columns, *folded)]
        return Board(
            self.track,
            self.filters,
            columns,
            folded,
            [target for target in targets if target[0] != LeadStatus.ESTABLISHED],
        )

    def _with_cards(self, column: Column) -> Column:
        rows = self.leads().filter(status=LeadStatus.OPEN, stage=column.to)
        rows = in_order(rows).select_related("owner", "application_area")
        if self.filters.by == "owner":
            rows = rows.order_by("owner__full_name", "owner", *rows.query.order_by)
        if self.filters.whole != column.to:
            rows = rows[:SHOWN]
        cards = [self.card(row) for row in rows]
        more = f"?{self.filters.query(whole=column.to)}#lane-{column.to}"
        return replace(column, cards=cards, more_url=more)

    def card(self, lead: Any) -> Card:
        is_open = lead.status == LeadStatus.OPEN
        readable = lead.is_name_readable
        due = lead.next_task_on if readable else None
        return Card(
            lead=lead,
            to=lead.stage if is_open else lead.status,
            days=(self.today - lead.stage_since).days,
            norm=self.norms.stage_days(lead.stage),
            may_move=self.may_change and readable and is_open,
            is_strict=lead.confidentiality == Confidentiality.STRICT,
            next_step=lead.next_task or "" if readable else "",
            next_on=due,
            is_late=due is not None and due < self.today,
        )

    def lead(self, key: int) -> Any:
        """One lead of the track, as this person may read it, whatever the filters; None where there is none."""
        rows = self.admin.get_queryset(self.request).filter(track=self.track, pk=key)
        return rows.select_related("owner", "application_area", "identity", "decision_maker").first()


def areas() -> list[tuple[str, str]]:
    return [(str(area.pk), str(area)) for area in ApplicationArea.objects.all()]


def place_label(place: str) -> str:
    """A column's name: that of a stage, or of a status."""
    return str(Stage(place).label if place in Stage.values else LeadStatus(place).label)
