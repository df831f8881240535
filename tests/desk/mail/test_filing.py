"""A mail stands on a lead once, by somebody's own act, and comes off again without a trace in the figures."""

from datetime import date

import pytest

from crm.acquisition.models import Activity, Document, Lead
from crm.acquisition.services import change_lead
from crm.common.errors import RuleError
from crm.contacts.models import Person
from crm.desk.mail.models import IncomingMail, MailFiling, MailState, Way
from crm.desk.mail.parsed import Address
from crm.desk.mail.parsing import read_mail
from crm.desk.mail.services import (
    day_to_record,
    file_mail,
    make_drop_address,
    receive_mail,
    take_in,
    take_off_record,
    throw_away,
    wrote_to_us,
)
from crm.desk.mail.suggesting import suggest
from tests.acquisition.racing import at_once
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory, PersonFactory
from tests.factories.mail import PDF, raw_mail, waiting_mail

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 20)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def put(mail, lead, by, now, **more):
    return file_mail(mail=mail, lead=lead, occurred_on=DAY, is_two_way=True, by=by, at=now, **more)


def stored_files(tmp_path) -> list[str]:
    return sorted(path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path.is_file())


def test_a_filed_mail_is_contact_by_e_mail_with_its_files_as_documents(
    staff, now, tmp_path, django_capture_on_commit_callbacks
):
    organisation = OrganisationFactory()
    person = PersonFactory(organisation=organisation, email="Kim@Bedrijf.example")
    lead = LeadFactory(organisation=organisation)
    text = "Graag een afspraak.\n\n-- \nKim\n"
    mail = waiting_mail(
        staff, text=text, files=(("plan.pdf", PDF), ("virus.exe", b"MZ"), ("winmail.dat", b"x"))
    )
    assert stored_files(tmp_path) == ["mail"], "what is refused is not stored"
    with django_capture_on_commit_callbacks(execute=True):
        filing = put(mail, lead, staff, now, person=person)
    activity = Activity.objects.get()
    assert (activity.kind, activity.is_two_way, activity.occurred_on, activity.person) == (
        "email",
        True,
        DAY,
        person,
    )
    assert activity.text == "Onze vraag\n\nGraag een afspraak."
    document = Document.objects.get()
    assert (document.name, document.note, document.lead) == ("plan.pdf", "Onze vraag", lead)
    assert stored_files(tmp_path) == ["documents"]
    assert {row.name: row.refusal for row in mail.attachments.all()} == {
        "plan.pdf": "",
        "virus.exe": "wrong_kind",
        "winmail.dat": "winmail",
    }
    assert [row.person for row in mail.participants.filter(role="from")] == [person]
    assert (filing.filed_by, filing.by_address) == (staff, False)


def test_the_same_mail_is_known_and_stands_on_a_lead_once(staff, manager, now):
    lead = LeadFactory()
    mail = waiting_mail(staff)
    again = receive_mail(parsed=read_mail(raw_mail()), owner=staff, way=Way.FILE, by=staff, at=now)
    assert (again.mail, again.is_new) == (mail, False)
    put(mail, lead, staff, now)
    with pytest.raises(RuleError) as refused:
        put(mail, lead, staff, now)
    assert refused.value.codes == ["filed_already", "stands_already"]
    of_another = waiting_mail(manager)
    with pytest.raises(RuleError) as refused:
        put(of_another, lead, manager, now)
    assert refused.value.codes == ["stands_already"]
    assert staff.full_name in str(refused.value)
    assert Activity.objects.count() == 1
    put(of_another, LeadFactory(), manager, now)


def test_taken_off_it_leaves_the_log_and_returns_to_its_owners_list(staff, manager, now):
    lead = LeadFactory()
    mail = waiting_mail(staff, files=(("plan.pdf", PDF),))
    filing = put(mail, lead, staff, now)
    take_off_record(filing=filing, by=manager, at=now)
    filing.refresh_from_db()
    mail.refresh_from_db()
    assert (filing.taken_off_by, mail.state) == (manager, MailState.WAITING)
    assert Activity.objects.count() == 0
    assert Document.objects.get().withdrawn_by == manager
    with pytest.raises(RuleError):
        take_off_record(filing=filing, by=staff, at=now)
    other = LeadFactory()
    put(mail, other, staff, now)
    assert Document.objects.get(lead=other).withdrawn_at is None, "its files go with it to the right lead"


