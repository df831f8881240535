import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.reports import charts
from crm.reports.charts import Bullet, Cell, Change, Step, Stock
from crm.reports.formats import Formats
from crm.reports.svg import PAPER, SCREEN, Labels, Palette, text_width, within

SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = Formats("en")
HEADINGS = ("counted / goal", "to confirm", "needed a year", "against pace")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def bullet(counted=15, goal=20, pace=16.7, end=None, **changes) -> Bullet:
    parts = {
        "name": "Startups", "detail": "in 2026", "counted": counted, "goal": goal, "pace": pace,
        "scale_end": end or charts.scale_end(counted, goal, pace), "count_note": "net 14",
        "cells": (Cell("1"), Cell("20.2", "so far 18.0"), Cell("−1.7", "behind", "behind")),
        "reading": f"Startups: counted {counted} of goal {goal}, pace today {pace}.",
    }  # fmt: skip
    return Bullet(**{**parts, **changes})


def bullets(*rows: Bullet, palette: Palette = PAPER) -> str:
    return charts.bullets(rows, headings=HEADINGS, message="Bars.", formats=ENGLISH, palette=palette)


STOCK = Stock(
    name="Companies", measured=((2024.0, 483), (2025.0, 489), (2026.0, 498)), measured_label="measured 498 on 1 Jan 2026",
    since_label="+9 since, own count", plan_line=tuple((2024.0 + year, 483 * (700 / 483) ** (year / 11)) for year in range(12)),
    plan_now=530.9, goal=700, goal_at=2035.0, today=2026.83, now=507, reading="Measured 498; plan 531; goal 700 in 2035.",
)  # fmt: skip


def stock(chart: Stock = STOCK, palette: Palette = PAPER) -> str:
    return charts.stock(chart, message="Companies: 507, 24 below plan.", formats=ENGLISH, palette=palette)


CHANGES = (
    Change("New", 11, "gain"),
    Change("Established", -3, "established"),
    Change("Lost", -5, "lost"),
    Change("Parked", -1, "other"),
)


def waterfall(first=86, changes=CHANGES, last=88, palette: Palette = PAPER) -> str:
    return charts.waterfall(("Open on 30 Sep", first), changes, ("Open on 31 Oct", last), unit="open leads", message="In October:", formats=ENGLISH, palette=palette)  # fmt: skip


STEPS = (
    Step("Identified to contacted", 262, 0.652, 0.614, 0.689, ("65%", "61–69%", "262", "2.6"), "Identified: 65%, 171 of 262."),
    Step("Contacted to qualified", 0, None, 0, 0, ("–", "–", "0", "–"), "Contacted: none yet."),
)  # fmt: skip


def conversion(palette: Palette = PAPER) -> str:
    return charts.conversion(STEPS, headings=("chance", "interval", "n", "median"), message="Conversion.", formats=ENGLISH, palette=palette)  # fmt: skip


ALL = (lambda palette: bullets(bullet(), palette=palette), lambda palette: stock(palette=palette), lambda palette: waterfall(palette=palette), lambda palette: conversion(palette=palette))  # fmt: skip


def parsed(drawing: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)  # noqa: S314 - our own drawing, not a stranger's


def texts(drawing: str) -> list[ElementTree.Element]:
    return list(parsed(drawing).iter(f"{SVG}text"))


def words(drawing: str) -> list[str]:
    return [text.text or "" for text in texts(drawing)]


