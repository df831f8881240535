"""The page on which somebody leaves, and the invitation by which somebody comes."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import Standing, invitation_of, send_invitation
from accounts.models import User
from accounts.post import wait_for_post
from accounts.services import activate_user, deactivate_user, invite_user
from crm.contacts.services import change_organisation
from crm.desk.leaving.belongings import Kind
from crm.desk.lists import save_view
from tests.backoffice.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory, TaskFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.matching import NeedFactory
from tests.factories.rounds import ContactRoundFactory

pytestmark = pytest.mark.django_db

LINK = re.compile(r"https?://[^/\s]+(/\S+)")
NEW = {"email": "nieuw@park.example", "full_name": "Nieuw Iemand", "role": "staff", "language": "nl"}


def url_of(user):
    return reverse("admin:leave", args=[user.pk])


@pytest.fixture
def leaver():
    return UserFactory(full_name="Sanne Vertrekt")


def test_the_page_shows_all_previews_it_and_does_it_in_one_step(as_administrator, leaver, staff):
    lead, task = LeadFactory(owner=leaver), TaskFactory(owner=leaver)
    record = as_administrator.get(reverse("admin:accounts_user_change", args=[leaver.pk]))
    assert url_of(leaver) in record.content.decode()
    page = as_administrator.get(url_of(leaver))
    assert [row["count"] for row in page.context["rows"]] == [1, 1]
    preview = as_administrator.post(url_of(leaver), {"everything": staff.pk, "step": "preview"})
    assert preview.context["is_preview"]
    lead.refresh_from_db()
    assert lead.owner == leaver
    given = {"everything": staff.pk, "step": "yes", "seen": preview.context["seen"]}
    done = as_administrator.post(url_of(leaver), given)
    assert done.status_code == 302
    for row in (lead, task):
        row.refresh_from_db()
        assert row.owner == staff
    leaver.refresh_from_db()
    assert not leaver.is_active
    listed = as_administrator.get(reverse("admin:accounts_accountevent_changelist"))
    assert listed.status_code == 200
    assert as_administrator.get(url_of(leaver)).status_code == 302


def test_every_kind_of_responsibility_is_named_on_the_page(as_administrator, leaver, administrator):
    lead = LeadFactory(owner=leaver, strict=True)
    TaskFactory(owner=leaver, lead=lead)
    TaskFactory(owner=leaver, lead=LeadFactory(owner=leaver))
    NeedFactory(owner=leaver)
    now = timezone.now()
    save_view(list_name="acquisition.lead", name="Beurs", query="q=a", is_shared=True, by=leaver, at=now)
    relation = OrganisationFactory(owner=True, name="Aalderoord Vastgoed")
    change_organisation(organisation=relation, keeper=leaver, by=administrator, at=now)
    ContactRoundFactory(name="Eigenaren", organisations=[relation], participants=[leaver])
    page = as_administrator.get(url_of(leaver))
    assert {row["kind"] for row in page.context["rows"]} == set(Kind.values)
    assert "Aalderoord Vastgoed (Eigenaren)" in page.text


def test_a_yes_without_the_preview_or_after_a_change_does_nothing(as_administrator, leaver, staff):
    LeadFactory(owner=leaver)
    preview = as_administrator.post(url_of(leaver), {"everything": staff.pk, "step": "preview"})
    LeadFactory(owner=leaver)
    for seen in ("", preview.context["seen"]):
        response = as_administrator.post(
            url_of(leaver), {"everything": staff.pk, "step": "yes", "seen": seen}
        )
        assert response.status_code == 200
        assert response.context["form"].errors
    leaver.refresh_from_db()
    assert leaver.is_active


def test_what_stands_in_the_way_is_said_and_the_choice_kept(as_administrator, leaver, staff):
    strict = LeadFactory(owner=leaver, strict=True)
    LeadFactory(owner=leaver)
    response = as_administrator.post(url_of(leaver), {"everything": staff.pk, "step": "preview"})
    assert strict.code_name in str(response.context["form"].errors["strict_leads"])
    assert not response.context["is_preview"]
    empty = as_administrator.post(url_of(leaver), {"step": "preview"})
    assert "everything" not in empty.context["form"].cleaned_data or empty.context["form"].errors


def test_an_administrator_reads_no_hidden_name_and_no_text_about_one(as_administrator, leaver):
    canary = OrganisationFactory(name="Kanarie Geheim BV")
    lead = LeadFactory(owner=leaver, strict=True, organisation=canary)
    TaskFactory(owner=leaver, lead=lead, title="Bel Kanarie Geheim")
    TaskFactory(owner=leaver, title="Bel het bestuur")
    text = as_administrator.get(url_of(leaver)).content.decode()
    assert "Kanarie" not in text
    assert lead.code_name in text
    assert "Bel het bestuur" in text, "the control"


@pytest.mark.parametrize(
    ("role", "status"),
    [("manager", {403}), ("staff", {404}), ("partner", {302, 403, 404}), ("broker", {302, 403, 404})],
)
def test_only_an_administrator_lets_somebody_leave(role, status, leaver):
    client = logged_in(UserFactory(role=role))
    assert client.get(url_of(leaver)).status_code in status
    assert client.post(url_of(leaver), {"step": "yes"}).status_code in status
    leaver.refresh_from_db()
    assert leaver.is_active


def test_nobody_leaves_by_themselves_and_a_wrong_number_is_not_found(as_administrator, administrator):
    assert as_administrator.post(url_of(administrator), {"step": "yes"}).status_code == 302
    assert as_administrator.get("/admin/accounts/user/999999/leave/").status_code == 404
    assert as_administrator.get(url_of(User.objects.system())).status_code == 404
    administrator.refresh_from_db()
    assert administrator.is_active


def letter(callbacks):
    """The path of the link in the last mail."""
    wait_for_post()
    assert callbacks
    return LINK.search(mail.outbox[-1].body)[1]


def opens(path):
    return Client().get(path).status_code


def test_inviting_is_one_screen_that_mails_a_link_to_choose_a_password(
    as_administrator, django_capture_on_commit_callbacks
):
    page = as_administrator.get(reverse("admin:accounts_user_add")).content.decode()
    assert "zeven dagen" in page or "seven days" in page
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        response = as_administrator.post(reverse("admin:accounts_user_add"), NEW, follow=True)
    assert NEW["email"] in response.content.decode()
    path = letter(callbacks)
    assert mail.outbox[-1].to == [NEW["email"]]
    user = User.objects.get(email=NEW["email"])
    assert invitation_of(user, timezone.now()).standing is Standing.SENT
    visitor = Client()
    form = visitor.get(path, follow=True)
    visitor.post(
        form.redirect_chain[-1][0],
        {"password": "een-lang-nieuw-wachtwoord", "again": "een-lang-nieuw-wachtwoord"},
    )
    user.refresh_from_db()
    assert user.check_password("een-lang-nieuw-wachtwoord")
    assert invitation_of(user, timezone.now()).standing is Standing.ACCEPTED
    assert opens(path) == 410, "a link works once"


@pytest.fixture
def invited(administrator, django_capture_on_commit_callbacks):
    at = timezone.now()
    user = invite_user(**NEW, by=administrator, at=at)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        send_invitation(user=user, by=administrator, at=at)
    return user, letter(callbacks)


def test_sending_again_ends_the_earlier_link(as_administrator, invited, django_capture_on_commit_callbacks):
    user, first = invited
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        as_administrator.post(reverse("admin:accounts_user_do", args=[user.pk, "invite"]))
    second = letter(callbacks)
    assert (opens(first), opens(second)) == (410, 302)


def test_a_closed_account_withdraws_the_invitation_for_good(invited, administrator):
    user, path = invited
    assert opens(path) == 302
    now = timezone.now()
    deactivate_user(user=user, by=administrator, at=now)
    assert opens(path) == 410
    assert invitation_of(user, now).standing is Standing.WITHDRAWN
    activate_user(user=user, by=administrator, at=now)
    assert opens(path) == 410


def test_an_invitation_expires_after_seven_days_and_belongs_to_one_user(invited, administrator, monkeypatch):
    user, path = invited
    sent = invitation_of(user, timezone.now()).sent_at
    assert invitation_of(user, sent + timedelta(days=7, seconds=-1)).standing is Standing.SENT
    assert invitation_of(user, sent + timedelta(days=7)).standing is Standing.EXPIRED
    other = UserFactory()
    token = path.rstrip("/").rpartition("/")[2]
    foreign = path.replace(path.split("/")[-3], "OTk5OTk5")
    assert opens(foreign) == 410
    assert opens(path.replace(token, token[:-3] + "abc")) == 410
    monkeypatch.setattr("django.utils.timezone.now", lambda: sent + timedelta(days=8))
    assert opens(path) == 410
    assert invitation_of(other, sent).standing is Standing.ACCEPTED


def test_the_list_says_how_each_invitation_stands_without_a_query_for_each(
    as_administrator, administrator, django_assert_num_queries
):
    at = timezone.now()
    for number in range(3):
        user = invite_user(**(NEW | {"email": f"n{number}@park.example"}), by=administrator, at=at)
        send_invitation(user=user, by=administrator, at=at - timedelta(days=8 * number))
    text = as_administrator.get(reverse("admin:accounts_user_changelist")).content.decode()
    assert "Verstuurd" in text or "Sent" in text
    assert "Verlopen" in text or "Expired" in text
    page = as_administrator.get(reverse("admin:accounts_user_change", args=[user.pk])).content.decode()
    assert reverse("admin:accounts_user_do", args=[user.pk, "invite"]) in page
