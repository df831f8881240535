"""Editions are issued for a month that is over, looked at, approved once both PDFs are there, and downloaded."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from crm.reports.models import PartnerAction, ReportEdition
from crm.reports.services import archive_pdfs
from tests.conftest import NOON
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.targets import EventFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def edition(as_manager):
    LeadFactory(startup=True)
    EventFactory(startup=True, on=date(2026, 3, 20))
    as_manager.post(reverse("admin:reports_reportedition_add"), {"month": "2026-09"})
    return ReportEdition.objects.get()


def page(edition) -> str:
    return reverse("admin:reports_reportedition_change", args=[edition.pk])


def approve(edition) -> str:
    return reverse("admin:reports_reportedition_do", args=[edition.pk, "approve"])


def with_pdfs(edition, manager):
    return archive_pdfs(edition=edition, pdfs={"nl": b"%PDF-nl", "en": b"%PDF-en"}, by=manager, at=NOON)


def test_an_edition_is_issued_as_known_on_the_fifth_working_day(edition, manager):
    assert (edition.month, edition.issued_by) == (date(2026, 9, 1), manager)
    assert edition.known_at.isoformat().startswith("2026-10-07T")


def test_the_frozen_figures_stand_on_its_page(as_manager, edition):
    flows = {flow["counted"]: flow for flow in as_manager.get(page(edition)).context["flows"]}
    assert 1 in flows
    movement = as_manager.get(page(edition)).context["movement"]
    assert movement[-1]["end"] == 1
    assert sum(row["end"] for row in movement[:-1]) == movement[-1]["end"]


def test_figures_that_were_touched_are_not_shown_as_if_nothing_happened(as_manager, edition):
    ReportEdition.objects.filter(pk=edition.pk).update(sha256="0" * 64)
    response = as_manager.get(page(edition))
    assert "figures_fault" in response.context
    assert "flows" not in response.context


def test_a_month_that_is_not_over_is_refused(as_manager):
    response = as_manager.post(reverse("admin:reports_reportedition_add"), {"month": "2026-10"})
    assert "month" in response.context["adminform"].form.errors
    assert ReportEdition.objects.count() == 0


def test_an_edition_without_pdfs_is_not_approved(as_manager, edition):
    assert as_manager.post(approve(edition)).context["form"].errors
    edition.refresh_from_db()
    assert edition.status == "draft"


def test_an_edition_is_approved_once(as_manager, edition, manager):
    with_pdfs(edition, manager)
    as_manager.post(approve(edition))
    edition.refresh_from_db()
    assert (edition.status, edition.approved_by) == ("approved", manager)
    assert as_manager.get(page(edition)).context["record_actions"] == []


def test_staff_look_at_editions_and_approve_none(as_staff, edition, manager):
    with_pdfs(edition, manager)
    assert as_staff.get(page(edition)).status_code == 200
    assert as_staff.post(approve(edition)).status_code == 403
    assert as_staff.get(reverse("admin:reports_reportedition_add")).status_code == 403


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_archived_pdf_is_downloaded_under_the_months_name(as_staff, edition, manager, language):
    url = reverse("admin:reports_reportedition_pdf", args=[edition.pk, language])
    assert as_staff.get(url).status_code == 404
    with_pdfs(edition, manager)
    answer = as_staff.get(url)
    assert b"".join(answer.streaming_content) == f"%PDF-{language}".encode()
    assert answer["Content-Disposition"] == f'attachment; filename="kennispark-2026-09-{language}.pdf"'
    answer.close()


def test_a_language_that_does_not_exist_is_not_found(as_staff, edition):
    assert (
        as_staff.get(reverse("admin:reports_reportedition_pdf", args=[edition.pk, "de"])).status_code == 404
    )


def test_a_partner_is_asked_for_something_and_it_is_closed(as_manager):
    given = {
        "month": "2026-10",
        "action_nl": "Vergunning afgeven",
        "action_en": "Grant the permit",
        "partner": OrganisationFactory(partner=True).pk,
        "due_on": "2026-11-15",
    }
    as_manager.post(reverse("admin:reports_partneraction_add"), given)
    action = PartnerAction.objects.get()
    assert (action.month, action.due_on) == (date(2026, 10, 1), date(2026, 11, 15))
    done = reverse("admin:reports_partneraction_do", args=[action.pk, "done"])
    assert as_manager.post(done, {"done_on": "2026-12-01"}).context["form"].errors
    as_manager.post(done, {"done_on": "2026-10-20"})
    action.refresh_from_db()
    assert action.done_on == date(2026, 10, 20)
    assert as_manager.get(reverse("admin:reports_partneraction_changelist")).status_code == 200
