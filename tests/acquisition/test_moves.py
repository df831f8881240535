"""Moving, parking, reopening, ending, establishing and taking back."""

from datetime import date, timedelta

import pytest

from crm.acquisition.models import Lead, StageChange
from crm.acquisition.services import (
    close_lead,
    establish_lead,
    import_change,
    move_stage,
    move_stages,
    park_lead,
    record_proposal,
    reopen_lead,
    reverse_change,
)
from crm.common.errors import RuleError, StaleError
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import STARTED_ON, LeadFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 22)


@pytest.fixture
def act(staff, now):
    """Call a verb on a lead today, as staff."""

    def act(verb, lead, **arguments):
        return verb(lead=lead, **({"on": TODAY, "by": staff, "at": now} | arguments))

    return act


def stands(lead) -> tuple[str, str, date]:
    stored = Lead.objects.get(pk=lead.pk)
    assert (stored.stage, stored.status, stored.version) == (lead.stage, lead.status, lead.version)
    return stored.stage, stored.status, stored.stage_since


def codes(error) -> list[str]:
    return error.value.codes


def test_a_move_leaves_one_row_and_the_lead_follows(act, staff, now):
    lead = LeadFactory(complete=True)
    change = act(move_stage, lead, to_stage="contacted", note=" Gebeld ")
    assert stands(lead) == ("contacted", "open", TODAY)
    assert lead.changed_by == staff
    assert StageChange.objects.filter(lead=lead).count() == 2
    assert (change.from_stage, change.to_stage, change.from_status, change.to_status) == (
        "identified",
        "contacted",
        "open",
        "open",
    )
    assert (change.occurred_on, change.recorded_at, change.by, change.note.text) == (
        TODAY,
        now,
        staff,
        "Gebeld",
    )


def test_forward_may_skip_where_all_requirements_hold(act):
    lead = LeadFactory(complete=True)
    act(move_stage, lead, to_stage="committed")
    assert stands(lead)[0] == "committed"


def test_all_missing_requirements_are_named_at_once_with_their_fields(act):
    lead = LeadFactory()
    with pytest.raises(RuleError) as error:
        act(move_stage, lead, to_stage="qualified", on=STARTED_ON - timedelta(days=1))
    assert [(fault.code, fault.field) for fault in error.value.faults] == [
        ("before_previous", "occurred_on"),
        ("contact", "activity"),
        ("technology", "develops_technology"),
        ("rd", "has_rd_in_operations"),
        ("space", "seeks_space"),
        ("decision_date", "decision_expected_on"),
        ("decision_maker", "decision_maker"),
    ]
    assert StageChange.objects.count() == 1
    assert stands(lead)[0] == "identified"


def test_a_proposed_match_stands_for_an_offer_document(act):
    lead = LeadFactory(complete=True, offer_reference="")
    with pytest.raises(RuleError) as error:
        act(move_stage, lead, to_stage="proposal")
    assert codes(error) == ["offer"]
    act(record_proposal, lead, reference="Match 12")
    act(move_stage, lead, to_stage="proposal")
    assert stands(lead)[0] == "proposal"


def test_contact_after_the_day_of_the_move_does_not_count(act):
    lead = LeadFactory(complete=True)
    with pytest.raises(RuleError) as error:
        act(move_stage, LeadFactory(), to_stage="contacted")
    assert codes(error) == ["contact"]
    act(move_stage, lead, to_stage="contacted", on=STARTED_ON)


def test_backward_is_allowed_and_asks_for_nothing(act):
    lead = LeadFactory(stage="proposal")
    act(move_stage, lead, to_stage="contacted")
    assert stands(lead) == ("contacted", "open", TODAY)


def test_no_move_enters_established(act):
    lead = LeadFactory(complete=True, stage="committed")
    with pytest.raises(RuleError) as error:
        act(move_stage, lead, to_stage="established")
    assert codes(error) == ["only_by_count"]


def test_a_stage_that_does_not_exist_and_a_move_to_the_same_one_are_refused(act):
    lead = LeadFactory()
    with pytest.raises(RuleError) as error:
        act(move_stage, lead, to_stage="nowhere")
    assert codes(error) == ["unknown_stage"]
    with pytest.raises(RuleError) as error:
        act(move_stage, lead, to_stage="identified")
    assert codes(error) == ["no_change"]


def test_a_change_is_not_later_than_today_nor_earlier_than_the_last_that_stands(act, staff, now):
    lead = LeadFactory(complete=True)
    act(move_stage, lead, to_stage="contacted", on=date(2026, 6, 1))
    with pytest.raises(RuleError) as error:
        act(move_stage, lead, to_stage="qualified", on=TODAY + timedelta(days=1))
    assert codes(error) == ["in_the_future"]
    with pytest.raises(RuleError) as error:
        act(move_stage, lead, to_stage="qualified", on=date(2026, 5, 31))
    assert codes(error) == ["before_previous"]
    last = lead.stage_changes.order_by("-pk").first()
    reverse_change(change=last, by=staff, at=now)
    lead.refresh_from_db()
    act(move_stage, lead, to_stage="qualified", on=date(2026, 5, 31))


