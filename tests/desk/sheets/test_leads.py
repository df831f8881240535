"""Leads by spreadsheet: a move leaves the log that a move by hand leaves, and a hidden name stays hidden."""

from datetime import date

import pytest

from crm.acquisition.models import Lead, LeadEdit, StageChange
from crm.acquisition.services import change_lead, close_lead, move_stage, park_lead
from crm.desk.sheets.models import SheetState, Verdict
from tests.desk.sheets.steps import faults, imported, looked_at
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory

LOG = ("from_stage", "to_stage", "from_status", "to_status", "occurred_on", "recorded_at", "by", "reason")
MOVED_ON = date(2026, 10, 20)


def log_of(lead):
    return list(StageChange.objects.filter(lead=lead).order_by("pk").values_list(*LOG))[1:]


def by_hand(lead, what, staff, now):
    given = {"lead": lead, "on": MOVED_ON, "by": staff, "at": now}
    if what == "move":
        move_stage(to_stage="site_visit", **given)
    elif what == "park":
        park_lead(**given)
    else:
        close_lead(to_status="lost", reason="no_space", **given)


@pytest.mark.parametrize(
    ("what", "cells"),
    [
        ("move", "Bezoek;;;20-10-2026"),
        ("park", ";Geparkeerd;;20-10-2026"),
        ("close", ";Verloren;no_space;20-10-2026"),
    ],
)
def test_a_move_by_import_leaves_the_same_log_as_by_hand(staff, now, what, cells):
    mine, theirs = (LeadFactory(complete=True) for _number in range(2))
    by_hand(mine, what, staff, now)
    imported("leads", f"Kenmerk;Fase;Status;Reden;Datum fase\nL-{theirs.pk};{cells}\n", staff, now)
    assert log_of(theirs) == log_of(mine) != []
    theirs.refresh_from_db()
    assert (theirs.stage, theirs.status, theirs.stage_since) == (mine.stage, mine.status, mine.stage_since)


def test_a_changed_fact_leaves_the_same_row_as_by_hand(staff, now):
    mine, theirs = LeadFactory(), LeadFactory()
    change_lead(lead=mine, by=staff, at=now, version=mine.version, jobs_expected=7)
    imported("leads", f"Kenmerk;Banen\nL-{theirs.pk};7\n", staff, now)
    rows = [
        list(LeadEdit.objects.filter(lead=lead).values_list("field", "old", "new", "by", "at"))
        for lead in (mine, theirs)
    ]
    assert rows[0] == rows[1] != []


def test_what_a_stage_requires_is_asked_of_a_row_too(staff, now):
    lead = LeadFactory()
    sheet = looked_at("leads", f"Kenmerk;Fase\nL-{lead.pk};Gekwalificeerd\n", staff, now)
    messages = [message for _name, message, _cell in sheet.lines.get().faults]
    assert len(messages) >= 5
    assert sheet.lines.get().verdict == Verdict.FAULT
    assert faults(looked_at("leads", f"Kenmerk;Fase\nL-{lead.pk};Gevestigd\n", staff, now)) == [(2, "stage")]
    late = looked_at("leads", f"Kenmerk;Status;Datum fase\nL-{lead.pk};Geparkeerd;1-1-2025\n", staff, now)
    assert faults(late) == [(2, "moved_on")]
    assert faults(looked_at("leads", f"Kenmerk;Status\nL-{lead.pk};Verloren\n", staff, now)) == [
        (2, "reason")
    ]


def test_a_row_may_bring_what_its_stage_requires(staff, now):
    lead = LeadFactory(complete=True, stage="proposal")
    change_lead(lead=lead, by=staff, at=now, version=lead.version, settles_expected_on=None)
    assert faults(looked_at("leads", f"Kenmerk;Fase\nL-{lead.pk};Besluitvorming\n", staff, now)) == [
        (2, "settles_expected_on")
    ]
    text = f"Kenmerk;Fase;Verwachte vestiging\nL-{lead.pk};Besluitvorming;1-3-2027\n"
    assert imported("leads", text, staff, now).state == SheetState.APPLIED
    lead.refresh_from_db()
    assert lead.stage == "decision"


def test_a_new_lead_is_recorded_with_its_name_and_its_day(staff, now):
    firm = OrganisationFactory(name="Firma", kvk="12345678")
    text = "Bedrijf;KvK;Naam;Spoor;Bekend sinds;Status;Reden\nFirma;;;Startup;1-10-2026;;\n;12345678;;R&D-dependance;;;\n;;Project X;startup;;Verloren;no_space\n"
    assert imported("leads", text, staff, now).counts == {"create": 3}
    first, second, third = Lead.objects.order_by("pk")
    assert (first.identity.organisation, first.stage_since) == (firm, date(2026, 10, 1))
    assert (second.identity.organisation, second.track) == (firm, "rd_branch")
    assert (third.identity.working_name, third.status, third.stage_changes.count()) == (
        "Project X",
        "lost",
        2,
    )


def test_a_lead_is_found_by_the_kvk_number_behind_it(staff, now):
    lead = LeadFactory(startup=True, organisation=OrganisationFactory(kvk="12345678"))
    sheet = looked_at("leads", "KvK;Banen\n12345678;5\n", staff, now)
    assert (sheet.lines.get().verdict, sheet.lines.get().record) == (Verdict.UPDATE, lead.pk)
    assert faults(looked_at("leads", "KvK;Banen\n87654321;5\n", staff, now))[0] == (2, "kvk")


def test_a_hidden_lead_is_not_found_by_the_company_behind_it_and_its_name_never_told(staff, manager, now):
    firm = OrganisationFactory(name="Zeer Geheim NV", kvk="12345678")
    lead = LeadFactory(strict=True, startup=True, organisation=firm, jobs_expected=7)
    sheet = looked_at("leads", f"Kenmerk;KvK;Spoor;Banen\nL-{lead.pk};;;9\n;12345678;Startup;9\n", staff, now)
    mine, other = sheet.lines.all()
    assert [name for name, _message, _cell in mine.faults] == ["reference"]
    assert (other.verdict, other.record) == (Verdict.CREATE, None), "as if there were none"
    told = str([mine.label, mine.faults, mine.remarks, mine.changes])
    assert "Geheim" not in told
    assert "7" not in [old for _name, old, _new in mine.changes]
    assert looked_at("leads", f"Kenmerk;Banen\nL-{lead.pk};9\n", manager, now).counts == {"update": 1}


def test_a_hidden_lead_that_comes_back_as_it_left_is_unchanged(staff, now):
    lead = LeadFactory(strict=True, startup=True)
    text = f"Kenmerk;Spoor;Fase;Bedrijf\nL-{lead.pk};Startup;Doelwit;\n"
    assert looked_at("leads", text, staff, now, empties_clear=True).counts == {"unchanged": 1}
