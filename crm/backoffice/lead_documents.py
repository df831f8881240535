"""Files with a lead: the form that takes one, and the views that hand one out and take it back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from crm.acquisition.choices import DocumentKind
from crm.acquisition.models import Document, Lead
from crm.acquisition.services import withdraw_document
from crm.common.errors import RuleError

CONTENT_TYPES = {
    DocumentKind.PDF: "application/pdf",
    DocumentKind.PNG: "image/png",
    DocumentKind.JPEG: "image/jpeg",
    DocumentKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    DocumentKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class DocumentForm(forms.Form):
    """A file and what it is. Both belong to the page's quick entry, so that nothing typed there is lost."""

    prefix = "document"
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, PNG, JPEG, Word or Excel, at most 20 MB."),
        widget=forms.FileInput(attrs={"form": "entry", "accept": ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"}),
        max_length=255,
        allow_empty_file=True,
    )
    note = forms.CharField(
        label=gettext_lazy("What it is"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"form": "entry"}),
    )
    use_required_attribute = False


def file_answer(file: Any, name: str, kind: str) -> FileResponse:
    """The file as an attachment, never shown inside the park's own origin."""
    if not file.storage.exists(file.name):
        raise Http404
    response = FileResponse(
        file.open("rb"), as_attachment=True, filename=name, content_type=CONTENT_TYPES[DocumentKind(kind)]
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def document_urls(admin: Any) -> list[Any]:
    """Addresses under a lead's own; a file has none of its own, for MEDIA is not served."""

    def found(request: HttpRequest, pk: int, document_pk: int) -> tuple[Lead, Document]:
        """The lead as this person sees it, with its document; what may not be read is not there."""
        lead = admin.get_queryset(request).filter(pk=pk).first()
        document = Document.objects.filter(pk=document_pk, lead=pk).first()
        if lead is None or document is None or document.withdrawn_at is not None:
            raise Http404
        if not lead.is_name_readable or not admin.has_view_permission(request, lead):
            raise PermissionDenied
        return lead, document

    @require_GET
    def download(request: HttpRequest, pk: int, document_pk: int) -> FileResponse:
        _lead, document = found(request, pk, document_pk)
        return file_answer(document.file, document.name, document.kind)

    @require_POST
    def withdraw(request: HttpRequest, pk: int, document_pk: int) -> HttpResponse:
        lead, document = found(request, pk, document_pk)
        if not admin.has_change_permission(request, lead):
            raise PermissionDenied
        try:
            withdraw_document(document=document, by=request.user, at=timezone.now())
        except RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("“%(name)s” is withdrawn.") % {"name": document.name})
        return HttpResponseRedirect(admin.record_url(lead))

    view = admin.admin_site.admin_view
    base = "<int:pk>/documents/<int:document_pk>/"
    return [
        path(base, view(download), name="acquisition_lead_document"),
        path(f"{base}withdraw/", view(withdraw), name="acquisition_lead_document_withdraw"),
    ]
