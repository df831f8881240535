"""What the closed lists are called on the page where an administrator names their values; a test wants every one."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: Mapping[str, Promise] = {
    "acquisition.activity_kind": _("Kinds of activity"),
    "acquisition.answer": _("Answers yes and no"),
    "acquisition.confidentiality": _("Confidentiality of a lead"),
    "acquisition.document_kind": _("Kinds of document"),
    "acquisition.lead_status": _("Status of a lead"),
    "acquisition.reason": _("Why a lead ended"),
    "acquisition.repeat": _("How often a task comes back"),
    "acquisition.stage": _("Stages of a lead"),
    "acquisition.task_act": _("What happens to a task"),
    "acquisition.task_kind": _("Kinds of task"),
    "acquisition.track": _("Tracks"),
    "contacts.organisation_role": _("What an organisation is to the park"),
    "contacts.size_class": _("Size of a group"),
    "estate.area_kind": _("How an area is measured"),
    "estate.delivery_level": _("How space is delivered"),
    "estate.energy_label": _("Energy labels"),
    "estate.environmental_category": _("Environmental categories"),
    "estate.lab_level": _("Laboratory levels"),
    "estate.space_type": _("Kinds of space"),
    "estate.vacancy_status": _("Status of available space"),
    "estate.vat_option": _("VAT on rent"),
    "estate.vibration_class": _("Vibration classes"),
    "matching.match_status": _("Status of a match"),
    "matching.need_source": _("Where a housing need comes from"),
    "matching.need_status": _("Status of a housing need"),
    "matching.strictness": _("How strictly a wish is meant"),
    "targets.category": _("Categories of a count"),
    "targets.curve": _("Curves of a target"),
    "targets.event_kind": _("Kinds of count"),
    "targets.evidence_kind": _("Kinds of evidence"),
    "targets.spin_off_origin": _("Origins of a spin-off"),
    "targets.target_code": _("Targets"),
    "targets.target_kind": _("Kinds of target"),
}
EXTENSIBLE_TITLES: Mapping[str, Promise] = {
    "contacts.application_area": _("Application areas"),
    "contacts.technology": _("Technologies"),
}
