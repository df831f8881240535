"""What becomes of a mail out of turn: each refusal says why, and nothing is half done."""

from datetime import date, timedelta
from email.message import EmailMessage

import pytest

from crm.acquisition.models import Activity
from crm.common.errors import Fault, RuleError
from crm.desk.mail import services
from crm.desk.mail.models import AsideMail, MailAttachment, MailSource, MailState, Way
from crm.desk.mail.parsing import read_mail
from crm.desk.mail.services import file_mail, receive_mail, see_aside, take_in, take_off_record, throw_away
from tests.factories.acquisition import LeadFactory
from tests.factories.mail import PDF, waiting_mail

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 20)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def put(mail, lead, by, now):
    return file_mail(mail=mail, lead=lead, occurred_on=DAY, is_two_way=True, by=by, at=now)


def codes(refused) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def test_what_was_thrown_away_is_neither_filed_nor_thrown_away_again(staff, now):
    mail = throw_away(mail=waiting_mail(staff), by=staff, at=now)
    for step in (
        lambda: put(mail, LeadFactory(), staff, now),
        lambda: throw_away(mail=mail, by=staff, at=now),
    ):
        with pytest.raises(RuleError) as refused:
            step()
        assert codes(refused) == ["thrown_away"]
    assert not Activity.objects.exists()


def test_what_stands_on_a_record_is_taken_off_before_it_is_thrown_away(staff, now):
    mail = waiting_mail(staff)
    put(mail, LeadFactory(), staff, now)
    with pytest.raises(RuleError) as refused:
        throw_away(mail=mail, by=staff, at=now)
    assert codes(refused) == ["filed_already"]


def test_only_what_is_held_is_taken_in(staff, now):
    with pytest.raises(RuleError) as refused:
        take_in(mail=waiting_mail(staff), by=staff, at=now)
    assert codes(refused) == ["not_held"]


def test_a_mail_within_a_mail_is_named_and_not_kept(staff, now):
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = (
        "kim@bedrijf.example",
        "collega@park.example",
        "Doorgestuurd",
    )
    outer["Message-ID"], outer["Date"] = "<buiten@bedrijf.example>", "Tue, 20 Oct 2026 10:00:00 +0200"
    outer.set_content("Zie de bijlage.")
    outer.add_attachment(read_bytes(), filename="eerder.eml")
    mail = receive_mail(parsed=read_mail(outer.as_bytes()), owner=staff, way=Way.FILE, by=staff, at=now).mail
    assert list(mail.attachments.values_list("refusal", "file")) == [("mail", "")]


def read_bytes() -> EmailMessage:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "piet@elders.example", "Eerder"
    inner.set_content("Hallo")
    return inner


def test_a_file_that_the_lead_refuses_is_named_and_the_mail_is_filed_all_the_same(staff, now, monkeypatch):
    def full(**_given):
        raise RuleError(Fault("too_many", "Er kan niets meer bij."))

    mail = waiting_mail(staff, files=(("plan.pdf", PDF),))
    monkeypatch.setattr(services, "add_document", full)
    put(mail, LeadFactory(), staff, now)
    row = mail.attachments.get()
    assert (row.refusal, row.document) == ("too_many", None)
    assert Activity.objects.count() == 1


def test_a_mail_that_comes_back_brings_its_file_from_the_document_and_one_without_a_file_brings_none(
    staff, now
):
    mail, lead, other = waiting_mail(staff, files=(("plan.pdf", PDF),)), LeadFactory(), LeadFactory()
    MailAttachment.objects.create(mail=mail, name="leeg.pdf", size=0, kind="pdf")
    filing = put(mail, lead, staff, now)
    take_off_record(filing=filing, by=staff, at=now + timedelta(minutes=1))
    mail.refresh_from_db()
    assert mail.state == MailState.WAITING
    put(mail, other, staff, now + timedelta(minutes=2))
    assert [document.name for document in other.documents.all()] == ["plan.pdf"]


def test_what_was_put_aside_is_seen_once(staff, now):
    source = MailSource.objects.create(name="maildir")
    aside = AsideMail.objects.create(source=source, label="1", owner=staff, reason="unreadable", at=now)
    seen = see_aside(aside=aside, by=staff, at=now)
    again = see_aside(aside=aside, by=staff, at=now + timedelta(hours=1))
    assert (seen.seen_at, again.seen_at) == (now, now)
