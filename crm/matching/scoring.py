"""The one judgement of a need against a space, used from both sides so that the two can never disagree.

Pure: no Django, no clock, no database, and exact decimal arithmetic (percentages are multiplied, never divided, before
they are compared). The values are typed and valid; reading and checking them is the caller's work.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any, cast

from crm.common.months import add_months
from crm.matching.criteria import (
    CRITERIA,
    Comparison,
    Criterion,
    Margin,
    Outcome,
    Strictness,
    Unit,
    Verdict,
)
from crm.matching.facts import NeedFacts, PartFacts, Rules, Span, VacancyFacts, Value, Wish

# Wide enough that the product of any three stored figures is exact, so that inclusive bounds are inclusive.
EXACT = Context(prec=200)
WHOLE = Decimal(1)
MONTHS_PER_YEAR = 12
CENT = Decimal("0.01")
THOUSANDTH = Decimal("0.001")
POINTS = {
    Outcome.MEETS: (WHOLE, WHOLE),
    Outcome.NEAR: (Decimal("0.5"), Decimal("0.5")),
    Outcome.FAILS: (Decimal(0), Decimal(0)),
    Outcome.UNKNOWN: (Decimal(0), WHOLE),
}
BEST_FIRST = tuple(Verdict)


@dataclass(frozen=True)
class Difference:
    """How far the offer lies from the asked bound: below it is negative; `share` is the part of the bound."""

    amount: Decimal
    unit: Unit
    share: Decimal | None = None


@dataclass(frozen=True)
class Finding:
    """The outcome of one criterion, with what is offered and, where it is near or fails by a quantity, by how much."""

    outcome: Outcome
    offered: Value = None
    difference: Difference | None = None


@dataclass(frozen=True)
class JudgedCriterion:
    """A wish with what was found."""

    criterion: Criterion
    strictness: Strictness
    weight: int
    outcome: Outcome
    asked: Value
    offered: Value
    difference: Difference | None


@dataclass(frozen=True)
class Judgement:
    """How a need and a space go together on a day. The score lies in [low, high]: the unknowns decide where."""

    need_reference: str
    vacancy_reference: str
    on: date
    verdict: Verdict
    low: Decimal
    high: Decimal
    criteria: tuple[JudgedCriterion, ...]

    @property
    def unknown(self) -> tuple[Criterion, ...]:
        """Criteria of either strictness about which a fact is missing."""
        return tuple(judged.criterion for judged in self.criteria if judged.outcome is Outcome.UNKNOWN)

    @property
    def questions(self) -> tuple[Criterion, ...]:
        """What to ask the broker before the verdict is certain: the musts that are unknown."""
        return tuple(
            judged.criterion
            for judged in self.criteria
            if judged.outcome is Outcome.UNKNOWN and judged.strictness is Strictness.MUST
        )


@dataclass(frozen=True)
class _Offer:
    """What of a space is weighed: the whole, or the part of a mixed space, with the shares that make its m² VVO."""

    kind: Finding
    area: Decimal | None
    smallest: Decimal | None
    rent: Decimal | None
    shares: tuple[Decimal, ...]


def judge(need: NeedFacts, vacancy: VacancyFacts, rules: Rules, on: date) -> Judgement:
    """Judge a space for a need on a day, with the rules of that day.

    A mixed space is judged by its part of the asked type; where several parts could serve, by the best of them.
    """
    with localcontext(EXACT):
        return min(
            (_judge_offer(need, vacancy, offer, rules, on) for offer in _offers(need, vacancy, rules)),
            key=order_key,
        )


def order_key(judgement: Judgement) -> tuple[int, Decimal, Decimal, str, str]:
    """Sorts judgements best first, of a need's spaces as of a space's needs: verdict, low, high, then reference."""
    return (
        BEST_FIRST.index(judgement.verdict),
        -judgement.low,
        -judgement.high,
        judgement.vacancy_reference,
        judgement.need_reference,
    )


def in_order(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The judgements, best first."""
    return sorted(judgements, key=order_key)


