"""The door to duplicates: the work list, the warning, the merge page and its undoing, each only for who may know."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.contacts.models import Organisation, Person
from crm.desk.models import Merge, NotTheSame
from tests.backoffice.conftest import logged_in
from tests.backoffice.crowd import Crowd
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/duplicates/"
CANARY = "Zwaluwstaart Geheim"


def like(client, name, kind="organisation", **more):
    return client.get(reverse("admin:duplicates-like"), {"kind": kind, "name": name, **more})


def merge_url(first, second) -> str:
    return reverse("admin:merge", args=[first._meta.model_name, first.pk, second.pk])


@pytest.fixture
def pair():
    return OrganisationFactory(name="Fotonica Twente B.V."), OrganisationFactory(name="Fotonica Twente")


def merged(client, pair) -> Merge:
    versions = {"keep_version": pair[0].version, "drop_version": pair[1].version}
    assert client.post(merge_url(*pair), versions).status_code == 302
    return Merge.objects.latest("pk")


def test_the_work_list_names_the_pair_and_forgets_it_once_told_apart(as_staff, pair):
    assert merge_url(*pair) in as_staff.get(LIST).text
    given = {"kind": "organisation", "first": pair[1].pk, "second": pair[0].pk}
    as_staff.post(reverse("admin:duplicates-apart"), given)
    assert merge_url(*pair) not in as_staff.get(LIST).text
    assert NotTheSame.objects.count() == 1


def test_a_merge_through_the_page_hides_the_dropped_one_and_is_undone_there(as_staff, pair):
    keep, drop = pair
    page = as_staff.get(merge_url(keep, drop))
    assert 'name="name"' in page.text
    merge = merged(as_staff, pair)
    organisations = as_staff.get(reverse("admin:contacts_organisation_changelist"))
    assert [row.pk for row in organisations.context["cl"].result_list] == [keep.pk]
    old = reverse("admin:contacts_organisation_change", args=[drop.pk])
    assert as_staff.get(old)["Location"] == reverse("admin:contacts_organisation_change", args=[keep.pk])
    term = {"app_label": "contacts", "model_name": "organisation", "field_name": "group", "term": "Fotonica"}
    assert len(as_staff.get(reverse("admin:autocomplete"), term).json()["results"]) == 1
    as_staff.post(reverse("admin:merged", args=[merge.pk]))
    assert Organisation.objects.standing().count() == 2


def test_a_stale_page_merges_nothing_and_says_so(as_staff, pair):
    answer = as_staff.post(merge_url(*pair), {"keep_version": 9, "drop_version": pair[1].version})
    assert answer.context["faults"]
    assert answer.status_code == 200
    assert Merge.objects.count() == 0


def test_an_undo_that_cannot_be_says_what_stands_in_the_way(as_staff, pair):
    merge = merged(as_staff, pair)
    Organisation.objects.filter(pk=pair[0].pk).update(version=40)
    assert as_staff.post(reverse("admin:merged", args=[merge.pk])).context["faults"]


def test_people_are_merged_too(as_staff):
    pair = PersonFactory(full_name="Kim de Vries"), PersonFactory(full_name="Kim De Vries")
    assert merge_url(*pair) in as_staff.get(LIST, {"kind": "person"}).text
    merged(as_staff, pair)
    assert Person.objects.standing().count() == 1


def test_the_action_takes_exactly_two(as_staff, pair):
    third = OrganisationFactory()
    url = reverse("admin:contacts_organisation_changelist")
    given = {"action": "merge_two", "_selected_action": [row.pk for row in pair]}
    assert as_staff.post(url, given)["Location"] == merge_url(*pair)
    given["_selected_action"] = [*given["_selected_action"], third.pk]
    assert as_staff.post(url, given)["Location"] == url


def test_what_is_typed_looks_like_a_known_one_and_says_why(as_staff, pair):
    found = like(as_staff, "fotonica twente bv").json()["found"]
    assert {row["name"] for row in found} == {row.name for row in pair}
    assert all(row["why"] for row in found)
    assert like(as_staff, "Iets heel anders").json()["found"] == []


def test_without_a_script_it_is_said_after_saving(as_staff, pair):
    given = {"name": "Fotonica Twente NV", "kinds": ["company"], "size_class": "unknown", "country": "NL"}
    answer = as_staff.post(reverse("admin:contacts_organisation_add"), given, follow=True)
    new = Organisation.objects.get(name="Fotonica Twente NV")
    assert merge_url(pair[0], new) in answer.text


@pytest.mark.parametrize(
    "name", ["x" * 500, "‮שלום", "🙂🙂🙂", "<script>alert(1)</script>", "a\0b", "%_%", "'\""]
)
def test_no_name_breaks_the_warning(as_staff, pair, name):
    assert like(as_staff, name, website="https://[", phone="x", kvk="12").status_code == 200


@pytest.mark.parametrize("role", ["staff", "administrator"])
def test_who_stands_behind_a_strict_lead_is_never_named(role, manager):
    pair = OrganisationFactory(name=f"{CANARY} BV"), OrganisationFactory(name=f"{CANARY} NV")
    LeadFactory(organisation=pair[0], strict=True, owner=UserFactory(staff=True))
    client = logged_in(UserFactory(**{role: True}))
    assert merge_url(*pair) not in client.get(LIST).text
    assert CANARY not in client.get(LIST).text
    assert [row["name"] for row in like(client, CANARY).json()["found"]] == [pair[1].name]
    assert client.get(merge_url(*pair)).status_code == 404
    assert client.post(merge_url(*pair)).status_code == 404
    merge = merged(logged_in(manager), pair)
    assert client.get(reverse("admin:merged", args=[merge.pk])).status_code == 404
    assert CANARY not in client.get(LIST).text


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_others_find_it_closed(role, pair):
    client = logged_in(UserFactory(**{role: True}))
    for url in (LIST, merge_url(*pair), reverse("admin:duplicates-like")):
        assert client.get(url).status_code in (302, 403)
    client.post(merge_url(*pair), {"keep_version": 1, "drop_version": 1})
    assert Merge.objects.count() == 0


@pytest.mark.parametrize(
    "path", ["unknown/1/2/", "organisation/1/1/", "organisation/99999999999999999999/2/"]
)
def test_what_is_not_there_is_not_found(as_staff, path):
    assert as_staff.get(f"{LIST}{path}").status_code == 404


def test_the_work_list_asks_equally_often_for_few_and_many(as_manager):
    def queries() -> int:
        as_manager.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            as_manager.get(LIST)
        return len(captured)

    Crowd(10)
    few = queries()
    Crowd(60, first=10)
    assert queries() == few <= 15
