"""Titles that are the message: sentences computed from an edition's figures, in the active language."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm.reports import labels
from crm.reports.formats import Formats, rounded, sentence
from crm.reports.monthly import FlowTarget, MonthlyReport, PartnerAction, StockTarget

HALF = 0.5  # less than half an enterprise from the pace is on pace
NEAR = 0.005  # less than half a per cent from the plan is on plan


def pace_of(flow: FlowTarget) -> str:
    """Where a count stands: reached, ahead, level or behind."""
    if flow.counted >= flow.goal:
        return "reached"
    gap = flow.counted - flow.pace
    if abs(gap) < HALF:
        return "level"
    return "ahead" if gap > 0 else "behind"


def title(report: MonthlyReport, formats: Formats) -> str:
    """The report in one sentence: startups, R&D branches, and how startups keep pace."""
    startups, branches = report.flow("startups"), report.flow("rd_branches")
    counts = _("%(startups)s of %(goal)s startups and %(branches)s of %(branch_goal)s R&D branches") % {
        "startups": formats.number(startups.counted),
        "goal": formats.number(startups.goal),
        "branches": formats.number(branches.counted),
        "branch_goal": formats.number(branches.goal),
    }
    gap = formats.number(abs(rounded(startups.counted - startups.pace, 1)), 1)
    verdict = {
        "reached": _("the goal for startups is reached"),
        "ahead": _("startups are %(gap)s ahead of pace"),
        "level": _("startups are on pace"),
        "behind": _("startups are %(gap)s behind pace"),
    }[pace_of(startups)]
    return f"{counts}; {verdict % {'gap': gap}}"


def need(report: MonthlyReport, formats: Formats) -> tuple[str, str]:
    """What the year still asks, in large, and what has been promised toward it, in small."""
    startups = report.flow("startups")
    short, days = startups.goal - startups.counted, (startups.by - report.as_of).days
    values = {"short": formats.spelled(short), "days": days, "goal": startups.goal, "year": startups.by.year}
    if short <= 0:
        large = _("The goal of %(goal)s startups for %(year)s is reached") % values
    elif not days:
        large = _("%(year)s closed %(short)s short of %(goal)s startups") % values
    else:
        text = ngettext(
            "%(short)s more startup needed in the %(days)s days left",
            "%(short)s more startups needed in the %(days)s days left",
            short,
        )
        large = sentence(text % values)
    committed = report.committed_startups
    if committed is None:
        return large, ""
    if not committed:
        return large, _("None has committed.")
    small = ngettext(
        "%(count)s has committed; it counts once it is at work here.",
        "%(count)s have committed; they count once they are at work here.",
        committed,
    )
    return large, sentence(small % {"count": formats.spelled(committed)})


def _grouped(groups: Iterable[tuple[str, list[str]]], formats: Formats) -> str:
    return "; ".join(f"{formats.listed(names)} {verdict}" for verdict, names in groups if names)


def flows(report: MonthlyReport, formats: Formats) -> str:
    """Which counts are behind their pace and which are not."""
    standing = {code: pace_of(report.flow(code)) for code in labels.FLOW_NAMES}
    groups = [
        (verdict, [labels.target_inside(code) for code, place in standing.items() if place == key])
        for key, verdict in (
            ("reached", _("at their goal")),
            ("behind", _("behind pace")),
            ("level", _("on pace")),
            ("ahead", _("ahead of pace")),
        )
    ]
    return sentence(_grouped(groups, formats))


def plan_gap(stock: StockTarget) -> int | None:
    """Today's stock minus its plan, in whole units; None where nothing has been measured."""
    return None if stock.now is None else int(rounded(stock.now) - rounded(stock.plan))


def stock_verdict(stock: StockTarget, formats: Formats) -> str:
    gap = plan_gap(stock)
    if gap is None:
        return _("not measured yet")
    if not gap:
        return _("on plan")
    text = _("%(gap)s below plan") if gap < 0 else _("%(gap)s above plan")
    return text % {"gap": formats.number(abs(gap))}


def stocks(report: MonthlyReport, formats: Formats) -> str:
    """Which stocks are below their plan to 2035 and which are not."""
    places: dict[str, list[str]] = {"unknown": [], "below": [], "on": [], "above": []}
    for stock in report.stocks:
        gap = plan_gap(stock)
        if gap is None:
            place = "unknown"
        elif abs(gap) < max(stock.plan * NEAR, 1):
            place = "on"
        else:
            place = "below" if gap < 0 else "above"
        places[place].append(labels.target_inside(stock.code))
    verdicts = {
        "unknown": _("not measured yet"),
        "below": _("below plan"),
        "on": _("on plan"),
        "above": _("above plan"),
    }
    groups = _grouped([(verdicts[place], names) for place, names in places.items()], formats)
    return _("To %(year)s: %(groups)s") % {"year": report.stocks[0].by.year, "groups": groups}


