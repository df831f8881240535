"""The PDF as readers, screen readers and checkers find it; each edition is printed once for all tests."""

import csv
import io
import json
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pikepdf
import pytest

from crm.reports import pdf
from crm.reports.formats import Formats
from crm.reports.monthly import MonthlyReport, Wording
from crm.reports.movement import split_of
from crm.reports.rendering import document
from tests.factories import reports
from tests.reports.reading import alternatives, of_kind, opened, text_of, tool

DIRECTOR = Wording("Oktober bracht twee startups & <b>labruimte</b>.", "October brought two startups.")
LONG = "Bijzonder omvangrijke samenwerkingsovereenkomst over " + "labruimte" * 4
EDITIONS = {
    "full": (reports.report, DIRECTOR),
    "empty": (reports.empty_report, Wording("", "")),
}


@cache
def printed(name: str, language: str) -> bytes:
    make, director = EDITIONS[name]
    return pdf.make_pdf(document(make(), language=language, director=director))


BOTH = pytest.mark.parametrize("language", ["nl", "en"])
EACH = pytest.mark.parametrize(
    ("name", "language"), [(name, language) for name in EDITIONS for language in ("nl", "en")]
)


@EACH
def test_an_edition_is_two_pages(name, language):
    assert len(opened(printed(name, language)).pages) == 2


@BOTH
def test_the_numbers_on_page_one_are_those_of_the_payload(language, tmp_path):
    report, formats = reports.report(), Formats(language)
    text = text_of(printed("full", language), tmp_path, page=1)
    for flow in report.flows:
        assert re.search(rf"\b{formats.number(flow.counted)} / ?{flow.goal}\b", text)
        assert formats.number(flow.pace, 1) in text
        assert formats.number(flow.counted - flow.pace, 1, signed=True) in text
    for value in (20.2, 10.1, 18.0, 8.4):
        assert formats.number(value, 1) in text
    for stock in report.stocks:
        assert formats.number(stock.now) in text
        assert formats.number(stock.latest.value) in text
        assert formats.number(stock.plan) in text
        assert formats.number(stock.goal) in text
    for action in (*report.asked, *report.asked_before):
        assert action.partner in text
        assert f"{action.lead} {action.code_name}".strip() in text


@BOTH
def test_the_numbers_on_page_two_are_those_of_the_payload(language, tmp_path):
    report, formats = reports.report(), Formats(language)
    text = text_of(printed("full", language), tmp_path, page=2)
    for row in (*report.movement, report.total):
        terms = (row.start, row.new, row.reopened, row.moved_in, row.moved_out, row.established, row.lost)
        rest = (
            row.referred,
            row.withdrawn,
            row.parked,
            row.end,
            row.startup,
            row.knowledge_intensive,
            row.rd_branch,
        )
        assert " ".join(formats.number(value) for value in (*terms, *rest)) in text
    for step in report.conversion:
        interval = f"{formats.number(step.low * 100)}–{formats.percent(step.high)}"
        assert (
            f"{formats.percent(step.chance)} {interval} {step.left} {formats.number(step.median_months, 1)}"
            in text
        )
    for lead in (*report.leads.moved, *report.leads.stalled, *report.leads.lost):
        assert f"{lead.lead} {lead.code_name}" in text


def test_numbers_and_days_are_written_by_language(tmp_path):
    dutch, english = (text_of(printed("full", language), tmp_path) for language in ("nl", "en"))
    for words in ("12.835", "20,2", "31 oktober 2026", "6 november 2026, 12.00 uur"):
        assert words in dutch
        assert words not in english
    for words in ("12,835", "20.2", "31 October 2026", "6 November 2026, 12:00"):
        assert words in english
        assert words not in dutch


def test_each_language_speaks_its_own_words(tmp_path):
    dutch, english = (text_of(printed("full", language), tmp_path) for language in ("nl", "en"))
    assert (
        "15 van de 20 startups en 1 van de 5 R&D-dependances; startups lopen 1,7 achter op het tempo" in dutch
    )
    assert "15 of 20 startups and 1 of 5 R&D branches; startups are 1.7 behind pace" in english
    for words in ("Gevraagd van partners", "Besluitvorming", "Toegezegd", "verloren", "16 dagen te laat"):
        assert words in dutch
    for words in ("Asked of partners", "Decision", "Committed", "lost", "16 days late"):
        assert words in english


def test_a_month_without_data_says_so(tmp_path):
    assert "In januari 2026 is niets geteld en was geen lead open." in text_of(
        printed("empty", "nl"), tmp_path, 1
    )
    text = text_of(printed("empty", "en"), tmp_path)
    for words in (
        "In January 2026 nothing was counted",
        "nothing this month",
        "No lead was lost, referred or withdrawn",
    ):
        assert words in text


