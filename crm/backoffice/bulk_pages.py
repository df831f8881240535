"""Bulk work on leads: what is asked, the preview of who is changed and who refused and why, and the work's own page."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.roles import Role
from crm.acquisition.models import Lead
from crm.acquisition.services import AddTag, Judged, judge, make_tag
from crm.backoffice.bulk_forms import FORMS, DeedForm, said
from crm.backoffice.forms import refused
from crm.backoffice.list_export import as_csv
from crm.common.errors import RuleError
from crm.common.months import amsterdam_day
from crm.desk.bulk.models import BulkDeed, BulkItem, BulkJob, Outcome
from crm.desk.bulk.services import AT_ONCE, MOST_LEADS, RIGHT, changeable_leads, deed_of, progress_of
from crm.desk.lists import note_export
from crm.desk.services import begin_bulk, stop_bulk

LISTED = 100  # more than this in a preview are counted, not named
A_PAGE = 100
CHOSEN = re.compile(r"([1-9][0-9]{0,17})(?::([0-9]{1,9}))?", re.ASCII)


def ask(site: Any, request: HttpRequest, kind: str, leads: Iterable[int]) -> HttpResponse:
    """The first page, out of the list: what shall be done with these leads."""
    keys = list(leads)
    form = FORMS[kind]()
    return _asked(site, request, kind, form, keys, back=request.get_full_path())


def _asked(
    site: Any, request: HttpRequest, kind: str, form: DeedForm, keys: list[int], back: str
) -> HttpResponse:
    context = {
        **_frame(site, request, kind, back),
        "form": form,
        "count": len(keys),
        "chosen": " ".join(map(str, keys)),
    }
    return TemplateResponse(request, "admin/bulk/ask.html", context)


def _frame(site: Any, request: HttpRequest, kind: str, back: str) -> dict[str, Any]:
    request.desk_model = "acquisition.lead"  # type: ignore[attr-defined]
    return {
        **site.each_context(request),
        "title": BulkDeed(kind).label,
        "back": back,
        "here": reverse("admin:bulk", args=[kind]),
    }


def _chosen(request: HttpRequest) -> dict[int, int | None]:
    """The leads of the form, each with the version of the preview where there was one; nonsense is left out."""
    found = (CHOSEN.fullmatch(word) for word in request.POST.get("chosen", "").split()[: MOST_LEADS + 1])
    return {int(match[1]): int(match[2]) if match[2] else None for match in found if match}


def _back(request: HttpRequest) -> str:
    """The list that somebody came from, with its filters."""
    target = request.POST.get("back", "")
    home = reverse("admin:acquisition_lead_changelist")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours and target.startswith(home) else home


def _preview(
    site: Any, request: HttpRequest, kind: str, form: DeedForm, judged: list[Judged]
) -> HttpResponse:
    good = [one for one in judged if not one.faults]
    bad = [one for one in judged if one.faults]
    context = {
        **_frame(site, request, kind, _back(request)),
        "form": form,
        "said": said(form.deed()),
        "good": good[:LISTED],
        "good_count": len(good),
        "good_more": max(0, len(good) - LISTED),
        "bad": bad[:LISTED],
        "bad_count": len(bad),
        "bad_more": max(0, len(bad) - LISTED),
        "is_later": len(good) > AT_ONCE,
        "chosen": " ".join(f"{one.lead.pk}:{one.lead.version}" for one in judged),
        "key": uuid4(),
    }
    return TemplateResponse(request, "admin/bulk/preview.html", context)


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _do(request: HttpRequest, kind: str, form: DeedForm, chosen: dict[int, int | None]) -> BulkJob:
    """The yes; a new tag is made with it."""
    now, deed = timezone.now(), form.deed()
    if isinstance(deed, AddTag) and deed.tag.pk is None:
        form.cleaned_data["tag"] = make_tag(name=deed.tag.name, by=request.user, at=now)
    return begin_bulk(
        deed=kind,
        values=form.stored(),
        versions={pk: version for pk, version in chosen.items() if version is not None},
        by=request.user,
        at=now,
        key=_key(request),
    )


def _seen(request: HttpRequest, pk: int) -> BulkJob:
    """The work of this person, or of anybody for a manager, who reads every name."""
    job = BulkJob.objects.select_related("by").filter(pk=pk).first()
    if job is None or (job.by_id != request.user.pk and request.user.role != Role.MANAGER):
        raise Http404
    return job


def _items(job: BulkJob) -> Any:
    return BulkItem.objects.filter(job=job).select_related("lead").order_by("pk")


def _with_names(request: HttpRequest, items: list[BulkItem]) -> list[tuple[BulkItem, str]]:
    """Each with its lead's name as this person may read it."""
    leads = Lead.objects.named_for(request.user).filter(pk__in=[item.lead_id for item in items])
    names = dict(leads.values_list("pk", "display_name"))
    return [(item, names[item.lead_id]) for item in items]


