"""A case: one need and some spaces in a file, judged without storing anything.

Everything that is wrong with a case is named at once, each fault with its path in the JSON
(`vacancies[2].area_m2: -5 is not above 0`). Of a vacancy only the reference is required; what is absent or null is
unknown. Whether a space is published or let makes no difference here.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from crm.common.errors import Fault, RuleError, refuse
from crm.matching import case_fields
from crm.matching.case_fields import Reader
from crm.matching.case_json import JsonObject, shown
from crm.matching.criteria import Criterion, Strictness
from crm.matching.facts import NeedFacts, PartFacts, Rules, Span, VacancyFacts, Value, Wish
from crm.matching.scoring import JudgedCriterion, Judgement, in_order, judge

LOWEST_WEIGHT, HIGHEST_WEIGHT = 1, 5
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")
JUDGED_FIELDS = frozenset(field.name for field in fields(VacancyFacts)) - {"parts"}


@dataclass(frozen=True)
class Case:
    """A need, the spaces to judge it against, the day, and the JSON as given so that an answer can repeat it."""

    on: date
    need: NeedFacts
    vacancies: tuple[VacancyFacts, ...]
    asked_as_given: Mapping[Criterion, Any]
    offered_as_given: Mapping[str, Mapping[str, Any]]


def parse_case(raw: Any, area_codes: Collection[str]) -> Case:
    """Read a case from its JSON value; `area_codes` are the areas there are. Raises `RuleError` with every fault."""
    return _CaseReader(area_codes).case(raw)


def judge_case(case: Case, rules: Rules) -> list[Judgement]:
    """Every space of the case judged, best first, those that do not fit included."""
    return in_order(judge(case.need, vacancy, rules, case.on) for vacancy in case.vacancies)


def case_as_json(case: Case, judgements: Iterable[Judgement]) -> dict[str, Any]:
    """The answer: numbers as JSON numbers, what was asked and offered as it was given."""
    return {
        "on": case.on.isoformat(),
        "need": case.need.reference,
        "judgements": [
            {
                "reference": judgement.vacancy_reference,
                "verdict": judgement.verdict.value,
                "score": [float(judgement.low), float(judgement.high)],
                "criteria": [
                    {
                        "criterion": judged.criterion.value,
                        "strictness": judged.strictness.value,
                        "outcome": judged.outcome.value,
                        "asked": _plain(case.asked_as_given[judged.criterion]),
                        "offered": _offered(judged, case.offered_as_given[judgement.vacancy_reference]),
                    }
                    for judged in judgement.criteria
                ],
            }
            for judgement in judgements
        ],
    }


def _offered(judged: JudgedCriterion, given: Mapping[str, Any]) -> Any:
    """The vacancy's own field where that is what was judged, else (a part, a divisible area, a total) the value."""
    as_given = given.get(judged.criterion)
    derived = given.get("parts") or isinstance(judged.offered, Span) or as_given is None
    return _plain(judged.offered if derived else as_given)


def _plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, Span):
        return [_plain(value.low), _plain(value.high)]
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def _path(parent: str, name: str) -> str:
    if not PLAIN_NAME.fullmatch(name):
        return f"{parent}[{shown(name)}]"
    return f"{parent}.{name}" if parent else name


