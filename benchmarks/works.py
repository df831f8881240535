"""What is measured, each against its floor in the same run. Called by `python -m benchmarks` per database."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import quote

import django

django.setup()

from django.db import connection  # noqa: E402 Django must be set up first
from django.db.models import Count  # noqa: E402
from django.test import Client as TestClient  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.services import issue_key  # noqa: E402
from benchmarks.measuring import Series, interleave, ratio  # noqa: E402
from benchmarks.server import Client, serving  # noqa: E402
from crm.acquisition.models import Lead, StageChange  # noqa: E402
from crm.contacts.models import BrokerAccess, Organisation  # noqa: E402
from crm.estate.models import Vacancy  # noqa: E402

JSON = {"Content-Type": "application/json", "Accept": "application/json"}
AS_OF, KNOWN_AT = date(2026, 10, 31), datetime(2026, 11, 6, 11, tzinfo=UTC)
SOUGHT, MISTYPED = "company 777", "cmopany 777"
FLOOR_OF_SEARCH = {
    "postgresql": """
SELECT o.id, o.name, i.lead_id FROM contacts_organisation o
LEFT JOIN acquisition_leadidentity i ON i.organisation_id = o.id WHERE crm_search_text(o.name) LIKE %s LIMIT 60
""",
    "sqlite": """
SELECT o.id, o.name, i.lead_id FROM contacts_organisation o
LEFT JOIN acquisition_leadidentity i ON i.organisation_id = o.id WHERE o.name LIKE %s LIMIT 60
""",
}
EXACT = """
SELECT c.to_stage, COUNT(*) FROM acquisition_stagechange c
WHERE c.occurred_on <= %s AND c.recorded_at <= %s AND COALESCE(c.reverses_id, 0) = 0
  AND NOT EXISTS (SELECT 1 FROM acquisition_stagechange r WHERE r.reverses_id = c.id AND r.recorded_at <= %s)
  AND NOT EXISTS (SELECT 1 FROM acquisition_stagechange l WHERE l.lead_id = c.lead_id AND l.occurred_on <= %s
    AND l.recorded_at <= %s AND COALESCE(l.reverses_id, 0) = 0
    AND NOT EXISTS (SELECT 1 FROM acquisition_stagechange r WHERE r.reverses_id = l.id AND r.recorded_at <= %s)
    AND (l.occurred_on > c.occurred_on OR (l.occurred_on = c.occurred_on AND l.id > c.id)))
GROUP BY c.to_stage
"""
DISTINCT = """
SELECT to_stage, COUNT(*) FROM (SELECT DISTINCT ON (c.lead_id) c.to_stage FROM acquisition_stagechange c
  WHERE c.occurred_on <= %s AND c.recorded_at <= %s AND COALESCE(c.reverses_id, 0) = 0
    AND NOT EXISTS (SELECT 1 FROM acquisition_stagechange r WHERE r.reverses_id = c.id AND r.recorded_at <= %s)
  ORDER BY c.lead_id, c.occurred_on DESC, c.id DESC) s GROUP BY to_stage
