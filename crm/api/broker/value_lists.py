"""Closed lists with their codes and names in both languages, and the areas of the park; cached by their ETag."""

from typing import Any

from django.db import models
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.configuration import API_ROOT
from crm.api.describe import described
from crm.api.problems import ProblemError, absolute
from crm.api.views import DoorView
from crm.estate import choices
from crm.estate.models import Area

TAG = "value-lists"
VALUE_LISTS: dict[str, type[models.TextChoices]] = {
    "space-types": choices.SpaceType,
    "area-kinds": choices.AreaKind,
    "vat-options": choices.VatOption,
    "delivery-levels": choices.DeliveryLevel,
    "energy-labels": choices.EnergyLabel,
    "lab-levels": choices.LabLevel,
    "vibration-classes": choices.VibrationClass,
    "environmental-categories": choices.EnvironmentalCategory,
    "vacancy-statuses": choices.VacancyStatus,
}


def values_of(codes: type[models.TextChoices]) -> list[dict[str, str]]:
    """Each code with its Dutch and English name."""
    names: dict[str, list[str]] = {}
    for language in ("nl", "en"):
        with translation.override(language):
            names[language] = [str(label) for label in codes.labels]
    return [
        {"code": code, "name_nl": name_nl, "name_en": name_en}
        for code, name_nl, name_en in zip(codes.values, names["nl"], names["en"], strict=True)
    ]


class ListView(DoorView):
    """A list that changes with a release or a setting: a caller keeps it and asks whether it still stands."""

    def listed(self, items: list[dict[str, Any]]) -> Response | HttpResponse:
        answer = self.single({"items": items})
        answer.headers["Cache-Control"] = "private, no-cache"
        return answer


class ValueListsView(ListView):
    @described(
        operation="listValueLists",
        tag=TAG,
        summary=_("Name the value lists."),
        answers={200: (_("The lists with their addresses."), "ValueListNames"), 304: (_("Unchanged."), None)},
    )
    def get(self, request: Request) -> Response | HttpResponse:
        root = absolute(request._request, f"{API_ROOT}/value-lists")
        return self.listed([{"name": name, "url": f"{root}/{name}"} for name in VALUE_LISTS])


class ValueListView(ListView):
    @described(
        operation="getValueList",
        tag=TAG,
        summary=_("Read one value list."),
        answers={200: (_("The codes with their names."), "ValueList"), 304: (_("Unchanged."), None)},
        path={"name": {"type": "string", "enum": list(VALUE_LISTS)}},
    )
    def get(self, request: Request, name: str) -> Response | HttpResponse:
        if name not in VALUE_LISTS:
            raise ProblemError("not-found")
        return self.listed(values_of(VALUE_LISTS[name]))


class SpaceTypesView(ListView):
    @described(
        operation="listSpaceTypes",
        tag=TAG,
        summary=_("Read the kinds of space."),
        answers={200: (_("The codes with their names."), "ValueList"), 304: (_("Unchanged."), None)},
    )
    def get(self, request: Request) -> Response | HttpResponse:
        return self.listed(values_of(choices.SpaceType))


class AreasView(ListView):
    @described(
        operation="listAreas",
        tag=TAG,
        summary=_("Read the areas of the park."),
        answers={200: (_("The codes with their names."), "ValueList"), 304: (_("Unchanged."), None)},
    )
    def get(self, request: Request) -> Response | HttpResponse:
        return self.listed(
            list(Area.objects.order_by("position", "code").values("code", "name_nl", "name_en"))
        )
