"""The images: pinned, built from the lock, without root, with nothing in them that the product does not run."""

import http.server
import re
import subprocess
import sys
import threading

import pytest

from tools.bootstrap import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
STAGES = {
    match["name"]: match["body"]
    for match in re.finditer(
        r"^FROM (?P<image>\S+) AS (?P<name>\S+)$(?P<body>.*?)(?=^FROM |\Z)",
        DOCKERFILE,
        re.MULTILINE | re.DOTALL,
    )
}
BASES = dict(re.findall(r"^FROM (\S+) AS (\S+)$", DOCKERFILE, re.MULTILINE))


def test_base_images_are_named_by_exact_version():
    outside = [image for image in BASES if image not in STAGES]
    assert outside
    for image in outside:
        assert re.search(r":\d+\.\d+\.\d+-", image), f"{image} floats"


@pytest.mark.parametrize("stage", ["app", "proxy"])
def test_what_runs_in_production_is_not_root_and_is_watched(stage):
    users = re.findall(r"^USER (\S+)$", STAGES[stage], re.MULTILINE)
    assert users
    assert users[-1] not in {"root", "0"}
    assert re.search(r"^HEALTHCHECK .*CMD \[", STAGES[stage], re.MULTILINE)


def test_packages_come_from_the_lock_with_their_hashes():
    installs = [line for line in DOCKERFILE.splitlines() if "pip install" in line]
    assert installs
    assert all("--require-hashes -r requirements.lock" in line for line in installs)


def test_texts_are_compiled_and_static_files_collected_at_build():
    assert "compilemessages" in STAGES["build"]
    assert "collectstatic" in STAGES["build"]


def test_what_builds_does_not_stay_in_what_runs():
    assert "gettext" not in STAGES["app"]
    assert "gettext" not in STAGES["base"]
    assert "pip install" not in STAGES["app"]


def test_no_key_is_written_into_an_image():
    assert not re.search(r"^(?:ENV|ARG) .*(?:SECRET|PASSWORD|KEY)", DOCKERFILE, re.MULTILINE)


def test_only_named_folders_reach_the_build():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert "*" in lines
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert let_in.isdisjoint({".env", "var", "tests", ".git", ".venv"})
    for name in let_in:
        assert (ROOT / name).exists(), f".dockerignore lets in {name}, which is not there"


def test_every_file_that_the_build_copies_is_let_in():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    for source in re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE):
        assert source == "." or source.split("/")[0] in let_in


class TestHealthCheck:
    @pytest.fixture
    def ask(self):
        """Run the check against a server that answers with a status, and say what Host it was asked for."""
        hosts = []

        def run(status: int, allowed_hosts: str) -> tuple[int, list[str]]:
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    hosts.append(f"{self.headers['Host']} {self.path}")
                    self.send_response(status)
                    self.end_headers()

                def log_message(self, *_arguments):
                    return

            with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                environment = {"PORT": str(server.server_port), "ALLOWED_HOSTS": allowed_hosts}
                command = [sys.executable, str(ROOT / "deploy" / "healthcheck.py")]
                code = subprocess.run(command, env=environment, capture_output=True, check=False).returncode
                server.shutdown()
            return code, hosts

        return run

    def test_it_asks_by_the_public_name_for_readiness(self, ask):
        assert ask(200, "crm.example.org,other.example.org") == (0, ["crm.example.org /readyz"])

    def test_a_service_that_is_not_ready_is_unhealthy(self, ask):
        assert ask(503, "crm.example.org")[0] == 1

    def test_no_answer_is_unhealthy(self):
        command = [sys.executable, str(ROOT / "deploy" / "healthcheck.py")]
        run = subprocess.run(command, env={"PORT": "1"}, capture_output=True, text=True, check=False)
        assert run.returncode == 1
        assert "Traceback" not in run.stderr
