"""Value lists: names change in both languages and codes never do; lists that may grow lose nothing by it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from crm.acquisition.choices import LeadStatus, Reason, Stage
from crm.acquisition.models import Lead, LeadEdit
from crm.backoffice.value_pages import closed_uses, delivered_names
from crm.backoffice.value_titles import EXTENSIBLE_TITLES, TITLES
from crm.contacts.models import ApplicationArea, Organisation, Technology
from crm.contacts.values import EXTENSIBLE
from crm.desk.merging.values import references
from crm.rules.lists import closed_lists
from crm.rules.models import ValueChange
from crm.rules.names import names_in_force
from crm.rules.services import rename_value
from tests.backoffice.conftest import logged_in
from tests.backoffice.crowd import Crowd
from tests.factories.accounts import ApiKeyFactory, UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db
AREAS = reverse("admin:value-list", args=["contacts.application_area"])
VISIT = reverse("admin:value", args=["acquisition.stage", "site_visit"])


def area(code):
    return ApplicationArea.objects.get(code=code)


def area_page(code):
    return reverse("admin:value", args=["contacts.application_area", code])


def rename(by, code="site_visit", nl="Rondleiding", en="Guided tour", seen=0, list_name="acquisition.stage"):
    return rename_value(
        list_name=list_name, code=code, name_nl=nl, name_en=en, seen=seen, by=by, at=timezone.now()
    )


def test_every_list_has_a_title_in_words():
    assert set(closed_lists()) == set(TITLES)
    assert set(EXTENSIBLE) == set(EXTENSIBLE_TITLES)


@pytest.mark.parametrize("role", ["staff", "manager", "administrator"])
def test_the_desk_reads_the_lists_and_an_administrator_alone_changes_them(role):
    client = logged_in(UserFactory(language="en", **{role: True}))
    for url in (reverse("admin:values"), AREAS, VISIT, area_page("medtech")):
        assert client.get(url).status_code == 200, url
    allowed = role == "administrator"
    assert client.post(VISIT, {"name_nl": "Rondleiding", "seen": 0}).status_code == (302 if allowed else 403)
    assert client.post(AREAS, {"name_nl": "Water", "name_en": "Water"}).status_code == (
        302 if allowed else 403
    )
    assert client.post(area_page("medtech"), {"do": "retire"}).status_code == (302 if allowed else 403)
    assert ValueChange.objects.count() == (3 if allowed else 0)


def test_a_renamed_value_is_called_so_on_every_page_in_its_language_and_keeps_its_code(
    as_staff, staff, administrator
):
    lead = LeadFactory(stage="site_visit", complete=True, owner=staff)
    url = reverse("admin:acquisition_lead_change", args=[lead.pk])
    assert "Rondleiding" not in as_staff.get(url).text
    rename(administrator)
    assert "Rondleiding" in as_staff.get(url).text
    staff.language = "en"
    staff.save()
    page = as_staff.get(url).text
    assert "Guided tour" in page
    assert "Rondleiding" not in page
    lead.refresh_from_db()
    assert lead.stage == "site_visit"


def test_names_are_read_with_one_query_within_a_request_and_with_none_outside(
    django_assert_num_queries, administrator
):
    rename(administrator)
    with translation.override("nl"):
        with django_assert_num_queries(0):
            assert str(Stage.SITE_VISIT.label) == "Bezoek"
        with names_in_force(), django_assert_num_queries(1):
            assert [str(Stage.SITE_VISIT.label), str(Stage.CONTACTED.label)] == ["Rondleiding", "Contact"]
            assert [str(label) for label in LeadStatus.labels]


def test_an_empty_name_gives_back_the_delivered_one(administrator):
    row = rename(administrator)
    rename(administrator, nl="", en="", seen=row.pk)
    with names_in_force(), translation.override("en"):
        assert str(Stage.SITE_VISIT.label) == "Site visit"


@pytest.mark.parametrize(
    "given",
    [
        {"name_nl": "Contact", "name_en": ""},  # the name of another stage
        {"name_nl": "", "name_en": "", },
        {"name_nl": "x" * 61, "name_en": ""},
        {"name_nl": "a\0b", "name_en": ""},
        {"name_nl": "Rondleiding", "name_en": "", "seen": 99},
    ],
)  # fmt: skip
def test_what_a_value_cannot_be_called_is_refused_on_the_form(as_administrator, given):
    page = as_administrator.post(VISIT, {"seen": 0, **given})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not ValueChange.objects.exists()


def test_the_api_keeps_its_codes_and_their_order_and_shows_the_names(administrator):
    from_api = {"HTTP_AUTHORIZATION": f"Bearer {ApiKeyFactory().secret}"}
    url = "/api/v1/value-lists/space-types"
    client = logged_in(administrator)
    before = client.get(url, **from_api).json()["items"]
    rename(administrator, code="wet_lab", nl="Natlaboratorium", en="", list_name="estate.space_type")
    after = client.get(url, **from_api).json()["items"]
    assert [one["code"] for one in after] == [one["code"] for one in before]
    changed = [(one, two) for one, two in zip(before, after, strict=True) if one != two]
    assert [(two["nameNl"], two["nameEn"]) for _one, two in changed] == [
        ("Natlaboratorium", changed[0][0]["nameEn"])
    ]


def test_a_list_that_is_not_there_is_not_found(as_administrator):
    for url in ("/admin/values/nothing/", "/admin/values/acquisition.stage/nothing/", "/admin/values/x.y/z/"):
        assert as_administrator.get(url).status_code == 404, url
    assert (
        as_administrator.post(reverse("admin:value-list", args=["acquisition.stage"]), {}).status_code == 404
    )


def test_uses_are_counted():
    LeadFactory()
    assert closed_uses(Stage)["identified"] >= 1
    assert set(delivered_names(Reason)) == set(Reason.values)


def test_a_value_is_added_at_the_end_with_a_code_of_its_own(as_administrator):
    as_administrator.post(AREAS, {"name_nl": "Water", "name_en": "Water & soil"})
    as_administrator.post(AREAS, {"name_nl": "Water", "name_en": "Water soil"})  # the Dutch name is taken
    as_administrator.post(AREAS, {"name_nl": "Bodem", "name_en": "Water  soil"})
    assert list(ApplicationArea.objects.values_list("code", "position"))[-2:] == [
        ("water_soil", 7),
        ("water_soil_2", 8),
    ]


def test_a_retired_value_is_offered_no_more_and_stays_where_it_is(as_administrator, administrator):
    kept = OrganisationFactory(application_area=area("medtech"))
    other = OrganisationFactory(application_area=area("chiptech"))
    as_administrator.post(area_page("medtech"), {"do": "retire"})

    def offered(organisation):
        page = as_administrator.get(reverse("admin:contacts_organisation_change", args=[organisation.pk]))
        return {str(value) for value in page.context["adminform"].form.fields["application_area"].queryset}

    assert "MedTech" in offered(kept)
    assert "MedTech" not in offered(other)
    kept.refresh_from_db()
    assert kept.application_area == area("medtech")
    as_administrator.post(area_page("medtech"), {"do": "restore"})
    assert "MedTech" in offered(other)


def test_a_merged_value_goes_up_in_another_everywhere_and_every_log_says_so(as_administrator):
    lead = LeadFactory()
    organisation = OrganisationFactory(application_area=area("robotics"))
    Lead.objects.filter(pk=lead.pk).update(application_area=area("robotics"))
    lead.technologies.set(Technology.objects.filter(code__in=["photonics", "optics"]))
    url = area_page("robotics")
    into = area("smart_manufacturing")
    as_administrator.post(url, {"do": "merge", "into": into.pk})
    assert Organisation.objects.get(pk=organisation.pk).application_area == area("robotics"), (
        "not sure, not merged"
    )
    as_administrator.post(url, {"do": "merge", "into": into.pk, "is_sure": "on"})
    assert Organisation.objects.get(pk=organisation.pk).application_area == into
    before, lead = lead, Lead.objects.get(pk=lead.pk)
    assert (lead.application_area, lead.version) == (into, before.version + 1)
    assert LeadEdit.objects.filter(lead=lead, field="application_area", new=str(into.code)).exists()
    assert area("robotics").merged_into == into
    optics = Technology.objects.get(code="optics")
    as_administrator.post(
        reverse("admin:value", args=["contacts.technology", "photonics"]),
        {"do": "merge", "into": optics.pk, "is_sure": "on"},
    )
    assert set(lead.technologies.values_list("code", flat=True)) == {"optics"}
    assert as_administrator.get(reverse("admin:acquisition_lead_change", args=[lead.pk])).status_code == 200
    assert as_administrator.get(url).status_code == 200
    as_administrator.post(url, {"do": "restore"})
    assert not area("robotics").is_active


def test_whoever_points_at_a_list_is_found_by_walking_the_models():
    found = {str(field) for field in references(ApplicationArea)}
    assert {"contacts.Organisation.application_area", "acquisition.Lead.application_area"} <= found
    assert "acquisition.Lead.technologies" in {str(field) for field in references(Technology)}


def test_a_list_costs_the_same_number_of_queries_whatever_the_rows(as_administrator):
    counts = []
    for first, size in ((0, 10), (10, 190)):
        Crowd(size, first)
        with CaptureQueriesContext(connection) as queries:
            for url in (
                AREAS,
                reverse("admin:values"),
                reverse("admin:value-list", args=["acquisition.stage"]),
            ):
                assert as_administrator.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[1] <= counts[0]