def box(text: ElementTree.Element) -> tuple[float, float, float, float]:
    """What the text covers, by the font's own measures."""
    size, x, y = (float(text.get(name)) for name in ("font-size", "x", "y"))
    width = text_width(text.text or "", size, bold=text.get("font-weight") == "700")
    left = x - width * {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor", "start")]
    return left, y - size * 0.75, left + width, y + size * 0.1


def collisions(drawing: str) -> list[tuple[str, str]]:
    placed = [(text.text, box(text)) for text in texts(drawing) if text.text]
    return [
        (one, other)
        for place, (one, a) in enumerate(placed)
        for other, b in placed[place + 1 :]
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1
    ]


def outside(drawing: str) -> list[str]:
    width = float(parsed(drawing).get("viewBox").split()[2])
    return [text.text for text in texts(drawing) if box(text)[0] < -0.5 or box(text)[2] > width + 0.5]


@pytest.mark.parametrize("chart", ALL)
def test_every_chart_says_its_message_and_its_numbers_to_who_cannot_see_it(chart):
    root = parsed(chart(PAPER))
    assert root.get("role") == "img"
    title = root[0]
    assert title.tag == f"{SVG}title"
    assert len(re.findall(r"\d+", title.text)) >= 3


def test_the_alternative_text_of_a_waterfall_has_every_step():
    title = parsed(waterfall())[0].text
    assert (
        title
        == "In October: Open on 30 Sep 86 open leads; New +11; Established −3; Lost −5; Parked −1; Open on 31 Oct 88 open leads."
    )


@pytest.mark.parametrize("chart", ALL)
def test_on_paper_colours_are_literal_and_on_screen_they_are_classes(chart):
    paper, screen = chart(PAPER), chart(SCREEN)
    assert "class=" not in paper
    assert 'width="' in paper.split(">")[0]
    assert "#" not in screen
    assert 'class="plot"' in screen
    for drawing in (paper, screen):
        assert "style" not in drawing


@pytest.mark.parametrize("chart", ALL)
def test_every_class_on_the_screen_is_in_the_style_sheet(chart):
    css = (charts.__file__).replace("charts.py", "static/reports/charts.css")
    with open(css) as sheet:
        known = set(re.findall(r"\.(plot[\w-]*)", sheet.read()))
    used = {name for names in re.findall(r'class="([^"]+)"', chart(SCREEN)) for name in names.split()}
    assert used <= known


def test_a_label_that_people_typed_cannot_become_markup():
    drawing = bullets(bullet(name="<script>alert(1)</script> & co", reading="a < b & c"))
    assert "<script" not in drawing
    assert "<script>alert(1)</script> & co" in words(drawing)


def test_only_the_first_bar_names_its_parts():
    labels = words(bullets(bullet(), bullet(counted=7, goal=10, pace=8.3, end=24)))
    assert ("counted 15" in labels, "counted 7" in labels, "7" in labels) == (True, False, True)


def test_a_gap_has_a_shape_beside_its_number():
    shapes = {}
    for mark in ("behind", "ahead", "level", ""):
        cells = (Cell("1"), Cell("2"), Cell("3", mark=mark))
        drawing = bullets(bullet(cells=cells))
        shapes[mark] = (drawing.count("Z"), drawing.count("<circle"))
    assert shapes == {"behind": (2, 0), "ahead": (2, 0), "level": (1, 1), "": (1, 0)}


@settings(max_examples=300, deadline=None)
@given(counted=st.integers(0, 60), goal=st.integers(1, 40), pace=st.floats(0, 40), other=st.integers(0, 60))
def test_labels_of_a_bullet_never_meet_and_never_leave_the_chart(counted, goal, pace, other):
    end = charts.scale_end(counted, goal, pace, other)
    with translation.override("en"):
        drawing = bullets(bullet(counted, goal, pace, end), bullet(other, goal, pace, end))
    assert collisions(drawing) == []
    assert outside(drawing) == []


@settings(max_examples=300, deadline=None)
@given(
    values=st.lists(st.integers(100, 900), min_size=1, max_size=12),
    net=st.integers(-60, 60) | st.none(),
    months=st.integers(1, 11),
    goal=st.integers(300, 900),
)
def test_labels_of_a_stock_stay_inside_the_chart_whatever_was_measured(values, net, months, goal):
    now = None if net is None else values[-1] + net
    today = min(2024 + len(values) - 1 + months / 12, 2035.99)
    base = values[0]
    plan = tuple((2024.0 + year, base * (goal / base) ** (year / 11)) for year in range(12))
    chart = replace(
        STOCK,
        measured=tuple((2024.0 + place, value) for place, value in enumerate(values)),
        plan_line=plan,
        plan_now=plan[min(int(today) - 2024, 11)][1],
        goal=goal,
        today=today,
        now=now,
    )
    with translation.override("en"):
        drawing = stock(chart)
    assert outside(drawing) == []
    assert len(collisions(drawing)) == 0


def test_a_stock_without_a_measurement_shows_its_plan_and_says_so():
    drawing = stock(
        replace(
            STOCK, measured=(), now=None, measured_label="not measured yet", since_label="not counted since"
        )
    )
    assert {"goal 700", "plan now 531", "not measured yet"} <= set(words(drawing))


@pytest.mark.parametrize(
    ("first", "changes", "last"), [(0, (), 0), (0, (Change("New", 3, "gain"),), 3), (900, CHANGES, 902)]
)
def test_a_waterfall_bears_any_size(first, changes, last):
    drawing = waterfall(first, changes, last)
    assert outside(drawing) == []
    assert f"{ENGLISH.number(last)} open leads" in words(drawing)


def test_a_loss_of_nothing_is_not_marked_as_a_loss():
    assert "Z" in waterfall()
    assert "Z" not in waterfall(3, (Change("Lost", 0, "lost"),), 3)


def test_a_stage_that_nobody_left_has_no_dot():
    assert conversion().count("<circle") == 1


def test_a_wish_is_moved_to_stay_inside():
    assert [within(wish, 10, 0, 50) for wish in (-5, 20, 45)] == [0, 20, 40]


def test_a_label_takes_the_first_place_that_is_free_or_else_the_freest():
    labels = Labels()
    labels.keep_clear([(0, 5), (100, 5)])
    assert labels.place([(10, 0), (10, 20)], 30, 8) == (10, 20)
    assert labels.place([(10, 0), (10, 14), (60, 20)], 30, 8) == (60, 20)
    assert labels.place([(10, 20), (10, 26)], 30, 8) == (10, 26)