@EACH
def test_qpdf_finds_no_fault(name, language, tmp_path):
    path = tmp_path / "edition.pdf"
    path.write_bytes(printed(name, language))
    result = subprocess.run([tool("qpdf"), "--check", str(path)], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


@EACH
def test_the_document_says_its_language_title_and_that_it_is_tagged(name, language):
    edition = opened(printed(name, language))
    assert str(edition.Root.Lang) == language
    assert bool(edition.Root.MarkInfo.Marked)
    assert bool(edition.Root.ViewerPreferences.DisplayDocTitle)


def test_the_metadata_names_title_author_and_the_standard_it_is_made_to():
    edition = opened(printed("full", "nl"))
    assert str(edition.docinfo["/Title"]) == "Maandrapportage acquisitie Kennispark Twente, oktober 2026"
    assert str(edition.docinfo["/Author"]) == "Gebiedsorganisatie Kennispark"
    with edition.open_metadata() as metadata:
        assert metadata["dc:title"] == "Maandrapportage acquisitie Kennispark Twente, oktober 2026"
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["xmp:CreateDate"] == "2026-11-06T11:00:00Z"


@EACH
def test_every_figure_has_alternative_text_with_its_numbers(name, language):
    texts = alternatives(opened(printed(name, language)))
    assert len(texts) == 6  # bullets, three stocks, waterfall, conversion
    assert all(len(text) > 60 for text in texts)
    assert sum(any(letter.isdigit() for letter in text) for text in texts) == (6 if name == "full" else 5)


def test_the_alternative_text_of_the_bullets_has_all_their_numbers():
    text = next(text for text in alternatives(opened(printed("full", "en"))) if text.startswith("Bars"))
    for words in (
        "counted 15 of goal 20",
        "pace today 16.7",
        "to confirm 1",
        "needed a year 20.2",
        "18.0 a year so far",
        "net 14",
    ):
        assert words in text


@EACH
def test_every_header_cell_says_what_it_heads_and_every_cell_has_its_headers(name, language):
    edition = opened(printed(name, language))
    heads, cells = of_kind(edition, "TH"), of_kind(edition, "TD")
    scopes = {str(cell.A.Scope) for cell in heads}
    assert heads
    assert all("/Scope" in cell.A for cell in heads)
    assert scopes == {"/Column", "/Row"}
    assert all("/Headers" in cell.A for cell in cells)


def test_column_heads_and_row_heads_are_told_apart():
    edition = opened(printed("empty", "en"))
    rows = [cell for cell in of_kind(edition, "TH") if str(cell.A.Scope) == "/Row"]
    assert len(rows) == 8  # seven stages and the total: the only table of an empty month


@EACH
def test_every_font_is_embedded_and_there_are_two_weights_of_one_family(name, language):
    edition = opened(printed(name, language))
    fonts = {}
    for page in edition.pages:
        for font in page.Resources.Font.values():
            descriptor = font.DescendantFonts[0].FontDescriptor
            fonts[str(font.BaseFont).split("+")[1]] = "/FontFile2" in descriptor or "/FontFile3" in descriptor
    assert fonts == {"Open-Sans": True, "Open-Sans-Bold": True}


@BOTH
def test_the_payload_is_attached_as_it_was_frozen(language):
    edition = opened(printed("full", language))
    data = edition.attachments["kennispark-figures-2026-10.json"].get_file().read_bytes()
    assert data == reports.report().to_payload()
    assert MonthlyReport.from_payload(data) == reports.report()


def test_the_table_of_figures_is_attached_with_every_figure():
    edition = opened(printed("full", "nl"))
    data = edition.attachments["kennispark-figures-2026-10.csv"].get_file().read_bytes()
    rows = {tuple(row[:3]): row[3] for row in csv.reader(io.StringIO(data.decode()))}
    assert rows["flows", "startups", "counted"] == "15"
    assert rows["stocks", "jobs", "observations.3.value"] == "12835"
    assert rows["movement", "decision", "end"] == "6"
    assert rows["report", "", "month"] == "2026-10"
    assert rows["asked", "L-0432", "partner"] == "Universiteit Twente"


def test_attachments_are_the_data_of_the_document():
    edition = opened(printed("full", "nl"))
    assert [str(part.AFRelationship) for part in edition.Root.AF] == ["/Data", "/Data"]
    assert all(str(part.Desc) for part in edition.Root.AF)


@BOTH
def test_two_runs_give_the_same_bytes(language):
    again = pdf.make_pdf(document(reports.report(), language=language, director=DIRECTOR))
    assert again == printed("full", language)


def test_printing_leaves_the_environment_as_it_was(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "5")
    pdf.make_pdf(document(reports.empty_report(), language="en"))
    assert pdf.os.environ["SOURCE_DATE_EPOCH"] == "5"


def test_a_preview_says_so_on_every_page_and_in_its_title(tmp_path):
    data = pdf.make_pdf(document(reports.report(), language="en", is_preview=True))
    for page in (1, 2):
        assert "Preview, not archived" in text_of(data, tmp_path, page)
        assert "Preview" not in text_of(printed("full", "en"), tmp_path, page)
    preview, edition = opened(data), opened(printed("full", "en"))
    assert str(preview.docinfo["/Title"]).endswith("(preview)")
    assert bytes(preview.trailer.ID[0]) != bytes(edition.trailer.ID[0])


def test_what_people_typed_is_text_and_never_markup(tmp_path):
    attack = '</p><img src="file:///etc/passwd"><link rel="attachment" href="file:///etc/passwd"><script>'
    report = reports.report(asked=(reports.action("<b>vet</b>", "A & B <u>"),))
    data = pdf.make_pdf(document(report, language="nl", director=Wording(attack, "")))
    text = text_of(data, tmp_path, page=1)
    assert 'src="file:///etc/passwd"' in text
    assert "<b>vet</b>" in text
    assert "A & B <u>" in text
    assert set(opened(data).attachments) == {
        "kennispark-figures-2026-10.csv",
        "kennispark-figures-2026-10.json",
    }


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd" alt="x">',
        '<img src="https://example.org/x.png" alt="x">',
        '<img src="data:image/png;base64,AAAA" alt="x">',
        '<img src="bundled:../pdf.py" alt="x">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<style>@import url("file:///etc/passwd");</style>',
        '<style>@font-face { font-family: x; src: url("file:///etc/passwd"); } p { font-family: x; }</style>',
        '<style>p { background: url("http://127.0.0.1/x"); }</style>',
        '<object data="file:///etc/passwd"></object>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd" width="9" height="9"/></svg>',
    ],
)
def test_only_bundled_files_can_be_read_whatever_the_page_asks_for(markup):
    plain = document(reports.empty_report(), language="en")
    with pytest.raises(pdf.ForbiddenResourceError, match="does not come with the product"):
        pdf.make_pdf(replace(plain, html=plain.html.replace("</body>", f"{markup}<p>x</p></body>")))


