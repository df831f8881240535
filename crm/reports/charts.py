"""The charts of report and desk: bullet, stock to 2035, waterfall, conversion.

Notation: what is counted is solid, what is planned is outlined or dashed, scales begin at zero, labels stand at their
marks, no legend. Charts take plain values, a `Formats` for the language's numbers and a palette; words come from the
active translation. Every chart carries its message and all its numbers as alternative text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.reports.formats import Formats
from crm.reports.svg import PAPER, Canvas, Labels, Palette, text_width, within

Spot = tuple[float, float]

WIDTH = 499  # points: the text width of an A4 page with margins of 17 mm


@dataclass(frozen=True)
class Cell:
    """A figure right of a bullet, a word below it; `mark` is behind, ahead or level and gives the figure a shape."""

    text: str
    note: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Bullet:
    """One bar against its goal and pace. `scale_end` is the value at the right edge, shared where bars compare."""

    name: str
    detail: str
    counted: int
    goal: int
    pace: float
    scale_end: float
    count_note: str
    cells: tuple[Cell, ...]
    reading: str


def scale_end(*values: float) -> float:
    """The value at a scale's right edge, so that the largest of `values` leaves room for its label."""
    return max(*values, 1) * 1.2


def bullets(
    rows: Sequence[Bullet],
    *,
    headings: Sequence[str],
    message: str,
    formats: Formats,
    palette: Palette = PAPER,
) -> str:
    """Bars of what is counted, the goal as a line, the pace of today as a triangle, the figures in four columns."""
    canvas = Canvas(WIDTH, palette)
    columns = (328, 384, 442, WIDTH)
    first, pitch = 23.0, 45.0
    for right, heading in zip(columns, headings, strict=True):
        canvas.text((right, 7.5), heading, anchor="end", size=7.4, role="quiet")
    for place, row in enumerate(rows):
        top = first + place * pitch
        if place:
            canvas.line((0, top - 15.5), (WIDTH, top - 15.5), "rule", 0.5)
        canvas.text((0, top + 7.5), row.name, size=9.5, bold=True)
        canvas.text((0, top + 18), row.detail, role="quiet")
        _bullet(canvas, row, top, formats, names_parts=not place)
        _bullet_figures(canvas, row, top, columns)
    alternative = " ".join([message, *(row.reading for row in rows)])
    return canvas.finish(first + len(rows) * pitch - 14, alternative)


def _bullet(canvas: Canvas, row: Bullet, top: float, formats: Formats, *, names_parts: bool) -> None:
    """The bar, its goal and pace; the goal's label stands above, the pace's below, neither over an edge."""
    left, width, height = 106.0, 180.0, 15.0
    scale = width / row.scale_end
    count_x, goal_x = left + row.counted * scale, left + row.goal * scale
    pace_x = left + min(row.pace, row.scale_end) * scale
    canvas.line((left, top - 1), (left, top + height + 1))
    canvas.box((left, top), (row.counted * scale, height), "solid")
    canvas.line((goal_x, top - 4), (goal_x, top + height + 4), "ground", 4)
    canvas.line((goal_x, top - 4), (goal_x, top + height + 4), "ink", 2.4)
    canvas.triangle((pace_x, top + height + 1.6), 2.9, "ink", up=True)

    label = (
        _("counted %(count)s") % {"count": formats.number(row.counted)}
        if names_parts
        else formats.number(row.counted)
    )
    _count_label(canvas, label, (left, count_x, goal_x), top + height / 2 + 2.9)

    text = _("goal %(goal)s") % {"goal": formats.number(row.goal)}
    size = text_width(text, 7.6, bold=True)
    canvas.text((within(goal_x - size / 2, size, left, left + width), top - 6.2), text, bold=True)

    text = _("pace today %(pace)s") % {"pace": formats.number(row.pace, 1)}
    size, edge = text_width(text, 7.6), pace_x + 5
    if pace_x - 5 - size >= left:
        edge = pace_x - 5 - size
    elif edge - 3 < goal_x < edge + size + 3:
        edge = goal_x + 5
    canvas.text((edge, top + height + 8.6), text, role="quiet")


