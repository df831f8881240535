"""Reading a PDF as a reader, a screen reader and a checker do."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest


def tool(name: str) -> str:
    """Where the program stands; a test that needs a missing one is skipped and says so."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed (Debian: poppler-utils, qpdf)")
    return path


def text_of(data: bytes, folder: Path, page: int = 0) -> str:
    """The text as poppler reads it, blanks and line ends as single spaces; `page` 0 is the whole."""
    path = folder / "read.pdf"
    path.write_bytes(data)
    pages = ["-f", str(page), "-l", str(page)] if page else []
    result = subprocess.run(
        [tool("pdftotext"), "-layout", *pages, str(path), "-"], capture_output=True, check=True
    )
    return re.sub(r"\s+", " ", result.stdout.decode())


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def elements(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Every element of the structure tree."""
    waiting = list(pdf.Root.StructTreeRoot.K)
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Array):
            waiting += list(element)
        elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
            yield element
            if "/K" in element:
                waiting += list(element.K) if isinstance(element.K, pikepdf.Array) else [element.K]


def of_kind(pdf: pikepdf.Pdf, kind: str) -> list[pikepdf.Dictionary]:
    return [element for element in elements(pdf) if str(element.S) == f"/{kind}"]


def alternatives(pdf: pikepdf.Pdf) -> list[str]:
    return [str(figure.get("/Alt", "")) for figure in of_kind(pdf, "Figure")]
