"""The list of organisations as a list of relations: what they are, when they were spoken to, who keeps them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.backoffice.admin.changelist import DeskChangeList
from crm.backoffice.admin.person_filter import PersonFilter
from crm.backoffice.navigation import may_see
from crm.backoffice.templatetags.desk import avatar, badge, day
from crm.common.months import amsterdam_day
from crm.contacts.models import Organisation
from crm.desk.portfolio.contact import of_relation, over_norm, with_last_contact, with_relations
from crm.desk.portfolio.norms import LastContact, Relation


class RelationFilter(admin.SimpleListFilter):
    title = _("relation")
    parameter_name = "relation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Relation.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return of_relation(queryset, str(self.value())) if self.value() else queryset


class ContactFilter(admin.SimpleListFilter):
    title = _("contact norm")
    parameter_name = "contact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("over", _("Over the norm")), ("never", _("Never spoken to"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "over":
            return over_norm(queryset)
        if self.value() == "never":
            return queryset.filter(norm_days__isnull=False, last_contact_on__isnull=True)
        return queryset


class KeeperFilter(PersonFilter):
    title = _("kept by")
    parameter_name = column = "keeper"


class RelationChangeList(DeskChangeList):
    """A relation opens on its page; the full form is one click away. Pop-ups pick from the list as ever."""

    def url_for_result(self, result: Any) -> str:
        if self.is_popup or getattr(result, "norm_days", None) is None:
            return str(super().url_for_result(result))
        return reverse("admin:contacts_organisation_portfolio", args=[result.pk])


class RelationListMixin:
    """Gives the list of organisations its columns and views of a relation."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return RelationChangeList

    def relation_rows(self, request: HttpRequest, queryset: Any) -> Any:
        return with_last_contact(with_relations(queryset, amsterdam_day(timezone.now())), request.user)

    def list_views(self, request: HttpRequest) -> list[tuple[str, str]]:
        relations = [(str(relation.label), f"relation={relation.value}") for relation in Relation]
        return [(gettext("All"), ""), *relations, (gettext("Over the norm"), "contact=over")]

    @admin.display(description=_("spoken"), ordering="last_contact_on")
    def spoken(self, row: Any) -> SafeString | str:
        last = LastContact(row.last_contact_on, row.norm_days, amsterdam_day(timezone.now()))
        if not last.is_over:
            return day(last.on)
        when = day(last.on) if last.on else gettext("never")
        return badge(
            format_html('<span class="sr">{}: </span>{}', gettext("over the norm"), when), "triangle", "bad"
        )

    @admin.display(description=_("kept by"), ordering="keeper__full_name")
    def keeper_mark(self, row: Organisation) -> SafeString | str:
        return avatar(row.keeper)

    @admin.action(description=_("Contact round"))
    def start_contact_round(self, request: HttpRequest, queryset: Any) -> HttpResponseRedirect | None:
        """To the form of a new round, with the chosen organisations."""
        keys = ",".join(str(pk) for pk in queryset.order_by("pk").values_list("pk", flat=True))
        return HttpResponseRedirect(f"{reverse('admin:contact-round-new')}?chosen={keys}")

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)  # type: ignore[misc]
        if not may_see(request.user, "desk.contactround", "add"):
            actions.pop("start_contact_round", None)
        return actions
