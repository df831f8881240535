"""`manage.py import_history`: what it prints, and its exit code."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from crm.desk.models import ImportBatch
from crm.reports.models import ReportEdition
from tests.desk.folders import HistoryFolder, company

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path):
    return company(HistoryFolder(tmp_path / "history"))


class Terminal(StringIO):
    def isatty(self):
        return True


def run(*arguments, stderr=None) -> tuple[str, str]:
    out, err = StringIO(), stderr or StringIO()
    call_command("import_history", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refusal(*arguments) -> tuple[str, str]:
    """The one sentence it ends with, and what stands before it on stderr."""
    err = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_history", *map(str, arguments), stderr=err)
    assert error.value.returncode == 2
    return str(error.value), err.getvalue()


@pytest.mark.django_db
def test_it_says_how_many_rows_were_new_and_known(folder):
    path = folder.write()
    assert "2" in run(path)[0]
    assert ImportBatch.objects.get().imported_by.email == "system@crm.invalid"
    first, second = [word for word in run(path)[0].replace(",", " ").split() if word.isdigit()]
    assert (first, second) == ("0", "2")


@pytest.mark.django_db
def test_a_dry_run_keeps_nothing_and_says_so(folder):
    before = run(folder.write(), "--dry-run")[0]
    assert not ImportBatch.objects.exists()
    assert len(before) > len(run(folder.path)[0])


@pytest.mark.django_db
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_every_fault_is_a_line_on_stderr_and_the_exit_code_is_2(folder, options):
    folder.add("organisations", ref="o2", kvk="12").add("organisations", ref="o3", founded_on="gisteren")
    sentence, lines = refusal(folder.write(), *options)
    assert [line.split(": ")[:3] for line in lines.splitlines()] == [
        ["organisations.csv:3", "kvk", "12"],
        ["organisations.csv:4", "founded_on", "gisteren"],
    ]
    assert sentence.startswith("2 ")
    assert not ImportBatch.objects.exists()


@pytest.mark.django_db
def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    sentence, lines = refusal(tmp_path / "nowhere")
    assert "nowhere" in sentence
    assert lines == ""


@pytest.mark.django_db
def test_a_notice_stands_on_stderr(folder):
    folder.add("leads", ref="L7")
    assert "L7" in run(folder.write())[1]


@pytest.mark.django_db
def test_progress_is_a_line_every_500_rows(folder):
    for number in range(600):
        folder.add("organisations", ref=f"n{number}", name=f"Bedrijf {number}")
    assert "500" in run(folder.write())[1]


@pytest.mark.django_db
def test_on_a_terminal_progress_is_one_line_that_changes(folder):
    shown = run(folder.write(), stderr=Terminal())[1]
    assert shown.count("\r") == 2
    assert shown.endswith("\n")
    folder.add("organisations", ref="o2", kvk="12").write()
    err = Terminal()
    with pytest.raises(CommandError):
        call_command("import_history", str(folder.path), stderr=err)
    assert "\norganisations.csv:3: kvk: 12: " in err.getvalue()


@pytest.mark.django_db
def test_history_is_closed_once_an_edition_was_sent(folder, manager, now):
    edition = {
        "known_at": now,
        "rule_version": 1,
        "payload": {},
        "seed": 1,
        "issued_at": now,
        "issued_by": manager,
    }
    ReportEdition.objects.create(month="2026-08-01", status="draft", **edition)
    run(folder.write(), "--dry-run")
    ReportEdition.objects.create(month="2026-09-01", status="sent", sent_at=now, **edition)
    for options in ((), ("--dry-run",)):
        sentence, lines = refusal(folder.path, *options)
        assert sentence
        assert lines == ""
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    "database", ["sqlite:////nowhere/at/all.sqlite3", "sqlite:///{folder}/empty.sqlite3"]
)
def test_a_database_that_is_not_there_or_not_migrated_is_one_sentence(tmp_path, database):
    environment = os.environ | {
        "DATABASE_URL": database.format(folder=tmp_path),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "import_history", str(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""
    assert not (tmp_path / "absent.sqlite3").exists()
