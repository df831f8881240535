"""Are the Dutch texts complete? Every text in the code has a translation, none is fuzzy, every .mo is current.

.venv/bin/python -m tools.translations check     exit 1 and each fault named
.venv/bin/python -m tools.translations update    bring the .po up to date with the code, ready to be translated
"""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import makemessages

from tools.bootstrap import compile_translations, say

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("accounts", "crm", "templates")
# No line numbers and no wrapping: code that moves is no change to a translation.
OPTIONS = {
    "locale": ["nl"],
    "ignore_patterns": [".venv", "var", "tests", "tools", "benchmarks"],
    "add_location": "file",
    "no_obsolete": True,
    "no_wrap": True,
    "verbosity": 0,
}


def catalogues(root: Path) -> list[Path]:
    return sorted(root.glob("crm/locale/nl/LC_MESSAGES/django*.po"))


def extract(root: Path) -> None:
    """Collect the texts of a tree into its catalogues: Python and templates, and JavaScript where that has one."""
    if not settings.configured:
        settings.configure(
            LOCALE_PATHS=[root / "crm" / "locale"]
        )  # the texts need none of the product's settings
    with contextlib.chdir(root):
        for domain in sorted({"django"} | {catalogue.stem for catalogue in catalogues(root)}):
            call_command(makemessages.Command(), domain=domain, **OPTIONS)


def faults_in(catalogue: Path, wanted: polib.POFile) -> list[str]:
    """What a catalogue lacks against the texts that stand in the code."""
    name = catalogue.relative_to(ROOT)
    present = {
        (entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(catalogue)) if not entry.obsolete
    }
    faults = []
    for entry in wanted:
        mine = present.get((entry.msgctxt, entry.msgid))
        if entry.obsolete:
            continue
        if mine is None:
            faults.append(f"{name}: not in the catalogue: {entry.msgid!r} (run make messages)")
        elif mine.fuzzy:
            faults.append(f"{name}:{mine.linenum}: fuzzy: {entry.msgid!r}")
        elif not mine.translated():
            faults.append(f"{name}:{mine.linenum}: not translated: {entry.msgid!r}")
    return faults


def texts(entries: Iterable[polib.POEntry | polib.MOEntry]) -> dict:
    """The translations, in a form that compares."""
    return {(entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr for entry in entries}


def is_current(catalogue: Path) -> bool:
    """Does the compiled file hold the same texts as the catalogue?"""
    compiled = catalogue.with_suffix(".mo")
    if not compiled.exists():
        return False

    wanted = [entry for entry in polib.pofile(str(catalogue)) if entry.translated()]
    return texts(wanted) == texts(polib.mofile(str(compiled)))


def check() -> list[str]:
    """Every fault of every catalogue."""
    if not catalogues(ROOT):
        return ["crm/locale/nl has no catalogue: there is no Dutch text at all"]
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        for source in SOURCES:
            shutil.copytree(ROOT / source, copy / source, ignore=shutil.ignore_patterns("*.pyc", "*.mo"))
        extract(copy)
        for catalogue in catalogues(ROOT):
            faults += faults_in(catalogue, polib.pofile(str(copy / catalogue.relative_to(ROOT))))
    stale = [catalogue for catalogue in catalogues(ROOT) if not is_current(catalogue)]
    return faults + [
        f"{path.relative_to(ROOT)}: its .mo is not current (run make messages)" for path in stale
    ]


def main(arguments: list[str]) -> int:
    if arguments == ["update"]:
        extract(ROOT)
        compile_translations()
        return 0
    if arguments != ["check"]:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    faults = check()
    for fault in faults:
        say(fault)
    say(
        f"{len(faults)} faults in the translations"
        if faults
        else "Translations: complete, not fuzzy, compiled"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
