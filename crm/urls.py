"""Mounts the doors."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views import start
from crm.api.health import healthz, readyz
from crm.api.urls import nothing_here
from crm.backoffice.calendar_feed import calendar_feed

urlpatterns = [
    path("", start, name="start"),
    path("account/", include("accounts.urls")),
    # One log-in for all roles: the admin's own would know nothing of the second factor's pages.
    path("admin/login/", RedirectView.as_view(pattern_name="accounts:log-in", query_string=True)),
    path("admin/", admin.site.urls),
    path("calendar/<str:token>.ics", calendar_feed, name="calendar"),
    path("portal/", include("crm.portal.urls")),
    path("api/", include("crm.api.urls")),
    path("api", nothing_here),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
handler400 = "crm.api.errors.bad_request"
handler403 = "crm.api.errors.permission_denied"
handler404 = "crm.api.errors.page_not_found"
handler500 = "crm.api.errors.server_error"
