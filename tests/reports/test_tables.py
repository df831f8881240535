import csv
import io

import pytest

from crm.reports import attachments, tables
from crm.reports.labels import stage
from crm.reports.monthly import Wording
from tests.factories import reports


@pytest.mark.parametrize(
    ("lines", "budget", "shown"),
    [([], 3, 0), ([1, 1, 1], 3, 3), ([1, 1, 1, 1], 3, 2), ([2, 2], 3, 1), ([2, 2], 4, 2), ([2, 1], 2, 0)],
)
def test_rows_are_cut_so_that_a_line_is_left_to_say_so(lines, budget, shown):
    assert tables.fitting(lines, budget) == shown


def test_a_text_that_fits_is_left_alone_and_a_longer_one_is_cut_with_an_ellipsis():
    assert tables.shortened("Novel-T", 107) == "Novel-T"
    cut = tables.shortened("Samenwerkingsverband van de Regionale Ontwikkelingsmaatschappij", 107)
    assert cut.endswith("…")
    assert tables.lines_of(cut, 107) == 2


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 1),
        ("kort", 1),
        ("een twee drie vier vijf zes zeven", 2),
        ("kort " + "labruimte" * 3, 3),
        ("W" * 60, 5),
    ],
)
def test_lines_are_counted_word_by_word_and_long_words_are_broken(text, lines):
    assert tables.lines_of(text, 100) == lines


def test_a_heading_may_stand_on_two_lines():
    assert tables.Column("re-|opened").lines == ["re-", "opened"]


def test_cells_that_a_spreadsheet_would_run_are_defused():
    action = reports.action("=cmd|' /C calc'!A0", "+31 53", due_on=reports.KNOWN.date())
    report = reports.report(asked=(reports.replace(action, action=Wording("=1+1", "@x")),), moved_back=1)
    rows = list(csv.reader(io.StringIO(attachments.figures_csv(report).decode())))
    cells = [row[3] for row in rows]
    assert {"'=1+1", "'@x", "'+31 53"} <= set(cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_the_table_of_figures_has_a_row_for_every_number_of_the_payload():
    report = reports.report()
    rows = list(csv.reader(io.StringIO(attachments.figures_csv(report).decode())))
    assert rows[0] == ["section", "item", "figure", "value"]
    movement = {row[2] for row in rows if row[0] == "movement" and row[1] == "committed"}
    assert {"start", "moved_in", "established", "end", "startup"} <= movement
    assert ["flows", "rd_branches", "net", ""] in rows


def test_a_stage_has_the_word_of_its_own_room():
    assert stage("site_visit") in {"Site visit", "Bezoek"}
