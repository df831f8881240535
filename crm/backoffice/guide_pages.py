"""The guides at the desk, and which chapter explains the page that is open."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from crm.common.guides import READ_BY, guide

# By the beginning of the page's URL name; the longest that fits wins.
EXPLAINED: dict[str, tuple[str, str]] = {
    "index": ("staff", "day"),
    "today": ("staff", "day"),
    "week": ("staff", "day"),
    "my": ("staff", "day"),
    "acquisition_": ("staff", "leads"),
    "acquisition_lead_change": ("staff", "lead"),
    "acquisition_lead_changelist": ("staff", "leads"),
    "acquisition_namereveal": ("administrator", "logs"),
    "acquisition_stagechange": ("administrator", "logs"),
    "any_board": ("staff", "board"),
    "board": ("staff", "board"),
    "search": ("staff", "search"),
    "contacts_": ("staff", "people"),
    "contacts_brokeraccess": ("administrator", "keys"),
    "contacts_applicationarea": ("administrator", "lists"),
    "contacts_technology": ("administrator", "lists"),
    "duplicates": ("staff", "people"),
    "merge": ("staff", "people"),
    "referral": ("staff", "referrals"),
    "estate_": ("staff", "space"),
    "estate_area": ("administrator", "lists"),
    "matching_": ("staff", "space"),
    "targets_countevent": ("staff", "counting"),
    "targets_": ("manager", "targets"),
    "reports_": ("manager", "reports"),
    "accounts_user": ("administrator", "people"),
    "accounts_apikey": ("administrator", "keys"),
    "accounts_accountevent": ("administrator", "logs"),
    "crm_messages_": ("administrator", "logs"),
    "desk_": ("administrator", "logs"),
    "settings": ("administrator", "people"),
    "bulk": ("staff", "bulk"),
    "contact-round": ("staff", "relations"),
    "contacts_organisation_portfolio": ("staff", "relations"),
    "mail": ("staff", "mail"),
    "import": ("staff", "import"),
    "norm": ("administrator", "norms"),
    "value": ("administrator", "lists"),
    "broker": ("administrator", "keys"),
    "audit": ("administrator", "logs"),
    "roles": ("administrator", "people"),
}


def help_address(request: HttpRequest) -> str:
    """The chapter that explains the open page, or this person's own guide."""
    role = getattr(request.user, "role", "")
    readable = READ_BY.get(role, ())
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    fitting = [start for start in EXPLAINED if name.startswith(start)]
    if fitting:
        slug, anchor = EXPLAINED[max(fitting, key=len)]
        if slug in readable:
            return f"{reverse('admin:guide', args=[slug])}#{anchor}"
    return reverse("admin:guide", args=[readable[0]]) if readable else ""


def guide_urls(site: Any) -> list[Any]:
    def own_guide(request: HttpRequest) -> HttpResponse:
        return redirect("admin:guide", slug=READ_BY[request.user.role][0])

    def guide_page(request: HttpRequest, slug: str) -> HttpResponse:
        readable = READ_BY.get(request.user.role, ())
        if slug not in readable:
            raise Http404
        language = get_language() or "nl"
        shown = guide(slug, language)
        context = {
            **site.each_context(request),
            "title": shown.title,
            "guide": shown,
            "body": mark_safe(shown.body),  # noqa: S308 our own files, drawn with HTML switched off
            "guides": [(other, guide(other, language).title) for other in readable],
        }
        return TemplateResponse(request, "admin/guide.html", context)

    return [
        path("guide/", site.admin_view(own_guide), name="guides"),
        path("guide/<slug:slug>/", site.admin_view(guide_page), name="guide"),
    ]
