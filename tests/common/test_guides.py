"""The guides say the same in both languages: the same chapters and pictures, all of which are there."""

import re

import polib
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from crm.common.guides import GUIDES, READ_BY, guide, path_of

CATALOGUE = str(settings.BASE_DIR / "crm" / "locale" / "nl" / "LC_MESSAGES" / "django.po")


@pytest.mark.parametrize("slug", GUIDES)
def test_both_languages_have_the_same_chapters_and_pictures(slug):
    dutch, english = guide(slug, "nl"), guide(slug, "en")
    assert [chapter.anchor for chapter in dutch.chapters] == [chapter.anchor for chapter in english.chapters]
    assert all(chapter.anchor for chapter in dutch.chapters)
    assert dutch.title != english.title
    assert [name.partition("/nl/")[2] for name in dutch.pictures] == [
        name.partition("/en/")[2] for name in english.pictures
    ]


@pytest.mark.parametrize("slug", GUIDES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_picture_is_there_and_has_a_text_in_its_place(slug, language):
    assert [name for name in guide(slug, language).pictures if finders.find(name) is None] == []
    source = path_of(slug, language).read_text(encoding="utf-8")
    assert re.findall(r"!\[\]\(", source) == []


def test_an_anchor_is_an_id_and_not_part_of_the_heading():
    shown = guide("staff", "nl")
    assert '<h2 id="board">Het bord</h2>' in shown.body
    assert "{#" not in shown.body
    assert not any("{#" in chapter.title for chapter in shown.chapters)


def test_another_language_reads_dutch_and_another_guide_does_not_exist():
    assert guide("staff", "de") == guide("staff", "nl")
    with pytest.raises(KeyError):
        guide("../../etc/passwd", "nl")


def test_markup_in_a_guide_is_text():
    assert all("<script" not in guide(slug, "nl").body for slug in GUIDES)
    assert set(READ_BY) == set(GUIDES)


def test_a_word_in_bold_is_a_word_on_the_screen():
    """A guide that names a button by another word sends its reader to look for nothing."""
    texts = [entry for entry in polib.pofile(CATALOGUE) if not entry.obsolete]
    shown = {"en": {entry.msgid for entry in texts}, "nl": {entry.msgstr for entry in texts}}
    for language, words in shown.items():
        for slug in GUIDES:
            source = path_of(slug, language).read_text(encoding="utf-8")
            assert set(re.findall(r"\*\*(.+?)\*\*", source)) - words == set(), f"{language} {slug}"
