"""The check of the Dutch texts sees a text without translation, a guessed one and a stale compiled file."""

import subprocess

import polib
import pytest

from tools import translations


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    path = tmp_path / "django.po"
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "Lead"\nmsgstr "Lead"\n\n'
        '#, fuzzy\nmsgid "Stage"\nmsgstr "Podium"\n\n'
        'msgid "Viewing"\nmsgstr ""\n\n'
        'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] ""\nmsgstr[1] ""\n',
        encoding="utf-8",
    )
    return path


def wanted(*texts: str) -> polib.POFile:
    file = polib.POFile()
    for text in texts:
        file.append(polib.POEntry(msgid=text))
    return file


def test_a_translated_text_is_no_fault(catalogue):
    assert translations.faults_in(catalogue, wanted("Lead")) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Tenant", "not in the catalogue"),
        ("Stage", "fuzzy"),
        ("Viewing", "not translated"),
        ("%(n)s day", "not translated"),
    ],
)
def test_each_kind_of_gap_is_named_with_its_text(catalogue, text, fault):
    (found,) = translations.faults_in(catalogue, wanted("Lead", text))
    assert fault in found
    assert text in found


def test_a_compiled_file_is_current_until_the_catalogue_changes(catalogue):
    compiled = catalogue.with_suffix(".mo")
    assert not translations.is_current(catalogue)
    subprocess.run(["msgfmt", "-o", str(compiled), str(catalogue)], check=True)
    assert translations.is_current(catalogue)
    catalogue.write_text(catalogue.read_text(encoding="utf-8").replace('msgstr "Lead"', 'msgstr "Prospect"'))
    assert not translations.is_current(catalogue)
