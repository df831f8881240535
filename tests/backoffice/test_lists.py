"""Every list opens, searches and filters; what a hand-made address asks wrongly gets a page, never an error."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.backoffice.crowd import Crowd
from tests.backoffice.pages import list_urls
from tests.factories.acquisition import LeadFactory

pytestmark = pytest.mark.django_db

MALFORMED = [
    "q=%00",
    "q=%ed%a0%80",
    "id__in=99999999999999999999999",
    "id__exact=99999999999999999999999",
    "created_at__lt=0001-01-01",
    "at__year=1",
    "occurred_on__year=0",
    "occurred_on__year=99999",
    "due_on__year=2026&due_on__month=13",
    "valid_from__year=x",
    "p=99999999999999999999",
    "p=-1",
    "o=99.-3.x",
    "all=1",
    "owner=%00",
    "owner=99999999999999999999999",
    "owner__id__exact=99999999999999999999999",
    "status__exact=%00",
    "kind=%27",
    "state=nothing",
    "confirmed=perhaps",
    "identity__organisation__name__icontains=x",
    "nonsense__exact=1",
    "_to_field=email",
    "e=1",
]

SHARE = 4
MISSING = ["99999999999999999999999", "abc", "0", "-1", "%00", "1%27"]


@pytest.mark.parametrize("role", ["staff", "manager", "administrator"])
def test_every_list_opens_for_who_may_see_it_and_is_closed_to_others(role, request):
    user = request.getfixturevalue(role)
    client = request.getfixturevalue(f"as_{role}")
    Crowd(3)
    for model, url in list_urls().items():
        app_label, _dot, name = model.partition(".")
        is_allowed = user.has_perm(f"{app_label}.view_{name}")
        assert client.get(url).status_code == (200 if is_allowed else 403), model


@pytest.mark.parametrize("every", [SHARE, pytest.param(1, marks=pytest.mark.soak)])
def test_a_malformed_address_never_ends_in_an_error(as_administrator, every):
    """Each list is asked a share of them, another one than its neighbour; all of them in the soak."""
    Crowd(2)
    as_administrator.raise_request_exception = False
    broken = [
        (model, query, response.status_code)
        for number, (model, url) in enumerate(list_urls().items())
        for query in MALFORMED[number % every :: every]
        if (response := as_administrator.get(f"{url}?{query}", follow=True)).status_code
        not in (200, 400, 404)
    ]
    assert broken == []


def test_a_record_that_does_not_exist_is_not_found(as_administrator):
    as_administrator.raise_request_exception = False
    home = reverse("admin:index")
    for model, url in list_urls().items():
        for key in MISSING:
            for page in ("change/", "history/"):
                response = as_administrator.get(f"{url}{key}/{page}")
                is_sent_home = response.status_code == 302 and response.url == home
                assert response.status_code == 404 or is_sent_home, f"{model} {key} {page}"


def test_every_list_searches(as_administrator):
    Crowd(3)
    for model, url in list_urls().items():
        assert admin.site.get_model_admin(_model(model)).search_fields, model
        response = as_administrator.get(f"{url}?q=zzzz-nothing")
        assert response.status_code == 200
        assert "zzzz-nothing" in response.text


def _model(label: str):
    return next(model for model in admin.site._registry if model._meta.label_lower == label)


def test_every_long_key_is_an_autocomplete(as_administrator):
    """A plain select of leads or organisations would carry the whole table into each form."""
    long = {"organisation", "person", "lead", "building", "unit", "vacancy", "housingneed", "technology"}
    for model, admin_class in admin.site._registry.items():
        named = set(admin_class.autocomplete_fields) | set(admin_class.get_readonly_fields(None, object()))
        shown = {
            name
            for _title, options in (admin_class.fieldsets or [(None, {"fields": admin_class.fields or ()})])
            for entry in options["fields"]
            for name in ((entry,) if isinstance(entry, str) else entry)
        }
        for field in model._meta.get_fields():
            related = getattr(field, "related_model", None)
            is_key = related is not None and getattr(field, "editable", False)
            if is_key and field.name in shown and related._meta.model_name in long:
                is_read_only = not (admin_class.allows_add or admin_class.allows_change)
                assert field.name in named or is_read_only, f"{model._meta.label}.{field.name}"


def test_nothing_can_be_deleted_where_no_service_deletes(as_administrator):
    crowd = Crowd(1)
    url = reverse("admin:contacts_organisation_delete", args=[crowd.organisations[0].pk])
    assert as_administrator.post(url, {"post": "yes"}).status_code == 403
    assert type(crowd.organisations[0]).objects.filter(pk=crowd.organisations[0].pk).exists()


def test_a_list_without_rows_says_so_in_a_sentence(as_manager):
    response = as_manager.get(reverse("admin:estate_vacancy_changelist"))
    assert 'class="empty"' in response.text


def test_leads_are_found_by_reference(as_manager):
    lead, other = LeadFactory(), LeadFactory()
    url = reverse("admin:acquisition_lead_changelist")
    found = as_manager.get(url, {"q": f"L-{lead.pk:04d}"}).context["cl"].result_list
    assert [row.pk for row in found] == [lead.pk]
    found = as_manager.get(url, {"q": f"l{other.pk}"}).context["cl"].result_list
    assert other.pk in [row.pk for row in found]


def test_a_list_page_knows_where_it_is(as_manager):
    Crowd(45)
    first = as_manager.get(reverse("admin:contacts_person_changelist"))
    assert "1–40" in first.text
    assert 'rel="next"' in first.text
    second = as_manager.get(reverse("admin:contacts_person_changelist"), {"p": 2})
    assert "41–45" in second.text
    assert 'rel="prev"' in second.text
    assert 'rel="next"' not in second.text


def test_cells_carry_their_columns_name_for_cards_on_a_phone(as_manager):
    Crowd(1)
    text = as_manager.get(reverse("admin:contacts_organisation_changelist")).text
    assert 'role="rowheader"' in text
    boxes = len(re.findall(r'<td[^>]*class="(?:box|action-checkbox)', text))  # these name no column
    assert text.count('role="cell"') - boxes == text.count("data-label=")
    assert "icon-yes" not in text