def _judge_offer(need: NeedFacts, vacancy: VacancyFacts, offer: _Offer, rules: Rules, on: date) -> Judgement:
    judged = []
    for wish in need.criteria:
        finding = _find(wish, need, vacancy, offer, rules)
        judged.append(
            JudgedCriterion(
                wish.criterion,
                wish.strictness,
                wish.weight,
                finding.outcome,
                wish.asked,
                finding.offered,
                finding.difference,
            )
        )
    low, high = _score(judged)
    return Judgement(need.reference, vacancy.reference, on, _verdict(judged), low, high, tuple(judged))


def _verdict(judged: Iterable[JudgedCriterion]) -> Verdict:
    musts = [each.outcome for each in judged if each.strictness is Strictness.MUST]
    failing = musts.count(Outcome.FAILS)
    if failing > 1:
        return Verdict.NO
    if failing or Outcome.NEAR in musts:
        return Verdict.NEAR_MISS
    return Verdict.ASK if Outcome.UNKNOWN in musts else Verdict.FITS


def _score(judged: Iterable[JudgedCriterion]) -> tuple[Decimal, Decimal]:
    shoulds = [each for each in judged if each.strictness is Strictness.SHOULD]
    weight = sum(each.weight for each in shoulds)
    if not weight:
        return WHOLE.quantize(THOUSANDTH), WHOLE.quantize(THOUSANDTH)
    low = sum((POINTS[each.outcome][0] * each.weight for each in shoulds), Decimal(0)) / weight
    high = sum((POINTS[each.outcome][1] * each.weight for each in shoulds), Decimal(0)) / weight
    return low.quantize(THOUSANDTH, ROUND_HALF_UP), high.quantize(THOUSANDTH, ROUND_HALF_UP)


def _asked(need: NeedFacts, criterion: Criterion) -> Value:
    return next((wish.asked for wish in need.criteria if wish.criterion is criterion), None)


def _offers(need: NeedFacts, vacancy: VacancyFacts, rules: Rules) -> list[_Offer]:
    """What of the space may serve the need: parts (or a whole) of the asked type, else substitutes, else the whole."""
    asked = _asked(need, Criterion.SPACE_TYPE)
    if asked is None:
        return [_whole(vacancy, Finding(Outcome.MEETS), rules)]
    near = rules.substitutes.get(str(asked), ())
    for outcome, types in ((Outcome.MEETS, (asked,)), (Outcome.NEAR, near)):
        parts = [_part(vacancy, part, outcome, rules) for part in vacancy.parts if part.space_type in types]
        if parts:
            return parts
        if vacancy.space_type in types:
            return [_whole(vacancy, Finding(outcome, vacancy.space_type), rules)]
    if vacancy.space_type is None and not vacancy.parts:
        return [_whole(vacancy, Finding(Outcome.UNKNOWN), rules)]
    offered = vacancy.space_type or tuple(part.space_type for part in vacancy.parts)
    return [_whole(vacancy, Finding(Outcome.FAILS, offered), rules)]


def _whole(vacancy: VacancyFacts, kind: Finding, rules: Rules) -> _Offer:
    smallest = vacancy.area_m2 if vacancy.divisible_from_m2 is None else vacancy.divisible_from_m2
    shares = _shares(vacancy.area_kind, vacancy.space_type, rules)
    return _Offer(kind, vacancy.area_m2, smallest, vacancy.rent_per_m2_year, shares)


def _part(vacancy: VacancyFacts, part: PartFacts, outcome: Outcome, rules: Rules) -> _Offer:
    smallest = part.area_m2
    if smallest is not None and vacancy.divisible_from_m2 is not None:
        smallest = min(smallest, vacancy.divisible_from_m2)
    rent = vacancy.rent_per_m2_year if part.rent_per_m2_year is None else part.rent_per_m2_year
    shares = _shares(vacancy.area_kind, part.space_type, rules)
    return _Offer(Finding(outcome, part.space_type), part.area_m2, smallest, rent, shares)


