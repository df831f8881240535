"""A list, a lead's page and the home page ask the database equally often for 10 rows and for 200.

The counts are a reviewed baseline: `query_counts.json`. After a deliberate change write it anew with
`WRITE_QUERY_COUNTS=1 pytest tests/backoffice/test_query_counts.py` and look at the difference.
"""

import json
import os
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.backoffice.conftest import logged_in
from tests.backoffice.crowd import Crowd
from tests.backoffice.pages import list_urls

BASELINE = Path(__file__).with_name("query_counts.json")
# The lead’s page reads eight logs (steps, contact, tasks, matches, facts, documents, needs, mail) and five kinds of relations
# of its group, each in one query whatever their number.
# An organisation stands beside the norm of its day, which one query reads.
MOST = {"contacts.organisation": 14, "list": 13, "board": 20, "lead page": 23, "home": 32, "today": 24}


def queries(client, url: str) -> int:
    client.get(url)  # warms what a process remembers, such as content types
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, url
    return len(captured)


def counts(client, lead) -> dict[str, int]:
    pages = {
        **list_urls(),
        "board": reverse("admin:board", args=["startup"]),
        "home": reverse("admin:index"),
        "today": reverse("admin:today"),
        "referrals": reverse("admin:referrals"),
        "lead page": reverse("admin:acquisition_lead_change", args=[lead.pk]),
    }
    return {name: queries(client, url) for name, url in sorted(pages.items())}


def as_table(few: dict[str, int], many: dict[str, int]) -> str:
    lines = [f"{'page':<32}{'10 rows':>8}{'200 rows':>9}"]
    lines += [f"{name:<32}{few[name]:>8}{many[name]:>9}" for name in few]
    return "\n".join(lines)


@pytest.mark.django_db
def test_pages_ask_equally_often_for_ten_rows_and_two_hundred(administrator):
    client = logged_in(administrator)
    crowd = Crowd(10)
    few = counts(client, crowd.leads[0])
    Crowd(190, first=10)
    many = counts(client, crowd.leads[0])
    sys.stdout.write(as_table(few, many))
    assert few == many
    assert {name: count for name, count in many.items() if count > MOST.get(name, MOST["list"])} == {}
    if os.environ.get("WRITE_QUERY_COUNTS"):
        BASELINE.write_text(json.dumps(many, indent=2) + "\n")
    assert many == json.loads(BASELINE.read_text())
