"""Are the Dutch texts complete? Every text in the code has a translation, none is fuzzy, every .mo is current.

    .venv/bin/python -m tools.translations check     exit 1 and each fault named
    .venv/bin/python -m tools.translations update    bring the .po up to date with the code, ready to be translated
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from tools.bootstrap import compile_translations, say

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("accounts", "crm", "templates", "manage.py")
# --no-wrap and no line numbers: a moved line is no change to a translation.
OPTIONS = ["--locale", "nl", "--add-location", "file", "--no-obsolete", "--no-wrap", "--verbosity", "0"]


def catalogues(root: Path) -> list[Path]:
    return sorted(root.glob("crm/locale/nl/LC_MESSAGES/*.po"))


def extract(root: Path) -> None:
    """Run makemessages in a tree, for each catalogue that it has (django, djangojs)."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    for catalogue in catalogues(root):
        command = [sys.executable, "manage.py", "makemessages", "--domain", catalogue.stem, *OPTIONS]
        ignored = ["--ignore", ".venv", "--ignore", "var", "--ignore", "tests", "--ignore", "tools"]
        subprocess.run([*command, *ignored], cwd=root, env=environment, check=True)


def faults_in(catalogue: Path, wanted: polib.POFile) -> list[str]:
    """What a catalogue lacks against the texts that stand in the code."""
    name = catalogue.relative_to(ROOT)
    present = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(catalogue)) if not entry.obsolete}
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


def is_current(catalogue: Path) -> bool:
    """Does the compiled file hold the same texts as the catalogue?"""
    compiled = catalogue.with_suffix(".mo")
    if not compiled.exists():
        return False

    def texts(file: polib.POFile | polib.MOFile) -> dict:
        return {
            (entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr
            for entry in file
            if not entry.obsolete and entry.translated()
        }

    return texts(polib.mofile(str(compiled))) == texts(polib.pofile(str(catalogue)))


def check() -> list[str]:
    """Every fault of every catalogue."""
    if not catalogues(ROOT):
        return ["crm/locale/nl has no catalogue: there is no Dutch text at all"]
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        for source in SOURCES:
            path = ROOT / source
            if path.is_dir():
                shutil.copytree(path, copy / source, ignore=shutil.ignore_patterns("*.pyc", "*.mo"))
            else:
                copy.mkdir(exist_ok=True)
                shutil.copy(path, copy / source)
        (copy / "tests").mkdir()
        shutil.copy(ROOT / "tests" / "settings.py", copy / "tests" / "settings.py")
        extract(copy)
        for catalogue in catalogues(ROOT):
            faults += faults_in(catalogue, polib.pofile(str(copy / catalogue.relative_to(ROOT))))
    stale = [catalogue for catalogue in catalogues(ROOT) if not is_current(catalogue)]
    return faults + [f"{path.relative_to(ROOT)}: its .mo is not current (run make messages)" for path in stale]


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
    say(f"{len(faults)} faults in the translations" if faults else "Translations: complete, not fuzzy, compiled")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
