"""My desk: what somebody sets for themselves, the morning mail and the calendar address."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from crm.backoffice.forms import REFUSALS, refused
from crm.desk.models import CalendarAddress
from crm.desk.services import (
    choose_morning_mail,
    make_calendar_address,
    revoke_calendar_address,
    wants_morning_mail,
)


@never_cache
def my_desk(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    """Show the settings, or do what was posted: `do` says which of them."""
    if request.method != "POST":
        return _page(request, site)
    act = request.POST.get("do", "")
    try:
        if act == "make":
            return _page(request, site, _make(request))
        _change(request, act)
    except REFUSALS as error:
        for fault in refused(error):
            messages.error(request, str(fault.message))
    return HttpResponseRedirect(reverse("admin:my"))


def _make(request: HttpRequest) -> str:
    """The new address, for this answer alone: in no message, no session, no log and no URL."""
    _address, token = make_calendar_address(user=request.user, by=request.user, at=timezone.now())
    return settings.CRM_PUBLIC_URL.rstrip("/") + reverse("calendar", args=[token])


def _change(request: HttpRequest, act: str) -> None:
    user, now = request.user, timezone.now()
    if act == "mail":
        is_wanted = request.POST.get("is_wanted") == "on"
        choose_morning_mail(user=user, is_wanted=is_wanted, by=user, at=now)
        word = _("You get the morning mail.") if is_wanted else _("You get no morning mail any more.")
        messages.success(request, word)
    elif act == "revoke":
        revoke_calendar_address(user=user, by=user, at=now)
        messages.success(request, _("The address stopped working."))
    else:
        messages.error(request, _("This page does not know what was asked. Nothing was changed."))


def _page(request: HttpRequest, site: AdminSite, made: str = "") -> HttpResponse:
    address = CalendarAddress.objects.filter(user=request.user, revoked_at__isnull=True).first()
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("My desk"),
        "is_wanted": wants_morning_mail(request.user),
        "address": address,
        "made": made,
    }
    return TemplateResponse(request, "admin/my_desk.html", context)
