import json
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from crm.common.errors import RuleError
from crm.common.months import Month
from crm.reports.monthly import MonthlyReport, Wording
from crm.reports.movement import (
    OPEN_STAGES,
    LeadMonth,
    StageMovement,
    Term,
    TrackSplit,
    UnbalancedMovementError,
    tabulate,
)
from crm.reports.payload import PayloadError, canonical_json, digest
from tests.factories import reports


def test_the_payload_reads_back_as_the_same_report():
    full, empty = reports.report(), reports.empty_report()
    assert MonthlyReport.from_payload(full.to_payload()) == full
    assert MonthlyReport.from_payload(empty.to_payload()) == empty


def test_the_payload_survives_a_database_that_reorders_keys():
    report = reports.report()
    stored = json.loads(json.dumps(report.to_plain(), sort_keys=True))
    assert MonthlyReport.from_plain(stored).to_payload() == report.to_payload()


def test_the_same_figures_are_the_same_bytes_whatever_the_zone_of_the_moment():
    elsewhere = datetime(2026, 11, 6, 13, tzinfo=timezone(timedelta(hours=2)))
    assert reports.report(known_at=elsewhere).to_payload() == reports.report().to_payload()
    assert b'"known_at":"2026-11-06T11:00:00Z"' in reports.report().to_payload()


def test_the_payload_is_canonical_and_its_digest_is_over_its_bytes():
    data = reports.report().to_payload()
    assert data == canonical_json(json.loads(data))
    assert data.startswith(b'{"as_of":"2026-10-31","asked":[{"action":{"en":')
    assert reports.report().sha256 == digest(data)
    assert reports.report(rule_version=2).sha256 != digest(data)


def test_a_report_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        reports.report().rule_version = 2


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda plain: plain.pop("movement"), "movement"),
        (lambda plain: plain.update(extra=1), "extra"),
        (lambda plain: plain["flows"][0].update(counted="15"), r"flows\[0\].counted"),
        (lambda plain: plain["flows"][0].update(counted=True), r"flows\[0\].counted"),
        (lambda plain: plain.update(month="2026-13"), "month"),
        (lambda plain: plain.update(as_of="31-10-2026"), "as_of"),
        (lambda plain: plain.update(stocks={}), "stocks"),
        (lambda plain: plain.update(leads=[]), "leads"),
    ],
)
def test_a_payload_of_another_form_is_refused_by_the_name_of_the_place(spoil, place):
    plain = reports.report().to_plain()
    spoil(plain)
    with pytest.raises(PayloadError, match=place):
        MonthlyReport.from_plain(plain)


def test_bytes_that_are_no_json_are_refused():
    with pytest.raises(PayloadError, match="no JSON"):
        MonthlyReport.from_payload(b"{")


def test_a_payload_holds_no_language_but_what_people_typed():
    text = reports.report().to_payload().decode()
    for word in ("Gekwalificeerd", "Qualified", "oktober", "October", "verloren"):
        assert word not in text
    assert "Gesprek over vervolgfinanciering" in text


def test_a_text_in_one_language_stands_in_for_the_other():
    assert Wording("ja", "yes").into("nl") == "ja"
    assert Wording("ja", "").into("en") == "ja"
    assert Wording("", "yes").into("nl") == "yes"


def unbalanced(stage: str, **changes: int) -> tuple[StageMovement, ...]:
    return tuple(replace(row, **changes) if row.stage == stage else row for row in reports.movement())


def test_a_stage_that_does_not_balance_stops_the_report_and_is_named():
    with pytest.raises(UnbalancedMovementError, match=r"proposal.*8.*9") as caught:
        reports.report(movement=unbalanced("proposal", end=9, startup=5))
    assert [(fault.code, fault.field) for fault in caught.value.faults] == [
        ("unbalanced_movement", "proposal")
    ]


def test_every_stage_that_is_off_is_named_at_once():
    rows = tuple(
        replace(row, start=row.start + 1) if row.stage in ("contacted", "decision") else row
        for row in reports.movement()
    )
    with pytest.raises(UnbalancedMovementError) as caught:
        reports.report(movement=rows)
    assert [fault.field for fault in caught.value.faults] == ["contacted", "decision"]


def test_what_moves_out_of_a_stage_must_move_into_another():
    rows = unbalanced("identified", moved_out=5, end=22, startup=7)
    with pytest.raises(UnbalancedMovementError) as caught:
        reports.report(movement=rows)
    assert caught.value.codes == ["unbalanced_moves"]


