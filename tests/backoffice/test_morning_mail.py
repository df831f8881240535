"""The morning mail: who gets it when, once a day, what it says, and that it tells of a strict lead only its code name."""

from datetime import date, datetime, time, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from crm.backoffice import morning_mail
from crm.backoffice.morning_mail import queue_morning_mails
from crm.common.months import AMSTERDAM
from crm.desk import morning
from crm.desk.models import MorningRound
from crm.desk.quiet import QuietReason, QuietRow, SubjectKind
from crm.desk.services import choose_morning_mail, due_for_morning_mail
from crm.messages.models import Mail
from crm.messages.services import send_due
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory
from tests.messages.test_outbox import inbox  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db

THURSDAY = date(2026, 10, 22)


def at(day=THURSDAY, hour=7, minute=0):
    return datetime.combine(day, time(hour, minute), tzinfo=AMSTERDAM)


def row(lead, sentence="Geen volgende stap", task=None, others=(), **given):
    reason = QuietReason("no_next_step", sentence, 45, THURSDAY, task)
    values = {"kind": SubjectKind.LEAD, "pk": lead.pk, "title": lead.identity.name, "reference": ""} | given
    return QuietRow(owner=None, reason=reason, others=others, **values)


@pytest.fixture
def listed(monkeypatch):
    """What the quiet list says, in the test's hand."""
    rows = []
    monkeypatch.setattr(morning, "quiet_list", lambda **_given: list(rows))
    return rows


@pytest.mark.parametrize(
    ("moment", "is_due"),
    [
        (at(hour=6, minute=59), False),
        (at(), True),
        (at(hour=11, minute=59), True),
        (at(hour=12), False),
        (at(date(2026, 10, 24)), False),
        (at(date(2026, 12, 25)), False),
        (datetime.fromisoformat("2026-10-22T05:00:00+00:00"), True),
        (datetime.fromisoformat("2026-10-26T05:30:00+00:00"), False),
    ],
)
def test_it_is_written_on_working_days_from_seven_until_noon_in_amsterdam(staff, moment, is_due):
    assert (staff in due_for_morning_mail(moment)) is is_due


def test_only_who_works_at_the_desk_and_wants_it_is_written(staff, manager, administrator):
    for role in ("partner", "broker"):
        UserFactory(role=role)
    UserFactory(is_active=False)
    choose_morning_mail(user=manager, is_wanted=False, by=manager, at=at())
    assert set(due_for_morning_mail(at())) == {staff, administrator}


def test_one_mail_a_day_whoever_ticks_and_none_without_a_row(staff, manager, listed):
    lead = LeadFactory(owner=staff, by=staff, organisation=OrganisationFactory(by=staff))
    assert queue_morning_mails(at=at()) == 0
    assert MorningRound.objects.filter(mail__isnull=True).count() == 2
    listed.append(row(lead))
    assert queue_morning_mails(at=at(hour=8)) == 0, "looked at this morning already"
    following = THURSDAY + timedelta(days=1)
    assert queue_morning_mails(at=at(following)) == 2
    assert queue_morning_mails(at=at(following, minute=1)) == 0
    assert set(Mail.objects.values_list("to", flat=True)) == {staff.email, manager.email}


def test_it_speaks_the_persons_language_and_links_home(listed):
    dutch, english = UserFactory(full_name="Robin Een"), UserFactory(full_name="Sam Two", language="en")
    lead = LeadFactory()
    listed += [row(lead)] * 12
    queue_morning_mails(at=at())
    mail = Mail.objects.get(to=english.email)
    assert mail.subject == "12 things ask for your attention on Thursday 22 October"
    assert "Good morning Sam" in mail.body
    assert mail.body.count("Geen volgende stap") == 10
    assert "And 2 more" in mail.body
    assert f"/admin/acquisition/lead/{lead.pk}/change/" in mail.body
    assert "donderdag 22 oktober" in Mail.objects.get(to=dutch.email).subject.lower()


def test_a_strict_lead_stands_under_its_code_name_and_nothing_typed_is_quoted(staff, listed):
    lead = LeadFactory(strict=True, owner=staff, organisation=OrganisationFactory(name="Geheim BV"))
    TaskFactory(owner=staff, lead=lead, title="Bel Geheim BV", due_on=THURSDAY, start_time=time(10))
    listed.append(row(lead, "Toegezegd: Bel Geheim BV", task=1))
    queue_morning_mails(at=at())
    mail = Mail.objects.get(to=staff.email)
    assert "Geheim" not in mail.subject + mail.body + mail.html
    assert lead.code_name in mail.body
    assert lead.code_name in mail.html


def test_todays_appointments_are_in_it_without_any_row(staff, listed):
    TaskFactory(owner=staff, title="Rondleiding", kind="visit", due_on=THURSDAY, start_time=time(14, 30))
    queue_morning_mails(at=at())
    assert "14:30 Rondleiding" in Mail.objects.get(to=staff.email).body


def test_what_people_typed_is_escaped_in_html(staff, listed):
    listed.append(row(LeadFactory(organisation=OrganisationFactory(name="<script>BV"))))
    queue_morning_mails(at=at())
    mail = Mail.objects.get(to=staff.email)
    assert "<script>" not in mail.html
    assert "<script>BV" in mail.body


def test_the_tick_writes_it_and_a_real_server_gets_text_and_html(staff, listed, inbox):  # noqa: F811
    listed.append(row(LeadFactory(organisation=OrganisationFactory(name="Hamerlo Sensing"))))
    said = StringIO()
    with time_machine.travel(at(), tick=False):
        call_command("tick", stdout=said)
    assert "morning mail" in said.getvalue()
    assert send_due(at=at(minute=1)) == Mail.objects.count()
    [content] = [content for recipients, content in inbox.messages if recipients == [staff.email]]
    assert "text/plain" in content
    assert "text/html" in content
    assert "Hamerlo Sensing" in content
    assert send_due(at=at(minute=2)) == 0


def test_every_kind_of_subject_has_a_page():
    assert set(morning_mail.PAGES) == set(SubjectKind)
