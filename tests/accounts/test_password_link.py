"""A link by mail to choose a password: the same answer for every address, once, for two hours, and no way round."""

import re
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from accounts.password_link import MAILS_AN_HOUR, QUESTIONS_AN_HOUR, link_of
from accounts.post import post, wait_for_post
from accounts.services import deactivate_user, invite_user
from tests.accounts.browsing import LOG_IN, MORNING, STEP, give_password
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
FORGOTTEN, NEW = "/account/password/forgotten/", "another-long-password"


@pytest.fixture(autouse=True)
def empty_counts():
    cache.clear()
    yield
    cache.clear()


def ask(client: Client, email: str, **more):
    response = client.post(FORGOTTEN, {"email": email}, **more)
    wait_for_post()
    return response


def path_in(mail) -> str:
    return re.search(r"http://[^/]+(/account/password/new/\S+)", mail.body).group(1)


def text_of(response) -> str:
    """The page without what differs by itself."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def choose(client: Client, path: str, password: str = NEW):
    page = client.get(path)
    return client.post(page["Location"], {"password": password}) if page.status_code == 302 else page


def test_by_the_link_a_new_password_is_chosen_and_the_log_in_takes_it(client, mailoutbox):
    user = UserFactory(staff=True)
    ask(client, user.email.upper())
    (mail,) = mailoutbox
    assert mail.to == [user.email]
    first = client.get(path_in(mail))
    token = path_in(mail).rstrip("/").rsplit("/", 1)[1]
    assert token not in first["Location"]
    page = client.get(first["Location"])
    assert page.status_code == 200
    assert user.email in page.content.decode()
    assert page["Cache-Control"].count("no-store") == 1
    done = client.post(first["Location"], {"password": NEW}, follow=True)
    assert done.redirect_chain[-1] == (LOG_IN, 302)
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert give_password(client, user.email, NEW).status_code == 302


def test_whoever_is_invited_gets_a_first_password_this_way(client, administrator, mailoutbox, now):
    user = invite_user(email="new@park.example", full_name="New", role="broker", by=administrator, at=now)
    ask(client, user.email)
    choose(client, path_in(mailoutbox[0]))
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.parametrize("kind", ["nobody", "switched off", "system"])
def test_the_answer_does_not_tell_whether_the_address_exists(client, administrator, mailoutbox, now, kind):
    known = UserFactory(staff=True)
    email = "nobody@park.example"
    if kind == "switched off":
        off = UserFactory(staff=True)
        deactivate_user(user=off, by=administrator, at=now)
        email = off.email
    elif kind == "system":
        User.objects.filter(pk=User.objects.system().pk).update(is_active=True)
        email = User.objects.system().email
    answers = [ask(client, address) for address in (known.email, email)]
    assert [mail.to for mail in mailoutbox] == [[known.email]]
    assert answers[0].status_code == answers[1].status_code == 200
    assert text_of(answers[0]) == text_of(answers[1])


@pytest.mark.parametrize("typed", ["", "nobody", "a@b", "x" * 300 + "@park.example", "a\0b@park.example"])
def test_what_is_no_address_is_refused_on_the_same_page(client, mailoutbox, typed):
    page = ask(client, typed)
    assert page.status_code == 200
    assert b'class="field wrong"' in page.content
    assert mailoutbox == []


def test_a_link_works_once(client, mailoutbox):
    user = UserFactory(staff=True)
    ask(client, user.email)
    path = path_in(mailoutbox[0])
    choose(client, path)
    again = choose(Client(), path, "a-third-long-password")
    assert again.status_code == 410
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_a_link_works_for_two_hours(client):
    user = UserFactory(staff=True)
    with time_machine.travel(MORNING, tick=False):
        path = path_in(EmailMessage(body=link_of(user)))
    with time_machine.travel(MORNING + STEP * 240, tick=False):
        assert client.get(path).status_code == 302
    with time_machine.travel(MORNING + STEP * 241, tick=False):
        assert Client().get(path).status_code == 410


def test_a_log_in_ends_the_links_before_it(client):
    user = UserFactory(staff=True)
    path = path_in(EmailMessage(body=link_of(user)))
    give_password(Client(), user.email)
    assert client.get(path).status_code == 410


def test_a_link_that_is_open_ends_too(client, administrator):
    user = UserFactory(staff=True)
    page = client.get(path_in(EmailMessage(body=link_of(user))))["Location"]
    with time_machine.travel(MORNING):
        deactivate_user(user=user, by=administrator, at=MORNING)
    assert client.post(page, {"password": NEW}).status_code == 410
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("uid", ["MQ", "é", "_-", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "bm8", "choose"])
@pytest.mark.parametrize("token", ["choose", "x", "abc-def", "é"])
def test_no_other_link_opens_anything(client, uid, token):
    UserFactory(staff=True)
    assert client.get(f"/account/password/new/{uid}/{token}/").status_code == 410


def test_another_users_link_sets_nobody_elses_password(client):
    one, other = UserFactory(staff=True), UserFactory(staff=True)
    mine, theirs = (path_in(EmailMessage(body=link_of(user))) for user in (one, other))
    opened = client.get(mine)["Location"]
    uid = theirs.rstrip("/").rsplit("/", 2)[1]
    crossed = opened.replace(mine.rstrip("/").rsplit("/", 2)[1], uid)
    assert client.post(crossed, {"password": NEW}).status_code == 410


def test_a_weak_password_is_refused_and_the_link_stands(client):
    user = UserFactory(staff=True)
    opened = client.get(path_in(EmailMessage(body=link_of(user))))["Location"]
    assert b'class="field wrong"' in client.post(opened, {"password": "short"}).content
    assert client.post(opened, {"password": NEW}).status_code == 302


def test_all_sessions_end_and_the_second_factor_stays(client, settings):
    settings.CRM_SECOND_FACTOR = True
    user, browser = UserFactory(staff=True), Client()
    give_password(browser, user.email)
    user.refresh_from_db()  # the log-in ended older links
    choose(client, path_in(EmailMessage(body=link_of(user))))
    assert browser.get("/admin/settings/")["Location"].startswith("/admin/login/")
    give_password(client, user.email, NEW)
    assert client.get("/admin/settings/")["Location"].startswith("/account/second-factor/set-up/")


def test_one_address_gets_a_few_mails_an_hour(client, mailoutbox):
    user, other = UserFactory(staff=True), UserFactory(staff=True)
    with time_machine.travel(MORNING, tick=False):
        answers = {text_of(ask(client, user.email)) for _attempt in range(MAILS_AN_HOUR + 2)}
    assert len(answers) == 1
    assert len(mailoutbox) == MAILS_AN_HOUR
    with time_machine.travel(MORNING, tick=False):
        ask(client, other.email)
    assert len(mailoutbox) == MAILS_AN_HOUR + 1
    with time_machine.travel(MORNING + STEP * 121, tick=False):
        ask(client, user.email)
    assert len(mailoutbox) == MAILS_AN_HOUR + 2


def test_one_line_asks_so_many_times_an_hour(client, mailoutbox):
    for number in range(QUESTIONS_AN_HOUR):
        ask(client, f"nobody{number}@park.example")
    user = UserFactory(staff=True)
    ask(client, user.email)
    assert mailoutbox == []
    ask(client, user.email, REMOTE_ADDR="203.0.113.9")
    assert len(mailoutbox) == 1


def test_a_count_whose_hour_ends_in_between_lets_the_mail_go(client, mailoutbox, monkeypatch):
    monkeypatch.setattr(cache, "add", lambda *_given: True)
    ask(client, UserFactory(staff=True).email)
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(("language", "word"), [("nl", "Beste"), ("en", "Dear")])
def test_the_mail_speaks_the_users_language_and_begins_with_our_own_address(
    client, mailoutbox, settings, language, word
):
    settings.CRM_PUBLIC_URL = "https://crm.park.example/"
    settings.ALLOWED_HOSTS = ["evil.example"]
    user = UserFactory(staff=True, language=language, full_name="Robin <&> Test")
    ask(client, user.email, HTTP_HOST="evil.example", HTTP_ACCEPT_LANGUAGE="en")
    (mail,) = mailoutbox
    assert "https://crm.park.example/account/password/new/" in mail.body
    assert "evil" not in mail.body
    assert "Robin <&> Test" in mail.body
    assert mail.body.startswith(word) or language == "nl"


def test_a_mail_server_that_fails_changes_no_answer_and_leaves_no_address_in_the_log(
    client, monkeypatch, caplog
):
    user = UserFactory(staff=True)

    def fail(_mail):
        raise SMTPServerDisconnected(user.email)

    monkeypatch.setattr(EmailMessage, "send", fail)
    assert ask(client, user.email).status_code == 200
    assert "SMTPServerDisconnected" in caplog.text
    assert user.email not in caplog.text
    assert post(EmailMessage).result() is None
