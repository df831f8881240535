"""Files with a lead are known by their content, kept under random names, and withdrawn without a trace being lost."""

import io
import zipfile

import pytest
from django.db import DatabaseError, transaction
from PIL import Image

from crm.acquisition.document_kinds import LARGEST, cleaned_name, kind_of
from crm.acquisition.models import Document
from crm.acquisition.services import add_document, withdraw_document
from crm.common.errors import RuleError
from tests.factories.acquisition import LeadFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def office(part: str, *more: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<xml/>")
    return made.getvalue()


def picture(kind: str, **options) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 2), "red").save(made, kind, **options)
    return made.getvalue()


def add(content: bytes, by, at, name="stuk.pdf", lead=None, **values) -> Document:
    lead = lead or LeadFactory()
    return add_document(
        lead=lead, name=name, content=io.BytesIO(content), size=len(content), by=by, at=at, **values
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (picture("PNG"), "png"),
        (picture("JPEG"), "jpg"),
        (office("word/document.xml"), "docx"),
        (office("xl/workbook.xml"), "xlsx"),
    ],
)
def test_a_file_is_what_it_holds_whatever_it_is_called(content, kind, staff, now):
    document = add(content, staff, now, name="../../geheim\\naam.exe")
    assert (document.kind, document.name) == (kind, f"naam.exe.{kind}")
    assert document.file.name.startswith("documents/2026/")
    assert "naam" not in document.file.name
    assert (document.created_by, document.created_at, document.size > 0) == (staff, now, True)


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\x03\x04 no archive",
        b"\x89PNG\r\n\x1a\n no picture",
        b"\xff\xd8\xff no picture",
        picture("GIF"),
        office("something/else.xml"),
        office("word/document.xml", "xl/workbook.xml"),
        office("word/document.xml", "word/vbaProject.bin"),
    ],
)
def test_everything_else_is_refused_and_nothing_is_stored(content, staff, now, media):
    with pytest.raises(RuleError) as refused:
        add(content, staff, now)
    assert refused.value.codes == ["wrong_kind"]
    assert not Document.objects.exists()
    assert list(media.iterdir()) == []


def test_a_file_too_large_or_empty_is_refused_with_its_size(staff, now):
    lead = LeadFactory()
    for size, code in ((LARGEST + 1, "too_large"), (0, "empty")):
        with pytest.raises(RuleError) as refused:
            add_document(lead=lead, name="x.pdf", content=io.BytesIO(PDF), size=size, by=staff, at=now)
        assert refused.value.codes == [code]


def test_a_picture_loses_what_the_camera_wrote_into_it(staff, now):
    exif = Image.Exif()
    exif[0x010F] = "Geheime camera"
    exif[0x0112] = 6  # turned by a quarter
    document = add(picture("JPEG", exif=exif), staff, now)
    with document.file.open("rb") as file:
        kept = file.read()
    assert b"Geheime" not in kept
    assert Image.open(io.BytesIO(kept)).size == (2, 4)


def test_a_picture_that_claims_too_many_pixels_is_never_unpacked(monkeypatch):
    monkeypatch.setattr("crm.acquisition.document_kinds.MOST_PIXELS", 7)
    assert kind_of(io.BytesIO(picture("PNG"))) is None


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("offerte.pdf", "offerte.pdf"),
        ("C:\\Users\\jan\\offerte.PDF", "offerte.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("‮fdp.exe", "fdp.exe.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("é" * 500, "é" * 116 + ".pdf"),
        ("<script>.pdf", "script.pdf"),
        ("📄 plan.pdf", "📄 plan.pdf"),
    ],
)
def test_a_name_is_cleaned_of_what_could_mislead(given, name):
    assert cleaned_name(given, "pdf") == name


def test_a_withdrawn_document_keeps_its_row_and_says_who_and_when(staff, manager, now):
    document = add(PDF, staff, now, note="  De   offerte ")
    assert document.note == "De offerte"
    withdraw_document(document=document, by=manager, at=now)
    kept = Document.objects.get()
    assert (kept.withdrawn_by, kept.withdrawn_at) == (manager, now)
    with pytest.raises(RuleError, match=manager.full_name):
        withdraw_document(document=document, by=staff, at=now)


def test_a_document_is_never_rewritten_or_deleted(staff, now):
    document = add(PDF, staff, now)
    withdraw_document(document=document, by=staff, at=now)
    for attempt in (
        lambda: Document.objects.update(name="anders.pdf"),
        lambda: Document.objects.update(withdrawn_at=None, withdrawn_by=None),
        lambda: Document.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
