"""Page 1, the answer: counts against goals, stocks against plan, what partners are asked."""

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm.common.months import position_in_time
from crm.reports import charts, headlines, labels
from crm.reports.charts import Bullet, Cell, Stock
from crm.reports.formats import Formats, sentence
from crm.reports.monthly import FlowTarget, MonthlyReport, PartnerAction, StockTarget
from crm.reports.tables import Column, Entry, Table, fitting, lines_of, shortened

ACTION_WIDTH, PARTNER_WIDTH = 192, 107  # points, see .asked in report.css
DIRECTOR_WIDTH, DIRECTOR_SIZE, DIRECTOR_LINES = 322, 9.5, 5
HEADING_SIZE, NOTE_SIZE, NOTE_LINES = 10.7, 7.8, 2
LINES = 11  # of both tables of actions together, beside five lines of the director
MOST_ASKED = 8


def context(report: MonthlyReport, formats: Formats, director: str) -> dict[str, Any]:
    large, small = headlines.need(report, formats)
    page: dict[str, Any] = {
        "title": headlines.title(report, formats),
        "director": director,
        "need": large,
        "committed": small,
        "flows_title": headlines.flows(report, formats),
        "flows_chart": flows_chart(report, formats),
        "flows_notes": _flow_notes(report, formats),
        "stocks_title": headlines.stocks(report, formats),
        "stocks": [_stock(report, stock, formats) for stock in report.stocks],
        "asked_title": headlines.asked(report, formats),
        "before_title": headlines.asked_before(report, formats),
    }
    page["asked"], page["before"] = _action_tables(report, formats, LINES - _extra_lines(page))
    return page


def _extra_lines(page: dict[str, Any]) -> int:
    """Lines that this edition's texts take beyond the usual, which the tables of actions must give up."""
    extra = max(lines_of(page["director"], DIRECTOR_WIDTH, DIRECTOR_SIZE) - DIRECTOR_LINES, 0)
    extra += max(lines_of(page["flows_notes"], charts.WIDTH, NOTE_SIZE) - NOTE_LINES, 0)
    headings = ("flows_title", "stocks_title", "asked_title", "before_title")
    return extra + sum(lines_of(page[name], charts.WIDTH, HEADING_SIZE) - 1 for name in headings)


def flows_chart(report: MonthlyReport, formats: Formats) -> str:
    yearly = [report.flow("startups"), report.flow("spin_offs")]
    shared = charts.scale_end(*(value for flow in yearly for value in (flow.counted, flow.goal, flow.pace)))
    rows = []
    for code in labels.FLOW_NAMES:
        flow = report.flow(code)
        own = charts.scale_end(flow.counted, flow.goal, flow.pace)
        rows.append(_bullet(report, flow, formats, shared if flow in yearly else own))
    drawing = charts.bullets(
        rows,
        headings=(_("counted / goal"), _("to confirm"), _("needed a year"), _("against pace")),
        message=_("Bars of what is counted against its goal.") + f" {headlines.flows(report, formats)}.",
        formats=formats,
    )
    return mark_safe(drawing)  # noqa: S308 - drawn here, every text in it is escaped by the canvas


def _bullet(report: MonthlyReport, flow: FlowTarget, formats: Formats, scale_end: float) -> Bullet:
    values = {"year": flow.by.year, "goal": formats.number(flow.goal), "from": report.window_from.year}
    detail = {
        "startups": _("in %(year)s, goal %(goal)s"),
        "spin_offs": _("of these, goal %(goal)s"),
        "rd_branches": _("%(from)s–%(year)s, own scale"),
    }[flow.code] % values
    place = headlines.pace_of(flow)
    words = {"reached": _("goal reached"), "ahead": _("ahead"), "level": _("on pace"), "behind": _("behind")}
    gap = formats.number(flow.counted - flow.pace, 1, signed=True)
    needed = "–" if flow.required_per_year is None else formats.number(flow.required_per_year, 1)
    average = flow.average_per_year
    so_far = (
        "" if average is None else _("%(average)s a year so far") % {"average": formats.number(average, 1)}
    )
    net = "" if flow.net is None else _("net %(net)s") % {"net": formats.number(flow.net)}
    return Bullet(
        name=labels.target(flow.code),
        detail=detail,
        counted=flow.counted,
        goal=flow.goal,
        pace=flow.pace,
        scale_end=scale_end,
        count_note=net,
        cells=(
            Cell(formats.number(flow.pending)),
            Cell(needed, so_far),
            Cell(gap, words[place], "ahead" if place == "reached" else place),
        ),
        reading=_reading(flow, formats, detail, (needed, so_far, net), words[place]),
    )


