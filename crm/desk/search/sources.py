"""Where search looks: a row per table and fact, with the question that says which rows a person may find there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from accounts.models import User
from crm.acquisition.models import Activity, Lead
from crm.contacts.models import KvkNumber, Organisation, Person
from crm.desk.search.hits import Kind, Reason
from crm.estate.models import Building, Vacancy
from crm.matching.models import HousingNeed

Rows = Callable[[User], QuerySet[Any]]


@dataclass(frozen=True)
class Fact:
    """A column that is searched. Only names forgive typing errors."""

    path: str
    reason: Reason
    forgives: bool = False


@dataclass(frozen=True)
class Source:
    """Rows of one kind; `shown` are the paths of the title and of the line beside it."""

    kind: Kind
    rows: Rows
    facts: tuple[Fact, ...]
    shown: tuple[str, str]
    pk: str = "pk"
    more: tuple[str, ...] = field(default=())

    def within(self, user: User) -> QuerySet[Any]:
        """The rows in no order: the model's own would sort all that fit before the first sixty are taken."""
        return self.rows(user).order_by()


def readable_leads(user: User) -> QuerySet[Any]:
    return Lead.objects.named_for(user).filter(is_name_readable=True)


def _about_readable(queryset: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Rows about no lead, or about one whose name this user may read."""
    return queryset.filter(Q(lead__isnull=True) | Q(lead__in=readable_leads(user).values("pk")))


def _all_leads(user: User) -> QuerySet[Any]:
    return Lead.objects.named_for(user).annotate(line=F("code_name"))


def _named_leads(user: User) -> QuerySet[Any]:
    return readable_leads(user).annotate(line=F("code_name"))


def _organisations(_user: User) -> QuerySet[Any]:
    return Organisation.objects.standing()


def _numbers(_user: User) -> QuerySet[Any]:
    return KvkNumber.objects.all()


def _people(_user: User) -> QuerySet[Any]:
    return Person.objects.standing().filter(erased_at__isnull=True)


def _buildings(_user: User) -> QuerySet[Any]:
    return Building.objects.all()


def _vacancies(_user: User) -> QuerySet[Any]:
    title = Coalesce(NullIf("title_nl", Value("")), "title_en")
    return Vacancy.objects.annotate(name=title)


def _needs(user: User) -> QuerySet[Any]:
    return _about_readable(HousingNeed.objects.all(), user).annotate(line=Cast("pk", CharField()))


def _notes(user: User) -> QuerySet[Any]:
    """What was written down of contact, with the name of what it is about as this user reads it (it is readable)."""
    about = Coalesce(
        "lead__identity__organisation__name",
        NullIf("lead__identity__working_name", Value("")),
        "organisation__name",
        Value(""),
    )
    return _about_readable(Activity.objects.exclude(text=""), user).annotate(about=about)


NAME, LINE = "display_name", "line"
NAMES = (
    Source(
        Kind.LEAD,
        _named_leads,
        (Fact("identity__organisation__name", Reason.NAME, forgives=True),),
        (NAME, LINE),
    ),
    Source(
        Kind.LEAD, _named_leads, (Fact("identity__working_name", Reason.NAME, forgives=True),), (NAME, LINE)
    ),
    Source(Kind.LEAD, _all_leads, (Fact("code_name", Reason.CODE_NAME, forgives=True),), (NAME, LINE)),
    Source(
        Kind.ORGANISATION,
        _organisations,
        (Fact("name", Reason.NAME, forgives=True), Fact("email", Reason.EMAIL)),
        ("name", "city"),
    ),
    Source(
        Kind.PERSON,
        _people,
        (Fact("full_name", Reason.NAME, forgives=True), Fact("email", Reason.EMAIL)),
        ("full_name", "email"),
    ),
    Source(
        Kind.VACANCY,
        _vacancies,
        (
            Fact("title_nl", Reason.NAME, forgives=True),
            Fact("title_en", Reason.NAME, forgives=True),
            Fact("street", Reason.STREET, forgives=True),
            Fact("reference", Reason.REFERENCE),
        ),
        ("name", "reference"),
    ),
    Source(Kind.NEED, _needs, (Fact("title", Reason.NAME, forgives=True),), ("title", LINE)),
    Source(
        Kind.BUILDING,
        _buildings,
        (Fact("name", Reason.NAME, forgives=True), Fact("street", Reason.STREET, forgives=True)),
        ("name", "street"),
    ),
)
NOTES = Source(
    Kind.NOTE,
    _notes,
    (Fact("text", Reason.NOTE),),
    ("about", "organisation__name"),
    more=("occurred_on", "lead_id"),
)
NUMBERS = (
    Source(
        Kind.ORGANISATION,
        _numbers,
        (Fact("number", Reason.KVK),),
        ("organisation__name", "organisation__city"),
        pk="organisation_id",
    ),
    Source(
        Kind.LEAD,
        _named_leads,
        (Fact("identity__organisation__kvk_numbers__number", Reason.KVK),),
        (NAME, LINE),
    ),
)
PHONES = (
    Source(Kind.ORGANISATION, _organisations, (Fact("phone", Reason.PHONE),), ("name", "city")),
    Source(Kind.PERSON, _people, (Fact("phone", Reason.PHONE),), ("full_name", "email")),
)
REFERENCES = {
    "l": Source(Kind.LEAD, _all_leads, (), (NAME, LINE)),
    "h": Source(Kind.NEED, _needs, (), ("title", LINE)),
}
BY_KIND: dict[Kind, Source] = {
    Kind.LEAD: REFERENCES["l"],
    Kind.NEED: REFERENCES["h"],
    **{source.kind: source for source in NAMES if source.kind not in (Kind.LEAD, Kind.NEED)},
}
