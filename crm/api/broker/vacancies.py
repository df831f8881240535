"""A broker's own listings: create, read, list, change, withdraw."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from crm.api.broker.vacancy_answers import vacancy_answer
from crm.api.broker.vacancy_fields import READ_ONLY_KEYS, VACANCY_FIELDS, WITHDRAWAL_FIELDS
from crm.api.configuration import API_ROOT
from crm.api.describe import described
from crm.api.fields import missing_faults, read_object
from crm.api.idempotency import idempotent
from crm.api.pagination import DEFAULT_LIMIT, Cursor, Limit, next_address, page_of
from crm.api.preconditions import matching_version, version_tag
from crm.api.problems import ProblemError, absolute
from crm.api.query import Codes, Moment, ShortText
from crm.api.views import DoorView
from crm.common.errors import Fault, refuse
from crm.estate.choices import SpaceType, VacancyStatus
from crm.estate.models import Vacancy
from crm.estate.services import change_vacancy, offer_vacancy, withdraw_vacancy

SORTS = {
    "submittedAt": "submitted_at",
    "-submittedAt": "-submitted_at",
    "updatedAt": "changed_at",
    "-updatedAt": "-changed_at",
    "reference": "reference",
    "-reference": "-reference",
}
DEFAULT_SORT = "-submittedAt"
TAG = "vacancies"
SCOPES = {
    "GET": Scope.VACANCIES_READ,
    "POST": Scope.VACANCIES_WRITE,
    "PUT": Scope.VACANCIES_WRITE,
    "PATCH": Scope.VACANCIES_WRITE,
    "DELETE": Scope.VACANCIES_WRITE,
}
ID_PATH = {"id": {"type": "string", "format": "uuid"}}
LIST_QUERY = (
    Codes(name="status", about=_("One or more statuses."), example="published", codes=VacancyStatus.values),
    Codes(
        name="space_type", about=_("One or more kinds of space."), example="wet_lab", codes=SpaceType.values
    ),
    Moment(
        name="updated_since",
        about=_("Only what changed at or after this moment."),
        example="2026-11-01T00:00:00Z",
    ),
    ShortText(name="reference", about=_("Exactly this reference."), example="KP-2026-014", most=64),
    Codes(
        name="sort",
        about=_("Order of the list; a minus turns it round."),
        example=DEFAULT_SORT,
        codes=list(SORTS),
        is_single=True,
    ),
    Limit(about=_("Most items on a page.")),
    Cursor(about=_("Where the page begins: taken from `next`.")),
)


class OwnVacancyView(DoorView):
    """Finds one of the office's own listings; another's is as absent as one that never was."""

    scopes = SCOPES

    def own(self) -> Any:
        return Vacancy.objects.offered_by(self.access.office).select_related("area").prefetch_related("parts")

    def find(self, **lookup: Any) -> Vacancy:
        vacancy = self.own().filter(**lookup).first()
        if vacancy is None:
            raise ProblemError("not-found")
        return vacancy

    def find_by_id(self, public_id: str) -> Vacancy:
        try:
            return self.find(public_id=UUID(public_id))
        except ValueError as error:
            raise ProblemError("not-found") from error

    def answer(self, vacancy: Vacancy, status: int = 200) -> Response:
        headers = {"ETag": version_tag(vacancy.version)}
        if status == 201:
            headers["Location"] = absolute(self.request._request, f"{API_ROOT}/vacancies/{vacancy.public_id}")
        return Response(vacancy_answer(vacancy), status=status, headers=headers)

    def read_vacancy(self) -> tuple[dict[str, Any], list[dict[str, Any]] | None, list[Fault]]:
        """What the body states, its parts apart, and the faults of reading it."""
        facts, unread = read_object(VACANCY_FIELDS, self.read_body(), read_only=READ_ONLY_KEYS)
        parts = (facts.pop("parts") or []) if "parts" in facts else None
        if facts.get("co_brokers"):
            facts["co_brokers"] = [
                {name: value for name, value in entry.items() if value} for entry in facts["co_brokers"]
            ]
        return facts, parts, unread

    @property
    def hand(self) -> dict[str, Any]:
        """In whose name and when, with the key's prefix for the log."""
        return {"by": self.request.user, "at": self.now, "actor": self.request.auth.prefix}