def _reading(
    flow: FlowTarget, formats: Formats, detail: str, figures: tuple[str, str, str], place: str
) -> str:
    needed, so_far, net = figures
    text = _(
        "%(name)s, %(detail)s: counted %(counted)s of goal %(goal)s, pace today %(pace)s, %(place)s, "
        "to confirm %(pending)s, needed a year %(needed)s."
    )
    values = {
        "name": labels.target(flow.code),
        "detail": detail,
        "counted": formats.number(flow.counted),
        "goal": formats.number(flow.goal),
        "pace": formats.number(flow.pace, 1),
        "place": place,
        "pending": formats.number(flow.pending),
        "needed": needed,
    }
    rest = ", ".join(part for part in (so_far, net) if part)
    return f"{text % values} {sentence(rest)}".strip()


def _flow_notes(report: MonthlyReport, formats: Formats) -> str:
    """What the bars leave out: who left, what was counted since the window opened, takeovers."""
    startups, spin_offs, branches = (report.flow(code) for code in labels.FLOW_NAMES)
    parts = []
    if startups.departed is not None and spin_offs.departed is not None:
        text = _(
            "Left in %(year)s: startups %(startups)s, spin-offs %(spin_offs)s; net is counted minus left."
        )
        values = {"startups": startups.departed, "spin_offs": spin_offs.departed, "year": startups.by.year}
        parts.append(text % values)
    if startups.to_date is not None and spin_offs.to_date is not None:
        text = _("Counted since %(year)s: startups %(startups)s, spin-offs %(spin_offs)s.")
        values = {
            "startups": startups.to_date,
            "spin_offs": spin_offs.to_date,
            "year": report.window_from.year,
        }
        parts.append(text % values)
    if branches.by_takeover is not None:
        text = _("R&D branches by takeover, not counted: %(count)s.")
        parts.append(text % {"count": formats.number(branches.by_takeover)})
    parts.append(_("What waits for a second person to confirm it does not count yet."))
    return " ".join(parts)


def _stock(report: MonthlyReport, stock: StockTarget, formats: Formats) -> dict[str, Any]:
    name = labels.target_short(stock.code)
    value = "–" if stock.now is None else formats.number(stock.now)
    verdict = headlines.stock_verdict(stock, formats)
    chart = Stock(
        name=name,
        measured=tuple(
            (float(row.reference_date.year) + _part(row), row.value) for row in stock.observations
        ),
        measured_label=_measured(stock, formats),
        since_label=_since(stock, formats),
        plan_line=tuple((point.position, point.value) for point in stock.plan_line),
        plan_now=stock.plan,
        goal=stock.goal,
        goal_at=stock.plan_line[-1].position,
        today=position_in_time(report.as_of),
        now=None if stock.now is None or stock.net_since is None else stock.now,
        reading=_stock_reading(report, stock, formats),
    )
    drawing = charts.stock(chart, message=f"{name}: {value}, {verdict}.", formats=formats)
    return {
        "name": name,
        "value": value,
        "verdict": verdict,
        "chart": mark_safe(drawing),  # noqa: S308 - drawn here, every text in it is escaped by the canvas
    }


def _part(row: Any) -> float:
    """How far into its year a measurement lies: one of 1 January at the year's start."""
    day = row.reference_date
    return 0.0 if (day.month, day.day) == (1, 1) else position_in_time(day) - day.year


