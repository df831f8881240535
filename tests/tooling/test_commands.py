"""The commands that the README promises, and that CI is the same as `make check`."""

import re
import stat
import subprocess

import pytest

from tools.bootstrap import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROMISED = ["demo", "demo-data", "test", "check", "soak", "bench"]


def prerequisites(target: str) -> list[str]:
    return re.search(rf"^{target}:([^#\n]*)", MAKEFILE, re.MULTILINE)[1].split()


@pytest.mark.parametrize("target", PROMISED)
def test_the_target_exists_and_make_help_tells_what_it_does(target):
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^{target}\s+\S", said, re.MULTILINE)


@pytest.mark.parametrize("target", PROMISED)
def test_no_file_can_stand_in_the_target_s_way(target):
    phony = " ".join(re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)).split()
    assert target in phony


def test_check_runs_every_linter_before_the_tests():
    assert {
        "lint",
        "types",
        "contract",
        "migrations",
        "translations",
        "deploy-check",
    } <= set(prerequisites("check"))


@pytest.mark.parametrize("target", ["test", "check", "soak", "bench"])
def test_a_fresh_clone_gets_its_environment_first(target):
    assert prerequisites(target)[0] == "bootstrap"


def test_ci_is_make_check_and_fails_with_it():
    script = ROOT / ".ci" / "run"
    lines = script.read_text(encoding="utf-8").splitlines()
    assert script.stat().st_mode & stat.S_IXUSR
    assert "set -euo pipefail" in lines
    assert lines[-1] == "exec make check"
    assert "export REQUIRE_POSTGRES=true" in lines


def test_a_failing_part_fails_the_whole():
    assert "-eu -o pipefail" in MAKEFILE
    assert not re.search(r"^\t-", MAKEFILE, re.MULTILINE), "a line that ignores its own failure"
