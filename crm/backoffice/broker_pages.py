"""Brokers' offices and their keys: who is connected, connecting an office in one step, and the sheet to hand over."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.models import ApiKey, Language, Scope, User
from crm.backoffice.desk_people import desk_users
from crm.backoffice.fields import day_input
from crm.backoffice.forms import REFUSALS, refused
from crm.common.months import AMSTERDAM, amsterdam_day
from crm.contacts.choices import OrganisationRole
from crm.contacts.models import BrokerAccess, Organisation
from crm.contacts.onboarding import Connected, NewAccount, connect_office
from crm.estate.freshness import UNPUBLISHED_AFTER

PER_PAGE = 50
KEY_DAYS = 365
SOON_DAYS = 30
KEY_FORM = "kp"
MAKE = ("accounts.add_apikey", "accounts.add_user")
BROKER_SCOPES = (Scope.VACANCIES_READ, Scope.VACANCIES_WRITE, Scope.SANDBOX)


class ConnectForm(forms.Form):
    """An account of the office and a key for its program."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("Account"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("A new account"),
    )
    full_name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the sheet"), choices=Language.choices)
    is_trusted = forms.BooleanField(label=gettext_lazy("Trusted: changes go live at once"), required=False)
    label = forms.CharField(
        label=gettext_lazy("Which program uses the key"), max_length=80, widget=forms.TextInput()
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        choices=[(scope.value, scope.label) for scope in BROKER_SCOPES],
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.VACANCIES_READ, Scope.VACANCIES_WRITE],
    )
    expires_on = forms.DateField(label=gettext_lazy("The key works until"), widget=day_input())
    contact = forms.ModelChoiceField(
        label=gettext_lazy("Whom the office calls"), queryset=User.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, office: Organisation, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = BrokerAccess.objects.filter(office=office, user__is_active=True).values("user")
        self.fields["account"].queryset = User.objects.filter(pk__in=accounts)
        self.fields["contact"].queryset = desk_users()
        self.fields["contact"].initial = reader.pk
        self.fields["expires_on"].initial = amsterdam_day(timezone.now()) + timedelta(days=KEY_DAYS)
        self.fields["label"].initial = office.name[:80]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("account"):
            for name in ("full_name", "email"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, _("A new account needs this."))
        return values


class SheetForm(forms.Form):
    """Which language the sheet is in and whom it names; what is wrong falls back to the usual."""

    language = forms.ChoiceField(choices=Language.choices)
    contact = forms.ModelChoiceField(queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = desk_users()


def _checked(request: HttpRequest) -> None:
    if not request.user.has_perms(list(MAKE)):
        raise PermissionDenied
    request.desk_model = "contacts.brokeraccess"


def _office(pk: int) -> Organisation:
    offices = Organisation.objects.filter(kinds__kind=OrganisationRole.BROKER, merged_into__isnull=True)
    office = offices.filter(pk=pk).first() if pk < 2**63 else None
    if office is None:
        raise Http404
    return office


def _keys(office: Organisation) -> Any:
    users = BrokerAccess.objects.filter(office=office).values("user")
    return ApiKey.objects.filter(user__in=users).select_related("user").order_by("-created_at")


@dataclass(frozen=True)
class OfficeLine:
    """An office with its active accounts, its keys that work, and when the first of them ends."""

    office: Organisation
    accounts: int
    keys: int
    ends_at: datetime | None


def office_lines(offices: list[Organisation], now: datetime) -> list[OfficeLine]:
    """The offices of a page, with two queries for all of them."""
    acts = BrokerAccess.objects.filter(office__in=offices, user__is_active=True)
    office_of = dict(acts.values_list("user_id", "office_id"))
    accounts = Counter(office_of.values())
    ends: dict[int, list[datetime]] = {}
    keys = ApiKey.objects.filter(user__in=list(office_of), revoked_at__isnull=True, expires_at__gt=now)
    for user, expires_at in keys.values_list("user_id", "expires_at"):
        ends.setdefault(office_of[user], []).append(expires_at)
    return [
        OfficeLine(one, accounts[one.pk], len(ends.get(one.pk, ())), min(ends.get(one.pk, ()), default=None))
        for one in offices
    ]


def api_address() -> str:
    """The API's address from outside, without a slash at the end."""
    return settings.CRM_PUBLIC_URL.rstrip("/") + reverse("api:me").removesuffix("/me")


def sheet_of(key: ApiKey, office: Organisation, contact: User, language: str, text: str = "") -> SafeString:
    """The sheet in one language. `text` is the key itself, in the one answer that may hold it."""
    with translation.override(language):
        labels = dict(Scope.choices)
        values = {
            "office": office,
            "key": key,
            "text": text,
            "prefix": f"{KEY_FORM}_{key.prefix}",
            "scopes": [str(labels.get(scope, scope)) for scope in key.scopes],
            "api": api_address(),
            "contact": contact,
            "days": UNPUBLISHED_AFTER.days,
            "language": language,
            "made_on": timezone.localtime(key.created_at, AMSTERDAM).date(),
        }
        return render_to_string("admin/brokers/sheet_text.html", values)


def broker_urls(site: Any) -> list[Any]:
    @never_cache
    def offices(request: HttpRequest) -> HttpResponse:
        _checked(request)
        now = timezone.now()
        rows = Organisation.objects.filter(kinds__kind=OrganisationRole.BROKER, merged_into__isnull=True)
        page = Paginator(rows.order_by("name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
        context = {
            **site.each_context(request),
            "title": _("Brokers’ offices"),
            "page": page,
            "lines": office_lines(list(page), now),
            "soon": now + timedelta(days=SOON_DAYS),
        }
        return TemplateResponse(request, "admin/brokers/list.html", context)

    @never_cache
    def office(request: HttpRequest, pk: int) -> HttpResponse:
        _checked(request)
        found = _office(pk)
        form = ConnectForm(
            request.POST if request.method == "POST" else None,
            office=found,
            reader=request.user,
            initial={"language": "nl"},
        )
        if form.is_bound and form.is_valid():
            made = _connect(request, found, form)
            if made is not None:
                return _shown_once(site, request, found, made, form)
        context = {
            **site.each_context(request),
            "title": found.name,
            "subtitle": _("Access to the API"),
            "office": found,
            "office_url": reverse("admin:contacts_organisation_change", args=[found.pk]),
            "accounts": BrokerAccess.objects.filter(office=found)
            .select_related("user")
            .order_by("user__full_name"),
            "keys": _keys(found),
            "now": timezone.now(),
            "form": form,
        }
        return TemplateResponse(request, "admin/brokers/office.html", context)

    @never_cache
    def sheet(request: HttpRequest, pk: int, key: int) -> HttpResponse:
        _checked(request)
        found = _office(pk)
        made = _keys(found).filter(pk=key).first() if key < 2**63 else None
        if made is None:
            raise Http404
        form = SheetForm(request.GET)
        form.is_valid()
        language = form.cleaned_data.get("language") or made.user.language
        contact = form.cleaned_data.get("contact") or request.user
        context = {
            **site.each_context(request),
            "title": _("Sheet for %(office)s") % {"office": found.name},
            "office": found,
            "sheet": sheet_of(made, found, contact, language),
            "sheet_language": language,
            "languages_of_sheet": Language.choices,
            "contact": contact,
            "people": desk_users(),
        }
        return TemplateResponse(request, "admin/brokers/sheet.html", context)

    return [
        path("brokers/", site.admin_view(offices), name="brokers"),
        path("brokers/<int:pk>/", site.admin_view(office), name="broker"),
        path("brokers/<int:pk>/sheet/<int:key>/", site.admin_view(sheet), name="broker-sheet"),
    ]


def _connect(request: HttpRequest, office: Organisation, form: ConnectForm) -> Connected | None:
    """What was made; None where a rule refused, with every reason on the form."""
    values = form.cleaned_data
    account = values["account"] or NewAccount(
        full_name=values["full_name"],
        email=values["email"],
        language=values["language"],
        is_trusted=values["is_trusted"],
    )
    try:
        return connect_office(
            office=office,
            account=account,
            label=values["label"],
            scopes=values["scopes"],
            expires_at=datetime.combine(values["expires_on"] + timedelta(days=1), time.min, AMSTERDAM),
            by=request.user,
            at=timezone.now(),
        )
    except REFUSALS as error:
        for fault in refused(error):
            name = "expires_on" if fault.field == "expires_at" else fault.field
            form.add_error(name if name in form.fields else None, str(fault.message))
        return None


def _shown_once(
    site: Any, request: HttpRequest, office: Organisation, made: Connected, form: ConnectForm
) -> HttpResponse:
    """The key on the answer itself, and the sheet with it: in no message, no session, no log and no address."""
    language, contact = form.cleaned_data["language"], form.cleaned_data["contact"]
    context = {
        **site.each_context(request),
        "title": _("Sheet for %(office)s") % {"office": office.name},
        "office": office,
        "text": made.text,
        "sheet": sheet_of(made.key, office, contact, language, made.text),
        "sheet_language": language,
    }
    return TemplateResponse(request, "admin/brokers/sheet.html", context)