def test_a_refused_filing_writes_nothing(staff, now):
    mail = waiting_mail(staff)
    lead = LeadFactory()
    PersonFactory(email="kim@bedrijf.example")
    for wrong in ({"new_person": Address("kim@bedrijf.example", "Kim")},):
        with pytest.raises(RuleError):
            put(mail, lead, staff, now, **wrong)
    with pytest.raises(RuleError):
        file_mail(mail=mail, lead=lead, occurred_on=date(2031, 1, 1), is_two_way=True, by=staff, at=now)
    mail.refresh_from_db()
    assert (mail.state, Activity.objects.count(), MailFiling.objects.count()) == (MailState.WAITING, 0, 0)


def test_a_new_person_is_recorded_at_the_leads_organisation(staff, now):
    lead = LeadFactory()
    put(waiting_mail(staff), lead, staff, now, new_person=Address("kim@bedrijf.example", "Kim Contact"))
    person = Person.objects.get(email="kim@bedrijf.example")
    assert Activity.objects.get().person == person
    assert person.affiliations.get().organisation == lead.identity.organisation


def test_a_day_to_come_or_none_is_recorded_today(staff, now):
    for number, said in enumerate(("Sat, 03 May 2031 10:00:00 +0200", "")):
        mail = waiting_mail(staff, date=said, message_id=f"<{number}@x.example>")
        assert day_to_record(mail, now) == date(2026, 10, 22)
    assert day_to_record(waiting_mail(staff), now) == DAY


def test_who_wrote_is_said_only_where_the_mail_shows_it(staff):
    own = {staff.email}
    assert wrote_to_us(waiting_mail(staff, message_id="<1@x>"), own) is True
    assert wrote_to_us(waiting_mail(staff, sender=staff.email, message_id="<2@x>"), own) is False
    assert (
        wrote_to_us(waiting_mail(staff, sender=staff.email, subject="Fwd: x", message_id="<3@x>"), own)
        is None
    )
    assert wrote_to_us(waiting_mail(staff, sender="", message_id="<4@x>"), own) is None


def test_thrown_away_nothing_of_it_is_left_but_its_mark(
    staff, now, tmp_path, django_capture_on_commit_callbacks
):
    mail = waiting_mail(staff, files=(("plan.pdf", PDF),))
    with django_capture_on_commit_callbacks(execute=True):
        throw_away(mail=mail, by=staff, at=now)
    mail.refresh_from_db()
    assert (mail.text, mail.subject, mail.sender_email, mail.participants.count(), mail.attachments.count()) == (
        "", "", "", 0, 0,
    )  # fmt: skip
    assert stored_files(tmp_path) == []
    again = receive_mail(parsed=read_mail(raw_mail()), owner=staff, way=Way.ADDRESS, by=staff, at=now)
    assert again.mail.state == MailState.THROWN_AWAY
    back = receive_mail(parsed=read_mail(raw_mail()), owner=staff, way=Way.FILE, by=staff, at=now)
    assert (back.is_new, back.mail.state, back.mail.subject) == (True, MailState.WAITING, "Onze vraag")


def test_a_held_mail_is_filed_only_once_it_is_taken_in(staff, now):
    mail = receive_mail(
        parsed=read_mail(raw_mail()), owner=staff, way=Way.ADDRESS, by=staff, at=now, is_held=True
    ).mail
    with pytest.raises(RuleError) as refused:
        put(mail, LeadFactory(), staff, now)
    assert refused.value.codes == ["held"]
    put(take_in(mail=mail, by=staff, at=now), LeadFactory(), staff, now)


def test_a_drop_address_is_one_of_a_kind_and_can_be_stopped(staff, now):
    lead = LeadFactory()
    first = make_drop_address(user=staff, by=staff, at=now)
    second = make_drop_address(user=staff, by=staff, at=now)
    of_lead = make_drop_address(lead=lead, by=staff, at=now)
    first.refresh_from_db()
    assert first.revoked_by == staff
    assert second.revoked_at is None is of_lead.revoked_at
    assert len({first.token, second.token, of_lead.token}) == 3
    assert len(second.token) == 24


# ── suggestions ─────────────────────────────────────────────────────────────
def leads_of(mail, user):
    return {one.lead.pk: one for one in suggest([mail], user)[mail.pk].leads}


