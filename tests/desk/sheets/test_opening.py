"""Files of the wrong kind, too large, damaged or dangerous get an answer; heads are found wherever they stand."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from crm.common.errors import RuleError
from crm.desk.sheets import heading, opening
from crm.desk.sheets.heading import read_table


def workbook(**parts) -> bytes:
    book = Workbook()
    book.active.append(["Naam"])
    book.active.append(["Acme"])
    out = io.BytesIO()
    book.save(out)
    if parts:
        with zipfile.ZipFile(out, "a") as package:
            for name, content in parts.items():
                package.writestr(f"xl/{name}.xml", content)
    return out.getvalue()


def odf() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"  \r\n ", "empty"),
        (b"Naam;Plaats\r\n", "no_rows"),
        (opening.OLE + b"x" * 100, "old_workbook"),
        (b"%PDF-1.7 ...", "no_spreadsheet"),
        (b"\x89PNG\r\n", "no_spreadsheet"),
        (b"abc\0\x01\x02def" * 9, "no_spreadsheet"),
        (b"PK\x03\x04 not really", "damaged"),
        (odf(), "open_document"),
        (workbook()[:900], "damaged"),
        (workbook(evil='<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'), "unsafe"),
        (b"\xef\xbb\xbfNaam\n\xff\xfe\xfa", "broken_encoding"),
        (b'Naam;Plaats\n"nooit dicht' + b"x" * 200_000, "unreadable_line"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_says_why(data, code):
    with pytest.raises(RuleError) as refused:
        read_table(data)
    assert refused.value.codes == [code]
    assert len(str(refused.value)) > 10


def test_too_large_too_many_and_too_much_once_unpacked(monkeypatch):
    monkeypatch.setattr(opening, "MOST_BYTES", 10)
    with pytest.raises(RuleError, match="MB"):
        read_table(b"Naam;Plaats\na;b\n")
    monkeypatch.undo()
    monkeypatch.setattr(opening, "MOST_UNPACKED", 1000)
    with pytest.raises(RuleError) as refused:
        read_table(workbook())
    assert refused.value.codes == ["too_large_unpacked"]
    monkeypatch.setattr(heading, "MOST_ROWS", 2)
    with pytest.raises(RuleError) as refused:
        read_table(b"Naam;Plaats\na;b\nc;d\ne;f\n")
    assert refused.value.codes == ["too_many_rows"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Naam;Prijs\nCafé;€ 5\n", "cp1252"),
        ("Naam;Prijs\nCafé;€ 5\n", "utf-8"),
        ("Naam\tPrijs\nCafé\t€ 5\n", "utf-16-le"),
        ("Naam,Prijs\nCafé,€ 5\n", "utf-16-be"),
        ("sep=|\nNaam|Prijs\nCafé|€ 5\n", "utf-8-sig"),
    ],
)
def test_every_encoding_and_separator_gives_the_same_table(text, encoding):
    table = read_table(text.encode(encoding))
    assert (table.heads, [row.cells for row in table.rows]) == (["Naam", "Prijs"], [["Café", "€ 5"]])


def test_heads_under_a_title_in_two_lines_and_again_half_way():
    text = "Lijst 2026;;;\n;;;\nBedrijf;;Contact;\nNaam;Plaats;Naam;\nAcme;Enschede;Kim;los\n\nNaam;Plaats;Naam;\nBeta;;Lee;\n"
    table = read_table(text.encode(), {"naam", "plaats"})
    assert table.heads == ["Bedrijf: Naam", "Plaats", "Contact: Naam", "Column D"] or table.heads[3].endswith(
        "D"
    )
    assert [(row.line, row.cells[0]) for row in table.rows] == [(5, "Acme"), (8, "Beta")]
    assert len(table.notices) == 2


def test_a_line_keeps_the_number_that_a_spreadsheet_shows_beside_it():
    table = read_table(b'Naam;Noot\nAcme;"een\ntwee"\nBeta;x\n')
    assert [row.line for row in table.rows] == [2, 4]
