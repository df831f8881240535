"""Progress toward the targets, for the park's own people and its partners: the same JSON as the command prints."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from accounts.roles import DESK_ROLES, Role
from crm.api.describe import described
from crm.api.fields import Day, UnreadableError
from crm.api.problems import ProblemError
from crm.api.query import FIRST_YEAR, LAST_YEAR, Moment
from crm.api.rendering import LiteralRenderer
from crm.api.views import DoorView
from crm.common.errors import Fault
from crm.common.months import amsterdam_day
from crm.targets.progress import progress

READERS = DESK_ROLES | {Role.PARTNER}


@dataclass(frozen=True, kw_only=True)
class QueryDay(Day):
    def read(self, value: Any) -> date:
        day = super().read(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise UnreadableError("out_of_range", _("A day lies between the years 1970 and 2200."))
        return day

    def input_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


QUERY = (
    QueryDay(
        name="as_of",
        about=gettext_lazy("The day up to which things happened; today by default. Also taken as as_of."),
        example="2026-10-31",
    ),
    Moment(
        name="known_at",
        about=gettext_lazy(
            "The moment at which they were known, not in the future; now by default. Also taken as known_at."
        ),
        example="2026-11-05T09:00:00Z",
    ),
)


class ProgressView(DoorView):
    """The answer's members keep the names of the counting rules, in snake_case; so may the query keys."""

    scopes = {"GET": Scope.PROGRESS_READ}
    renderer_classes = [LiteralRenderer]
    query = QUERY
    query_aliases = {"as_of": "asOf", "known_at": "knownAt"}

    @described(
        operation="getProgress",
        tag="progress",
        summary=gettext_lazy("Read progress toward the six targets for a pair of days."),
        answers={
            200: (gettext_lazy("The targets in the order of the strategy."), "Progress"),
            304: (gettext_lazy("Unchanged."), None),
        },
        query=QUERY,
    )
    def get(self, request: Request) -> Response | HttpResponse:
        if request.user.role not in READERS:
            raise ProblemError("forbidden")
        known_at = self.params.get("known_at", self.now)
        if known_at > self.now:
            fault = Fault("in_the_future", _("Nobody knows yet what will be known then."), "?knownAt")
            raise ProblemError("invalid-input", faults=[fault])
        as_of = self.params.get("as_of", amsterdam_day(self.now))
        return self.single(progress(as_of, known_at).as_json())
