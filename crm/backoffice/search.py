"""The door of search: one address for the page, for the dialog's list, and for what this person opened last."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.roles import DESK_ROLES
from crm.backoffice.navigation import may_see
from crm.backoffice.templatetags.desk import day_in_words
from crm.common.months import amsterdam_day
from crm.desk.search import Hit, Kind, Reason, find, name_records
from crm.desk.search.hits import Tier
from crm.desk.search.query import LONGEST, read_query

SESSION_KEY = "recently_viewed"
REMEMBERED = 8
IN_DIALOG, ON_PAGE = 5, 20
HEADS = {
    Kind.LEAD: (gettext_lazy("Leads"), "lead"),
    Kind.ORGANISATION: (gettext_lazy("Organisations"), "people"),
    Kind.PERSON: (gettext_lazy("People"), "people"),
    Kind.VACANCY: (gettext_lazy("Available space"), "vacancy"),
    Kind.NEED: (gettext_lazy("Housing needs"), "need"),
    Kind.BUILDING: (gettext_lazy("Buildings"), "building"),
    Kind.NOTE: (gettext_lazy("Notes and contact"), "note"),
}


@dataclass(frozen=True)
class Result:
    """One line of the list."""

    title: str
    context: str
    why: str
    url: str
    icon: str


@dataclass(frozen=True)
class Block:
    """Results under one head."""

    title: str
    results: list[Result]
    has_more: bool = False


@never_cache
@require_GET
@login_required
def search_page(request: HttpRequest) -> HttpResponse:
    """The page with a form, or with `part=list` only what the dialog shows under its box.

    Not behind the admin's own check, which sends who has no desk to the log-in: a dialog needs a plain refusal.
    """
    if request.user.role not in DESK_ROLES:
        raise PermissionDenied
    text = request.GET.get("q", "").replace("\0", " ").strip()
    as_list = request.GET.get("part") == "list"
    blocks = _blocks(request, text, IN_DIALOG if as_list else ON_PAGE)
    context = {
        "blocks": blocks,
        "text": text[:LONGEST],
        "is_cut": len(text) > LONGEST,
        "longest": LONGEST,
        "asks_nothing": bool(text) and read_query(text).is_empty,
        "count": sum(len(block.results) for block in blocks),
    }
    if as_list:
        return TemplateResponse(request, "admin/search_list.html", context)
    context |= {**admin.site.each_context(request), "title": _("Search everywhere")}
    return TemplateResponse(request, "admin/search.html", context)


def _blocks(request: HttpRequest, text: str, per_kind: int) -> list[Block]:
    kinds = [kind for kind in Kind if may_see(request.user, kind.value)]
    today = amsterdam_day(timezone.now())
    if not text:
        hits = name_records(user=request.user, records=_recent(request), kinds=kinds)
        results = [_result(hit, today) for hit in hits]
        return [Block(_("Recently viewed"), results)] if results else []
    return [
        Block(str(HEADS[group.kind][0]), [_result(hit, today) for hit in group.hits], group.has_more)
        for group in find(text=text, user=request.user, kinds=kinds, per_kind=per_kind)
    ]


def _result(hit: Hit, today: Any) -> Result:
    model, pk = (Kind.LEAD, hit.lead_id) if hit.lead_id else (hit.kind, hit.pk)
    page = "portfolio" if model == Kind.ORGANISATION else "change"
    url = reverse(f"admin:{model.value.replace('.', '_')}_{page}", args=[pk])
    return Result(hit.title or "–", hit.context, _why(hit, today), url, HEADS[hit.kind][1])


def _why(hit: Hit, today: Any) -> str:
    """In which fact it was found, where the title does not show it."""
    if hit.reason == Reason.KVK:
        return _("KvK %(number)s") % {"number": hit.found}
    if hit.reason == Reason.NOTE and hit.on:
        return _("in a note of %(day)s") % {"day": day_in_words(hit.on, today)}
    if hit.reason == Reason.CODE_NAME and hit.found != hit.title:
        return _("code name %(name)s") % {"name": hit.found}
    if hit.reason in (Reason.EMAIL, Reason.PHONE, Reason.STREET) and hit.found != hit.context:
        return hit.found
    if hit.reason == Reason.NAME and hit.rank[0] == Tier.NEAR and hit.rank[1]:
        return _("looks like it")
    return ""


# ── what was opened last ────────────────────────────────────────────────────
def _recent(request: HttpRequest) -> list[tuple[Kind, int]]:
    records = request.session.get(SESSION_KEY, [])
    return [(Kind(kind), pk) for kind, pk in records if kind in HEADS]


def remembering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, after which a record's page that was read stands first in this person's session."""

    def remembered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200 and "_popup" not in request.GET:
            _remember(request)
        return response

    return update_wrapper(remembered, view)


def _remember(request: HttpRequest) -> None:
    match = request.resolver_match
    key = str(match.kwargs.get("object_id", "")) if match else ""
    for kind in Kind:
        pages = [f"{kind.value.replace('.', '_')}_{page}" for page in ("change", "portfolio")]
        if match and match.url_name in pages and key.isdecimal():
            record, known = [kind.value, int(key)], request.session.get(SESSION_KEY, [])
            if known[:1] != [record]:
                others = [old for old in known if old != record]
                request.session[SESSION_KEY] = [record, *others][:REMEMBERED]
