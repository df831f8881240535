"""Saved views of the lists: the tabs above a list, what its menu posts to, and the counts beside the names."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.backoffice.forms import REFUSALS, refused
from crm.backoffice.list_export import export_list
from crm.desk.lists import drop_view, kept_query, open_first, save_view, views_for

EVERYTHING = "all"


def list_admin(site: Any, request: HttpRequest, list_name: str) -> Any:
    """The admin of a list that this person may see."""
    admin = next(
        (found for model, found in site._registry.items() if model._meta.label_lower == list_name), None
    )
    if admin is None:
        raise Http404
    if not admin.has_view_permission(request):
        raise PermissionDenied
    return admin


def list_url(list_name: str, query: str = "") -> str:
    url = reverse(f"admin:{list_name.replace('.', '_')}_changelist")
    return f"{url}?{query}" if query else url


def _views(request: HttpRequest, list_name: str) -> list[Any]:
    """The list's views, asked for once per request."""
    if not hasattr(request, "saved_views"):
        request.saved_views = list(views_for(request.user, list_name).select_related("owner"))
    return request.saved_views


def first_view_redirect(request: HttpRequest, list_name: str) -> HttpResponse | None:
    """Where an untouched list opens with this person's first view; `?view=all` shows everything."""
    if request.method != "GET" or request.GET:
        return None
    view = next((view for view in _views(request, list_name) if view.is_first), None)
    if view is None or not view.query:
        return None
    return HttpResponseRedirect(list_url(list_name, view.query))


def without_view(request: HttpRequest) -> None:
    """Take the way back to all out of what the list reads: it is no filter."""
    if "view" in request.GET:
        request.GET = request.GET.copy()
        del request.GET["view"]


def drawn_saved_views(request: HttpRequest, list_name: str) -> list[dict[str, Any]]:
    """The saved views as tabs, the first one marked, the current one with what can be done with it."""
    here = kept_query(request.GET.urlencode())
    return [
        {
            "id": view.pk,
            "label": view.name,
            "url": f"?{view.query or f'view={EVERYTHING}'}",
            "query": view.query,
            "current": view.query == here,
            "is_shared": view.is_shared,
            "is_first": view.is_first,
            "is_own": view.owner_id == request.user.pk,
            "owner": view.owner,
        }
        for view in _views(request, list_name)
    ]


def _counts(site: Any, request: HttpRequest, list_name: str) -> HttpResponse:
    """How many rows each saved view has, as `{"counts": {id: rows}}`; null for one that this list no longer understands."""
    admin = list_admin(site, request, list_name)
    counts: dict[int, int | None] = {}
    for view in views_for(request.user, list_name):
        request.GET = QueryDict(view.query)
        try:
            counts[view.pk] = admin.get_changelist_instance(request).result_count
        except IncorrectLookupParameters:
            counts[view.pk] = None
    return JsonResponse({"counts": counts})


def _save(request: HttpRequest, list_name: str) -> str:
    view = save_view(
        list_name=list_name,
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
        is_shared=request.POST.get("is_shared") == "on",
        by=request.user,
        at=timezone.now(),
    )
    if request.POST.get("is_first") == "on":
        open_first(list_name=list_name, view=view, by=request.user, at=timezone.now())
    messages.success(request, _("The view %(name)s is kept.") % {"name": view.name})
    return view.query


def _drop(request: HttpRequest, list_name: str) -> str:
    view = _chosen(request, list_name)
    name, query = view.name, view.query
    drop_view(view=view, by=request.user, at=timezone.now())
    messages.success(
        request, _("The view %(name)s is dropped. The list itself is unchanged.") % {"name": name}
    )
    return query


def _first(request: HttpRequest, list_name: str) -> str:
    view = None if request.POST.get("stop") else _chosen(request, list_name)
    open_first(list_name=list_name, view=view, by=request.user, at=timezone.now())
    if view is None:
        messages.success(request, _("This list opens with everything again."))
        return request.POST.get("query", "")
    messages.success(request, _("This list opens with %(name)s from now on.") % {"name": view.name})
    return view.query


def _chosen(request: HttpRequest, list_name: str) -> Any:
    number = request.POST.get("id", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise Http404
    return get_object_or_404(views_for(request.user, list_name), pk=int(number))


VERBS: dict[str, Callable[[HttpRequest, str], str]] = {"save": _save, "drop": _drop, "first": _first}


def _do(site: Any, request: HttpRequest, list_name: str, verb: str) -> HttpResponse:
    list_admin(site, request, list_name)
    if verb not in VERBS:
        raise Http404
    try:
        query = VERBS[verb](request, list_name)
    except REFUSALS as error:
        for fault in refused(error):
            messages.error(request, str(fault.message))
        query = kept_query(request.POST.get("query", ""))
    return HttpResponseRedirect(list_url(list_name, query or f"view={EVERYTHING}"))


def urls_of(site: Any) -> list[Any]:
    """Addresses of the views' verbs, of their counts and of the exports."""

    def counts(request: HttpRequest, list_name: str) -> HttpResponse:
        return _counts(site, request, list_name)

    def verbs(request: HttpRequest, list_name: str, verb: str) -> HttpResponse:
        return _do(site, request, list_name, verb)

    def export(request: HttpRequest, list_name: str, export_format: str) -> HttpResponse:
        return export_list(site, request, list_name, export_format)

    return [
        path("views/<str:list_name>/counts/", site.admin_view(counts), name="view_counts"),
        path("views/<str:list_name>/<str:verb>/", site.admin_view(require_POST(verbs)), name="view_do"),
        path("export/<str:list_name>/<str:export_format>/", site.admin_view(export), name="list_export"),
    ]