@pytest.mark.parametrize("trait", ["parked", "lost", "referred", "withdrawn"])
def test_a_lead_that_is_not_open_is_reopened_before_it_moves(act, trait):
    lead = LeadFactory(stage="proposal", complete=True, **{trait: True})
    for to_stage in ("decision", "contacted"):
        with pytest.raises(RuleError) as error:
            act(move_stage, lead, to_stage=to_stage)
        assert codes(error) == ["status_move"]
    act(reopen_lead, lead)
    assert stands(lead) == ("proposal", "open", TODAY)
    act(move_stage, lead, to_stage="decision")


def test_parking_keeps_the_stage_and_its_day(act):
    lead = LeadFactory(stage="proposal")
    act(park_lead, lead, note="Na de zomer")
    assert stands(lead) == ("proposal", "parked", STARTED_ON)
    with pytest.raises(RuleError) as error:
        act(park_lead, lead)
    assert codes(error) == ["no_change"]


def test_an_ending_keeps_the_furthest_stage_and_has_its_reason(act):
    lead = LeadFactory(stage="proposal")
    change = act(close_lead, lead, to_status="lost", reason="too_expensive")
    assert stands(lead) == ("proposal", "lost", STARTED_ON)
    assert (change.from_status, change.to_status, change.reason) == ("open", "lost", "too_expensive")


@pytest.mark.parametrize(
    ("status", "reason"), [("lost", ""), ("referred", "too_expensive"), ("withdrawn", "timing")]
)
def test_an_ending_without_a_reason_of_its_own_is_refused(act, status, reason):
    lead = LeadFactory()
    with pytest.raises(RuleError) as error:
        act(close_lead, lead, to_status=status, reason=reason)
    assert [(fault.code, fault.field) for fault in error.value.faults] == [("reason_needed", "reason")]


def test_a_lead_ends_in_an_ending(act):
    with pytest.raises(RuleError) as error:
        act(close_lead, LeadFactory(), to_status="parked", reason="other")
    assert codes(error) == ["unknown_ending"]


def test_a_lost_lead_is_not_referred_without_reopening(act):
    lead = LeadFactory(lost=True)
    with pytest.raises(RuleError) as error:
        act(close_lead, lead, to_status="referred", reason="other")
    assert codes(error) == ["status_move"]


@pytest.mark.parametrize("status", ["open", "parked"])
def test_an_open_or_parked_lead_is_established_whatever_is_missing(act, status):
    lead = LeadFactory(stage="contacted", status=status)
    act(establish_lead, lead)
    assert stands(lead) == ("established", "established", TODAY)


def test_an_established_lead_stays_so_until_that_change_is_taken_back(act, staff, now):
    lead = LeadFactory(stage="committed")
    change = act(establish_lead, lead)
    for verb, arguments in (
        (establish_lead, {}),
        (park_lead, {}),
        (reopen_lead, {}),
        (move_stage, {"to_stage": "committed"}),
        (close_lead, {"to_status": "lost", "reason": "other"}),
    ):
        with pytest.raises(RuleError):
            act(verb, lead, **arguments)
    reverse_change(change=change, by=staff, at=now)
    lead.refresh_from_db()
    assert stands(lead)[:2] == ("committed", "open")


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        (move_stage, {"to_stage": "contacted"}),
        (park_lead, {}),
        (close_lead, {"to_status": "lost", "reason": "other"}),
    ],
)
def test_a_version_that_is_no_longer_the_last_is_refused(act, verb, arguments):
    lead = LeadFactory(stage="site_visit", complete=True)
    seen = lead.version
    act(verb, lead, version=seen, **arguments)
    with pytest.raises(StaleError):
        act(verb, LeadFactory._meta.model.objects.get(pk=lead.pk), version=seen, **arguments)
    assert StageChange.objects.filter(lead=lead).count() == 3


def test_a_stale_version_of_an_ended_lead_names_the_ending(act, staff, now):
    lead = LeadFactory()
    seen = lead.version
    colleague = UserFactory(full_name="Sam de Vries")
    act(close_lead, lead, to_status="lost", reason="other", by=colleague)
    with pytest.raises(StaleError, match="Sam de Vries") as error:
        act(reopen_lead, lead, version=seen)
    assert str(Lead(status="lost").get_status_display()) in str(error.value)


