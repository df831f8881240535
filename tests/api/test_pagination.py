"""Pages by cursor: every row once, in order, whatever happens in between; and no query more for more rows."""

import base64
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey
from crm.estate.models import Vacancy
from tests.api.conftest import LISTING, faults
from tests.factories.estate import OFFERED_AT, VacancyFactory

pytestmark = pytest.mark.django_db


def fill(broker, count, *, same_moment=False, start=0):
    """Rows of one office; copies of one offered listing, for speed."""
    first = VacancyFactory(office=broker.office, by=broker.user, reference=f"N-{start:04d}")
    rows = []
    for number in range(start + 1, start + count):
        row = Vacancy.objects.get(pk=first.pk)
        row.pk, row.public_id = None, Vacancy._meta.get_field("public_id").get_default()
        row.reference = f"N-{number:04d}"
        if not same_moment:
            row.submitted_at = row.changed_at = OFFERED_AT + timedelta(minutes=number)
        rows.append(row)
    Vacancy.objects.bulk_create(rows)


def walk(broker, path):
    """Follow `next` to the end; the Link header says the same."""
    found = []
    while path:
        answer = broker.get(path)
        assert answer.status_code == 200, answer.content
        page = answer.json()
        found += [item["reference"] for item in page["items"]]
        path = (page["next"] or "").removeprefix("http://testserver")
        assert answer.headers.get("Link") == (f'<{page["next"]}>; rel="next"' if page["next"] else None)
    return found


@pytest.mark.parametrize(
    "sort", ["submittedAt", "-submittedAt", "updatedAt", "-updatedAt", "reference", "-reference"]
)
@pytest.mark.parametrize("same_moment", [False, True])
def test_walking_the_pages_gives_every_row_once_in_order(sort, same_moment, broker):
    fill(broker, 25, same_moment=same_moment)
    found = walk(broker, f"vacancies?limit=4&sort={sort}")
    assert sorted(found) == [f"N-{number:04d}" for number in range(25)]
    if not same_moment or "reference" in sort:
        assert found == sorted(found, reverse=sort.startswith("-"))


def test_the_page_keeps_the_filters(broker):
    fill(broker, 12)
    assert len(walk(broker, "vacancies?limit=5&status=submitted&spaceType=office&sort=reference")) == 12
    page = broker.get("vacancies?limit=5&status=submitted").json()
    assert "status=submitted" in page["next"]


def test_rows_that_come_in_between_move_nothing(broker):
    fill(broker, 10)
    page = broker.get("vacancies?limit=5").json()
    VacancyFactory(office=broker.office, reference="NEW", at=OFFERED_AT + timedelta(days=9))
    rest = walk(broker, page["next"].removeprefix("http://testserver"))
    assert [item["reference"] for item in page["items"]] + rest == [
        f"N-{number:04d}" for number in range(9, -1, -1)
    ]


def test_a_page_holds_at_most_what_was_asked_and_the_last_has_no_next(broker):
    fill(broker, 51)
    assert len(broker.get("vacancies").json()["items"]) == 50
    answer = broker.get("vacancies?limit=51")
    assert (len(answer.json()["items"]), answer.json()["next"]) == (51, None)
    assert "Link" not in answer.headers


def cursor(*parts) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "made_up",
    [
        cursor("reference", "A", "00000000-0000-4000-8000-000000000000"),
        cursor("-submitted_at", "A", "00000000-0000-4000-8000-000000000000"),
        cursor("-submitted_at", "2026-01-01T00:00:00", "00000000-0000-4000-8000-000000000000"),
        cursor("-submitted_at", "0001-01-01T00:00:00+00:00", "00000000-0000-4000-8000-000000000000"),
        cursor("-submitted_at", "2026-01-01T00:00:00+00:00", "x"),
        cursor("-submitted_at", "2026-01-01T00:00:00+00:00", 5),
        cursor("-submitted_at", 5, "00000000-0000-4000-8000-000000000000"),
        cursor("reference", "\x00", "00000000-0000-4000-8000-000000000000"),
        cursor("a"),
        base64.urlsafe_b64encode(b"[" * 200).decode(),
    ],
)
def test_a_made_up_cursor_is_refused(made_up, broker):
    answer = broker.get(f"vacancies?cursor={made_up}")
    assert (answer.status_code, faults(answer)) == (400, {"?cursor": "cursor"})


def test_a_cursor_shows_no_row_number_and_opens_nobody_elses_list(broker, other_broker):
    fill(broker, 3)
    fill(other_broker, 3)
    following = broker.get("vacancies?limit=1").json()["next"].removeprefix("http://testserver")
    mark = json.loads(base64.urlsafe_b64decode(following.partition("cursor=")[2].replace("%3D", "=")))
    own = {str(row.public_id) for row in Vacancy.objects.offered_by(broker.office)}
    assert mark[2] in own
    theirs = {item["id"] for item in other_broker.get(following).json()["items"]}
    assert theirs.isdisjoint(own)


def queries(broker, method, path, body=None, **headers) -> int:
    """SQL statements of one request, without the savepoints that only a test's outer transaction needs."""
    broker.get("me")
    assert ApiKey.objects.get(pk=broker.key.pk).last_used_at
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = broker.send(method, path, body, **headers)
    assert answer.status_code < 300, answer.content
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_a_list_takes_five_queries_for_ten_rows_and_for_two_hundred(broker):
    fill(broker, 10)
    few = queries(broker, "GET", "vacancies?limit=100")
    fill(broker, 190, start=10)
    assert few == queries(broker, "GET", "vacancies?limit=100") <= 5


def test_one_listing_takes_at_most_five_queries(broker):
    listing = broker.offer(parts=[{"spaceType": "office", "areaM2": 20}])
    assert queries(broker, "GET", f"vacancies/{listing['id']}") <= 5


def test_making_a_listing_takes_at_most_twelve_queries_with_all_that_belongs_to_it(broker):
    full = LISTING | {"parts": [{"spaceType": "office", "areaM2": 20}], "bagObjectId": "0153010000345678"}
    assert queries(broker, "POST", "vacancies", full, Idempotency_Key='"k"') <= 12


def test_changing_a_listing_takes_at_most_twelve_queries(broker):
    listing = broker.offer()
    assert queries(broker, "PATCH", f"vacancies/{listing['id']}", {"areaM2": 250}, If_Match='"1"') <= 12
