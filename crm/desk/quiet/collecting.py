"""Collects the facts of everything that may need a person: a fixed number of queries, whatever the number of rows."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import DateField, Exists, F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from crm.acquisition.models import Activity, Lead, Task
from crm.common.months import amsterdam_day
from crm.desk.quiet.facts import EventFacts, LeadFacts, NeedFacts, Promise, TenancyFacts, VacancyFacts
from crm.desk.quiet.rows import SubjectKind
from crm.desk.snoozes import SUBJECTS, Snooze
from crm.estate.choices import VacancyStatus
from crm.estate.freshness import UNPUBLISHED_AFTER
from crm.estate.models import Tenancy, Vacancy, VacancyChange
from crm.matching.models import HousingNeed, Match, MatchStatus, NeedStatus
from crm.targets.choices import EventKind
from crm.targets.models import CountEvent

Subject = tuple[SubjectKind, int]


@dataclass
class Collected:
    """The facts by subject, and what of them is snoozed. `owned` are the subjects that have this person as owner."""

    promises: dict[Subject, list[Promise]] = field(default_factory=lambda: defaultdict(list))
    leads: dict[Subject, LeadFacts] = field(default_factory=dict)
    needs: dict[Subject, NeedFacts] = field(default_factory=dict)
    vacancies: dict[Subject, VacancyFacts] = field(default_factory=dict)
    tenancies: dict[Subject, TenancyFacts] = field(default_factory=dict)
    events: dict[Subject, EventFacts] = field(default_factory=dict)
    snoozed: set[Subject] = field(default_factory=set)
    owned: set[Subject] = field(default_factory=set)


def collect(user: User, today: date, now: datetime) -> Collected:
    """Everything that is this person's, or nobody's, as far as the quiet list asks for it."""
    found = Collected()
    _promises(found, user, today)
    _leads(found, user, today, now)
    _needs(found, user)
    _vacancies(found, today)
    _tenancies(found, today)
    if user.has_perm("targets.confirm_countevent"):
        _events(found, user)
    for row in Snooze.objects.running_on(today).values_list(*SUBJECTS):
        kind, pk = next((kind, pk) for kind, pk in zip(SUBJECTS, row, strict=True) if pk is not None)
        found.snoozed.add((SubjectKind(kind), pk))
    return found


def of_this_person(user: User, path: str = "owner") -> Q:
    """Owned by this person, or by nobody: then it is the whole team's."""
    return Q(**{path: user}) | Q(**{f"{path}__isnull": True})


def _promises(found: Collected, user: User, today: date) -> None:
    readable = Lead.objects.with_readable_name(user).filter(pk=OuterRef("lead"), is_name_readable=True)
    rows = (
        Task.objects.promised(user, today)
        .annotate(is_readable=Q(lead__isnull=True) | Exists(readable))
        .order_by("due_on", "pk")
        .values_list("pk", "title", "due_on", "version", "lead_id", "is_readable")
    )
    for pk, title, due_on, version, lead, is_readable in rows:
        subject = (SubjectKind.LEAD, lead) if lead else (SubjectKind.TASK, pk)
        # What is promised about a hidden lead may name it.
        shown = title if is_readable and lead else ""
        found.promises[subject].append(Promise(pk, shown, due_on, version))
        if not lead:
            found.owned.add(subject)