def _count_label(canvas: Canvas, label: str, marks: tuple[float, float, float], baseline: float) -> None:
    """The count at the bar's end: inside where it fits, clear of the goal's line, else right of the bar."""
    left, count_x, goal_x = marks
    size = text_width(label, 8, bold=True)
    inside_end = count_x - 4
    if inside_end - size - 3 < goal_x < inside_end + 5:
        inside_end = goal_x - 5
    if inside_end - size >= left + 3:
        canvas.text((inside_end, baseline), label, anchor="end", size=8, bold=True, role="ground")
        return
    start = count_x + 4
    if start - 4 < goal_x < start + size + 4:
        start = goal_x + 5
    canvas.text((start, baseline), label, size=8, bold=True, role="solid")


def _bullet_figures(canvas: Canvas, row: Bullet, top: float, columns: Sequence[float]) -> None:
    edge = columns[0] - max(text_width(f"/ {row.goal}", 9.5), 17)
    canvas.text((edge - 4, top + 12), str(row.counted), anchor="end", size=13, bold=True, role="solid")
    canvas.text((edge, top + 12), f"/ {row.goal}", size=9.5)
    canvas.text((columns[0], top + 22.5), row.count_note, anchor="end", size=7.4, role="quiet")
    for right, cell in zip(columns[1:], row.cells, strict=True):
        canvas.text((right, top + 12), cell.text, anchor="end", size=10.5, bold=bool(cell.mark))
        canvas.text((right, top + 22.5), cell.note, anchor="end", size=7.4, role="quiet")
        at = right - text_width(cell.text, 10.5, bold=True) - 7
        if cell.mark == "level":
            canvas.circle((at, top + 8.3), 2.6, "ink")
        elif cell.mark:
            up = cell.mark == "ahead"
            canvas.triangle((at, top + (5.9 if up else 10.6)), 3.1, "ink", up=up)


@dataclass(frozen=True)
class Stock:
    """A yearly measured stock on its way to a goal; positions are decimal years, values whole."""

    name: str
    measured: tuple[tuple[float, float], ...]
    measured_label: str
    since_label: str
    plan_line: tuple[tuple[float, float], ...]
    plan_now: float
    goal: float
    goal_at: float
    today: float
    now: float | None  # the measurement with our own net change since, where there is one
    reading: str


def stock(chart: Stock, *, message: str, formats: Formats, palette: Palette = PAPER) -> str:
    """From zero: the plan dashed to a ring at the goal, measurements solid, today's own count a ring at their end."""
    canvas = Canvas(158, palette)
    left, right, floor, ceiling = 4.0, 134.0, 101.0, 18.0
    begin, end = chart.plan_line[0][0], max(chart.goal_at, chart.today)
    values = [value for _at, value in (*chart.plan_line, *chart.measured)]
    highest = max(*values, chart.goal, chart.now or 0, 1)

    def point(position: float, value: float) -> Spot:
        x = left + (position - begin) * (right - left) / max(end - begin, 1)
        return x, floor - value / highest * (floor - ceiling)

    _years(canvas, begin, chart.goal_at, (left, (right - left) / max(end - begin, 1), floor))
    plan, spots = [point(*at) for at in chart.plan_line], [point(*at) for at in chart.measured]
    goal, today = point(chart.goal_at, chart.goal), point(chart.today, chart.plan_now)
    ring = [point(chart.today, chart.now)] if chart.now is not None else []
    canvas.polyline(plan, "outline", 1.1, dash="3 2")
    canvas.circle(goal, 2.8, "ground", "ink")
    if len(spots) > 1:
        canvas.polyline(spots, "solid", 1.8)
    if ring and spots:
        canvas.line(spots[-1], ring[0], "solid", 1.2)
    for spot in spots:
        canvas.circle(spot, 2.3, "solid")
    for spot in ring:
        canvas.circle(spot, 2.3, "ground", "solid")
    labels = Labels()
    labels.keep_clear(plan, 1.2)
    labels.keep_clear([*spots, *ring])
    labels.keep_clear([goal], 3.5)
    labels.placed.append((0, floor - 1, canvas.width, 113))  # the years
    _stock_labels(canvas, labels, chart, (spots, goal, today), formats)
    return canvas.finish(113, f"{message} {chart.reading}")


