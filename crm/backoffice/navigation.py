"""The navigation by work: what stands where, who sees it, and which counts ask for action."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.acquisition.models import Task
from crm.common.months import amsterdam_day
from crm.desk.models import IncomingMail
from crm.estate.models import Vacancy
from crm.targets.models import CountEvent

Count = Callable[[User, datetime], int]


def _tasks_due(user: User, now: datetime) -> int:
    return Task.objects.promised(user, amsterdam_day(now)).readable_by(user).count()


def _mail_to_file(user: User, _now: datetime) -> int:
    return IncomingMail.objects.waiting_for(user).count()


def _submitted(_user: User, _now: datetime) -> int:
    return Vacancy.objects.waiting_for_staff().count()


def _unconfirmed(_user: User, _now: datetime) -> int:
    return CountEvent.objects.waiting_for_confirmation().count()


@dataclass(frozen=True)
class Place:
    """One line of the navigation. `models` (as `app.model`) belong to it: their pages mark it as the current one.

    `count` says how many rows ask for action, and `counted` opens exactly those: a list's URL name and its filters.
    """

    label: Promise
    icon: str
    models: tuple[str, ...] = ()
    url_name: str = ""
    count: Count | None = None
    counted: tuple[str, str] = ("", "")

    @property
    def home(self) -> str:
        """The URL name of the place's page: its own, or the list of its first model."""
        return self.url_name or f"admin:{self.models[0].replace('.', '_')}_changelist"


@dataclass(frozen=True)
class Group:
    title: Promise | str
    places: tuple[Place, ...]


MAIL_TO_FILE = ("admin:mail", "")
TASKS_DUE = ("admin:acquisition_task_changelist", "state=due&owner__id__exact={user}")
SUBMITTED = ("admin:estate_vacancy_changelist", "status__exact=submitted")
UNCONFIRMED = ("admin:targets_countevent_changelist", "confirmed=no")

GROUPS: tuple[Group, ...] = (
    Group(
        "",
        (
            Place(_("Today"), "today", url_name="admin:index", count=_tasks_due, counted=TASKS_DUE),
            Place(_("Week"), "later", url_name="admin:week"),
            Place(
                _("Mail to file"), "mail", url_name="admin:mail", count=_mail_to_file, counted=MAIL_TO_FILE
            ),
            Place(_("Board"), "board", url_name="admin:any_board"),
            Place(_("Leads"), "lead", ("acquisition.lead", "acquisition.task", "acquisition.activity")),
            Place(_("Companies and people"), "people", ("contacts.organisation", "contacts.person")),
            Place(_("Contact rounds"), "phone", url_name="admin:contact-rounds"),
            Place(_("Referrals"), "export", url_name="admin:referrals"),
        ),
    ),
    Group(
        _("Space"),
        (
            Place(_("Housing needs"), "need", ("matching.housingneed", "matching.match")),
            Place(_("Available space"), "vacancy", ("estate.vacancy",), count=_submitted, counted=SUBMITTED),
            Place(_("Buildings"), "building", ("estate.building", "estate.unit")),
            Place(_("Tenancies"), "tenancy", ("estate.tenancy",)),
        ),
    ),
    Group(
        _("Counting"),
        (
            Place(_("Targets"), "target", ("targets.target",)),
            Place(
                _("Count ledger"), "ledger", ("targets.countevent",), count=_unconfirmed, counted=UNCONFIRMED
            ),
            Place(_("Observations"), "gauge", ("targets.observation",)),
        ),
    ),
    Group(
        "",
        (
            Place(
                _("Reports"),
                "report",
                ("reports.reportedition", "reports.directortext", "reports.partneraction"),
            ),
            Place(_("Import"), "import", ("desk.importbatch", "desk.importedrow"), url_name="admin:imports"),
            Place(
                _("Settings"),
                "settings",
                (
                    "contacts.applicationarea",
                    "contacts.technology",
                    "acquisition.leadtag",
                    "estate.area",
                    "targets.indicator",
                    "accounts.user",
                    "accounts.apikey",
                    "accounts.accountevent",
                    "contacts.brokeraccess",
                    "crm_messages.mail",
                    "acquisition.stagechange",
                    "acquisition.taskchange",
                    "acquisition.namereveal",
                    "desk.listexport",
                    "desk.bulkjob",
                    "rules.normchange",
                ),
                url_name="admin:settings",
            ),
        ),
    ),
)

# Every track has a board of its own; every round, every import and every mail a page.
WITH_PAGES_BELOW = ("admin:any_board", "admin:contact-rounds", "admin:imports", "admin:mail")


