"""Headers that stand on every answer under /api, whoever made it; outermost, so that no answer passes beside it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from crm.api.configuration import API_VERSION
from crm.api.errors import is_api


class ApiHeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_api(request):
            response.headers["API-Version"] = API_VERSION
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            response.headers.setdefault("X-Frame-Options", "DENY")
            response.headers.setdefault(
                "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
            )
        return response
