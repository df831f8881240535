"""Who may do what, as one page tells it and as the doors decide it."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.roles import Role, role_allows
from crm.acquisition.choices import Confidentiality
from crm.acquisition.models import Lead
from crm.backoffice.roles_page import ALWAYS, NAMES, OWN, RIGHTS, actions_of, list_tables
from tests.backoffice.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:roles")


@pytest.mark.parametrize("role", list(Role))
def test_administrators_alone_read_it(role):
    response = logged_in(UserFactory(role=role)).get(PAGE)
    assert (response.status_code == 200) == (role == Role.ADMINISTRATOR)


def test_every_list_of_the_backoffice_stands_on_it_once():
    shown = [line.label for _place, lines in list_tables(admin.site) for line in lines]
    assert len(shown) == len(admin.site._registry)


def test_what_it_says_of_a_list_is_what_the_list_allows(rf):
    for role in Role:
        request = rf.get("/")
        request.user = UserFactory(role=role)
        for one in admin.site._registry.values():
            says = bool(actions_of(one, role))
            assert says == (request.user.is_staff and one.has_view_permission(request)), (role, one)


def test_what_it_says_of_names_is_what_the_leads_decide():
    for level in Confidentiality:
        lead = LeadFactory(confidentiality=level)
        for role in Role:
            user = UserFactory(role=role)
            readable = {"any": Lead.objects.with_readable_name(user).get(pk=lead.pk).is_name_readable}
            Lead.objects.filter(pk=lead.pk).update(owner=user)
            readable["own"] = Lead.objects.with_readable_name(user).get(pk=lead.pk).is_name_readable
            Lead.objects.filter(pk=lead.pk).update(owner=lead.owner)
            said = NAMES[level][role]
            assert readable == {"any": said is ALWAYS, "own": said in (ALWAYS, OWN)}, (level, role)


def test_every_right_on_the_page_is_held_by_somebody_and_not_by_everybody():
    for code, _label in RIGHTS:
        holders = [role for role in Role if role_allows(role, code)]
        assert Role.ADMINISTRATOR in holders
        assert len(holders) < len(Role)