def test_an_address_suggests_the_lead_and_a_domain_only_likens(staff):
    organisation = OrganisationFactory(website="https://www.bedrijf.example")
    by_person, by_domain = (
        LeadFactory(organisation=organisation),
        LeadFactory(organisation=OrganisationFactory(name="Zuster", email="info@bedrijf.example")),
    )
    PersonFactory(organisation=organisation, email="KIM@bedrijf.example", full_name="Kim de Boer")
    found = leads_of(waiting_mail(staff), staff)
    assert found[by_person.pk].is_certain
    assert "Kim de Boer" in found[by_person.pk].reasons[0]
    assert not found[by_domain.pk].is_certain
    assert "bedrijf.example" in found[by_domain.pk].reasons[0]


def test_an_address_that_anybody_may_have_suggests_nothing(staff):
    LeadFactory(organisation=OrganisationFactory(email="iemand@gmail.com"))
    mail = waiting_mail(staff, sender="kim@gmail.com")
    assert suggest([mail], staff)[mail.pk].leads == []
    assert next(row.email for row in suggest([mail], staff)[mail.pk].strangers) == "kim@gmail.com"


def test_two_people_of_one_address_are_both_named_and_none_is_chosen(staff, now):
    for _ in range(2):
        PersonFactory(email="kim@bedrijf.example")
    mail = waiting_mail(staff, to=staff.email)
    found = suggest([mail], staff)[mail.pk]
    assert (len(found.people), found.person) == (2, None)
    put(mail, LeadFactory(), staff, now)
    assert mail.participants.get(role="from").person is None


def test_the_thread_leads_to_where_it_stands(staff, now):
    lead = LeadFactory()
    put(waiting_mail(staff), lead, staff, now)
    answer = waiting_mail(
        staff, sender="vreemd@elders.example", message_id="<twee@x>", in_reply_to="<een@bedrijf.example>"
    )
    later = waiting_mail(staff, sender="v@elders.example", message_id="<drie@x>", references="<twee@x>")
    assert list(leads_of(answer, staff)) == list(leads_of(later, staff)) == [lead.pk]
    assert answer.thread == later.thread == "een@bedrijf.example"


def test_a_reference_in_the_subject_leads_there(staff):
    lead = LeadFactory()
    mail = waiting_mail(staff, sender="v@elders.example", subject=f"Re: L-{lead.pk:04d} huur")
    assert list(leads_of(mail, staff)) == [lead.pk]


def test_a_strict_lead_of_others_is_never_suggested_and_never_told_of(staff, manager, now):
    organisation = OrganisationFactory(website="https://bedrijf.example")
    lead = LeadFactory(organisation=organisation, strict=True)
    PersonFactory(organisation=organisation, email="kim@bedrijf.example")
    put(waiting_mail(manager), lead, manager, now)
    mail = waiting_mail(staff, subject=f"L-{lead.pk:04d}")
    found = suggest([mail], staff)[mail.pk]
    assert (found.leads, found.stands) == ([], [])
    assert [one.lead.pk for one in suggest([mail], manager)[mail.pk].leads] == [lead.pk], "the control"


def test_who_may_read_a_mail_follows_its_state_and_its_lead(staff, manager, administrator, now):
    lead = LeadFactory(strict=True, owner=staff)
    mail = waiting_mail(staff)

    def readers():
        return {
            user
            for user in (staff, manager, administrator)
            if IncomingMail.objects.readable_by(user).exists()
        }

    assert readers() == {staff}, "one's own list is private, also to who runs the system"
    put(mail, lead, staff, now)
    assert readers() == {staff, manager}
    fresh = Lead.objects.get(pk=lead.pk)
    change_lead(lead=fresh, by=manager, at=now, version=fresh.version, owner=manager)
    assert readers() == {manager}, "who may not read the lead any more reads its mail no more"


@pytest.mark.django_db(transaction=True)
def test_two_who_file_one_mail_at_once_leave_one_entry(now):
    owner, lead = UserFactory(), LeadFactory()
    mail = waiting_mail(owner)
    answers = at_once(
        *(lambda: put(IncomingMail.objects.get(pk=mail.pk), lead, owner, now) for _ in range(4))
    )
    assert sum(isinstance(answer, MailFiling) for answer in answers) == 1
    assert Activity.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_mail_that_comes_in_twice_at_once_is_kept_once(now):
    owner, parsed = UserFactory(), read_mail(raw_mail())
    take = lambda: receive_mail(parsed=parsed, owner=owner, way=Way.ADDRESS, by=owner, at=now)  # noqa: E731 the same call four times
    assert sum(answer.is_new for answer in at_once(*(take for _ in range(4)))) == 1
    assert IncomingMail.objects.count() == 1
