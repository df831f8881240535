"""Closed lists of the acquisition room (see docs/counting.md)."""

from django.utils.translation import gettext_lazy as _

from crm.rules.lists import NamedChoices


class Track(NamedChoices):
    RD_BRANCH = "rd_branch", _("R&D branch")
    KNOWLEDGE_INTENSIVE = "knowledge_intensive", _("Knowledge-intensive company")
    STARTUP = "startup", _("Startup")


class Stage(NamedChoices):
    """How far a lead got, in order."""

    IDENTIFIED = "identified", _("Identified")
    CONTACTED = "contacted", _("Contacted")
    QUALIFIED = "qualified", _("Qualified")
    SITE_VISIT = "site_visit", _("Site visit")
    PROPOSAL = "proposal", _("Proposal")
    DECISION = "decision", _("Decision")
    COMMITTED = "committed", _("Committed")
    ESTABLISHED = "established", _("Established")


class LeadStatus(NamedChoices):
    OPEN = "open", _("Open")
    PARKED = "parked", _("Parked")
    ESTABLISHED = "established", _("Established")
    LOST = "lost", _("Lost")
    REFERRED = "referred", _("Referred")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Reason(NamedChoices):
    """Why a lead ended. Which ones go with which status stands in `stages.REASONS`."""

    CHOSE_ELSEWHERE = "chose_elsewhere", _("Chose elsewhere")
    NO_SPACE = "no_space", _("No suitable space")
    TOO_EXPENSIVE = "too_expensive", _("Too expensive")
    TIMING = "timing", _("Timing")
    NO_BUDGET = "no_budget", _("No budget")
    NO_FIT = "no_fit", _("Does not fit the profile")
    NO_CONTACT = "no_contact", _("No contact")
    OUTSIDE_PROFILE = "outside_profile", _("Outside the profile")
    LARGE_PRODUCTION = "large_production", _("Large-scale production")
    OTHER_PARK = "other_park", _("Fits another park")
    DUPLICATE = "duplicate", _("Duplicate")
    MISTAKE = "mistake", _("Recorded by mistake")
    OTHER = "other", _("Other")


class Confidentiality(NamedChoices):
    """Who may read the name: `open` partners too, `confidential` staff only, `strict` the lead's own people only."""

    OPEN = "open", _("Open")
    CONFIDENTIAL = "confidential", _("Confidential")
    STRICT = "strict", _("Strictly confidential")


class Answer(NamedChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Unknown")


class ActivityKind(NamedChoices):
    CALL = "call", _("Call")
    EMAIL = "email", _("E-mail")
    MEETING = "meeting", _("Meeting")
    VISIT = "visit", _("Visit")
    PROPOSAL = "proposal", _("Proposal")
    NOTE = "note", _("Note")


class TaskKind(NamedChoices):
    """What somebody promised to do; calls and visits may have an hour."""

    TASK = "task", _("Task")
    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")


class Repeat(NamedChoices):
    """How often a task comes back once it is done."""

    NONE = "none", _("Once")
    WEEKLY = "weekly", _("Every week")
    FORTNIGHTLY = "fortnightly", _("Every two weeks")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every three months")
    HALF_YEARLY = "half_yearly", _("Every half year")
    YEARLY = "yearly", _("Every year")


class TaskAct(NamedChoices):
    """What happened to a task after it was promised."""

    RESCHEDULED = "rescheduled", _("Rescheduled")
    HANDED_OVER = "handed_over", _("Handed over")
    DONE = "done", _("Done")
    REPEAT_ENDED = "repeat_ended", _("No longer repeated")
    TAKEN_BACK = "taken_back", _("Taken back")


class DocumentKind(NamedChoices):
    """What may be put with a lead, known by its content; the code is the file's ending."""

    PDF = "pdf", _("PDF")
    PNG = "png", _("PNG picture")
    JPEG = "jpg", _("JPEG picture")
    DOCX = "docx", _("Word document")
    XLSX = "xlsx", _("Excel workbook")
