"""What a file is, told by its content and never by its name; and the name under which it may be kept."""

import io
import re
import unicodedata
import warnings
import zipfile
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from crm.acquisition.choices import DocumentKind
from crm.common.errors import Fault

LARGEST = 20 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 5000
MOST_PIXELS = 40_000_000
LONGEST_NAME = 120
# The part that makes an office file what it is; every archive has any name its sender likes.
OFFICE = {"word/document.xml": DocumentKind.DOCX, "xl/workbook.xml": DocumentKind.XLSX}
PICTURES = {"PNG": DocumentKind.PNG, "JPEG": DocumentKind.JPEG}
# Everything that separates folders, breaks a line, hides, or turns the reading direction around.
UNSAFE = re.compile(r'[\\/:*?"<>|]')


def kind_of(file: IO[bytes]) -> DocumentKind | None:
    """PDF, PNG, JPEG, DOCX or XLSX; None for everything else, also for an office file with macros."""
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if head.startswith(b"%PDF-"):
        return DocumentKind.PDF
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return _picture_kind(file)
    return _office_kind(file) if head.startswith(b"PK\x03\x04") else None


def file_faults(file: IO[bytes], size: int) -> list[Fault]:
    """Why a file cannot be kept: empty, too large, or of a kind that nobody can vouch for."""
    if size == 0:
        return [Fault("empty", _("The file is empty."), "file")]
    if size > LARGEST:
        message = _("The file is %(size)d MB: at most %(largest)d MB can be kept here.")
        values = {"size": -(-size // (1024 * 1024)), "largest": LARGEST // (1024 * 1024)}
        return [Fault("too_large", message % values, "file")]
    if kind_of(file) is None:
        message = _(
            "This is no PDF, PNG, JPEG, Word (docx) or Excel (xlsx) file, whatever its name says; "
            "files with macros are not kept."
        )
        return [Fault("wrong_kind", message, "file")]
    return []


def cleaned_name(name: str, kind: str) -> str:
    """The last part of a path, without what could mislead, and ending as its content does."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    stem = UNSAFE.sub(" ", visible)
    stem = re.sub(r"\.(pdf|png|jpe?g|docx|xlsx)\Z", "", " ".join(stem.split()), flags=re.IGNORECASE)
    stem = stem.strip(" .")[: LONGEST_NAME - len(kind) - 1].rstrip(" .")
    return f"{stem or 'document'}.{kind}"


def without_traces(file: IO[bytes], kind: str) -> bytes:
    """The bytes to keep: a picture is drawn anew, one frame and without the place and camera that it carries."""
    file.seek(0)
    if kind not in (DocumentKind.PNG, DocumentKind.JPEG):
        return file.read()
    with Image.open(file, formats=tuple(PICTURES)) as picture:
        # A phone turns the picture by a mark that goes with the rest: it is turned for good first.
        upright = ImageOps.exif_transpose(picture)
        bare = Image.new("RGBA" if kind == DocumentKind.PNG else "RGB", upright.size)
        bare.paste(upright.convert(bare.mode))
    drawn = io.BytesIO()
    if kind == DocumentKind.PNG:
        bare.save(drawn, "PNG")
    else:
        bare.save(drawn, "JPEG", quality=92)
    return drawn.getvalue()


def _picture_kind(file: IO[bytes]) -> DocumentKind | None:
    """Read from the header: what claims more than 40 megapixels is never unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=tuple(PICTURES)) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    return None
                picture.load()
                return PICTURES[picture.format or ""]
    except (UnidentifiedImageError, Image.DecompressionBombWarning, OSError, SyntaxError, ValueError):
        return None
    finally:
        file.seek(0)


def _office_kind(file: IO[bytes]) -> DocumentKind | None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    # NotImplementedError is how zipfile says that an archive is of a later kind than it reads.
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    finally:
        file.seek(0)
    names = {part.filename for part in parts}
    is_odd = (
        len(parts) > MOST_PARTS
        or sum(part.file_size for part in parts) > LARGEST_UNPACKED
        or any(part.flag_bits & 1 for part in parts)
        or any(name.lower().endswith("vbaproject.bin") for name in names)
    )
    found = [kind for part, kind in OFFICE.items() if part in names]
    return None if is_odd or "[Content_Types].xml" not in names or len(found) != 1 else found[0]
