"""The private calendar: what two readers of iCalendar make of it, who gets it, and that its address stays a secret."""

import json
import logging
from datetime import date, datetime, time, timedelta

import icalendar
import pytest
import time_machine
import vobject
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from crm.acquisition.services import finish_task, reschedule_task
from crm.backoffice import calendar_feed as door
from crm.common.logs import JsonFormatter
from crm.common.months import AMSTERDAM
from crm.desk.models import CalendarAddress
from crm.desk.services import make_calendar_address, revoke_calendar_address
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 22)


@pytest.fixture(autouse=True)
def a_still_clock_and_an_empty_count():
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield
    cache.clear()


@pytest.fixture
def token(staff, now) -> str:
    return make_calendar_address(user=staff, by=staff, at=now)[1]


def url(token: str) -> str:
    return reverse("calendar", args=[token])


def events(client, token):
    answer = client.get(url(token))
    assert answer.status_code == 200
    calendar = icalendar.Calendar.from_ical(answer.content)
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


def test_tasks_are_all_day_and_visits_stand_at_their_hour(client, staff, token):
    lead = LeadFactory(organisation=OrganisationFactory(name="Hamerlo; Sensing, BV"))
    TaskFactory(owner=staff, title="Bel terug", due_on=TODAY, lead=lead)
    TaskFactory(
        owner=staff, title="Rondleiding", kind="visit", due_on=date(2026, 10, 26), start_time=time(14)
    )
    found = events(client, token)
    whole = found["Bel terug · Hamerlo; Sensing, BV"]
    assert (whole["DTSTART"].dt, whole["DTEND"].dt) == (TODAY, TODAY + timedelta(days=1))
    assert whole["TRANSP"] == "TRANSPARENT"
    visit = found["Rondleiding"]
    assert visit["DTSTART"].dt == datetime(2026, 10, 26, 14, tzinfo=AMSTERDAM)
    assert visit["DTSTART"].params["TZID"] == "Europe/Amsterdam"
    assert visit["DTEND"].dt - visit["DTSTART"].dt == timedelta(hours=1)


def test_a_second_reader_finds_the_same_and_reckons_both_sides_of_the_change_of_clock(client, staff, token):
    for day in (date(2026, 10, 23), date(2026, 10, 26)):
        TaskFactory(owner=staff, title=f"Bezoek {day}", kind="visit", due_on=day, start_time=time(9))
    calendar = vobject.readOne(client.get(url(token)).content.decode())
    starts = {event.summary.value: event.dtstart.value for event in calendar.vevent_list}
    offsets = [start.utcoffset() for start in starts.values()]
    assert offsets == [timedelta(hours=2), timedelta(hours=1)]
    assert [start.hour for start in starts.values()] == [9, 9]


def test_a_change_keeps_the_uid_and_raises_the_sequence(client, staff, token, now):
    task = TaskFactory(owner=staff, kind="visit", title="Bezoek", due_on=TODAY)
    before = events(client, token)["Bezoek"]
    reschedule_task(task=task, due_on=date(2026, 10, 30), by=staff, at=now)
    after = events(client, token)["Bezoek"]
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["LAST-MODIFIED"].dt == now
    assert after["DTSTAMP"].dt == now
    finish_task(task=task, by=staff, at=now)
    assert list(events(client, token)) == ["✓ Bezoek"]


def test_a_strict_lead_goes_by_its_code_name_even_for_its_owner(client, staff, token):
    lead = LeadFactory(strict=True, owner=staff, organisation=OrganisationFactory(name="Geheim BV"))
    TaskFactory(owner=staff, lead=lead, title="Bel Geheim BV", due_on=TODAY)
    text = client.get(url(token)).content.decode()
    assert "Geheim" not in text
    assert lead.code_name in text


@pytest.mark.parametrize(
    "title", ["regel\nEND:VEVENT\nSUMMARY:x", "r\rs", "‮עברית", "🎉" * 60, "<script>;,\\", "x" * 200]
)
def test_no_title_breaks_the_file(client, staff, token, title):
    TaskFactory(owner=staff, title=title, due_on=TODAY)
    answer = client.get(url(token))
    assert len(list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))) == 1
    assert len(vobject.readOne(answer.content.decode()).vevent_list) == 1
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))


def test_the_same_calendar_is_the_same_bytes_and_is_not_sent_twice(client, staff, token):
    TaskFactory(owner=staff, due_on=TODAY)
    first = client.get(url(token))
    assert first["Cache-Control"].startswith("private")
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    again = client.get(url(token), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert CalendarAddress.objects.get().last_used_at is not None


def test_wrong_revoked_and_left_get_the_same_answer(client, staff, token, now):
    left = UserFactory(staff=True)
    _address, theirs = make_calendar_address(user=left, by=left, at=now)
    left.is_active = False
    left.save()
    revoke_calendar_address(user=staff, by=staff, at=now)
    answers = [client.get(url(secret)) for secret in (token, theirs, "onzin", "x" * 3000)]
    assert {answer.status_code for answer in answers} == {404}
    assert (
        len({answer.content.replace(theirs.encode(), b"").replace(token.encode(), b"") for answer in answers})
        == 1
    )
    assert client.post(url("onzin")).status_code == 405


def test_too_many_requests_are_told_when_to_come_back(client, token, monkeypatch):
    monkeypatch.setattr(door, "REQUESTS_A_WINDOW", 2)
    assert [client.get(url(secret)).status_code for secret in (token, "onzin", token)] == [200, 404, 429]
    answer = client.get(url(token))
    assert 0 < int(answer["Retry-After"]) <= 60
    other = Client(REMOTE_ADDR="10.1.2.3")
    assert other.get(url(token)).status_code == 200


def test_the_address_reaches_no_log(client, token, caplog):
    caplog.set_level(logging.DEBUG)
    client.get(url("verkeerd-" + token))
    assert caplog.records, "a page that was not found is logged"
    written = [JsonFormatter().format(record) for record in caplog.records]
    assert not [line for line in written if token in line]
    assert [line for line in written if "/calendar/…" in json.loads(line)["message"]]


def test_the_page_makes_shows_once_and_revokes_the_address(as_staff, staff, client):
    page = reverse("admin:my")
    answer = as_staff.post(page, {"do": "make"})
    made = answer.context["made"]
    token = made.rsplit("/", 1)[1].removesuffix(".ics")
    assert "no-store" in answer["Cache-Control"]
    assert client.get(url(token)).status_code == 200
    assert token not in as_staff.get(page).text
    assert all(token not in str(value) for value in dict(as_staff.session).values())
    as_staff.post(page, {"do": "revoke"})
    assert client.get(url(token)).status_code == 404


def test_the_page_switches_the_morning_mail_and_refuses_what_it_does_not_know(as_staff):
    page = reverse("admin:my")
    assert as_staff.post(page, {"do": "mail"}, follow=True).context["is_wanted"] is False
    assert as_staff.post(page, {"do": "mail", "is_wanted": "on"}, follow=True).context["is_wanted"] is True
    answer = as_staff.post(page, {"do": "alles wissen"}, follow=True)
    assert answer.status_code == 200
    assert 'class="message error"' in answer.text
