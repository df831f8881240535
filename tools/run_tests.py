"""The whole suite, on SQLite and then on PostgreSQL where one is there.

    .venv/bin/python -m tools.run_tests [--soak] [--coverage] [pytest's own arguments]

TEST_POSTGRES_URL names the server; without it one on 127.0.0.1 is taken, in a test database of this clone's own.
REQUIRE_POSTGRES=true makes its absence a failure (CI sets it). The first failing run ends the command, so that
the last line is always that run's own.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from tools.bootstrap import say
from tools.pytest_note import NOTE

ROOT = Path(__file__).resolve().parent.parent
WORKERS = "2"
COVERAGE_FLOOR = 95
NOTHING_CHOSEN = 5  # pytest's own: ARGS may name tests of which none drives a browser
# Rules and figures: what a partner may one day dispute is covered in every branch.
COVERED = "*/services.py,*/services/*.py,*/progress.py,*/scoring.py"


def local_server() -> str:
    """The PostgreSQL on 127.0.0.1, with a database name that no other clone uses."""
    clone = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return f"postgres://postgres@127.0.0.1:5432/crm_{clone}"


def find_postgres(named: str) -> tuple[str, str]:
    """(URL, note): the server to test on, or an empty URL and a note that says why there is none."""
    url = named or local_server()
    server = url.rpartition("/")[0] + "/postgres"
    try:
        psycopg.connect(server.replace("postgres://", "postgresql://", 1), connect_timeout=5).close()
    except psycopg.Error as fault:
        reason = str(fault).strip().splitlines()[0]
        where = "The server of TEST_POSTGRES_URL" if named else "PostgreSQL on 127.0.0.1:5432"
        return "", (
            f"PostgreSQL was NOT tested. {where} cannot be used: {reason}\n"
            "Start one, or name one: TEST_POSTGRES_URL=postgres://user:password@host:5432/name make test"
        )
    return url, ""


def pytest(name: str, url: str, arguments: list[str], *, note: str = "") -> int:
    """One run of the suite on one database."""
    say(f"\n━━━ Tests on {name} ━━━")
    environment = os.environ | {"DATABASE_URL": url, NOTE: note}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tools.pytest_note",
        "-n",
        WORKERS,
        "--dist",
        "worksteal",
    ]
    return subprocess.run([*command, *arguments], cwd=ROOT, env=environment, check=False).returncode


def coverage_holds() -> bool:
    """Say the coverage of rules and figures; false when one file is under the floor."""
    result = ROOT / "var" / "coverage.json"
    command = [sys.executable, "-m", "coverage"]
    chosen = ["--skip-empty", f"--include={COVERED}"]
    subprocess.run([*command, "report", *chosen], cwd=ROOT, check=True)
    subprocess.run(
        [*command, "json", "--quiet", f"--include={COVERED}", "-o", str(result)], cwd=ROOT, check=True
    )
    files = json.loads(result.read_text(encoding="utf-8"))["files"]
    covered = {name: file["summary"]["percent_covered"] for name, file in files.items()}
    low = {name: percent for name, percent in covered.items() if percent < COVERAGE_FLOOR}
    for name, percent in low.items():
        say(f"{name}: {percent:.1f} % of lines and branches covered, the floor is {COVERAGE_FLOOR} %")
    return bool(covered) and not low


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument(
        "--soak", action="store_true", help="the same properties, kills and races at full size"
    )
    parser.add_argument("--coverage", action="store_true", help="hold rules and figures to their floor")
    options, more = parser.parse_known_args(arguments)
    url, note = find_postgres(os.environ.get("TEST_POSTGRES_URL", ""))
    if not url:
        say("!" * 80 + f"\n{note}\n" + "!" * 80)
        if os.environ.get("REQUIRE_POSTGRES", "").lower() in {"1", "true", "yes"}:
            return 1
    chosen = "soak" if options.soak else "not soak"
    sqlite = f"sqlite:///{ROOT / 'var' / 'crm.sqlite3'}"
    if options.coverage:
        # Tracing slows what a browser asks for by half, and no rule or figure is covered by a browser alone.
        traced = ["-m", f"{chosen} and not browser", *more, "--cov", "--cov-report="]
        code = pytest("SQLite", sqlite, traced, note=note)
        if code == 0 and not coverage_holds():
            code = 1
        if code == 0:
            code = pytest("SQLite, in a browser", sqlite, ["-m", f"{chosen} and browser", *more])
            code = 0 if code == NOTHING_CHOSEN else code
    else:
        code = pytest("SQLite", sqlite, ["-m", chosen, *more], note=note)
    if code == 0 and url:
        code = pytest("PostgreSQL", url, ["-m", chosen, *more])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