def _result_context(request: HttpRequest, job: BulkJob) -> dict[str, Any]:
    progress = progress_of(job)
    try:
        words = said(deed_of(job.deed, job.values))
    except RuleError:
        words = str(job.get_deed_display())
    which = request.GET.get("show", "")
    items = _items(job)
    if which in Outcome.values:
        items = items.filter(outcome=which)
    page = Paginator(items, A_PAGE).get_page(request.GET.get("page"))
    return {
        "title": job.get_deed_display(),
        "job": job,
        "said": words,
        "progress": progress,
        "is_running": job.finished_at is None,
        "page": page,
        "lines": _with_names(request, list(page.object_list)),
        "show": which if which in Outcome.values else "",
        "outcomes": [
            ("", _("All"), progress.total),
            (Outcome.DONE, Outcome.DONE.label, progress.done),
            (Outcome.REFUSED, Outcome.REFUSED.label, progress.refused),
        ],
    }


def _page(site: Any, request: HttpRequest, kind: str) -> HttpResponse:
    """Ask, show the preview, or do it: each page carries what was chosen and typed to the next."""
    if kind not in BulkDeed.values:
        raise Http404
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    chosen, form, back = _chosen(request), FORMS[kind](request.POST), _back(request)
    leads = changeable_leads(request.user).named_for(request.user).select_related("owner")
    leads = list(leads.filter(pk__in=chosen).order_by("pk"))
    keys = [lead.pk for lead in leads]
    step = request.POST.get("step")
    if not keys:
        messages.error(request, _("No lead was chosen that you may change."))
        return HttpResponseRedirect(back)
    if not form.is_valid() or step == "ask":
        if step == "ask":
            form = FORMS[kind](initial=form.cleaned_data)
        return _asked(site, request, kind, form, keys, back)
    if step != "yes":
        judged = judge(deed=form.deed(), leads=leads, by=request.user, at=timezone.now())
        return _preview(site, request, kind, form, judged)
    return _done(request, kind, form, chosen, back)


def _done(
    request: HttpRequest, kind: str, form: DeedForm, chosen: dict[int, int | None], back: str
) -> HttpResponse:
    try:
        job = _do(request, kind, form, chosen)
    except RuleError as error:
        for fault in refused(error):
            messages.error(request, str(fault.message))
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(reverse("admin:bulk-job", args=[job.pk]))


def bulk_urls(site: Any) -> list[Any]:
    @require_POST
    def bulk(request: HttpRequest, kind: str) -> HttpResponse:
        return _page(site, request, kind)

    def result(request: HttpRequest, pk: int) -> HttpResponse:
        request.desk_model = "acquisition.lead"  # type: ignore[attr-defined]
        context = {**site.each_context(request), **_result_context(request, _seen(request, pk))}
        return TemplateResponse(request, "admin/bulk/job.html", context)

    @require_POST
    def stop(request: HttpRequest, pk: int) -> HttpResponse:
        job = _seen(request, pk)
        try:
            stop_bulk(job=job, by=request.user, at=timezone.now())
        except RuleError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:bulk-job", args=[pk]))

    def table(request: HttpRequest, pk: int) -> HttpResponse:
        """All leads of the work with what became of them and why, as a spreadsheet."""
        job, now = _seen(request, pk), timezone.now()
        lines = _with_names(request, list(_items(job)))
        heads = [_("Reference"), _("Lead"), _("Outcome"), _("Why not")]
        rows = [
            [item.lead.reference, name, str(item.get_outcome_display()), item.reason] for item, name in lines
        ]
        note_export(
            list_name="desk.bulkitem",
            query=f"job={job.pk}",
            export_format="csv",
            rows=len(rows),
            by=request.user,
            at=now,
        )
        response = HttpResponse(as_csv([heads, *rows]), content_type="text/csv; charset=utf-8")
        name = f"bulk-{job.pk}-{amsterdam_day(now):%Y-%m-%d}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    return [
        path("bulk/<slug:kind>/", site.admin_view(bulk), name="bulk"),
        path("bulk/job/<int:pk>/", site.admin_view(result), name="bulk-job"),
        path("bulk/job/<int:pk>/stop/", site.admin_view(stop), name="bulk-stop"),
        path("bulk/job/<int:pk>/csv/", site.admin_view(table), name="bulk-csv"),
    ]