def asked(report: MonthlyReport, formats: Formats) -> str:
    actions = report.asked
    if not actions:
        return _("Asked of partners: nothing this month")
    due = formats.day_and_month(min(action.due_on for action in actions))
    text = ngettext(
        "Asked of partners: %(count)s action, due %(due)s",
        "Asked of partners: %(count)s actions, the first due %(due)s",
        len(actions),
    )
    return text % {"count": formats.spelled(len(actions)), "due": due}


def outcome_of(action: PartnerAction, report: MonthlyReport) -> str:
    """What became of an action by the report's day: done, dropped, open or late."""
    if action.status != "open":
        return action.status
    return "late" if action.due_on < report.as_of else "open"


def asked_before(report: MonthlyReport, formats: Formats) -> str:
    """What became of the actions of the month before."""
    month = formats.month_name(report.month.previous())
    outcomes = [outcome_of(action, report) for action in report.asked_before]
    words = {
        "done": pgettext("report", "done"),
        "open": pgettext("report", "under way"),
        "dropped": pgettext("report", "dropped"),
        "late": pgettext("report", "late"),
    }
    parts = [
        f"{formats.spelled(outcomes.count(key))} {word}" for key, word in words.items() if key in outcomes
    ]
    if not parts:
        return _("From %(month)s: nothing was asked") % {"month": month}
    return _("From %(month)s: %(parts)s") % {"month": month, "parts": ", ".join(parts)}


def pipeline(report: MonthlyReport, formats: Formats) -> str:
    """From how many open leads to how many, and how many ended well or not."""
    whole = report.total
    if report.is_empty:
        return _("No open leads, and none that moved this month")
    gone = report.leads.lost_total
    values = {
        "start": formats.number(whole.start),
        "end": formats.number(whole.end),
        "established": formats.spelled(whole.established)
        if whole.established
        else pgettext("report", "none"),
        "gone": formats.spelled(gone) if gone else pgettext("report", "none"),
    }
    return (
        _("From %(start)s to %(end)s open leads; %(established)s established, %(gone)s dropped out") % values
    )


def conversion(report: MonthlyReport, formats: Formats) -> str:
    """Where leads go on least and most, among stages that at least ten leads have left."""
    known = [step for step in report.conversion if step.left >= 10]
    if len(known) < 2:
        return _("How many leads go on: too few have left a stage to compare")
    least, most = min(known, key=lambda step: step.chance), max(known, key=lambda step: step.chance)
    return _("Fewest leads go on after %(least)s (%(low)s), most after %(most)s (%(high)s)") % {
        "least": labels.stage(least.stage),
        "low": formats.percent(least.chance),
        "most": labels.stage(most.stage),
        "high": formats.percent(most.chance),
    }


def moved(report: MonthlyReport, formats: Formats) -> str:
    count = report.leads.moved_total
    text = ngettext("%(count)s lead got further", "%(count)s leads got further", count)
    return sentence(text % {"count": formats.spelled(count) if count else pgettext("report", "no")})


def stalled(report: MonthlyReport, formats: Formats) -> str:
    count = report.leads.stalled_total
    text = ngettext(
        "%(count)s lead stands longer than the norm", "%(count)s leads stand longer than the norm", count
    )
    return sentence(text % {"count": formats.spelled(count) if count else pgettext("report", "no")})


def lost(report: MonthlyReport, formats: Formats) -> str:
    leads, month = report.leads, formats.month_name(report.month)
    if not leads.lost_total:
        return _("Dropped out in %(month)s: no lead") % {"month": month}
    values = {"month": month, "count": formats.spelled(leads.lost_total)}
    if leads.lost_area_m2 is None or leads.lost_jobs is None:
        text = ngettext(
            "Dropped out in %(month)s: %(count)s lead",
            "Dropped out in %(month)s: %(count)s leads",
            leads.lost_total,
        )
        return text % values
    text = ngettext(
        "Dropped out in %(month)s: %(count)s lead, %(area)s m² and %(jobs)s jobs",
        "Dropped out in %(month)s: %(count)s leads, together %(area)s m² and %(jobs)s jobs",
        leads.lost_total,
    )
    area, jobs = formats.number(leads.lost_area_m2), formats.number(leads.lost_jobs)
    return text % {**values, "area": area, "jobs": jobs}
