from datetime import UTC, date, datetime

import pytest

from crm.acquisition.choices import Track
from crm.common.errors import RuleError
from crm.common.months import AMSTERDAM, Month
from crm.reports import services
from crm.reports.models import DirectorText, ReportEdition
from crm.reports.monthly import MonthlyReport, Wording
from crm.reports.payload import canonical_json, digest
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory

pytestmark = pytest.mark.django_db
OCTOBER = Month(2026, 10)
KNOWN = datetime(2026, 11, 6, 11, tzinfo=UTC)
NOW = datetime(2026, 11, 9, 12, tzinfo=AMSTERDAM)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def issue(month: Month = OCTOBER, known_at: datetime = KNOWN, at: datetime = NOW) -> ReportEdition:
    return services.issue_edition(month=month, known_at=known_at, by=UserFactory(), at=at)


def printed(edition: ReportEdition, **pdfs: bytes) -> ReportEdition:
    return services.archive_pdfs(
        edition=edition, pdfs=pdfs or {"nl": b"%PDF nl", "en": b"%PDF en"}, by=UserFactory(), at=NOW
    )


def test_an_edition_keeps_its_figures_with_a_digest_over_their_canonical_bytes():
    LeadFactory(stage="proposal", startup=True)
    edition = ReportEdition.objects.get(pk=issue().pk)
    assert (edition.status, edition.rule_version, edition.seed) == ("draft", 1, 202610)
    assert digest(canonical_json(edition.payload)) == edition.sha256
    report = services.report_of(edition)
    assert (report.total.end, report.month) == (1, OCTOBER)
    assert report == MonthlyReport.from_plain(edition.payload)


def test_the_same_pair_again_gives_the_edition_that_stands_whatever_changed_since():
    first = issue()
    lead = LeadFactory(stage="proposal", track=Track.STARTUP)
    again = issue(at=datetime(2026, 12, 1, 12, tzinfo=AMSTERDAM))
    assert lead.pk
    assert (again.pk, again.sha256, ReportEdition.objects.count()) == (first.pk, first.sha256, 1)


def test_who_comes_second_with_the_same_pair_gets_the_edition_of_the_first(monkeypatch):
    first, look = issue(), services.edition_of
    answers = iter([None])
    monkeypatch.setattr(services, "edition_of", lambda month, known_at: next(answers, look(month, known_at)))
    assert issue().pk == first.pk
    assert ReportEdition.objects.count() == 1


def test_another_moment_gives_another_edition_that_supersedes_the_one_before():
    first = issue()
    second = issue(known_at=datetime(2026, 11, 8, 12, tzinfo=UTC))
    between = issue(known_at=datetime(2026, 11, 7, 12, tzinfo=UTC))
    assert (first.supersedes, second.supersedes, between.supersedes) == (None, first, None)


def test_a_month_that_is_not_over_and_a_future_moment_are_refused_together():
    with pytest.raises(RuleError) as caught:
        issue(at=datetime(2026, 10, 31, 23, 59, tzinfo=AMSTERDAM))
    assert caught.value.codes == ["month_not_over", "in_the_future"]
    assert not ReportEdition.objects.exists()


def test_a_month_is_over_at_midnight_in_amsterdam():
    midnight = datetime(2026, 11, 1, 0, 0, tzinfo=AMSTERDAM)
    assert issue(known_at=midnight, at=midnight).pk


def test_figures_that_were_changed_since_are_refused():
    edition = issue()
    plain = edition.payload
    plain["flows"][0]["counted"] += 1
    ReportEdition.objects.filter(pk=edition.pk).update(payload=plain)
    with pytest.raises(RuleError, match="2026-10") as caught:
        services.report_of(ReportEdition.objects.get(pk=edition.pk))
    assert caught.value.codes == ["figures_changed"]


