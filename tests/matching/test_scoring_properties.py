"""What must hold for any need and any space, and a second, naive judge that must agree with the first."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from crm.common.months import add_months
from crm.matching.criteria import Criterion, Outcome, Strictness
from crm.matching.facts import NeedFacts, Span, VacancyFacts, Wish
from crm.matching.scoring import BEST_FIRST, in_order, judge
from tests.matching.facts import ON, RULES

LABS = ["ML-I", "ML-II", "ML-III"]
VIBRATION = ["VC-A", "VC-B", "VC-C", "VC-D", "VC-E", "VC-F", "VC-G"]
CATEGORIES = ["1", "2", "3.1", "3.2", "4.1", "4.2", "5.1", "5.2", "5.3", "6"]
TYPES = ["office", "dry_lab", "wet_lab", "workshop", "production", "storage", "meeting"]
AREAS = ["ut_campus", "bs_park", "twente_village", "vredestein", "technology_base"]
DAYS = st.integers(0, 200).map(lambda days: date(2026, 11, 15) + timedelta(days=days))
FEATURES = [each.value for each in Criterion if each.value.startswith("has_")]


def cents(lowest: int, highest: int) -> st.SearchStrategy[Decimal]:
    return st.integers(lowest * 100, highest * 100).map(lambda value: Decimal(value) / 100)


def around(bound: int) -> st.SearchStrategy[Decimal]:
    """Quantities near a bound and exactly on the edges of its tolerances."""
    edges = [Decimal(bound) * Decimal(share) for share in ("0.8", "0.85", "0.9", "1", "1.1", "1.15")]
    return st.sampled_from(edges) | cents(bound // 2, bound * 2)


SPANS = st.tuples(around(100), around(150), st.sampled_from(["both", "low", "high"])).map(
    lambda drawn: Span(
        None if drawn[2] == "high" else min(drawn[:2]),
        None if drawn[2] == "low" else max(drawn[:2]),
    )
)
ASKED: dict[str, st.SearchStrategy] = {
    "space_type": st.sampled_from(TYPES),
    "area_m2": SPANS,
    "available_from": DAYS,
    "rent_per_m2_year": around(180),
    "total_per_month": around(1800),
    "minimum_term_months": st.integers(0, 60),
    "area_code": st.lists(st.sampled_from(AREAS), min_size=1, max_size=3).map(tuple),
    "floor_load_kn_m2": around(10),
    "clear_height_m": around(4),
    "power_kva": around(60),
    "fume_hoods": st.integers(0, 12),
    "parking_places": st.integers(0, 30),
    "lab_level": st.sampled_from(LABS),
    "cleanroom_iso_class": st.integers(1, 9),
    "vibration_class": st.sampled_from(VIBRATION),
    "environmental_category": st.sampled_from(CATEGORIES),
    **{name: st.just(True) for name in FEATURES},
}
OFFERED: dict[str, st.SearchStrategy] = {
    **{
        name: values
        for name, values in ASKED.items()
        if name not in ("area_m2", "area_code", "total_per_month")
    },
    "area_m2": around(100) | around(150),
    "area_kind": st.sampled_from(["vvo", "bvo", "gbo"]),
    "area_code": st.sampled_from(AREAS),
    "service_costs_per_m2_year": cents(0, 80),
    **{name: st.booleans() for name in FEATURES},
}


@st.composite
def needs(draw) -> NeedFacts:
    chosen = draw(st.lists(st.sampled_from(sorted(ASKED)), unique=True, max_size=8))
    strictness = st.sampled_from(list(Strictness))
    return NeedFacts(
        "N",
        tuple(
            Wish(Criterion(name), draw(strictness), draw(ASKED[name]), draw(st.integers(1, 5)))
            for name in chosen
        ),
    )


@st.composite
def spaces(draw, reference: str = "V") -> VacancyFacts:
    unknown = draw(st.sets(st.sampled_from(sorted(OFFERED)), max_size=8))
    facts = {name: draw(values) for name, values in OFFERED.items() if name not in unknown}
    divisible = None
    if "area_m2" in facts and draw(st.booleans()):
        divisible = facts["area_m2"] * draw(st.sampled_from([Decimal("0.2"), Decimal("0.7"), Decimal(1)]))
    return VacancyFacts(reference, divisible_from_m2=divisible, **facts)


def outcomes(judgement) -> dict[str, str]:
    return {each.criterion: each.outcome for each in judgement.criteria}


@settings(deadline=None)
@given(needs(), spaces(), st.randoms(use_true_random=False))
def test_the_order_in_which_criteria_are_asked_changes_nothing(need, vacancy, random):
    shuffled = list(need.criteria)
    random.shuffle(shuffled)
    first, second = (
        judge(need, vacancy, RULES, ON),
        judge(NeedFacts("N", tuple(shuffled)), vacancy, RULES, ON),
    )
    assert (first.verdict, first.low, first.high) == (second.verdict, second.low, second.high)
    assert outcomes(first) == outcomes(second)


@settings(deadline=None)
@given(needs(), st.lists(spaces(), max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_spaces_come_changes_nothing(need, vacancies, random):
    judged = [judge(need, replace(each, reference=f"V{i}"), RULES, ON) for i, each in enumerate(vacancies)]
    shuffled = list(judged)
    random.shuffle(shuffled)
    assert in_order(shuffled) == in_order(judged)


@settings(max_examples=250, deadline=None)
@given(needs(), spaces(), st.data())
def test_a_fact_that_becomes_known_moves_the_score_inside_its_interval(need, vacancy, data):
    missing = [name for name in OFFERED if getattr(vacancy, name) is None]
    name = data.draw(st.sampled_from(missing or sorted(OFFERED)))
    before = judge(need, replace(vacancy, **{name: None}), RULES, ON)
    after = judge(need, replace(vacancy, **{name: data.draw(OFFERED[name])}), RULES, ON)
    assert before.low <= after.low <= after.high <= before.high
    # Nothing that was known is taken back.
    for criterion, outcome in outcomes(before).items():
        assert outcome in (Outcome.UNKNOWN, outcomes(after)[criterion])


WORST_FIRST = {
    "available_from": lambda values: sorted(values, reverse=True),
    "rent_per_m2_year": lambda values: sorted(values, reverse=True),
    "service_costs_per_m2_year": lambda values: sorted(values, reverse=True),
    "minimum_term_months": lambda values: sorted(values, reverse=True),
    "cleanroom_iso_class": lambda values: sorted(values, reverse=True),
    "floor_load_kn_m2": sorted,
    "clear_height_m": sorted,
    "power_kva": sorted,
    "fume_hoods": sorted,
    "parking_places": sorted,
    "lab_level": lambda values: sorted(values, key=LABS.index),
    "vibration_class": lambda values: sorted(values, key=VIBRATION.index),
    "environmental_category": lambda values: sorted(values, key=CATEGORIES.index),
    **dict.fromkeys(FEATURES, sorted),
}


@settings(max_examples=250, deadline=None)
@given(needs(), spaces(), st.data())
def test_a_better_fact_never_worsens_the_verdict_or_the_score(need, vacancy, data):
    name = data.draw(st.sampled_from(sorted(WORST_FIRST)))
    worse, better = WORST_FIRST[name]([data.draw(OFFERED[name]), data.draw(OFFERED[name])])
    before = judge(need, replace(vacancy, **{name: worse}), RULES, ON)
    after = judge(need, replace(vacancy, **{name: better}), RULES, ON)
    assert BEST_FIRST.index(after.verdict) <= BEST_FIRST.index(before.verdict)
    assert (after.low, after.high) >= (before.low, before.high)


# ── A second judge, written from the table of criteria with fractions and nothing shared ──

NEAR_TYPES = {
    ("office", "dry_lab"),
    ("dry_lab", "wet_lab"),
    ("workshop", "production"),
    ("production", "workshop"),
    ("storage", "production"),
    ("storage", "workshop"),
    ("meeting", "office"),
}
COUNTING = {"ut_campus", "bs_park", "twente_village"}


def pick(meets, near) -> str:
    return "meets" if meets else "near" if near else "fails"


def readings(vacancy) -> list[Fraction]:
    gross = [Fraction(80, 100), Fraction(85, 100)]
    return {"vvo": [Fraction(1)], "gbo": [Fraction(1)], "bvo": gross}.get(
        vacancy.area_kind, [*gross, Fraction(1)]
    )


def common(found) -> str:
    return found[0] if len(set(found)) == 1 else "unknown"


def naive_area(asked, vacancy) -> str:
    if vacancy.area_m2 is None:
        return "unknown"
    low = Fraction(asked.low) if asked.low is not None else Fraction(0)
    high = Fraction(asked.high) if asked.high is not None else Fraction(10**9)
    found = []
    for part in readings(vacancy):
        large = Fraction(vacancy.area_m2) * part
        small = (
            Fraction(vacancy.area_m2 if vacancy.divisible_from_m2 is None else vacancy.divisible_from_m2)
            * part
        )
        meets = max(small, low) <= min(large, high)
        found.append(pick(meets, large >= low * Fraction(85, 100) and small <= high * Fraction(115, 100)))
    return common(found)


def naive_total(most, low, vacancy) -> str:
    if vacancy.rent_per_m2_year is None or vacancy.area_m2 is None:
        return "unknown"
    known = vacancy.service_costs_per_m2_year is not None
    rate = Fraction(vacancy.rent_per_m2_year) + (Fraction(vacancy.service_costs_per_m2_year) if known else 0)
    small = Fraction(vacancy.area_m2 if vacancy.divisible_from_m2 is None else vacancy.divisible_from_m2)
    found = []
    for part in readings(vacancy):
        # In m² of the area's own kind: the asked from is that many of them.
        needed = Fraction(low) / part if low is not None else Fraction(0)
        taken = min(max(small, needed), Fraction(vacancy.area_m2))
        amount = rate * taken / 12
        outcome = pick(amount <= Fraction(most), amount <= Fraction(most) * Fraction(11, 10))
        found.append(outcome if known or outcome == "fails" else "unknown")
    return common(found)


def naive_level(asked, offered, worst_first) -> str:
    place, wanted = worst_first.index(offered), worst_first.index(asked)
    return pick(place >= wanted, place == wanted - 1)


WORST_LEVEL_FIRST = {
    "lab_level": LABS,
    "vibration_class": VIBRATION,
    "environmental_category": CATEGORIES,
    "cleanroom_iso_class": [9, 8, 7, 6, 5, 4, 3, 2, 1],
}
NAIVE = {
    "space_type": lambda asked, offered: pick(offered == asked, (asked, offered) in NEAR_TYPES),
    "available_from": lambda asked, offered: pick(offered <= asked, offered <= add_months(asked, 3)),
    "rent_per_m2_year": lambda asked, offered: pick(
        offered <= asked, Fraction(offered) <= Fraction(asked) * Fraction(11, 10)
    ),
    "minimum_term_months": lambda asked, offered: pick(offered <= asked, offered <= asked + 12),
    "area_code": lambda asked, offered: pick(offered in asked, offered in COUNTING),
    **dict.fromkeys(FEATURES, lambda _asked, offered: "meets" if offered else "fails"),
}


def naive(wish, need, vacancy) -> str:
    name, asked = wish.criterion.value, wish.asked
    if name == "area_m2":
        return naive_area(asked, vacancy)
    if name == "total_per_month":
        spans = [each.asked.low for each in need.criteria if each.criterion == "area_m2"]
        return naive_total(asked, spans[0] if spans else None, vacancy)
    offered = getattr(vacancy, name)
    if offered is None:
        return "unknown"
    if name in WORST_LEVEL_FIRST:
        return naive_level(asked, offered, WORST_LEVEL_FIRST[name])
    if name in NAIVE:
        return NAIVE[name](asked, offered)
    return pick(offered >= asked, Fraction(offered) >= Fraction(asked) * Fraction(9, 10))


def naive_judgement(need, vacancy):
    found = [(wish, naive(wish, need, vacancy)) for wish in need.criteria]
    musts = [outcome for wish, outcome in found if wish.strictness == "must"]
    if all(outcome == "meets" for outcome in musts):
        verdict = "fits"
    elif "near" not in musts and "fails" not in musts:
        verdict = "ask"
    elif ("near" in musts and "fails" not in musts) or musts.count("fails") == 1:
        verdict = "near_miss"
    else:
        verdict = "no"
    shoulds = [(wish.weight, outcome) for wish, outcome in found if wish.strictness == "should"]
    total = sum(weight for weight, _outcome in shoulds)
    score = []
    for unknown in (Fraction(0), Fraction(1)):
        worth = {"meets": Fraction(1), "near": Fraction(1, 2), "fails": Fraction(0), "unknown": unknown}
        share = sum(weight * worth[outcome] for weight, outcome in shoulds) / total if total else Fraction(1)
        score.append(Decimal(int(share * 1000 + Fraction(1, 2))) / 1000)
    return verdict, tuple(score), [outcome for _wish, outcome in found]


@settings(max_examples=250, deadline=None)
@given(needs(), spaces())
def test_a_naive_second_judge_agrees(need, vacancy):
    judgement = judge(need, vacancy, RULES, ON)
    verdict, score, found = naive_judgement(need, vacancy)
    assert [each.outcome for each in judgement.criteria] == found
    assert (judgement.verdict, (judgement.low, judgement.high)) == (verdict, score)
