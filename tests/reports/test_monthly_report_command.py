"""The command as people run it: what it prints, what it leaves, and that page 1 says what `progress` says."""

import io
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
import pytest
import time_machine
from django.core.management import CommandError, call_command

from crm.acquisition.services import add_task, import_change, log_activity
from crm.common.months import AMSTERDAM
from crm.reports.formats import Formats
from crm.reports.models import ReportEdition
from crm.reports.services import approve_edition, archived, ask_partner, report_of, write_director_text
from tests.factories.accounts import UserFactory
from tests.factories.acquisition import LeadFactory
from tests.factories.contacts import OrganisationFactory
from tests.factories.targets import EventFactory
from tests.reports.reading import alternatives, opened, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
CANARY = "Kanariegeel Pompoenfabriek"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def run(*arguments: str, folder: Path) -> list[Path]:
    out = io.StringIO()
    call_command("monthly_report", *arguments, "--output", str(folder), stdout=out)
    return [Path(line) for line in out.getvalue().splitlines()]


def refused(*arguments: str, folder: Path) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments, folder=folder)
    assert caught.value.returncode == 2
    message = str(caught.value)
    assert "\n" not in message
    assert not ReportEdition.objects.exists()
    return message


def park() -> None:
    """A small park with something of everything."""
    for day in (date(2026, 2, 3), date(2026, 5, 19), date(2026, 10, 6)):
        EventFactory(startup=True, on=day)
    EventFactory(spin_off=True, on=date(2026, 10, 20))
    EventFactory(startup=True, on=date(2026, 10, 29), pending=True)
    EventFactory(rd_branch=True, on=date(2026, 6, 1))
    leaver = EventFactory(startup=True, on=date(2026, 1, 12)).organisation
    EventFactory(departure=True, organisation=leaver, on=date(2026, 9, 14))
    for stage in ("contacted", "qualified", "proposal", "committed"):
        LeadFactory(stage=stage, startup=True, area_to_m2=120)


def test_it_prints_the_paths_of_what_it_made_and_keeps_the_same_in_the_archive(tmp_path):
    paths = run("2026-10", folder=tmp_path / "out")
    assert [path.name for path in paths] == ["monthly-report-2026-10-nl.pdf", "monthly-report-2026-10-en.pdf"]
    edition = ReportEdition.objects.get()
    assert (edition.known_at, edition.status) == (datetime(2026, 11, 6, 11, tzinfo=UTC), "draft")
    assert [archived(edition, language) for language in ("nl", "en")] == [path.read_bytes() for path in paths]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in paths)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_page_one_says_what_progress_says_of_the_same_pair(language, tmp_path):
    park()
    (path,) = run("2026-10", "--language", language, folder=tmp_path)
    known_at = ReportEdition.objects.get().known_at.isoformat()
    out = io.StringIO()
    call_command("progress", "--as-of", "2026-10-31", "--known-at", known_at, "--json", stdout=out)
    targets = json.loads(out.getvalue())["targets"]
    text, formats = text_of(path.read_bytes(), tmp_path, page=1), Formats(language)
    startups, spin_offs, branches = (targets[code] for code in ("startups", "spin_offs", "rd_branches"))
    assert (startups["counted"], spin_offs["counted"], branches["counted"]) == (5, 1, 1)
    for flow in (startups, spin_offs):
        row = (
            rf"{flow['counted']} / ?{flow['goal']} {flow['pending']} "
            rf"{re.escape(formats.number(flow['required_per_year'], 1))} "
        )
        assert re.search(row, text)
        assert formats.number(flow["average_per_year"], 1) in text
        assert re.search(rf"net(to)? {flow['net']}\b", text)
        assert re.search(rf"startups {startups['departed']}, spin-offs {spin_offs['departed']};", text)
        assert re.search(rf"startups {startups['to_date']}, spin-offs {spin_offs['to_date']}\.", text)
    assert re.search(rf"{branches['counted']} / ?{branches['goal']} {branches['pending']} ", text)
    assert re.search(rf"(niet geteld|not counted): {branches['by_takeover']}\.", text)
    for code in ("companies", "knowledge_intensive_companies", "jobs"):
        stock = targets[code]
        for value in (stock["observed"], stock["goal"], stock["plan"]):
            assert formats.number(value) in text
        if stock["net_since"] is not None:
            assert formats.number(stock["net_since"], signed=True) in text
        assert formats.short_day_and_year(date.fromisoformat(stock["observed_on"])) in text