def test_pdfs_are_archived_by_language(tmp_path):
    edition = printed(issue())
    assert (services.archived(edition, "nl"), services.archived(edition, "en")) == (b"%PDF nl", b"%PDF en")
    assert services.archived(issue(known_at=datetime(2026, 11, 7, tzinfo=UTC)), "nl") is None


def test_a_drafts_pdf_is_replaced_and_the_old_file_goes(tmp_path, django_capture_on_commit_callbacks):
    edition = printed(issue())
    with django_capture_on_commit_callbacks(execute=True):
        edition = printed(edition, nl=b"%PDF new")
    assert services.archived(edition, "nl") == b"%PDF new"
    assert services.archived(edition, "en") == b"%PDF en"
    assert len(list(tmp_path.rglob("*.pdf"))) == 2


def test_an_edition_is_approved_once_both_pdfs_are_there_and_is_final_then():
    edition, manager = issue(), UserFactory(manager=True)
    with pytest.raises(RuleError) as caught:
        services.approve_edition(edition=edition, by=manager, at=NOW)
    assert caught.value.codes == ["no_pdf"]
    printed(edition)
    approved = services.approve_edition(edition=edition, by=manager, at=NOW)
    assert (approved.status, approved.approved_by, approved.approved_at) == ("approved", manager, NOW)
    assert list(ReportEdition.objects.released()) == [approved]
    with pytest.raises(RuleError) as caught:
        services.approve_edition(edition=edition, by=manager, at=NOW)
    assert caught.value.codes == ["approved_already"]
    with pytest.raises(RuleError) as caught:
        printed(edition, nl=b"%PDF other")
    assert caught.value.codes == ["pdfs_are_final"]
    assert services.archived(ReportEdition.objects.get(pk=edition.pk), "nl") == b"%PDF nl"


def test_the_director_writes_at_most_400_characters_and_may_rewrite_them():
    by, month = UserFactory(), OCTOBER.first_day
    assert services.director_text_for(OCTOBER) == Wording("", "")
    services.write_director_text(month=month, text_nl="Eerst.", by=by, at=NOW)
    services.write_director_text(month=month, text_nl=" Toch. ", text_en="Still.", by=by, at=NOW)
    assert services.director_text_for(OCTOBER) == Wording("Toch.", "Still.")
    assert DirectorText.objects.get().version == 2
    with pytest.raises(RuleError) as caught:
        services.write_director_text(month=date(2026, 10, 2), text_nl="x" * 401, by=by, at=NOW)
    assert {fault.field for fault in caught.value.faults} == {"text_nl", "month"}
    assert services.director_text_for(OCTOBER) == Wording("Toch.", "Still.")


def ask(**changes):
    facts = {
        "month": OCTOBER.first_day,
        "action_nl": "Bellen",
        "action_en": "Call",
        "partner": OrganisationFactory(),
        "due_on": date(2026, 11, 20),
        "by": UserFactory(),
        "at": NOW,
    }
    return services.ask_partner(**{**facts, **changes})


def test_what_is_asked_of_a_partner_names_every_fault_at_once():
    with pytest.raises(RuleError) as caught:
        ask(month=date(2026, 10, 5), action_nl="", action_en="x" * 81, due_on=date(2026, 9, 1))
    assert {fault.field for fault in caught.value.faults} == {"action_nl", "action_en", "month", "due_on"}


def test_an_action_is_done_or_dropped_once():
    action, by = ask(), UserFactory()
    for wrong in ({}, {"done_on": date(2026, 11, 9), "dropped_reason": "x"}, {"done_on": date(2026, 11, 10)}):
        with pytest.raises(RuleError):
            services.close_action(action=action, by=by, at=NOW, **wrong)
    closed = services.close_action(action=action, done_on=date(2026, 11, 9), by=by, at=NOW)
    assert (closed.done_on, closed.version, closed.changed_by) == (date(2026, 11, 9), 2, by)
    with pytest.raises(RuleError) as caught:
        services.close_action(action=action, dropped_reason="Niet nodig", by=by, at=NOW)
    assert caught.value.codes == ["closed_already"]
