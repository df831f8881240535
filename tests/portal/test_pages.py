"""Partners read where the targets stand and the editions that were approved; others find nothing here."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from crm.reports.models import EditionStatus, ReportEdition
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 test"


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def edition(media, manager, now):
    row = ReportEdition(
        month=date(2026, 9, 1),
        known_at=now,
        rule_version=1,
        payload={},
        sha256="0" * 64,
        seed=1,
        issued_at=now,
        issued_by=manager,
    )
    row.pdf_nl.save("september.pdf", ContentFile(PDF), save=False)
    row.save()
    return row


def released(edition, manager, now):
    edition.status, edition.approved_at, edition.approved_by = EditionStatus.APPROVED, now, manager
    edition.save()
    return edition


def as_role(client, role):
    client.force_login(UserFactory(**{role: True}), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("role", ["partner", "staff", "manager", "administrator"])
def test_readers_see_the_six_targets(client, role):
    page = as_role(client, role).get(reverse("portal:home"))
    assert page.status_code == 200
    for value in ("R&amp;D-dependances", "Spin-offs", "12.730", "16.500", "483", "700"):
        assert value in page.content.decode()


def test_a_broker_finds_no_such_page(client):
    assert as_role(client, "broker").get(reverse("portal:home")).status_code == 404


def test_a_stranger_is_asked_to_log_in(client):
    answer = client.get(reverse("portal:home"))
    assert answer.status_code == 302
    assert "log" in answer["Location"]


def test_a_draft_edition_is_neither_listed_nor_handed_out(client, edition):
    address = reverse("portal:edition-pdf", args=[edition.pk, "nl"])
    partner = as_role(client, "partner")
    assert address not in partner.get(reverse("portal:home")).content.decode()
    assert partner.get(address).status_code == 404


def test_an_approved_edition_is_listed_and_handed_out_as_a_file(client, edition, manager, now):
    released(edition, manager, now)
    address = reverse("portal:edition-pdf", args=[edition.pk, "nl"])
    partner = as_role(client, "partner")
    assert address in partner.get(reverse("portal:home")).content.decode()
    answer = partner.get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="kennispark-2026-09-nl.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_language_that_was_not_made_is_missing(client, edition, manager, now, language):
    released(edition, manager, now)
    assert (
        as_role(client, "partner").get(reverse("portal:edition-pdf", args=[edition.pk, language])).status_code
        == 404
    )
