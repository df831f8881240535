"""Page 2, the pipeline: the movement that balances, conversion per stage, leads that moved, stall or dropped out."""

from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm.reports import charts, headlines, labels
from crm.reports.charts import Change, Step
from crm.reports.formats import Formats
from crm.reports.monthly import Conversion, MonthlyReport
from crm.reports.movement import GAINS, LOSSES, TRACKS, StageMovement
from crm.reports.page_one import more
from crm.reports.tables import Column, Entry, Table

LINES = 16  # for the two lists of leads and the list of those that dropped out, together


def context(report: MonthlyReport, formats: Formats) -> dict[str, Any]:
    changes = _changes(report)
    leads = report.leads
    longest = max(
        _lines(len(leads.moved), leads.moved_total), _lines(len(leads.stalled), leads.stalled_total)
    )
    return {
        "title": headlines.pipeline(report, formats),
        "waterfall": _waterfall(report, formats, changes),
        "movement": _movement(report, formats),
        "movement_note": _movement_note(report, formats),
        "conversion_title": headlines.conversion(report, formats),
        "conversion": _conversion(report, formats),
        "conversion_note": _conversion_note(report, formats),
        "moved_title": headlines.moved(report, formats),
        "moved": _moved(report, formats),
        "moved_none": _unnamed(leads.moved_total) or _("No lead got a stage further this month."),
        "stalled_title": headlines.stalled(report, formats),
        "stalled": _stalled(report, formats),
        "stalled_none": _unnamed(leads.stalled_total)
        or _("Every open lead moved within the norm of its stage."),
        "lost_none": _unnamed(leads.lost_total) or _("No lead was lost, referred or withdrawn."),
        "lost_title": headlines.lost(report, formats),
        "lost": _lost(report, formats, LINES - longest - max(len(changes) - 4, 0)),
    }


def _unnamed(count: int) -> str:
    """Said in place of a list whose leads may not be named; nothing where there is no lead."""
    text = ngettext(
        "%(count)s not named: strictly confidential", "%(count)s not named: strictly confidential", count
    )
    return text % {"count": count} if count else ""


def _lines(rows: int, total: int) -> int:
    """A list's height in lines: its rows, and one more where it does not show all."""
    return rows + (rows < total)


def _changes(report: MonthlyReport) -> list[Change]:
    """The month's steps; what did not happen is left out, but for what a reader looks for."""
    whole = report.total
    steps = [
        Change(_("New"), whole.new, "gain"),
        Change(_("Reopened"), whole.reopened, "gain"),
        Change(_("Established"), -whole.established, "established"),
        Change(_("Lost"), -whole.lost, "lost"),
        Change(_("Referred"), -whole.referred, "other"),
        Change(_("Withdrawn"), -whole.withdrawn, "other"),
        Change(_("Parked"), -whole.parked, "other"),
    ]
    always = (_("New"), _("Established"), _("Lost"))
    return [step for step in steps if step.amount or step.name in always]


def _waterfall(report: MonthlyReport, formats: Formats, changes: list[Change]) -> str:
    whole = report.total
    before = formats.short_day(report.month.previous().last_day)
    drawing = charts.waterfall(
        (_("Open on %(day)s") % {"day": before}, whole.start),
        changes,
        (_("Open on %(day)s") % {"day": formats.short_day(report.as_of)}, whole.end),
        unit=_("open leads"),
        message=_("How the number of open leads changed in %(month)s:")
        % {"month": formats.month(report.month)},
        formats=formats,
    )
    return mark_safe(drawing)  # noqa: S308 - drawn here, every text in it is escaped by the canvas


def _movement(report: MonthlyReport, formats: Formats) -> Table:
    number = "number"
    # Two lines each, so that the signs stand in one row; | parts the lines.
    columns = (
        Column(_("Stage")),
        Column(formats.short_day(report.month.previous().last_day), number),
        Column(_two_lines(pgettext("movement", "new")), number, "+"),
        Column(_two_lines(pgettext("movement", "re-|opened")), number, "+"),
        Column(_two_lines(pgettext("movement", "in")), number, "+"),
        Column(_two_lines(pgettext("movement", "out")), number, "−"),
        Column(_two_lines(pgettext("movement", "estab-|lished")), number, "−"),
        Column(_two_lines(pgettext("movement", "lost")), number, "−"),
        Column(_two_lines(pgettext("movement", "re-|ferred")), number, "−"),
        Column(_two_lines(pgettext("movement", "with-|drawn")), number, "−"),
        Column(_two_lines(pgettext("movement", "parked")), number, "−"),
        Column(_two_lines(formats.short_day(report.as_of)), number, "="),
        Column(pgettext("movement", "of these|startup"), "number split"),
        Column(pgettext("movement", "knowl.-|intensive"), number),
        Column(pgettext("movement", "R&D"), number),
    )
    rows = tuple(_movement_row(row, formats, labels.stage(row.stage)) for row in report.movement)
    return Table("movement", columns, rows, total=_movement_row(report.total, formats, _("All stages")))


def _two_lines(label: str) -> str:
    return label if "|" in label else f"|{label}"


