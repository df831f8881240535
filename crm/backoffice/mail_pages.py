"""Mail to file: one's own list, a page per mail with what it may belong to and why, and the ways in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.roles import Role
from crm.acquisition.models import Lead
from crm.backoffice.desk_people import desk_users
from crm.backoffice.forms import REFUSALS, refused
from crm.backoffice.lead_documents import file_answer
from crm.backoffice.lead_forms import show_on
from crm.backoffice.lead_mail import filed_mails, thread_of
from crm.backoffice.mail_forms import FilingForm
from crm.backoffice.mail_taking import Taken, filed_in_words, take_in_files, take_in_text
from crm.backoffice.mail_words import flaws_in_words, why_broken, why_refused
from crm.common.months import amsterdam_day
from crm.desk.mail.addresses import address_with, colleagues
from crm.desk.mail.models import (
    AsideMail,
    DropAddress,
    IncomingMail,
    MailAttachment,
    MailFiling,
    MailSource,
    MailState,
)
from crm.desk.mail.services import (
    file_mail,
    make_drop_address,
    revoke_drop_address,
    see_aside,
    take_in,
    take_off_record,
    throw_away,
)
from crm.desk.mail.suggesting import suggest
from crm.desk.mail.words import is_forward, parted

PER_PAGE, ASIDE_SHOWN, HELD_SHOWN, LONGEST_PASTE = 25, 20, 25, 2_000_000


def mail_urls(site: AdminSite) -> list[Any]:
    """The pages, each for who may work on leads."""

    def view(function: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm("acquisition.change_lead"):
                raise PermissionDenied
            return function(site, request, timezone.now(), **kwargs)

        return site.admin_view(page)

    return [
        path("mail/", require_GET(view(list_page)), name="mail"),
        path("mail/add/", require_POST(view(add)), name="mail-add"),
        path("mail/address/", require_POST(view(address)), name="mail-address"),
        path("mail/aside/<int:pk>/", require_POST(view(seen)), name="mail-aside"),
        path("mail/<int:pk>/", view(mail_page), name="mail-one"),
        path("mail/<int:pk>/files/<int:file_pk>/", require_GET(view(download)), name="mail-file"),
    ]


def readable_lead(user: User, pk: str | None) -> Any:
    """A lead whose name this person may read; any other is not there."""
    if pk is None or not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return None
    return Lead.objects.named_for(user).filter(is_name_readable=True, pk=int(pk)).first()


# ── the list ────────────────────────────────────────────────────────────────
def list_page(site: AdminSite, request: HttpRequest, now: datetime) -> HttpResponse:
    user = request.user
    waiting = IncomingMail.objects.waiting_for(user).prefetch_related("participants", "attachments")
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("p"))
    found = suggest(list(page.object_list), user)
    held = IncomingMail.objects.filter(owner=user, state=MailState.HELD)
    context = {
        **site.each_context(request),
        "title": _("Mail to file"),
        "page": page,
        "rows": [(mail, found[mail.pk], excerpt(mail)) for mail in page.object_list],
        "held": held[:HELD_SHOWN],
        "aside": [(row, why_broken(row.reason)) for row in _aside_of(user)],
        "drop": _own_address(user),
        "has_drop": bool(settings.CRM_MAIL_ADDRESS),
        "counts": _counts() if user.role == Role.ADMINISTRATOR else [],
        "sources": MailSource.objects.order_by("pk") if user.role == Role.ADMINISTRATOR else [],
        "longest": LONGEST_PASTE,
    }
    return TemplateResponse(request, "admin/mail/list.html", context)


def _aside_of(user: User) -> Any:
    return AsideMail.objects.filter(owner=user, seen_at__isnull=True)[:ASIDE_SHOWN]


def _counts() -> list[tuple[str, int, int, int]]:
    """For administrators: how much lies in each list; nothing of what it says."""
    mails = (
        IncomingMail.objects.order_by()
        .values("owner")
        .annotate(
            waiting=Count("pk", filter=Q(state=MailState.WAITING)),
            held=Count("pk", filter=Q(state=MailState.HELD)),
        )
    )
    of = {row["owner"]: (row["waiting"], row["held"]) for row in mails}
    aside = dict(
        AsideMail.objects.order_by()
        .filter(seen_at__isnull=True)
        .values_list("owner")
        .annotate(count=Count("pk"))
    )
    rows = [(str(user), *of.get(user.pk, (0, 0)), aside.get(user.pk, 0)) for user in desk_users()]
    return [
        *(row for row in rows if any(row[1:])),
        *([(_("nobody’s"), 0, 0, aside[None])] if aside.get(None) else []),
    ]


def _own_address(user: User) -> str:
    row = DropAddress.objects.filter(user=user, revoked_at__isnull=True).first()
    return address_with(row.token) if row else ""


def excerpt(mail: IncomingMail) -> str:
    return " ".join((mail.text if is_forward(mail.subject) else parted(mail.text)[0])[:600].split())[:240]


# ── one mail ────────────────────────────────────────────────────────────────
def mail_page(site: AdminSite, request: HttpRequest, now: datetime, pk: int) -> HttpResponse:
    """A mail that this person may read: to be filed, held, or as it stands on a record."""
    mails = IncomingMail.objects.readable_by(request.user).prefetch_related(
        "participants__person", "attachments"
    )
    mail = mails.filter(pk=pk).select_related("owner", "received_by").first()
    if mail is None:
        raise Http404
    act = request.POST.get("do", "") if request.method == "POST" else ""
    if mail.state == MailState.FILED:
        return _filed_page(site, request, now, mail, act)
    if act in ("take_in", "throw_away"):
        return _done_with(request, now, mail, act)
    found = suggest([mail], request.user)[mail.pk]
    asked = request.GET.get("lead", "")
    form = FilingForm(
        request.POST if act == "file" else None,
        mail=mail,
        found=found,
        user=request.user,
        at=now,
        own=colleagues(),
        asked=int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None,
    )
    if act == "file" and mail.state == MailState.WAITING and form.is_valid():
        answer = _file(request, now, mail, form)
        if answer is not None:
            return answer
    return _show(site, request, mail, now, form=form, found=found)


def _file(request: HttpRequest, now: datetime, mail: IncomingMail, form: FilingForm) -> HttpResponse | None:
    values = form.cleaned_data
    person = form.chosen_person()
    lead = form.chosen_lead()
    try:
        filing = file_mail(
            mail=mail,
            lead=lead,
            occurred_on=values["occurred_on"],
            is_two_way=values["direction"] == "they",
            attachments=form.chosen_files(),
            by=request.user,
            at=now,
            **person,
        )
    except REFUSALS as error:
        show_on(form, refused(error))
        return None
    messages.success(request, f"{lead.display_name}: {filed_in_words(filing, filing.activity.person)}")
    if IncomingMail.objects.waiting_for(request.user).exists():
        return HttpResponseRedirect(reverse("admin:mail"))
    return HttpResponseRedirect(reverse("admin:acquisition_lead_change", args=[lead.pk]))


def _done_with(request: HttpRequest, now: datetime, mail: IncomingMail, act: str) -> HttpResponse:
    try:
        if act == "take_in":
            take_in(mail=mail, by=request.user, at=now)
            messages.success(request, _("Taken in: choose where it belongs."))
            return HttpResponseRedirect(reverse("admin:mail-one", args=[mail.pk]))
        throw_away(mail=mail, by=request.user, at=now)
    except REFUSALS as error:
        for fault in refused(error):
            messages.error(request, str(fault.message))
    else:
        messages.success(request, _("Thrown away, text and files too. It stands on no record."))
    return HttpResponseRedirect(reverse("admin:mail"))


def _filed_page(
    site: AdminSite, request: HttpRequest, now: datetime, mail: IncomingMail, act: str
) -> HttpResponse:
    filing = (
        MailFiling.objects.standing()
        .on_readable_leads(request.user)
        .select_related("filed_by", "activity__person")
        .get(mail=mail)
    )
    lead = Lead.objects.named_for(request.user).get(pk=filing.lead_id)
    if act == "take_off":
        try:
            take_off_record(filing=filing, by=request.user, at=now)
        except REFUSALS as error:
            for fault in refused(error):
                messages.error(request, str(fault.message))
        else:
            whose = _("It is back in your list.") if mail.owner_id == request.user.pk else ""
            whose = whose or _("It is back in the list of %(who)s.") % {"who": mail.owner}
            messages.success(request, _("Taken off this record, with its documents.") + f" {whose}")
        return HttpResponseRedirect(reverse("admin:acquisition_lead_change", args=[lead.pk]))
    thread = [line for line in filed_mails(lead).values() if thread_of(line.mail) == thread_of(mail)]
    return _show(
        site,
        request,
        mail,
        now,
        filing=filing,
        lead=lead,
        thread=sorted(thread, key=lambda line: (line.on, line.mail.pk)),
    )


def _show(
    site: AdminSite, request: HttpRequest, mail: IncomingMail, now: datetime, **more: Any
) -> HttpResponse:
    own, quoted = (mail.text, "") if is_forward(mail.subject) else parted(mail.text)
    today = amsterdam_day(now)
    context = {
        **site.each_context(request),
        "title": mail.subject or _("Mail without a subject"),
        "mail": mail,
        "own_text": own,
        "quoted_text": quoted,
        "files": [(row, why_refused(row.refusal) if row.refusal else "") for row in mail.attachments.all()],
        "flaws": flaws_in_words(mail.flaws),
        "is_ahead": mail.sent_at is not None and amsterdam_day(mail.sent_at) > today,
        **more,
    }
    return TemplateResponse(request, "admin/mail/mail.html", context)


def download(site: AdminSite, request: HttpRequest, now: datetime, pk: int, file_pk: int) -> HttpResponse:
    """A file of a mail that waits in one's own list; once filed it is a document of the lead."""
    mail = IncomingMail.objects.readable_by(request.user).filter(pk=pk).first()
    row = MailAttachment.objects.filter(pk=file_pk, mail=pk).first()
    if mail is None or row is None or not row.file or mail.state == MailState.FILED:
        raise Http404
    return file_answer(row.file, row.name, row.kind)