@dataclass(frozen=True)
class SettingsPage:
    """A page of the settings that is no list of a model, for whoever holds the permission."""

    label: Promise
    url_name: str
    permission: str


SETTINGS: tuple[tuple[Promise, tuple[str | SettingsPage, ...]], ...] = (
    (
        _("Rules"),
        (SettingsPage(_("Norms and terms"), "admin:norms", "rules.view_normchange"),),
    ),
    (
        _("Value lists"),
        (
            SettingsPage(_("Names of all values"), "admin:values", "rules.view_valuechange"),
            "contacts.applicationarea",
            "contacts.technology",
            "acquisition.leadtag",
            "estate.area",
            "targets.indicator",
        ),
    ),
    (
        _("Access"),
        (
            "accounts.user",
            "accounts.apikey",
            "contacts.brokeraccess",
            SettingsPage(_("Brokers’ offices"), "admin:brokers", "accounts.add_apikey"),
            SettingsPage(_("Who may do what"), "admin:roles", "accounts.change_user"),
        ),
    ),
    (
        _("Logs"),
        (
            SettingsPage(_("Who did what"), "admin:audit", "rules.view_audit"),
            "crm_messages.mail",
            "acquisition.stagechange",
            "acquisition.taskchange",
            "acquisition.namereveal",
            "accounts.accountevent",
            "desk.listexport",
            "desk.bulkjob",
        ),
    ),
)

QUICK_ADD: tuple[tuple[str, Promise, str], ...] = (
    ("acquisition.lead", _("Lead"), "lead"),
    ("contacts.organisation", _("Organisation"), "people"),
    ("contacts.person", _("Person"), "people"),
    ("matching.housingneed", _("Housing need"), "need"),
    ("estate.vacancy", _("Available space"), "vacancy"),
    ("targets.countevent", _("Arrival on the park"), "ledger"),
    ("acquisition.task", _("Task"), "task"),
)


@dataclass(frozen=True)
class Line:
    """A place as it is drawn for one person on one page."""

    label: str
    icon: str
    url: str
    current: str = ""  # the value of aria-current
    count: int = 0
    counted_url: str = ""


@dataclass(frozen=True)
class DrawnGroup:
    title: str
    lines: list[Line] = field(default_factory=list)


def may_see(user: User, model: str, action: str = "view") -> bool:
    """Whether this user holds a permission on a model written as `app.model`."""
    app_label, _dot, name = model.partition(".")
    return user.has_perm(f"{app_label}.{action}_{name}")


def _current_model(request: HttpRequest) -> str:
    """The model that the page belongs to, as `app.model`, read from the URL's name."""
    match = request.resolver_match
    kwargs_model = getattr(request, "desk_model", "")
    if kwargs_model or match is None or not match.url_name:
        return kwargs_model
    for group in GROUPS:
        for place in group.places:
            for model in place.models:
                if match.url_name.startswith(model.replace(".", "_") + "_"):
                    return model
    return ""


def _is_visible(user: User, place: Place) -> bool:
    return not place.models or any(may_see(user, model) for model in place.models)


def _counted_url(place: Place, user: User) -> str:
    url_name, filters = place.counted
    return f"{reverse(url_name)}?{filters.format(user=user.pk)}".rstrip("?")


def navigation(request: HttpRequest) -> list[DrawnGroup]:
    """The groups this user may see, the current place marked, with counts where they ask for action."""
    user, now = request.user, timezone.now()
    model = _current_model(request)
    drawn = []
    for group in GROUPS:
        lines = []
        for place in group.places:
            if not _is_visible(user, place):
                continue
            url = reverse(place.home)
            here = "true" if model and model in place.models else ""
            if place.url_name in WITH_PAGES_BELOW and request.path.startswith(url):
                here = "true"
            current = "page" if request.path == url else here
            count = place.count(user, now) if place.count else 0
            counted = _counted_url(place, user) if count else ""
            lines.append(Line(str(place.label), place.icon, url, current, count, counted))
        if lines:
            drawn.append(DrawnGroup(str(group.title), lines))
    return drawn


def quick_add(user: User) -> list[Line]:
    """What this user may add from anywhere."""
    return [
        Line(str(label), icon, reverse(f"admin:{model.replace('.', '_')}_add"))
        for model, label, icon in QUICK_ADD
        if may_see(user, model, "add")
    ]


def siblings(model: str) -> tuple[str, ...]:
    """The models of the same place, where it has more than one list of its own."""
    for group in GROUPS:
        for place in group.places:
            if model in place.models and not place.url_name:
                return place.models if len(place.models) > 1 else ()
    return ()