"""


def session_cookie(user: User) -> dict[str, str]:
    client = TestClient()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())}


def broker_key() -> dict[str, str]:
    office = Organisation.objects.get(name="Bench Makelaars")
    user = User.objects.filter(role="broker").first() or User.objects.create_user(
        "broker@crm.example", "bench-password-long", full_name="Broker", role="broker"
    )
    BrokerAccess.objects.get_or_create(user=user, defaults={"office": office})
    now = datetime.now(tz=UTC)
    _key, secret = issue_key(
        user=user,
        label="bench",
        scopes=["vacancies:read", "vacancies:write"],
        expires_at=now + timedelta(days=1),
        by=user,
        at=now,
    )
    return {"Authorization": f"Bearer {secret}", **JSON}


def pipeline_floor_distinct() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(DISTINCT, [AS_OF, KNOWN_AT, KNOWN_AT])
        return sum(dict(cursor.fetchall()).values()), 1


def pipeline_floor_exists() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(EXACT, [AS_OF, KNOWN_AT, KNOWN_AT] * 2)
        return sum(dict(cursor.fetchall()).values()), 1


def pipeline_ours() -> tuple[int, int]:
    standing = StageChange.objects.last_per_lead(AS_OF, KNOWN_AT).order_by()
    return sum(count for _stage, count in standing.values_list("to_stage").annotate(Count("pk"))), 1


def search_floor() -> tuple[int, int]:
    """The same question by hand: one name in the organisations and in the leads that they stand behind."""
    with connection.cursor() as cursor:
        cursor.execute(FLOOR_OF_SEARCH[connection.vendor], [f"%{SOUGHT}%"])
        return len(cursor.fetchall()), 1


def compare(
    rows: list[dict[str, Any]], work: str, goal: str, floors: list[Series], ours: Series, rounds: int
) -> None:
    interleave([*floors, ours], rounds)
    floor = min(floors, key=lambda series: series.p50)
    middle, low, high = ratio(ours.milliseconds, floor.milliseconds)
    rows.append(
        {
            "work": work,
            "floor": floor.p50,
            "ours": ours.p50,
            "p95": ours.p95,
            "ratio": middle,
            "low": low,
            "high": high,
            "goal": goal,
            "queries": ours.queries,
            "bytes": ours.size,
        }
    )


def page(client: Client, path: str, headers: dict[str, str]) -> Callable[[], tuple[int, int]]:
    return lambda: client.ask(path, headers)[:2]


def poster(client: Client, path: str, headers: dict[str, str], bodies: Callable[[int], dict[str, Any]]):
    numbers = count(1)
    run = datetime.now(tz=UTC).strftime("%H%M%S")

    def post() -> tuple[int, int]:
        number = next(numbers)
        key = {"Idempotency-Key": f'"{run}-{number}"'}
        body = json.dumps(bodies(number)).encode()
        return client.ask(path, headers | key, "POST", body, expect=201)[:2]

    return post


def our_listing(number: int) -> dict[str, Any]:
    return {
        "reference": f"OUR-{datetime.now(tz=UTC):%H%M%S%f}-{number}",
        "titleNl": "Kantoor",
        "bagObjectId": "0153010000000001",
        "spaceType": "office",
        "areaM2": 120,
        "areaKind": "vvo",
        "rentPerM2Year": 120,
    }


def bare_listing(office: int) -> Callable[[int], dict[str, Any]]:
    return lambda number: {
        "office": office,
        "reference": f"BARE-{datetime.now(tz=UTC):%H%M%S%f}-{number}",
        "title_nl": "Kantoor",
        "bag_object_id": "0153010000000001",
        "space_type": "office",
        "area_m2": "120.00",
        "area_kind": "vvo",
        "rent_per_m2_year": "120.00",
        "co_brokers": [],
    }


def web_works(rows: list[dict[str, Any]], url: str, rounds: int) -> None:
    staff, broker = session_cookie(User.objects.filter(role="manager").first()), broker_key()
    lead = Lead.objects.order_by("-pk")[Lead.objects.count() // 2]
    vacancy = Vacancy.objects.filter(office__name="Bench Makelaars").order_by("pk").first()
    with serving(url, "benchmarks.settings") as client, serving(url, "benchmarks.floor.settings") as bare:
        compare(
            rows,
            "list, first page",
            "≤ 1.3 × bare admin list",
            [Series("floor", page(bare, "/admin/acquisition/lead/", staff))],
            Series("ours", page(client, "/admin/acquisition/lead/", staff)),
            rounds,
        )
        compare(
            rows,
            "lead page",
            "≤ 2 × bare change form",
            [Series("floor", page(bare, f"/admin/acquisition/lead/{lead.pk}/change/", staff))],
            Series("ours", page(client, f"/admin/acquisition/lead/{lead.pk}/change/", staff)),
            rounds,
        )
        compare(
            rows,
            "home",
            "≤ 2 × bare admin list",
            [Series("floor", page(bare, "/admin/acquisition/lead/", staff))],
            Series("ours", page(client, "/admin/", staff)),
            rounds,
        )
        for work, typed in (("search", SOUGHT), ("search, mistyped", MISTYPED)):
            compare(
                rows,
                work,
                "≤ 150 ms at 100,000 leads (PostgreSQL)",
                [Series("floor", search_floor)],
                Series("ours", page(client, f"/admin/search/?part=list&q={quote(typed)}", staff)),
                rounds,
            )
        compare(
            rows,
            "API list, 50 rows",
            "≤ 1.3 × bare DRF",
            [Series("floor", page(bare, "/api/vacancies", JSON))],
            Series("ours", page(client, "/api/v1/vacancies?limit=50", broker)),
            rounds,
        )
        compare(
            rows,
            "API detail",
            "≤ 1.5 × bare DRF",
            [Series("floor", page(bare, f"/api/vacancies/{vacancy.pk}", JSON))],
            Series("ours", page(client, f"/api/v1/vacancies/{vacancy.public_id}", broker)),
            rounds,
        )
        compare(
            rows,
            "API create",
            "≤ 2 × bare DRF create",
            [Series("floor", poster(bare, "/api/vacancies", JSON, bare_listing(vacancy.office_id)))],
            Series("ours", poster(client, "/api/v1/vacancies", broker, our_listing)),
            rounds,
        )


def main(url: str, rounds: int) -> None:
    rows: list[dict[str, Any]] = []
    # The best exact form of each: NOT EXISTS runs into PostgreSQL's statement timeout at 100,000 stage changes.
    is_postgres = connection.vendor == "postgresql"
    floors = [
        Series("DISTINCT ON", pipeline_floor_distinct)
        if is_postgres
        else Series("NOT EXISTS", pipeline_floor_exists)
    ]
    compare(
        rows,
        "pipeline as of a day",
        "≤ 1.3 × best exact form",
        floors,
        Series("ours", pipeline_ours),
        min(rounds, 20),
    )
    web_works(rows, url, rounds)
    print(json.dumps(rows))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
