"""The criteria, outcomes and verdicts in words; their values and comparisons are in `criteria.py`."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.matching.criteria import Criterion, Outcome, Strictness, Unit, Verdict

CRITERION_LABELS: Mapping[Criterion, Promise] = {
    Criterion.SPACE_TYPE: _("space type"),
    Criterion.AREA_M2: _("area in m²"),
    Criterion.AVAILABLE_FROM: _("available from"),
    Criterion.RENT_PER_M2_YEAR: _("rent per m² per year, excl. VAT"),
    Criterion.TOTAL_PER_MONTH: _("rent and service costs per month, excl. VAT"),
    Criterion.MINIMUM_TERM_MONTHS: _("minimum term in months"),
    Criterion.AREA_CODE: _("area"),
    Criterion.FLOOR_LOAD_KN_M2: _("floor load in kN/m²"),
    Criterion.CLEAR_HEIGHT_M: _("clear height in m"),
    Criterion.POWER_KVA: _("power in kVA"),
    Criterion.FUME_HOODS: _("fume hoods"),
    Criterion.PARKING_PLACES: _("parking places"),
    Criterion.LAB_LEVEL: _("lab level"),
    Criterion.CLEANROOM_ISO_CLASS: _("cleanroom ISO class"),
    Criterion.VIBRATION_CLASS: _("vibration class"),
    Criterion.ENVIRONMENTAL_CATEGORY: _("environmental category"),
    Criterion.HAS_GASES: _("gases"),
    Criterion.HAS_EXTRACTION: _("extraction"),
    Criterion.HAS_LOADING_DOCK: _("loading dock"),
    Criterion.HAS_GOODS_LIFT: _("goods lift"),
    Criterion.HAS_247_ACCESS: _("access day and night"),
    Criterion.HAS_COLD_STORAGE: _("cold storage"),
    Criterion.HAS_SHARED_FACILITIES: _("shared facilities"),
}

STRICTNESS_LABELS: Mapping[Strictness, Promise] = {
    Strictness.MUST: _("must"),
    Strictness.SHOULD: _("should"),
}

OUTCOME_LABELS: Mapping[Outcome, Promise] = {
    Outcome.MEETS: _("meets"),
    Outcome.NEAR: _("near"),
    Outcome.FAILS: _("fails"),
    Outcome.UNKNOWN: _("unknown"),
}

VERDICT_LABELS: Mapping[Verdict, Promise] = {
    Verdict.FITS: _("fits"),
    Verdict.ASK: _("to ask"),
    Verdict.NEAR_MISS: _("near miss"),
    Verdict.NO: _("does not fit"),
}

UNIT_LABELS: Mapping[Unit, Promise | str] = {
    Unit.NONE: "",
    Unit.M2: "m²",
    Unit.DAYS: _("days"),
    Unit.MONTHS: _("months"),
    Unit.EUR_PER_M2_YEAR: _("EUR/m²/year"),
    Unit.EUR_PER_MONTH: _("EUR/month"),
    Unit.KN_PER_M2: "kN/m²",
    Unit.METRES: "m",
    Unit.KVA: "kVA",
    Unit.PIECES: "",
    Unit.STEPS: _("steps"),
}

CRITERION_CHOICES = [(criterion.value, label) for criterion, label in CRITERION_LABELS.items()]
