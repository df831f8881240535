"""Leads that others handed over: per partner how many, what became of each, and what was promised back."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.acquisition.choices import LeadStatus
from crm.acquisition.models import Lead, Task
from crm.acquisition.stages import ENDINGS
from crm.backoffice.navigation import may_see
from crm.common.months import amsterdam_day
from crm.contacts.choices import OrganisationRole
from crm.contacts.models import Organisation

PER_PAGE = 50


def _asked_by_desk(request: HttpRequest) -> None:
    if not (may_see(request.user, "acquisition.lead") and may_see(request.user, "contacts.organisation")):
        raise PermissionDenied


def _urls(partner: int) -> dict[str, str]:
    """The list behind each number of a partner's line."""
    leads = f"{reverse('admin:acquisition_lead_changelist')}?referred_by={partner}"
    return {
        "leads": leads,
        "running": f"{leads}&status__in={LeadStatus.OPEN},{LeadStatus.PARKED}",
        "established": f"{leads}&status__exact={LeadStatus.ESTABLISHED}",
        "ended": f"{leads}&status__in={','.join(ENDINGS)}",
    }


def referral_urls(site: Any) -> list[Any]:
    """The list of partners, and the page of one."""

    def partners(request: HttpRequest) -> HttpResponse:
        _asked_by_desk(request)
        rows = list(
            Lead.objects.filter(referred_by__isnull=False)
            .order_by()
            .values("referred_by")
            .annotate(
                leads=Count("pk"),
                running=Count("pk", filter=Q(status__in=(LeadStatus.OPEN, LeadStatus.PARKED))),
                established=Count("pk", filter=Q(status=LeadStatus.ESTABLISHED)),
                ended=Count("pk", filter=Q(status__in=ENDINGS)),
            )
        )
        counted = {row["referred_by"]: row for row in rows}
        promises = {
            row["organisation"]: row
            for row in Task.objects.readable_by(request.user)
            .open()
            .filter(organisation__isnull=False)
            .order_by()
            .values("organisation")
            .annotate(count=Count("pk"), first_due=Min("due_on"))
        }
        # Whoever handed a lead over, brokers included, and the acquisition partners who have not yet.
        organisations = Organisation.objects.filter(
            Q(pk__in=list(counted)) | Q(kinds__kind=OrganisationRole.ACQUISITION_PARTNER)
        ).distinct()
        lines = [
            {
                "partner": partner,
                "counts": counted.get(partner.pk, {"leads": 0, "running": 0, "established": 0, "ended": 0}),
                "urls": _urls(partner.pk),
                "promises": promises.get(partner.pk),
            }
            for partner in organisations
        ]
        lines.sort(key=lambda line: (-line["counts"]["leads"], line["partner"].name))
        context = {
            **site.each_context(request),
            "title": _("Referrals"),
            "lines": lines,
            "today": amsterdam_day(timezone.now()),
        }
        return TemplateResponse(request, "admin/referrals.html", context)

    def partner(request: HttpRequest, pk: int) -> HttpResponse:
        _asked_by_desk(request)
        organisation = Organisation.objects.filter(pk=pk).first()
        if organisation is None:
            raise Http404
        leads = (
            Lead.objects.named_for(request.user)
            .filter(referred_by=organisation)
            .select_related("owner")
            # By the day of handing over, never by name: an order by a hidden name would tell it.
            .order_by(F("referred_on").desc(nulls_last=True), "-pk")
        )
        promises = list(
            Task.objects.readable_by(request.user)
            .open()
            .filter(organisation=organisation)
            .select_related("owner", "lead__identity__organisation")
        )
        page = Paginator(leads, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            **site.each_context(request),
            "title": organisation.name,
            "partner": organisation,
            "page": page,
            "promises": promises,
            "today": amsterdam_day(timezone.now()),
        }
        return TemplateResponse(request, "admin/referral_partner.html", context)

    return [
        path("referrals/", site.admin_view(partners), name="referrals"),
        path("referrals/<int:pk>/", site.admin_view(partner), name="referral-partner"),
    ]
