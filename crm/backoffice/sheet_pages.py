"""Import: a spreadsheet comes in, its columns are said, its rows looked through and mended, and then a yes, or none."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.roles import Role
from crm.backoffice.list_export import as_csv
from crm.backoffice.sheet_drawing import LineDrawn, drawn_columns, drawn_lines, tabs
from crm.backoffice.sheet_work import progress_key
from crm.common.errors import RuleError
from crm.desk.models import SheetImport
from crm.desk.sheets.kinds.all import KINDS
from crm.desk.sheets.models import SheetKindCode, SheetState, Verdict
from crm.desk.sheets.opening import MOST_BYTES, MOST_ROWS
from crm.desk.sheets.services import (
    KEPT,
    confirm_sheet,
    correct_rows,
    drop_sheet,
    map_again,
    map_columns,
    take_sheet,
    undo_sheet,
    work_now,
)

# Longer files are worked on outside the request, and the page tells how far it is.
AT_ONCE = 500
PER_PAGE, IMPORTS_SHOWN = 50, 25
CELL, OUT, SEEN = "cell-", "out-", "seen"


def sheet_urls(site: AdminSite) -> list[Any]:
    """The pages, each behind the log-in of the desk."""

    def view(function: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            return function(site, request, **kwargs)

        return site.admin_view(page)

    return [
        path("imports/", view(imports_page), name="imports"),
        path("imports/<int:pk>/", view(sheet_page), name="import"),
        path("imports/<int:pk>/progress/", view(progress), name="import-progress"),
        path("imports/<int:pk>/faults.csv", view(faults_file), name="import-faults"),
        path("imports/<int:pk>/<slug:do>/", require_POST(view(sheet_do)), name="import-do"),
    ]


def may_import(user: User, kind: str) -> bool:
    """Whoever may add and change such records by hand may do it by the sheet."""
    meta = KINDS[kind].model._meta
    return all(user.has_perm(f"{meta.app_label}.{act}_{meta.model_name}") for act in ("add", "change"))


def kinds_for(user: User) -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in SheetKindCode.choices if may_import(user, code)]


def sheets_for(user: User) -> Any:
    """One's own imports; managers, who read every name, see all of them."""
    sheets = SheetImport.objects.select_related("uploaded_by", "applied_by", "undone_by").defer("content")
    return sheets if user.role == Role.MANAGER else sheets.filter(uploaded_by=user)


def _sheet(request: HttpRequest, pk: int) -> SheetImport:
    sheet = sheets_for(request.user).filter(pk=pk).first() if pk < 2**63 else None
    if sheet is None:
        raise Http404
    if not may_import(request.user, sheet.kind):
        raise PermissionDenied
    return sheet  # type: ignore[no-any-return]


# ── pages ───────────────────────────────────────────────────────────────────
def imports_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The form for a new file, and what came in before."""
    kinds = kinds_for(request.user)
    if not kinds:
        raise PermissionDenied
    faults: list[str] = []
    chosen = request.POST.get("kind") or request.GET.get("kind", "")
    if request.method == "POST":
        try:
            sheet = _take(request, chosen)
        except RuleError as error:
            faults = [str(fault.message) for fault in error.faults]
        else:
            return HttpResponseRedirect(reverse("admin:import", args=[sheet.pk]))
    context = {
        **site.each_context(request),
        "title": _("Import"),
        "kinds": kinds,
        "chosen": chosen,
        "faults": faults,
        "most_megabytes": MOST_BYTES // 1024**2,
        "most_rows": MOST_ROWS,
        "sheets": list(sheets_for(request.user)[:IMPORTS_SHOWN]),
        "may_see_history": request.user.has_perm("desk.view_importbatch"),
    }
    return TemplateResponse(request, "admin/imports/list.html", context)


def _take(request: HttpRequest, kind: str) -> SheetImport:
    if kind in KINDS and not may_import(request.user, kind):
        raise PermissionDenied
    given = request.FILES.get("file")
    # One byte more than may be read is enough to know that it is too much.
    data = given.read(MOST_BYTES + 1) if given is not None else b""
    name = given.name if given is not None else ""
    return take_sheet(kind=kind, name=name or "", data=data, by=request.user, at=timezone.now())


def sheet_page(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _sheet(request, pk)
    return _drawn(site, request, sheet, [])


def _drawn(site: AdminSite, request: HttpRequest, sheet: SheetImport, faults: Iterable[str]) -> HttpResponse:
    meta = KINDS[sheet.kind].model._meta
    context = {
        **site.each_context(request),
        "title": sheet.get_kind_display(),
        "sheet": sheet,
        "faults": [*faults, *sheet.trouble],
        "list_url": reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"),
        "undo_days": KEPT.days,
    }
    if sheet.state == SheetState.MAPPING:
        kind = KINDS[sheet.kind]
        context |= {
            "columns": drawn_columns(sheet, request.POST),
            "needed": [field for field in kind.fields if field.is_needed],
            "keys": [
                field for field in kind.fields if field.is_key or field.name in ("own_reference", "kvk")
            ],
            "can_match_names": kind.can_match_names,
        }
        return TemplateResponse(request, "admin/imports/mapping.html", context)
    if sheet.is_due:
        return TemplateResponse(request, "admin/imports/progress.html", context | {"done": _done(sheet)})
    return TemplateResponse(request, "admin/imports/rows.html", context | _rows(request, sheet))


def _rows(request: HttpRequest, sheet: SheetImport) -> dict[str, Any]:
    """A page of rows, of one verdict or of all; faults first while there are any."""
    first = Verdict.FAULT if sheet.counts.get(Verdict.FAULT) else ""
    show = request.GET.get("show", first)
    lines = sheet.lines.all()
    if show == "remarks":
        lines = lines.exclude(remarks=[])
    elif show in Verdict.values:
        lines = lines.filter(verdict=show)
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("p"))
    counts = {verdict: sheet.counts.get(verdict, 0) for verdict in Verdict.values}
    rows: list[LineDrawn] = drawn_lines(sheet, list(page.object_list))
    return {
        "page": page,
        "rows": rows,
        "show": show,
        "tabs": tabs(sheet, show),
        "counts": counts,
        "to_write": counts[Verdict.CREATE] + counts[Verdict.UPDATE],
        "can_mend": sheet.state == SheetState.CHECKED
        and any(row.line.verdict in (Verdict.FAULT, Verdict.LEFT_OUT) for row in rows),
        "is_open": sheet.state == SheetState.CHECKED,
    }


def _done(sheet: SheetImport) -> int:
    return max(sheet.done, cache.get(progress_key(sheet.pk)) or 0) if sheet.claimed_until else 0


def progress(_site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """How far the work is, for the page's script."""
    sheet = _sheet(request, pk)
    done = _done(sheet)
    values = {"done": done, "rows": sheet.rows}
    said = _("%(done)d of %(rows)d rows") % values if done else _("Waits for its turn, within a minute.")
    return JsonResponse({"due": sheet.is_due, "done": done, "rows": sheet.rows, "said": said})


