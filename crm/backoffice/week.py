"""The week: seven days with what somebody promised, what is late above them, done and moved in place."""

import re
from datetime import date, timedelta
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from crm.backoffice.desk_people import desk_users
from crm.common.months import amsterdam_day
from crm.desk.agenda import Week, week_of
from crm.desk.free_days import holiday_name, monday_of

WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
YEARS = range(2000, 2101)


def week_name(day: date) -> str:
    """`2026-W44`, as ISO 8601 numbers weeks."""
    year, number, _weekday = day.isocalendar()
    return f"{year}-W{number:02d}"


def monday_named(text: str) -> date | None:
    """The Monday of a week written as `2026-W44`; None for what is no week of this century."""
    match = WEEK.fullmatch(text)
    if match is None or int(match[1]) not in YEARS:
        return None
    try:
        return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        return None


def week_page(request: HttpRequest, *, site: AdminSite) -> HttpResponse:
    """The week asked for, or this one; of oneself, or for managers of a colleague."""
    today = amsterdam_day(timezone.now())
    asked = request.GET.get("week", "")
    monday = monday_named(asked) if asked else monday_of(today)
    fault = ""
    if monday is None:
        fault = _("“%(text)s” is no week: write year and week, as in 2026-W44. This is the present one.")
        fault = fault % {"text": asked[:40]}
        monday = monday_of(today)
    people = _people(request.user)
    owner = _owner(request, people)
    week = week_of(owner=owner, reader=request.user, monday=monday, today=today)
    context = {
        **site.each_context(request),
        "title": _("Week %(number)d") % {"number": monday.isocalendar()[1]},
        "fault": fault,
        "week": week,
        "days": _days(week, today),
        "owner": owner,
        "people": people,
        "asked": week_name(monday),
        "is_present": monday == monday_of(today),
        "may_change": request.user.has_perm("acquisition.change_task"),
        "today": today,
        "here": request.get_full_path(),
        **_around(monday, owner, request.user),
    }
    return TemplateResponse(request, "admin/week.html", context)


def _people(user: User) -> list[User]:
    """Whose weeks this person may choose from: nobody's but a manager's choice."""
    return list(desk_users()) if user.role == Role.MANAGER else []


def _owner(request: HttpRequest, people: list[User]) -> User:
    asked = request.GET.get("who", "")
    if asked in ("", str(request.user.pk)):
        return request.user
    if not people:
        raise PermissionDenied
    for person in people:
        if str(person.pk) == asked:
            return person
    raise Http404


def short_day(day: date, language: str) -> str:
    """`26 okt` and `26 Oct`: Dutch months have small letters."""
    month = date_format(day, "M").rstrip(".")
    return f"{day.day} {month.lower() if language == 'nl' else month}"


def _days(week: Week, today: date) -> list[dict[str, Any]]:
    language = get_language() or "nl"
    return [
        {
            "day": day,
            "short": short_day(day, language),
            "entries": entries,
            "holiday": holiday_name(day, language),
            "is_today": day == today,
            "is_weekend": day.weekday() > 4,
        }
        for day, entries in week.days
    ]


def _around(monday: date, owner: User, reader: User) -> dict[str, Any]:
    """Links to the weeks beside this one, of the same person."""
    who = f"&who={owner.pk}" if owner != reader else ""
    home = reverse("admin:week")
    beside = {"previous": monday - timedelta(days=7), "following": monday + timedelta(days=7)}
    return {
        "sunday": monday + timedelta(days=6),
        "present_url": f"{home}?{who[1:]}" if who else home,
        **{f"{name}_url": f"{home}?week={week_name(day)}{who}" for name, day in beside.items()},
    }
