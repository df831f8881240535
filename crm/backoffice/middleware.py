"""What every request of every door stands in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from crm.rules.names import names_in_force


class GivenNamesMiddleware:
    """Within a request values of lists are called as an administrator calls them; the first label reads all names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with names_in_force():
            return self.get_response(request)
