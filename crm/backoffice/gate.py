"""Who may send something to the desk at this moment: a session that ended and a role that changed get a plain answer."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.refusals import role_changed, session_ended


def answering(site: Any, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view; what is posted without a session, or by who works at the desk no more, is answered before it begins."""

    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not site.has_permission(request):
            if request.user.is_authenticated:
                return role_changed(request)
            if request.path != reverse(f"{site.name}:logout", current_app=site.name):
                return session_ended(request)
        return view(request, *args, **kwargs)

    return update_wrapper(gated, view)
