"""Narrows a list by a person of the desk: me, nobody, or a colleague by name."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.backoffice.desk_people import desk_users


class PersonFilter(admin.SimpleListFilter):
    """`column` is the key to the user."""

    column = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        people = [(str(user.pk), user.full_name) for user in desk_users() if user.pk != request.user.pk]
        return [("me", _("me")), ("nobody", _("nobody")), *people]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if value == "me":
            return queryset.filter(**{self.column: request.user})
        if value == "nobody":
            return queryset.filter(**{f"{self.column}__isnull": True})
        return queryset.filter(**{self.column: value}) if value and value.isdecimal() else queryset
