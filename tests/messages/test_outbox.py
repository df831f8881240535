"""Mail goes out once, through a real SMTP server, and a failure is kept and tried again."""

import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings

from crm.messages.models import Mail, MailAttempt, MailState
from crm.messages.services import MOST_ATTEMPTS, queue_mail, send_due

pytestmark = pytest.mark.django_db


class Inbox:
    def __init__(self) -> None:
        self.messages = []

    async def handle_DATA(self, server, session, envelope):
        self.messages.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 taken"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def inbox():
    box = Inbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=controller.port,
    ):
        yield box
    controller.stop()


def queued(now, key="report:2026-10:ut") -> Mail:
    return queue_mail(
        to="partner@ut.example", subject="Maandrapportage", body="Zie bijlage.", unique_key=key, at=now
    )


def test_a_mail_is_handed_to_the_server_once_with_its_own_message_id(inbox, now):
    mail = queued(now)
    assert queued(now).pk == mail.pk
    assert send_due(at=now) == 1
    assert send_due(at=now + timedelta(minutes=10)) == 0
    [(recipients, content)] = inbox.messages
    assert recipients == ["partner@ut.example"]
    assert mail.message_id in content
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at) == (MailState.SENT, now)


def test_a_mail_under_lease_is_left_to_its_sender_until_the_lease_runs_out(inbox, now):
    mail = queued(now)
    Mail.objects.filter(pk=mail.pk).update(lease_until=now + timedelta(minutes=4))
    assert send_due(at=now) == 0
    assert send_due(at=now + timedelta(minutes=5)) == 1


def test_a_dead_server_is_noted_and_tried_again_later_until_it_is_given_up(now):
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=free_port(),
    ):
        mail = queued(now)
        moment = now
        assert send_due(at=moment) == 0
        mail.refresh_from_db()
        assert mail.state == MailState.WAITING
        assert mail.due_at > now
        assert "refused" in MailAttempt.objects.get().error.lower()
        for _attempt in range(MOST_ATTEMPTS):
            moment += timedelta(days=1)
            send_due(at=moment)
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED
    assert MailAttempt.objects.count() == MOST_ATTEMPTS
