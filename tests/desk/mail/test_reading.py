"""The mailbox is read by one worker at a time; every mail ends in its place, once, and none is lost or let in by a stranger."""

import imaplib
import os
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path
from smtplib import SMTP

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import connection

from crm.acquisition.models import Activity
from crm.desk.mail import reading
from crm.desk.mail.addresses import address_with
from crm.desk.mail.models import AsideMail, IncomingMail, MailFiling, MailSource, MailState
from crm.desk.mail.reading import LEASE, read_mailbox
from crm.desk.mail.services import make_drop_address, throw_away
from crm.desk.mail.sources import ASIDE, PROCESSED, ImapSource
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.mail import raw_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CRM_MAIL_ADDRESS = "dossier@park.example"
    settings.CRM_MAIL_SOURCE = f"maildir://{tmp_path}/box"
    return Maildir(tmp_path / "box", factory=None, create=True)


@pytest.fixture
def address(staff, now):
    return make_drop_address(user=staff, by=staff, at=now)


def to(row) -> str:
    return address_with(row.token)


def lying(box) -> tuple[int, int, int]:
    """How many mails wait, are done with, and were put aside."""
    return len(box.keys()), *(len(box.get_folder(name).keys()) for name in (PROCESSED, ASIDE))


def from_colleague(staff, **given) -> bytes:
    return raw_mail(**{"sender": staff.email, "to": "kim@bedrijf.example"} | given)


def test_a_colleagues_mail_comes_into_the_list_of_whose_address_it_is(box, staff, manager, address, now):
    box.add(from_colleague(manager, bcc=to(address)))
    assert read_mailbox(at=now) == 1
    mail = IncomingMail.objects.get()
    assert (mail.owner, mail.received_by, mail.state, mail.way) == (
        staff,
        manager,
        MailState.WAITING,
        "address",
    )
    assert lying(box) == (0, 1, 0)
    assert read_mailbox(at=now) == 0


def test_a_strangers_mail_is_held_and_puts_nothing_on_a_record(box, staff, address, now):
    lead = LeadFactory()
    of_lead = make_drop_address(lead=lead, by=staff, at=now)
    box.add(raw_mail(delivered_to=to(address), message_id="<1@x>"))
    box.add(raw_mail(delivered_to=to(of_lead), message_id="<2@x>"))
    box.add(from_colleague(staff, to="dossier+geraden@park.example", message_id="<3@x>"))
    read_mailbox(at=now)
    assert [mail.state for mail in IncomingMail.objects.all()] == [MailState.HELD]
    assert sorted(AsideMail.objects.values_list("reason", flat=True)) == ["no_address", "unknown_sender"]
    assert Activity.objects.count() == 0
    assert lying(box) == (0, 1, 2)


def test_what_is_sent_to_a_leads_address_stands_there_at_once_and_says_so(box, staff, now):
    organisation = OrganisationFactory()
    person = PersonFactory(organisation=organisation, email="kim@bedrijf.example")
    lead = LeadFactory(organisation=organisation)
    box.add(from_colleague(staff, bcc=to(make_drop_address(lead=lead, by=staff, at=now))))
    read_mailbox(at=now)
    filing = MailFiling.objects.get()
    assert (filing.lead, filing.filed_by, filing.by_address) == (lead, staff, True)
    activity = Activity.objects.get()
    assert (activity.person, activity.is_two_way) == (person, False), "our own mail is no answer of theirs"


def test_what_was_forwarded_as_an_attachment_keeps_its_sender(box, staff, now):
    lead = LeadFactory()
    cover = EmailMessage()
    cover["From"], cover["To"] = staff.email, to(make_drop_address(lead=lead, by=staff, at=now))
    cover["Subject"], cover["Message-ID"] = "FW: Onze vraag", "<omslag@park.example>"
    cover.set_content("Zie hieronder.")
    inner = EmailMessage()
    inner["From"], inner["Subject"], inner["Message-ID"] = (
        "kim@bedrijf.example",
        "Onze vraag",
        "<een@bedrijf.example>",
    )
    inner.set_content("Dag, wij zoeken ruimte.")
    cover.add_attachment(inner)
    box.add(cover.as_bytes())
    read_mailbox(at=now)
    mail = IncomingMail.objects.get()
    assert (mail.sender_email, mail.message_id) == ("kim@bedrijf.example", "een@bedrijf.example")
    assert mail.text == "Zie hieronder.\n\nDag, wij zoeken ruimte."
    assert Activity.objects.get().is_two_way


def test_a_leads_address_opens_no_lead_that_the_sender_may_not_read(box, staff, manager, now):
    lead = LeadFactory(strict=True)
    box.add(from_colleague(staff, bcc=to(make_drop_address(lead=lead, by=manager, at=now))))
    read_mailbox(at=now)
    mail = IncomingMail.objects.get()
    assert (mail.owner, mail.state, mail.meant_for) == (staff, MailState.WAITING, None)
    assert MailFiling.objects.count() == 0


def test_a_mail_that_cannot_be_read_is_kept_aside_and_the_others_come_in(box, staff, address, now):
    parts = b"From: a@b.nl\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\nhoi\n" * 400
    box.add(parts)
    box.add(from_colleague(staff, bcc=to(address)))
    assert read_mailbox(at=now) == 1
    assert AsideMail.objects.get().reason == "too_many_parts"
    assert lying(box) == (0, 1, 1)


def test_a_mail_that_brings_the_worker_down_is_put_aside_after_three_tries(
    box, staff, address, now, monkeypatch
):
    box.add(from_colleague(staff, bcc=to(address)))

    def falls(**_given):
        raise KeyboardInterrupt

    monkeypatch.setattr(reading, "deliver", falls)
    at = now
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            read_mailbox(at=at)
        at += LEASE + timedelta(seconds=1)
    assert read_mailbox(at=at) == 0
    assert AsideMail.objects.get().reason == "brought_down"
    assert lying(box) == (0, 0, 1)


