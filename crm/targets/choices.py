"""Closed lists of the counting room (see docs/counting.md)."""

from django.utils.translation import gettext_lazy as _

from crm.rules.lists import NamedChoices

RULE_VERSION = 1


class TargetCode(NamedChoices):
    """The six targets, in the order of the strategy."""

    RD_BRANCHES = "rd_branches", _("R&D branches")
    STARTUPS = "startups", _("Startups")
    SPIN_OFFS = "spin_offs", _("Spin-offs")
    KNOWLEDGE_INTENSIVE_COMPANIES = "knowledge_intensive_companies", _("Knowledge-intensive companies")
    COMPANIES = "companies", _("Companies")
    JOBS = "jobs", _("Jobs")


class TargetKind(NamedChoices):
    CUMULATIVE = "cumulative", _("Flow over the whole window")
    YEARLY = "yearly", _("Flow per calendar year")
    STOCK = "stock", _("Stock, measured yearly")


class EventKind(NamedChoices):
    ARRIVAL = "arrival", _("Arrival")
    DEPARTURE = "departure", _("Departure")
    CLOSURE = "closure", _("Closure")
    MOVE_WITHIN_PARK = "move_within_park", _("Move within the park")
    RECLASSIFICATION = "reclassification", _("Reclassification")
    REVERSAL = "reversal", _("Reversal")


class Category(NamedChoices):
    RD_BRANCH = "rd_branch", _("R&D branch")
    STARTUP = "startup", _("Startup")
    COMPANY = "company", _("Other company")


class SpinOffOrigin(NamedChoices):
    """Where a spin-off comes from. A student's company not built on research results is a startup, not a spin-off."""

    ACADEMIC_IP = "academic_ip", _("Academic intellectual property")
    ACADEMIC_STAFF = "academic_staff", _("Academic staff")
    STUDENT_RESEARCH = "student_research", _("A student's research")
    STUDENT = "student", _("A student's company, not built on research")
    CORPORATE = "corporate", _("A company")
    OTHER_INSTITUTE = "other_institute", _("Another institute")


class EvidenceKind(NamedChoices):
    CONFIRMATION_LETTER = "confirmation_letter", _("Confirmation letter")
    LEASE = "lease", _("Lease")
    REGISTER_EXTRACT = "register_extract", _("Register extract")
    KTO_STATEMENT = "kto_statement", _("Statement of the knowledge-transfer office")
    NOVELT_STATEMENT = "novelt_statement", _("Statement of Novel-T")
    SITE_VISIT_NOTE = "site_visit_note", _("Site-visit note")
    OTHER = "other", _("Other")


class Curve(NamedChoices):
    LINEAR = "linear", _("Linear")
    GEOMETRIC = "geometric", _("Geometric")
