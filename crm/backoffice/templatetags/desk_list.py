"""The rows of a list: Django's cells with the column's name (for cards on a phone), its role and its kind."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_list import (
    _coerce_field_name,
    items_for_result,
    result_headers,
)
from django.contrib.admin.views.main import PAGE_VAR
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from crm.backoffice.templatetags.desk import yes_or_no

register = template.Library()

UNIT = "m²"  # a unit keeps its small letter


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    classes: str
    header: dict[str, Any]

    @property
    def is_box(self) -> bool:
        return self.name == "action_checkbox"

    @property
    def sort(self) -> str:
        """The value of aria-sort, where the list is sorted by this column."""
        if not self.header.get("sorted") or self.header["sort_priority"] > 1:
            return ""
        return "ascending" if self.header["ascending"] else "descending"


@dataclass(frozen=True)
class Table:
    columns: list[Column]
    rows: list[list[SafeString]]


def _column(cl: Any, index: int, name: str, header: dict[str, Any]) -> Column:
    admin = cl.model_admin
    kinds = [
        css
        for css, attribute in (
            ("num", "number_columns"),
            ("spare", "spare_columns"),
            ("narrow", "narrow_columns"),
            ("self", "self_evident_columns"),
        )
        if name in getattr(admin, attribute, ())
    ]
    text = "" if name == "action_checkbox" else str(header["text"])
    label = text if text.startswith(UNIT) else str(capfirst(text))
    return Column(_coerce_field_name(name, index), label, " ".join(kinds), header)


def _cell(item: SafeString, column: Column) -> SafeString:
    """A cell of Django's with our attributes; it begins with `<td class="` or `<th class="`."""
    html = str(yes_or_no(item))
    tag, _class, rest = html[:3], html[3:10], html[11:]
    attributes: SafeString | str = ""
    if tag == "<th":
        attributes = mark_safe(' scope="row" role="rowheader"')
    else:
        attributes = mark_safe(' role="cell"')
        if column.label:
            attributes += format_html(' data-label="{}"', column.label)
    kinds = f"{column.classes} " if column.classes else ""
    # The item is Django's own safe cell; only constant text and the escaped label are put into it.
    return mark_safe(f'{tag}{attributes} class="{kinds}{rest}')  # noqa: S308 see above


@register.simple_tag
def desk_table(cl: Any) -> Table:
    """The list's columns and rows."""
    columns = [
        _column(cl, index, name, header)
        for index, (name, header) in enumerate(zip(cl.list_display, result_headers(cl), strict=True))
    ]
    rows = [
        [_cell(item, column) for item, column in zip(items_for_result(cl, row, None), columns, strict=True)]
        for row in cl.result_list
    ]
    return Table(columns, rows)


@register.simple_tag
def chosen_filter(choices: Any) -> dict[str, Any]:
    """A filter's choices as a list, the one that is on (never the first, which means all) and the way back to all."""
    listed = list(choices)
    on = next((choice for choice in listed[1:] if choice.get("selected")), None)
    return {"choices": listed, "on": on, "clear": listed[0]["query_string"] if listed else ""}


@register.simple_tag
def filter_choices(cl: Any, spec: Any) -> dict[str, Any]:
    return chosen_filter(spec.choices(cl))


@register.simple_tag
def page_url(cl: Any, number: int) -> str:
    return str(cl.get_query_string({PAGE_VAR: number}))
