"""Builds a month's report from the log and the ledger, as known at a moment. Reads only; no name of a lead is read."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

from crm.acquisition.choices import Confidentiality
from crm.acquisition.models import Lead
from crm.common.months import Month, amsterdam_day
from crm.reports import logbook, models, pipeline
from crm.reports.monthly import (
    FlowTarget,
    MonthlyReport,
    Observation,
    PartnerAction,
    PlanPoint,
    StockTarget,
    Wording,
)
from crm.reports.pipeline import Pipeline
from crm.rules.reading import norms_on
from crm.targets import progress as figures
from crm.targets.choices import TargetCode
from crm.targets.figures import part_of_year, tenth
from crm.targets.models import Observation as Measurement
from crm.targets.models import Target
from crm.targets.progress import CumulativeProgress, Progress, StockProgress, YearlyProgress

CONVERSION_SINCE = date(2024, 1, 1)
FLOWS = (TargetCode.STARTUPS, TargetCode.SPIN_OFFS, TargetCode.RD_BRANCHES)
STOCKS = (TargetCode.COMPANIES, TargetCode.KNOWLEDGE_INTENSIVE_COMPANIES, TargetCode.JOBS)


def build_report(*, month: Month, known_at: datetime, as_of: date | None = None) -> MonthlyReport:
    """The figures of a month; of a month that is not over, those up to `as_of`.

    Raises `UnbalancedMovementError` naming stages and leads where the log does not balance: then there is no report.
    """
    as_of = as_of or month.last_day
    progress = figures.progress(as_of, known_at)
    targets = Target.objects.in_bulk(field_name="code")
    strict = frozenset(
        Lead.objects.filter(confidentiality=Confidentiality.STRICT).values_list("pk", flat=True)
    )
    leads = Pipeline(
        logbook.stories(as_of, known_at), month.first_day, as_of, strict, norms_on(as_of, known_at)
    )
    rows, strict_open = leads.movement(), leads.strict_open()
    shown, split = pipeline.withhold(rows, strict_open)
    return MonthlyReport(
        month=month,
        as_of=as_of,
        known_at=known_at.astimezone(UTC),
        rule_version=progress.rule_version,
        window_from=figures.window_of(targets[TargetCode.STARTUPS]).first,
        flows=tuple(_flow(targets[code], progress, as_of) for code in FLOWS),
        stocks=_stocks(targets, progress, known_at),
        asked=_actions(month, known_at),
        asked_before=_actions(month.previous(), known_at),
        movement=shown,
        open_by_track=split,
        committed_startups=pipeline.committed_startups(rows, strict_open),
        moved_back=leads.moved_back(),
        conversion=leads.conversion(CONVERSION_SINCE),
        conversion_since=CONVERSION_SINCE,
        leads=pipeline.lists(leads, known_at),
    )


def _flow(target: Target, progress: Progress, as_of: date) -> FlowTarget:
    counts, window = progress.targets[target.code], figures.window_of(target)
    if isinstance(counts, CumulativeProgress):
        elapsed, left = window.elapsed(as_of), window.left(as_of)
        return FlowTarget(
            code=target.code,
            kind=counts.kind,
            counted=counts.counted,
            goal=counts.goal,
            by=counts.by,
            pace=_tenth(counts.goal * elapsed / window.years),
            pending=counts.pending,
            by_takeover=counts.by_takeover,
            required_per_year=_tenth(max(counts.goal - counts.counted, 0) / left) if left else None,
        )
    if not isinstance(counts, YearlyProgress):
        raise TypeError(f"{target.code} is no flow")
    return FlowTarget(
        code=target.code,
        kind=counts.kind,
        counted=counts.counted,
        goal=counts.goal,
        by=date(counts.year, 12, 31),
        pace=_tenth(counts.goal * part_of_year(as_of)) if as_of in window else 0.0,
        pending=counts.pending,
        departed=counts.departed,
        net=counts.net,
        to_date=counts.to_date,
        average_per_year=_float(counts.average_per_year),
        required_per_year=_float(counts.required_per_year),
    )


def _stocks(targets: dict[str, Target], progress: Progress, known_at: datetime) -> tuple[StockTarget, ...]:
    measured: dict[int, dict[date, Observation]] = {}
    for row in Measurement.objects.known(progress.as_of, known_at):
        # Of two for one day the later known comes first and stays.
        measured.setdefault(row.target_id, {}).setdefault(
            row.reference_date,
            Observation(
                reference_date=row.reference_date,
                value=row.value,
                source=row.source,
                boundary_version=row.boundary_version,
            ),
        )
    return tuple(_stock(targets[code], progress, measured.get(targets[code].pk, {})) for code in STOCKS)


def _stock(target: Target, progress: Progress, measured: dict[date, Observation]) -> StockTarget:
    counts, plan = progress.targets[target.code], figures.plan_of(target)
    if not isinstance(counts, StockProgress):
        raise TypeError(f"{target.code} is no stock")
    years = range(plan.first_year, plan.goal_year + 1)
    return StockTarget(
        code=target.code,
        observations=tuple(measured[day] for day in sorted(measured)),
        goal=counts.goal,
        by=target.goal_on,
        plan=float(counts.plan),
        # A year's start is the end of the last day of the year before it.
        plan_line=tuple(PlanPoint(float(year), float(plan.at(date(year - 1, 12, 31)))) for year in years),
        net_since=counts.net_since,
    )


def _actions(month: Month, known_at: datetime) -> tuple[PartnerAction, ...]:
    rows = (
        models.PartnerAction.objects.filter(month=month.first_day, created_at__lte=known_at)
        .select_related("partner", "lead")
        .order_by("due_on", "pk")
    )
    return tuple(_action(row, known_at) for row in rows)


def _action(row: models.PartnerAction, known_at: datetime) -> PartnerAction:
    status, closed_on = "open", None
    if row.done_on and row.done_on <= amsterdam_day(known_at):
        status, closed_on = "done", row.done_on
    elif row.dropped_reason and row.changed_at <= known_at:
        status = "dropped"
    lead = row.lead if row.lead and row.lead.confidentiality != Confidentiality.STRICT else None
    return PartnerAction(
        action=Wording(row.action_nl, row.action_en),
        partner=row.partner.name,
        lead=lead.reference if lead else "",
        code_name=lead.code_name or "" if lead else "",
        due_on=row.due_on,
        status=status,
        closed_on=closed_on,
    )


def _tenth(value: Fraction | int) -> float:
    return float(tenth(Fraction(value)))


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
