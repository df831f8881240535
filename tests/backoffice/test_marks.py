"""Days, numbers and amounts as a colleague writes them, in both languages."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.html import format_html

from crm.backoffice.templatetags.desk import day, day_in_words, moment, number, rent, square_metres, yes_or_no
from crm.common.months import AMSTERDAM

TODAY = date(2026, 10, 22)


@pytest.mark.parametrize(
    ("given", "dutch", "english"),
    [
        (date(2026, 10, 22), "vandaag", "today"),
        (date(2026, 10, 21), "gisteren", "yesterday"),
        (date(2026, 10, 23), "morgen", "tomorrow"),
        (date(2026, 10, 20), "dinsdag", "Tuesday"),
        (date(2026, 10, 28), "woensdag", "Wednesday"),
        (date(2026, 10, 29), "29 okt", "29 Oct"),
        (date(2026, 3, 9), "9 mrt", "9 Mar"),
        (date(2025, 5, 2), "2 mei 2025", "2 May 2025"),
    ],
)
def test_a_day_is_near_or_short(given, dutch, english):
    with translation.override("nl"):
        assert day_in_words(given, TODAY) == dutch
    with translation.override("en"):
        assert day_in_words(given, TODAY) == english


@pytest.mark.parametrize(
    ("value", "dutch", "english"),
    [
        (9460, "9.460", "9,460"),
        (Decimal("240.00"), "240", "240"),
        (Decimal("1234.50"), "1.234,50", "1,234.50"),
        (0, "0", "0"),
        (-3, "−3", "−3"),
        (None, "–", "–"),
        ("", "–", "–"),
    ],
)
def test_a_number_carries_the_languages_separators(value, dutch, english):
    with translation.override("nl"):
        assert number(value) == dutch
    with translation.override("en"):
        assert number(value) == english


def test_areas_and_rents():
    with translation.override("nl"):
        assert square_metres(Decimal("240.00")) == "240 m²"
        assert rent(Decimal("175.00")) == "€ 175 /m²/jr"
        assert rent(None) == square_metres(None) == "–"


def test_djangos_pictures_become_words_and_nothing_else_is_touched():
    picture = '<img src="/static/admin/img/icon-{}.svg" alt="{}">'
    with translation.override("en"):
        assert yes_or_no(picture.format("yes", "True")) != "Yes"  # not marked safe: shown as typed
    with translation.override("en"):
        assert yes_or_no(format_html(picture, "yes", "True")) == "Yes"
        assert yes_or_no(format_html(picture, "unknown", "None")) == "Unknown"
    assert yes_or_no("<b>") == "&lt;b&gt;"


def test_a_moment_is_a_day_in_amsterdam():
    late = datetime(2026, 10, 22, 23, 30, tzinfo=AMSTERDAM)
    assert 'datetime="2026-10-22"' in day(late)
    with translation.override("nl"):
        assert "23.30" in moment(late)
    with translation.override("en"):
        assert "23:30" in moment(late)
    assert day(None) == moment(None) == "–"
