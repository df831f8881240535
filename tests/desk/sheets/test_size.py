"""Long files: the look takes as many queries per portion whatever is in it; fifty thousand rows with three bad ones."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.contacts.models import Organisation
from crm.desk.sheets.models import SheetState, Verdict
from crm.desk.sheets.services import correct_rows, work_now
from tests.desk.sheets.steps import confirmed, faults, looked_at, undone


def rows(count, bad=()) -> str:
    lines = ["Naam;KvK;Plaats;Opgericht"]
    lines += [
        f"Bedrijf {number};{10_000_000 + number};Enschede;{'ooit' if number in bad else '31-12-2019'}"
        for number in range(count)
    ]
    return "\n".join(lines)


def test_a_few_thousand_rows_are_looked_through_in_a_few_queries_per_portion(staff, now):
    with CaptureQueriesContext(connection) as short:
        looked_at("organisations", rows(500), staff, now)
    with CaptureQueriesContext(connection) as long:
        sheet = looked_at("organisations", rows(2_500, bad={17}), staff, now)
    assert faults(sheet) == [(19, "founded_on")]
    assert len(long) - len(short) < 4 * 12


@pytest.mark.soak
def test_fifty_thousand_rows_with_three_bad_ones(staff, now):
    bad = {17, 25_000, 49_999}
    sheet = looked_at("organisations", rows(50_000, bad), staff, now)
    assert sheet.counts == {Verdict.CREATE: 49_997, Verdict.FAULT: 3}
    assert {line for line, _name in faults(sheet)} == {number + 2 for number in bad}
    sheet = correct_rows(
        sheet=sheet,
        corrections={19: {"founded_on": "1-1-2020"}},
        left_out={25_002: True, 50_001: True},
        by=staff,
        at=now,
    )
    sheet = confirmed(work_now(sheet=sheet, at=now), staff, now)
    assert (sheet.state, sheet.trouble) == (SheetState.APPLIED, [])
    assert Organisation.objects.count() == 49_998
    assert undone(sheet, staff, now).state == SheetState.UNDONE
    assert not Organisation.objects.exists()
