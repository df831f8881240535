"""What an empty list says: what belongs here, how it comes here, and the one button that begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.acquisition.models import Lead


@dataclass(frozen=True)
class Begin:
    """A button that leads to where such rows begin; `permission` is the right to do that there."""

    label: Promise
    url_name: str
    permission: str


A_LEAD = Begin(_("Add lead"), "admin:acquisition_lead_add", "acquisition.add_lead")
AN_ORGANISATION = Begin(_("Add organisation"), "admin:contacts_organisation_add", "contacts.add_organisation")
TO_LEADS = Begin(_("To the leads"), "admin:acquisition_lead_changelist", "acquisition.view_lead")
TO_NEEDS = Begin(
    _("To the housing needs"), "admin:matching_housingneed_changelist", "matching.view_housingneed"
)
TO_LEDGER = Begin(_("To the count ledger"), "admin:targets_countevent_changelist", "targets.view_countevent")
TO_USERS = Begin(_("To the users"), "admin:accounts_user_changelist", "accounts.view_user")

SENTENCES: Mapping[str, Promise] = {
    "acquisition.lead": _(
        "A lead is a company that may come to the park. Record the first one, such as a contact from a fair."
    ),
    "acquisition.task": _(
        "A task is something promised, with a day and an owner. Most come about while you log contact with a lead."
    ),
    "acquisition.activity": _("Calls, visits and notes stand here. Log them on the page of a lead."),
    "contacts.organisation": _(
        "Companies, owners, brokers and partners stand here. Add the first one, with its KvK number where you have it."
    ),
    "contacts.person": _("People stand here with the organisation that they work for."),
    "contacts.brokeraccess": _(
        "Here stands who acts for which broker’s office. Invite the broker as a user first."
    ),
    "matching.housingneed": _(
        "A housing need says what space a company looks for; spaces on offer are judged against it."
    ),
    "matching.match": _("A match is a space that was proposed for a need. Open a need and propose one."),
    "estate.vacancy": _("Space on offer comes from brokers’ software, or is added here."),
    "estate.building": _("Buildings carry units, tenancies and owners. Begin with a building."),
    "estate.unit": _("A unit is a part of a building that can be let."),
    "estate.tenancy": _("A tenancy says who rents which unit, and until when."),
    "targets.countevent": _(
        "Arrivals and departures stand here with their evidence; each counts once a second person confirmed it."
    ),
    "targets.observation": _(
        "Stocks that are measured outside stand here, such as the number of jobs by LISA, with their day and source."
    ),
    "reports.reportedition": _(
        "A report is issued per month and does not change afterwards. Issue the first one here."
    ),
    "reports.directortext": _(
        "Three sentences of the director on a month. They stand on the first page of its report."
    ),
    "reports.partneraction": _(
        "What the report asks of partners, with a day. It is in the report until it is done."
    ),
    "desk.importbatch": _(
        "Imports of the park’s own history are listed here; an administrator runs them on the server."
    ),
    "desk.importedrow": _("Rows of imported files are listed here, with what became of each."),
    "desk.listexport": _("Whoever exports a list is listed here, with what and when."),
    "crm_messages.mail": _("Mail that the system sends is listed here, such as the monthly report."),
    "acquisition.stagechange": _("Each step of a lead is listed here as soon as a lead is recorded."),
    "acquisition.taskchange": _("What became of tasks is listed here: another day, another owner, done."),
    "acquisition.namereveal": _(
        "Whoever looks at a strictly confidential name is listed here, with the reason."
    ),
    "accounts.apikey": _(
        "A key lets a broker’s software or a partner’s system read and send. Make one for a user."
    ),
    "accounts.accountevent": _("Log-ins, invitations and changes of access are listed here."),
}
BEGINNINGS: Mapping[str, Begin] = {
    "acquisition.task": TO_LEADS,
    "acquisition.activity": TO_LEADS,
    "acquisition.stagechange": A_LEAD,
    "acquisition.taskchange": TO_LEADS,
    "acquisition.namereveal": TO_LEADS,
    "contacts.brokeraccess": TO_USERS,
    "contacts.person": AN_ORGANISATION,
    "matching.match": TO_NEEDS,
    "targets.observation": TO_LEDGER,
}


def empty_state(label: str, user: Any, *, may_add: bool) -> dict[str, Any]:
    """The sentence of an empty list, and a button where adding a row is not how it begins or is not this person's."""
    begin = BEGINNINGS.get(label)
    button = None
    if begin is not None and not may_add and user.has_perm(begin.permission):
        button = {"label": begin.label, "url": reverse(begin.url_name)}
    return {"empty_words": SENTENCES.get(label, ""), "empty_button": button}


def first_steps(user: Any) -> dict[str, Any] | None:
    """Where nothing waits because nothing was recorded yet: the first thing to do."""
    if Lead.objects.exists() or not user.has_perm(A_LEAD.permission):
        return None
    return {"label": A_LEAD.label, "url": reverse(A_LEAD.url_name)}
