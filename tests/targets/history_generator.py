"""Invents a history folder for `manage.py import_history`: the same seed gives the same files, byte for byte.

Companies arrive, move, change, leave, come back, were here before the ledger began; events are recorded late, confirmed
later or never, taken back and recorded anew; two of them share a day, and areas and groups vary.
"""

import csv
import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FIRST_DAY, LAST_DAY = date(2025, 1, 1), date(2029, 12, 31)
# Everything is recorded and confirmed before this moment; an import sets its clock here.
IMPORTED_AT = datetime(2031, 3, 1, 12, tzinfo=AMSTERDAM)
PEOPLE = [f"{name}@kennispark.example" for name in ("anna", "bram", "carla", "daan", "eva", "fatima")]
AREAS = (
    ["ut_campus"] * 4 + ["bs_park"] * 4 + ["twente_village", "vredestein", "vredestein", "technology_base"]
)
ORIGINS = [
    "",
    "",
    "academic_ip",
    "academic_staff",
    "student_research",
    "student",
    "corporate",
    "other_institute",
]
EVIDENCE = ["confirmation_letter", "lease", "register_extract", "kto_statement", "site_visit_note", "other"]
LEAVING = ("departure", "closure")
STAGES = [
    "identified",
    "contacted",
    "qualified",
    "site_visit",
    "proposal",
    "decision",
    "committed",
    "established",
]
COLUMNS = {
    "areas": ["code", "counts_from"],
    "organisations": ["ref", "name", "kvk", "group_ref", "founded_on"],
    "leads": [
        "ref",
        "organisation_ref",
        "working_name",
        "track",
        "spin_off_expected",
        "confidentiality",
        "owner_email",
    ],
    "stage_changes": [
        "lead_ref",
        "from_stage",
        "to_stage",
        "from_status",
        "to_status",
        "occurred_on",
        "recorded_at",
        "by_email",
        "reason",
        "note",
    ],
    "count_events": [
        "ref",
        "kind",
        "organisation_ref",
        "lead_ref",
        "area",
        "category",
        "spin_off_origin",
        "is_knowledge_intensive",
        "occurred_on",
        "recorded_by",
        "recorded_at",
        "confirmed_by",
        "confirmed_at",
        "evidence_kind",
        "evidence",
        "reverses_ref",
        "note",
    ],
    "observations": ["target", "value", "reference_date", "source", "boundary_version", "known_at"],
}


def amsterdam_day(moment: datetime) -> date:
    return moment.astimezone(AMSTERDAM).date()


