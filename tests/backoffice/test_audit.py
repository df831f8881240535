"""One page for all logs: who looked, who took along, who changed what. Hidden names stay hidden on it."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.services import change_language
from crm.acquisition.models import Lead, LeadEdit, NameReveal
from crm.acquisition.services import change_lead, reveal_name
from crm.backoffice.audit.reading import Asked, Cursor, page, read_cursor
from crm.backoffice.audit.sources import KINDS, SOURCES, WITHOUT_A_PERSON
from crm.common.months import AMSTERDAM
from crm.desk.models import ListExport
from tests.backoffice.conftest import logged_in
from tests.backoffice.crowd import Crowd
from tests.common.test_append_only import tables_with_triggers
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db
AUDIT = reverse("admin:audit")
CANARY = "Kanariegeel Holding"


@pytest.fixture
def strict() -> Lead:
    lead = LeadFactory(confidentiality="strict", organisation=OrganisationFactory(name=CANARY))
    reveal_name(
        lead=lead, reason=f"Vraag van {CANARY}", by=UserFactory(administrator=True), at=timezone.now()
    )
    return lead


def everything(user, asked=None, size=7):
    """All entries, page by page."""
    cursor, found = None, []
    while True:
        entries, cursor = page(user, asked or Asked(), cursor, size)
        found += entries
        if cursor is None:
            return found


def test_every_log_of_the_house_is_read_or_has_a_reason_why_not():
    read = {source.model._meta.db_table for source in SOURCES}
    assert tables_with_triggers() - read - set(WITHOUT_A_PERSON) == set()
    assert set(WITHOUT_A_PERSON) <= {model._meta.db_table for model in apps.get_models()}
    assert {source.kind for source in SOURCES} == {kind for kind, _label in KINDS}
    assert len({source.code for source in SOURCES}) == len(SOURCES)


@pytest.mark.parametrize(
    ("role", "status"),
    [("administrator", 200), ("manager", 200), ("staff", 403), ("partner", 302), ("broker", 302)],
)
def test_administrators_and_managers_read_it(role, status):
    client = logged_in(UserFactory(**{role: True}))
    for url in (AUDIT, reverse("admin:audit-export", args=["csv"])):
        assert client.get(url).status_code in ({status, 403} if status == 302 else {status}), url


def test_a_manager_does_not_see_who_revealed_names_or_what_was_done_to_users(strict, manager, administrator):
    change_language(user=manager, language="en", by=manager, at=timezone.now())
    assert {"reveal", "account"} <= {entry.source.code for entry in everything(administrator)}
    codes = {entry.source.code for entry in everything(manager)}
    assert "stage" in codes
    assert not {"reveal", "account"} & codes
    row = NameReveal.objects.get()
    assert logged_in(manager).get(reverse("admin:audit-entry", args=["reveal", row.pk])).status_code == 404


def test_pages_show_every_row_once_and_in_the_order_of_time(administrator):
    Crowd(8)  # all of one moment: the logs' places and the numbers decide
    whole = page(administrator, Asked(), None, 10_000)[0]
    parts = everything(administrator, size=3)
    assert len(whole) > 40
    assert [(entry.source.code, entry.pk) for entry in parts] == [
        (entry.source.code, entry.pk) for entry in whole
    ]
    assert [entry.at for entry in whole] == sorted((entry.at for entry in whole), reverse=True)


def test_a_page_costs_the_same_number_of_queries_whatever_the_rows(as_administrator):
    counts = []
    for first, size in ((0, 10), (10, 190)):
        Crowd(size, first)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert as_administrator.get(AUDIT).status_code == 200
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_it_is_narrowed_by_kind_person_subject_and_period(administrator, manager, strict):
    other = LeadFactory(organisation=OrganisationFactory(name="Anders BV"))
    change_language(user=manager, language="en", by=manager, at=timezone.now())
    assert {entry.source.kind for entry in everything(administrator, Asked(kind="reveal"))} == {"reveal"}
    assert {entry.by for entry in everything(administrator, Asked(person=manager.pk))} == {str(manager)}
    found = everything(administrator, Asked(subject="anders"))
    assert found
    assert {entry.lead for entry in found} <= {other.pk, None}
    assert {entry.lead for entry in everything(administrator, Asked(subject=strict.reference))} == {strict.pk}
    assert everything(administrator, Asked(subject="niets van dit alles")) == []
    today = timezone.now().astimezone(AMSTERDAM).date()
    tomorrow = today + timedelta(days=1)
    assert everything(administrator, Asked(since=tomorrow)) == []
    assert everything(administrator, Asked(since=today, until=today, kind="reveal"))


def test_a_strict_name_is_nowhere_for_who_may_not_read_it_and_a_search_for_it_answers_nothing(
    strict, administrator, manager
):
    change_lead(
        lead=strict,
        version=strict.version,
        by=manager,
        at=timezone.now(),
        offer_reference=f"Offerte {CANARY}",
    )
    assert LeadEdit.objects.filter(lead=strict).exists()
    client = logged_in(administrator)
    seen = [client.get(AUDIT).content, client.get(reverse("admin:audit-export", args=["csv"])).content]
    seen += [
        client.get(reverse("admin:audit-entry", args=[entry.source.code, entry.pk])).content
        for entry in everything(administrator)
    ]
    assert all(CANARY.encode() not in content for content in seen)
    assert strict.code_name.encode() in seen[0]
    assert not [entry for entry in everything(administrator, Asked(subject="Kanariegeel")) if entry.lead]
    assert CANARY.encode() in logged_in(manager).get(AUDIT).content  # the control


def test_looking_at_what_is_hidden_needs_a_reason_and_is_itself_an_entry(strict, administrator):
    client = logged_in(administrator)
    row = NameReveal.objects.get()
    url = reverse("admin:audit-entry", args=["reveal", row.pk])
    assert client.post(url, {"reason": " "}).context["form"].errors
    assert NameReveal.objects.count() == 1
    assert CANARY in client.post(url, {"reason": "Klacht nagaan"}).text
    assert NameReveal.objects.filter(by=administrator, lead=strict, reason="Klacht nagaan").exists()
    assert CANARY not in client.get(url).text, "shown once"


def test_who_may_read_an_entry_anyway_cannot_post_a_look(manager, strict):
    stage = next(entry for entry in everything(manager) if entry.source.code == "stage")
    url = reverse("admin:audit-entry", args=["stage", stage.pk])
    assert logged_in(manager).post(url, {"reason": "x"}).status_code == 403


def test_an_export_holds_what_is_asked_and_is_in_the_log_without_what_was_typed(as_administrator, strict):
    url = reverse("admin:audit-export", args=["csv"])
    response = as_administrator.get(url, {"kind": "reveal", "q": strict.reference})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 2
    log = ListExport.objects.get()
    assert (log.list_name, log.rows, log.filters) == ("rules.audit", 1, "kind=reveal")
    assert as_administrator.get(reverse("admin:desk_listexport_changelist")).status_code == 200
    assert as_administrator.get(reverse("admin:audit-export", args=["exe"])).status_code == 404
    assert as_administrator.get(reverse("admin:audit-export", args=["xlsx"])).content[:2] == b"PK"


@pytest.mark.parametrize(
    "query",
    [
        {"after": "x"}, {"after": "2026-01-01T00:00:00Z~999~1"}, {"after": "0001-01-01T00:00:00Z~0~1"},
        {"after": "2026-01-01T00:00:00Z~0~999999999999999999"}, {"after": "9999-12-31T23:59:59Z~0~1"},
        {"person": "x"}, {"person": "9" * 30}, {"kind": "nothing"}, {"q": "a\0b"}, {"q": "L-999999999999999"},
        {"q": "x" * 500}, {"since": "0001-01-01"}, {"until": "9999-12-31"},
        {"since": "2026-02-01", "until": "2026-01-01"},
    ],
)  # fmt: skip
def test_whatever_stands_in_the_address_the_page_answers(as_administrator, query):
    assert as_administrator.get(AUDIT, query).status_code == 200


def test_an_entry_that_is_not_there_is_not_found(as_administrator):
    for code, pk in (("stage", 999_999), ("nothing", 1), ("stage", 10**30)):
        assert as_administrator.get(f"{AUDIT}{code}/{pk}/").status_code == 404


def test_a_cursor_survives_its_own_link():
    cursor = Cursor(datetime(2026, 10, 25, 2, 30, 0, 123456, tzinfo=AMSTERDAM), 3, 17)
    again = read_cursor(str(cursor))
    assert again is not None
    assert (again.at, again.place, again.pk) == (cursor.at.astimezone(UTC), 3, 17)