def _shares(area_kind: str | None, space_type: str | None, rules: Rules) -> tuple[Decimal, ...]:
    """The VVO in a m² of the area as given: all of it for VVO and GBO, a low and a high share for BVO.

    Where the kind is unknown every kind is tried, and where the type is, every type's shares: what comes out the same
    whatever the missing fact is, is known.
    """
    if area_kind in ("vvo", "gbo"):
        return (WHOLE,)
    if space_type is None:
        gross = (*rules.lettable_share, *(share for pair in rules.lettable_shares.values() for share in pair))
    else:
        gross = rules.lettable_shares.get(space_type, rules.lettable_share)
    return gross if area_kind == "bvo" else (*gross, WHOLE)


def _find(wish: Wish, need: NeedFacts, vacancy: VacancyFacts, offer: _Offer, rules: Rules) -> Finding:
    """The outcome of one wish: type, area and rent are those of the offer, the other facts those of the vacancy."""
    criterion = wish.criterion
    tolerance = rules.tolerances[criterion]
    if criterion is Criterion.SPACE_TYPE:
        return offer.kind
    if criterion is Criterion.AREA_M2:
        return _area(cast(Span, wish.asked), offer, tolerance)
    if criterion is Criterion.TOTAL_PER_MONTH:
        area = cast(Span | None, _asked(need, Criterion.AREA_M2))
        least = area.low if area else None
        most = cast(Decimal, wish.asked)
        return _monthly_total(most, least, offer, vacancy.service_costs_per_m2_year, tolerance)
    offered: Any = offer.rent if criterion is Criterion.RENT_PER_M2_YEAR else getattr(vacancy, criterion)
    if offered is None:
        return Finding(Outcome.UNKNOWN)
    if criterion is Criterion.AREA_CODE:
        return _one_of(cast(tuple[str, ...], wish.asked), offered, rules.counting_areas)
    return _COMPARE[CRITERIA[criterion].comparison](criterion, wish.asked, offered, tolerance)


def _graded(*, meets: bool, near: bool) -> Outcome:
    if meets:
        return Outcome.MEETS
    return Outcome.NEAR if near else Outcome.FAILS


def _distance(offered: Decimal, bound: Decimal, unit: Unit) -> Difference:
    # Whole numbers come as int, and the quotient of two of them would be a binary float.
    amount = Decimal(offered) - bound
    share = (amount / bound).quantize(THOUSANDTH, ROUND_HALF_UP) if bound else None
    return Difference(amount, unit, share)


def _bounded(outcome: Outcome, offered: Decimal, bound: Decimal, unit: Unit) -> Finding:
    """A finding that says how far a quantity lies beyond its bound, where it does."""
    return Finding(outcome, offered, None if outcome is Outcome.MEETS else _distance(offered, bound, unit))


def _agreed(findings: list[Finding], offered: Value) -> Finding:
    """One finding out of the readings of an uncertain area: what all agree on (with the largest gap), else unknown."""
    if len({finding.outcome for finding in findings}) > 1:
        return Finding(Outcome.UNKNOWN, offered)
    gaps = [finding.difference for finding in findings if finding.difference is not None]
    widest = max(gaps, key=lambda gap: abs(gap.amount), default=None)
    return Finding(findings[0].outcome, offered, widest)


def _area(asked: Span, offer: _Offer, tolerance: Decimal) -> Finding:
    if offer.area is None or offer.smallest is None:
        return Finding(Outcome.UNKNOWN)
    readings = [
        _area_as(asked, offer.smallest * share, offer.area * share, tolerance) for share in offer.shares
    ]
    whole = offer.smallest == offer.area
    return _agreed(readings, offer.area if whole else Span(offer.smallest, offer.area))


def _area_as(asked: Span, smallest: Decimal, largest: Decimal, tolerance: Decimal) -> Finding:
    """Meets where the offered and the asked range share a point; near by the side on which they miss each other."""
    if asked.low is not None and largest < asked.low:
        near = largest >= asked.low * (1 - tolerance)
        return _bounded(_graded(meets=False, near=near), largest, asked.low, Unit.M2)
    if asked.high is not None and smallest > asked.high:
        near = smallest <= asked.high * (1 + tolerance)
        return _bounded(_graded(meets=False, near=near), smallest, asked.high, Unit.M2)
    return Finding(Outcome.MEETS)


