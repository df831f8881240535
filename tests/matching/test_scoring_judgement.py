"""What the judge makes of the outcomes: verdict, score, differences, the order, and the part of a mixed space."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from crm.matching.criteria import CRITERIA, Criterion, Outcome, Unit, Verdict
from crm.matching.facts import PartFacts
from crm.matching.scoring import Difference, in_order, judge
from tests.matching.facts import NEED, ON, RULES, V1, as_v1, must, need, should, space, span

MEETS, NEAR, FAILS, UNKNOWN = Outcome.MEETS, Outcome.NEAR, Outcome.FAILS, Outcome.UNKNOWN
SAMPLES = {MEETS: "ut_campus", NEAR: "bs_park", FAILS: "technology_base", UNKNOWN: None}


@pytest.mark.parametrize("outcomes", list(product(Outcome, repeat=3)))
def test_the_verdict_follows_from_the_musts(outcomes):
    power = {MEETS: Decimal(60), NEAR: Decimal(54), FAILS: Decimal(1), UNKNOWN: None}
    levels = {MEETS: "ML-III", NEAR: "ML-II", FAILS: "ML-I", UNKNOWN: None}
    wishes = need(
        must("area_code", ("ut_campus",)),
        must("power_kva", Decimal(60)),
        must("lab_level", "ML-III"),
        should("has_gases", True),
    )
    facts = {
        "area_code": SAMPLES[outcomes[0]],
        "power_kva": power[outcomes[1]],
        "lab_level": levels[outcomes[2]],
    }
    vacancy = space(has_gases=False, **{name: value for name, value in facts.items() if value is not None})
    judgement = judge(wishes, vacancy, RULES, ON)
    assert tuple(each.outcome for each in judgement.criteria[:3]) == outcomes
    near, failing, unknown = (outcomes.count(each) for each in (NEAR, FAILS, UNKNOWN))
    if outcomes == (MEETS, MEETS, MEETS):
        expected = Verdict.FITS
    elif near == failing == 0 and unknown:
        expected = Verdict.ASK
    elif failing >= 2:
        expected = Verdict.NO
    else:
        expected = Verdict.NEAR_MISS
    assert judgement.verdict is expected
    # No must touches the score.
    assert (judgement.low, judgement.high) == (0, 0)


@pytest.mark.parametrize(
    ("weights", "low", "high"),
    [
        # meets, near, fails, unknown weigh w1 to w4: [(w1 + w2/2) / sum, (w1 + w2/2 + w4) / sum].
        ((1, 1, 1, 1), "0.375", "0.625"),
        # 5.5 / 11 and 9.5 / 11 = 0.86363…
        ((5, 1, 1, 4), "0.500", "0.864"),
        # 2 / 13 = 0.15384… and 7 / 13 = 0.53846…
        ((1, 2, 5, 5), "0.154", "0.538"),
        # 3.5 / 16 = 0.21875 and 8.5 / 16 = 0.53125.
        ((1, 5, 5, 5), "0.219", "0.531"),
        # 4.5 / 8 = 0.5625 and 5.5 / 8 = 0.6875: half of a thousandth is rounded up.
        ((3, 3, 1, 1), "0.563", "0.688"),
    ],
)
def test_the_score_is_an_interval_over_the_shoulds(weights, low, high):
    wishes = need(
        should("area_code", ("ut_campus",), weights[0]),
        should("power_kva", Decimal(60), weights[1]),
        should("has_gases", True, weights[2]),
        should("fume_hoods", 2, weights[3]),
    )
    vacancy = space(area_code="ut_campus", power_kva=54, has_gases=False)
    judgement = judge(wishes, vacancy, RULES, ON)
    assert (str(judgement.low), str(judgement.high)) == (low, high)
    assert judgement.verdict is Verdict.FITS
    assert judgement.unknown == ("fume_hoods",)
    assert judgement.questions == ()


def test_without_shoulds_the_score_is_one_and_without_musts_every_space_fits():
    nothing_asked = judge(need(), space(), RULES, ON)
    assert (nothing_asked.verdict, str(nothing_asked.low), str(nothing_asked.high)) == (
        "fits",
        "1.000",
        "1.000",
    )


@pytest.mark.parametrize(
    ("criterion", "asked", "offered", "amount", "unit", "share"),
    [
        # V5: 25 m² short of 200 is 12.5 %; V3: 10 over 180 is 5.6 %; V8: 4 kVA short of 60 is 6.7 %, 75 days late.
        ("area_m2", span(200, 260), Decimal(175), "-25", Unit.M2, "-0.125"),
        ("area_m2", span(200, 260), Decimal(286), "26", Unit.M2, "0.100"),
        ("rent_per_m2_year", Decimal(180), Decimal(190), "10", Unit.EUR_PER_M2_YEAR, "0.056"),
        ("power_kva", Decimal(60), Decimal(56), "-4", Unit.KVA, "-0.067"),
        ("available_from", date(2027, 6, 1), date(2027, 8, 15), "75", Unit.DAYS, None),
        # Whole numbers: 12 months over 36 is a third; 12 over 0 is no share of anything.
        ("minimum_term_months", 36, 48, "12", Unit.MONTHS, "0.333"),
        ("minimum_term_months", 0, 12, "12", Unit.MONTHS, None),
        ("fume_hoods", 4, 3, "-1", Unit.PIECES, "-0.250"),
        ("cleanroom_iso_class", 5, 8, "-3", Unit.STEPS, None),
        ("lab_level", "ML-III", "ML-II", "-1", Unit.STEPS, None),
    ],
)
def test_a_difference_says_how_far_the_offer_lies_from_the_bound(
    criterion, asked, offered, amount, unit, share
):
    judged = judge(need(must(criterion, asked)), space(**{"area_kind": "vvo", criterion: offered}), RULES, ON)
    expected = Difference(Decimal(amount), unit, None if share is None else Decimal(share))
    assert judged.criteria[0].difference == expected
    assert isinstance(judged.criteria[0].difference.amount, Decimal)


def test_what_meets_has_no_difference_and_the_offer_is_as_given():
    judgement = judge(NEED, as_v1("V4", area_m2=400, divisible_from_m2=220), RULES, ON)
    assert [each.difference for each in judgement.criteria] == [None] * 7
    assert [each.offered for each in judgement.criteria] == [
        "dry_lab",
        span(220, 400),
        date(2027, 4, 1),
        Decimal(80),
        Decimal(175),
        "ut_campus",
        True,
    ]
    assert [each.asked for each in judgement.criteria] == [wish.asked for wish in NEED.criteria]


@pytest.mark.parametrize("offered", ["ML-II", "ML-III"])
def test_a_level_that_is_good_enough_has_no_difference(offered):
    judged = judge(need(must("lab_level", "ML-II")), space(lab_level=offered), RULES, ON)
    assert judged.criteria[0].difference is None


def test_a_gross_area_differs_by_its_largest_gap():
    # BVO 220 is 176 to 187 VVO: 24 or 13 short of 200.
    judged = judge(need(must("area_m2", span(200, 260))), space(area_m2=220, area_kind="bvo"), RULES, ON)
    assert judged.criteria[0].difference == Difference(Decimal("-24.00"), Unit.M2, Decimal("-0.120"))
    assert judged.criteria[0].offered == 220


MIXED = space(
    "M1",
    space_type="production",
    area_m2=1000,
    area_kind="vvo",
    rent_per_m2_year=90,
    service_costs_per_m2_year=30,
    parts=(
        PartFacts("production", Decimal(700), Decimal(80)),
        PartFacts("office", Decimal(220), Decimal(150)),
        PartFacts("storage", Decimal(80)),
    ),
)


def facts_judged(space_type, vacancy=MIXED):
    wishes = need(
        must("space_type", space_type),
        must("area_m2", span(200, 260)),
        must("rent_per_m2_year", Decimal(140)),
        must("total_per_month", Decimal(3000)),
    )
    judged = judge(wishes, vacancy, RULES, ON).criteria
    return [(each.outcome, each.offered) for each in judged]


def test_a_mixed_space_is_judged_by_its_part_of_the_asked_type():
    # The office: 220 m² at 150 (110 % of 140 is 154) and (150 + 30) × 220 / 12 = 3,300 (110 % of 3,000).
    assert facts_judged("office") == [
        (MEETS, "office"),
        (MEETS, Decimal(220)),
        (NEAR, Decimal(150)),
        (NEAR, Decimal(3300)),
    ]
    # A part without a rent of its own has the rent of the whole: (90 + 30) × 80 / 12 = 800.
    assert facts_judged("storage") == [
        (MEETS, "storage"),
        (FAILS, Decimal(80)),
        (MEETS, Decimal(90)),
        (MEETS, Decimal(800)),
    ]


def test_a_mixed_space_without_the_asked_type_is_judged_by_a_substitute_part_else_as_a_whole():
    # A meeting space is nearly met by the office; a workshop by the production part: (80 + 30) × 700 / 12.
    assert facts_judged("meeting")[:2] == [(NEAR, "office"), (MEETS, Decimal(220))]
    assert facts_judged("workshop")[3] == (FAILS, Decimal("6416.67"))
    # A dry lab by none of them: the whole, (90 + 30) × 1,000 / 12 = 10,000.
    assert facts_judged("dry_lab") == [
        (FAILS, "production"),
        (FAILS, Decimal(1000)),
        (MEETS, Decimal(90)),
        (FAILS, Decimal(10000)),
    ]


def test_a_mixed_space_of_no_type_of_its_own_offers_the_types_of_its_parts():
    vacancy = space(parts=(PartFacts("office", Decimal(50)), PartFacts("storage", Decimal(50))))
    assert facts_judged("dry_lab", vacancy)[0] == (FAILS, ("office", "storage"))


def test_the_own_type_of_a_mixed_space_counts_where_no_part_has_the_asked_type():
    vacancy = space(
        space_type="dry_lab", area_m2=240, area_kind="vvo", parts=(PartFacts("office", Decimal(20)),)
    )
    assert facts_judged("dry_lab", vacancy)[:2] == [(MEETS, "dry_lab"), (MEETS, Decimal(240))]
    # For a meeting space the office part comes before the dry lab, which is no substitute; for a wet lab nothing does.
    assert facts_judged("meeting", vacancy)[:2] == [(NEAR, "office"), (FAILS, Decimal(20))]
    assert facts_judged("wet_lab", vacancy)[0] == (FAILS, "dry_lab")
    assert facts_judged("office", space(space_type="dry_lab", parts=(PartFacts("storage"),)))[0] == (
        NEAR,
        "dry_lab",
    )


def test_of_several_parts_of_the_asked_type_the_best_one_is_judged():
    vacancy = space(
        area_kind="vvo",
        parts=(
            PartFacts("office", Decimal(90), Decimal(100)),
            PartFacts("office", Decimal(250), Decimal(130)),
            PartFacts("office"),
        ),
    )
    assert facts_judged("office", vacancy)[:3] == [
        (MEETS, "office"),
        (MEETS, Decimal(250)),
        (MEETS, Decimal(130)),
    ]


def test_a_part_is_divisible_as_far_as_the_whole_is():
    parts = (PartFacts("dry_lab", Decimal(600)), PartFacts("office", Decimal(90)), PartFacts("storage"))
    vacancy = space(area_m2=700, divisible_from_m2=210, area_kind="vvo", parts=parts)
    assert facts_judged("dry_lab", vacancy)[1] == (MEETS, span(210, 600))
    assert facts_judged("office", vacancy)[1] == (FAILS, Decimal(90))
    assert facts_judged("storage", vacancy)[1] == (UNKNOWN, None)


def test_a_mixed_space_is_judged_as_a_whole_where_no_type_is_asked():
    judged = judge(need(must("area_m2", span(900, 1000))), MIXED, RULES, ON).criteria
    assert [(each.outcome, each.offered) for each in judged] == [(MEETS, Decimal(1000))]


def test_judgements_are_ordered_by_verdict_then_low_then_high_then_reference():
    wishes = need(
        must("power_kva", Decimal(60)), should("has_gases", True, 1), should("has_goods_lift", True, 1)
    )
    spaces = [
        space("Z", power_kva=1),  # one must fails: near miss
        space("D", power_kva=60, has_gases=False),  # fits, [0, 0.5]
        space("C", power_kva=60),  # fits, [0, 1]
        space("F", has_gases=True, has_goods_lift=True),  # ask, [1, 1]
        space("B", power_kva=60, has_gases=True, has_goods_lift=False),  # fits, [0.5, 0.5]
        space("A", power_kva=60, has_gases=True),  # fits, [0.5, 1]
        space("AA", power_kva=60, has_gases=True),  # the same, later by reference
    ]
    judged = in_order(judge(wishes, each, RULES, ON) for each in spaces)
    assert [each.vacancy_reference for each in judged] == ["A", "AA", "B", "C", "D", "F", "Z"]


def test_the_needs_of_a_space_are_ordered_by_the_same_key():
    asked = [
        need(must("power_kva", Decimal(100)), reference="N3"),
        need(must("power_kva", Decimal(60)), reference="N2"),
        need(must("power_kva", Decimal(60)), reference="N1"),
        need(must("power_kva", Decimal(100)), must("has_gases", True), reference="N4"),
    ]
    vacancy = space(power_kva=80, has_gases=False)
    judged = in_order(judge(each, vacancy, RULES, ON) for each in asked)
    assert [(each.need_reference, each.verdict) for each in judged] == [
        ("N1", "fits"),
        ("N2", "fits"),
        ("N3", "near_miss"),
        ("N4", "no"),
    ]


def test_every_criterion_has_one_line_in_the_table():
    assert list(CRITERIA) == list(Criterion)


PROOF_WITHOUT_DJANGO = """
import sys


class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "rest_framework"}:
            raise ImportError(name)


sys.meta_path.insert(0, Blocked())
try:
    import django
except ImportError:
    pass
else:
    sys.exit("django was not blocked")
import crm.matching.scoring
from tests.matching.facts import NEED, ON, RULES, V1
print(crm.matching.scoring.judge(NEED, V1, RULES, ON).verdict)
"""


def test_the_judge_works_where_there_is_no_django():
    run = subprocess.run(
        [sys.executable, "-c", PROOF_WITHOUT_DJANGO], capture_output=True, text=True, check=False
    )
    assert (run.stdout.strip(), run.stderr) == ("fits", "")
    assert judge(NEED, V1, RULES, ON).verdict is Verdict.FITS