class Park:
    def __init__(self, seed: int, companies: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 dice for invented companies, no secret
        self.rows: dict[str, list[dict[str, str]]] = {name: [] for name in COLUMNS}
        self.rows["areas"].append({"code": "vredestein", "counts_from": "2028-01-01"})
        self.groups = [self.organisation(f"group-{number}", "") for number in range(1, 13)]
        for number in range(1, companies + 1):
            self.company(f"org-{number}")
        self.mend()
        self.observe()

    # Small dice

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.random.randint(0, max((last - first).days, 0)))

    def moment(self, first: date, last: date, after: datetime | None = None) -> datetime:
        """Any minute of the days, often just around midnight in Amsterdam."""
        minute = self.random.choice([0, 1, 30, self.random.randrange(1440), 1410, 1439])
        found = datetime.combine(self.day(first, last), time(minute // 60, minute % 60), tzinfo=AMSTERDAM)
        found = found.astimezone(UTC)
        return max(found, after) if after else found

    def written(self, when: datetime) -> str:
        if self.chance(0.5):
            return when.isoformat().replace("+00:00", "Z")
        return when.astimezone(AMSTERDAM).isoformat()

    def add(self, file: str, /, **values: str) -> dict[str, str]:
        row = dict.fromkeys(COLUMNS[file], "") | values
        self.rows[file].append(row)
        return row

    # Companies

    def organisation(self, ref: str, founded_on: str) -> dict[str, str]:
        number = len(self.rows["organisations"]) + 1
        return self.add(
            "organisations",
            ref=ref,
            name=f"Verzonnen {number} B.V." if self.chance(0.9) else f'Met "komma", {number}',
            kvk=f"9{number:07d}" if self.chance(0.6) else "",
            founded_on=founded_on,
        )

    def company(self, ref: str) -> None:
        was_here = self.chance(0.2)
        start = self.day(FIRST_DAY, LAST_DAY)
        young = self.day(start - timedelta(days=1700), start)
        founded = "" if self.chance(0.3) else (young if self.chance(0.8) else date(1998, 4, 1)).isoformat()
        row = self.organisation(ref, founded)
        if self.chance(0.3):
            row["group_ref"] = self.random.choice(self.groups)["ref"]
        is_young = founded in ("", young.isoformat())
        story: list[tuple[date, str]] = [] if was_here else [(start, "arrival")]
        if not was_here and self.chance(0.05):
            story.append((start, "arrival"))
        day, is_inside = start, True
        while self.chance(0.6):
            day += timedelta(days=self.random.choice([0, 1, *range(20, 400, 20)]))
            if day > LAST_DAY:
                break
            kind = self.random.choice(["move_within_park", "reclassification", "departure", "closure"])
            if not is_inside:
                kind = "arrival"
            story.append((day, kind))
            is_inside = kind not in LEAVING
        self.tell(ref, story, is_young)

    def tell(self, ref: str, story: list[tuple[date, str]], is_young: bool) -> None:
        events = []
        lead = ""
        for on, kind in story:
            if kind == "arrival" and not events and self.chance(0.4):
                lead = self.lead(ref, on)
            events.append(self.event(ref, kind, on, is_young, lead if kind == "arrival" else ""))
        for event in events:
            if self.chance(0.1):
                self.take_back(event, is_young)

    def event(self, ref: str, kind: str, on: date, is_young: bool, lead: str = "") -> dict[str, str]:
        row = self.add(
            "count_events",
            ref=f"event-{len(self.rows['count_events']) + 1}",
            kind=kind,
            organisation_ref=ref,
            lead_ref=lead,
            area=self.random.choice(AREAS),
            occurred_on=on.isoformat(),
            evidence_kind=self.random.choice(EVIDENCE),
            evidence=self.random.choice(["", "brief-12.pdf", "dossier, map 3"]),
            note=self.random.choice(["", "Volgens de oude lijst.", "Regel 1\nregel 2"]),
        )
        if kind in ("arrival", "reclassification"):
            row["category"] = self.random.choice(
                ["startup", "company", "rd_branch"] if is_young else ["company", "rd_branch"]
            )
            if row["category"] == "startup":
                row["spin_off_origin"] = self.random.choice(ORIGINS)
            passed = row["category"] != "company" or self.chance(0.5)
            row["is_knowledge_intensive"] = "yes" if passed else "no"
        self.sign(row, on)
        return row

    def sign(self, row: dict[str, str], from_day: date, after: datetime | None = None) -> None:
        """Who recorded it when, and who confirmed it: soon, late or never."""
        recorder, confirmer = self.random.sample(PEOPLE, 2)
        until = from_day + timedelta(days=self.random.choice([0, 0, 3, 40, 120]))
        recorded_at = self.moment(from_day, until, after)
        row["recorded_by"], row["recorded_at"] = recorder, self.written(recorded_at)
        if self.chance(0.85):
            earliest = amsterdam_day(recorded_at)
            latest = earliest + timedelta(days=self.random.choice([0, 1, 10, 90]))
            row["confirmed_by"] = confirmer
            row["confirmed_at"] = self.written(self.moment(earliest, latest, recorded_at))
        else:
            row["confirmed_by"] = row["confirmed_at"] = ""

    def take_back(self, event: dict[str, str], is_young: bool) -> None:
        """A mistake: a reversal, and often the event anew."""
        reversal = self.add(
            "count_events",
            ref=f"event-{len(self.rows['count_events']) + 1}",
            kind="reversal",
            organisation_ref=event["organisation_ref"],
            area=event["area"],
            reverses_ref=event["ref"],
        )
        recorded_at = datetime.fromisoformat(event["recorded_at"]).astimezone(UTC)
        recorded_on = amsterdam_day(recorded_at)
        discovered = recorded_on + timedelta(days=self.random.choice([0, 1, 20, 60]))
        reversal["occurred_on"] = discovered.isoformat()
        self.sign(reversal, discovered, recorded_at)
        if event["kind"] == "arrival" and self.chance(0.5):
            anew = self.event(
                event["organisation_ref"], "arrival", date.fromisoformat(event["occurred_on"]), is_young
            )
            self.sign(anew, discovered)

    # What the rules would refuse

    def mend(self) -> None:
        """Take out moves from outside the park, and the founding day of startups that would be too old."""
        events = self.rows["count_events"]
        taken_back = {row["reverses_ref"] for row in events if row["reverses_ref"] and row["confirmed_at"]}
        facts = [row for row in events if row["kind"] != "reversal" and row["ref"] not in taken_back]
        while wrong := [
            row for row in facts if row["kind"] == "move_within_park" and self.is_outside(row, facts)
        ]:
            facts = [row for row in facts if row not in wrong]
            refs = {row["ref"] for row in wrong}
            events[:] = [row for row in events if row["ref"] not in refs and row["reverses_ref"] not in refs]
        founded = {row["ref"]: row for row in self.rows["organisations"]}
        arrivals = [row for row in facts if row["kind"] == "arrival"]
        for row in sorted(arrivals, key=lambda row: row["occurred_on"], reverse=True):
            company = founded[row["organisation_ref"]]
            firsts = [
                other["occurred_on"] for other in arrivals if other["organisation_ref"] == company["ref"]
            ]
            if row["category"] == "startup" and company["founded_on"] and row["occurred_on"] == min(firsts):
                age = date.fromisoformat(row["occurred_on"]) - date.fromisoformat(company["founded_on"])
                if age > timedelta(days=1800):
                    company["founded_on"] = ""

    @staticmethod
    def is_outside(move: dict[str, str], facts: list[dict[str, str]]) -> bool:
        whereabouts = [
            (row["occurred_on"], row["kind"] not in LEAVING)
            for row in facts
            if row is not move
            and row["organisation_ref"] == move["organisation_ref"]
            and row["occurred_on"] <= move["occurred_on"]
            and (
                row["kind"] in ("arrival", "move_within_park")
                or (row["kind"] in LEAVING and row["confirmed_at"])
            )
        ]
        return bool(whereabouts) and not max(whereabouts)[1]

    # Leads

    def lead(self, organisation: str, arrives_on: date) -> str:
        ref = f"lead-{len(self.rows['leads']) + 1}"
        self.add(
            "leads",
            ref=ref,
            organisation_ref=organisation,
            track=self.random.choice(["rd_branch", "knowledge_intensive", "startup"]),
            spin_off_expected=self.random.choice(["yes", "no", "unknown"]),
            confidentiality=self.random.choice(["open", "confidential", "strict"]),
            owner_email=self.random.choice(["", *PEOPLE]),
        )
        reached = sorted(self.random.sample(range(1, 7), self.random.randint(1, 4)))
        on = arrives_on - timedelta(days=400)
        stood, recorded_at = ("", ""), datetime.min.replace(tzinfo=UTC)
        for place in [0, *reached, 7]:
            on = arrives_on if place == 7 else self.day(on, min(on + timedelta(days=90), arrives_on))
            status = "established" if place == 7 else "open"
            recorded_at = self.moment(on, on + timedelta(days=9), recorded_at)
            self.change(ref, stood, (STAGES[place], status), on, recorded_at)
            stood = (STAGES[place], status)
        return ref

    def change(
        self, lead: str, stood: tuple[str, str], stands: tuple[str, str], on: date, recorded_at: datetime
    ) -> None:
        self.add(
            "stage_changes",
            lead_ref=lead,
            from_stage=stood[0],
            to_stage=stands[0],
            from_status=stood[1],
            to_status=stands[1],
            occurred_on=on.isoformat(),
            recorded_at=self.written(recorded_at),
            by_email=self.random.choice(PEOPLE),
            note=self.random.choice(["", "Uit de lijst."]),
        )

    # Measurements

    def observe(self) -> None:
        for target, value, step in (
            ("knowledge_intensive_companies", 180, 9),
            ("companies", 483, 15),
            ("jobs", 12730, 300),
        ):
            for year in range(2025, 2030):
                value += self.random.randint(0, 2 * step)
                for later in range(self.random.choice([1, 1, 2])):
                    self.add(
                        "observations",
                        target=target,
                        value=str(value + later),
                        reference_date=f"{year}-01-01",
                        source=f"Register {year}" + (", herzien" if later else ""),
                        boundary_version=str(year),
                        known_at=self.written(
                            self.moment(date(year, 4 + later * 3, 1), date(year, 6 + later * 3, 30))
                        ),
                    )


def write_history(folder: Path, *, seed: int, companies: int = 300) -> None:
    """Write the folder's six files; rows of one file stand in no useful order."""
    park = Park(seed, companies)
    park.random.shuffle(park.rows["organisations"])
    park.random.shuffle(park.rows["count_events"])
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(park.rows[name])