def _measured(stock: StockTarget, formats: Formats) -> str:
    if stock.latest is None:
        return _("not measured yet")
    values = {
        "value": formats.number(stock.latest.value),
        "day": formats.short_day_and_year(stock.latest.reference_date),
    }
    return _("measured %(value)s on %(day)s") % values


def _since(stock: StockTarget, formats: Formats) -> str:
    if stock.net_since is None:
        return _("not counted since")
    return _("%(net)s since, own count") % {"net": formats.number(stock.net_since, signed=True)}


def _stock_reading(report: MonthlyReport, stock: StockTarget, formats: Formats) -> str:
    rows = "; ".join(
        _("%(value)s on %(day)s")
        % {"value": formats.number(row.value), "day": formats.day(row.reference_date)}
        for row in stock.observations
    )
    text = _("Measured: %(rows)s. %(since)s. Plan on %(day)s: %(plan)s; goal %(goal)s in %(year)s.")
    return text % {
        "rows": rows or "–",
        "since": _since(stock, formats).capitalize(),
        "day": formats.day(report.as_of),
        "plan": formats.number(stock.plan),
        "goal": formats.number(stock.goal),
        "year": stock.by.year,
    }


def _action_tables(report: MonthlyReport, formats: Formats, lines: int) -> tuple[Table | None, Table | None]:
    """What is asked and what became of last month's; asked comes first where both do not fit."""
    asked = sorted(report.asked, key=lambda action: action.due_on)
    heights = [_height(action, formats) for action in asked]
    kept_for_before = min(
        sum(_height(action, formats) for action in report.asked_before), max(lines // 2, 3), 4
    )
    first = _actions(asked, heights, lines - kept_for_before, pgettext("report", "Due"), lambda action: (formats.short_day(action.due_on), ""), formats)  # fmt: skip
    used = sum(heights[: len(first.rows)]) + bool(first.more) if first else 0
    before = list(report.asked_before)
    second = _actions(before, [_height(action, formats) for action in before], lines - used, _("Outcome"), lambda action: _outcome(action, report, formats), formats)  # fmt: skip
    return first, second


def _height(action: PartnerAction, formats: Formats) -> int:
    text = action.action.into(formats.language)
    return min(2, max(lines_of(text, ACTION_WIDTH), lines_of(action.partner, PARTNER_WIDTH)))


def _actions(actions: Sequence[PartnerAction], heights: Sequence[int], lines: int, last: str, outcome: Any, formats: Formats) -> Table | None:  # fmt: skip
    if not actions:
        return None
    shown = min(fitting(heights, lines), MOST_ASKED)
    rows = []
    for action in actions[:shown]:
        text, css = outcome(action)
        rows.append(
            (
                Entry(shortened(action.action.into(formats.language), ACTION_WIDTH)),
                Entry(shortened(action.partner, PARTNER_WIDTH)),
                Entry(action.lead or "–", action.code_name, "case"),
                Entry(text, css=f"date {css}".strip()),
            )
        )
    columns = (
        Column(_("Action")),
        Column(_("Partner")),
        Column(pgettext("report", "Case"), "case"),
        Column(last, "date"),
    )
    return Table("asked", columns, tuple(rows), more=more(len(actions) - shown))


def more(count: int) -> str:
    """Says how many rows were cut, or nothing."""
    return ngettext("and %(count)s more", "and %(count)s more", count) % {"count": count} if count else ""


def _outcome(action: PartnerAction, report: MonthlyReport, formats: Formats) -> tuple[str, str]:
    outcome = headlines.outcome_of(action, report)
    if outcome == "late":
        days = (report.as_of - action.due_on).days
        return ngettext("%(days)s day late", "%(days)s days late", days) % {
            "days": formats.number(days)
        }, "late"
    if outcome == "open":
        return _("under way, %(day)s") % {"day": formats.short_day(action.due_on)}, ""
    if action.closed_on is None:
        return (pgettext("report", "done") if outcome == "done" else pgettext("report", "dropped")), ""
    text = _("done on %(day)s") if outcome == "done" else _("dropped on %(day)s")
    return text % {"day": formats.day_and_month(action.closed_on)}, ""
