"""Likely duplicates: the work list, what a name looks like while it is typed, and merging with its undoing."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.common.errors import RuleError
from crm.contacts.models import Organisation, Person
from crm.desk.duplicates.candidates import (
    ORGANISATION,
    PERSON,
    alike_to,
    hidden_organisations,
    likely_pairs,
    readable,
)
from crm.desk.duplicates.scoring import Traits, domain_of
from crm.desk.merging.fields import BOTH, DROP, KEEP, FieldChoice, field_choices
from crm.desk.merging.rows import relations_of
from crm.desk.models import Merge
from crm.desk.services import merge_organisations, merge_people, say_not_the_same, undo_merge

KINDS: dict[str, Any] = {ORGANISATION: Organisation, PERSON: Person}
PER_PAGE, MERGES_SHOWN, LONGEST = 25, 10, 300


@dataclass(frozen=True)
class Row:
    """One field on the merge page with what can be chosen."""

    choice: FieldChoice
    chosen: str
    options: list[tuple[str, str]]


def duplicate_urls(site: AdminSite) -> list[Any]:
    """The pages, each behind the log-in of the desk."""

    def view(function: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            return function(site, request, **kwargs)

        return site.admin_view(page)

    return [
        path("duplicates/", view(list_page), name="duplicates"),
        path("duplicates/like/", view(like), name="duplicates-like"),
        path("duplicates/apart/", require_POST(view(tell_apart)), name="duplicates-apart"),
        path("duplicates/merges/<int:pk>/", view(merged_page), name="merged"),
        path("duplicates/<slug:kind>/<int:keep>/<int:drop>/", view(merge_page), name="merge"),
    ]


def _kind(request: HttpRequest, kind: str) -> str:
    """The kind, where it exists and this user may change such records."""
    if kind not in KINDS:
        raise Http404
    if not request.user.has_perm(f"contacts.change_{kind}"):
        raise PermissionDenied
    return kind


def _record_url(row: Any) -> str:
    return reverse(f"admin:contacts_{row._meta.model_name}_change", args=[row.pk])


def list_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Likely pairs, the likeliest first, and the last merges."""
    kind = _kind(request, request.GET.get("kind", ORGANISATION))
    request.desk_model = f"contacts.{kind}"
    page = Paginator(likely_pairs(kind, request.user), PER_PAGE).get_page(request.GET.get("p"))
    merges = Merge.objects.filter(**{f"kept_{kind}__isnull": False}).select_related(
        f"kept_{kind}", f"dropped_{kind}", "merged_by"
    )
    if kind == ORGANISATION:
        hidden = hidden_organisations(request.user)
        merges = merges.exclude(kept_organisation__in=hidden).exclude(dropped_organisation__in=hidden)
    context = {
        **site.each_context(request),
        "title": _("Likely duplicates"),
        "kind": kind,
        "kinds": [(name, capfirst(model._meta.verbose_name_plural)) for name, model in KINDS.items()],
        "page": page,
        "merges": merges[:MERGES_SHOWN],
    }
    return TemplateResponse(request, "admin/duplicates/list.html", context)


