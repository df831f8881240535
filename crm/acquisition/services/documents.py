"""Verbs on the files that are kept with a lead."""

from datetime import datetime
from hashlib import sha256
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from crm.acquisition.document_kinds import cleaned_name, file_faults, kind_of, without_traces
from crm.acquisition.models import Document, Lead
from crm.common.errors import Fault, RuleError, refuse
from crm.common.locks import lock_row
from crm.common.validation import field_faults


@transaction.atomic
def add_document(
    *, lead: Lead, name: str, content: IO[bytes], size: int, by: User, at: datetime, note: str = ""
) -> Document:
    """Keep a file with a lead: a PDF, PNG, JPEG, DOCX or XLSX of at most 20 MB, known by its content.

    It is stored under a random name; `name` is what people read, cleaned of what could mislead, `note` says what it is.
    Pictures are drawn anew, without what a camera writes into them. Raises `RuleError` with every fault at once.
    """
    faults = file_faults(content, size)
    kind = kind_of(content) if not faults else None
    document = Document(
        lead=lead,
        name="x",
        note=" ".join(note.split()),
        kind=kind or "pdf",
        size=size,
        sha256="",
        created_at=at,
    )
    refuse([*faults, *field_faults(document, exclude=("name", "size", "sha256", "file", "withdrawn_at"))])
    kept = without_traces(content, document.kind)
    document.name = cleaned_name(name, document.kind)
    document.size, document.sha256, document.created_by = len(kept), sha256(kept).hexdigest(), by
    document.file.save(document.name, ContentFile(kept), save=False)
    document.save()
    return document


@transaction.atomic
def withdraw_document(*, document: Document, by: User, at: datetime) -> Document:
    """Take a file back, once: nobody can download it any more, its row stays and says who withdrew it and when."""
    fresh = lock_row(Document.objects.all(), document.pk)
    if fresh.withdrawn_at is not None:
        message = _("%(who)s withdrew this document already.") % {"who": fresh.withdrawn_by}
        raise RuleError(Fault("withdrawn_already", message))
    fresh.withdrawn_at, fresh.withdrawn_by = at, by
    fresh.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return fresh
