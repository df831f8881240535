"""The admin site of the park: the frame around every page, the home page, and what the frame's menus post to."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Language, User
from accounts.services import change_language
from crm.backoffice import saved_views
from crm.backoffice.audit.pages import audit_urls
from crm.backoffice.autocomplete import DeskAutocompleteView
from crm.backoffice.board_views import board_urls
from crm.backoffice.broker_pages import broker_urls
from crm.backoffice.bulk_pages import bulk_urls
from crm.backoffice.calendar_pages import calendar_pages
from crm.backoffice.dashboard import dashboard
from crm.backoffice.duplicates import duplicate_urls
from crm.backoffice.empty_states import first_steps
from crm.backoffice.gate import answering
from crm.backoffice.guide_pages import guide_urls, help_address
from crm.backoffice.leaving import leave_urls
from crm.backoffice.mail_pages import mail_urls
from crm.backoffice.navigation import SETTINGS, Line, SettingsPage, may_see, navigation, quick_add
from crm.backoffice.norms_page import norm_urls
from crm.backoffice.quiet_page import today_page
from crm.backoffice.referrals import referral_urls
from crm.backoffice.roles_page import role_urls
from crm.backoffice.round_pages import round_urls
from crm.backoffice.search import remembering, search_page
from crm.backoffice.sheet_pages import sheet_urls
from crm.backoffice.undo import undo
from crm.backoffice.value_pages import value_urls


def _is_open_to(user: User, place: str | SettingsPage) -> bool:
    return user.has_perm(place.permission) if isinstance(place, SettingsPage) else may_see(user, place)


class BackofficeSite(AdminSite):
    """Django's admin under the park's own frame."""

    site_header = "Kennispark Twente"
    site_title = "Kennispark Twente"
    index_title = gettext_lazy("Today")
    enable_nav_sidebar = False
    index_template = "admin/index.html"
    empty_value_display = "–"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        context.pop("available_apps", None)
        if not self.has_permission(request) or context["is_popup"]:
            return context
        return {
            **context,
            "navigation": navigation(request),
            "quick_add": quick_add(request.user),
            "help_address": help_address(request),
            "languages": Language.choices,
            "has_second_factor": settings.CRM_SECOND_FACTOR,
        }

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only our own admins: what libraries register by themselves (groups, failed log-ins) has no place here."""
        if getattr(admin_class, "is_of_the_desk", False):
            super().register(model_or_iterable, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Not drawn: the navigation is by work. `app_index` alone asks for one app."""
        return super().get_app_list(request, app_label) if app_label else []

    def get_urls(self) -> list[Any]:
        own = [
            path("today/", self.admin_view(self.today_page), name="today"),
            path("settings/", self.admin_view(self.settings_page), name="settings"),
            path("search/", search_page, name="search"),
            path("undo/", self.admin_view(require_POST(undo)), name="undo"),
            path("language/", self.admin_view(require_POST(self.change_language)), name="language"),
        ]
        pages = [
            *saved_views.urls_of(self),
            *calendar_pages(self),
            *referral_urls(self),
            *duplicate_urls(self),
            *guide_urls(self),
            *board_urls(self),
            *bulk_urls(self),
            *round_urls(self),
            *norm_urls(self),
            *value_urls(self),
            *broker_urls(self),
            *audit_urls(self),
            *role_urls(self),
            *sheet_urls(self),
            *mail_urls(self),
            *leave_urls(self),
        ]
        return [*own, *pages, *super().get_urls()]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 Django's own signature
        """Every page of a record that opens is remembered for its reader: search offers it while its box is empty.

        What is posted without a session, or after a role was taken away, is answered before anything begins.
        """
        return remembering(answering(self, super().admin_view(view, cacheable)))

    @method_decorator(never_cache)
    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The home page: where the targets stand, who is in the pipeline, what waits for somebody."""
        desk = dashboard(request.user, timezone.now())
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "desk": desk,
            "first_steps": None if desk.waiting else first_steps(request.user),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, self.index_template, context)

    @method_decorator(never_cache)
    def today_page(self, request: HttpRequest) -> HttpResponse:
        return today_page(self, request)

    def settings_page(self, request: HttpRequest) -> HttpResponse:
        """What is set rarely: value lists, access, logs."""
        groups = []
        for title, models in SETTINGS:
            lines = [self._settings_line(place) for place in models if _is_open_to(request.user, place)]
            if lines:
                groups.append((title, lines))
        context = {**self.each_context(request), "title": _("Settings"), "groups": groups}
        return TemplateResponse(request, "admin/settings.html", context)

    def _settings_line(self, place: str | SettingsPage) -> Line:
        if isinstance(place, SettingsPage):
            return Line(str(place.label), "list", reverse(place.url_name))
        label = capfirst(apps.get_model(place)._meta.verbose_name_plural)
        return Line(str(label), "list", reverse(f"admin:{place.replace('.', '_')}_changelist"))

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A room has no page of its own: its first list stands for it."""
        response = super().app_index(request, app_label, extra_context)  # 404 where there is nothing to see
        for app in response.context_data["app_list"]:
            for model in app["models"]:
                if model.get("admin_url"):
                    return redirect(model["admin_url"])
        return redirect("admin:index")

    def change_language(self, request: HttpRequest) -> HttpResponse:
        """Store the language that this user reads from now on, and go back to the page."""
        try:
            change_language(
                user=request.user,
                language=request.POST.get("language", ""),
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
        target = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(
            target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            target = reverse("admin:index")
        return HttpResponseRedirect(target)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One page for all roles, that of accounts."""
        return redirect("accounts:password")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return DeskAutocompleteView.as_view(admin_site=self)(request)
