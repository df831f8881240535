"""User guides: one Markdown file per role and language, drawn as HTML with a heading's anchor as its author wrote it.

A guide is a document in two languages and not a translated text: both have the same anchors and pictures, which
`tests/common/test_guides.py` holds. Pictures are made from the demo by `tools/guide_pictures.py`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from markdown_it import MarkdownIt
from markdown_it.token import Token

GUIDES = ("staff", "manager", "administrator", "broker", "partner")
LANGUAGES = ("nl", "en")
# What each role reads, its own guide first.
READ_BY = {
    "staff": ("staff",),
    "manager": ("manager", "staff"),
    "administrator": ("administrator", "manager", "staff"),
    "broker": ("broker",),
    "partner": ("partner",),
}
ANCHOR = re.compile(r"\s*\{#([a-z-]+)\}$")


@dataclass(frozen=True)
class Chapter:
    anchor: str
    title: str


@dataclass(frozen=True)
class Guide:
    """A guide as it is drawn: its title, its chapters for the table of contents, and its body as safe HTML."""

    slug: str
    title: str
    chapters: tuple[Chapter, ...]
    body: str
    pictures: tuple[str, ...]


def path_of(slug: str, language: str) -> Path:
    return Path(settings.BASE_DIR) / "templates" / "guides" / language / f"{slug}.md"


@lru_cache(maxsize=len(GUIDES) * len(LANGUAGES))
def guide(slug: str, language: str) -> Guide:
    """The guide in that language, Dutch where the language is another. Raises KeyError for a guide there is not."""
    if slug not in GUIDES:
        raise KeyError(slug)
    known = language if language in LANGUAGES else LANGUAGES[0]
    parser = MarkdownIt("commonmark", {"html": False})
    tokens = parser.parse(path_of(slug, known).read_text(encoding="utf-8"))
    title, chapters, pictures, kept = "", [], [], []
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            title = tokens[place + 1].content
        if token.type == "heading_open" and token.tag == "h2":
            chapters.append(_chapter(token, tokens[place + 1]))
        pictures += _pictures(token, known)
        kept.append(token)
    return Guide(
        slug, title, tuple(chapters), parser.renderer.render(kept[3:], parser.options, {}), tuple(pictures)
    )


def _chapter(opening: Token, inline: Token) -> Chapter:
    """Take the anchor off a heading's text and put it on the heading as its id."""
    found = ANCHOR.search(inline.content)
    anchor = found[1] if found else ""
    title = ANCHOR.sub("", inline.content)
    opening.attrSet("id", anchor)
    inline.content = title
    last = (inline.children or [])[-1]
    last.content = ANCHOR.sub("", last.content)
    return Chapter(anchor, title)


def _pictures(token: Token, language: str) -> list[str]:
    names = []
    for child in token.children or []:
        if child.type == "image":
            name = f"guides/{language}/{child.attrs['src']}.webp"
            child.attrSet("src", static(name))
            child.attrSet("loading", "lazy")
            names.append(name)
    return names