def test_taking_back_sets_the_lead_where_it_stood_and_keeps_both_rows(act, staff, now):
    lead = LeadFactory(stage="proposal")
    act(park_lead, lead, on=date(2026, 5, 1))
    act(reopen_lead, lead, on=date(2026, 6, 1))
    change = act(move_stage, lead, to_stage="contacted")
    reversal = reverse_change(change=change, by=staff, at=now, note="Verkeerde lead")
    lead.refresh_from_db()
    assert stands(lead) == ("proposal", "open", date(2026, 6, 1))
    assert (reversal.from_stage, reversal.to_stage, reversal.reverses) == ("contacted", "proposal", change)
    assert (reversal.occurred_on, reversal.note.text) == (TODAY, "Verkeerde lead")
    assert (
        list(StageChange.objects.standing(TODAY, now).filter(lead=lead).order_by("pk"))[-1].to_status
        == "open"
    )
    assert reversal not in StageChange.objects.standing(TODAY, now)
    assert change not in StageChange.objects.standing(TODAY, now)


def test_taking_back_a_parking_gives_the_old_day_in_the_stage(act, staff, now):
    lead = LeadFactory(stage="proposal")
    change = act(park_lead, lead)
    reverse_change(change=change, by=staff, at=now)
    lead.refresh_from_db()
    assert stands(lead) == ("proposal", "open", STARTED_ON)


def test_only_the_last_standing_change_is_taken_back_once_and_never_the_first(act, staff, now):
    lead = LeadFactory(stage="proposal")
    first, second = lead.stage_changes.order_by("pk")
    third = act(move_stage, lead, to_stage="contacted")
    with pytest.raises(RuleError) as error:
        reverse_change(change=second, by=staff, at=now)
    assert codes(error) == ["not_the_last"]
    reversal = reverse_change(change=third, by=staff, at=now)
    with pytest.raises(RuleError) as error:
        reverse_change(change=third, by=staff, at=now)
    assert codes(error) == ["reversed_already"]
    with pytest.raises(RuleError) as error:
        reverse_change(change=reversal, by=staff, at=now)
    assert codes(error) == ["is_a_reversal"]
    reverse_change(change=second, by=staff, at=now)
    with pytest.raises(RuleError) as error:
        reverse_change(change=first, by=staff, at=now)
    assert codes(error) == ["first_change"]


def test_taking_back_is_refused_when_stale_or_with_a_bad_note(act, staff, now):
    lead = LeadFactory(stage="proposal")
    change = lead.stage_changes.order_by("-pk").first()
    with pytest.raises(StaleError):
        reverse_change(change=change, by=staff, at=now, version=lead.version - 1)
    with pytest.raises(RuleError) as error:
        reverse_change(change=change, by=staff, at=now, note="\x00")
    assert codes(error) == ["plain_text"]


def test_imported_changes_skip_requirements_but_keep_order_and_dates(staff, now):
    lead = LeadFactory()
    arguments = {
        "lead": lead,
        "from_stage": "identified",
        "from_status": "open",
        "to_status": "open",
        "by": staff,
        "recorded_at": now,
    }
    import_change(to_stage="committed", occurred_on=date(2026, 2, 1), **arguments)
    assert stands(lead) == ("committed", "open", date(2026, 2, 1))
    with pytest.raises(RuleError) as error:
        import_change(to_stage="decision", occurred_on=TODAY + timedelta(days=1), **arguments)
    assert codes(error) == ["broken_chain", "in_the_future"]
    arguments |= {"from_stage": "committed"}
    with pytest.raises(RuleError) as error:
        import_change(to_stage="decision", occurred_on=date(2026, 1, 31), **arguments)
    assert codes(error) == ["before_previous"]


def test_a_passed_lead_object_may_be_behind(act):
    lead = LeadFactory(complete=True)
    behind = Lead.objects.get(pk=lead.pk)
    act(move_stage, lead, to_stage="contacted")
    act(move_stage, behind, to_stage="qualified")
    assert stands(behind)[0] == "qualified"
    assert [change.from_stage for change in lead.stage_changes.order_by("pk")] == [
        "",
        "identified",
        "contacted",
    ]


def test_a_bulk_move_leaves_one_row_per_lead(staff, now):
    leads = [LeadFactory(complete=True) for _ in range(3)]
    changes = move_stages(leads=reversed(leads), to_stage="proposal", on=TODAY, by=staff, at=now)
    assert [change.lead for change in changes] == leads
    assert {stands(lead)[0] for lead in leads} == {"proposal"}


def test_a_bulk_move_names_every_lead_that_cannot_and_moves_none(staff, now):
    able, unable, ended = LeadFactory(complete=True), LeadFactory(), LeadFactory(lost=True)
    with pytest.raises(RuleError) as error:
        move_stages(leads=[able, unable, ended], to_stage="contacted", on=TODAY, by=staff, at=now)
    assert codes(error) == ["contact", "status_move"]
    assert unable.code_name in str(error.value)
    assert ended.code_name in str(error.value)
    assert not StageChange.objects.filter(to_stage="contacted").exists()