def _taken(smallest: Decimal, area: Decimal, least: Decimal | None) -> Decimal:
    """The m² one would rent: the smallest offered that reaches the asked least, the whole where none does."""
    if least is None:
        return smallest
    return area if least > area else max(smallest, least)


def _monthly_total(
    most: Decimal, least: Decimal | None, offer: _Offer, service_costs: Decimal | None, tolerance: Decimal
) -> Finding:
    """Rent and service costs a month for the m² taken. Without the service costs it can only be too much for certain."""
    if offer.rent is None or offer.area is None or offer.smallest is None:
        return Finding(Outcome.UNKNOWN)
    rate = offer.rent + (service_costs or 0)
    findings, amounts = [], []
    for share in offer.shares:
        # `taken` is VVO while the rate is per m² as given, so what is compared is the total times the share.
        total = rate * _taken(offer.smallest * share, offer.area * share, least)
        bound = most * MONTHS_PER_YEAR * share
        amount = (total / (MONTHS_PER_YEAR * share)).quantize(CENT, ROUND_HALF_UP)
        outcome = _graded(meets=total <= bound, near=total <= bound * (1 + tolerance))
        if service_costs is None and outcome is not Outcome.FAILS:
            outcome = Outcome.UNKNOWN
        findings.append(_bounded(outcome, amount, most, Unit.EUR_PER_MONTH))
        amounts.append(amount)
    low, high = min(amounts), max(amounts)
    if service_costs is None:
        found = _agreed(findings, Span(low, None))
        return found if found.outcome is Outcome.FAILS else Finding(Outcome.UNKNOWN)
    return _agreed(findings, low if low == high else Span(low, high))


def _one_of(asked: tuple[str, ...], offered: str, counting_areas: frozenset[str]) -> Finding:
    return Finding(_graded(meets=offered in asked, near=offered in counting_areas), offered)


def _on_or_before(_criterion: Criterion, asked: date, offered: date, tolerance: Decimal) -> Finding:
    try:
        latest = add_months(asked, int(tolerance))
    except ValueError:
        # The calendar ends with the year 9999: nothing lies later.
        latest = date.max
    outcome = _graded(meets=offered <= asked, near=offered <= latest)
    late = None if outcome is Outcome.MEETS else Difference(Decimal((offered - asked).days), Unit.DAYS)
    return Finding(outcome, offered, late)


def _at_most(criterion: Criterion, asked: Decimal, offered: Decimal, tolerance: Decimal) -> Finding:
    line = CRITERIA[criterion]
    highest = asked * (1 + tolerance) if line.margin is Margin.SHARE else asked + tolerance
    return _bounded(_graded(meets=offered <= asked, near=offered <= highest), offered, asked, line.unit)


def _at_least(criterion: Criterion, asked: Decimal, offered: Decimal, tolerance: Decimal) -> Finding:
    outcome = _graded(meets=offered >= asked, near=offered >= asked * (1 - tolerance))
    return _bounded(outcome, offered, asked, CRITERIA[criterion].unit)


def _level(criterion: Criterion, asked: str | int, offered: str | int, tolerance: Decimal) -> Finding:
    levels = CRITERIA[criterion].levels
    steps = levels.index(offered) - levels.index(asked)
    outcome = _graded(meets=steps >= 0, near=steps >= -tolerance)
    return Finding(outcome, offered, None if steps >= 0 else Difference(Decimal(steps), Unit.STEPS))


def _present(_criterion: Criterion, _asked: bool, offered: bool, _tolerance: Decimal) -> Finding:  # noqa: FBT001
    return Finding(_graded(meets=offered, near=False), offered)


_COMPARE: Mapping[Comparison, Callable[..., Finding]] = {
    Comparison.ON_OR_BEFORE: _on_or_before,
    Comparison.AT_MOST: _at_most,
    Comparison.AT_LEAST: _at_least,
    Comparison.LEVEL: _level,
    Comparison.PRESENT: _present,
}
