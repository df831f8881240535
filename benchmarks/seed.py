"""Fills a benchmark database with leads, ten stage changes each, and vacancies. `python -m benchmarks.seed 10000`.

Bulk inserts: a seed is scenery, not history; nothing here is a way to write in the product.
"""

import os
import random
import sys
from datetime import UTC, date, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
CHANGES = 10
BATCH = 5_000
DAY = date(2026, 11, 1)
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def seed(leads: int) -> None:
    """Leads named `N 1` … with owners, areas, identities and a log of `CHANGES` rows each; a tenth as many vacancies."""
    from accounts.models import User
    from crm.acquisition.models import Lead, LeadIdentity, StageChange
    from crm.contacts.models import ApplicationArea, Organisation
    from crm.estate.models import Area, Vacancy

    rng = random.Random(7)  # noqa: S311 scenery
    stages = ["identified", "contacted", "qualified", "site_visit", "proposal", "decision", "committed"]
    user = User.objects.filter(role="manager").first() or User.objects.create_user(
        "bench@crm.example", "bench-password-long", full_name="Bench", role="manager"
    )
    stamps = {"created_at": AT, "created_by": user, "changed_at": AT, "changed_by": user}
    areas, places = list(ApplicationArea.objects.all()), list(Area.objects.all())
    for first in range(0, leads, BATCH):
        numbers = range(first, min(first + BATCH, leads))
        organisations = Organisation.objects.bulk_create(
            [Organisation(name=f"Company {n}", **stamps) for n in numbers]
        )
        rows = Lead.objects.bulk_create(
            [
                Lead(
                    code_name=f"Code {n}",
                    track=rng.choice(("rd_branch", "knowledge_intensive", "startup")),
                    stage=stages[n % len(stages)],
                    status="open",
                    stage_since=DAY - timedelta(days=n % 200),
                    owner=user,
                    application_area=areas[n % len(areas)],
                    jobs_expected=n % 40,
                    area_to_m2=100 + n % 500,
                    **stamps,
                )
                for n in numbers
            ]
        )
        LeadIdentity.objects.bulk_create(
            [
                LeadIdentity(lead=lead, organisation=company)
                for lead, company in zip(rows, organisations, strict=True)
            ]
        )
        StageChange.objects.bulk_create(
            [
                StageChange(
                    lead=lead,
                    from_stage=stages[(step - 1) % len(stages)] if step else "",
                    to_stage=lead.stage if step == CHANGES - 1 else stages[step % len(stages)],
                    from_status="open" if step else "",
                    to_status="open",
                    occurred_on=DAY - timedelta(days=30 * (CHANGES - step) + lead.pk % 29),
                    recorded_at=AT - timedelta(days=30 * (CHANGES - step) - 1),
                    by=user,
                )
                for lead in rows
                for step in range(CHANGES)
            ],
            batch_size=BATCH,
        )
    office = Organisation.objects.create(name="Bench Makelaars", **stamps)
    Vacancy.objects.bulk_create(
        [
            Vacancy(
                office=office,
                reference=f"B-{n}",
                title_nl=f"Ruimte {n}",
                bag_object_id=f"0153010{n:09d}",
                area=places[n % 3],
                space_type="office",
                area_m2=100 + n % 400,
                area_kind="vvo",
                rent_per_m2_year=120,
                submitted_at=AT,
                **stamps,
            )
            for n in range(max(200, leads // 10))
        ],
        batch_size=BATCH,
    )


if __name__ == "__main__":
    django.setup()
    seed(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