def test_the_same_pair_again_gives_the_same_edition_and_the_same_bytes(tmp_path, clock):
    park()
    first = [path.read_bytes() for path in run("2026-10", folder=tmp_path)]
    LeadFactory(stage="decision")
    clock.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    again = [
        path.read_bytes()
        for path in run("2026-10", "--known-at", "2026-11-06T12:00:00+01:00", folder=tmp_path)
    ]
    assert again == first
    assert ReportEdition.objects.count() == 1


def test_another_moment_is_another_edition(tmp_path):
    run("2026-10", "--language", "nl", folder=tmp_path)
    run("2026-10", "--language", "nl", "--known-at", "2026-11-20T10:00:00Z", folder=tmp_path)
    assert [edition.known_at.day for edition in ReportEdition.objects.order_by("known_at")] == [6, 20]


def test_a_draft_takes_the_directors_new_words_and_an_approved_edition_none(tmp_path):
    by, month = UserFactory(manager=True), date(2026, 10, 1)
    run("2026-10", folder=tmp_path)
    write_director_text(month=month, text_nl="Labruimte blijft de rem.", by=by, at=NOW)
    path = run("2026-10", folder=tmp_path)[0]
    assert "Labruimte blijft de rem." in text_of(path.read_bytes(), tmp_path)
    approve_edition(edition=ReportEdition.objects.get(), by=by, at=NOW)
    write_director_text(month=month, text_nl="Iets anders.", by=by, at=NOW)
    path = run("2026-10", folder=tmp_path)[0]
    assert "Labruimte blijft de rem." in text_of(path.read_bytes(), tmp_path)


def test_a_preview_archives_nothing_and_says_so(tmp_path):
    paths = run("2026-10", "--preview", "--language", "nl", folder=tmp_path)
    assert [path.name for path in paths] == ["monthly-report-2026-10-nl-preview.pdf"]
    assert not ReportEdition.objects.exists()
    assert "Voorproef, niet gearchiveerd" in text_of(paths[0].read_bytes(), tmp_path, page=2)


def test_a_running_month_can_only_be_previewed_up_to_today(tmp_path):
    message = refused("2026-11", folder=tmp_path)
    assert "--preview" in message
    (path,) = run("2026-11", "--preview", "--language", "nl", folder=tmp_path)
    text = text_of(path.read_bytes(), tmp_path, page=1)
    assert "Stand 24 november 2026 · bekend op 24 november 2026, 10.00 uur" in text


def test_an_edition_that_is_not_due_yet_is_refused_and_asked_for_by_its_moment(tmp_path, clock):
    clock.move_to(datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert "2026-11-06 12:00" in refused("2026-10", folder=tmp_path)
    run("2026-10", "--language", "nl", "--known-at", "2026-11-03T09:00:00Z", folder=tmp_path)
    assert ReportEdition.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["2026-13"], "2026-13"),
        (["2026-1"], "2026-1"),
        (["oktober"], "oktober"),
        (["2026-10-01"], "2026-10-01"),
        (["٢٠٢٦-١٠"], "٢٠٢٦-١٠"),
        (["2023-12"], "2024-01"),
        (["1900-01"], "2024-01"),
        (["2026-12"], "2026-12"),
        (["2026-12", "--preview"], "2026-12"),
        (["9998-12"], "9998-12"),
        (["2026-10", "--known-at", "gisteren"], "gisteren"),
        (["2026-10", "--known-at", "2026-11-06"], "2026-11-06"),
        (["2026-10", "--known-at", "2026-11-06T12:00:00"], "2026-11-06T12:00:00"),
        (["2026-10", "--known-at", "2027-01-01T00:00:00Z"], "2027-01-01T00:00:00Z"),
        (["2026-10", "--known-at", ""], "“”"),
    ],
)
def test_a_wrong_month_or_moment_is_one_clear_sentence_and_exit_2(arguments, named, tmp_path):
    assert named in refused(*arguments, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_language_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="de"):
        run("2026-10", "--language", "de", folder=tmp_path)


