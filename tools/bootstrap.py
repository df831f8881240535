"""Make this clone able to run: system packages, `.venv` from the lock, compiled translations.

Standard library only, and written so that an old Python can still read it and say that it is too old:
    python3 tools/bootstrap.py demo --port 8000     what `make demo` needs, and a free port
    python3 tools/bootstrap.py test                 what the whole test suite needs
"""

import argparse
import ctypes
import ctypes.util
import fcntl
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements-dev.lock"
STAMP = VENV / ".installed-from"
OLDEST_PYTHON = (3, 11)

Need = namedtuple(
    "Need", "present debian reason wanted_by"
)  # by the demo (and the tests), or by the tests alone


class Stop(Exception):
    """Ends the command with a sentence for whoever typed it."""


def say(sentence):
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


# ── System packages ─────────────────────────────────────────────────────────
def has_program(*names):
    """A probe: is one of the programs on the path?"""
    return lambda: any(shutil.which(name) for name in names)


def has_libraries(*names):
    """A probe: can every shared library be loaded?"""

    def probe():
        for name in names:
            try:
                ctypes.CDLL(name)
            except OSError:
                return False
        return True

    return probe


def has_ensurepip():
    """Debian splits it off: without it `python -m venv` makes an environment without pip."""
    try:
        import ensurepip  # noqa: F401 its absence is the answer
    except ImportError:
        return False
    return True


NEEDS = (
    Need(has_ensurepip, ["python3-venv"], "the virtual environment", "demo"),
    Need(
        has_libraries("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"),
        ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"],
        "the monthly report as PDF",
        "demo",
    ),
    Need(has_program("msgfmt"), ["gettext"], "the Dutch texts", "demo"),
    Need(
        has_program("chromium", "chromium-browser", "google-chrome"),
        ["chromium", "fonts-dejavu-core"],
        "tests in a browser",
        "test",
    ),
    Need(has_program("pdftotext"), ["poppler-utils"], "tests that read the PDF", "test"),
    Need(has_program("qpdf"), ["qpdf"], "tests that check the PDF", "test"),
)


def apt_install(packages):
    """Install with apt-get; true when it succeeded, else the end of its output was shown."""
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    update = ["apt-get", "update", "-q"]
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    for command in (update, install):
        run = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    if run.returncode:
        say(run.stdout.decode("utf-8", "replace")[-1500:])
    return run.returncode == 0


def system_packages(goal, needs=NEEDS, is_root=None, install=apt_install):
    """Name what is missing; as root install it. Stops when the goal cannot be reached without it."""
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    say("Missing on this machine:")
    for need in missing:
        say("  {:<52} for {}".format(" ".join(need.debian), need.reason))
    is_root = os.geteuid() == 0 if is_root is None else is_root
    if is_root and shutil.which("apt-get"):
        packages = [package for need in missing for package in need.debian]
        say("Installing with apt-get: " + " ".join(packages))
        # One at a time when all together fail: a package that this system lacks must not hold up the others.
        if not install(packages):
            for need in missing:
                install(need.debian)
        missing = [need for need in missing if not need.present()]
    if not missing:
        return
    command = "sudo apt-get install " + " ".join(package for need in missing for package in need.debian)
    if goal == "test" or any(need.wanted_by == "demo" for need in missing):
        raise Stop("Install what is missing, then run the same command again:\n  " + command)
    say("The demo runs without it; `make test` does not. To install it:\n  " + command)


# ── Port ────────────────────────────────────────────────────────────────────
def free_port(text):
    """Stop unless the text is a port on which this user can serve on 127.0.0.1 now."""
    if not (re.match("[0-9]{1,5}$", text) and 1 <= int(text) <= 65535):
        raise Stop(f"PORT must be a whole number from 1 to 65535, not {text!r}. Example: make demo PORT=8001")
    port = int(text)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Stop(
                f"Port {port} is reserved for root. Choose a higher one: make demo PORT=8001"
            ) from None
        except OSError:
            other = port + 1 if port < 65535 else 8000
            raise Stop(
                f"Port {port} on 127.0.0.1 is taken, perhaps by an earlier `make demo`. Nothing was changed. "
                f"Stop that program, or choose another port: make demo PORT={other}"
            ) from None
    return port


# ── Python and its packages ─────────────────────────────────────────────────
def version_of(python):
    """(major, minor) of an interpreter, or (0, 0) when it does not run."""
    command = [str(python), "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        run = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=60
        )
        major, minor = run.stdout.split()
    except (OSError, ValueError, subprocess.SubprocessError):
        return (0, 0)
    return (int(major), int(minor))


def new_enough_python(candidates=None):
    """This interpreter, or the newest on the path that is new enough."""
    found = candidates or [sys.executable, "python3.14", "python3.13", "python3.12", "python3.11"]
    for python in found:
        if version_of(python) >= OLDEST_PYTHON:
            return python
    raise Stop(
        "Python {}.{} or newer is needed; {} is {}.{}. Install it, or name one: make demo PYTHON=/path/to/python".format(
            *OLDEST_PYTHON, sys.executable, *sys.version_info[:2]
        )
    )


def fingerprint(version):
    """What `.venv` must have been made from: the lock's content and the Python version."""
    return "{} python {}.{}\n".format(hashlib.sha256(LOCK.read_bytes()).hexdigest(), *version)


def virtual_environment():
    """Create or refresh `.venv` from the lock; at once when it is up to date."""
    version = version_of(VENV_PYTHON) if VENV_PYTHON.exists() else (0, 0)
    if version < OLDEST_PYTHON:
        python = new_enough_python()
        say(f"Creating .venv with {python}")
        subprocess.run([python, "-m", "venv", "--clear", str(VENV)], check=True)
        version = version_of(VENV_PYTHON)
    if STAMP.exists() and STAMP.read_text() == fingerprint(version):
        return
    say("Installing the packages of requirements-dev.lock into .venv (once; some minutes)")
    install = [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    if not sys.stdout.isatty():
        install.append("--quiet")
    run = subprocess.run([*install, "--require-hashes", "-r", str(LOCK)], check=False)
    if run.returncode:
        raise Stop(
            "pip could not install the packages; its message stands above. "
            "Mend it and run the same command again: what was installed stays."
        )
    STAMP.write_text(fingerprint(version))


def compile_translations(root=ROOT):
    """Write the .mo beside each .po, whatever their dates; a fault in a .po stops with msgfmt's message."""
    for source in sorted(root.glob("crm/locale/*/LC_MESSAGES/*.po")):
        part = source.with_suffix(".part.mo")
        command = ["msgfmt", "--check-format", "--output-file", str(part), str(source)]
        if subprocess.run(command, check=False).returncode:
            raise Stop(f"{source} cannot be compiled; msgfmt's message stands above.")
        part.replace(source.with_suffix(".mo"))  # an interrupted run leaves no half file


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("goal", choices=["demo", "test"])
    parser.add_argument("--port", help="stop at once when this port on 127.0.0.1 is taken")
    options = parser.parse_args(arguments)
    try:
        if options.port is not None:
            free_port(options.port)
        (ROOT / "var").mkdir(exist_ok=True)
        with open(str(ROOT / "var" / "bootstrap.lock"), "w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # two makes at once in one clone take turns
            system_packages(options.goal)
            virtual_environment()
            compile_translations()
    except Stop as stop:
        sys.stderr.write(f"{stop}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