class _CaseReader:
    """Walks through a case once and collects the faults."""

    def __init__(self, area_codes: Collection[str]) -> None:
        self.area_codes = sorted(area_codes)
        self.vacancy_fields = case_fields.vacancy_fields(self.area_codes)
        self.part_fields = case_fields.part_fields()
        self.faults: list[Fault] = []

    def case(self, raw: Any) -> Case:
        case = self._object(raw, "", known={"on", "need", "vacancies"})
        on = self._required(case, "on", "", case_fields.day)
        need, asked_as_given = self._need(case)
        vacancies, offered_as_given = self._vacancies(case)
        refuse(self.faults)
        return Case(on, need, vacancies, asked_as_given, offered_as_given)

    # ── One value ──────────────────────────────────────────────────────────

    def _fault(self, path: str, code: str, message: str) -> None:
        self.faults.append(Fault(code, message, path))

    def _read(self, path: str, raw: Any, reader: Reader) -> Any:
        """The value, or None with its faults noted."""
        try:
            return reader(raw)
        except RuleError as error:
            self.faults += [
                Fault(fault.code, fault.message, f"{path}{fault.field}") for fault in error.faults
            ]
            return None

    def _required(self, owner: JsonObject, name: str, parent: str, reader: Reader) -> Any:
        if owner.get(name) is None:
            self._missing(owner, name, parent)
            return None
        return self._read(_path(parent, name), owner[name], reader)

    def _missing(self, owner: JsonObject, name: str, parent: str) -> None:
        # Where the owner is no object at all, that was named already.
        if owner is not NOTHING:
            self._fault(_path(parent, name), "required", _("is required"))

    def _object(self, raw: Any, path: str, known: Collection[str]) -> JsonObject:
        """The object with its unknown and doubled keys noted; an empty one where the value is none."""
        if not isinstance(raw, JsonObject):
            self._fault(path, "not_an_object", _("%(value)s is not an object") % {"value": shown(raw)})
            return NOTHING
        for name in raw.twice:
            self._fault(_path(path, name), "twice", _("stands twice"))
        for name in raw:
            if name not in known:
                self._fault(_path(path, name), "unknown_field", _unknown_field(name, known))
        return raw

    def _list(self, owner: JsonObject, name: str, parent: str) -> list[Any]:
        return self._required(owner, name, parent, case_fields.listing) or []

    # ── The need ───────────────────────────────────────────────────────────

    def _need(self, case: JsonObject) -> tuple[NeedFacts, dict[Criterion, Any]]:
        if case.get("need") is None:
            self._missing(case, "need", "")
            return NeedFacts("", ()), {}
        need = self._object(case["need"], "need", known={"reference", "criteria"})
        reference = self._required(need, "reference", "need", case_fields.need_reference)
        wishes: list[Wish] = []
        as_given: dict[Criterion, Any] = {}
        seen: dict[str, str] = {}
        for place, raw in enumerate(self._list(need, "criteria", "need")):
            path = f"need.criteria[{place}]"
            wish = self._wish(raw, path, seen)
            if wish:
                wishes.append(wish)
                as_given[wish.criterion] = raw["asked"]
        return NeedFacts(reference, tuple(wishes)), as_given

    def _wish(self, raw: Any, path: str, seen: dict[str, str]) -> Wish | None:
        """One criterion; None where it cannot be used. `seen` holds where each criterion was asked first."""
        before = len(self.faults)
        item = self._object(raw, path, known={"criterion", "strictness", "weight", "asked"})
        code = self._required(item, "criterion", path, case_fields.one_of([each.value for each in Criterion]))
        if code:
            self._once(path, "criterion", code, seen)
        strictness = self._required(
            item, "strictness", path, case_fields.one_of([each.value for each in Strictness])
        )
        weight = self._weight(item, strictness, path)
        if item.get("asked") is None:
            self._missing(item, "asked", path)
        asked = self._asked(item, code, path) if code else None
        if len(self.faults) > before:
            return None
        return Wish(Criterion(code), Strictness(strictness), asked, weight)

    def _asked(self, item: JsonObject, code: str, path: str) -> Value:
        if item.get("asked") is None:
            return None
        return self._read(
            f"{path}.asked",
            item["asked"],
            lambda raw: case_fields.asked_value(Criterion(code), raw, self.area_codes),
        )

    def _weight(self, item: JsonObject, strictness: str | None, path: str) -> int:
        """A should has a weight; on a must it says nothing, but what stands there has to be a weight."""
        if item.get("weight") is None:
            if strictness == Strictness.SHOULD:
                self._missing(item, "weight", path)
            return LOWEST_WEIGHT
        reader = case_fields.whole(least=LOWEST_WEIGHT, most=HIGHEST_WEIGHT)
        return self._read(f"{path}.weight", item["weight"], reader) or LOWEST_WEIGHT

    def _once(self, path: str, name: str, value: str, seen: dict[str, str]) -> None:
        if value in seen:
            message = _("%(value)s stands already in %(place)s") % {
                "value": shown(value),
                "place": seen[value],
            }
            self._fault(f"{path}.{name}", "twice", message)
        else:
            seen[value] = path

    # ── The spaces ─────────────────────────────────────────────────────────

    def _vacancies(self, case: JsonObject) -> tuple[tuple[VacancyFacts, ...], dict[str, JsonObject]]:
        vacancies: list[VacancyFacts] = []
        as_given: dict[str, JsonObject] = {}
        seen: dict[str, str] = {}
        for place, raw in enumerate(self._list(case, "vacancies", "")):
            path = f"vacancies[{place}]"
            item = self._object(raw, path, known=self.vacancy_fields)
            reference = self._required(item, "reference", path, self.vacancy_fields["reference"])
            if reference:
                self._once(path, "reference", reference, seen)
                as_given[reference] = item
            facts = self._facts(item, path, self.vacancy_fields)
            self._agree(facts, path)
            parts = self._parts(facts.get("parts") or [], f"{path}.parts")
            judged = {name: value for name, value in facts.items() if name in JUDGED_FIELDS}
            vacancies.append(VacancyFacts(reference=reference, parts=parts, **judged))
        return tuple(vacancies), as_given

    def _facts(self, item: JsonObject, path: str, known: Mapping[str, Reader]) -> dict[str, Any]:
        """The known facts of an object but for its reference; absent and null are unknown."""
        return {
            name: self._read(_path(path, name), raw, known[name])
            for name, raw in item.items()
            if raw is not None and name in known and name != "reference"
        }

    def _parts(self, raws: list[Any], path: str) -> tuple[PartFacts, ...]:
        parts = []
        for place, raw in enumerate(raws):
            item = self._object(raw, f"{path}[{place}]", known=self.part_fields)
            facts = self._facts(item, f"{path}[{place}]", self.part_fields)
            if item.get("space_type") is None:
                self._missing(item, "space_type", f"{path}[{place}]")
            parts.append(PartFacts(**{"space_type": "", **facts}))
        return tuple(parts)

    def _agree(self, facts: Mapping[str, Any], path: str) -> None:
        """Facts of one vacancy that contradict each other."""
        smallest, area = facts.get("divisible_from_m2"), facts.get("area_m2")
        if smallest is not None and area is not None and smallest > area:
            message = _("%(value)s is more than area_m2 %(area)s") % {"value": smallest, "area": area}
            self._fault(f"{path}.divisible_from_m2", "above_area", message)
        first = facts.get("available_from")
        for name in ("available_until", "temporary_until"):
            last = facts.get(name)
            if first is not None and last is not None and last <= first:
                message = _("%(value)s is not after available_from %(first)s") % {
                    "value": last,
                    "first": first,
                }
                self._fault(f"{path}.{name}", "not_after", message)
        if facts.get("rent_on_request") and facts.get("rent_per_m2_year") is not None:
            message = _("true contradicts rent_per_m2_year, which is given")
            self._fault(f"{path}.rent_on_request", "contradiction", message)


NOTHING = JsonObject([])


def _unknown_field(name: str, known: Collection[str]) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z])", "_", name).lower()
    close = get_close_matches(words, known, n=1)
    if close:
        return _("unknown field; did you mean %(name)s?") % {"name": close[0]}
    return _("unknown field")
