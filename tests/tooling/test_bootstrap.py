"""The first thing a newcomer runs: it says plainly what is missing, and changes nothing when it cannot go on."""

import ast
import os
import socket
import stat
import subprocess

import pytest

from tools.bootstrap import (
    ROOT,
    Need,
    Stop,
    compile_translations,
    fingerprint,
    free_port,
    new_enough_python,
    system_packages,
)

PDF = Need(lambda: False, ["libpango-1.0-0"], "the monthly report as PDF", "demo")
BROWSER = Need(lambda: False, ["chromium"], "tests in a browser", "test")


def test_an_old_python_can_read_the_bootstrap_and_say_that_it_is_too_old():
    source = (ROOT / "tools" / "bootstrap.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))


def test_without_a_new_enough_python_the_sentence_names_what_is_needed_and_how_to_give_it():
    with pytest.raises(Stop, match=r"Python 3\.11 or newer is needed.*make demo PYTHON="):
        new_enough_python(["python-that-does-not-exist"])


class TestPort:
    def test_a_taken_port_is_named_with_the_command_that_takes_another(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(Stop, match=f"Port {port} on 127.0.0.1 is taken.*make demo PORT="):
                free_port(str(port))

    def test_a_free_port_is_left_free(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        assert free_port(str(port)) == port
        assert free_port(str(port)) == port

    @pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1", "80 80", "８０００", "999999999999"])
    def test_what_is_no_port_is_refused_with_an_example(self, text):
        with pytest.raises(Stop, match=r"PORT must be a whole number.*make demo PORT=8001"):
            free_port(text)

    def test_make_demo_stops_at_a_taken_port_before_anything_is_made(self, tmp_path):
        (tmp_path / "tools").mkdir()
        for name in ("Makefile", "tools/bootstrap.py"):
            (tmp_path / name).write_bytes((ROOT / name).read_bytes())
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            run = subprocess.run(
                ["make", "demo", f"PORT={port}"], cwd=tmp_path, capture_output=True, text=True, check=False
            )
        assert run.returncode != 0
        assert f"Port {port} on 127.0.0.1 is taken" in run.stderr
        assert "Traceback" not in run.stderr
        assert not [name for name in os.listdir(tmp_path) if name not in {"Makefile", "tools"}]


class TestSystemPackages:
    def test_nothing_is_said_when_nothing_is_missing(self, capsys):
        system_packages("test", needs=[Need(lambda: True, ["qpdf"], "tests", "test")])
        assert capsys.readouterr().out == ""

    def test_what_is_missing_is_named_with_its_purpose_and_the_command_that_installs_it(self, capsys):
        with pytest.raises(Stop, match=r"sudo apt-get install libpango-1\.0-0"):
            system_packages("demo", needs=[PDF], is_root=False)
        said = capsys.readouterr().out
        assert "libpango-1.0-0" in said
        assert "for the monthly report as PDF" in said

    def test_the_demo_goes_on_without_what_only_tests_need_and_says_so(self, capsys):
        system_packages("demo", needs=[BROWSER], is_root=False)
        assert "sudo apt-get install chromium" in capsys.readouterr().out

    def test_the_tests_do_not_go_on_without_it(self):
        with pytest.raises(Stop, match="chromium"):
            system_packages("test", needs=[BROWSER], is_root=False)

    def test_root_has_everything_installed_at_once(self):
        there: set[str] = set()
        needs = [
            Need(lambda: "qpdf" in there, ["qpdf"], "tests", "test"),
            Need(lambda: "gettext" in there, ["gettext"], "texts", "demo"),
        ]
        calls = []

        def install(packages):
            calls.append(list(packages))
            there.update(packages)
            return True

        system_packages("test", needs=needs, is_root=True, install=install)
        assert calls == [["qpdf", "gettext"]]

    def test_a_package_that_cannot_be_had_does_not_hold_up_the_others(self):
        there: set[str] = set()
        needs = [
            Need(lambda: False, ["not-in-this-debian"], "tests", "test"),
            Need(lambda: "gettext" in there, ["gettext"], "texts", "demo"),
        ]

        def install(packages):
            if "not-in-this-debian" in packages:
                return False
            there.update(packages)
            return True

        system_packages("demo", needs=needs, is_root=True, install=install)
        assert there == {"gettext"}


class TestTranslations:
    @pytest.fixture
    def catalogue(self, tmp_path):
        folder = tmp_path / "crm" / "locale" / "nl" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        catalogue = folder / "django.po"
        header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        catalogue.write_text(header + 'msgid "Vacancy"\nmsgstr "Beschikbare ruimte"\n', encoding="utf-8")
        return catalogue

    def test_the_compiled_file_follows_the_catalogue_whatever_their_dates(self, tmp_path, catalogue):
        compiled = catalogue.with_suffix(".mo")
        compile_translations(tmp_path)
        catalogue.write_text(catalogue.read_text(encoding="utf-8").replace("Beschikbare ruimte", "Aanbod"))
        os.utime(catalogue, (0, 0))
        compile_translations(tmp_path)
        assert b"Aanbod" in compiled.read_bytes()
        assert sorted(path.name for path in catalogue.parent.iterdir()) == ["django.mo", "django.po"]

    def test_a_translation_that_would_break_its_sentence_stops_and_leaves_no_half_file(
        self, tmp_path, catalogue
    ):
        with catalogue.open("a", encoding="utf-8") as file:
            file.write('\n#, python-format\nmsgid "%(name)s moved"\nmsgstr "%(naam)s verplaatst"\n')
        with pytest.raises(Stop, match="cannot be compiled"):
            compile_translations(tmp_path)
        assert not catalogue.with_suffix(".mo").exists()


def test_another_lock_or_another_python_makes_the_environment_stale():
    assert fingerprint((3, 11)) != fingerprint((3, 12))


def test_commands_that_are_run_directly_are_executable():
    for name in (".ci/run", "manage.py"):
        assert (ROOT / name).stat().st_mode & stat.S_IXUSR, f"{name} lacks its run bit"