def _years(canvas: Canvas, begin: float, end: float, frame: tuple[float, float, float]) -> None:
    left, year_width, floor = frame
    canvas.line((left, floor), (canvas.width - 12, floor))
    first, last = int(begin), int(end)
    for year in (first, *range(first + 2, last - 1, 2), last):
        x = left + (year - begin) * year_width
        canvas.line((x, floor), (x, floor + 2.5), width=0.6)
        text = str(year) if year in (first, last) else f"’{year % 100:02d}"
        anchor = "start" if year == first else "middle"
        canvas.text((x, floor + 10.5), text, anchor=anchor, size=7, role="quiet")


def _stock_labels(
    canvas: Canvas, labels: Labels, chart: Stock, marks: tuple[list[Spot], Spot, Spot], formats: Formats
) -> None:
    """Goal, first measurement, plan of today and latest measurement, each near its mark and clear of the others."""
    spots, goal, today = marks
    text = _("goal %(goal)s") % {"goal": formats.number(chart.goal)}
    size = text_width(text, 7.6, bold=True)
    edge = within(goal[0] - size / 2, size, 0, canvas.width)
    at = labels.place([(edge, goal[1] - 12.5), (edge, goal[1] + 6), (edge, goal[1] + 14)], size, 8)
    canvas.text((at[0], at[1] + 6.2), text, bold=True)

    if len(spots) > 1:
        text = formats.number(chart.measured[0][1])
        below_or_above = [(spots[0][0] - 4, spots[0][1] + lift) for lift in (-13, -18, 5, 10, -24, -30, -36)]
        at = labels.place(below_or_above, text_width(text, 7.6), 8)
        canvas.text((at[0], at[1] + 6.2), text)

    text = _("plan now %(plan)s") % {"plan": formats.number(chart.plan_now)}
    size = text_width(text, 7.6)
    right, before = today[0] + 3, today[0] - 3 - size
    edges = [edge for edge in (right, before) if 0 <= edge <= canvas.width - size] or [0]
    lifts = ((-20, -26, -32), (8, 14, 20, 26, 32, 38, 44))
    wishes = [(edge, today[1] + lift) for part in lifts for edge in edges for lift in part]
    wishes += [(edge, top) for edge in (*edges, 0) for top in range(0, 90, 4)]
    at = labels.place([wish for wish in wishes if wish[1] >= 0], size, 8)
    canvas.text((at[0], at[1] + 6.2), text, role="quiet")
    above = at[1] < today[1]
    canvas.line(
        (today[0], today[1] + (-1.5 if above else 2)),
        (today[0], at[1] + (3 if above else -0.5)),
        "outline",
        0.6,
    )

    lines = [(chart.measured_label, "solid"), (chart.since_label, "quiet" if chart.now is None else "solid")]
    size = max(text_width(text, 7.6) for text, _role in lines)
    last = spots[-1] if spots else today
    edges = [within(wish, size, 0, canvas.width) for wish in (last[0] - 4, last[0] - size, 0, canvas.width)]
    tops = sorted(range(0, 80, 3), key=lambda top: abs(top - last[1] - 10))
    at = labels.place([(edge, top) for edge in edges for top in tops], size, 19)
    for row, (text, role) in enumerate(lines):
        canvas.text((at[0], at[1] + 6.2 + 10 * row), text, role=role)
    if spots and at[1] > last[1]:
        canvas.line((last[0], last[1] + 4), (last[0], at[1] - 0.5), "rule", 0.6)


@dataclass(frozen=True)
class Change:
    """A step of the waterfall; `kind` is gain, established, lost or other."""

    name: str
    amount: int
    kind: str


