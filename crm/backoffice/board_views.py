"""The board's addresses: the page of a track, the one place a move is posted to, and taking a move back."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from crm.acquisition.choices import LeadStatus, Stage, Track
from crm.acquisition.models import Lead, StageChange
from crm.acquisition.services import reverse_change
from crm.backoffice.board import FOLDED, BoardReading, areas, place_label
from crm.backoffice.board_panel import Panel, move
from crm.backoffice.dashboard import TRACK_WORDS, TRACKS
from crm.backoffice.desk_people import desk_users
from crm.common.errors import RuleError, StaleError
from crm.common.months import amsterdam_day

PLACES = frozenset({*Stage.values, *FOLDED}) - {LeadStatus.ESTABLISHED}
STORED_IN = "board_track"


def any_board(request: HttpRequest) -> HttpResponse:
    """The board that this person looked at last, or that of the first track."""
    track = request.session.get(STORED_IN)
    return HttpResponseRedirect(
        reverse("admin:board", args=[track if track in Track.values else TRACKS[0].value])
    )


def board_page(request: HttpRequest, track: str) -> HttpResponse:
    if track not in Track.values:
        raise Http404
    if not request.user.has_perm("acquisition.view_lead"):
        raise PermissionDenied
    if request.session.get(STORED_IN) != track:
        request.session[STORED_IN] = track
    reading = BoardReading(request, track, amsterdam_day(timezone.now()))
    kept = reading.filters.query()
    context = {
        **admin.site.each_context(request),
        "title": _("Board"),
        "board": reading.board(),
        "tracks": [
            (TRACK_WORDS[name], f"{reverse('admin:board', args=[name])}?{kept}", name == track)
            for name in TRACKS
        ],
        "owners": [("me", _("me")), ("nobody", _("nobody"))]
        + [(str(user.pk), user.full_name) for user in desk_users() if user.pk != request.user.pk],
        "areas": areas(),
    }
    return TemplateResponse(request, "admin/board/page.html", context)


class Answer:
    """What the board is told after a move was tried."""

    def __init__(self, request: HttpRequest, track: str, now: datetime) -> None:
        self.request, self.track, self.now = request, track, now
        self.reading = BoardReading(request, track, amsterdam_day(now))

    def refused(self, sentence: str, status: int) -> JsonResponse:
        return JsonResponse({"sentence": sentence}, status=status)

    def standing(self, lead: Any, sentence: str, status: int = 200, **extra: Any) -> JsonResponse:
        """Where the card stands now, with the heads of all columns as they are now."""
        row = self.reading.lead(lead.pk)
        card = self.reading.card(row)
        columns, folded = self.reading.heads()
        context = {"card": card, "board": {"track": self.track}, "request": self.request}
        return JsonResponse(
            {
                "sentence": sentence,
                "where": card.to,
                "card": render_to_string("admin/board/card.html", context, self.request),
                "heads": {
                    column.to: render_to_string("admin/board/head.html", {"column": column}, self.request)
                    for column in (*columns, *folded)
                },
                **extra,
            },
            status=status,
        )

    def panel(self, panel: Panel) -> JsonResponse:
        context = {
            "panel": panel,
            "lead": panel.lead,
            "place": place_label(panel.to),
            "needs_person": panel.needs_person,
        }
        html = render_to_string("admin/board/panel.html", context, self.request)
        return JsonResponse({"panel": html}, status=422)

    def moved(self, lead: Any, change: StageChange) -> JsonResponse:
        sentence = _("%(name)s stands at %(place)s now.")
        fresh = Lead.objects.only("stage", "status", "version").get(pk=lead.pk)
        place = fresh.stage if fresh.status == LeadStatus.OPEN else fresh.status
        words = {"name": lead.display_name, "place": place_label(place)}
        undo = {"lead": lead.pk, "change": change.pk, "version": fresh.version}
        return self.standing(lead, sentence % words, undo=undo)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _begin(request: HttpRequest, track: str) -> tuple[Answer, Any, JsonResponse | None]:
    """Who asks, about which lead, or the refusal: never a log-in page, which a script could not show."""
    answer = Answer(request, track, timezone.now())
    if not request.user.is_authenticated:
        words = _("You are logged out. Nothing was moved: log in and try again.")
        return answer, None, answer.refused(words, 403)
    if not admin.site.has_permission(request) or not request.user.has_perm("acquisition.change_lead"):
        words = _("You may not move leads any more: your role was changed. Nothing was moved.")
        return answer, None, answer.refused(words, 403)
    lead = answer.reading.lead(_number(request.POST.get("lead", ""))) if track in Track.values else None
    if lead is None:
        words = _("This lead is not on this board any more. Nothing was moved: load the page anew.")
        return answer, None, answer.refused(words, 404)
    if not lead.is_name_readable:
        words = _("Only its owner and team move this lead: its name is strictly confidential.")
        return answer, lead, answer.refused(words, 403)
    return answer, lead, None


def move_card(request: HttpRequest, track: str) -> JsonResponse:
    """Move a lead from one column to another; with `panel`, what was missing comes along and is stored with the move."""
    answer, lead, refusal = _begin(request, track)
    if refusal is not None:
        return refusal
    to, version = request.POST.get("to", ""), _number(request.POST.get("version", ""))
    if to not in PLACES:
        words = _("A lead cannot be moved there by hand. Nothing was moved.")
        return answer.refused(words, 400)
    by: Any = request.user
    panel = None
    try:
        stands = lead.stage if lead.status == LeadStatus.OPEN else lead.status
        if request.POST.get("from", "") != stands:
            version = 0  # no version at all: the verb answers who moved it, and when
        if version == lead.version:
            panel = Panel(lead, to, answer.reading.today, request.POST if "panel" in request.POST else None)
        if panel is None or not panel.asks:
            change = move(
                Lead.objects.get(pk=lead.pk),
                to,
                on=answer.reading.today,
                version=version,
                by=by,
                at=answer.now,
            )
        elif "panel" not in request.POST or not panel.is_valid():
            return answer.panel(panel)
        else:
            change = panel.settle(version=version, by=by, at=answer.now)
    except StaleError as error:
        return answer.standing(lead, str(error.faults[0].message), 409)
    except RuleError as error:
        if panel is None or not panel.asks:
            return answer.refused(" ".join(str(fault.message) for fault in error.faults), 422)
        panel.show_faults(error.faults)
        return answer.panel(panel)
    return answer.moved(lead, change)


def take_back(request: HttpRequest, track: str) -> JsonResponse:
    """Take back the move that was just made, as a row in the log of its own."""
    answer, lead, refusal = _begin(request, track)
    if refusal is not None:
        return refusal
    change = StageChange.objects.filter(lead=lead.pk, pk=_number(request.POST.get("change", ""))).first()
    if change is None:
        return answer.refused(_("There is no such move to take back."), 404)
    try:
        version = _number(request.POST.get("version", ""))
        reverse_change(change=change, by=request.user, at=answer.now, version=version)
    except StaleError as error:
        return answer.standing(lead, str(error.faults[0].message), 409)
    except RuleError as error:
        return answer.refused(" ".join(str(fault.message) for fault in error.faults), 422)
    words = {"name": lead.display_name, "place": place_label(change.from_stage)}
    if change.from_status != LeadStatus.OPEN:
        words["place"] = place_label(change.from_status)
    return answer.standing(lead, _("Taken back: %(name)s stands at %(place)s again.") % words)


def board_urls(site: Any) -> list[Any]:
    def posted(view: Any) -> Any:
        return never_cache(csrf_protect(require_POST(view)))

    return [
        path("board/", site.admin_view(any_board), name="any_board"),
        path("board/<slug:track>/", site.admin_view(board_page), name="board"),
        path("board/<slug:track>/move/", posted(move_card), name="board_move"),
        path("board/<slug:track>/take-back/", posted(take_back), name="board_take_back"),
    ]
