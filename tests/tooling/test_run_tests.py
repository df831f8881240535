"""The test command: it says loudly when PostgreSQL was not tested, and a failing run is its last word."""

import json
import socket
import subprocess
from pathlib import Path

import pytest

from tools import run_tests


@pytest.fixture
def runs(monkeypatch):
    """Record the commands instead of running them; each returns the code set for it."""
    calls: list[list[str]] = []
    codes: dict[str, int] = {}

    def run(command, *, env=None, **_options):
        calls.append([*command, (env or {}).get("DATABASE_URL", "")])
        code = next((code for word, code in codes.items() if any(word in part for part in calls[-1])), 0)
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr(run_tests.subprocess, "run", run)
    return calls, codes


def without_postgres(monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("TEST_POSTGRES_URL", f"postgres://nobody@127.0.0.1:{port}/none")


def with_postgres(monkeypatch):
    monkeypatch.setattr(
        run_tests, "find_postgres", lambda _named: ("postgres://postgres@127.0.0.1:5432/x", "")
    )


def test_without_postgres_it_says_so_and_tests_sqlite(monkeypatch, runs, capsys):
    without_postgres(monkeypatch)
    monkeypatch.delenv("REQUIRE_POSTGRES", raising=False)
    assert run_tests.main([]) == 0
    assert "PostgreSQL was NOT tested" in capsys.readouterr().out
    assert [call[-1].split(":")[0] for call in runs[0]] == ["sqlite"]


def test_ci_fails_without_postgres(monkeypatch, runs):
    without_postgres(monkeypatch)
    monkeypatch.setenv("REQUIRE_POSTGRES", "true")
    assert run_tests.main([]) == 1
    assert runs[0] == []


def test_both_databases_are_tested(monkeypatch, runs):
    with_postgres(monkeypatch)
    assert run_tests.main([]) == 0
    assert [call[-1].split(":")[0] for call in runs[0]] == ["sqlite", "postgres"]


def test_a_failing_run_ends_it_with_its_own_code(monkeypatch, runs):
    with_postgres(monkeypatch)
    calls, codes = runs
    codes["sqlite"] = 1
    assert run_tests.main([]) == 1
    assert len(calls) == 1


def test_a_failure_on_postgres_alone_is_a_failure(monkeypatch, runs):
    with_postgres(monkeypatch)
    runs[1]["postgres://"] = 1
    assert run_tests.main([]) == 1


@pytest.mark.parametrize(("worst", "code"), [(94.9, 1), (95.0, 0)])
def test_one_file_under_the_floor_fails_whatever_the_others_have(monkeypatch, runs, tmp_path, worst, code):
    with_postgres(monkeypatch)
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    files = {"crm/targets/progress.py": worst, "crm/matching/scoring.py": 100.0}
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "coverage.json").write_text(
        json.dumps(
            {"files": {name: {"summary": {"percent_covered": covered}} for name, covered in files.items()}}
        )
    )
    assert run_tests.main(["--coverage"]) == code


def test_with_coverage_a_browser_is_driven_apart_and_untraced(monkeypatch, runs):
    with_postgres(monkeypatch)
    monkeypatch.setattr(run_tests, "coverage_holds", lambda: True)
    calls, codes = runs
    codes["not soak and browser"] = run_tests.NOTHING_CHOSEN
    assert run_tests.main(["--coverage"]) == 0
    assert ["--cov" in call for call in calls] == [True, False, False]
    assert [call[-1].split(":")[0] for call in calls] == ["sqlite", "sqlite", "postgres"]
    codes["not soak and browser"] = 1
    assert run_tests.main(["--coverage"]) == 1


def test_coverage_of_nothing_is_no_coverage(monkeypatch, runs, tmp_path):
    with_postgres(monkeypatch)
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "coverage.json").write_text('{"files": {}}')
    assert run_tests.main(["--coverage"]) == 1


def test_soak_runs_what_the_suite_leaves_out(monkeypatch, runs):
    with_postgres(monkeypatch)
    run_tests.main(["--soak"])
    run_tests.main(["-k", "vacancy"])
    assert "soak" in runs[0][0]
    assert "not soak" in runs[0][2]
    assert "vacancy" in runs[0][2]


def test_two_clones_use_two_databases(monkeypatch):
    here = run_tests.local_server()
    monkeypatch.setattr(run_tests, "ROOT", Path("/somewhere/else"))
    assert run_tests.local_server() != here