def test_long_names_and_full_lists_keep_to_two_pages_and_say_what_was_left_out(tmp_path):
    actions = tuple(reports.action(LONG[:80], LONG, place % 8) for place in range(12))
    wide = Wording(("WWW MMM " * 50)[:400], ("Wording of many letters " * 17)[:400])
    report = reports.report(asked=actions, asked_before=actions, leads=reports.leads(30, 30, 30))
    for language, words in (("nl", "en nog 22"), ("en", "and 22 more")):
        data = pdf.make_pdf(document(report, language=language, director=wide))
        assert len(opened(data).pages) == 2
        assert words in text_of(data, tmp_path, page=2)


def test_lists_whose_leads_may_not_be_named_say_so(tmp_path):
    leads = replace(reports.leads(0, 0, 0), moved_total=2, stalled_total=1, lost_total=1, lost_area_m2=None)
    data = pdf.make_pdf(document(reports.report(leads=leads), language="en"))
    text = text_of(data, tmp_path, page=2)
    assert "2 not named: strictly confidential" in text
    assert "1 not named: strictly confidential" in text


def test_numbers_that_would_give_a_lead_away_are_a_dot_and_explained(tmp_path):
    hidden = {"startup": None, "knowledge_intensive": None, "rd_branch": None}
    rows = tuple(
        replace(row, **hidden) if row.stage in ("decision", "committed") else row
        for row in reports.movement()
    )
    split = split_of(reports.movement())
    data = pdf.make_pdf(document(reports.report(movement=rows, open_by_track=split), language="en"))
    text = text_of(data, tmp_path, page=2)
    assert "6 · · ·" in text
    assert "88 39 32 17" in text
    assert "A dot stands for a number" in text


def test_a_word_without_a_place_to_break_does_not_leave_the_page(tmp_path):
    word = "W" * 80
    report = reports.report(asked=(reports.action(word, "X" * 120),), asked_before=())
    data = pdf.make_pdf(document(report, language="nl", director=Wording("W" * 400, "")))
    assert len(opened(data).pages) == 2


def test_another_moment_of_knowing_gives_another_document():
    later = replace(reports.report(), known_at=datetime(2026, 12, 1, 11, tzinfo=UTC))
    data = pdf.make_pdf(document(later, language="nl", director=DIRECTOR))
    assert data != printed("full", "nl")
    edition = opened(data)
    assert str(edition.docinfo["/CreationDate"]) == "D:20261201110000Z"


def test_the_payload_attached_is_json_for_any_reader():
    edition: pikepdf.Pdf = opened(printed("empty", "nl"))
    plain = json.loads(edition.attachments["kennispark-figures-2026-01.json"].get_file().read_bytes())
    assert plain["flows"][0]["code"] == "startups"
    assert plain["payload_version"] == 1
