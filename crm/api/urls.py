"""The routes of the API, without slashes at the end; whatever else stands below /api is a 404 of ours."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path

from crm.api.broker.me import MeView
from crm.api.broker.vacancies import (
    VacanciesView,
    VacancyByReferenceView,
    VacancyView,
    WithdrawalsView,
)
from crm.api.broker.value_lists import AreasView, SpaceTypesView, ValueListsView, ValueListView
from crm.api.openapi import openapi_json
from crm.api.problem_pages import problem_page
from crm.api.problems import problem_response
from crm.api.staff.progress import ProgressView

app_name = "api"


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problem_response(request, "not-found")


urlpatterns = [
    path("v1/vacancies", VacanciesView.as_view(), name="vacancies"),
    path(
        "v1/vacancies/by-reference/<str:reference>",
        VacancyByReferenceView.as_view(),
        name="vacancy-by-reference",
    ),
    path("v1/vacancies/<str:id>", VacancyView.as_view(), name="vacancy"),
    path("v1/vacancies/<str:id>/withdrawals", WithdrawalsView.as_view(), name="withdrawals"),
    path("v1/areas", AreasView.as_view(), name="areas"),
    path("v1/space-types", SpaceTypesView.as_view(), name="space-types"),
    path("v1/value-lists", ValueListsView.as_view(), name="value-lists"),
    path("v1/value-lists/<str:name>", ValueListView.as_view(), name="value-list"),
    path("v1/me", MeView.as_view(), name="me"),
    path("v1/progress", ProgressView.as_view(), name="progress"),
    path("v1/openapi.json", openapi_json, name="openapi"),
    path("v1/problems/<str:kind>", problem_page, name="problem"),
    re_path(r"^(?P<rest>.*)$", nothing_here),
]
