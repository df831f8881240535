"""The page of norms: everybody at the desk reads them, an administrator decides, and what judges follows."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.acquisition.models import Lead
from crm.common.months import Month, amsterdam_day
from crm.desk.quiet import quiet_list
from crm.reports.builder import build_report
from crm.rules.models import NormChange
from crm.rules.reading import norms_on
from crm.rules.services import change_norm, last_decision
from tests.backoffice.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory

pytestmark = pytest.mark.django_db
NORMS = reverse("admin:norms")
CONTACTED = reverse("admin:norm", args=["stage_contacted"])


def given(**values):
    day = amsterdam_day(timezone.now())
    return {
        "value": "30",
        "valid_from": day.isoformat(),
        "reason": "Sneller bellen",
        "seen": str(last_decision("stage_contacted")),
    } | values


@pytest.mark.parametrize("role", ["staff", "manager", "administrator"])
def test_the_desk_reads_the_norms_and_an_administrator_alone_decides(role):
    client = logged_in(UserFactory(language="en", **{role: True}))
    assert "90 days" in client.get(NORMS).text
    decides = role == "administrator"
    assert ('name="valid_from"' in client.get(CONTACTED).text) == decides
    response = client.post(CONTACTED, given())
    assert response.status_code == (302 if decides else 403)
    assert norms_on(amsterdam_day(timezone.now()))["stage_contacted"] == (30 if decides else 90)


@pytest.mark.parametrize("role", ["partner", "broker"])
def test_others_do_not_see_the_norms(role):
    client = logged_in(UserFactory(language="en", **{role: True}))
    assert client.get(NORMS).status_code in (302, 403)
    assert client.post(CONTACTED, given()).status_code in (302, 403)


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(as_administrator):
    yesterday = (amsterdam_day(timezone.now()) - timedelta(days=1)).isoformat()
    page = as_administrator.post(CONTACTED, given(value="99999", valid_from=yesterday))
    assert set(page.context["form"].errors) == {"value", "valid_from"}
    assert "Sneller bellen" in page.text
    assert as_administrator.get(reverse("admin:norm", args=["nothing"])).status_code == 404


def test_a_norm_that_moved_under_the_page_is_shown_anew_before_it_is_decided(as_administrator):
    stale = given(seen="0")
    page = as_administrator.post(CONTACTED, stale)
    assert page.status_code == 200
    assert not NormChange.objects.filter(code="stage_contacted", value=30).exists()
    again = {**stale, "seen": page.context["form"]["seen"].value()}
    assert as_administrator.post(CONTACTED, again).status_code == 302


def test_a_planned_value_is_shown_and_can_be_withdrawn_with_a_reason():
    as_administrator = logged_in(UserFactory(administrator=True, language="en"))
    later = amsterdam_day(timezone.now()) + timedelta(days=20)
    as_administrator.post(CONTACTED, given(valid_from=later.isoformat()))
    row = NormChange.objects.get(code="stage_contacted", value=30)
    assert "30 days" in as_administrator.get(NORMS).text
    assert "30 days" in as_administrator.get(NORMS, {"on": later.isoformat()}).text
    as_administrator.post(CONTACTED, {"do": "withdraw", "change": row.pk, "reason": ""})
    assert norms_on(later)["stage_contacted"] == 30
    as_administrator.post(CONTACTED, {"do": "withdraw", "change": row.pk, "reason": "Toch niet"})
    assert norms_on(later)["stage_contacted"] == 90
    assert "Toch niet" in as_administrator.get(CONTACTED).text
    for wrong in ("", "x", "9" * 30, "0"):
        assert as_administrator.post(CONTACTED, {"do": "withdraw", "change": wrong}).status_code == 404


@pytest.mark.parametrize("day", ["", "x", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_whatever_day_is_asked_the_page_answers(as_staff, day):
    assert as_staff.get(NORMS, {"on": day}).status_code == 200


def test_board_quiet_list_lead_page_and_report_judge_by_the_norm_of_their_day(
    as_manager, manager, administrator
):
    lead = LeadFactory(owner=manager)
    now = timezone.now()
    today = amsterdam_day(now)
    Lead.objects.filter(pk=lead.pk).update(stage="contacted", stage_since=today - timedelta(days=50))
    board = reverse("admin:board", args=[lead.track])

    def judged():
        reasons = {
            reason.code
            for row in quiet_list(user=manager, today=today, now=now)
            for reason in (row.reason, *row.others)
        }
        (card,) = [card for column in as_manager.get(board).context["board"].columns for card in column.cards]
        page = as_manager.get(reverse("admin:acquisition_lead_change", args=[lead.pk])).text
        return "stalled" in reasons, card.is_over, "de norm is 40" in page or "norm is 40" in page

    assert judged() == (False, False, False)
    change_norm(
        code="stage_contacted",
        value=40,
        valid_from=today,
        reason="Sneller",
        by=administrator,
        at=now,
        seen=last_decision("stage_contacted"),
    )
    assert judged() == (True, True, True)
    report = build_report(month=Month.of(today), known_at=now - timedelta(minutes=1), as_of=today)
    assert report.leads.stalled_total == 0
