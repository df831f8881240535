"""The product's addresses and, under `floor/`, the floors."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from benchmarks.floor.admin import site
from benchmarks.floor.api import BareVacancies
from crm.urls import urlpatterns as product

router = SimpleRouter(trailing_slash=False)
router.register("vacancies", BareVacancies)


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    *product,
    path("floor/nothing", nothing),
    path("floor/admin/", site.urls),
    path("floor/api/", include(router.urls)),
]