def test_a_worker_that_dies_after_the_commit_leaves_a_mail_that_is_known(
    box, staff, address, now, monkeypatch
):
    box.add(from_colleague(staff, bcc=to(address)))
    with monkeypatch.context() as dying:
        dying.setattr(
            "crm.desk.mail.sources.MaildirSource.put", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            read_mailbox(at=now)
    assert (IncomingMail.objects.count(), lying(box)[0]) == (1, 1)
    assert read_mailbox(at=now) is None, "its claim still runs"
    assert read_mailbox(at=now + LEASE + timedelta(seconds=1)) == 0
    assert (IncomingMail.objects.count(), lying(box)) == (1, (0, 1, 0))


def test_what_was_thrown_away_does_not_come_back_by_itself_and_its_owner_hears_of_it(
    box, staff, address, now
):
    raw = from_colleague(staff, bcc=to(address))
    box.add(raw)
    read_mailbox(at=now)
    throw_away(mail=IncomingMail.objects.get(), by=staff, at=now)
    box.add(raw)
    read_mailbox(at=now)
    assert IncomingMail.objects.get().state == MailState.THROWN_AWAY
    assert AsideMail.objects.get().owner == staff


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x/y",
        "maildir:///nergens",
        "imap://mail.elders.example/",
        "imaps://[x",
        "imap://u:geheim@127.0.0.1:1/",
    ],
)
def test_a_mailbox_that_cannot_be_read_is_said_and_stops_nothing_else(settings, url, now):
    settings.CRM_MAIL_SOURCE = url
    read_mailbox(at=now)
    source = MailSource.objects.get()
    assert source.trouble
    assert "geheim" not in source.trouble + source.name
    assert source.lease_until is None


def test_without_a_mailbox_a_round_does_without(settings, now):
    settings.CRM_MAIL_SOURCE = ""
    assert read_mailbox(at=now) is None
    call_command("tick")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_each_mail_in_once(box, now):
    lead = LeadFactory()
    owner = lead.created_by
    row = make_drop_address(lead=lead, by=owner, at=now)
    for number in range(12):
        box.add(from_colleague(owner, bcc=to(row), message_id=f"<{number}@x>"))

    def work():
        try:
            read_mailbox(at=now)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    read_mailbox(at=now)
    assert Activity.objects.count() == IncomingMail.objects.count() == 12
    assert lying(box) == (0, 12, 0)


# ── real servers ────────────────────────────────────────────────────────────
def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class IntoMaildir:
    """A mail server that writes what it gets into a maildir, with the envelope's recipient in a header, as Postfix does."""

    def __init__(self, box) -> None:
        self.box = box

    async def handle_DATA(self, server, session, envelope):
        self.box.add(f"Delivered-To: {envelope.rcpt_tos[0]}\r\n".encode() + envelope.content)
        return "250 taken"


def test_a_blind_copy_over_smtp_into_a_maildir_comes_in(box, staff, address, now):
    controller = Controller(IntoMaildir(box), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with SMTP("127.0.0.1", controller.port) as server:
            server.sendmail(staff.email, [to(address)], from_colleague(staff))
    finally:
        controller.stop()
    assert read_mailbox(at=now) == 1
    assert IncomingMail.objects.get().owner == staff


@contextmanager
def imap_server():
    """pymap, an IMAP server of its own process on this machine; the address of its INBOX."""
    port = free_port()
    program = Path(sys.executable).with_name("pymap")
    if not program.exists():
        program = Path(shutil.which("pymap") or "pymap")
    command = [
        program,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-tls",
        "dict",
        "--demo-user",
        "crm",
        "--demo-password",
        "ge heim@1",
    ]
    server = subprocess.Popen(
        command, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            with socket.socket() as knock:
                knock.settimeout(0.2)
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            with pytest.raises(subprocess.TimeoutExpired):
                server.wait(timeout=0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.mark.parametrize("can_move", [True, False])
def test_a_folder_on_an_imap_server_is_read_and_cleared(
    settings, tmp_path, staff, now, can_move, monkeypatch
):
    settings.MEDIA_ROOT = tmp_path
    settings.CRM_MAIL_ADDRESS = "*@dossier.example"
    address = make_drop_address(user=staff, by=staff, at=now)
    if not can_move:
        put = ImapSource.put

        def without_move(self, label, folder):
            self.connection.capabilities = tuple(
                word for word in self.connection.capabilities if word != "MOVE"
            )
            put(self, label, folder)

        monkeypatch.setattr(ImapSource, "put", without_move)
    with imap_server() as port:
        settings.CRM_MAIL_SOURCE = f"imap://crm:ge%20heim%401@127.0.0.1:{port}/INBOX"
        with imaplib.IMAP4("127.0.0.1", port) as client:
            client.login("crm", "ge heim@1")
            client.append("INBOX", None, None, from_colleague(staff, bcc=to(address)))
            client.append("INBOX", None, None, raw_mail(message_id="<vreemd@x>"))
        assert read_mailbox(at=now) == 1, MailSource.objects.get().trouble
        assert read_mailbox(at=now + timedelta(minutes=1)) == 0
        assert MailSource.objects.get().trouble == ""
        with imaplib.IMAP4("127.0.0.1", port) as client:
            client.login("crm", "ge heim@1")
            found = {}
            for name in ("INBOX", PROCESSED, ASIDE):
                client.select(name)
                found[name] = len(client.uid("SEARCH", "UNDELETED")[1][0].split())
        assert found == {"INBOX": 0, PROCESSED: 1, ASIDE: 1}
    assert IncomingMail.objects.get().owner == staff
