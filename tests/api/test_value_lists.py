"""Closed lists with both names, and the areas of the park."""

import pytest
from django.utils import translation

from crm.api.broker.value_lists import VALUE_LISTS
from crm.estate.choices import SpaceType

pytestmark = pytest.mark.django_db


def test_the_lists_are_named_with_their_addresses(broker):
    items = broker.get("value-lists").json()["items"]
    assert [item["name"] for item in items] == list(VALUE_LISTS)
    for item in items:
        listed = broker.get(item["url"].removeprefix("http://testserver")).json()["items"]
        assert [value["code"] for value in listed] == VALUE_LISTS[item["name"]].values


def test_a_value_has_its_name_in_both_languages_whatever_the_caller_reads(broker):
    for language in ("nl", "en"):
        first = broker.get("space-types", Accept_Language=language).json()["items"][0]
        assert (first["code"], first["nameEn"]) == ("office", "Office")
        with translation.override("nl"):
            assert first["nameNl"] == str(SpaceType.OFFICE.label)


def test_the_areas_are_those_of_the_park_in_their_order(broker):
    assert [area["code"] for area in broker.get("areas").json()["items"]] == [
        "ut_campus",
        "bs_park",
        "twente_village",
        "vredestein",
        "technology_base",
    ]


def test_a_list_that_is_not_there_is_404(broker):
    assert broker.get("value-lists/colours").status_code == 404


def test_lists_may_be_kept_if_they_are_asked_about(broker):
    assert broker.get("space-types").headers["Cache-Control"] == "private, no-cache"