# ── ways in ─────────────────────────────────────────────────────────────────
def add(site: AdminSite, request: HttpRequest, now: datetime) -> HttpResponse:
    """Files or a pasted text; with a lead they go onto its timeline, where nothing is left to ask."""
    lead = readable_lead(request.user, request.POST.get("lead"))
    if lead is None and request.POST.get("lead"):
        raise PermissionDenied
    text = request.POST.get("text", "")[:LONGEST_PASTE]
    files = request.FILES.getlist("files")
    taken = Taken()
    if files:
        taken = take_in_files(files, lead, request.user, now)
    if text.strip():
        pasted = take_in_text(text, lead, request.user, now)
        for name in ("done", "known", "refused", "waiting"):
            getattr(taken, name).extend(getattr(pasted, name))
    if not files and not text.strip():
        taken.refused.append(_("Nothing was brought in: choose a file, or paste a mail."))
    return _answer(request, taken, lead)


def _answer(request: HttpRequest, taken: Taken, lead: Any) -> HttpResponse:
    for sentence in taken.done:
        messages.success(request, sentence)
    for sentence in taken.known:
        messages.warning(request, sentence)
    for sentence in taken.refused:
        messages.error(request, sentence)
    if taken.waiting:
        messages.info(
            request,
            _("Taken in, and on no record yet: say below where it belongs.")
            if len(taken.waiting) == 1
            else _("Taken in, and on no record yet: %(count)d mails.") % {"count": len(taken.waiting)},
        )
    if len(taken.waiting) == 1:
        target = reverse("admin:mail-one", args=[taken.waiting[0].pk])
        return HttpResponseRedirect(f"{target}?lead={lead.pk}" if lead is not None else target)
    if lead is not None and not taken.waiting:
        return HttpResponseRedirect(reverse("admin:acquisition_lead_change", args=[lead.pk]))
    return HttpResponseRedirect(reverse("admin:mail"))


def address(site: AdminSite, request: HttpRequest, now: datetime) -> HttpResponse:
    """Make or stop one's own drop address, or that of a lead."""
    lead = readable_lead(request.user, request.POST.get("lead"))
    if lead is None and request.POST.get("lead"):
        raise PermissionDenied
    of = {"lead": lead} if lead is not None else {"user": request.user}
    if request.POST.get("do") == "revoke":
        revoke_drop_address(by=request.user, at=now, **of)
        messages.success(request, _("The address takes no mail any more."))
    else:
        make_drop_address(by=request.user, at=now, **of)
        messages.success(request, _("The address takes mail from now on."))
    if lead is not None:
        return HttpResponseRedirect(reverse("admin:acquisition_lead_change", args=[lead.pk]) + "#h-mail")
    return HttpResponseRedirect(reverse("admin:mail") + "#h-drop")


def seen(site: AdminSite, request: HttpRequest, now: datetime, pk: int) -> HttpResponse:
    row = AsideMail.objects.filter(pk=pk, owner=request.user).first()
    if row is None:
        raise Http404
    see_aside(aside=row, by=request.user, at=now)
    return HttpResponseRedirect(reverse("admin:mail"))
