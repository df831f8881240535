"""What somebody gets whose session ended or whose form grew too old: a page, or for a script a sentence. No text is lost."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _


def is_asked_by_script(request: HttpRequest) -> bool:
    """A page's script waits for the answer: it can show a sentence, but no log-in page."""
    if request.headers.get("X-Requested-With") == "fetch":
        return True
    return request.headers.get("Sec-Fetch-Mode", "navigate") in ("cors", "same-origin")


def came_from(request: HttpRequest) -> str:
    """The page of ours on which the form stood that was sent, with its query; empty where the browser does not say."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return ""
    parts = urlsplit(referer)
    # A path that begins with two slashes would be another site's address.
    path = f"/{parts.path.lstrip('/')}"
    return f"{path}?{parts.query}" if parts.query else path


def session_ended(request: HttpRequest) -> HttpResponse:
    """Nothing was stored. To the log-in, and from there back to the page with the form, which keeps what was typed."""
    if is_asked_by_script(request):
        words = _(
            "You are logged out, and nothing was stored. Log in again in another tab, then send this once more."
        )
        return JsonResponse({"sentence": words}, status=401)
    target = came_from(request) or request.get_full_path()
    return HttpResponseRedirect(f"{reverse('accounts:log-in')}?{urlencode({'next': target, 'ended': 'yes'})}")


def role_changed(request: HttpRequest) -> HttpResponse:
    """Somebody who worked at the desk a moment ago does so no more: what was sent is not done, not even in part."""
    words = _("Your role was changed: you may not do this any more. Nothing was stored.")
    if is_asked_by_script(request):
        return JsonResponse({"sentence": words}, status=403)
    return render(request, "403.html", {"sentence": words}, status=403)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is not this session's: mostly somebody logged in again in another tab. A script gets a new one."""
    if is_asked_by_script(request):
        words = _("This page is from an earlier session. Nothing was stored: send it once more.")
        return JsonResponse({"sentence": words, "token": get_token(request)}, status=403)
    return render(request, "403_csrf.html", {"back": came_from(request) or request.path}, status=403)