def _movement_row(row: StageMovement, formats: Formats, name: str) -> tuple[Entry, ...]:
    terms = tuple(
        Entry(formats.number(getattr(row, term)), css="number" if getattr(row, term) else "number zero")
        for term in (*GAINS, *LOSSES)
    )
    split = tuple(
        Entry("·" if value is None else formats.number(value), css="number split" if not place else "number")
        for place, value in enumerate(getattr(row, track) for track in TRACKS)
    )
    start = Entry(formats.number(row.start), css="number")
    return (Entry(name), start, *terms, Entry(formats.number(row.end), css="number end"), *split)


def _movement_note(report: MonthlyReport, formats: Formats) -> str:
    forward = report.total.moved_in - report.moved_back
    text = _("In and out: %(forward)s forward, %(back)s back.")
    note = text % {"forward": formats.number(forward), "back": formats.number(report.moved_back)}
    if any(getattr(row, track) is None for row in report.movement for track in TRACKS):
        note += " " + _("A dot stands for a number that would give a strictly confidential lead away.")
    return note


def _conversion(report: MonthlyReport, formats: Formats) -> str:
    drawing = charts.conversion(
        [_step(step, formats) for step in report.conversion],
        headings=(_("chance"), _("interval, 80%"), "n", _("median months")),
        message=f"{headlines.conversion(report, formats)}.",
        formats=formats,
    )
    return mark_safe(drawing)  # noqa: S308 - drawn here, every text in it is escaped by the canvas


def _step(step: Conversion, formats: Formats) -> Step:
    name = _("%(stage)s to %(next)s") % {
        "stage": labels.stage(step.stage),
        "next": labels.next_stage(step.stage).lower(),
    }
    median = "–" if step.median_months is None else formats.number(step.median_months, 1)
    if not step.left:
        reading = _("%(name)s: no lead has left this stage.") % {"name": name}
        return Step(name, 0, None, 0, 0, ("–", "–", "0", median), reading)
    chance = formats.percent(step.chance)
    interval = f"{formats.number(step.low * 100)}–{formats.percent(step.high)}"
    text = _(
        "%(name)s: %(chance)s, interval %(interval)s, %(advanced)s of %(left)s, median %(median)s months."
    )
    reading = text % {
        "name": name,
        "chance": chance,
        "interval": interval,
        "advanced": formats.number(step.advanced),
        "left": formats.number(step.left),
        "median": median,
    }
    cells = (chance, interval, formats.number(step.left), median)
    return Step(name, step.left, step.chance, step.low, step.high, cells, reading)


def _conversion_note(report: MonthlyReport, formats: Formats) -> str:
    text = _(
        "All tracks since %(day)s. n left the stage, s of them forward; chance (s + ½) / (n + 1), Jeffreys’ interval."
    )
    return text % {"day": formats.day(report.conversion_since)}


def _area(area: int | None, formats: Formats) -> Entry:
    return Entry("–" if area is None else formats.number(area), css="number")


def _moved(report: MonthlyReport, formats: Formats) -> Table | None:
    rows = tuple(
        (
            Entry(lead.lead, lead.code_name, "case"),
            Entry(labels.track(lead.track)),
            Entry(labels.stage(lead.stage), css="strong" if lead.stage == "established" else ""),
            _area(lead.area_m2, formats),
            _area(lead.jobs, formats),
        )
        for lead in report.leads.moved
    )
    columns = (
        Column(_("Lead"), "case"),
        Column(_("Track")),
        Column(_("Now")),
        Column("m²", "number"),
        Column(_("Jobs"), "number"),
    )
    return Table("moved", columns, rows, more=more(report.leads.moved_total - len(rows))) if rows else None


def _stalled(report: MonthlyReport, formats: Formats) -> Table | None:
    rows = []
    for lead in report.leads.stalled:
        over = _("%(days)s d") % {"days": formats.number(lead.days_over)}
        day = pgettext("report", "none") if lead.next_on is None else formats.short_day(lead.next_on)
        rows.append(
            (
                Entry(lead.lead, lead.code_name, "case"),
                Entry(labels.stage(lead.stage)),
                Entry(over, css="number"),
                Entry(day, css="date"),
            )
        )
    columns = (
        Column(_("Lead"), "case"),
        Column(_("Stage")),
        Column(_("Too long"), "number"),
        Column(_("Next task"), "date"),
    )
    left = report.leads.stalled_total - len(rows)
    return Table("stalled", columns, tuple(rows), more=more(left)) if rows else None


def _lost(report: MonthlyReport, formats: Formats, lines: int) -> Table | None:
    leads = report.leads
    shown = len(leads.lost) if leads.lost_total <= lines else max(min(len(leads.lost), lines - 1), 1)
    rows = tuple(
        (
            Entry(lead.lead, lead.code_name, "case"),
            Entry(labels.stage(lead.stage)),
            Entry(labels.status(lead.status), css="lost" if lead.status == "lost" else ""),
            Entry(labels.reason(lead.reason)),
            _area(lead.area_m2, formats),
            _area(lead.jobs, formats),
        )
        for lead in leads.lost[:shown]
    )
    columns = (
        Column(_("Lead"), "case"),
        Column(_("Furthest stage")),
        Column(_("Outcome")),
        Column(_("Reason")),
        Column("m²", "number"),
        Column(_("Jobs"), "number"),
    )
    return Table("gone", columns, rows, more=more(leads.lost_total - len(rows))) if rows else None
