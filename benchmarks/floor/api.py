"""A bare ModelViewSet on vacancies."""

from rest_framework import serializers, viewsets
from rest_framework.authentication import BaseAuthentication
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer

from accounts.models import User
from crm.estate.models import Vacancy


class BareAuthentication(BaseAuthentication):
    """Everybody is the first user: authentication is not what this floor measures."""

    def authenticate(self, request):
        return User.objects.first(), None


class BareVacancySerializer(serializers.ModelSerializer):
    class Meta:
        model = Vacancy
        exclude = ("created_by", "changed_by", "created_at", "changed_at", "confirmed_by")

    def create(self, validated_data):
        request = self.context["request"]
        stamps = {"created_by": request.user, "changed_by": request.user}
        moment = validated_data.pop("moment", None) or "2026-11-01T12:00:00Z"
        return Vacancy.objects.create(
            **validated_data, **stamps, created_at=moment, changed_at=moment, submitted_at=moment
        )


class BarePages(CursorPagination):
    page_size = 50
    ordering = "-id"


class BareVacancies(viewsets.ModelViewSet):
    queryset = Vacancy.objects.select_related("area", "building", "unit", "office")
    serializer_class = BareVacancySerializer
    authentication_classes = (BareAuthentication,)
    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer,)
    parser_classes = (JSONParser,)
    pagination_class = BarePages
    throttle_classes = ()
    versioning_class = None
    filter_backends = ()
