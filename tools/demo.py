"""The loopback demo: `.env`, a filled park, the October 2026 report, and a server to look at it.

    .venv/bin/python -m tools.demo prepare    what `make demo-data` does after the bootstrap
    .venv/bin/python -m tools.demo serve      what `make demo` does after that
"""

import argparse
import ctypes
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tools.bootstrap import Stop, free_port, say

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"
ACCESS_FILE = ROOT / "var" / "demo-access.json"
REPORTS = ROOT / "var" / "reports"
REPORT_MONTH = "2026-10"
SECONDS_TO_START = 30
SECONDS_BETWEEN_TICKS = 60


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
    values = re.findall(r"^\s*(?:export\s+)?CRM_DEMO\s*=\s*[\"']?(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    if not values or values[-1].lower() not in {"true", "1", "yes", "on"}:
        raise Stop(
            f"{path} is not a demo's (CRM_DEMO=true is not in it), so invented companies will not be loaded beside "
            "it. Nothing was changed. Run the demo in another clone, or move that file away first."
        )


# ── Data ────────────────────────────────────────────────────────────────────
def reach_database() -> str:
    """Stop with a sentence when the database is not there or the settings are unsafe; else its name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    import django  # noqa: PLC0415 the settings read .env, which is written first
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.db import Error, connection  # noqa: PLC0415

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


def manage(*arguments: str) -> None:
    """Run a management command; stop when it does."""
    say("→ manage.py " + " ".join(arguments))
    run = subprocess.run([sys.executable, str(ROOT / "manage.py"), *arguments], cwd=ROOT, check=False)
    if run.returncode:
        raise Stop(
            f"`manage.py {arguments[0]}` stopped (exit {run.returncode}); its message stands above. "
            "What was done before it stays: mend it and run the same command again."
        )


def reports_made() -> list[Path]:
    """The PDFs of the demo's month, Dutch (the reference edition) first."""
    pdfs = sorted(REPORTS.rglob(f"*{REPORT_MONTH}*.pdf"))
    return sorted(pdfs, key=lambda pdf: re.search(r"\bnl\b", pdf.stem.replace("_", "-")) is None)


def complete_access_file(*, url: str, report: Path) -> dict:
    """Add this run's address and report to what `load_demo` wrote; the file stays readable by its owner only."""
    access = json.loads(ACCESS_FILE.read_text(encoding="utf-8"))
    access |= {"url": url, "report": str(report)}
    part = ACCESS_FILE.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(access, file, indent=2, ensure_ascii=False)
        file.write("\n")
    part.replace(ACCESS_FILE)
    return access


def describe_access(access: dict) -> str:
    """Addresses, log-ins and keys, as a person reads them."""
    url = access["url"]
    lines = [
        "",
        f"Desk     {url}/admin/",
        f"API      {url}/api/v1/   (openapi.json beside it)",
        f"Report   {access['report']}",
        "",
        "Log-ins",
        *(f"  {user['role']:<14} {user['email']:<36} {user['password']}" for user in access["users"]),
        "",
        "API keys (Authorization: Bearer …)",
        *(f"  {key['broker']:<34} {key['key']}" for key in access["api_keys"]),
        "",
        f"The same stands in {ACCESS_FILE.relative_to(ROOT)}.",
    ]
    return "\n".join(lines)


def prepare(*, port: int) -> None:
    """Fill the database that the environment or `.env` names, and make the report; a second run adds nothing."""
    write_environment(ENV_FILE, port=port)
    say(f"Database: {reach_database()}")
    manage("migrate", "--no-input", "--verbosity", "0")
    manage("collectstatic", "--no-input", "--verbosity", "0")
    manage("load_demo", "--access-file", str(ACCESS_FILE.relative_to(ROOT)))
    manage("monthly_report", REPORT_MONTH, "--language", "both", "--output", str(REPORTS.relative_to(ROOT)))
    reports = reports_made()
    if not reports:
        raise Stop(f"No PDF of {REPORT_MONTH} stands in {REPORTS.relative_to(ROOT)}, although the report was made.")
    access = complete_access_file(url=f"http://127.0.0.1:{port}", report=reports[0])
    say(describe_access(access))


# ── Serving ─────────────────────────────────────────────────────────────────
def end_with_parent() -> None:
    """In a child, before it starts: end when this program is killed, so that no server keeps the port."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG


def start(*command: str) -> subprocess.Popen:
    return subprocess.Popen(command, cwd=ROOT, preexec_fn=end_with_parent)  # noqa: PLW1509 no threads here


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def serve(*, port: int) -> int:
    """Serve on loopback with the background tick beside it, until interrupted."""
    free_port(str(port))  # the preparation took a while
    manage_py = str(ROOT / "manage.py")
    web = start(str(Path(sys.executable).with_name("gunicorn")), "crm.wsgi")
    tick = start(sys.executable, manage_py, "tick", "--loop")
    tick_ended_at = 0.0

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        for _attempt in range(SECONDS_TO_START * 10):
            if answers(port) or web.poll() is not None:
                break
            time.sleep(0.1)
        if web.poll() is None:
            say(f"\nServing on http://127.0.0.1:{port}/ — stop with Ctrl-C; everything is kept in var/.")
        while web.poll() is None:
            if tick.poll() is not None and not tick_ended_at:
                say(f"The background tick stopped (exit {tick.returncode}); it starts again in a minute.")
                tick_ended_at = time.monotonic()
            if tick_ended_at and time.monotonic() - tick_ended_at > SECONDS_BETWEEN_TICKS:
                tick, tick_ended_at = start(sys.executable, manage_py, "tick", "--loop"), 0.0
            time.sleep(0.5)
    except KeyboardInterrupt:
        say("\nStopping; start again with the same command.")
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
