"""The page on which somebody leaves: all that hangs on them, to whom it goes, a preview, and then one step."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import SYSTEM_EMAIL, User
from crm.acquisition.models import Lead
from crm.backoffice.desk_people import desk_users
from crm.backoffice.forms import refused
from crm.backoffice.navigation import may_see
from crm.common.errors import Fault, RuleError
from crm.desk.leaving.belongings import Belongings, Kind, belongings
from crm.desk.services import let_leave

NAMED = 50  # more rows of a kind are counted, not named
SAME = gettext_lazy("the same colleague")


class LeaveForm(forms.Form):
    """One colleague for all, and another one for a kind where that is wanted."""

    everything = forms.ModelChoiceField(
        label=gettext_lazy("Who takes it over"), queryset=User.objects.none(), required=False, empty_label="–"
    )

    def __init__(self, *args: Any, leaver: User, kinds: list[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        people = desk_users().exclude(pk=leaver.pk)
        self.fields["everything"].queryset = people  # type: ignore[attr-defined]
        if not kinds:
            del self.fields["everything"]
        for kind in kinds if len(kinds) > 1 else ():
            self.fields[kind.value] = forms.ModelChoiceField(
                label=kind.label, queryset=people, required=False, empty_label=SAME
            )

    def heirs(self) -> dict[str, User]:
        """Who takes over which kind; a kind for which nobody was chosen is missing."""
        values = self.cleaned_data
        found = {kind.value: values.get(kind.value) or values.get("everything") for kind in self.kinds}
        return {kind: heir for kind, heir in found.items() if heir is not None}

    def show_faults(self, faults: list[Fault]) -> None:
        for fault in faults:
            name = fault.field if fault.field in self.fields else None
            if fault.code == "heir_needed" and name is None and "everything" in self.fields:
                name = "everything"
            self.add_error(name, str(fault.message))


def _rows(request: HttpRequest, things: Belongings) -> list[dict[str, Any]]:
    """What hangs on the person, kind by kind, by the names that this reader may read; texts about others stay out."""
    leads = [row.pk for kind in (Kind.LEADS, Kind.STRICT_LEADS) for row in things.rows[kind]]
    about = [row.lead_id for kind in (Kind.TASKS, Kind.NEEDS) for row in things.rows[kind] if row.lead_id]
    named = Lead.objects.named_for(request.user).filter(pk__in={*leads, *about})
    names = {lead.pk: (lead.display_name, lead.is_name_readable) for lead in named}

    def words(kind: Kind, row: Any) -> str:
        if kind in (Kind.LEADS, Kind.STRICT_LEADS):
            return f"{row.reference} {names[row.pk][0]}"
        if kind == Kind.VIEWS:
            return str(row.name)
        if kind == Kind.KEPT:
            return str(row)
        if kind == Kind.CALLS:
            return f"{row.organisation} ({row.round.name})"
        name, is_readable = names.get(row.lead_id, ("", True))
        text = str(row.title) if is_readable else str(row._meta.verbose_name)
        return f"{text} ({name})" if name else text

    return [
        {
            "label": kind.label,
            "count": len(things.rows[kind]),
            "lines": [words(kind, row) for row in things.rows[kind][:NAMED]],
            "more": max(0, len(things.rows[kind]) - NAMED),
            "kind": kind.value,
        }
        for kind in Kind
        if things.rows[kind]
    ]


def _endings(things: Belongings) -> list[str]:
    """What ends with the account, in sentences; only what there is."""
    counted = (
        (
            things.sessions,
            ngettext("%(n)d session ends at once.", "%(n)d sessions end at once.", things.sessions),
        ),
        (things.keys, ngettext("%(n)d API key is revoked.", "%(n)d API keys are revoked.", things.keys)),
        (
            things.calendars,
            ngettext(
                "%(n)d calendar address stops working.",
                "%(n)d calendar addresses stop working.",
                things.calendars,
            ),
        ),
        (
            things.drops,
            ngettext(
                "%(n)d drop address takes no mail any more.",
                "%(n)d drop addresses take no mail any more.",
                things.drops,
            ),
        ),
        (
            things.teams,
            ngettext("Out of the team of %(n)d lead.", "Out of the teams of %(n)d leads.", things.teams),
        ),
        (
            things.snoozes,
            ngettext(
                "%(n)d snoozed subject returns to the list.",
                "%(n)d snoozed subjects return to the list.",
                things.snoozes,
            ),
        ),
        (
            things.jobs,
            ngettext("%(n)d bulk work is stopped.", "%(n)d pieces of bulk work are stopped.", things.jobs),
        ),
    )
    sentences = [sentence % {"n": count} for count, sentence in counted if count]
    if things.has_second_factor:
        sentences.append(_("Authenticator app and recovery codes are forgotten."))
    return [
        *sentences,
        _("An invitation or password link that is still under way stops working."),
        _("The account is closed, not deleted: the log keeps who did what."),
    ]


def leave_page(site: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Draw what hangs on the person; with `step=preview` try it and take it back; with `step=yes` do it."""
    leaver = User.objects.exclude(email=SYSTEM_EMAIL).filter(pk=pk).first()
    if leaver is None or not may_see(request.user, "accounts.user"):
        raise Http404
    if not may_see(request.user, "accounts.user", "change"):
        raise PermissionDenied
    record = reverse("admin:accounts_user_change", args=[pk])
    if leaver.pk == request.user.pk or not leaver.is_active:
        sentence = (
            _("Nobody closes their own account: let another administrator do it.")
            if leaver.is_active
            else _("This account is closed already.")
        )
        messages.error(request, sentence)
        return HttpResponseRedirect(record)
    now = timezone.now()
    things = belongings(leaver, now)
    kinds = [kind for kind in Kind if things.rows[kind]]
    data = request.POST if request.method == "POST" else None
    form = LeaveForm(data, leaver=leaver, kinds=kinds)
    is_preview = False
    if form.is_bound and form.is_valid():
        step = request.POST.get("step")
        is_preview = _try(request, form, leaver, now, is_dry_run=step != "yes")
        if is_preview and step == "yes":
            sentence = _("%(who)s has left: %(count)d handed over, the account is closed.")
            messages.success(request, sentence % {"who": leaver, "count": things.total})
            return HttpResponseRedirect(record)
        is_preview = is_preview and step == "preview"
    return _drawn(site, request, leaver, things, form, is_preview=is_preview)