def like(_site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Which known records a half-typed one looks like, as JSON for the form's script."""
    kind = _kind(request, request.GET.get("kind", ""))
    given = {name: request.GET.get(name, "")[:LONGEST].replace("\0", "").strip() for name in FIELDS_TYPED}
    typed = Traits(
        name=given["name"],
        domain=domain_of(given["website"], given["email"]),
        email=given["email"].lower() if kind == PERSON else "",
        phone=given["phone"],
        kvk=given["kvk"],
    )
    found = alike_to(kind, typed, request.user) if len(typed.name) >= 3 or typed.kvk else []
    return JsonResponse(
        {
            "label": _("Looks like"),
            "found": [
                {
                    "name": record.traits.name,
                    "url": reverse(f"admin:contacts_{kind}_change", args=[record.pk]),
                    "why": ", ".join(alike.reasons),
                }
                for record, alike in found
            ],
        }
    )


FIELDS_TYPED = ("name", "website", "email", "phone", "kvk")


def _two(request: HttpRequest, kind: str, first: Any, second: Any) -> tuple[Any, Any]:
    """Two records that this user may be told about; anything else is not there."""
    try:
        pks = int(first), int(second)
        rows = readable(kind, request.user).in_bulk(pks)
    except (TypeError, ValueError, OverflowError) as error:
        raise Http404 from error
    if len(rows) != 2:
        raise Http404
    return rows[pks[0]], rows[pks[1]]


def tell_apart(_site: AdminSite, request: HttpRequest) -> HttpResponse:
    kind = _kind(request, request.POST.get("kind", ""))
    first, second = _two(request, kind, request.POST.get("first"), request.POST.get("second"))
    say_not_the_same(first=first, second=second, by=request.user, at=timezone.now())
    text = _("Remembered: %(first)s and %(second)s are two.") % {"first": first, "second": second}
    messages.success(request, text)
    return HttpResponseRedirect(f"{reverse('admin:duplicates')}?kind={kind}")


def merge_page(site: AdminSite, request: HttpRequest, kind: str, keep: int, drop: int) -> HttpResponse:
    """Both records side by side, a choice per field, what will move, and the button that merges."""
    _kind(request, kind)
    request.desk_model = f"contacts.{kind}"
    kept, dropped = _two(request, kind, keep, drop)
    fields = field_choices(kept, dropped)
    given = {field.name: request.POST[field.name] for field in fields if field.name in request.POST}
    faults: list[str] = []
    if request.method == "POST":
        verb: Any = merge_organisations if kind == ORGANISATION else merge_people
        try:
            merge = verb(
                keep=kept,
                drop=dropped,
                choices=given,
                by=request.user,
                at=timezone.now(),
                keep_version=_number(request.POST.get("keep_version")),
                drop_version=_number(request.POST.get("drop_version")),
            )
        except RuleError as error:
            faults = [str(fault.message) for fault in error.faults]
        else:
            return HttpResponseRedirect(reverse("admin:merged", args=[merge.pk]))
    context = {
        **site.each_context(request),
        "title": _("Merge two records"),
        "kind": kind,
        "keep": kept,
        "drop": dropped,
        "keep_url": _record_url(kept),
        "drop_url": _record_url(dropped),
        "rows": [_row(field, given, kept, dropped) for field in fields if field.differs],
        "same": [field for field in fields if not field.differs and field.keep],
        "moves": _what_moves(dropped),
        "faults": faults,
    }
    return TemplateResponse(request, "admin/duplicates/merge.html", context)


def _number(text: str | None) -> int:
    """A version as it was posted; without one the form is no longer the one we drew."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1


def _row(field: FieldChoice, given: dict[str, str], kept: Any, dropped: Any) -> Row:
    options = [(KEEP, _shown(kept, field.name, field.keep)), (DROP, _shown(dropped, field.name, field.drop))]
    if field.allows_both:
        options.append((BOTH, _("both, one under the other")))
    return Row(field, given.get(field.name, field.default), options)


def _shown(row: Any, name: str, value: Any) -> str:
    """A value as forms and lists show it: a choice by its label, a day as people write it."""
    if isinstance(value, date):
        return date_format(value)
    in_words = getattr(row, f"get_{name}_display", None)
    return str(in_words() if in_words else value or "–")


def _what_moves(dropped: Any) -> list[tuple[str, int, bool]]:
    """Per kind of row how many hang on the record, and whether they move or stay with it."""
    counts: Counter[tuple[str, bool]] = Counter()
    for relation in relations_of(type(dropped)):
        label = relation.model._meta.label_lower
        if label in ("desk.merge", "desk.notthesame"):
            continue
        name = str(capfirst(_name_of(relation.model)))
        counts[name, relation.moves] += relation.rows(dropped.pk).count()
    return [(name, count, moves) for (name, moves), count in sorted(counts.items()) if count]


def _name_of(model: Any) -> str:
    """A many-to-many table has no name of its own: that of what it links to."""
    if not model._meta.auto_created:
        return str(model._meta.verbose_name_plural)
    others = [
        field.related_model for field in model._meta.fields if field.related_model not in (None, Organisation)
    ]
    return str(others[0]._meta.verbose_name_plural)


def merged_page(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """What was merged, by whom, and the button that undoes it or all that stands in its way."""
    merge = get_object_or_404(
        Merge.objects.select_related(
            "kept_organisation", "dropped_organisation", "kept_person", "dropped_person", "merged_by"
        ),
        pk=pk,
    )
    kind = _kind(request, ORGANISATION if merge.kept_organisation_id else PERSON)
    request.desk_model = f"contacts.{kind}"
    if kind == ORGANISATION:
        two = Organisation.objects.filter(pk__in=(merge.kept.pk, merge.dropped.pk))
        if two.filter(pk__in=hidden_organisations(request.user)).exists():
            raise Http404
    faults: list[str] = []
    if request.method == "POST":
        try:
            undo_merge(merge=merge, by=request.user, at=timezone.now())
        except RuleError as error:
            faults = [str(fault.message) for fault in error.faults]
        else:
            messages.success(request, _("Undone: both records are as they were before the merge."))
            return HttpResponseRedirect(request.path)
    context = {
        **site.each_context(request),
        "title": _("%(dropped)s merged into %(kept)s") % {"dropped": merge.dropped, "kept": merge.kept},
        "kind": kind,
        "merge": merge,
        "kept_url": _record_url(merge.kept),
        "moved": len(merge.changed),
        "faults": faults,
    }
    return TemplateResponse(request, "admin/duplicates/merged.html", context)