def test_the_tracks_must_add_up_to_the_stage_unless_one_is_withheld():
    with pytest.raises(UnbalancedMovementError) as caught:
        reports.report(movement=unbalanced("decision", startup=3))
    assert caught.value.codes == ["unbalanced_tracks"]
    withheld = reports.report(movement=unbalanced("decision", startup=None))
    assert withheld.total.startup is None
    assert withheld.total.rd_branch == 17


def test_the_tracks_own_totals_must_be_those_of_the_stages_where_all_are_shown():
    whole = TrackSplit(startup=38, knowledge_intensive=32, rd_branch=None)
    with pytest.raises(RuleError) as caught:
        reports.report(open_by_track=whole)
    assert [(fault.code, fault.field) for fault in caught.value.faults] == [("tracks", "startup")]


def test_the_stages_must_all_be_there_in_order():
    with pytest.raises(UnbalancedMovementError) as caught:
        reports.report(movement=reports.movement()[1:])
    assert "stages" in caught.value.codes


def test_other_figures_that_contradict_each_other_are_all_named():
    with pytest.raises(RuleError) as caught:
        reports.report(
            as_of=date(2026, 9, 30),
            known_at=datetime(2026, 11, 6, 11),  # noqa: DTZ001 - a moment without a zone is the fault
            flows=reports.flows(spin_offs={"counted": 16}),
            leads=replace(reports.leads(), moved_total=2),
        )
    assert caught.value.codes == ["as_of", "known_at", "spin_offs", "list"]


def test_a_report_needs_its_three_counts():
    with pytest.raises(RuleError) as caught:
        reports.report(flows=reports.flows()[:2])
    assert caught.value.codes == ["flows"]


def test_a_month_without_data_is_a_report_and_knows_that_it_is_empty():
    assert reports.empty_report().is_empty
    assert not reports.report().is_empty


def test_a_stock_is_its_last_measurement_with_our_own_count_since():
    companies, _knowledge, jobs = reports.stocks()
    assert (companies.now, jobs.now) == (507, 12835)
    unmeasured = replace(companies, observations=())
    assert (unmeasured.latest, unmeasured.now) == (None, None)


def lead(start: str | None, *terms: tuple[str, str], end: str | None, name: str = "L-0001") -> LeadMonth:
    return LeadMonth(name, "startup", start, tuple(Term(*term) for term in terms), end)


def test_leads_make_the_movement_table_of_their_stages():
    rows = tabulate(
        [
            lead(None, ("new", "identified"), ("moved_out", "identified"), ("moved_in", "contacted"), end="contacted"),
            lead("committed", ("established", "committed"), end=None),
            lead("qualified", ("parked", "qualified"), ("reopened", "qualified"), ("lost", "qualified"), end=None),
            lead("proposal", end="proposal"),
        ]
    )  # fmt: skip
    table = {row.stage: row for row in rows}
    assert tuple(table) == OPEN_STAGES
    assert (table["identified"].new, table["identified"].moved_out, table["identified"].end) == (1, 1, 0)
    assert (table["contacted"].moved_in, table["contacted"].startup) == (1, 1)
    assert (table["qualified"].start, table["qualified"].reopened, table["qualified"].end) == (1, 1, 0)
    assert (table["committed"].established, table["proposal"].end) == (1, 1)
    assert all(row.sum == row.end for row in rows)


def test_a_lead_that_does_not_balance_is_named_with_its_stages():
    with pytest.raises(UnbalancedMovementError, match=r"L-0007.*contacted.*L-0007.*qualified") as caught:
        tabulate([lead("contacted", end="qualified", name="L-0007"), lead("proposal", end="proposal")])
    assert [fault.field for fault in caught.value.faults] == ["contacted", "qualified"]


def test_a_report_refuses_what_no_payload_can_hold():
    with pytest.raises(TypeError, match="set"):
        replace(reports.report(), rule_version={1}).to_payload()


def test_the_months_day_and_moment_read_back_as_such():
    report = MonthlyReport.from_payload(reports.report().to_payload())
    assert (report.month, report.as_of) == (Month(2026, 10), date(2026, 10, 31))
    assert report.known_at == datetime(2026, 11, 6, 11, tzinfo=UTC)