class VacanciesView(OwnVacancyView):
    query = LIST_QUERY

    @described(
        operation="listVacancies",
        tag=TAG,
        summary=_("List your listings, page by page."),
        answers={200: (_("A page of listings; `next` and the Link header lead on."), "VacancyPage")},
        query=LIST_QUERY,
    )
    def get(self, request: Request) -> Response:
        rows = self.own()
        if "status" in self.params:
            rows = rows.filter(status__in=self.params["status"])
        if "space_type" in self.params:
            rows = rows.filter(space_type__in=self.params["space_type"])
        if "updated_since" in self.params:
            rows = rows.filter(changed_at__gte=self.params["updated_since"])
        if "reference" in self.params:
            rows = rows.filter(reference=self.params["reference"])
        [sort] = self.params.get("sort", [DEFAULT_SORT])
        page, cursor = page_of(
            rows,
            sort=SORTS[sort],
            limit=self.params.get("limit", DEFAULT_LIMIT),
            after=self.params.get("cursor"),
        )
        following = next_address(request, cursor) if cursor else None
        headers = {"Link": f'<{following}>; rel="next"'} if following else {}
        return Response(
            {"items": [vacancy_answer(vacancy) for vacancy in page], "next": following}, headers=headers
        )

    @described(
        operation="offerVacancy",
        tag=TAG,
        summary=_("Offer a space: staff see it and publish it."),
        answers={201: (_("Stored, with status `submitted`."), "Vacancy")},
        body="VacancyInput",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        office = self.access.office
        facts, parts, unread = self.read_vacancy()
        vacancy = offer_vacancy(office=office, facts=facts, parts=parts or (), unread=unread, **self.hand)
        return self.answer(vacancy, status=201)


class VacancyView(OwnVacancyView):
    @described(
        operation="getVacancy",
        tag=TAG,
        summary=_("Read one of your listings."),
        answers={200: (_("The listing with its ETag."), "Vacancy"), 304: (_("You have this version."), None)},
        path=ID_PATH,
    )
    def get(self, request: Request, id: str) -> Response | HttpResponse:
        vacancy = self.find_by_id(id)
        return self.single(vacancy_answer(vacancy), version_tag(vacancy.version))

    @described(
        operation="changeVacancy",
        tag=TAG,
        summary=_("Change some fields; null empties a field."),
        answers={200: (_("The listing as it stands now."), "Vacancy")},
        body="VacancyPatch",
        is_patch=True,
        path=ID_PATH,
    )
    def patch(self, request: Request, id: str) -> Response:
        return self._change(id, is_replaced=False)

    @described(
        operation="replaceVacancy",
        tag=TAG,
        summary=_("Replace all fields; what is left out becomes unknown."),
        answers={200: (_("The listing as it stands now."), "Vacancy")},
        body="VacancyInput",
        path=ID_PATH,
    )
    def put(self, request: Request, id: str) -> Response:
        return self._change(id, is_replaced=True)

    @described(
        operation="deleteVacancy",
        tag=TAG,
        summary=_("Withdraw a listing; it stays readable with status `withdrawn`."),
        answers={204: (_("Withdrawn."), None)},
        path=ID_PATH,
    )
    def delete(self, request: Request, id: str) -> Response:
        vacancy = self.find_by_id(id)
        version = matching_version(request, vacancy.version)
        if vacancy.status == VacancyStatus.WITHDRAWN:
            return Response(status=204, headers={"ETag": version_tag(vacancy.version)})

        def work() -> Response:
            withdrawn = withdraw_vacancy(vacancy=vacancy, reason="", version=version, **self.hand)
            return Response(status=204, headers={"ETag": version_tag(withdrawn.version)})

        return self.written(work)

    def _change(self, public_id: str, *, is_replaced: bool) -> Response:
        vacancy = self.find_by_id(public_id)
        version = matching_version(self.request, vacancy.version)
        facts, parts, unread = self.read_vacancy()
        if is_replaced:
            facts = {field.name: None for field in VACANCY_FIELDS if field.name != "parts"} | facts
            parts = parts or []

        def work() -> Response:
            return self.answer(
                change_vacancy(
                    vacancy=vacancy, facts=facts, parts=parts, version=version, unread=unread, **self.hand
                )
            )

        return self.written(work)


class VacancyByReferenceView(OwnVacancyView):
    @described(
        operation="getVacancyByReference",
        tag=TAG,
        summary=_("Read one of your listings by your own reference."),
        answers={200: (_("The listing with its ETag."), "Vacancy"), 304: (_("You have this version."), None)},
        path={"reference": {"type": "string", "maxLength": 64}},
    )
    def get(self, request: Request, reference: str) -> Response | HttpResponse:
        if "\x00" in reference:
            raise ProblemError("not-found")
        vacancy = self.find(reference=reference)
        return self.single(vacancy_answer(vacancy), version_tag(vacancy.version))


class WithdrawalsView(OwnVacancyView):
    @described(
        operation="withdrawVacancy",
        tag=TAG,
        summary=_("Withdraw a listing with a reason."),
        answers={201: (_("Withdrawn; the listing as it stands now."), "Vacancy")},
        body="WithdrawalInput",
        path=ID_PATH,
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        vacancy = self.find_by_id(id)
        facts, faults = read_object(WITHDRAWAL_FIELDS, self.read_body())
        faults += missing_faults(WITHDRAWAL_FIELDS, facts) if not faults else []
        refuse(faults)
        version = matching_version(request, vacancy.version) if "If-Match" in request.headers else None
        withdrawn = withdraw_vacancy(vacancy=vacancy, reason=facts["reason"], version=version, **self.hand)
        return self.answer(withdrawn, status=201)