def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_issued(tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert str(tmp_path / "file") in refused("2026-10", folder=tmp_path / "file")


def test_figures_that_do_not_balance_stop_the_report_and_name_the_lead(tmp_path):
    lead = LeadFactory(stage="proposal")
    lead.stage_changes.create(
        from_stage="decision", to_stage="committed", from_status="open", to_status="open", occurred_on=date(2026, 10, 5),
        recorded_at=datetime(2026, 10, 5, 12, tzinfo=AMSTERDAM), by=UserFactory(),
    )  # fmt: skip
    message = refused("2026-10", folder=tmp_path)
    assert lead.reference in message
    assert "decision" in message
    assert list(tmp_path.iterdir()) == []


def every_text(data: bytes, folder: Path) -> str:
    """All a reader or a program finds in the PDF: text, alternative text, metadata, attachments, other strings."""
    edition = opened(data)
    parts = [text_of(data, folder), *alternatives(edition)]
    for thing in edition.objects:
        if isinstance(thing, pikepdf.Stream):
            parts.append(thing.read_bytes().decode("latin-1"))
        parts.append(repr(thing))
    parts += [str(value) for value in edition.docinfo.values()]
    parts += [file.get_file().read_bytes().decode() for file in edition.attachments.values()]
    return " ".join(parts)


def test_no_real_name_stands_anywhere_in_a_report(tmp_path):
    by, strict_by = UserFactory(), UserFactory()
    leads = []
    for kind in ("open_name", "strict", None):
        for stage in ("contacted", "proposal"):
            traits = {kind: True} if kind else {}
            organisation = OrganisationFactory(name=f"{CANARY} {kind} {stage}")
            lead = LeadFactory(
                organisation=organisation, stage=stage, on=date(2026, 1, 5), by=strict_by, **traits
            )
            add_task(
                lead=lead,
                title=f"{CANARY} bellen",
                due_on=date(2026, 11, 20),
                owner=by,
                by=by,
                at=lead.changed_at,
            )
            log_activity(
                lead=lead, kind="note", occurred_on=date(2026, 1, 5), text=CANARY, by=by, at=lead.changed_at
            )
            leads.append(lead)
    LeadFactory(organisation=None, working_name=f"{CANARY} werknaam", stage="decision", on=date(2026, 1, 5))
    lost = leads[-1]
    import_change(
        lead=lost, from_stage=lost.stage, from_status="open", to_stage=lost.stage, to_status="lost", reason="timing",
        occurred_on=date(2026, 10, 9), recorded_at=datetime(2026, 10, 9, 12, tzinfo=AMSTERDAM), by=by, note=CANARY,
    )  # fmt: skip
    ask_partner(
        month=date(2026, 10, 1), action_nl="Bellen", action_en="Call", partner=OrganisationFactory(name="Novel-T"),
        lead=leads[1], due_on=date(2026, 11, 20), by=by, at=datetime(2026, 10, 28, 12, tzinfo=AMSTERDAM),
    )  # fmt: skip
    paths = run("2026-10", folder=tmp_path)
    edition = ReportEdition.objects.get()
    word = CANARY.split()[0]
    for path in paths:
        found = every_text(path.read_bytes(), tmp_path)
        assert word not in found
        assert lost.code_name in found  # the control: the same search finds what may be there
        assert word not in path.name
    assert word not in json.dumps(edition.payload)
    assert word not in edition.pdf_nl.name
    assert report_of(edition).leads.stalled_total == 6
