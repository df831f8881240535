"""The demo's own `.env`: safe on this machine alone, and never laid beside a production one."""

import socket
import stat
import subprocess
import sys

import pytest

from crm.common.safety import refuse_unsafe_settings
from tools.bootstrap import ROOT, Stop
from tools.demo import reports_made, serve, write_environment


@pytest.fixture
def env_file(tmp_path):
    return tmp_path / ".env"


def read(path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_key_is_random_and_the_file_is_for_its_owner_only(env_file, tmp_path):
    write_environment(env_file, port=8000)
    write_environment(tmp_path / "other", port=8000)
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    assert read(env_file)["SECRET_KEY"] != read(tmp_path / "other")["SECRET_KEY"]


def test_the_settings_accept_it(env_file):
    write_environment(env_file, port=8000)
    values = read(env_file)
    refuse_unsafe_settings(
        debug=values["DEBUG"] == "true",
        demo=values["CRM_DEMO"] == "true",
        secret_key=values["SECRET_KEY"],
        allowed_hosts=values["ALLOWED_HOSTS"].split(","),
    )
    assert values["DEBUG"] == "false"
    assert values["CRM_SECOND_FACTOR"] == "false"


def test_a_second_run_keeps_it(env_file):
    write_environment(env_file, port=8000)
    first = env_file.read_bytes()
    write_environment(env_file, port=9000)
    assert env_file.read_bytes() == first


@pytest.mark.parametrize("line", ["", "CRM_DEMO=false", "# CRM_DEMO=true", "CRM_DEMO=true\nCRM_DEMO=false"])
def test_it_refuses_to_load_invented_companies_beside_a_production_env(env_file, line):
    env_file.write_text(f"SECRET_KEY=x\n{line}\n")
    before = env_file.read_bytes()
    with pytest.raises(Stop, match=r"not a demo's.*Nothing was changed"):
        write_environment(env_file, port=8000)
    assert env_file.read_bytes() == before


def test_serving_on_a_taken_port_is_refused_before_a_server_starts():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(Stop, match="is taken"):
            serve(port=other.getsockname()[1])


def test_the_dutch_report_is_the_one_that_is_named_first(monkeypatch, tmp_path):
    for name in ("report-2026-10-en.pdf", "report-2026-10-nl.pdf", "report-2026-09-nl.pdf"):
        (tmp_path / name).touch()
    monkeypatch.setattr("tools.demo.REPORTS", tmp_path)
    assert [pdf.name for pdf in reports_made()] == ["report-2026-10-nl.pdf", "report-2026-10-en.pdf"]


def test_a_database_that_is_not_there_gets_a_sentence_and_no_traceback(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = (
        "from pathlib import Path; import tools.demo as demo;"
        f"demo.ENV_FILE = Path({str(tmp_path / '.env')!r});"
        "raise SystemExit(demo.main(['prepare']))"
    )
    environment = {
        "PATH": "/usr/bin:/bin",
        "SECRET_KEY": "a-key-of-this-test-alone-0123456789-abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": f"postgres://nobody@127.0.0.1:{port}/nowhere",
    }
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "The database that DATABASE_URL names cannot be reached" in run.stderr
    assert "Traceback" not in run.stderr
