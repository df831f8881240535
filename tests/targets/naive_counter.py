"""A second, naive reading of docs/counting.md: plain loops over the CSV files of a history folder, no database.

It shares no line with the product, so that the two can disagree.
"""

import csv
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

ALWAYS = date(2024, 1, 1)
AREAS = {
    "ut_campus": ALWAYS,
    "bs_park": ALWAYS,
    "twente_village": ALWAYS,
    "vredestein": None,
    "technology_base": None,
}
BASELINES = {"knowledge_intensive_companies": (180, 300), "companies": (483, 700), "jobs": (12730, 16500)}
BASELINE_SOURCE = "Gebiedsstrategie Kennispark Twente 2026–2035"
BASELINE_KNOWN = datetime.fromisoformat("2024-01-01T00:00:00+01:00")


def read(folder: Path, name: str) -> list[dict]:
    path = folder / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def day(text: str) -> date:
    return date.fromisoformat(text)


@cache
def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class History:
    def __init__(self, folder: Path) -> None:
        self.areas = dict(AREAS)
        for row in read(folder, "areas"):
            self.areas[row["code"]] = day(row["counts_from"]) if row["counts_from"] else None
        self.group = {row["ref"]: row["group_ref"] or row["ref"] for row in read(folder, "organisations")}
        self.events = read(folder, "count_events")
        self.observations = read(folder, "observations")

    def in_counting_area(self, event: dict) -> bool:
        since = self.areas[event["area"]]
        return since is not None and since <= day(event["occurred_on"])

    def is_taken_back(self, event: dict, known_at: datetime) -> bool:
        for other in self.events:
            if other["kind"] != "reversal" or other["reverses_ref"] != event["ref"]:
                continue
            if other["confirmed_at"] and moment(other["confirmed_at"]) <= known_at:
                return True
        return False

    def standing(self, as_of: date, known_at: datetime) -> list[dict]:
        found = []
        for event in self.events:
            if event["kind"] == "reversal" or not event["confirmed_at"]:
                continue
            if day(event["occurred_on"]) > as_of or moment(event["confirmed_at"]) > known_at:
                continue
            if not self.is_taken_back(event, known_at):
                found.append(event)
        return found

    def pending(self, as_of: date, known_at: datetime) -> list[dict]:
        found = []
        for event in self.events:
            if event["kind"] != "arrival" or day(event["occurred_on"]) > as_of:
                continue
            if moment(event["recorded_at"]) > known_at or self.is_taken_back(event, known_at):
                continue
            if not event["confirmed_at"] or moment(event["confirmed_at"]) > known_at:
                found.append(event)
        return found

    # Flows

    def counted(self, target: str, standing: list[dict], year: int | None = None) -> set[str]:
        """Enterprises (groups for R&D branches) that count in the window, or in one of its years."""
        arrivals = [e for e in standing if e["kind"] == "arrival" and self.in_counting_area(e)]
        arrivals.sort(key=lambda e: (day(e["occurred_on"]), moment(e["recorded_at"])))
        seen: set[str] = set()
        counting: set[str] = set()
        for event in arrivals:
            if target == "rd_branches":
                if event["category"] != "rd_branch":
                    continue
                who = self.group[event["organisation_ref"]]
            else:
                who = event["organisation_ref"]
            if who in seen:
                continue
            seen.add(who)
            on = day(event["occurred_on"])
            if not 2026 <= on.year <= 2035 or (year is not None and on.year != year):
                continue
            if target == "startups" and event["category"] != "startup":
                continue
            if target == "spin_offs" and event["spin_off_origin"] in ("", "student"):
                continue
            counting.add(who)
        return counting

    def waiting(self, target: str, standing: list[dict], pending: list[dict], year: int | None) -> int:
        """Who would be added if one of the pending arrivals of the year (or the window) were confirmed."""
        before = self.counted(target, standing, year)
        added: set[str] = set()
        for event in pending:
            on = day(event["occurred_on"])
            if (year is not None and on.year != year) or not 2026 <= on.year <= 2035:
                continue
            added |= self.counted(target, [*standing, event], year) - before
        return len(added)

    def yearly(self, target: str, goal: int, as_of: date, standing: list[dict], pending: list[dict]) -> dict:
        ever = self.counted(target, standing)
        this_year = self.counted(target, standing, as_of.year)
        left = set()
        for event in standing:
            is_leaving = event["kind"] in ("departure", "closure")
            if is_leaving and day(event["occurred_on"]).year == as_of.year:
                left.add(event["organisation_ref"])
        left &= ever
        elapsed = self.elapsed(as_of)
        return {
            "kind": "yearly",
            "year": as_of.year,
            "counted": len(this_year),
            "goal": goal,
            "to_date": len(ever),
            "average_per_year": one_decimal(Decimal(len(ever)) / elapsed) if elapsed else None,
            "required_per_year": one_decimal((10 * goal - len(ever)) / (10 - elapsed))
            if elapsed < 10
            else None,
            "departed": len(left),
            "net": len(this_year) - len(left),
            "pending": self.waiting(target, standing, pending, as_of.year),
        }

    @staticmethod
    def elapsed(as_of: date) -> Decimal:
        """Days of the window gone by, each as a part of its own year."""
        total = Decimal(0)
        for year in range(2026, 2036):
            first, last = date(year, 1, 1), date(year, 12, 31)
            days = (last - first).days + 1
            gone = min(max((as_of - first).days + 1, 0), days)
            total += Decimal(gone) / days
        return total

    def rd_branches(self, standing: list[dict], pending: list[dict]) -> dict:
        return {
            "kind": "cumulative",
            "counted": len(self.counted("rd_branches", standing)),
            "goal": 5,
            "by": "2035-12-31",
            "pending": self.waiting("rd_branches", standing, pending, None),
            "by_takeover": len(
                [e for e in standing if e["kind"] == "reclassification" and e["category"] == "rd_branch"]
            ),
        }

    # Stocks

    def observation(self, target: str, as_of: date, known_at: datetime) -> tuple | None:
        """Latest reference date of those known; of two for one date, the later known."""
        best = None
        rows = [
            (row["reference_date"], moment(row["known_at"]), int(row["value"]), row["source"])
            for row in self.observations
            if row["target"] == target
        ]
        rows.append(("2024-01-01", BASELINE_KNOWN, BASELINES[target][0], BASELINE_SOURCE))
        for row in rows:
            if day(row[0]) <= as_of and row[1] <= known_at and (best is None or row[:2] > best[:2]):
                best = row
        return best

    def stock(self, target: str, as_of: date, known_at: datetime) -> dict:
        seen = self.observation(target, as_of, known_at)
        standing = self.standing(as_of, known_at)
        net = None
        if seen and target == "companies":
            net = self.net_companies(standing, day(seen[0]))
        elif seen and target == "knowledge_intensive_companies":
            net = self.net_knowledge_intensive(standing, day(seen[0]))
        return {
            "kind": "stock",
            "observed": seen[2] if seen else None,
            "observed_on": seen[0] if seen else None,
            "source": seen[3] if seen else None,
            "goal": BASELINES[target][1],
            "plan": self.plan(*BASELINES[target], as_of),
            "net_since": net,
        }

    @staticmethod
    def plan(baseline: int, goal: int, as_of: date) -> float:
        new_year, next_year = date(as_of.year, 1, 1), date(as_of.year, 12, 31) + timedelta(days=1)
        position = as_of.year + ((as_of - new_year).days + 1) / (next_year - new_year).days
        share = min(max((position - 2024) / 11, 0), 1)
        return one_decimal(Decimal(baseline * (goal / baseline) ** share))

    def net_companies(self, standing: list[dict], since: date) -> int:
        net = 0
        for event in standing:
            if day(event["occurred_on"]) > since and self.in_counting_area(event):
                if event["kind"] == "arrival":
                    net += 1
                if event["kind"] in ("departure", "closure"):
                    net -= 1
        return net

    def net_knowledge_intensive(self, standing: list[dict], since: date) -> int:
        net = 0
        for event in standing:
            if day(event["occurred_on"]) <= since or not self.in_counting_area(event):
                continue
            passed = event["is_knowledge_intensive"] == "yes"
            if event["kind"] == "arrival":
                net += passed
            elif event["kind"] in ("departure", "closure"):
                known = self.outcome_before(standing, event, and_that_day=True)
                net -= known == "yes"
            elif event["kind"] == "reclassification":
                known = self.outcome_before(standing, event, and_that_day=False)
                if known != event["is_knowledge_intensive"]:
                    net += 1 if passed else -1
        return net

    @staticmethod
    def outcome_before(standing: list[dict], event: dict, *, and_that_day: bool) -> str:
        """The company's latest outcome: until the end of the event's day, or until the event itself."""
        best, outcome = None, ""
        for other in standing:
            if other["organisation_ref"] != event["organisation_ref"] or other is event:
                continue
            if other["kind"] not in ("arrival", "reclassification"):
                continue
            place = (other["occurred_on"], moment(other["recorded_at"]))
            before = other["occurred_on"] <= event["occurred_on"]
            if not and_that_day:
                before = place < (event["occurred_on"], moment(event["recorded_at"]))
            if before and (best is None or place > best):
                best, outcome = place, other["is_knowledge_intensive"]
        return outcome


def one_decimal(value: Decimal) -> float:
    return float(value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def count(history: History, as_of: date, known_at: datetime) -> dict:
    """The `targets` of `manage.py progress --json` for a pair of days."""
    standing, pending = history.standing(as_of, known_at), history.pending(as_of, known_at)
    return {
        "rd_branches": history.rd_branches(standing, pending),
        "startups": history.yearly("startups", 20, as_of, standing, pending),
        "spin_offs": history.yearly("spin_offs", 10, as_of, standing, pending),
        "knowledge_intensive_companies": history.stock("knowledge_intensive_companies", as_of, known_at),
        "companies": history.stock("companies", as_of, known_at),
        "jobs": history.stock("jobs", as_of, known_at),
    }