def _leads(found: Collected, user: User, today: date, now: datetime) -> None:
    spoken = (
        Activity.objects.two_way()
        .filter(lead=OuterRef("pk"))
        .order_by()
        .values("lead")
        .annotate(last=Max("occurred_on"))
        .values("last")
    )
    arrivals = CountEvent.objects.not_taken_back(now).filter(lead=OuterRef("pk"), kind=EventKind.ARRIVAL)
    viewings = Match.objects.undecided().filter(need__lead=OuterRef("pk"), viewing_on__gte=today)
    rows = (
        Lead.objects.open()
        .filter(of_this_person(user))
        .order_by()
        .values_list(
            "pk",
            "owner_id",
            "stage",
            "stage_since",
            "created_at",
            "decision_expected_on",
            "settles_expected_on",
            Subquery(spoken, output_field=DateField()),
            Exists(arrivals),
            Exists(Task.objects.open().filter(lead=OuterRef("pk"))),
            Exists(viewings),
        )
    )
    for pk, owner, stage, since, created_at, decides, settles, last, arrived, task, viewing in rows:
        subject = (SubjectKind.LEAD, pk)
        found.leads[subject] = LeadFacts(
            stage=stage,
            stage_since=since,
            recorded_on=amsterdam_day(created_at),
            spoken_on=last,
            decision_expected_on=decides,
            settles_expected_on=settles,
            has_arrival=arrived,
            has_next_step=task or viewing,
        )
        if owner:
            found.owned.add(subject)


def _needs(found: Collected, user: User) -> None:
    """Needs of leads whose name is hidden from this person do not exist for this person, as in their list."""
    readable = Lead.objects.with_readable_name(user).filter(is_name_readable=True)
    proposed = Q(matches__status=MatchStatus.PROPOSED)
    viewed = Q(matches__status__in=[MatchStatus.VIEWING, MatchStatus.VIEWED])
    rows = (
        HousingNeed.objects.waiting()
        .filter(Q(lead__isnull=True) | Q(lead__in=readable.values("pk")))
        .annotate(whose=Coalesce("owner", "lead__owner"))
        .filter(Q(whose=user.pk) | Q(whose__isnull=True))
        .order_by()
        .values("pk", "whose", "status", "created_at")
        .annotate(
            proposed=Min("matches__proposed_on", filter=proposed),
            viewed=Min("matches__viewing_on", filter=viewed),
            decided=Max("matches__decided_at"),
        )
    )
    for row in rows:
        subject = (SubjectKind.NEED, row["pk"])
        found.needs[subject] = NeedFacts(
            is_open=row["status"] == NeedStatus.OPEN,
            quiet_since=amsterdam_day(max(row["created_at"], row["decided"] or row["created_at"])),
            proposed_on=row["proposed"],
            viewed_on=row["viewed"],
        )
        if row["whose"]:
            found.owned.add(subject)


def _vacancies(found: Collected, today: date) -> None:
    asked = (
        VacancyChange.objects.filter(vacancy=OuterRef("pk"), field="status", new=VacancyStatus.QUESTION)
        .order_by("-at")
        .values("at")[:1]
    )
    rows = (
        Vacancy.objects.filter(
            Q(status=VacancyStatus.PUBLISHED, office__isnull=False) | Q(status=VacancyStatus.QUESTION)
        )
        .order_by()
        .values_list("pk", "status", Coalesce(F("confirmed_at"), F("submitted_at")), Subquery(asked))
    )
    for pk, status, said_at, asked_at in rows:
        is_published = status == VacancyStatus.PUBLISHED
        found.vacancies[(SubjectKind.VACANCY, pk)] = VacancyFacts(
            confirm_before=amsterdam_day(said_at + UNPUBLISHED_AFTER) if is_published else None,
            asked_on=amsterdam_day(asked_at) if asked_at and not is_published else None,
        )


def _tenancies(found: Collected, today: date) -> None:
    rows = Tenancy.objects.current_on(today).filter(notice_on__gte=today).order_by()
    for pk, notice_on in rows.values_list("pk", "notice_on"):
        found.tenancies[(SubjectKind.TENANCY, pk)] = TenancyFacts(notice_on)


def _events(found: Collected, user: User) -> None:
    """Events for a second person: whoever recorded one waits for somebody else."""
    rows = CountEvent.objects.waiting_for_confirmation().exclude(recorded_by=user).order_by()
    for pk, recorded_at in rows.values_list("pk", "recorded_at"):
        found.events[(SubjectKind.COUNT_EVENT, pk)] = EventFacts(amsterdam_day(recorded_at))