def _try(request: HttpRequest, form: LeaveForm, leaver: User, now: datetime, *, is_dry_run: bool) -> bool:
    """Do it, or try it; the rule's own words come back on the form."""
    seen = "" if is_dry_run else request.POST.get("seen", "") or "-"
    try:
        let_leave(user=leaver, heirs=form.heirs(), by=request.user, at=now, seen=seen, is_dry_run=is_dry_run)
    except RuleError as error:
        form.show_faults(refused(error))
        return False
    return True


def _drawn(
    site: Any, request: HttpRequest, leaver: User, things: Belongings, form: LeaveForm, *, is_preview: bool
) -> HttpResponse:
    rows = _rows(request, things)
    if is_preview:
        heirs = form.heirs()
        rows = [{**row, "heir": heirs[row["kind"]]} for row in rows]
    request.desk_model = "accounts.user"  # type: ignore[attr-defined]
    context = {
        **site.each_context(request),
        "title": _("%(who)s leaves") % {"who": leaver},
        "leaver": leaver,
        "record_url": reverse("admin:accounts_user_change", args=[leaver.pk]),
        "rows": rows,
        "endings": _endings(things),
        "form": form,
        "is_preview": is_preview,
        "seen": things.fingerprint,
    }
    return TemplateResponse(request, "admin/accounts/user/leave.html", context)


def leave_urls(site: Any) -> list[Any]:
    def leave(request: HttpRequest, pk: int) -> HttpResponse:
        return leave_page(site, request, pk)

    return [path("accounts/user/<int:pk>/leave/", site.admin_view(leave), name="leave")]
