"""What the rows of the quiet list are called, for the rows that are shown alone; code names where the name is hidden."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from crm.acquisition.models import Lead, Task
from crm.desk.quiet.collecting import Subject
from crm.desk.quiet.rows import SubjectKind
from crm.estate.models import Tenancy, Vacancy
from crm.matching.models import HousingNeed
from crm.targets.models import CountEvent

AT_ONCE = 5000  # databases take only so many values in one query


@dataclass(frozen=True)
class Name:
    """A title, a reference beside it, and the version against lost updates where the subject has one."""

    title: str
    reference: str
    is_readable: bool = True
    version: int | None = None
    organisation: int | None = None


Names = dict[Subject, Name]


def names_of(subjects: list[Subject], user: User) -> Names:
    """Title, reference and whether the name is readable, for these subjects alone; the code name where it is not."""
    keys: dict[SubjectKind, list[int]] = defaultdict(list)
    for kind, pk in subjects:
        keys[kind].append(pk)
    names: Names = {}
    for kind, wanted in keys.items():
        for start in range(0, len(wanted), AT_ONCE):
            names |= _NAMERS[kind](wanted[start : start + AT_ONCE], user)
    return names


def _lead_names(keys: list[int], user: User) -> Names:
    leads = Lead.objects.named_for(user).filter(pk__in=keys).only("pk", "version")
    return {
        (SubjectKind.LEAD, lead.pk): Name(
            lead.display_name, lead.reference, lead.is_name_readable, lead.version
        )
        for lead in leads
    }


def _need_names(keys: list[int], user: User) -> Names:
    needs = HousingNeed.objects.filter(pk__in=keys).only("pk", "title", "version")
    return {
        (SubjectKind.NEED, need.pk): Name(need.title, need.reference, version=need.version) for need in needs
    }


def _vacancy_names(keys: list[int], user: User) -> Names:
    vacancies = Vacancy.objects.filter(pk__in=keys).only("pk", "title_nl", "title_en", "reference", "office")
    return {
        (SubjectKind.VACANCY, vacancy.pk): Name(
            vacancy.title, vacancy.reference, organisation=vacancy.office_id
        )
        for vacancy in vacancies
    }


def _tenancy_names(keys: list[int], user: User) -> Names:
    tenancies = Tenancy.objects.filter(pk__in=keys).select_related("tenant", "unit__building")
    return {
        (SubjectKind.TENANCY, tenancy.pk): Name(
            str(tenancy.tenant), str(tenancy.unit), organisation=tenancy.tenant_id
        )
        for tenancy in tenancies
    }


def _event_names(keys: list[int], user: User) -> Names:
    readable = Lead.objects.with_readable_name(user).filter(pk=OuterRef("lead"), is_name_readable=True)
    events: Any = (
        CountEvent.objects.filter(pk__in=keys)
        .select_related("organisation", "lead")
        .annotate(is_readable=Q(lead__isnull=True) | Exists(readable))
    )
    return {
        (SubjectKind.COUNT_EVENT, event.pk): Name(
            str(event.organisation) if event.is_readable else event.lead.code_name,
            str(event.get_kind_display()),
            event.is_readable,
        )
        for event in events
    }


def _task_names(keys: list[int], user: User) -> Names:
    tasks = Task.objects.filter(pk__in=keys).select_related("organisation")
    return {
        (SubjectKind.TASK, task.pk): Name(
            task.title, str(task.organisation or ""), organisation=task.organisation_id
        )
        for task in tasks
    }


_NAMERS = {
    SubjectKind.LEAD: _lead_names,
    SubjectKind.NEED: _need_names,
    SubjectKind.VACANCY: _vacancy_names,
    SubjectKind.TENANCY: _tenancy_names,
    SubjectKind.COUNT_EVENT: _event_names,
    SubjectKind.TASK: _task_names,
}
