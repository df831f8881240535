"""What the list of leads offers for many leads at once, and the filter on tags."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.acquisition.models import LeadTag
from crm.backoffice.bulk_pages import ask
from crm.desk.bulk.models import BulkDeed
from crm.desk.bulk.services import MOST_LEADS, RIGHT


class TagFilter(admin.SimpleListFilter):
    """Tags are words that somebody typed: they find only leads whose name this person may read."""

    title = gettext_lazy("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(str(tag.pk), tag.name) for tag in LeadTag.objects.all()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if not value or not (value.isascii() and value.isdecimal()):
            return queryset
        return queryset.filter(tags=int(value), is_name_readable=True)


class LeadBulkMixin:
    """Gives the list of leads its actions on chosen rows, or on all of them as they are filtered."""

    actions = ("hand_over_chosen", "park_chosen", "next_step_chosen", "add_tag_chosen", "remove_tag_chosen")
    offers_all_rows = True

    def get_actions(self, request: HttpRequest) -> Any:
        return super().get_actions(request) if request.user.has_perm(RIGHT) else {}  # type: ignore[misc]

    @admin.display(description="")
    def action_checkbox(self, obj: Any) -> str:
        """A lead whose name somebody may not read cannot be chosen."""
        return super().action_checkbox(obj) if obj.is_name_readable else ""  # type: ignore[misc]

    @admin.action(description=gettext_lazy("Hand over"))
    def hand_over_chosen(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self._asked(request, queryset, BulkDeed.HAND_OVER)

    @admin.action(description=gettext_lazy("Park"))
    def park_chosen(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self._asked(request, queryset, BulkDeed.PARK)

    @admin.action(description=gettext_lazy("Next step"))
    def next_step_chosen(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self._asked(request, queryset, BulkDeed.NEXT_STEP)

    @admin.action(description=gettext_lazy("Add a tag"))
    def add_tag_chosen(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self._asked(request, queryset, BulkDeed.ADD_TAG)

    @admin.action(description=gettext_lazy("Remove a tag"))
    def remove_tag_chosen(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return self._asked(request, queryset, BulkDeed.REMOVE_TAG)

    def _asked(self, request: HttpRequest, queryset: Any, kind: str) -> HttpResponse | None:
        """Whoever may not read a name does not have that lead among the chosen, and is told no number of such."""
        readable = queryset.filter(is_name_readable=True)
        if request.POST.get("select_across") != "1":
            chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
            readable = readable.filter(pk__in=[key for key in chosen if key.isdecimal()])
        keys = list(readable.order_by("pk").values_list("pk", flat=True)[: MOST_LEADS + 1])
        if len(keys) > MOST_LEADS:
            messages.error(
                request, _("At most %(most)d leads at once. Filter further.") % {"most": MOST_LEADS}
            )
            return None
        if not keys:
            messages.error(request, _("No lead was chosen that you may change."))
            return None
        return ask(self.admin_site, request, kind, keys)  # type: ignore[attr-defined]
