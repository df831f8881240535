"""Hand-made reports: a full October 2026, a month in which nothing happened, and the oddities that a page must bear."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from crm.common.months import Month
from crm.reports.monthly import (
    Conversion,
    FlowTarget,
    LeadLists,
    LostLead,
    MonthlyReport,
    MovedLead,
    Observation,
    PartnerAction,
    PlanPoint,
    StalledLead,
    StockTarget,
    Wording,
)
from crm.reports.movement import OPEN_STAGES, StageMovement, split_of

OCTOBER = Month(2026, 10)
KNOWN = datetime(2026, 11, 6, 11, tzinfo=UTC)  # noon in Amsterdam
YEAR_END, WINDOW_END = date(2026, 12, 31), date(2035, 12, 31)
WORDS = (
    "Kwarts", "Hazelaar", "Graniet", "Opaal", "Basalt", "Meidoorn", "Leisteen", "Agaat", "Dolomiet", "Iep", "Marmer",
    "Lariks", "Porfier", "Sleedoorn", "Tufsteen", "Kornoelje", "Gneis", "Vlier", "Es", "Mergel", "Linde", "Els",
)  # fmt: skip


def flows(**changes: dict[str, Any]) -> tuple[FlowTarget, ...]:
    startups = FlowTarget(
        code="startups", kind="yearly", counted=15, goal=20, by=YEAR_END, pace=16.7, pending=1, departed=1, net=14,
        to_date=15, average_per_year=18.0, required_per_year=20.2,
    )  # fmt: skip
    spin_offs = FlowTarget(
        code="spin_offs", kind="yearly", counted=7, goal=10, by=YEAR_END, pace=8.3, pending=0, departed=1, net=6,
        to_date=7, average_per_year=8.4, required_per_year=10.1,
    )  # fmt: skip
    branches = FlowTarget(
        code="rd_branches", kind="cumulative", counted=1, goal=5, by=WINDOW_END, pace=0.4, pending=0, by_takeover=0,
        required_per_year=0.4,
    )  # fmt: skip
    return tuple(replace(flow, **changes.get(flow.code, {})) for flow in (startups, spin_offs, branches))


def stock(code: str, values: tuple[int, ...], goal: int, plan: float, net: int | None) -> StockTarget:
    """Measured on 1 January of 2024 and the years after it; the plan grows geometrically from the first value."""
    base = values[0] if values else goal / 2
    line = tuple(
        PlanPoint(2024.0 + year, round(base * (goal / base) ** (year / 11), 1)) for year in range(12)
    )
    observations = tuple(
        Observation(reference_date=date(2024 + year, 1, 1), value=value, source="Werkgelegenheidsregister", boundary_version="2024")
        for year, value in enumerate(values)
    )  # fmt: skip
    return StockTarget(
        code=code, observations=observations, goal=goal, by=date(2035, 1, 1), plan=plan, plan_line=line, net_since=net
    )  # fmt: skip


def stocks() -> tuple[StockTarget, ...]:
    return (
        stock("companies", (483, 489, 498), 700, 530.9, 9),
        stock("knowledge_intensive_companies", (180, 184, 189), 300, 205.3, 11),
        stock("jobs", (12730, 12905, 12835), 16500, 13608.5, None),
    )


ENGLISH = {
    "Uitsluitsel over 260 m² nat lab, High Tech Factory": "Decide on 260 m² of wet lab, High Tech Factory",
    "Principebesluit milieucategorie proefopstelling": "Decide in principle on the pilot’s permit",
    "Gesprek over vervolgfinanciering": "Talk about follow-up funding",
    "Duidelijkheid over de aanvraag innovatieregeling": "Clarify the request for the innovation fund",
    "450 m² productieruimte navragen bij eigenaren": "Ask owners for 450 m² of production space",
    "Drie startups met huisvestingsvraag overdragen": "Hand over three startups that need space",
    "Tweede gesprek met moederbedrijf bijwonen": "Join the second talk with the parent company",
    "Vrijkomende labruimte opgeven tot eind 2027": "List lab space that comes free until the end of 2027",
    "Datum netverzwaring B&S-park bevestigen": "Confirm the date of the grid’s upgrade, B&S Park",
}


def action(text: str, partner: str, lead: int = 0, **changes: Any) -> PartnerAction:
    name = {"lead": f"L-{427 + lead:04d}", "code_name": WORDS[lead]} if lead else {}
    return PartnerAction(
        **{
            "action": Wording(text, ENGLISH.get(text, text)),
            "partner": partner,
            "due_on": date(2026, 11, 20),
            **name,
            **changes,
        }
    )


def asked() -> tuple[PartnerAction, ...]:
    return (
        action("Uitsluitsel over 260 m² nat lab, High Tech Factory", "Universiteit Twente", 5),
        action("Principebesluit milieucategorie proefopstelling", "gemeente Enschede", 3, due_on=date(2026, 11, 27)),
        action("Gesprek over vervolgfinanciering", "OostNL", due_on=date(2026, 11, 27)),
        action("Duidelijkheid over de aanvraag innovatieregeling", "provincie Overijssel", 7, due_on=date(2026, 12, 4)),
        action("450 m² productieruimte navragen bij eigenaren", "Kennispark Ondernemers", 4, due_on=date(2026, 12, 11)),
    )  # fmt: skip


def asked_before() -> tuple[PartnerAction, ...]:
    done, late = {"status": "done", "closed_on": date(2026, 10, 12)}, date(2026, 10, 15)
    return (
        action("Drie startups met huisvestingsvraag overdragen", "Novel-T", 1, due_on=date(2026, 10, 16), **done),
        action("Tweede gesprek met moederbedrijf bijwonen", "OostNL", 3, due_on=date(2026, 10, 23), status="dropped"),
        action("Vrijkomende labruimte opgeven tot eind 2027", "Universiteit Twente", 5, due_on=date(2026, 11, 18)),
        action("Datum netverzwaring B&S-park bevestigen", "gemeente Enschede", 11, due_on=late),
    )  # fmt: skip


TERMS = (
    "start",
    "new",
    "reopened",
    "moved_in",
    "moved_out",
    "established",
    "lost",
    "referred",
    "withdrawn",
    "parked",
)
MONTH = (
    (20, 9, 0, 0, 6, 0, 1, 0, 0, 1), (19, 2, 1, 6, 4, 0, 1, 1, 0, 1), (15, 0, 0, 5, 3, 0, 0, 0, 1, 0),
    (9, 0, 0, 3, 2, 0, 0, 0, 0, 0), (9, 0, 0, 2, 3, 0, 0, 0, 0, 0), (7, 0, 0, 2, 2, 0, 1, 0, 0, 0),
    (7, 0, 0, 2, 0, 3, 0, 0, 0, 0),
)  # fmt: skip
SPLIT = ((6, 10, 5), (9, 8, 4), (7, 6, 3), (5, 3, 2), (4, 3, 1), (4, 1, 1), (4, 1, 1))


def movement() -> tuple[StageMovement, ...]:
    rows = []
    for stage, terms, tracks in zip(OPEN_STAGES, MONTH, SPLIT, strict=True):
        split = dict(zip(("startup", "knowledge_intensive", "rd_branch"), tracks, strict=True))
        rows.append(
            StageMovement(stage=stage, **dict(zip(TERMS, terms, strict=True)), **split, end=sum(tracks))
        )
    return tuple(rows)


CONVERSION = (
    (262, 171, 0.6521, 0.6138, 0.6893, 2.6), (190, 126, 0.6623, 0.6174, 0.7056, 2.1), (118, 88, 0.7437, 0.6897, 0.7929, 2.4),
    (85, 68, 0.7965, 0.7383, 0.8475, 1.6), (66, 52, 0.7836, 0.7161, 0.8429, 2.2), (52, 42, 0.8019, 0.7273, 0.8654, 1.7),
    (40, 38, 0.9390, 0.8849, 0.9769, 2.0),
)  # fmt: skip


def conversion() -> tuple[Conversion, ...]:
    return tuple(
        Conversion(stage=stage, left=n, advanced=s, chance=p, low=low, high=high, median_months=months)
        for stage, (n, s, p, low, high, months) in zip(OPEN_STAGES, CONVERSION, strict=True)
    )


def leads(moved: int = 8, stalled: int = 7, lost: int = 5) -> LeadLists:
    """Lists with these totals; at most eight leads of each are named."""
    stages = (
        "established",
        "established",
        "established",
        "decision",
        "decision",
        "committed",
        "committed",
        "proposal",
    )
    tracks = (
        "startup",
        "startup",
        "knowledge_intensive",
        "rd_branch",
        "knowledge_intensive",
        "startup",
        "startup",
    )
    reasons = ("no_space", "timing", "large_production", "chose_elsewhere", "no_fit")
    statuses = ("lost", "withdrawn", "referred", "lost", "lost")
    shown = range(8)
    return LeadLists(
        moved=tuple(
            MovedLead(lead=f"L-{376 + n:04d}", code_name=WORDS[n], track=tracks[n % 7], stage=stages[n], area_m2=120 + 60 * n, jobs=9 + n)
            for n in shown if n < moved
        ),
        moved_total=moved,
        stalled=tuple(
            StalledLead(lead=f"L-{338 + n:04d}", code_name=WORDS[8 + n], stage=OPEN_STAGES[1 + n % 6], days_over=74 - 9 * n, next_on=None if n == 3 else date(2026, 11, 10 + n))
            for n in shown if n < stalled
        ),
        stalled_total=stalled,
        lost=tuple(
            LostLead(lead=f"L-{365 + n:04d}", code_name=WORDS[14 + n], stage=OPEN_STAGES[5 - n % 6], status=statuses[n % 5], reason=reasons[n % 5], area_m2=None if n == 4 else 650 - 60 * n, jobs=None if n == 4 else 22 - n)
            for n in shown if n < lost
        ),
        lost_total=lost,
        lost_area_m2=2240 if lost else 0,
        lost_jobs=65 if lost else 0,
    )  # fmt: skip


def report(**changes: Any) -> MonthlyReport:
    """October 2026, full and interesting; `changes` replace its parts."""
    parts = {
        "month": OCTOBER,
        "as_of": date(2026, 10, 31),
        "known_at": KNOWN,
        "rule_version": 1,
        "window_from": date(2026, 1, 1),
        "flows": flows(),
        "stocks": stocks(),
        "asked": asked(),
        "asked_before": asked_before(),
        "movement": movement(),
        "moved_back": 1,
        "conversion": conversion(),
        "conversion_since": date(2024, 1, 1),
        "leads": leads(),
    }
    parts |= changes
    rows = parts["movement"]
    parts.setdefault("open_by_track", split_of(rows))
    parts.setdefault("committed_startups", rows[-1].startup if rows else 0)
    return MonthlyReport(**parts)


def empty_report() -> MonthlyReport:
    """January 2026 in a new database: the baselines of 2024 and nothing else."""
    nothing = {"counted": 0, "pending": 0, "to_date": 0, "average_per_year": 0.0, "departed": 0, "net": 0}
    return report(
        month=Month(2026, 1),
        as_of=date(2026, 1, 31),
        known_at=datetime(2026, 2, 6, 11, tzinfo=UTC),
        flows=flows(
            startups={**nothing, "pace": 1.7, "required_per_year": 20.2},
            spin_offs={**nothing, "pace": 0.8, "required_per_year": 10.1},
            rd_branches={"counted": 0, "pace": 0.0, "required_per_year": 0.5},
        ),
        stocks=(
            stock("companies", (483,), 700, 518.5, 0),
            stock("knowledge_intensive_companies", (180,), 300, 198.3, 0),
            stock("jobs", (12730,), 16500, 13372.0, None),
        ),
        asked=(),
        asked_before=(),
        movement=tuple(StageMovement(stage=stage) for stage in OPEN_STAGES),
        moved_back=0,
        conversion=tuple(
            Conversion(stage=stage, left=0, advanced=0, chance=0.5, low=0.0245, high=0.9755)
            for stage in OPEN_STAGES
        ),
        leads=LeadLists(),
    )
