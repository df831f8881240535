"""The judgement of a need against a space: known answers, and answers worked by hand."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from crm.matching.criteria import Criterion, Outcome, Unit, Verdict
from crm.matching.facts import Rules
from crm.matching.scoring import Difference, judge
from tests.matching.facts import NEED, ON, RULES, as_v1, must, need, should, space, span

MEETS, NEAR, FAILS, UNKNOWN = Outcome.MEETS, Outcome.NEAR, Outcome.FAILS, Outcome.UNKNOWN

KNOWN_ANSWERS = [
    # reference, what differs from V1, verdict, low, high, the outcomes that are not `meets`
    ("V1", {}, "fits", "1", "1", {}),
    ("V2", {"power_kva": None}, "ask", "1", "1", {"power_kva": UNKNOWN}),
    (
        "V3",
        {"rent_per_m2_year": 190, "has_247_access": None, "area_code": "bs_park"},
        "fits",
        "0.333",
        "0.667",
        {"rent_per_m2_year": NEAR, "has_247_access": UNKNOWN, "area_code": NEAR},
    ),
    ("V4", {"area_m2": 400, "divisible_from_m2": 220}, "fits", "1", "1", {}),
    ("V5", {"area_m2": 175}, "near_miss", "1", "1", {"area_m2": NEAR}),
    ("V6", {"space_type": "office"}, "near_miss", "1", "1", {"space_type": FAILS}),
    (
        "V7",
        {"space_type": "office", "power_kva": 50},
        "no",
        "1",
        "1",
        {"space_type": FAILS, "power_kva": FAILS},
    ),
    (
        "V8",
        {"available_from": date(2027, 8, 15), "power_kva": 56},
        "near_miss",
        "1",
        "1",
        {"available_from": NEAR, "power_kva": NEAR},
    ),
    (
        "V10",
        {"rent_per_m2_year": 220, "area_code": "technology_base", "has_247_access": False},
        "fits",
        "0",
        "0",
        {"rent_per_m2_year": FAILS, "area_code": FAILS, "has_247_access": FAILS},
    ),
]


@pytest.mark.parametrize(
    ("reference", "facts", "verdict", "low", "high", "outcomes"),
    KNOWN_ANSWERS,
    ids=[answer[0] for answer in KNOWN_ANSWERS],
)
def test_known_answers(reference, facts, verdict, low, high, outcomes):
    judgement = judge(NEED, as_v1(reference, **facts), RULES, ON)
    assert judgement.verdict == verdict
    assert (judgement.low, judgement.high) == (Decimal(low), Decimal(high))
    assert {
        each.criterion: each.outcome for each in judgement.criteria if each.outcome is not MEETS
    } == outcomes
    assert (judgement.need_reference, judgement.vacancy_reference, judgement.on) == ("N1", reference, ON)


def outcome(wish, vacancy, *others, rules=RULES):
    """The outcome of the first of the wishes."""
    return judge(need(wish, *others), vacancy, rules, ON).criteria[0].outcome


@pytest.mark.parametrize(
    ("asked", "facts", "expected"),
    [
        # 85 % of 200 is 170; 115 % of 260 is 299: both bounds belong to `near`.
        (span(200, 260), {"area_m2": 200}, MEETS),
        (span(200, 260), {"area_m2": 260}, MEETS),
        (span(200, 260), {"area_m2": "199.99"}, NEAR),
        (span(200, 260), {"area_m2": 170}, NEAR),
        (span(200, 260), {"area_m2": "169.99"}, FAILS),
        (span(200, 260), {"area_m2": "260.01"}, NEAR),
        (span(200, 260), {"area_m2": 299}, NEAR),
        (span(200, 260), {"area_m2": "299.01"}, FAILS),
        # A large space is no near miss on its lower side, nor a small one on its upper side.
        (span(200, 260), {"area_m2": 5000}, FAILS),
        (span(200, 260), {"area_m2": 1}, FAILS),
        # [260, 900] touches [200, 260] in one point; [261, 900] starts within 299; [300, 900] does not.
        (span(200, 260), {"area_m2": 900, "divisible_from_m2": 260}, MEETS),
        (span(200, 260), {"area_m2": 900, "divisible_from_m2": 261}, NEAR),
        (span(200, 260), {"area_m2": 900, "divisible_from_m2": 300}, FAILS),
        # Being divisible does not make it larger: 180 < 200, but at least 170.
        (span(200, 260), {"area_m2": 180, "divisible_from_m2": 50}, NEAR),
        (span(200, None), {"area_m2": 5000}, MEETS),
        (span(200, None), {"area_m2": 170}, NEAR),
        (span(None, 260), {"area_m2": 1}, MEETS),
        (span(None, 260), {"area_m2": 299}, NEAR),
        (span(0, 260), {"area_m2": 300}, FAILS),
        (span(200, 260), {}, UNKNOWN),
        (span(200, 260), {"divisible_from_m2": 220}, UNKNOWN),
        # GBO is judged as VVO.
        (span(200, 260), {"area_m2": 200, "area_kind": "gbo"}, MEETS),
        # BVO 250 is 200 to 212.50 VVO; BVO 240 is 192 (near) to 204 (meets).
        (span(200, 260), {"area_m2": 250, "area_kind": "bvo"}, MEETS),
        (span(200, 260), {"area_m2": 240, "area_kind": "bvo"}, UNKNOWN),
        # BVO 220 is 176 to 187 VVO, both near; BVO 205 is 164 (fails) to 174.25 (near); BVO 199 is 159.20 to 169.15.
        (span(200, 260), {"area_m2": 220, "area_kind": "bvo"}, NEAR),
        (span(200, 260), {"area_m2": 205, "area_kind": "bvo"}, UNKNOWN),
        (span(200, 260), {"area_m2": 199, "area_kind": "bvo"}, FAILS),
        # BVO 800 divisible from 320 starts at 256 (meets) to 272 (near); from 325 at 260 (meets) to 276.25 (near).
        (span(200, 260), {"area_m2": 800, "divisible_from_m2": 320, "area_kind": "bvo"}, UNKNOWN),
        # … from 300 at 240 to 255: both meet.
        (span(200, 260), {"area_m2": 800, "divisible_from_m2": 300, "area_kind": "bvo"}, MEETS),
        # Kind unknown: 240 is 240 as VVO, but 192 to 204 as BVO; 255 is at least 204 and at most 255.
        (span(200, 260), {"area_m2": 240, "area_kind": None}, UNKNOWN),
        (span(200, 260), {"area_m2": 255, "area_kind": None}, MEETS),
        (span(200, 260), {"area_m2": 100, "area_kind": None}, FAILS),
    ],
)
def test_an_area_meets_where_offered_and_asked_share_a_point(asked, facts, expected):
    assert outcome(must("area_m2", asked), space(**{"area_kind": "vvo", **facts})) is expected


@pytest.mark.parametrize(
    ("criterion", "asked", "offered", "expected"),
    [
        ("available_from", date(2027, 6, 1), date(2027, 6, 1), MEETS),
        ("available_from", date(2027, 6, 1), date(2027, 6, 2), NEAR),
        ("available_from", date(2027, 6, 1), date(2027, 9, 1), NEAR),
        ("available_from", date(2027, 6, 1), date(2027, 9, 2), FAILS),
        # Three calendar months after 30 November is the last day of February.
        ("available_from", date(2026, 11, 30), date(2027, 2, 28), NEAR),
        ("available_from", date(2026, 11, 30), date(2027, 3, 1), FAILS),
        # … which is the 29th in a leap year.
        ("available_from", date(2027, 11, 30), date(2028, 2, 29), NEAR),
        # Three months after 31 May is 31 August, after 30 May it is 30 August.
        ("available_from", date(2027, 5, 31), date(2027, 8, 31), NEAR),
        ("available_from", date(2027, 5, 30), date(2027, 8, 31), FAILS),
        ("available_from", date(9999, 12, 1), date(9999, 12, 31), NEAR),
        # 110 % of 180 is 198.
        ("rent_per_m2_year", Decimal(180), Decimal("180.00"), MEETS),
        ("rent_per_m2_year", Decimal(180), Decimal("180.01"), NEAR),
        ("rent_per_m2_year", Decimal(180), Decimal(198), NEAR),
        ("rent_per_m2_year", Decimal(180), Decimal("198.01"), FAILS),
        # 110 % of 0.30 is 0.33 exactly; as binary floats 0.3 * 1.1 lies above it.
        ("rent_per_m2_year", Decimal("0.30"), Decimal("0.33"), NEAR),
        ("rent_per_m2_year", Decimal(0), Decimal("0.01"), FAILS),
        ("minimum_term_months", 36, 36, MEETS),
        ("minimum_term_months", 36, 48, NEAR),
        ("minimum_term_months", 36, 49, FAILS),
        ("minimum_term_months", 0, 12, NEAR),
        ("area_code", ("ut_campus", "bs_park"), "bs_park", MEETS),
        ("area_code", ("ut_campus",), "twente_village", NEAR),
        ("area_code", ("ut_campus",), "technology_base", FAILS),
        ("area_code", ("technology_base",), "technology_base", MEETS),
        ("area_code", ("technology_base",), "ut_campus", NEAR),
        # 90 % of 60 is 54; of 2.5 it is 2.25; of 4 fume hoods 3.6; of 10 places 9.
        ("power_kva", Decimal(60), Decimal(60), MEETS),
        ("power_kva", Decimal(60), Decimal(54), NEAR),
        ("power_kva", Decimal(60), Decimal("53.99"), FAILS),
        ("floor_load_kn_m2", Decimal("2.5"), Decimal("2.25"), NEAR),
        ("floor_load_kn_m2", Decimal("2.5"), Decimal("2.24"), FAILS),
        ("clear_height_m", Decimal("3.60"), Decimal("3.24"), NEAR),
        ("clear_height_m", Decimal("3.60"), Decimal("3.23"), FAILS),
        ("fume_hoods", 4, 4, MEETS),
        ("fume_hoods", 4, 3, FAILS),
        ("fume_hoods", 10, 9, NEAR),
        ("fume_hoods", 0, 0, MEETS),
        ("parking_places", 10, 11, MEETS),
        ("parking_places", 10, 9, NEAR),
        ("parking_places", 10, 8, FAILS),
        ("lab_level", "ML-II", "ML-III", MEETS),
        ("lab_level", "ML-II", "ML-II", MEETS),
        ("lab_level", "ML-II", "ML-I", NEAR),
        ("lab_level", "ML-III", "ML-I", FAILS),
        # A lower class is cleaner.
        ("cleanroom_iso_class", 7, 5, MEETS),
        ("cleanroom_iso_class", 7, 7, MEETS),
        ("cleanroom_iso_class", 7, 8, NEAR),
        ("cleanroom_iso_class", 7, 9, FAILS),
        ("vibration_class", "VC-D", "VC-G", MEETS),
        ("vibration_class", "VC-D", "VC-C", NEAR),
        ("vibration_class", "VC-D", "VC-B", FAILS),
        # One step is one place in the list: from 4.1 down to 3.2, and from 6 to 5.3.
        ("environmental_category", "4.1", "4.2", MEETS),
        ("environmental_category", "4.1", "3.2", NEAR),
        ("environmental_category", "4.1", "3.1", FAILS),
        ("environmental_category", "6", "5.3", NEAR),
        ("environmental_category", "6", "5.2", FAILS),
        ("environmental_category", "2", "1", NEAR),
        ("has_gases", True, True, MEETS),
        ("has_gases", True, False, FAILS),
    ],
)
def test_a_criterion_meets_is_near_or_fails_at_its_inclusive_bounds(criterion, asked, offered, expected):
    assert outcome(must(criterion, asked), space(**{criterion: offered})) is expected


@pytest.mark.parametrize("criterion", [each.value for each in Criterion])
def test_a_missing_fact_is_unknown(criterion):
    asked = {"area_m2": span(1, 2), "area_code": ("ut_campus",)}.get(criterion, Decimal(1))
    judgement = judge(need(must(criterion, asked)), space(), RULES, ON)
    assert judgement.criteria[0].outcome is UNKNOWN
    assert judgement.criteria[0].offered is None
    assert judgement.verdict is Verdict.ASK
    assert judgement.questions == (criterion,)


SUBSTITUTES = {
    "office": {"dry_lab"},
    "dry_lab": {"wet_lab"},
    "workshop": {"production"},
    "production": {"workshop"},
    "storage": {"production", "workshop"},
    "meeting": {"office"},
}
TYPES = ["office", "dry_lab", "wet_lab", "cleanroom", "workshop", "production", "storage", "meeting", "land"]


@pytest.mark.parametrize(("asked", "offered"), list(product(TYPES, TYPES)))
def test_a_type_is_met_by_itself_and_nearly_by_its_substitutes(asked, offered):
    expected = MEETS if asked == offered else NEAR if offered in SUBSTITUTES.get(asked, ()) else FAILS
    assert outcome(must("space_type", asked), space(space_type=offered)) is expected


TOTALS = [
    # (120 + 60) × 100 / 12 = 1,500.
    (1500, {"service_costs_per_m2_year": 60}, MEETS, "1500.00"),
    # 110 % of 1,363.64 is 1,500.004, of 1,363.63 it is 1,499.993.
    ("1363.64", {"service_costs_per_m2_year": 60}, NEAR, "1500.00"),
    ("1363.63", {"service_costs_per_m2_year": 60}, FAILS, "1500.00"),
    # 300 divisible from 40: 100 are taken, the least that is asked. 120 × 100 / 12 = 1,000.
    (1000, {"area_m2": 300, "divisible_from_m2": 40, "service_costs_per_m2_year": 0}, MEETS, "1000.00"),
    # 300 divisible from 150: 150 are taken. 120 × 150 / 12 = 1,500.
    (1499, {"area_m2": 300, "divisible_from_m2": 150, "service_costs_per_m2_year": 0}, NEAR, "1500.00"),
    # 80 m² does not reach 100: the whole is taken. 120 × 80 / 12 = 800.
    (800, {"area_m2": 80, "divisible_from_m2": 20, "service_costs_per_m2_year": 0}, MEETS, "800.00"),
    # 300 that cannot be divided: the whole. 120 × 300 / 12 = 3,000; 110 % of 2,727 is 2,999.70.
    (2728, {"area_m2": 300, "service_costs_per_m2_year": 0}, NEAR, "3000.00"),
    (2727, {"area_m2": 300, "service_costs_per_m2_year": 0}, FAILS, "3000.00"),
    # Half a cent is rounded up: 100.0002 × 100 / 12 = 833.335.
    (5000, {"rent_per_m2_year": "100.0002", "service_costs_per_m2_year": 0}, MEETS, "833.34"),
    # A budget of nothing is met by a space that costs nothing.
    (0, {"rent_per_m2_year": 0, "service_costs_per_m2_year": 0}, MEETS, "0.00"),
    (0, {"rent_per_m2_year": 1, "service_costs_per_m2_year": 0}, FAILS, "8.33"),
]


def judged_total(most, *wishes, rules=RULES, **facts):
    known = {"area_m2": 100, "area_kind": "vvo", "rent_per_m2_year": 120, **facts}
    wanted = need(must("total_per_month", Decimal(most)), *wishes)
    return judge(wanted, space(**known), rules, ON).criteria[0]


@pytest.mark.parametrize(("most", "facts", "expected", "offered"), TOTALS)
def test_the_monthly_total_is_rent_and_service_costs_for_the_area_taken(most, facts, expected, offered):
    judged = judged_total(most, must("area_m2", span(100, 200)), **facts)
    assert (judged.outcome, judged.offered) == (expected, Decimal(offered))


def test_with_no_asked_area_the_smallest_offered_is_taken():
    # 120 × 40 / 12 = 400; 110 % of 363 is 399.30 and of 364 it is 400.40.
    for most, expected in ((400, MEETS), (364, NEAR), (363, FAILS)):
        facts = {"area_m2": 300, "divisible_from_m2": 40, "service_costs_per_m2_year": 0}
        assert judged_total(most, **facts).outcome is expected
        assert judged_total(most, should("area_m2", span(None, 500)), **facts).outcome is expected
        # It is so whatever the kind of area: the rent is per m² of that kind.
        for kind in ("bvo", "gbo", None):
            assert judged_total(most, **{**facts, "area_kind": kind}).outcome is expected


def test_without_the_service_costs_a_total_can_only_be_too_much():
    # Rent alone is 120 × 100 / 12 = 1,000; 110 % of 909 is 999.90 and of 910 it is 1,001.
    too_much = judged_total(909, must("area_m2", span(100, 200)))
    assert (too_much.outcome, too_much.offered) == (FAILS, span("1000.00", None))
    assert too_much.difference == Difference(Decimal("91.00"), Unit.EUR_PER_MONTH, Decimal("0.100"))
    for most in (910, 1000, 5000):
        judged = judged_total(most, must("area_m2", span(100, 200)))
        assert (judged.outcome, judged.offered, judged.difference) == (UNKNOWN, None, None)


def test_without_rent_or_area_a_total_is_unknown_however_high_the_service_costs():
    vacancy = space(service_costs_per_m2_year=9999, area_m2=100, area_kind="vvo")
    assert outcome(must("total_per_month", Decimal(1)), vacancy) is UNKNOWN
    vacancy = space(service_costs_per_m2_year=9999, rent_per_m2_year=9999, area_kind="vvo")
    assert outcome(must("total_per_month", Decimal(1)), vacancy) is UNKNOWN


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        # BVO 250 from 110 is VVO 88–200 or 93.50–212.50, so 100 VVO can be taken: 125 or 117.65 m² BVO.
        # 120 × 125 / 12 = 1,250.00 and 120 × 117.647… / 12 = 1,176.47.
        (1250, MEETS),
        # The first is near (110 % of 1,249 is 1,373.90), the second meets.
        (1249, UNKNOWN),
        # Both near: 110 % of 1,137 is 1,250.70.
        (1137, NEAR),
        # 110 % of 1,136 is 1,249.60: the first fails, the second is near.
        (1136, UNKNOWN),
        # 110 % of 1,069 is 1,175.90: both fail.
        (1069, FAILS),
    ],
)
def test_a_total_for_gross_area_takes_as_many_gross_m2_as_reach_the_asked(most, expected):
    facts = {"area_m2": 250, "divisible_from_m2": 110, "area_kind": "bvo", "service_costs_per_m2_year": 0}
    judged = judged_total(most, must("area_m2", span(100, 200)), **facts)
    assert (judged.outcome, judged.offered) == (expected, span("1176.47", "1250.00"))


def test_gross_area_that_may_not_reach_the_asked_is_taken_whole_where_it_does_not():
    # BVO 100 from 10: at 80 % it falls short of 83 VVO, so 100 m² BVO; at 85 % it is 83 / 0.85 = 97.65 m² BVO.
    # 120 × 100 / 12 = 1,000.00 and 120 × 97.647… / 12 = 976.47.
    facts = {"area_m2": 100, "divisible_from_m2": 10, "area_kind": "bvo", "service_costs_per_m2_year": 0}
    for most, expected in ((1000, MEETS), (980, UNKNOWN), (976, NEAR)):
        judged = judged_total(most, must("area_m2", span(83, None)), **facts)
        assert (judged.outcome, judged.offered) == (expected, span("976.47", "1000.00"))


def test_a_gross_total_that_reaches_the_budget_exactly_meets_it():
    # 102 × (100 / 0.85) / 12 = 1,000 exactly, though 100 / 0.85 has no end.
    rules = Rules(counting_areas=frozenset(), lettable_share=(Decimal("0.85"), Decimal("0.85")))
    facts = {"area_m2": 200, "divisible_from_m2": 50, "area_kind": "bvo", "rent_per_m2_year": 102}
    area = must("area_m2", span(100, 200))
    assert judged_total(1000, area, rules=rules, service_costs_per_m2_year=0, **facts).outcome is MEETS
    assert judged_total("999.99", area, rules=rules, service_costs_per_m2_year=0, **facts).outcome is NEAR


def test_the_gross_share_is_that_of_the_space_type():
    # BVO 250: 200 to 212.50 VVO by default, 125 to 150 in production; type unknown: 125 to 212.50.
    halves = {"production": (Decimal("0.50"), Decimal("0.60"))}
    rules = Rules(counting_areas=frozenset(), lettable_shares=halves)
    wish = must("area_m2", span(200, 260))
    bvo = {"area_m2": 250, "area_kind": "bvo"}
    assert outcome(wish, space(space_type="office", **bvo), rules=rules) is MEETS
    assert outcome(wish, space(space_type="production", **bvo), rules=rules) is FAILS
    assert outcome(wish, space(**bvo), rules=rules) is UNKNOWN


def test_tolerances_and_substitutes_are_the_callers():
    rules = Rules(
        counting_areas=frozenset(),
        tolerances={each: Decimal(0) for each in Criterion},
        substitutes={"dry_lab": ("cleanroom",)},
    )
    assert outcome(must("area_m2", span(200, 260)), space(area_m2=199, area_kind="vvo"), rules=rules) is FAILS
    assert outcome(must("power_kva", Decimal(60)), space(power_kva=59), rules=rules) is FAILS
    assert outcome(must("lab_level", "ML-II"), space(lab_level="ML-I"), rules=rules) is FAILS
    assert outcome(must("minimum_term_months", 36), space(minimum_term_months=37), rules=rules) is FAILS
    late = space(available_from=date(2027, 6, 2))
    assert outcome(must("available_from", date(2027, 6, 1)), late, rules=rules) is FAILS
    assert outcome(must("space_type", "dry_lab"), space(space_type="cleanroom"), rules=rules) is NEAR
    assert outcome(must("space_type", "dry_lab"), space(space_type="wet_lab"), rules=rules) is FAILS
