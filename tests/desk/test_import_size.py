"""The work of an import grows with its rows, and not faster. How long it takes is measured in `benchmarks/`."""

from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.acquisition.models import Lead, StageChange
from crm.desk.services import import_history
from crm.targets.models import CountEvent
from tests.desk.folders import HistoryFolder, company

pytestmark = pytest.mark.django_db
STEPS = ("", "identified", "contacted", "qualified", "site_visit")
QUERIES_PER_ROW = 12


def history(path, companies: int) -> HistoryFolder:
    """Eight rows per company: itself, a lead with four steps, its arrival and a move."""
    folder = HistoryFolder(path)
    for number in range(companies):
        ref = f"o{number}"
        company(folder, ref)
        folder.add("leads", ref=f"L{number}", organisation_ref=ref)
        for day, (from_stage, to_stage) in enumerate(pairwise(STEPS), start=1):
            folder.add(
                "stage_changes",
                lead_ref=f"L{number}",
                from_stage=from_stage,
                from_status="open" if from_stage else "",
                to_stage=to_stage,
                occurred_on=f"2025-03-{day:02d}",
                recorded_at=f"2025-03-{day:02d}T10:00:00+01:00",
            )
        folder.add(
            "count_events",
            ref=f"m{number}",
            kind="move_within_park",
            organisation_ref=ref,
            occurred_on="2025-04-01",
            recorded_at="2025-04-01T12:00:00Z",
            confirmed_at="2025-04-02T12:00:00Z",
        )
    return folder


class Counter:
    """Counts queries without keeping them: Django's own log ends at nine thousand."""

    queries = 0

    def __call__(self, execute, *arguments):
        self.queries += 1
        return execute(*arguments)


def test_two_thousand_rows_take_few_queries_each_and_hardly_any_when_known(tmp_path, administrator, now):
    path = history(tmp_path / "history", 250).write()
    first = Counter()
    with connection.execute_wrapper(first):
        result = import_history(folder=path, by=administrator, at=now)
    assert result.rows_new == 2000
    assert (Lead.objects.count(), StageChange.objects.count(), CountEvent.objects.count()) == (250, 1000, 500)
    assert first.queries <= QUERIES_PER_ROW * 2000
    with CaptureQueriesContext(connection) as again:
        assert import_history(folder=path, by=administrator, at=now).rows_known == 2000
    assert len(again) <= 100


def test_queries_grow_with_the_rows_and_not_faster(tmp_path, administrator, now):
    taken = {}
    for companies in (10, 40):
        folder = history(tmp_path / str(companies), companies)
        for rows in folder.rows.values():
            for row in rows:
                row |= {
                    name: f"{companies}-{row[name]}" for name in row if name.endswith("ref") and row[name]
                }
        path = folder.write()
        with CaptureQueriesContext(connection) as queries:
            import_history(folder=path, by=administrator, at=now)
        taken[companies] = len(queries)
    assert taken[40] <= 4 * taken[10]
