"""Closed lists of the estate room; the codes are those of the API and the value lists."""

from django.utils.translation import gettext_lazy as _

from crm.rules.lists import NamedChoices


class SpaceType(NamedChoices):
    """Business space; dwellings are outside this system."""

    OFFICE = "office", _("Office")
    DRY_LAB = "dry_lab", _("Dry lab")
    WET_LAB = "wet_lab", _("Wet lab")
    CLEANROOM = "cleanroom", _("Cleanroom")
    WORKSHOP = "workshop", _("Workshop")
    PRODUCTION = "production", _("Small-scale production")
    STORAGE = "storage", _("Storage")
    MEETING = "meeting", _("Meeting space")
    LAND = "land", _("Land")


class AreaKind(NamedChoices):
    """How the floor area was measured (NEN 2580)."""

    VVO = "vvo", _("Lettable floor area (VVO)")
    BVO = "bvo", _("Gross floor area (BVO)")
    GBO = "gbo", _("Usable floor area (GBO)")


class VatOption(NamedChoices):
    TAXED = "taxed", _("Taxed rent")
    EXEMPT = "exempt", _("Rent exempt from VAT")
    UNKNOWN = "unknown", _("Unknown")


class DeliveryLevel(NamedChoices):
    SHELL = "shell", _("Shell")
    TURNKEY = "turnkey", _("Turnkey")
    FURNISHED = "furnished", _("Furnished")


class EnergyLabel(NamedChoices):
    A5 = "A+++++", "A+++++"
    A4 = "A++++", "A++++"
    A3 = "A+++", "A+++"
    A2 = "A++", "A++"
    A1 = "A+", "A+"
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    E = "E", "E"
    F = "F", "F"
    G = "G", "G"


class LabLevel(NamedChoices):
    """Containment level of a laboratory for genetically modified organisms."""

    ML1 = "ML-I", "ML-I"
    ML2 = "ML-II", "ML-II"
    ML3 = "ML-III", "ML-III"


class VibrationClass(NamedChoices):
    """Vibration criterion: VC-A is the least strict, VC-G the most."""

    A = "VC-A", "VC-A"
    B = "VC-B", "VC-B"
    C = "VC-C", "VC-C"
    D = "VC-D", "VC-D"
    E = "VC-E", "VC-E"
    F = "VC-F", "VC-F"
    G = "VC-G", "VC-G"


class EnvironmentalCategory(NamedChoices):
    """Environmental category that the zoning plan permits (VNG list)."""

    C1 = "1", "1"
    C2 = "2", "2"
    C31 = "3.1", "3.1"
    C32 = "3.2", "3.2"
    C41 = "4.1", "4.1"
    C42 = "4.2", "4.2"
    C51 = "5.1", "5.1"
    C52 = "5.2", "5.2"
    C53 = "5.3", "5.3"
    C6 = "6", "6"


class VacancyStatus(NamedChoices):
    SUBMITTED = "submitted", _("Submitted")
    QUESTION = "question", _("Question to the broker")
    PUBLISHED = "published", _("Published")
    REFUSED = "refused", _("Refused")
    UNPUBLISHED = "unpublished", _("Unpublished")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LET = "let", _("Let")
