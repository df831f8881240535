"""A list of the backoffice: Django's changelist that answers bad parameters with a clear page instead of an error."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import (
    IS_POPUP_VAR,
    ORDER_VAR,
    PAGE_VAR,
    SEARCH_VAR,
    TO_FIELD_VAR,
    ChangeList,
)
from django.db import DataError
from django.http import HttpRequest

# What a hand-made query string can provoke: year 1 in Amsterdam, a number beyond 64 bits, a NUL character.
BAD_PARAMETERS = (OverflowError, ValueError, DataError)


class DeskChangeList(ChangeList):
    """Knows its place in the pages, its parameters without the search, and the filters that are on."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_queryset(request, *args, **kwargs)
        except BAD_PARAMETERS as error:
            raise IncorrectLookupParameters(error) from error

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
            self.result_list = list(self.result_list)
        except BAD_PARAMETERS as error:
            raise IncorrectLookupParameters(error) from error

    @property
    def desk_params(self) -> list[tuple[str, str]]:
        """The parameters to keep when somebody searches within what is shown."""
        return [
            (name, value)
            for name, values in self.filter_params.items()
            if name not in (SEARCH_VAR, PAGE_VAR)
            for value in (values if isinstance(values, list) else [values])
        ]

    @property
    def first_row(self) -> int:
        return (self.page_num - 1) * self.list_per_page + 1 if self.result_count else 0

    @property
    def last_row(self) -> int:
        return (
            min(self.page_num * self.list_per_page, self.result_count)
            if self.multi_page
            else self.result_count
        )

    @property
    def previous_page(self) -> str:
        return self.get_query_string({PAGE_VAR: self.page_num - 1}) if self.page_num > 1 else ""

    @property
    def next_page(self) -> str:
        last = self.paginator.num_pages
        return self.get_query_string({PAGE_VAR: self.page_num + 1}) if self.page_num < last else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter hides rows."""
        plain = {ORDER_VAR, IS_POPUP_VAR, TO_FIELD_VAR}
        return bool(self.query) or any(name not in plain for name in self.params)

    @property
    def without_search(self) -> str:
        return self.get_query_string(remove=[SEARCH_VAR, PAGE_VAR])
