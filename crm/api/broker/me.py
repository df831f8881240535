"""Whose key this is, and what it may do."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import is_rehearsal
from crm.api.configuration import REQUESTS_A_MINUTE
from crm.api.describe import described
from crm.api.views import DoorView
from crm.contacts.models import BrokerAccess


class MeView(DoorView):
    @described(
        operation="getMe",
        tag="me",
        summary=_("See whose key this is, its scopes, limits and expiry."),
        answers={200: (_("The key and its user."), "Me"), 304: (_("Unchanged."), None)},
    )
    def get(self, request: Request) -> Response | HttpResponse:
        key, user = request.auth, request.user
        access = BrokerAccess.objects.select_related("office").filter(user=user).first()
        return self.single(
            {
                "user": {"name": user.full_name, "role": user.role},
                "office": {"name": access.office.name} if access else None,
                "key": {"label": key.label, "prefix": key.prefix, "expires_at": key.expires_at},
                "scopes": sorted(key.scopes),
                "sandbox": is_rehearsal(key),
                "limits": {"requests_per_minute": REQUESTS_A_MINUTE},
            }
        )
