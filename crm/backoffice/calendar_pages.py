"""Where the pages of somebody's own calendar stand in the admin site."""

from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.urls import path

from crm.backoffice.my_desk import my_desk
from crm.backoffice.week import week_page


def calendar_pages(site: AdminSite) -> list[Any]:
    return [
        path("week/", site.admin_view(partial(week_page, site=site)), name="week"),
        path("my/", site.admin_view(partial(my_desk, site=site)), name="my"),
    ]
