"""Views of lists: one's own and shared ones, the one that opens first, and the log of exports."""

import pytest
from django.db import IntegrityError

from crm.common.errors import RuleError
from crm.desk.list_models import DefaultView, ListExport, SavedView
from crm.desk.lists import (
    MOST_VIEWS,
    drop_view,
    first_view_of,
    note_export,
    open_first,
    save_view,
    views_for,
)
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
LEADS = "acquisition.lead"


@pytest.fixture
def colleague():
    return UserFactory(staff=True)


def keep(by, at, name="Warm", query="status__exact=open", *, is_shared=False):
    return save_view(list_name=LEADS, name=name, query=query, is_shared=is_shared, by=by, at=at)


def test_a_view_keeps_filters_search_and_order_and_not_the_page(staff, now):
    view = keep(staff, now, query="?status__exact=open&q=lab&o=-3&p=4&e=1&view=all")
    assert view.query == "status__exact=open&q=lab&o=-3"


def test_the_same_name_replaces_ones_own_view_whatever_its_capitals(staff, colleague, now):
    keep(staff, now)
    keep(colleague, now)
    keep(staff, now, name="WARM ", query="track__exact=startup")
    assert sorted(SavedView.objects.values_list("owner", "name", "query")) == sorted(
        [(staff.pk, "WARM", "track__exact=startup"), (colleague.pk, "Warm", "status__exact=open")]
    )


def test_a_private_view_is_ones_own_and_a_shared_one_is_everybodys(staff, colleague, now):
    keep(staff, now, "Mijn")
    keep(staff, now, "Van ons", is_shared=True)
    assert [view.name for view in views_for(staff, LEADS)] == ["Mijn", "Van ons"]
    assert [view.name for view in views_for(colleague, LEADS)] == ["Van ons"]
    assert not views_for(staff, "contacts.person").exists()


@pytest.mark.parametrize(
    ("name", "query"),
    [("", ""), ("   ", ""), ("n" * 61, ""), ("nul\x00", ""), ("lang", "q=" + "x" * 2000)],
    ids=["empty", "blank", "long", "control", "long query"],
)
def test_a_view_that_cannot_be_kept_says_why_and_keeps_nothing(staff, now, name, query):
    with pytest.raises(RuleError) as refused:
        keep(staff, now, name=name, query=query)
    assert [fault.field for fault in refused.value.faults] == ["query" if len(query) > 10 else "name"]
    assert not SavedView.objects.exists()


def test_twenty_views_of_a_list_are_enough(staff, now):
    for number in range(MOST_VIEWS):
        keep(staff, now, name=f"Beeld {number}")
    with pytest.raises(RuleError) as refused:
        keep(staff, now, name="Nog een")
    assert refused.value.codes == ["too_many_views"]
    keep(staff, now, name="beeld 3", query="")


def test_the_first_view_is_chosen_per_person_and_given_up_again(staff, colleague, now):
    view = keep(staff, now, is_shared=True)
    other = keep(colleague, now, "Anders")
    open_first(list_name=LEADS, view=view, by=colleague, at=now)
    open_first(list_name=LEADS, view=other, by=colleague, at=now)
    assert first_view_of(colleague, LEADS) == other
    assert first_view_of(staff, LEADS) is None
    open_first(list_name=LEADS, view=None, by=colleague, at=now)
    assert first_view_of(colleague, LEADS) is None


def test_a_view_that_is_no_longer_shared_does_not_open_first(staff, colleague, now):
    view = keep(staff, now, is_shared=True)
    open_first(list_name=LEADS, view=view, by=colleague, at=now)
    keep(staff, now, is_shared=False)
    assert first_view_of(colleague, LEADS) is None
    with pytest.raises(RuleError) as refused:
        open_first(list_name=LEADS, view=view, by=colleague, at=now)
    assert refused.value.codes == ["no_such_view"]


def test_a_colleagues_view_is_dropped_by_its_owner_or_when_shared_by_a_manager(
    staff, colleague, manager, now
):
    private, shared = keep(staff, now, "Mijn"), keep(staff, now, "Ons", is_shared=True)
    for view, by in ((private, colleague), (shared, colleague), (private, manager)):
        with pytest.raises(RuleError) as refused:
            drop_view(view=view, by=by, at=now)
        assert refused.value.codes == ["not_yours"]
    open_first(list_name=LEADS, view=shared, by=colleague, at=now)
    drop_view(view=shared, by=manager, at=now)
    drop_view(view=private, by=staff, at=now)
    assert (SavedView.objects.count(), DefaultView.objects.count()) == (0, 0)


def test_the_log_of_exports_keeps_the_filters_and_not_what_was_searched(staff, now):
    row = note_export(
        list_name=LEADS,
        query="status__exact=open&q=Geheim+BV&p=2",
        export_format="csv",
        rows=3,
        by=staff,
        at=now,
    )
    assert row.filters == "status__exact=open"
    row.rows = 4
    with pytest.raises(IntegrityError):
        row.save()


def test_the_log_of_exports_cannot_be_emptied(staff, now):
    note_export(list_name=LEADS, query="", export_format="xlsx", rows=3, by=staff, at=now)
    with pytest.raises(IntegrityError):
        ListExport.objects.all().delete()
