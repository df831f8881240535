"""Contact rounds: the list of them with how far they are, starting one, and the pages of one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crm.backoffice.forms import REFUSALS, refused
from crm.backoffice.lead_forms import show_on
from crm.backoffice.list_export import XLSX, as_csv, as_xlsx
from crm.backoffice.navigation import may_see
from crm.backoffice.round_forms import VIEW, CloseForm, NewRoundForm, RoundForm, initial_of
from crm.backoffice.round_page import RoundPage
from crm.common.errors import Fault
from crm.common.months import add_months, amsterdam_day
from crm.contacts.models import Organisation
from crm.desk.list_models import ExportFormat
from crm.desk.lists import note_export, views_for
from crm.desk.portfolio.contact import of_relation, with_relations
from crm.desk.rounds.choices import RoundScope
from crm.desk.rounds.models import ContactRound
from crm.desk.rounds.progress import Progress, progress_of, standing_of
from crm.desk.rounds.services import change_round, close_round, start_round

ORGANISATIONS = "contacts.organisation"
PREVIEWED = 300


def _guarded(request: HttpRequest, action: str = "view") -> None:
    if not (may_see(request.user, "desk.contactround", action) and may_see(request.user, ORGANISATIONS)):
        raise PermissionDenied


def round_in(pk: int) -> ContactRound:
    found = ContactRound.objects.filter(pk=pk).select_related("closed_by", "created_by").first()
    if found is None:
        raise Http404
    return found


def _list(site: Any, request: HttpRequest) -> HttpResponse:
    _guarded(request)
    rounds = list(ContactRound.objects.prefetch_related("participants"))
    progress = progress_of(rounds)
    today = amsterdam_day(timezone.now())
    lines = [
        {"round": found, "progress": progress.get(found.pk, Progress()), "is_over": found.ends_on < today}
        for found in rounds
    ]
    context = {
        **site.each_context(request),
        "title": _("Contact rounds"),
        "running": [line for line in lines if line["round"].closed_at is None],
        "closed": [line for line in lines if line["round"].closed_at is not None],
        "may_start": may_see(request.user, "desk.contactround", "add"),
    }
    return TemplateResponse(request, "admin/rounds/list.html", context)


# ── starting one ────────────────────────────────────────────────────────────
def _chosen(request: HttpRequest) -> list[Organisation]:
    """Whoever was chosen in the list, by their numbers in the address or the form."""
    text = request.POST.get("chosen", request.GET.get("chosen", ""))
    keys = [int(key) for key in text.split(",") if key.isascii() and key.isdecimal() and len(key) < 19]
    return list(Organisation.objects.standing().filter(pk__in=keys[:1000])) if keys else []


def _of_view(site: Any, request: HttpRequest, query: str) -> list[Organisation]:
    """The organisations that a view of their list shows to this person, all pages of it."""
    admin = site.get_model_admin(Organisation)
    request.GET = QueryDict(query)  # type: ignore[assignment]
    return list(admin.get_changelist_instance(request).queryset)


def _selection(site: Any, request: HttpRequest, source: str, views: Any) -> tuple[str, list[Organisation]]:
    if source == RoundScope.CHOSEN:
        return source, _chosen(request)
    if source.startswith(VIEW):
        view = next(view for view in views if f"{VIEW}{view.pk}" == source)
        return RoundScope.CHOSEN.value, _of_view(site, request, view.query)
    rows = with_relations(Organisation.objects.standing(), amsterdam_day(timezone.now()))
    return source, list(of_relation(rows, source))


def _new(site: Any, request: HttpRequest) -> HttpResponse:
    """Asked once, shown with the names that would be frozen, then started."""
    _guarded(request, "add")
    now = timezone.now()
    today = amsterdam_day(now)
    views = list(views_for(request.user, ORGANISATIONS))
    chosen = _chosen(request)
    given: dict[str, Any] = {"views": views, "chosen": len(chosen)}
    preview = None
    if request.method == "POST":
        form = NewRoundForm(request.POST, **given)
        if form.is_valid():
            values = dict(form.cleaned_data)
            scope, organisations = _selection(site, request, values.pop("source"), views)
            values.pop("chosen")
            if "start" not in request.POST:
                preview = sorted(organisations, key=lambda row: row.name.casefold())
            else:
                try:
                    found = start_round(
                        **{**values, "participants": list(values["participants"])},
                        scope=scope,
                        organisations=organisations,
                        by=request.user,
                        at=now,
                    )
                except REFUSALS as error:
                    _show(form, error)
                else:
                    messages.success(request, _("The round is started."))
                    return HttpResponseRedirect(reverse("admin:contact-round", args=[found.pk]))
    else:
        form = NewRoundForm(
            **given,
            initial={
                "source": RoundScope.CHOSEN if chosen else RoundScope.OWNER,
                "starts_on": today,
                "ends_on": add_months(today, 6),
                "participants": [request.user.pk],
                "chosen": ",".join(str(row.pk) for row in chosen),
            },
        )
    context = {
        **site.each_context(request),
        "title": _("Start a contact round"),
        "form": form,
        "preview": preview[:PREVIEWED] if preview is not None else None,
        "preview_count": len(preview or ()),
        "preview_more": max(len(preview or ()) - PREVIEWED, 0),
    }
    return TemplateResponse(request, "admin/rounds/form.html", context)


def _show(form: Any, error: Exception) -> None:
    """A fault stands at the field that one sees: the scope is chosen as a source, the version is hidden."""
    seen = {"scope": "source", "version": ""}
    show_on(
        form,
        [Fault(fault.code, fault.message, seen.get(fault.field, fault.field)) for fault in refused(error)],
    )


# ── one of them ─────────────────────────────────────────────────────────────
def _page(site: Any, request: HttpRequest, pk: int) -> HttpResponse:
    _guarded(request)
    page = RoundPage(site, request, round_in(pk))
    return page.post() if request.method == "POST" else page.show()


def _change(site: Any, request: HttpRequest, pk: int) -> HttpResponse:
    _guarded(request, "change")
    found = round_in(pk)
    form = RoundForm(request.POST or None, initial=initial_of(found))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            change_round(
                **{**values, "participants": list(values["participants"])},
                round=found,
                by=request.user,
                at=timezone.now(),
            )
        except REFUSALS as error:
            _show(form, error)
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("admin:contact-round", args=[pk]))
    context = {**site.each_context(request), "title": found.name, "round": found, "form": form}
    return TemplateResponse(request, "admin/rounds/change.html", context)


def _close(site: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Asked first: a closed round stays closed."""
    _guarded(request, "change")
    found = round_in(pk)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            close_round(round=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except REFUSALS as error:
            _show(form, error)
        else:
            messages.success(request, _("The round is closed; its result is kept."))
            return HttpResponseRedirect(reverse("admin:contact-round", args=[pk]))
    context = {
        **site.each_context(request),
        "title": _("Close the round"),
        "round": found,
        "progress": progress_of([found])[found.pk],
        "form": form,
    }
    return TemplateResponse(request, "admin/rounds/close.html", context)


def _export(_site: Any, request: HttpRequest, pk: int, export_format: str) -> HttpResponse:
    _guarded(request)
    if export_format not in ExportFormat.values:
        raise Http404
    found, now = round_in(pk), timezone.now()
    standing = standing_of(found)
    heads = [
        _("Organisation"),
        _("Status"),
        _("Spoken to on"),
        _("Who calls"),
        _("Attempts"),
        _("Why not reachable"),
    ]
    rows: list[list[Any]] = [[str(head) for head in heads]]
    for member in standing.members:
        heard = standing.heard.get(member.organisation_id)
        rows.append(
            [
                member.organisation.name,
                str(member.state_label),
                member.spoken_on,
                str(member.caller),
                heard.attempts if heard else 0,
                member.unreachable_reason,
            ]
        )
    note_export(
        list_name="desk.contactround",
        query=f"round={pk}",
        export_format=export_format,
        rows=len(rows) - 1,
        by=request.user,
        at=now,
    )
    if export_format == ExportFormat.CSV:
        response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(as_xlsx(rows, found.name), content_type=XLSX)
    name = f"contactround-{pk}-{amsterdam_day(now):%Y-%m-%d}.{export_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def round_urls(site: Any) -> list[Any]:
    """The list, a new one, and one round with its change, its end and its file."""

    def at(view: Callable[..., HttpResponse]) -> Any:
        def answered(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            return view(site, request, **kwargs)

        return site.admin_view(answered)

    return [
        path("rounds/", at(_list), name="contact-rounds"),
        path("rounds/new/", at(_new), name="contact-round-new"),
        path("rounds/<int:pk>/", at(_page), name="contact-round"),
        path("rounds/<int:pk>/change/", at(_change), name="contact-round-change"),
        path("rounds/<int:pk>/close/", at(_close), name="contact-round-close"),
        path("rounds/<int:pk>/<slug:export_format>/", require_GET(at(_export)), name="contact-round-export"),
    ]
