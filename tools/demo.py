"""The loopback demo: `.env`, a filled park, the October 2026 report, and a server to look at it.

.venv/bin/python -m tools.demo prepare    what `make demo-data` does after the bootstrap
.venv/bin/python -m tools.demo serve      what `make demo` does after that
"""

import argparse
import ctypes
import hashlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from tools.bootstrap import Stop, free_port, say

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"
ACCESS_FILE = ROOT / "var" / "demo-access.json"
REPORTS = ROOT / "var" / "reports"
REPORT_MONTH = "2026-10"
SECONDS_TO_START = 30


# ── .env ────────────────────────────────────────────────────────────────────
def demo_environment(*, port: int) -> str:
    """The content of a `.env` for a demo that only this machine can reach."""
    return (
        "# Written by `make demo`: a demo that answers on this machine only. See .env.example for all variables.\n"
        f"SECRET_KEY={secrets.token_urlsafe(64)}\n"
        "DEBUG=false\n"
        "CRM_DEMO=true\n"
        "ALLOWED_HOSTS=127.0.0.1,localhost\n"
        "CRM_SECOND_FACTOR=false\n"
        "SECURE_SSL_REDIRECT=false\n"
        f"CRM_PUBLIC_URL=http://127.0.0.1:{port}\n"
        "# Mail is written to files, so that nothing leaves this machine.\n"
        "EMAIL_URL=filemail:///var/mail\n"
    )


def write_environment(path: Path, *, port: int) -> None:
    """Write a demo `.env` where there is none; refuse one that is not a demo's."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(demo_environment(port=port))
        say(f"Wrote {path.name}: a random key, this machine only, no TLS, no second factor")
        return
    values = re.findall(
        r"^\s*(?:export\s+)?CRM_DEMO\s*=\s*[\"']?(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
    )
    if not values or values[-1].lower() not in {"true", "1", "yes", "on"}:
        raise Stop(
            f"{path} is not a demo's (CRM_DEMO=true is not in it), so invented companies will not be loaded beside "
            "it. Nothing was changed. Run the demo in another clone, or move that file away first."
        )


# ── Data ────────────────────────────────────────────────────────────────────
def reach_database() -> str:
    """Stop with a sentence when the database is not there or the settings are unsafe; else its name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import Error, connection

    try:
        django.setup()
        connection.ensure_connection()
    except ImproperlyConfigured as fault:
        raise Stop(f"The settings are refused: {fault}") from None
    except Error as fault:
        reason = str(fault).strip().splitlines()[0]
        raise Stop(
            f"The database that DATABASE_URL names cannot be reached: {reason} "
            "Start it or mend DATABASE_URL, then run the same command again."
        ) from None
    name = f"{connection.vendor} {connection.settings_dict['NAME']}"
    connection.close()
    return name


def manage(*arguments: str, quiet: bool = False) -> None:
    """Run a management command; stop when it does."""
    say("→ manage.py " + " ".join(arguments))
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL if quiet else None, check=False)
    if run.returncode:
        raise Stop(
            f"`manage.py {arguments[0]}` stopped (exit {run.returncode}); its message stands above. "
            "What was done before it stays: mend it and run the same command again."
        )


def collect_static() -> None:
    """Collect and compress the static files, unless they are those of the last time: it costs ten seconds."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    stamp = ROOT / "var" / "static" / ".made-from"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    manage("collectstatic", "--no-input", "--verbosity", "0")
    stamp.write_text(digest.hexdigest())


def reports_made() -> list[Path]:
    """The PDFs of the demo's month, Dutch (the reference edition) first."""
    pdfs = sorted(REPORTS.rglob(f"*{REPORT_MONTH}*.pdf"))
    return sorted(pdfs, key=lambda pdf: re.search(r"\bnl\b", pdf.stem.replace("_", "-")) is None)


def tell_access(*, port: int, report: Path) -> None:
    """Add this run's address and report to the access file, and print it."""
    from crm.backoffice.demo.access import read_access, write_access

    access = read_access(ACCESS_FILE)
    if access is None:
        raise Stop(f"{ACCESS_FILE} was not written by load_demo, or belongs to another database.")
    access = replace(access, url=f"http://127.0.0.1:{port}", report=str(report))
    write_access(ACCESS_FILE, access)
    say(access.as_text())
    say(f"\nThe same stands in {ACCESS_FILE.relative_to(ROOT)}.")


def prepare(*, port: int) -> None:
    """Fill the database that the environment or `.env` names, and make the report; a second run adds nothing."""
    write_environment(ENV_FILE, port=port)
    say(f"Database: {reach_database()}")
    manage("migrate", "--no-input", "--verbosity", "0")
    collect_static()
    # Its list of log-ins is shown at the end, with the report's place in it.
    manage("load_demo", "--access-file", str(ACCESS_FILE.relative_to(ROOT)), quiet=True)
    manage("monthly_report", REPORT_MONTH, "--language", "both", "--output", str(REPORTS.relative_to(ROOT)))
    reports = reports_made()
    if not reports:
        raise Stop(
            f"No PDF of {REPORT_MONTH} stands in {REPORTS.relative_to(ROOT)}, although the report was made."
        )
    tell_access(port=port, report=reports[0])


# ── Serving ─────────────────────────────────────────────────────────────────
def end_with_parent() -> None:
    """In a child, before it starts: end when this program is killed, so that no server keeps the port."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG


def start(*command: str) -> subprocess.Popen:
    return subprocess.Popen(command, cwd=ROOT, preexec_fn=end_with_parent)


def wait_until_up(web: subprocess.Popen, *, port: int) -> None:
    """Say where to look, as soon as somebody answers there."""
    for _attempt in range(SECONDS_TO_START * 10):
        with socket.socket() as probe:
            up = probe.connect_ex(("127.0.0.1", port)) == 0
        if up and web.poll() is None:
            say(f"\nServing on http://127.0.0.1:{port}/ — stop with Ctrl-C; everything is kept in var/.")
        if up or web.poll() is not None:
            return
        time.sleep(0.1)


def watch(web: subprocess.Popen, tick: subprocess.Popen | None) -> None:
    """Return when the web server ends; say so, once, when the tick does."""
    while web.poll() is None:
        if tick is not None and tick.poll() is not None:
            say(f"The background tick stopped (exit {tick.returncode}): due mail waits until the next start.")
            tick = None
        time.sleep(0.5)


def serve(*, port: int) -> int:
    """Serve on loopback with the background tick beside it, until interrupted."""
    free_port(str(port))  # the preparation took a while
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    web = start(str(Path(sys.executable).with_name("gunicorn")), "crm.wsgi")
    tick = start(sys.executable, str(ROOT / "manage.py"), "tick", "--loop")
    try:
        wait_until_up(web, port=port)
        watch(web, tick)
    except KeyboardInterrupt:
        say("\nStopping; the same command starts it again with everything kept.")
        return 0
    finally:
        for child in (web, tick):
            child.terminate()
        for child in (web, tick):
            child.wait(timeout=30)
    say(f"The web server stopped (exit {web.returncode}); its message stands above.")
    return web.returncode or 1


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=["prepare", "serve"])
    parser.add_argument("--port", default="8000")
    options = parser.parse_args(arguments)
    os.environ["PORT"] = options.port
    os.environ["CRM_PUBLIC_URL"] = f"http://127.0.0.1:{options.port}"
    try:
        if options.step == "serve":
            return serve(port=int(options.port))
        prepare(port=int(options.port))
    except Stop as stop:
        sys.stderr.write(f"{stop}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
