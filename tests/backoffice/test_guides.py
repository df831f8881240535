"""Each page opens the chapter that explains it, and each role reads its own guides."""

import pytest
from django.urls import reverse

from crm.backoffice.guide_pages import EXPLAINED
from crm.common.guides import READ_BY, guide
from tests.backoffice.conftest import logged_in
from tests.backoffice.pages import list_urls
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory

pytestmark = pytest.mark.django_db


def test_every_chapter_that_a_page_opens_exists():
    for slug, anchor in EXPLAINED.values():
        assert anchor in {chapter.anchor for chapter in guide(slug, "nl").chapters}, f"{slug} {anchor}"


@pytest.mark.parametrize("role", ["staff", "manager", "administrator"])
def test_every_list_offers_help_that_opens(role):
    client = logged_in(UserFactory(**{role: True}))
    for url in [*list_urls().values(), "/admin/", "/admin/today/", "/admin/board/startup/"]:
        response = client.get(url)
        if response.status_code == 200:
            address = response.context["help_address"]
            slug = address.removeprefix("/admin/guide/").partition("/")[0]
            assert slug in READ_BY[role], f"{url} {address}"
            assert f'href="{address}"' in response.text
    for slug in READ_BY[role]:
        assert client.get(reverse("admin:guide", args=[slug])).status_code == 200


def test_a_lead_opens_its_own_chapter(as_staff):
    lead = LeadFactory()
    page = as_staff.get(reverse("admin:acquisition_lead_change", args=[lead.pk]))
    assert page.context["help_address"] == "/admin/guide/staff/#lead"


def test_the_guide_of_another_role_is_not_found(as_staff):
    assert as_staff.get(reverse("admin:guide", args=["administrator"])).status_code == 404
    assert as_staff.get("/admin/guide/nowhere/").status_code == 404
    assert as_staff.get(reverse("admin:guides"))["Location"] == reverse("admin:guide", args=["staff"])


@pytest.mark.parametrize(
    ("role", "language", "words"),
    [
        ("partner", "nl", "Voortgang en rapporten lezen"),
        ("broker", "en", "Submitting listings"),
        ("staff", "nl", "Werken aan leads"),
    ],
)
def test_partners_and_brokers_read_theirs_in_the_portal(role, language, words):
    client = logged_in(UserFactory(**{role: True}, language=language))
    assert words in client.get(reverse("portal:guide")).text