def waterfall(
    first: tuple[str, int], changes: Sequence[Change], last: tuple[str, int], *, unit: str, message: str, formats: Formats, palette: Palette = PAPER
) -> str:  # fmt: skip
    """From the month's start to its end, from zero: totals and gains solid, losses red with a shape, the rest outlined."""
    canvas = Canvas(WIDTH, palette)
    left, pitch, bar = 90.0, 11.8, 8.2
    level, highest = first[1], max(first[1], last[1])
    for change in changes:
        level += change.amount
        highest = max(highest, level)
    scale = (WIDTH - left - 74) / max(highest, 1)
    level, y, readings = first[1], 2.0, [f"{first[0]} {formats.number(first[1])} {unit}"]
    canvas.box((left, y), (first[1] * scale, bar), "solid")
    _bar_label(canvas, first, (left, scale, y), unit, formats)
    for change in changes:
        end = left + level * scale
        canvas.line((end, y + bar), (end, y + pitch), "outline")
        y += pitch
        low, high = sorted((level, level + change.amount))
        fill, outline = {"gain": ("solid", ""), "established": ("tint", "solid"), "lost": ("lost", "")}.get(change.kind, ("ground", "outline"))  # fmt: skip
        canvas.box((left + low * scale, y), ((high - low) * scale, bar), fill, outline)
        canvas.text((0, y + 7), change.name, size=8.2)
        label_x, role = left + high * scale + 5, "ink"
        if change.kind == "lost" and change.amount:
            canvas.triangle((label_x + 3, y + 6.4), 2.6, "lost", up=False)
            label_x, role = label_x + 9, "lost"
        amount = formats.number(change.amount, signed=True)
        canvas.text((label_x, y + 7), amount, size=8.2, bold=True, role=role)
        readings.append(f"{change.name} {amount}")
        level += change.amount
    end = left + level * scale
    canvas.line((end, y + bar), (end, y + pitch), "outline")
    y += pitch
    canvas.box((left, y), (last[1] * scale, bar), "solid")
    _bar_label(canvas, last, (left, scale, y), unit, formats)
    readings.append(f"{last[0]} {formats.number(last[1])} {unit}")
    canvas.line((left, 0), (left, y + bar + 2))
    return canvas.finish(y + bar + 3, f"{message} {'; '.join(readings)}.")


def _bar_label(
    canvas: Canvas, bar: tuple[str, int], place: tuple[float, float, float], unit: str, formats: Formats
) -> None:
    left, scale, y = place
    canvas.text((0, y + 7), bar[0], size=8.2, bold=True)
    canvas.text((left + bar[1] * scale + 5, y + 7), f"{formats.number(bar[1])} {unit}", size=8.2, bold=True)


@dataclass(frozen=True)
class Step:
    """From one stage to the next: the chance with its interval, None where no lead has left the stage."""

    name: str
    left: int
    chance: float | None
    low: float
    high: float
    cells: tuple[str, ...]
    reading: str


def conversion(steps: Sequence[Step], *, headings: Sequence[str], message: str, formats: Formats, palette: Palette = PAPER) -> str:  # fmt: skip
    """A dot for each stage's chance to go on, a whisker for its interval, the figures in four columns."""
    canvas = Canvas(WIDTH, palette)
    left, width, pitch, top = 152.0, 160.0, 12.6, 12.0
    columns = (345, 405, 434, WIDTH)
    bottom = top + pitch * len(steps)
    for right, heading in zip(columns, headings, strict=True):
        canvas.text((right, 7), heading, anchor="end", size=7.4, role="quiet")
    for quarter in range(5):
        x = left + quarter / 4 * width
        canvas.line((x, top), (x, bottom + 1), "rule" if quarter else "ink", 0.5 if quarter else 0.8)
        canvas.text((x, bottom + 9.5), formats.percent(quarter / 4), anchor="middle", size=7, role="quiet")
    for place, step in enumerate(steps):
        y = top + (place + 0.5) * pitch
        canvas.text((0, y + 2.8), step.name, size=8.5)
        if step.chance is not None:
            canvas.line((left + step.low * width, y), (left + step.high * width, y), "solid", 1.4)
            for end in (step.low, step.high):
                canvas.line((left + end * width, y - 3), (left + end * width, y + 3), "solid", 1.2)
            canvas.circle((left + step.chance * width, y), 3, "solid")
        for column, (right, cell) in enumerate(zip(columns, step.cells, strict=True)):
            canvas.text((right, y + 2.8), cell, anchor="end", size=8.5, bold=not column)
    return canvas.finish(bottom + 11, " ".join([message, *(step.reading for step in steps)]))
