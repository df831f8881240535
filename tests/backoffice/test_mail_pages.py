"""Mail to file: a list of one's own, suggestions that somebody confirms, and mail on a lead's page."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.acquisition.models import Activity, Document
from crm.contacts.models import Person
from crm.desk.mail.models import DropAddress, IncomingMail, MailFiling, MailState, Way
from crm.desk.mail.parsing import read_mail
from crm.desk.mail.services import file_mail, receive_mail
from tests.backoffice.conftest import logged_in
from tests.conftest import NOON
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.mail import PDF, raw_mail, waiting_mail

pytestmark = pytest.mark.django_db
LIST = "/admin/mail/"


@pytest.fixture(autouse=True)
def clock(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOON, tick=False):
        yield


def page(mail) -> str:
    return reverse("admin:mail-one", args=[mail.pk])


def lead_url(lead) -> str:
    return reverse("admin:acquisition_lead_change", args=[lead.pk])


def eml(content: bytes, name: str = "mail.eml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="message/rfc822")


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def add(client, lead=None, **given):
    fields = {"lead": lead.pk} if lead else {}
    return client.post(reverse("admin:mail-add"), fields | given, follow=True)


@pytest.fixture
def known():
    """A lead and somebody who works there."""
    organisation = OrganisationFactory(name="Bedrijf Bekend")
    person = PersonFactory(organisation=organisation, email="kim@bedrijf.example", full_name="Kim Contact")
    return LeadFactory(organisation=organisation), person


# ── the list and a mail ─────────────────────────────────────────────────────
def test_an_empty_list_says_what_to_do(as_staff):
    response = as_staff.get(LIST)
    assert response.status_code == 200
    assert 'name="files"' in response.text


def test_the_list_names_what_a_mail_may_belong_to_and_why(as_staff, staff, known):
    lead, _person = known
    mail = waiting_mail(staff)
    response = as_staff.get(LIST)
    assert f"{page(mail)}?lead={lead.pk}" in response.text
    assert "Kim Contact" in response.text
    counts = {line.icon: line.count for group in response.context["navigation"] for line in group.lines}
    assert counts["mail"] == 1


def test_what_is_known_is_filled_in_and_what_is_not_is_asked(as_staff, staff, known):
    lead, person = known
    form = as_staff.get(page(waiting_mail(staff, to=staff.email))).context["form"]
    assert (form["lead"].value(), form["direction"].value(), form["person"].value()) == (
        str(lead.pk),
        "they",
        str(person.pk),
    )
    unclear = waiting_mail(
        staff, sender=staff.email, subject="FW: x", message_id="<2@x>", to="nieuw@elders.example"
    )
    form = as_staff.get(page(unclear)).context["form"]
    assert (form["direction"].value(), form["person"].value()) == (None, None)
    assert Activity.objects.count() == 0, "looking files nothing"


def test_filing_writes_one_entry_with_the_chosen_files_and_a_new_person(as_staff, staff, known):
    lead, _person = known
    mail = waiting_mail(
        staff, sender="Nieuw Iemand <nieuw@elders.example>", files=(("a.pdf", PDF), ("b.pdf", PDF))
    )
    stranger, first = mail.participants.get(role="from"), mail.attachments.first()
    given = {
        "do": "file",
        "lead": "other",
        "other_lead": lead.pk,
        "direction": "they",
        "person": f"new:{stranger.pk}",
        "occurred_on": "2026-10-20",
        "attachments": [first.pk],
    }
    response = as_staff.post(page(mail), given, follow=True)
    activity = Activity.objects.get()
    assert activity.person == Person.objects.get(email="nieuw@elders.example", full_name="Nieuw Iemand")
    assert [document.name for document in Document.objects.all()] == ["a.pdf"]
    assert "Onze vraag" in response.text
    as_staff.post(page(mail), given)
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"direction": ""},
        {"lead": "other", "other_lead": ""},
        {"lead": "999999"},
        {"person": "999"},
        {"occurred_on": "2031-01-01"},
        {"attachments": ["999"]},
    ],
)
def test_what_is_wrong_stands_at_its_field_and_files_nothing(as_staff, staff, known, wrong):
    lead, person = known
    mail = waiting_mail(staff, files=(("a.pdf", PDF),))
    given = {
        "do": "file",
        "lead": lead.pk,
        "direction": "they",
        "person": person.pk,
        "occurred_on": "2026-10-20",
    }
    response = as_staff.post(page(mail), given | wrong)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert 'class="error"' in response.text
    assert Activity.objects.count() == 0


def test_a_mail_is_text_alone_on_every_page(as_staff, staff, known):
    lead, _person = known
    nasty = '<script>alert(1)</script><img src="https://volg.example/x.gif">'
    mail = waiting_mail(staff, subject=nasty, text=nasty, sender=f'"{"<b>x</b>" * 60}" <kim@bedrijf.example>')
    file_mail(mail=mail, lead=lead, occurred_on=NOON.date(), is_two_way=True, by=staff, at=NOON)
    waiting = waiting_mail(staff, subject=nasty, text=nasty, message_id="<2@x>")
    for url in (LIST, page(waiting), page(mail), lead_url(lead)):
        text = as_staff.get(url).text
        assert "<script>alert" not in text
        assert '<img src="https://volg' not in text
        assert "<b>x</b>" not in text
        assert "&lt;script&gt;" in text, url


def test_a_file_of_a_waiting_mail_is_handed_out_as_documents_are(as_staff, as_manager, staff):
    mail = waiting_mail(staff, files=(("plan.pdf", PDF), ("x.exe", b"MZ")))
    kept, left = mail.attachments.all()
    url = reverse("admin:mail-file", args=[mail.pk, kept.pk])
    answer = as_staff.get(url)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private, no-store" in answer["Cache-Control"]
    assert as_manager.get(url).status_code == 404
    assert as_staff.get(reverse("admin:mail-file", args=[mail.pk, left.pk])).status_code == 404


def test_a_held_mail_is_taken_in_or_thrown_away_by_its_owner(as_staff, staff):
    mail = receive_mail(
        parsed=read_mail(raw_mail()), owner=staff, way=Way.ADDRESS, by=staff, at=NOON, is_held=True
    ).mail
    assert "Onze vraag" in as_staff.get(LIST).text
    as_staff.post(page(mail), {"do": "file", "lead": "other"})
    mail.refresh_from_db()
    assert mail.state == MailState.HELD
    as_staff.post(page(mail), {"do": "take_in"})
    mail.refresh_from_db()
    assert mail.state == MailState.WAITING
    as_staff.post(page(mail), {"do": "throw_away"})
    assert as_staff.get(page(mail)).status_code == 404


# ── a lead's page ───────────────────────────────────────────────────────────
def test_a_file_on_a_leads_page_stands_on_its_timeline_and_says_all_that_was_done(as_staff, known):
    lead, person = known
    response = add(as_staff, lead, files=[eml(raw_mail(files=(("plan.pdf", PDF), ("x.exe", b"MZ"))))])
    activity = Activity.objects.get()
    assert (activity.lead, activity.person, activity.is_two_way) == (lead, person, True)
    assert response.redirect_chain[-1][0] == lead_url(lead)
    for word in ("Onze vraag", "Kim Contact", "x.exe"):
        assert word in said(response)
    document = Document.objects.get()
    assert reverse("admin:acquisition_lead_document", args=[lead.pk, document.pk]) in response.text


def test_each_of_several_files_has_its_own_answer(as_staff, known):
    lead, _person = known
    files = [
        eml(raw_mail()),
        eml(raw_mail(), "nogmaals.eml"),
        eml(PDF, "plan.eml"),
        eml(b"\xd0\xcf\x11\xe0\xa1\xb1", "bericht.msg"),
        eml(b"", "leeg.eml"),
    ]
    words = said(add(as_staff, lead, files=files))
    assert Activity.objects.count() == IncomingMail.objects.count() == 1
    for name in ("plan.eml", "bericht.msg", "leeg.eml"):
        assert f"“{name}”" in words
    assert words.count("“Onze vraag”") == 2


def test_what_a_paste_leaves_open_is_asked_before_it_is_filed(as_staff, known):
    lead, _person = known
    response = add(as_staff, lead, text="Zij komen vrijdag kijken.")
    mail = IncomingMail.objects.get()
    assert response.redirect_chain[-1][0] == f"{page(mail)}?lead={lead.pk}"
    assert response.context["form"]["lead"].value() == str(lead.pk)
    assert Activity.objects.count() == 0


def test_a_conversation_stands_together_and_a_mail_comes_off_again(as_staff, staff, known):
    lead, _person = known
    add(as_staff, lead, files=[eml(raw_mail())])
    answer = raw_mail(
        subject="Re: Onze vraag",
        text="Ja graag.",
        message_id="<twee@x>",
        in_reply_to="<een@bedrijf.example>",
        date="Wed, 21 Oct 2026 10:00:00 +0200",
    )
    add(as_staff, lead, files=[eml(answer)])
    response = as_staff.get(lead_url(lead))
    (entry,) = [line for line in response.context["log"] if line.mail]
    assert entry.text.startswith("Re: Onze vraag")
    assert [earlier.text for earlier in entry.mail.earlier] == ["Onze vraag\n\nDag, wij zoeken 240 m²."]
    assert [line.mail is not None for line in as_staff.get(f"{lead_url(lead)}?log=mail").context["log"]] == [
        True
    ]
    first = IncomingMail.objects.get(message_id="een@bedrijf.example")
    response = as_staff.post(page(first), {"do": "take_off"}, follow=True)
    assert Activity.objects.count() == 1
    titles = [line.title for line in response.context["log"]]
    assert any(staff.full_name == line.by and line.icon == "undo" for line in response.context["log"]), titles
    assert "240 m²." not in response.text


def test_the_search_finds_the_words_of_a_filed_mail(as_staff, known):
    lead, _person = known
    add(as_staff, lead, files=[eml(raw_mail(text="Wij willen een vleugelpiano plaatsen."))])
    assert "vleugelpiano" in as_staff.get(reverse("admin:search"), {"q": "vleugelpiano"}).text


# ── drop addresses ──────────────────────────────────────────────────────────
def test_without_a_mailbox_the_page_says_who_connects_one(as_staff, settings):
    settings.CRM_MAIL_ADDRESS = ""
    assert "CRM_MAIL_ADDRESS" in as_staff.get(LIST).text


def test_an_address_is_made_and_stopped(as_staff, staff, settings, known):
    settings.CRM_MAIL_ADDRESS = "dossier@park.example"
    lead, _person = known
    as_staff.post(reverse("admin:mail-address"))
    assert f"dossier+{DropAddress.objects.get().token}@park.example" in as_staff.get(LIST).text
    as_staff.post(reverse("admin:mail-address"), {"lead": lead.pk})
    of_lead = DropAddress.objects.get(lead=lead)
    assert of_lead.token in as_staff.get(lead_url(lead)).text
    as_staff.post(reverse("admin:mail-address"), {"lead": lead.pk, "do": "revoke"})
    assert of_lead.token not in as_staff.get(lead_url(lead)).text


# ── who reads what ──────────────────────────────────────────────────────────
def test_a_list_is_its_owners_alone_and_administrators_read_counts(staff, manager, administrator):
    mail = waiting_mail(staff, subject="Kanarie in het onderwerp", text="Kanarie in de tekst")
    for user in (manager, administrator):
        client = logged_in(user)
        assert client.get(page(mail)).status_code == 404
        assert client.post(page(mail), {"do": "throw_away"}).status_code == 404
        text = client.get(LIST).text
        assert "Kanarie" not in text
    counts = logged_in(administrator).get(LIST).context["counts"]
    assert counts == [(staff.full_name, 1, 0, 0)]
    assert logged_in(manager).get(LIST).context["counts"] == []


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_who_does_not_work_at_the_desk_reaches_nothing(role, staff):
    client = logged_in(UserFactory(**{role: True}))
    mail = waiting_mail(staff)
    for url in (LIST, page(mail), reverse("admin:mail-add"), reverse("admin:mail-address")):
        assert client.get(url).status_code in (302, 403, 405)
        assert client.post(url, {"text": "Van: a@b.nl\nAan: c\n\nhoi"}).status_code in (302, 403, 405)
    assert IncomingMail.objects.count() == 1


def test_mail_on_a_strict_lead_is_read_by_its_own_people_alone(as_staff, as_manager, manager, staff):
    lead = LeadFactory(strict=True, organisation=OrganisationFactory(name="Geheim BV"))
    mail = waiting_mail(manager, text="Kanarie", files=(("plan.pdf", PDF),))
    file_mail(mail=mail, lead=lead, occurred_on=NOON.date(), is_two_way=True, by=manager, at=NOON)
    assert "Kanarie" in as_manager.get(page(mail)).text, "the control"
    assert as_staff.get(page(mail)).status_code == 404
    assert as_staff.post(page(mail), {"do": "take_off"}).status_code == 404
    assert "Kanarie" not in as_staff.get(lead_url(lead)).text
    mine = waiting_mail(staff, text="Kanarie")
    for url in (LIST, page(mine), f"{page(mine)}?lead={lead.pk}"):
        text = as_staff.get(url).text
        assert "Geheim" not in text
        assert lead.code_name not in text
    given = {
        "do": "file",
        "lead": "other",
        "other_lead": lead.pk,
        "direction": "they",
        "occurred_on": "2026-10-20",
    }
    assert as_staff.post(page(mine), given).context["form"].errors
    assert add(as_staff, lead, text="x").status_code == 403
    assert as_staff.post(reverse("admin:mail-address"), {"lead": lead.pk}).status_code == 403
    assert MailFiling.objects.count() == 1


def test_a_page_asks_equally_often_for_few_mails_and_for_many(as_staff, staff, settings):
    settings.CRM_MAIL_ADDRESS = "dossier@park.example"
    made = 0

    def more(count):
        nonlocal made
        for _ in range(count):
            made += 1
            organisation = OrganisationFactory(website=f"https://bedrijf{made}.example")
            PersonFactory(organisation=organisation, email=f"k{made}@bedrijf{made}.example")
            lead = LeadFactory(organisation=organisation)
            for number in range(2):
                mail = waiting_mail(
                    staff,
                    sender=f"k{made}@bedrijf{made}.example",
                    message_id=f"<{made}.{number}@x>",
                    references=f"<draad{made}@x>",
                    files=(("a.pdf", PDF),),
                )
            file_mail(mail=mail, lead=lead, occurred_on=NOON.date(), is_two_way=True, by=staff, at=NOON)
        return lead

    def asked(url):
        as_staff.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert as_staff.get(url).status_code == 200
        return len(captured)

    lead = more(2)
    few = asked(LIST), asked(lead_url(lead))
    more(15)
    for number in range(10):
        mail = waiting_mail(staff, message_id=f"<los{number}@x>", files=(("a.pdf", PDF),))
        file_mail(mail=mail, lead=lead, occurred_on=NOON.date(), is_two_way=True, by=staff, at=NOON)
    assert (asked(LIST), asked(lead_url(lead))) == few
