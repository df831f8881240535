"""Addresses of the floors."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from benchmarks.floor.admin import site
from benchmarks.floor.api import BareVacancies

router = SimpleRouter(trailing_slash=False)
router.register("vacancies", BareVacancies)


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("nothing", nothing),
    path("admin/", site.urls),
    path("api/", include(router.urls)),
]