def faults_file(_site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """All faults as a spreadsheet: line, field, what stands there, what is wrong."""
    sheet = _sheet(request, pk)
    fields = KINDS[sheet.kind].by_name()
    rows: list[list[Any]] = [[_("Line"), _("Field"), _("In the file"), _("What is wrong")]]
    for line in sheet.lines.filter(verdict=Verdict.FAULT):
        for name, message, cell in line.faults:
            rows.append([line.line, str(fields.get(name, name)), cell, message])
    response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="faults-{sheet.pk}.csv"'
    return response


# ── what is posted ──────────────────────────────────────────────────────────
def _map(request: HttpRequest, sheet: SheetImport) -> SheetImport:
    mapping = [request.POST.get(f"column-{place}", "") for place in range(len(sheet.heads))]
    options = {name: name in request.POST for name in ("empties_clear", "matches_names")}
    return map_columns(sheet=sheet, mapping=mapping, options=options, by=request.user, at=timezone.now())


def _mend(request: HttpRequest, sheet: SheetImport) -> SheetImport:
    corrections: dict[int, dict[str, str]] = {}
    for key, text in request.POST.items():
        if key.startswith(CELL):
            line, _dash, name = key.removeprefix(CELL).partition("-")
            if _is_number(line):
                corrections.setdefault(int(line), {})[name] = text
    left_out = {
        int(line): f"{OUT}{line}" in request.POST for line in request.POST.getlist(SEEN) if _is_number(line)
    }
    return correct_rows(
        sheet=sheet, corrections=corrections, left_out=left_out, by=request.user, at=timezone.now()
    )


def _leave_out(request: HttpRequest, sheet: SheetImport) -> SheetImport:
    wrong = sheet.lines.filter(verdict=Verdict.FAULT).values_list("line", flat=True)
    left_out = dict.fromkeys(wrong, True)
    return correct_rows(sheet=sheet, corrections={}, left_out=left_out, by=request.user, at=timezone.now())


def _confirm(request: HttpRequest, sheet: SheetImport) -> SheetImport:
    return confirm_sheet(sheet=sheet, by=request.user, at=timezone.now())


def _undo(request: HttpRequest, sheet: SheetImport) -> SheetImport:
    return undo_sheet(sheet=sheet, by=request.user, at=timezone.now())


def _drop(request: HttpRequest, sheet: SheetImport) -> SheetImport:
    return drop_sheet(sheet=sheet, by=request.user, at=timezone.now())


def _remap(request: HttpRequest, sheet: SheetImport) -> SheetImport:
    return map_again(sheet=sheet, by=request.user, at=timezone.now())


def _is_number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 10


ACTS: dict[str, Callable[[HttpRequest, SheetImport], SheetImport]] = {
    "map": _map,
    "remap": _remap,
    "mend": _mend,
    "leave-out": _leave_out,
    "confirm": _confirm,
    "undo": _undo,
    "drop": _drop,
}


def sheet_do(site: AdminSite, request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """One act; a short file's work is done at once, a long one's is due and the page tells how far it is."""
    sheet = _sheet(request, pk)
    if do not in ACTS:
        raise Http404
    try:
        sheet = ACTS[do](request, sheet)
    except RuleError as error:
        return _drawn(site, request, _sheet(request, pk), [str(fault.message) for fault in error.faults])
    if sheet.is_due and sheet.rows <= AT_ONCE:
        sheet = work_now(sheet=sheet, at=timezone.now())
    _say(request, sheet, do)
    if sheet.state == SheetState.DROPPED:
        return HttpResponseRedirect(reverse("admin:imports"))
    return HttpResponseRedirect(reverse("admin:import", args=[sheet.pk]))


def _say(request: HttpRequest, sheet: SheetImport, do: str) -> None:
    if sheet.state == SheetState.APPLIED and do == "confirm":
        messages.success(request, _("Imported. As long as nothing was built on it, all of it can be undone."))
    elif sheet.state == SheetState.UNDONE:
        messages.success(request, _("Undone: everything is as it was before this import."))
    elif sheet.state == SheetState.DROPPED:
        messages.success(request, _("Not imported. The file and its rows were forgotten."))
