"""The report's words for codes, in the active language; those of the rooms below are theirs."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.acquisition.choices import LeadStatus, Reason, Stage

FLOW_NAMES = ("startups", "spin_offs", "rd_branches")


def stage(code: str) -> str:
    return str(Stage(code).label)


def next_stage(code: str) -> str:
    """The stage that follows."""
    stages = list(Stage)
    return str(stages[stages.index(Stage(code)) + 1].label)


def status(code: str) -> str:
    return str(LeadStatus(code).label).lower()


def reason(code: str) -> str:
    return str(Reason(code).label)


def track(code: str) -> str:
    """A track in few letters, for narrow columns."""
    return {
        "startup": pgettext("track, short", "startup"),
        "knowledge_intensive": pgettext("track, short", "knowl.-int."),
        "rd_branch": pgettext("track, short", "R&D"),
    }[code]


def target(code: str) -> str:
    """A target's name at the beginning of a line."""
    return {
        "startups": _("Startups"),
        "spin_offs": _("Spin-offs"),
        "rd_branches": _("R&D branches"),
        "companies": _("Companies"),
        "knowledge_intensive_companies": _("Knowledge-intensive companies"),
        "jobs": _("Jobs"),
    }[code]


def target_short(code: str) -> str:
    """A target's name above a narrow chart."""
    if code == "knowledge_intensive_companies":
        return pgettext("companies, short", "Knowl.-intensive")
    return target(code)


def target_inside(code: str) -> str:
    """A target's name inside a sentence: a capital only where the word has one."""
    name = target(code)
    return name if code == "rd_branches" else name[:1].lower() + name[1:]
