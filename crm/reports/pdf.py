"""The printer: the only module that knows WeasyPrint. No web process imports it (the import alone takes a second).

Made to PDF/UA-1: tagged, language and title set, alternative text on every figure, scope on every header cell, fonts
embedded. Only the style sheet and the font that come with the product can be read; whatever else the page asks for
stops the printing.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import fontpkg_open_sans
import pydyf
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from crm.reports.paper import PaperAttachment, PaperDocument

# Open Sans, © The Open Sans Project Authors, SIL Open Font License 1.1: the licence's text lies beside the files.
FONTS = Path(fontpkg_open_sans.__file__).parent / "files"
BUNDLED = {
    "bundled:report.css": (Path(__file__).parent / "static" / "reports" / "report.css", "text/css"),
    "bundled:OpenSans.ttf": (FONTS / "OpenSans[wdth,wght].ttf", "font/ttf"),
}
BASE_URL = "bundled:"


class ForbiddenResourceError(Exception):
    """The page asked for a file or address that does not come with the product."""


class BundledFiles(URLFetcher):
    """Serves the bundled files and nothing else: no file of the machine, no network, no data URL."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url not in BUNDLED:
            self.refused.append(url)
            raise FatalURLFetchingError(url)
        path, kind = BUNDLED[url]
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


def make_pdf(document: PaperDocument) -> bytes:
    """Print the document. Raises `ForbiddenResourceError` naming what the page asked for and may not have."""
    fetcher, fonts = BundledFiles(), FontConfiguration()
    try:
        with _at(document.moment.timestamp()):
            style = CSS(url="bundled:report.css", font_config=fonts, url_fetcher=fetcher)
            page = HTML(string=document.html, base_url=BASE_URL, url_fetcher=fetcher)
            rendered = page.render(font_config=fonts, stylesheets=[style])
            _describe(rendered.metadata, document)
            data: bytes = rendered.write_pdf(
                pdf_variant="pdf/ua-1",
                pdf_identifier=document.identifier.encode(),
                attachments=[_attachment(part, document.moment) for part in document.attachments],
                finisher=_finish,
            )
    except FatalURLFetchingError as error:
        raise ForbiddenResourceError(_refusal(fetcher)) from error
    if fetcher.refused:  # inside a drawing the printer only logs it
        raise ForbiddenResourceError(_refusal(fetcher))
    return data


def _refusal(fetcher: BundledFiles) -> str:
    return f"the page asks for {', '.join(fetcher.refused)}, which does not come with the product"


@contextmanager
def _at(moment: float) -> Iterator[None]:
    """Let the font subsetter write this moment instead of now, so that two runs give the same bytes."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(moment))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def _describe(metadata: Any, document: PaperDocument) -> None:
    moment = document.moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    metadata.title, metadata.description, metadata.authors = (
        document.title,
        document.subject,
        [document.author],
    )
    metadata.lang, metadata.generator = document.language, "Kennispark CRM"
    metadata.created = metadata.modified = moment


def _attachment(part: PaperAttachment, moment: datetime) -> Attachment:
    at = moment.astimezone(UTC)
    return Attachment(
        file_obj=BytesIO(part.content),
        name=part.name,
        description=part.description,
        created=at,
        modified=at,
        relationship="Data",
    )


def _finish(_document: Any, pdf: pydyf.PDF) -> None:
    """Complete the structure: what a header cell heads, and what an attached file is to the document."""
    objects = [entry for entry in pdf.objects if isinstance(entry, pydyf.Dictionary)]
    for entry in objects:
        if entry.get("S") == "/TH":
            entry["A"]["Scope"] = "/Column" if _part_of_table(entry, pdf) == "/THead" else "/Row"
    files = [entry for entry in objects if entry.get("Type") == "/Filespec"]
    for entry in files:
        entry["AFRelationship"] = "/Data"
    if files:
        pdf.catalog["AF"] = pydyf.Array([entry.reference for entry in files])


def _part_of_table(entry: Any, pdf: pydyf.PDF) -> str:
    while entry["S"] not in ("/THead", "/TBody"):
        entry = pdf.objects[int(entry["P"].split()[0])]
    return str(entry["S"])
