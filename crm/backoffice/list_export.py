"""Any list as a spreadsheet, as it is filtered and ordered on the screen: CSV and XLSX."""

import csv
import io
import re
from collections.abc import Iterator
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.writer.excel import save_workbook

from crm.backoffice.templatetags.desk import grouped
from crm.common.months import amsterdam_day
from crm.desk.list_models import ExportFormat
from crm.desk.lists import note_export
from crm.desk.sheets.outgoing import Outgoing, is_importable
from crm.desk.sheets.values import FORMULA_STARTS

MOST_ROWS = 50_000
ROWS_AT_ONCE = 500
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What XML, and with it XLSX, cannot hold.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
Value = str | int | Decimal | date | datetime | None


def export_list(site: Any, request: HttpRequest, list_name: str, export_format: str) -> HttpResponse:
    """Answer a list as a file, or go back to it with a sentence when it is too long for one."""
    admin = next(
        (found for model, found in site._registry.items() if model._meta.label_lower == list_name), None
    )
    if admin is None or export_format not in ExportFormat.values:
        raise Http404
    if not admin.has_view_permission(request):
        raise PermissionDenied
    paged = copy(admin)
    paged.list_per_page = ROWS_AT_ONCE
    back = reverse(f"admin:{list_name.replace('.', '_')}_changelist")
    try:
        changelist = paged.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return HttpResponseRedirect(f"{back}?e=1")  # as the list itself answers a filter it does not know
    if changelist.result_count > MOST_ROWS:
        sentence = _("A spreadsheet takes %(most)s rows at most; this list has %(rows)s. Filter it further.")
        values = {"most": grouped(MOST_ROWS), "rows": grouped(changelist.result_count)}
        messages.error(request, sentence % values)
        return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}")
    now = timezone.now()
    outgoing = Outgoing(list_name, request.user, now) if is_importable(list_name) else None
    rows = [heads(paged, changelist, outgoing), *_rows(paged, request, outgoing)]
    note_export(
        list_name=list_name,
        query=request.GET.urlencode(),
        export_format=export_format,
        rows=len(rows) - 1,
        by=request.user,
        at=now,
    )
    name = f"{list_name.partition('.')[2]}-{amsterdam_day(now):%Y-%m-%d}.{export_format}"
    if export_format == ExportFormat.CSV:
        response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    else:
        title = str(capfirst(admin.opts.verbose_name_plural))
        response = HttpResponse(as_xlsx(rows, title), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _columns(admin: Any, request_columns: Any) -> list[str]:
    return [name for name in request_columns if name != "action_checkbox"]


def heads(admin: Any, changelist: Any, outgoing: Outgoing | None = None) -> list[Value]:
    """The names of the columns as they stand above the list, and then what an import of it knows besides."""
    names = _columns(admin, changelist.list_display)
    shown = [_head(name, admin) for name in names]
    return [*shown, *(str(field) for field in _besides(shown, outgoing))]


def _head(name: str, admin: Any) -> str:
    return str(capfirst(str(label_for_field(name, admin.model, admin))))


def _besides(shown: list[str], outgoing: Outgoing | None) -> list[Any]:
    """The fields of an import that no column of the list is called after."""
    return [field for field in outgoing.fields if str(field) not in shown] if outgoing else []


def _rows(admin: Any, request: HttpRequest, outgoing: Outgoing | None = None) -> Iterator[list[Value]]:
    """All rows of the list, a page at a time: what a list looks up per page is looked up per page here too.

    A column that an import reads under its name is written as the import reads it.
    """
    number = 1
    while True:
        request.GET = request.GET.copy()
        request.GET["p"] = str(number)
        changelist = admin.get_changelist_instance(request)
        names = _columns(admin, changelist.list_display)
        shown = [_head(name, admin) for name in names]
        fields = {str(field): field.name for field in outgoing.fields} if outgoing else {}
        besides = [field.name for field in _besides(shown, outgoing)]
        cells = outgoing.cells([row.pk for row in changelist.result_list]) if outgoing else {}
        for row in changelist.result_list:
            own = cells.get(row.pk, {})
            yield [
                *(
                    _exact(own.get(fields[head])) if head in fields else _value(name, row, admin)
                    for name, head in zip(names, shown, strict=True)
                ),
                *(_exact(own.get(name)) for name in besides),
            ]
        if number >= changelist.paginator.num_pages:
            return
        number += 1


def _value(name: str, row: Any, admin: Any) -> Value:
    """One cell: the field's own value where the column is a field, else the words that the list shows."""
    try:
        field, attribute, value = lookup_field(name, row, admin)
    except ObjectDoesNotExist:
        return None
    if field is not None:
        return _of_field(field, row, value)
    order = getattr(attribute, "admin_order_field", None)
    behind = getattr(row, order, None) if isinstance(order, str) and "__" not in order else None
    if isinstance(behind, date):
        return _plain(behind)
    return _plain(value)


def _of_field(field: Any, row: Any, value: Any) -> Value:
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(field, models.ForeignKey):
        related = getattr(row, field.name)
        return None if related is None else str(related)
    return _plain(value)


def _plain(value: Any) -> Value:
    if value is None or value == "–":
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return value.astimezone(AMSTERDAM).replace(tzinfo=None, microsecond=0)
    if isinstance(value, (int, Decimal, date)):
        return value
    text = unescape(strip_tags(str(value).replace("</span><span", "</span> <span"))).strip()
    return CONTROL.sub("", text) or None


def _exact(value: Value) -> Value:
    """A cell that an import reads back: no word of it is changed, `<` and `&` included."""
    return (CONTROL.sub("", value) or None) if isinstance(value, str) else value


def as_csv(rows: list[list[Value]]) -> bytes:
    """UTF-8 with a byte order mark and semicolons, as a Dutch Excel opens it by a double click."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _harmless(value: Value) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front, which an import takes off again.

    A number has the decimal mark of its reader's language: a Dutch spreadsheet takes 1.5 for the first of May.
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    if isinstance(value, Decimal) and (get_language() or "").startswith("nl"):
        return str(value).replace(".", ",")
    return "" if value is None else value


def as_xlsx(rows: list[list[Value]], title: str) -> bytes:
    """One sheet with its heads in bold and kept in sight; dates are dates, numbers numbers, text never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31])
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            if number == 0:
                cell.font = Font(bold=True)
            elif isinstance(value, datetime):
                cell.number_format = "dd-mm-yyyy hh:mm"
            elif isinstance(value, date):
                cell.number_format = "dd-mm-yyyy"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    save_workbook(book, out)
    return out.getvalue()
