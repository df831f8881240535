"""What every resource of the API shares: scopes, query keys, the body, the office, and single resources with an ETag."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiKey
from crm.api.authentication import is_rehearsal, key_allows
from crm.api.fields import Field
from crm.api.parsing import MergePatchParser, empty_body
from crm.api.preconditions import content_tag, is_unchanged, not_modified
from crm.api.problems import ProblemError
from crm.api.query import read_query
from crm.contacts.models import BrokerAccess


class HasScope(BasePermission):
    """The key holds the scope that the view asks for with this method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else request.method
        scope = view.scopes.get(method)
        return scope is None or key_allows(request.auth, scope)


class DoorView(APIView):
    """A resource. `scopes` names the scope a method needs, `query` the query keys it knows."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    permission_classes: Sequence[type[BasePermission]] = [IsAuthenticated, HasScope]
    scopes: Mapping[str, str] = {}
    query: Sequence[Field] = ()
    query_aliases: Mapping[str, str] = {}
    key: ApiKey | None = None

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """A body sent in chunks has no length: Django takes it for empty, so it is read from the server itself."""
        initialised = super().initialize_request(request, *args, **kwargs)
        is_chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
        if is_chunked and request.META.get("wsgi.input_terminated"):
            initialised._stream = request.META["wsgi.input"]
        return initialised

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.key = request.auth
        is_reading = request.method in ("GET", "HEAD")
        self.params = read_query(request.query_params, self.query if is_reading else (), self.query_aliases)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(request, "quota_headers", {}).items():
            response.headers[name] = value
        # Asking the request for its key would authenticate once more where that has just failed.
        if self.key is not None and is_rehearsal(self.key):
            response.headers["Sandbox"] = "true"
        return response

    @cached_property
    def now(self) -> datetime:
        """The moment of the request, the same for everything it does."""
        return timezone.now()

    @cached_property
    def access(self) -> BrokerAccess:
        """For which office the key's user acts; 403 where for none."""
        access = BrokerAccess.objects.select_related("office").filter(user=self.request.user).first()
        if access is None:
            raise ProblemError("forbidden")
        return access

    def read_body(self) -> dict[str, Any]:
        """The JSON object of the request; 415, 413 or 400 where there is none that can be read."""
        encoding = self.request.headers.get("Content-Encoding", "identity").strip().lower()
        media_type = (self.request.content_type or "").partition(";")[0].strip().lower()
        is_merge_patch = media_type == MergePatchParser.media_type
        if encoding not in ("", "identity") or (is_merge_patch and self.request.method != "PATCH"):
            raise ProblemError("unsupported-media-type")
        body = self.request.data
        if not hasattr(self.request, "raw_body"):
            raise empty_body()
        return body

    def written(self, work: Callable[[], Response]) -> Response:
        """Do the work in one transaction; with a sandbox key all of it is checked and then taken back."""
        with transaction.atomic():
            response = work()
            if is_rehearsal(self.request.auth):
                transaction.set_rollback(True)
        return response

    def single(self, data: Any, tag: str | None = None) -> Response | HttpResponse:
        """A single resource with its ETag, or 304 where the caller has it already."""
        tag = tag or content_tag(self.request.accepted_renderer.render(data))
        if is_unchanged(self.request, tag):
            return not_modified(tag)
        return Response(data, headers={"ETag": tag})
