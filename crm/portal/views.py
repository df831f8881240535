"""Pages for partners: where the targets stand, and the editions of the monthly report."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import DESK_ROLES, Role
from crm.common.guides import READ_BY, guide
from crm.common.months import amsterdam_day
from crm.reports.models import ReportEdition
from crm.targets.models import Target
from crm.targets.progress import progress

READERS = DESK_ROLES | {Role.PARTNER}


def _reader(request: HttpRequest) -> User:
    """Whoever may read what partners read; for others the page does not exist."""
    if not isinstance(request.user, User) or request.user.role not in READERS:
        raise Http404
    return request.user


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The six targets as of today and the editions that were approved."""
    _reader(request)
    now = timezone.now()
    figures = progress(amsterdam_day(now), now)
    targets: list[dict[str, Any]] = [
        {"target": target, "figures": figures.targets[target.code]} for target in Target.objects.all()
    ]
    context = {
        "flows": [row for row in targets if row["figures"].kind != "stock"],
        "stocks": [row for row in targets if row["figures"].kind == "stock"],
        "editions": ReportEdition.objects.released(),
        "as_of": figures.as_of,
        "rule_version": figures.rule_version,
    }
    return render(request, "portal/home.html", context)


@require_safe
@login_required
def own_guide(request: HttpRequest) -> HttpResponse:
    """The guide of the reader's own role."""
    readable = READ_BY.get(getattr(request.user, "role", ""), ())
    if not readable:
        raise Http404
    shown = guide(readable[0], get_language() or "nl")
    body = mark_safe(shown.body)  # noqa: S308 our own files, drawn with HTML switched off
    return render(request, "portal/guide.html", {"guide": shown, "body": body})


@require_safe
@never_cache
@login_required
def edition_pdf(request: HttpRequest, pk: int, language: str) -> HttpResponse | FileResponse:
    """The archived PDF of an approved edition."""
    _reader(request)
    edition = get_object_or_404(ReportEdition.objects.released(), pk=pk)
    file = {"nl": edition.pdf_nl, "en": edition.pdf_en}.get(language)
    if not file:
        raise Http404
    name = f"kennispark-{edition.month:%Y-%m}-{language}.pdf"
    return FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
